#include "packed.h"
#include <malloc.h>
#include <system_error>
#include <thread>

namespace packed {

// --- values ---

bool bytes_of(v8::Local<v8::Value> value, Bytes* out) {
  if (!value->IsUint8Array()) {
    Nan::ThrowTypeError("Expected a Uint8Array");
    return false;
  }
  v8::Local<v8::ArrayBufferView> view = value.As<v8::ArrayBufferView>();
  out->size = view->ByteLength();
  out->data = out->size == 0
                  ? nullptr
                  : static_cast<char*>(view->Buffer()->GetBackingStore()->Data()) + view->ByteOffset();
  return true;
}

bool number_of(v8::Local<v8::Value> value, double* out) {
  if (value->IsNumber()) {
    *out = value.As<v8::Number>()->Value();
    // Every number of ours fits: lengths, offsets, ids, milliseconds.
    if (*out >= -9007199254740992.0 && *out <= 9007199254740992.0) return true;
  }
  Nan::ThrowTypeError("Expected a number");
  return false;
}

std::string text_of(v8::Local<v8::Value> value) {
  if (!value->IsString()) return std::string();
  Nan::Utf8String utf8(value);
  return std::string(*utf8, utf8.length());
}

v8::Local<v8::Value> text(const char* bytes, size_t length) {
  v8::Local<v8::String> s;
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  if (!v8::String::NewFromUtf8(isolate, bytes, v8::NewStringType::kNormal, static_cast<int>(length)).ToLocal(&s)) {
    return Nan::Null();
  }
  return s;
}
v8::Local<v8::Value> text(const std::string& s) { return text(s.data(), s.size()); }
v8::Local<v8::Value> number(double n) { return Nan::New<v8::Number>(n); }
v8::Local<v8::Value> boolean(bool b) { return Nan::New<v8::Boolean>(b); }
v8::Local<v8::Array> list(std::vector<v8::Local<v8::Value>>& values) {
  return v8::Array::New(v8::Isolate::GetCurrent(), values.data(), values.size());
}

List partitions_of(v8::Local<v8::Value> value) {
  List none(nullptr, rd_kafka_topic_partition_list_destroy);
  if (!value->IsArray()) {
    Nan::ThrowTypeError("Expected an array of topic, partition, offset, metadata");
    return none;
  }
  v8::Local<v8::Array> array = value.As<v8::Array>();
  v8::Local<v8::Context> context = Nan::GetCurrentContext();
  const uint32_t length = array->Length();
  List out(rd_kafka_topic_partition_list_new(static_cast<int>(length / 4)), rd_kafka_topic_partition_list_destroy);
  for (uint32_t i = 0; i + 3 < length; i += 4) {
    v8::Local<v8::Value> topic, partition, offset, metadata;
    double p, o;
    if (!array->Get(context, i).ToLocal(&topic) || !array->Get(context, i + 1).ToLocal(&partition) ||
        !array->Get(context, i + 2).ToLocal(&offset) || !array->Get(context, i + 3).ToLocal(&metadata)) {
      return none;
    }
    if (!topic->IsString() || !number_of(partition, &p) || !number_of(offset, &o)) {
      Nan::ThrowTypeError("Expected topic, partition, offset, metadata");
      return none;
    }
    rd_kafka_topic_partition_t* entry =
        rd_kafka_topic_partition_list_add(out.get(), text_of(topic).c_str(), static_cast<int32_t>(p));
    entry->offset = static_cast<int64_t>(o);
    if (metadata->IsString()) {
      const std::string m = text_of(metadata);
      // rd_free() is free(): librdkafka destroys it with the list.
      entry->metadata = malloc(m.size() + 1);
      memcpy(entry->metadata, m.c_str(), m.size() + 1);
      entry->metadata_size = m.size();
    }
  }
  return out;
}

v8::Local<v8::Value> partitions(const rd_kafka_topic_partition_list_t* from) {
  std::vector<v8::Local<v8::Value>> values;
  if (from != nullptr) values.reserve(static_cast<size_t>(from->cnt) * 5);
  for (int i = 0; from != nullptr && i < from->cnt; i++) {
    const rd_kafka_topic_partition_t& p = from->elems[i];
    values.push_back(text(p.topic, strlen(p.topic)));
    values.push_back(number(p.partition));
    values.push_back(number(static_cast<double>(p.offset)));
    values.push_back(number(p.err));
    if (p.metadata == nullptr) {
      values.push_back(Nan::Null());
    } else {
      values.push_back(text(static_cast<const char*>(p.metadata), p.metadata_size));
    }
  }
  return list(values);
}

void put_error(Event& event, rd_kafka_resp_err_t code) {
  event.code = code;
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) event.message = rd_kafka_err2str(code);
}

// Takes the error over.
void put_error(Event& event, rd_kafka_error_t* error) {
  if (error == nullptr) return;
  event.code = rd_kafka_error_code(error);
  event.message = rd_kafka_error_string(error);
  event.fatal = rd_kafka_error_is_fatal(error);
  event.retriable = rd_kafka_error_is_retriable(error);
  event.abortable = rd_kafka_error_txn_requires_abort(error);
  rd_kafka_error_destroy(error);
}

v8::Local<v8::Value> event_value(const Event& e) {
  std::vector<v8::Local<v8::Value>> v;
  v.push_back(number(e.kind));
  v.push_back(number(e.id));
  v.push_back(number(e.code));
  v.push_back(text(e.name));
  v.push_back(text(e.message));
  v.push_back(number(e.partition));
  v.push_back(boolean(e.fatal));
  v.push_back(boolean(e.retriable));
  v.push_back(boolean(e.abortable));
  v.push_back(partitions(e.partitions.get()));
  v.push_back(number(e.low));
  v.push_back(number(e.high));
  return list(v);
}

// --- Wake ---

Wake::Wake(v8::Local<v8::Function> callback) : async_(new uv_async_t), callback_(new Nan::Callback(callback)) {
  uv_async_init(Nan::GetCurrentEventLoop(), async_, on_async);
  async_->data = this;
}

void Wake::send() {
  // The flag keeps a busy client from queueing the same wake-up many times over.
  if (signalled_.exchange(true)) return;
  std::lock_guard<std::mutex> guard(mutex_);
  if (async_ != nullptr) uv_async_send(async_);
}

void Wake::post(Event&& event) {
  {
    std::lock_guard<std::mutex> guard(mutex_);
    // Chatter about brokers is bounded while JavaScript is busy; outcomes of calls are never dropped.
    const bool chatter = (event.kind == Event::LOG || event.kind == Event::ERROR) && !event.fatal;
    if (!chatter || posted_.size() < 1000) posted_.push_back(std::move(event));
  }
  send();
}

std::vector<Event> Wake::take() {
  std::lock_guard<std::mutex> guard(mutex_);
  return std::move(posted_);
}

void Wake::on_async(uv_async_t* handle) {
  Wake* self = static_cast<Wake*>(handle->data);
  if (self == nullptr || self->callback_ == nullptr) return;
  self->signalled_ = false;
  Nan::HandleScope scope;
  // JavaScript may close this client inside the call, which drops callback_.
  v8::Local<v8::Function> callback = self->callback_->GetFunction();
  v8::Local<v8::Value> result;
  // Without a result JavaScript has thrown, and Bun reports that.
  if (!callback->Call(Nan::GetCurrentContext(), Nan::Undefined(), 0, nullptr).ToLocal(&result)) return;
}

void Wake::close() {
  uv_async_t* async;
  {
    std::lock_guard<std::mutex> guard(mutex_);
    async = async_;
    async_ = nullptr;
  }
  if (async == nullptr) return;
  async->data = nullptr;
  uv_close(reinterpret_cast<uv_handle_t*>(async),
           [](uv_handle_t* handle) { delete reinterpret_cast<uv_async_t*>(handle); });
  callback_.reset();
}

// --- Client ---

namespace {
// The package keeps the configuration protected; a derived class may name the member.
struct Configured : NodeKafka::Connection {
  static RdKafka::Conf* of(NodeKafka::Connection* c) {
    return reinterpret_cast<RdKafka::Conf*>(c->*(&Configured::m_gconfig));
  }
};
void queue_ready(rd_kafka_t*, void* wake) { static_cast<Wake*>(wake)->send(); }
}  // namespace

Client::Client(NodeKafka::Connection* native, v8::Local<v8::Function> wake)
    : native_(native), wake_(std::make_shared<Wake>(wake)) {}

Client::~Client() { wake_->close(); }

RdKafka::Conf* Client::native_conf() { return Configured::of(native_); }

void Client::attach() {
  if (native_ != nullptr && native_->IsConnected()) rk_ = native_->GetClient()->c_ptr();
}

void Client::wake_on(rd_kafka_queue_t* queue) { rd_kafka_queue_cb_event_enable(queue, queue_ready, wake_.get()); }

void Client::close() {
  rk_ = nullptr;
  wake_->close();
}

// Logs, errors: on JavaScript's thread while it serves the queues, else on one of librdkafka's.
void Client::event_cb(RdKafka::Event& from) {
  Event event;
  if (from.type() == RdKafka::Event::EVENT_LOG) {
    event.kind = Event::LOG;
    event.id = from.severity();
    event.name = from.fac();
    event.message = from.str();
  } else if (from.type() == RdKafka::Event::EVENT_ERROR) {
    event.kind = Event::ERROR;
    event.code = from.err();
    event.message = from.str();
    event.fatal = from.fatal();
  } else {
    return;
  }
  wake_->post(std::move(event));
}

v8::Local<v8::Value> Client::take_events() {
  std::vector<Event> posted = wake_->take();
  if (posted.empty() && events_.empty()) return Nan::Null();
  std::vector<v8::Local<v8::Value>> values;
  for (const Event& e : events_) values.push_back(event_value(e));
  for (const Event& e : posted) values.push_back(event_value(e));
  events_.clear();
  return list(values);
}

void Client::call(double id, std::function<void(rd_kafka_t*, Event&)> work) {
  rd_kafka_t* rk = rk_;
  auto wake = wake_;
  auto running = running_;
  ++*running;
  Event event;
  event.kind = Event::CALL;
  event.id = id;
  try {
    std::thread([rk, wake, running, id, work = std::move(work)] {
      Event done;
      done.kind = Event::CALL;
      done.id = id;
      work(rk, done);
      // The outcome is there before the call counts as ended: who waits for the end then fetches it.
      wake->post(std::move(done));
      --*running;
      wake->send();
    }).detach();
  } catch (const std::system_error& e) {
    --*running;
    event.code = RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE;
    event.message = std::string("No thread for a call: ") + e.what();
    wake->post(std::move(event));
  }
}

void define_class(v8::Local<v8::Object> exports, const char* name, Method construct,
                  std::initializer_list<std::pair<const char*, Method>> methods) {
  v8::Local<v8::FunctionTemplate> tpl = Nan::New<v8::FunctionTemplate>(construct);
  v8::Local<v8::String> label = Nan::New(name).ToLocalChecked();
  tpl->SetClassName(label);
  tpl->InstanceTemplate()->SetInternalFieldCount(1);
  for (const auto& [method, function] : methods) Nan::SetPrototypeMethod(tpl, method, function);
  Nan::Set(exports, label, tpl->GetFunction(Nan::GetCurrentContext()).ToLocalChecked());
}

namespace {
// packedRelease(native, packed): frees both. The client must be disconnected and no call may be running.
void release(const Info& info) {
  for (int i = 0; i < 2; i++) {
    if (!info[i]->IsObject()) continue;
    v8::Local<v8::Object> object = info[i].As<v8::Object>();
    if (object->InternalFieldCount() < 1) continue;
    void* pointer = Nan::GetInternalFieldPointer(object, 0);
    if (pointer == nullptr) continue;
    Nan::SetInternalFieldPointer(object, 0, nullptr);
    if (i == 0) {
      delete static_cast<Nan::ObjectWrap*>(pointer);
    } else {
      delete static_cast<Client*>(pointer);
    }
  }
  // Buffers of closed clients lie scattered over the arenas of ended threads, where nobody would use them again.
  malloc_trim(0);
}

// packedErrorName(code): the protocol's name, such as MSG_SIZE_TOO_LARGE, and the text.
void error_name(const Info& info) {
  double code;
  if (!number_of(info[0], &code)) return;
  const auto err = static_cast<rd_kafka_resp_err_t>(static_cast<int>(code));
  std::vector<v8::Local<v8::Value>> v{text(rd_kafka_err2name(err)), text(rd_kafka_err2str(err))};
  info.GetReturnValue().Set(list(v));
}
}  // namespace

}  // namespace packed

void PackedInit(v8::Local<v8::Object> exports) {
  packed::init_producer(exports);
  packed::init_consumer(exports);
  Nan::SetMethod(exports, "packedRelease", packed::release);
  Nan::SetMethod(exports, "packedErrorName", packed::error_name);
}
