// A consumer: fetched records go straight into a batch, rebalances wait for JavaScript's answer.
#pragma once
#include <deque>
#include "packed.h"
#include "src/callbacks.h"

namespace packed {

// How a call of `consume` ended, for JavaScript.
enum Reason { EMPTY = 0, LIMIT = 1, DATA_FULL = 2, NEW_TOPIC = 3, INDEX_FULL = 4 };

// The numbers that JavaScript and `consume` exchange.
struct Exchange {
  double count;          // in and out: records in the batch
  double data_length;    // in and out: bytes used
  double max_records;    // in
  double max_bytes;      // in
  double reason;         // out
  double needed;         // out: bytes that the next record needs, with DATA_FULL
};

struct Partition {
  int32_t topic;
  int32_t number;
  // Next offset to be delivered, -1 = not known.
  int64_t position = -1;
  // Fetched records are thrown away: revoked, or a seek is not through yet.
  bool discard = false;
  // A record or the end has been seen since the last assignment, so a seek cannot come too early.
  bool started = false;
  // Records wait here while the partition is paused, because librdkafka counts them as consumed.
  bool paused = false;
  std::deque<rd_kafka_message_t*> held;
  // Seeks of an older generation are void. Threads that seek watch it.
  std::shared_ptr<std::atomic<uint32_t>> generation = std::make_shared<std::atomic<uint32_t>>(0);
};

struct Topic {
  int32_t number;
  std::string name;
  // Keeps the topic object alive, so that its address stays its identity.
  rd_kafka_topic_t* handle;
  std::vector<std::unique_ptr<Partition>> partitions;
};

class Consumer;

// The package takes whatever rebalance callback the configuration holds for one of its own class.
class Rebalance : public NodeKafka::Callbacks::Rebalance {
 public:
  explicit Rebalance(Consumer* owner) : owner_(owner) {}
  void rebalance_cb(RdKafka::KafkaConsumer* consumer, RdKafka::ErrorCode code,
                    std::vector<RdKafka::TopicPartition*>& partitions) override;

 private:
  Consumer* owner_;
};

class Consumer : public Client {
 public:
  Consumer(NodeKafka::Connection* native, v8::Local<v8::Function> wake) : Client(native, wake), rebalance_(this) {
    std::string error;
    RdKafka::Conf* conf = native_conf();
    conf->set("event_cb", static_cast<RdKafka::EventCb*>(this), error);
    conf->set("rebalance_cb", static_cast<RdKafka::RebalanceCb*>(&rebalance_), error);
  }
  ~Consumer() override { drop_handles(); }

  void open() override {
    attach();
    if (rk_ == nullptr) return;
    queue_ = rd_kafka_queue_get_consumer(rk_);
    replies_ = rd_kafka_queue_new(rk_);
    wake_on(queue_);
    wake_on(replies_);
  }
  void close() override {
    drop_handles();
    Client::close();
  }

  void consume(const Bytes& index, const Bytes& data, const Bytes& topics, Exchange* x);
  void rebalanced(RdKafka::ErrorCode code, std::vector<RdKafka::TopicPartition*>& partitions);
  v8::Local<v8::Value> topic_names(size_t from) {
    std::vector<v8::Local<v8::Value>> names;
    for (size_t i = from; i < by_number_.size(); i++) names.push_back(text(by_number_[i]->name));
    return list(names);
  }
  // Replies to commits; callbacks run inside.
  void serve_replies() { rd_kafka_queue_poll_callback(replies_, 0); }

  // What was fetched before any of these is never delivered after it.
  void assigned(const rd_kafka_topic_partition_list_t* list);
  void unassigned(const rd_kafka_topic_partition_list_t* list);
  void pause(const rd_kafka_topic_partition_list_t* list, bool paused);
  void seek(const rd_kafka_topic_partition_t& to, double id);
  rd_kafka_resp_err_t seek_ready(const rd_kafka_topic_partition_t& to, double generation);
  double position(const std::string& topic, int32_t partition);
  void commit(double id, const rd_kafka_topic_partition_list_t* list);
  // Starts to leave the group; `consume` goes on reporting rebalances until `closed`.
  rd_kafka_error_t* leave();
  bool closed() const { return rd_kafka_consumer_closed(rk_) != 0; }

 private:
  Topic* topic_of(rd_kafka_topic_t* rkt);
  Topic* topic_of(const char* name);
  Partition* partition_of(Topic* topic, int32_t number);
  Partition* partition_of(const rd_kafka_topic_partition_t& p) {
    Topic* t = topic_of(p.topic);
    return t == nullptr || p.partition < 0 ? nullptr : partition_of(t, p.partition);
  }
  bool fetch(size_t most);
  void report(rd_kafka_message_t* m, Partition* p);
  void drop_fetched(Partition* p);
  void drop_handles();

  // A commit whose reply has not come. What is left when the client closes ends with it.
  struct Commit {
    Consumer* consumer;
    double id;
  };
  std::unordered_map<double, Commit> commits_;

  Rebalance rebalance_;
  rd_kafka_queue_t* queue_ = nullptr;
  rd_kafka_queue_t* replies_ = nullptr;
  rd_kafka_queue_t* closing_ = nullptr;
  std::unordered_map<rd_kafka_topic_t*, Topic*> by_handle_;
  std::unordered_map<std::string, std::unique_ptr<Topic>> by_name_;
  std::vector<Topic*> by_number_;
  // Taken from librdkafka and not yet delivered; `next_` is the first of them.
  std::vector<rd_kafka_message_t*> fetched_;
  size_t next_ = 0;
};

}  // namespace packed
