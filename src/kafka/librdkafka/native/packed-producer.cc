#include <climits>
#include "packed.h"
#include "src/producer.h"

namespace packed {

namespace {

// Outcome of sequences first … first + count - 1; see DeliveryRun of port.ts.
struct Run {
  double first, count, partition, base_offset, code;
};
constexpr size_t kRunNumbers = 5;
static_assert(sizeof(Run) == kRunNumbers * sizeof(double), "runs are copied to a Float64Array");

class Producer : public Client {
 public:
  Producer(NodeKafka::Connection* native, v8::Local<v8::Function> wake) : Client(native, wake) {
    std::string error;
    RdKafka::Conf* conf = native_conf();
    conf->set("event_cb", static_cast<RdKafka::EventCb*>(this), error);
    // Delivery reports as events, not callbacks: no virtual call a record, and a commit or flush on another
    // thread waits for us instead of taking them away.
    conf->set("dr_cb", static_cast<RdKafka::DeliveryReportCb*>(nullptr), error);
    rd_kafka_conf_set_events(conf->c_ptr_global(), RD_KAFKA_EVENT_DR);
    rd_kafka_conf_set_dr_msg_cb(conf->c_ptr_global(), nullptr);
  }
  ~Producer() override { drop_handles(); }

  void open() override {
    attach();
    if (rk_ == nullptr) return;
    queue_ = rd_kafka_queue_get_main(rk_);
    wake_on(queue_);
  }

  void close() override {
    drop_handles();
    Client::close();
  }

  // The number by which `send` knows the topic; -1 if librdkafka refuses the name.
  int topic(const std::string& name) {
    rd_kafka_topic_t* handle = rd_kafka_topic_new(rk_, name.c_str(), nullptr);
    if (handle == nullptr) return -1;
    topics_.push_back(handle);
    return static_cast<int>(topics_.size()) - 1;
  }

  int send(const Bytes& index, const Bytes& data, const Bytes& topics, int from, int count, int64_t sequence);
  int deliveries(const Bytes& out);

 private:
  rd_kafka_topic_t* topic_of(const Entry& e, const Bytes& topics) const;
  rd_kafka_resp_err_t produce(const Entry& e, rd_kafka_topic_t* topic, const Bytes& data, int64_t sequence);
  bool add_headers(const Entry& e, const Bytes& data, size_t at, rd_kafka_headers_t** out);
  void settled(int64_t sequence, const rd_kafka_topic_t* topic, int32_t partition, int64_t offset, int code);
  void serve();
  void drop_handles() {
    if (queue_ != nullptr) {
      rd_kafka_queue_cb_event_enable(queue_, nullptr, nullptr);
      rd_kafka_queue_destroy(queue_);
      queue_ = nullptr;
    }
    for (rd_kafka_topic_t* t : topics_) rd_kafka_topic_destroy(t);
    topics_.clear();
  }

  rd_kafka_queue_t* queue_ = nullptr;
  std::vector<rd_kafka_topic_t*> topics_;
  std::vector<Run> runs_;
  // Topic of the last run. Compared only: librdkafka has one object a name as long as `topics_` holds it.
  const rd_kafka_topic_t* last_topic_ = nullptr;
  size_t fetched_ = 0;
  int64_t in_flight_ = 0;
};

int Producer::send(const Bytes& index, const Bytes& data, const Bytes& topics, int from, int count,
                   int64_t sequence) {
  const int limit = static_cast<int>(std::min<size_t>(index.size / sizeof(Entry), static_cast<size_t>(count)));
  int i = from;
  for (; i < limit; i++) {
    Entry e;
    memcpy(&e, index.data + static_cast<size_t>(i) * sizeof(Entry), sizeof e);
    rd_kafka_topic_t* topic = topic_of(e, topics);
    rd_kafka_resp_err_t err = produce(e, topic, data, sequence);
    if (err == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
      // With nothing on its way there will never be more room: the record exceeds buffer.memory.
      if (in_flight_ > 0) break;
      err = RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE;
    }
    in_flight_++;
    if (err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      settled(sequence, topic, e.partition, -1, err);
      wake_->send();
    }
    sequence++;
  }
  return i - from;
}

// Null for a number that is none of ours.
rd_kafka_topic_t* Producer::topic_of(const Entry& e, const Bytes& topics) const {
  if (e.topic < 0 || static_cast<size_t>(e.topic) >= topics.size / sizeof(int32_t)) return nullptr;
  int32_t topic;
  memcpy(&topic, topics.data + static_cast<size_t>(e.topic) * sizeof(int32_t), sizeof topic);
  return topic < 0 || static_cast<size_t>(topic) >= topics_.size() ? nullptr : topics_[static_cast<size_t>(topic)];
}

rd_kafka_resp_err_t Producer::produce(const Entry& e, rd_kafka_topic_t* topic, const Bytes& data, int64_t sequence) {
  if (topic == nullptr) return RD_KAFKA_RESP_ERR__INVALID_ARG;
  // Whatever the index says, nothing outside `data` is read.
  const size_t key = e.key_length < 0 ? 0 : static_cast<size_t>(e.key_length);
  const size_t value = e.value_length < 0 ? 0 : static_cast<size_t>(e.value_length);
  const size_t headers = e.header_bytes < 0 ? 0 : static_cast<size_t>(e.header_bytes);
  if (e.start > data.size || key + value + headers > data.size - e.start) return RD_KAFKA_RESP_ERR__INVALID_ARG;

  // A length of 0 needs an address that is not null, else an empty field would become a null one.
  static char empty[1];
  char* at = data.data == nullptr ? empty : data.data + e.start;
  rd_kafka_vu_t vu[8];
  int n = 0;
  vu[n].vtype = RD_KAFKA_VTYPE_RKT;
  vu[n++].u.rkt = topic;
  vu[n].vtype = RD_KAFKA_VTYPE_PARTITION;
  vu[n++].u.i32 = e.partition < 0 ? RD_KAFKA_PARTITION_UA : e.partition;
  vu[n].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  vu[n++].u.i = RD_KAFKA_MSG_F_COPY;
  vu[n].vtype = RD_KAFKA_VTYPE_OPAQUE;
  vu[n++].u.ptr = reinterpret_cast<void*>(static_cast<intptr_t>(sequence));
  if (e.timestamp >= 0) {
    vu[n].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
    vu[n++].u.i64 = static_cast<int64_t>(e.timestamp);
  }
  if (e.key_length >= 0) {
    vu[n].vtype = RD_KAFKA_VTYPE_KEY;
    vu[n].u.mem.ptr = at;
    vu[n++].u.mem.size = key;
  }
  if (e.value_length >= 0) {
    vu[n].vtype = RD_KAFKA_VTYPE_VALUE;
    vu[n].u.mem.ptr = at + key;
    vu[n++].u.mem.size = value;
  }
  rd_kafka_headers_t* list = nullptr;
  if (e.header_count > 0) {
    if (!add_headers(e, data, e.start + key + value, &list)) return RD_KAFKA_RESP_ERR__INVALID_ARG;
    vu[n].vtype = RD_KAFKA_VTYPE_HEADERS;
    vu[n++].u.headers = list;
  }
  rd_kafka_error_t* error = rd_kafka_produceva(rk_, vu, static_cast<size_t>(n));
  if (error == nullptr) return RD_KAFKA_RESP_ERR_NO_ERROR;
  const rd_kafka_resp_err_t code = rd_kafka_error_code(error);
  rd_kafka_error_destroy(error);
  // librdkafka owns the headers of a record that it took, not of one it refused.
  if (list != nullptr) rd_kafka_headers_destroy(list);
  return code;
}

bool Producer::add_headers(const Entry& e, const Bytes& data, size_t at, rd_kafka_headers_t** out) {
  const size_t end = at + static_cast<size_t>(std::max(e.header_bytes, 0));
  // A header takes 8 bytes at least: a count beyond that is a broken index, not a reason to allocate.
  const size_t most = (end - at) / 8;
  rd_kafka_headers_t* list = rd_kafka_headers_new(std::min(static_cast<size_t>(e.header_count), most));
  for (int32_t h = 0; h < e.header_count; h++) {
    int32_t lengths[2];
    if (end - at < sizeof lengths) break;
    memcpy(lengths, data.data + at, sizeof lengths);
    at += sizeof lengths;
    const size_t value = lengths[1] < 0 ? 0 : static_cast<size_t>(lengths[1]);
    if (lengths[0] < 0 || static_cast<size_t>(lengths[0]) + value > end - at) break;
    const char* name = data.data + at;
    at += static_cast<size_t>(lengths[0]);
    rd_kafka_header_add(list, name, lengths[0], lengths[1] < 0 ? nullptr : data.data + at,
                        static_cast<ssize_t>(value));
    at += value;
    if (h == e.header_count - 1) {
      *out = list;
      return true;
    }
  }
  rd_kafka_headers_destroy(list);
  return false;
}

// Adds an outcome, to the last run where it continues that.
void Producer::settled(int64_t sequence, const rd_kafka_topic_t* topic, int32_t partition, int64_t offset, int code) {
  in_flight_--;
  const double s = static_cast<double>(sequence), o = code != 0 || offset < 0 ? -1 : static_cast<double>(offset);
  if (runs_.size() > fetched_) {
    Run& last = runs_.back();
    if (last.first + last.count == s && last_topic_ == topic && last.partition == partition && last.code == code &&
        (o < 0 ? last.base_offset < 0 : last.base_offset + last.count == o)) {
      last.count++;
      return;
    }
  }
  last_topic_ = topic;
  runs_.push_back(Run{s, 1, static_cast<double>(partition), o, static_cast<double>(code)});
}

void Producer::serve() {
  while (rd_kafka_event_t* event = rd_kafka_queue_poll(queue_, 0)) {
    if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_DR) {
      while (const rd_kafka_message_t* m = rd_kafka_event_message_next(event)) {
        settled(static_cast<int64_t>(reinterpret_cast<intptr_t>(m->_private)), m->rkt, m->partition, m->offset, m->err);
      }
    } else if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_ERROR) {
      Event error;
      error.kind = Event::ERROR;
      error.code = rd_kafka_event_error(event);
      error.message = rd_kafka_event_error_string(event);
      if (rd_kafka_event_error_is_fatal(event) || error.code == RD_KAFKA_RESP_ERR__FATAL) {
        char reason[512];
        const rd_kafka_resp_err_t code = rd_kafka_fatal_error(rk_, reason, sizeof reason);
        error.fatal = true;
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
          error.code = code;
          error.message = reason;
        }
      }
      add(std::move(error));
    }
    rd_kafka_event_destroy(event);
  }
}

// Writes runs as 5 doubles each; what does not fit stays for the next call.
int Producer::deliveries(const Bytes& out) {
  if (fetched_ == runs_.size()) serve();
  const size_t n = std::min(out.size / sizeof(Run), runs_.size() - fetched_);
  if (n > 0) memcpy(out.data, runs_.data() + fetched_, n * sizeof(Run));
  fetched_ += n;
  if (fetched_ == runs_.size()) {
    runs_.clear();
    // One burst of failures must not keep its memory for ever.
    if (runs_.capacity() > 16384) runs_.shrink_to_fit();
    fetched_ = 0;
  }
  return static_cast<int>(n);
}

// --- methods ---

void construct(const Info& info) {
  if (!info.IsConstructCall() || !info[0]->IsObject() || !info[1]->IsFunction()) {
    return Nan::ThrowTypeError("PackedProducer(native, wake)");
  }
  auto* native = Nan::ObjectWrap::Unwrap<NodeKafka::Producer>(info[0].As<v8::Object>());
  Client* client = new Producer(native, info[1].As<v8::Function>());
  Nan::SetInternalFieldPointer(info.This(), 0, client);
  info.GetReturnValue().Set(info.This());
}

void open(const Info& info) {
  if (auto* p = self<Producer>(info, false)) p->open();
}

void close(const Info& info) {
  if (auto* p = self<Producer>(info, false)) p->close();
}

// topic(name) → number
void topic(const Info& info) {
  if (auto* p = self<Producer>(info)) info.GetReturnValue().Set(Nan::New(p->topic(text_of(info[0]))));
}

// send(index, data, topics, from, count, sequence) → records taken
void send(const Info& info) {
  auto* p = self<Producer>(info);
  Bytes index, data, topics;
  double from, count, sequence;
  if (p == nullptr || !bytes_of(info[0], &index) || !bytes_of(info[1], &data) || !bytes_of(info[2], &topics) ||
      !number_of(info[3], &from) || !number_of(info[4], &count) || !number_of(info[5], &sequence)) {
    return;
  }
  if (from < 0 || count < from || count > INT_MAX) return Nan::ThrowTypeError("send: from, count");
  info.GetReturnValue().Set(Nan::New(p->send(index, data, topics, static_cast<int>(from), static_cast<int>(count),
                                             static_cast<int64_t>(sequence))));
}

// deliveries(out) → runs written
void deliveries(const Info& info) {
  auto* p = self<Producer>(info);
  Bytes out;
  if (p != nullptr && bytes_of(info[0], &out)) info.GetReturnValue().Set(Nan::New(p->deliveries(out)));
}

void events(const Info& info) {
  if (auto* p = self<Producer>(info)) info.GetReturnValue().Set(p->take_events());
}

void calls_running(const Info& info) {
  if (auto* p = self<Producer>(info, false)) info.GetReturnValue().Set(number(p->calls_running()));
}

// Drops what waits and what is on its way; each record is reported as failed, soon.
void purge(const Info& info) {
  if (auto* p = self<Producer>(info)) {
    rd_kafka_purge(p->rk(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT | RD_KAFKA_PURGE_F_NON_BLOCKING);
  }
}

// The cluster's id comes with any metadata: ask for that of no topic, then read what librdkafka kept of it.
void put_cluster_id(Event& done, rd_kafka_t* rk, int ms) {
  const struct rd_kafka_metadata* metadata = nullptr;
  const rd_kafka_resp_err_t err = rd_kafka_metadata(rk, 0, nullptr, &metadata, ms);
  done.code = err;
  if (err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    done.message = rd_kafka_err2str(err);
    return;
  }
  rd_kafka_metadata_destroy(metadata);
  if (char* id = rd_kafka_clusterid(rk, 0)) {
    done.name = id;
    rd_kafka_mem_free(rk, id);
  }
}

// call(id, 'init' | 'begin' | 'commit' | 'abort' | 'flush' | 'cluster', timeoutMs): outcome as event CALL
void call(const Info& info) {
  auto* p = self<Producer>(info);
  double id, timeout;
  if (p == nullptr || !number_of(info[0], &id) || !number_of(info[2], &timeout)) return;
  const int ms = static_cast<int>(std::min<double>(timeout, INT_MAX));
  const std::string what = text_of(info[1]);
  p->call(id, [what, ms](rd_kafka_t* rk, Event& done) {
    if (what == "init") {
      put_error(done, rd_kafka_init_transactions(rk, ms));
    } else if (what == "begin") {
      put_error(done, rd_kafka_begin_transaction(rk));
    } else if (what == "commit") {
      put_error(done, rd_kafka_commit_transaction(rk, ms));
    } else if (what == "abort") {
      put_error(done, rd_kafka_abort_transaction(rk, ms));
    } else if (what == "cluster") {
      put_cluster_id(done, rk, ms);
    } else {
      put_error(done, rd_kafka_flush(rk, ms));
    }
  });
}

}  // namespace

void init_producer(v8::Local<v8::Object> exports) {
  define_class(exports, "PackedProducer", construct,
               {{"open", open},
                {"close", close},
                {"topic", topic},
                {"send", send},
                {"deliveries", deliveries},
                {"events", events},
                {"callsRunning", calls_running},
                {"purge", purge},
                {"call", call}});
}

}  // namespace packed
