// Packed entry points of the addon: whole batches of records in one call, delivery results as runs, events as
// plain arrays, one wake-up for all of it. Everything here belongs to one client; nothing is shared between clients.
//
// Life of a client, driven from JavaScript (client.ts):
//   native = new addon.Producer(conf, null)      the package's own object: configuration
//   packed = new addon.PackedProducer(native, wake)   puts our callbacks into that configuration
//   native.connect(cb) ; packed.open()           from now on `wake` is called when there is something to fetch
//   packed.close() ; native.disconnect(cb) ; addon.packedRelease(native, packed)
// The last one frees the C++ objects by hand, because Bun fires no weak callbacks.
#pragma once
#include <nan.h>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>
#include "rdkafka.h"
#include "rdkafkacpp.h"
#include "src/connection.h"

namespace packed {

using Info = Nan::FunctionCallbackInfo<v8::Value>;

// --- layout of an index entry, as in src/kafka/packed-batch.ts ---
struct Entry {
  double timestamp;
  double offset;
  int32_t topic;
  int32_t partition;
  int32_t key_length;
  int32_t value_length;
  int32_t header_count;
  int32_t header_bytes;
  uint32_t start;
  int32_t timestamp_type;
};
static_assert(sizeof(Entry) == 48, "the index entry of packed-batch.ts has 48 bytes");

// --- values ---
struct Bytes {
  char* data;
  size_t size;
};
// The memory under a Uint8Array; false (and a JavaScript exception is pending) for anything else.
bool bytes_of(v8::Local<v8::Value> value, Bytes* out);
// A finite number argument; false with an exception pending for anything else.
bool number_of(v8::Local<v8::Value> value, double* out);
std::string text_of(v8::Local<v8::Value> value);
v8::Local<v8::Value> text(const char* bytes, size_t length);
v8::Local<v8::Value> text(const std::string& s);
v8::Local<v8::Value> number(double n);
v8::Local<v8::Value> boolean(bool b);
v8::Local<v8::Array> list(std::vector<v8::Local<v8::Value>>& values);

using List = std::unique_ptr<rd_kafka_topic_partition_list_t, void (*)(rd_kafka_topic_partition_list_t*)>;
// From [topic, partition, offset, metadata|null, …]; null with an exception pending when it is something else.
List partitions_of(v8::Local<v8::Value> value);
// To [topic, partition, offset, error code, metadata|null, …].
v8::Local<v8::Value> partitions(const rd_kafka_topic_partition_list_t* list);

// --- what JavaScript fetches with events() ---
struct Event {
  enum Kind { LOG = 0, ERROR = 1, REBALANCE = 2, END = 3, CONSUMER_ERROR = 4, COMMIT = 5, CALL = 6 };
  int kind = LOG;
  double id = 0;                    // CALL, COMMIT; LOG: syslog level; END: offset
  int code = 0;                     // librdkafka's error or rebalance code
  std::string name;                 // LOG: facility; else topic
  std::string message;
  int32_t partition = -1;
  bool fatal = false;               // REBALANCE: the assignment is lost
  bool retriable = false;
  bool abortable = false;           // the transaction has to be aborted
  List partitions{nullptr, rd_kafka_topic_partition_list_destroy};
  double low = -1, high = -1;       // CALL: watermarks
};

// What threads other than JavaScript's reach. Outlives the client while one of them holds it.
class Wake {
 public:
  Wake(v8::Local<v8::Function> callback);
  // From any thread.
  void send();
  // Adds an event and wakes JavaScript; from any thread.
  void post(Event&& event);
  std::vector<Event> take();
  // On JavaScript's thread; after it neither the loop nor JavaScript is touched any more.
  void close();

 private:
  static void on_async(uv_async_t* handle);
  std::mutex mutex_;
  std::vector<Event> posted_;
  uv_async_t* async_;
  std::atomic<bool> signalled_{false};
  std::unique_ptr<Nan::Callback> callback_;
};

class Client : public RdKafka::EventCb {
 public:
  virtual ~Client();
  void event_cb(RdKafka::Event& event) override;
  virtual void open() = 0;
  virtual void close();
  v8::Local<v8::Value> take_events();
  rd_kafka_t* rk() const { return rk_; }
  bool is_open() const { return rk_ != nullptr; }

  // Runs a call that may block on a thread of its own; its outcome arrives as an event CALL with this id.
  void call(double id, std::function<void(rd_kafka_t*, Event&)> work);
  double calls_running() const { return *running_; }

 protected:
  Client(NodeKafka::Connection* native, v8::Local<v8::Function> wake);
  RdKafka::Conf* native_conf();
  // To be called by open(): takes the handle of the connected client.
  void attach();
  void wake_on(rd_kafka_queue_t* queue);
  void add(Event&& event) { events_.push_back(std::move(event)); }

  NodeKafka::Connection* native_;
  rd_kafka_t* rk_ = nullptr;
  std::shared_ptr<Wake> wake_;
  std::vector<Event> events_;

 private:
  std::shared_ptr<std::atomic<int>> running_ = std::make_shared<std::atomic<int>>(0);
};

// The client behind `this` of a method, open; null with an exception pending otherwise.
template <class T>
T* self(const Info& info, bool must_be_open = true) {
  v8::Local<v8::Object> object = info.This();
  T* client = object->InternalFieldCount() < 1
                  ? nullptr
                  : static_cast<T*>(static_cast<Client*>(Nan::GetInternalFieldPointer(object, 0)));
  if (client == nullptr || (must_be_open && !client->is_open())) {
    Nan::ThrowError("This Kafka client is not open");
    return nullptr;
  }
  return client;
}
void put_error(Event& event, rd_kafka_error_t* error);
void put_error(Event& event, rd_kafka_resp_err_t code);
v8::Local<v8::Value> event_value(const Event& event);

using Method = void (*)(const Info&);
void define_class(v8::Local<v8::Object> exports, const char* name, Method construct,
                  std::initializer_list<std::pair<const char*, Method>> methods);

void init_producer(v8::Local<v8::Object> exports);
void init_consumer(v8::Local<v8::Object> exports);

}  // namespace packed
