// What JavaScript calls on a PackedConsumer (addon.ts).
#include <climits>
#include "packed-consumer.h"
#include "src/kafka-consumer.h"

namespace packed {

namespace {

void construct(const Info& info) {
  if (!info.IsConstructCall() || !info[0]->IsObject() || !info[1]->IsFunction()) {
    return Nan::ThrowTypeError("PackedConsumer(native, wake)");
  }
  auto* native = Nan::ObjectWrap::Unwrap<NodeKafka::KafkaConsumer>(info[0].As<v8::Object>());
  Client* client = new Consumer(native, info[1].As<v8::Function>());
  Nan::SetInternalFieldPointer(info.This(), 0, client);
  info.GetReturnValue().Set(info.This());
}

void open(const Info& info) {
  if (auto* c = self<Consumer>(info, false)) c->open();
}

void close(const Info& info) {
  if (auto* c = self<Consumer>(info, false)) c->close();
}

// consume(index, data, topics, exchange): see Exchange
void consume(const Info& info) {
  auto* c = self<Consumer>(info);
  Bytes index, data, topics, exchange;
  if (c == nullptr || !bytes_of(info[0], &index) || !bytes_of(info[1], &data) || !bytes_of(info[2], &topics) ||
      !bytes_of(info[3], &exchange)) {
    return;
  }
  if (exchange.size < sizeof(Exchange)) return Nan::ThrowTypeError("consume: exchange");
  Exchange x;
  memcpy(&x, exchange.data, sizeof x);
  c->consume(index, data, topics, &x);
  memcpy(exchange.data, &x, sizeof x);
}

// topicNames(from) → names of the topics numbered from … on
void topic_names(const Info& info) {
  auto* c = self<Consumer>(info);
  double from;
  if (c != nullptr && number_of(info[0], &from)) {
    info.GetReturnValue().Set(c->topic_names(static_cast<size_t>(std::max(0.0, from))));
  }
}

void events(const Info& info) {
  auto* c = self<Consumer>(info);
  if (c == nullptr) return;
  c->serve_replies();
  info.GetReturnValue().Set(c->take_events());
}

void calls_running(const Info& info) {
  if (auto* c = self<Consumer>(info, false)) info.GetReturnValue().Set(number(c->calls_running()));
}

// What librdkafka answered: its error code, 0 for success.
void answer(const Info& info, rd_kafka_resp_err_t err) { info.GetReturnValue().Set(Nan::New(static_cast<int>(err))); }
void answer(const Info& info, rd_kafka_error_t* error) {
  const rd_kafka_resp_err_t code = error == nullptr ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_error_code(error);
  if (error != nullptr) rd_kafka_error_destroy(error);
  answer(info, code);
}

// subscribe([topic, -1, 0, null, …]) → error code
void subscribe(const Info& info) {
  auto* c = self<Consumer>(info);
  List list(nullptr, rd_kafka_topic_partition_list_destroy);
  if (c == nullptr || (list = partitions_of(info[0])) == nullptr) return;
  answer(info, list->cnt == 0 ? rd_kafka_unsubscribe(c->rk()) : rd_kafka_subscribe(c->rk(), list.get()));
}

// assign('set' | 'add' | 'remove' | 'none', [topic, partition, offset, null, …]) → error code
void assign(const Info& info) {
  auto* c = self<Consumer>(info);
  List list(nullptr, rd_kafka_topic_partition_list_destroy);
  if (c == nullptr || (list = partitions_of(info[1])) == nullptr) return;
  const std::string how = text_of(info[0]);
  if (how == "set") {
    c->assigned(list.get());
    answer(info, rd_kafka_assign(c->rk(), list.get()));
  } else if (how == "add") {
    c->assigned(list.get());
    answer(info, rd_kafka_incremental_assign(c->rk(), list.get()));
  } else if (how == "remove") {
    c->unassigned(list.get());
    answer(info, rd_kafka_incremental_unassign(c->rk(), list.get()));
  } else {
    c->unassigned(list.get());
    answer(info, rd_kafka_assign(c->rk(), nullptr));
  }
}

// pause(list, paused)
void pause(const Info& info) {
  auto* c = self<Consumer>(info);
  List list(nullptr, rd_kafka_topic_partition_list_destroy);
  if (c == nullptr || (list = partitions_of(info[0])) == nullptr) return;
  c->pause(list.get(), info[1]->IsTrue());
}

// seek(id, list of one): outcome as event CALL; with a generation (`low`) it is to be handed to seekReady
void seek(const Info& info) {
  auto* c = self<Consumer>(info);
  List list(nullptr, rd_kafka_topic_partition_list_destroy);
  double id;
  if (c == nullptr || !number_of(info[0], &id) || (list = partitions_of(info[1])) == nullptr) return;
  if (list->cnt == 1) c->seek(list->elems[0], id);
}

// seekReady(list of one, generation) → error code
void seek_ready(const Info& info) {
  auto* c = self<Consumer>(info);
  List list(nullptr, rd_kafka_topic_partition_list_destroy);
  double generation;
  if (c == nullptr || (list = partitions_of(info[0])) == nullptr || !number_of(info[1], &generation)) return;
  if (list->cnt == 1) answer(info, c->seek_ready(list->elems[0], generation));
}

// position(topic, partition) → next offset, -1 = not known
void position(const Info& info) {
  auto* c = self<Consumer>(info);
  double partition;
  if (c != nullptr && number_of(info[1], &partition)) {
    info.GetReturnValue().Set(number(c->position(text_of(info[0]), static_cast<int32_t>(partition))));
  }
}

// commit(id, list): outcome as event COMMIT
void commit(const Info& info) {
  auto* c = self<Consumer>(info);
  List list(nullptr, rd_kafka_topic_partition_list_destroy);
  double id;
  if (c == nullptr || !number_of(info[0], &id) || (list = partitions_of(info[1])) == nullptr) return;
  c->commit(id, list.get());
}

// call(id, 'committed' | 'watermarks' | 'topics', list, timeoutMs): outcome as event CALL
void call(const Info& info) {
  auto* c = self<Consumer>(info);
  List list(nullptr, rd_kafka_topic_partition_list_destroy);
  double id, timeout;
  if (c == nullptr || !number_of(info[0], &id) || (list = partitions_of(info[2])) == nullptr ||
      !number_of(info[3], &timeout)) {
    return;
  }
  const int ms = static_cast<int>(std::min<double>(timeout, INT_MAX));
  const std::string what = text_of(info[1]);
  std::shared_ptr<rd_kafka_topic_partition_list_t> shared(list.release(), rd_kafka_topic_partition_list_destroy);
  c->call(id, [what, ms, shared](rd_kafka_t* rk, Event& done) {
    if (what == "watermarks") {
      if (shared->cnt < 1) return put_error(done, RD_KAFKA_RESP_ERR__INVALID_ARG);
      int64_t low = -1, high = -1;
      put_error(done, rd_kafka_query_watermark_offsets(rk, shared->elems[0].topic, shared->elems[0].partition, &low,
                                                       &high, ms));
      done.low = static_cast<double>(low);
      done.high = static_cast<double>(high);
    } else if (what == "topics") {
      // Every topic of the cluster with its number of partitions.
      const rd_kafka_metadata_t* metadata = nullptr;
      const rd_kafka_resp_err_t err = rd_kafka_metadata(rk, 1, nullptr, &metadata, ms);
      put_error(done, err);
      if (err != RD_KAFKA_RESP_ERR_NO_ERROR) return;
      done.partitions.reset(rd_kafka_topic_partition_list_new(metadata->topic_cnt));
      for (int i = 0; i < metadata->topic_cnt; i++) {
        const rd_kafka_metadata_topic_t& t = metadata->topics[i];
        if (t.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
          rd_kafka_topic_partition_list_add(done.partitions.get(), t.topic, t.partition_cnt);
        }
      }
      rd_kafka_metadata_destroy(metadata);
    } else {
      put_error(done, rd_kafka_committed(rk, shared.get(), ms));
      done.partitions.reset(rd_kafka_topic_partition_list_copy(shared.get()));
    }
  });
}

// leave() → error code
void leave(const Info& info) {
  if (auto* c = self<Consumer>(info)) answer(info, c->leave());
}

void closed(const Info& info) {
  if (auto* c = self<Consumer>(info)) info.GetReturnValue().Set(boolean(c->closed()));
}

}  // namespace

void init_consumer(v8::Local<v8::Object> exports) {
  define_class(exports, "PackedConsumer", construct,
               {{"open", open},
                {"close", close},
                {"consume", consume},
                {"topicNames", topic_names},
                {"events", events},
                {"callsRunning", calls_running},
                {"subscribe", subscribe},
                {"assign", assign},
                {"pause", pause},
                {"seek", seek},
                {"seekReady", seek_ready},
                {"position", position},
                {"commit", commit},
                {"call", call},
                {"leave", leave},
                {"closed", closed}});
}

}  // namespace packed
