// Shows the functions of compat.cc and glibc.c to compat.test.ts.
#include <nan.h>
#include <node_buffer.h>

#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <random>
#include <stdexcept>

namespace {

v8::Local<v8::Context> here() { return Nan::GetCurrentContext(); }

template <class T>
void give(const Nan::FunctionCallbackInfo<v8::Value>& info, v8::Maybe<T> value) {
  T number;
  if (value.To(&number)) info.GetReturnValue().Set(Nan::New(static_cast<double>(number)));
}

NAN_METHOD(OwnPropertyNames) {
  v8::Local<v8::Array> names;
  if (info[0].As<v8::Object>()->GetOwnPropertyNames(here()).ToLocal(&names)) info.GetReturnValue().Set(names);
}
NAN_METHOD(Has) {
  bool has;
  if (info[0].As<v8::Object>()->Has(here(), info[1]).To(&has)) info.GetReturnValue().Set(Nan::New(has));
}
NAN_METHOD(Int32Value) { give(info, info[0]->Int32Value(here())); }
NAN_METHOD(IntegerValue) { give(info, info[0]->IntegerValue(here())); }
NAN_METHOD(NumberValue) { give(info, info[0]->NumberValue(here())); }
NAN_METHOD(BooleanValue) { info.GetReturnValue().Set(Nan::New(info[0]->BooleanValue(v8::Isolate::GetCurrent()))); }
NAN_METHOD(ToObject) {
  v8::Local<v8::Object> object;
  if (info[0]->ToObject(here()).ToLocal(&object)) info.GetReturnValue().Set(object);
}
NAN_METHOD(IsRegExp) { info.GetReturnValue().Set(Nan::New(info[0]->IsRegExp())); }
NAN_METHOD(Source) { info.GetReturnValue().Set(info[0].As<v8::RegExp>()->GetSource()); }

NAN_METHOD(IsBuffer) { info.GetReturnValue().Set(Nan::New(node::Buffer::HasInstance(info[0]))); }
NAN_METHOD(CopyBuffer) {
  const size_t length = node::Buffer::Length(info[0]);
  char* copy = static_cast<char*>(malloc(length + 1));
  if (length > 0) memcpy(copy, node::Buffer::Data(info[0]), length);
  v8::Local<v8::Object> buffer;
  if (node::Buffer::New(v8::Isolate::GetCurrent(), copy, length).ToLocal(&buffer)) info.GetReturnValue().Set(buffer);
}
NAN_METHOD(Encode) {
  const auto encoding = static_cast<node::encoding>(Nan::To<int>(info[1]).FromJust());
  v8::Local<v8::Value> text;
  if (node::TryEncode(v8::Isolate::GetCurrent(), node::Buffer::Data(info[0]), node::Buffer::Length(info[0]), encoding)
          .ToLocal(&text))
    info.GetReturnValue().Set(text);
}

NAN_METHOD(Catch) {
  try {
    throw std::runtime_error("thrown");
  } catch (const std::exception& error) {
    info.GetReturnValue().Set(Nan::New(error.what()).ToLocalChecked());
  }
}
NAN_METHOD(Random) { info.GetReturnValue().Set(Nan::New(static_cast<double>(std::random_device{}()))); }
NAN_METHOD(FileSize) {
  struct stat file;
  const Nan::Utf8String path(info[0]);
  info.GetReturnValue().Set(Nan::New(stat(*path, &file) == 0 ? static_cast<double>(file.st_size) : -errno));
}

// Threads that add to a plain number under the lock; the sum tells whether it locks.
struct Shared {
  uv_rwlock_t lock;
  int64_t sum = 0;
};
NAN_METHOD(AddInThreads) {
  constexpr int threads = 4, times = 100'000;
  Shared shared;
  int errors = uv_rwlock_init(&shared.lock) != 0;
  uv_thread_t started[threads];
  for (uv_thread_t& thread : started) {
    errors += uv_thread_create(&thread, [](void* argument) {
      auto* shared = static_cast<Shared*>(argument);
      for (int i = 0; i < times; i++) {
        uv_rwlock_wrlock(&shared->lock);
        shared->sum++;
        uv_rwlock_wrunlock(&shared->lock);
        uv_rwlock_rdlock(&shared->lock);
        uv_rwlock_rdunlock(&shared->lock);
      }
    }, &shared) != 0;
  }
  for (uv_thread_t& thread : started) errors += uv_thread_join(&thread) != 0;
  uv_rwlock_destroy(&shared.lock);
  info.GetReturnValue().Set(Nan::New(static_cast<double>(errors > 0 ? -errors : shared.sum)));
}

NAN_MODULE_INIT(Init) {
  NAN_EXPORT(target, OwnPropertyNames);
  NAN_EXPORT(target, Has);
  NAN_EXPORT(target, Int32Value);
  NAN_EXPORT(target, IntegerValue);
  NAN_EXPORT(target, NumberValue);
  NAN_EXPORT(target, BooleanValue);
  NAN_EXPORT(target, ToObject);
  NAN_EXPORT(target, IsRegExp);
  NAN_EXPORT(target, Source);
  NAN_EXPORT(target, IsBuffer);
  NAN_EXPORT(target, CopyBuffer);
  NAN_EXPORT(target, Encode);
  NAN_EXPORT(target, Catch);
  NAN_EXPORT(target, Random);
  NAN_EXPORT(target, FileSize);
  NAN_EXPORT(target, AddInThreads);
}

}  // namespace

NODE_MODULE(compat_probe, Init)
