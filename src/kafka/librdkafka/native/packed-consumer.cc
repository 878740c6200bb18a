#include "packed-consumer.h"
#include <chrono>
#include <thread>

namespace packed {

Topic* Consumer::topic_of(const char* name) {
  auto found = by_name_.find(name);
  if (found != by_name_.end()) return found->second.get();
  rd_kafka_topic_t* handle = rd_kafka_topic_new(rk_, name, nullptr);
  if (handle == nullptr) return nullptr;
  auto topic = std::make_unique<Topic>();
  topic->number = static_cast<int32_t>(by_number_.size());
  topic->name = name;
  topic->handle = handle;
  Topic* raw = topic.get();
  by_number_.push_back(raw);
  by_name_.emplace(name, std::move(topic));
  return raw;
}

Topic* Consumer::topic_of(rd_kafka_topic_t* rkt) {
  auto found = by_handle_.find(rkt);
  if (found != by_handle_.end()) return found->second;
  Topic* topic = topic_of(rd_kafka_topic_name(rkt));
  // While topic->handle is ours the object stays, and librdkafka has one object a name.
  if (topic != nullptr) by_handle_[rkt] = topic;
  return topic;
}

Partition* Consumer::partition_of(Topic* topic, int32_t number) {
  const size_t i = static_cast<size_t>(number);
  if (topic->partitions.size() <= i) topic->partitions.resize(i + 1);
  auto& slot = topic->partitions[i];
  if (slot == nullptr) {
    slot = std::make_unique<Partition>();
    slot->topic = topic->number;
    slot->number = number;
  }
  return slot.get();
}

// Fills `fetched_` when it is used up; false when librdkafka has nothing. Rebalance callbacks run inside.
bool Consumer::fetch(size_t most) {
  if (next_ < fetched_.size()) return true;
  next_ = 0;
  fetched_.resize(std::min<size_t>(most, 4096));
  const ssize_t n = rd_kafka_consume_batch_queue(queue_, 0, fetched_.data(), fetched_.size());
  fetched_.resize(n < 0 ? 0 : static_cast<size_t>(n));
  return !fetched_.empty();
}

// End of partition, or an error that came instead of a record.
void Consumer::report(rd_kafka_message_t* m, Partition* p) {
  Event event;
  event.kind = m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF ? Event::END : Event::CONSUMER_ERROR;
  event.code = m->err;
  event.partition = m->partition;
  if (m->rkt != nullptr) event.name = rd_kafka_topic_name(m->rkt);
  event.id = static_cast<double>(m->offset);
  if (event.kind == Event::END) {
    if (p != nullptr) {
      p->started = true;
      // Control records at the end are passed by this, as Java's position does.
      if (m->offset > p->position) p->position = m->offset;
    }
  } else {
    const char* reason = rd_kafka_message_errstr(m);
    event.message = reason == nullptr ? "" : reason;
    if (m->err == RD_KAFKA_RESP_ERR__FATAL) {
      char text[512];
      const rd_kafka_resp_err_t code = rd_kafka_fatal_error(rk_, text, sizeof text);
      event.fatal = true;
      if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        event.code = code;
        event.message = text;
      }
    }
  }
  add(std::move(event));
}

void Consumer::consume(const Bytes& index, const Bytes& data, const Bytes& topics, Exchange* x) {
  const size_t capacity = index.size / sizeof(Entry);
  const size_t most = static_cast<size_t>(std::max(0.0, std::min(x->max_records, 1e9)));
  size_t count = static_cast<size_t>(std::max(0.0, x->count));
  size_t used = static_cast<size_t>(std::max(0.0, x->data_length));
  const size_t known = topics.size / sizeof(int32_t);
  rd_kafka_topic_t* last_topic = nullptr;
  int32_t last_number = -1;
  Partition* p = nullptr;
  Reason reason = EMPTY;
  serve_replies();
  for (;;) {
    if (count >= most) {
      reason = LIMIT;
      break;
    }
    if (!fetch(most - count)) break;
    rd_kafka_message_t* m = fetched_[next_];
    if (m->rkt != last_topic || m->partition != last_number) {
      last_topic = m->rkt;
      last_number = m->partition;
      Topic* topic = m->rkt == nullptr || m->partition < 0 ? nullptr : topic_of(m->rkt);
      p = topic == nullptr ? nullptr : partition_of(topic, m->partition);
    }
    if (p != nullptr && p->discard) {
      rd_kafka_message_destroy(m);
      next_++;
      continue;
    }
    if (p != nullptr && p->paused) {
      p->held.push_back(m);
      next_++;
      continue;
    }
    if (m->err != RD_KAFKA_RESP_ERR_NO_ERROR || p == nullptr) {
      report(m, p);
      rd_kafka_message_destroy(m);
      next_++;
      continue;
    }
    if (static_cast<size_t>(p->topic) >= known) {
      reason = NEW_TOPIC;
      break;
    }
    if (count >= capacity) {
      reason = INDEX_FULL;
      break;
    }

    rd_kafka_headers_t* headers = nullptr;
    size_t header_count = 0, header_bytes = 0;
    if (rd_kafka_message_headers(m, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR) {
      header_count = rd_kafka_header_cnt(headers);
    }
    const auto header = [headers](size_t i, const char** name, size_t* name_length, const void** value,
                                  size_t* length) {
      rd_kafka_header_get_all(headers, i, name, value, length);
      // A name may hold a NUL; librdkafka keeps the value right behind the name and its closing NUL.
      *name_length = *value == nullptr ? strlen(*name)
                                       : static_cast<size_t>(static_cast<const char*>(*value) - *name) - 1;
    };
    for (size_t i = 0; i < header_count; i++) {
      const char* name;
      const void* value;
      size_t name_length, length;
      header(i, &name, &name_length, &value, &length);
      header_bytes += 8 + name_length + (value == nullptr ? 0 : length);
    }
    const size_t key = m->key == nullptr ? 0 : m->key_len;
    const size_t value = m->payload == nullptr ? 0 : m->len;
    const size_t need = key + value + header_bytes;
    if (count > 0 && static_cast<double>(used + need) > x->max_bytes) {
      reason = LIMIT;
      break;
    }
    if (used > data.size || need > data.size - used) {
      reason = DATA_FULL;
      x->needed = static_cast<double>(need);
      break;
    }

    Entry e;
    int32_t mapped;
    memcpy(&mapped, topics.data + static_cast<size_t>(p->topic) * sizeof(int32_t), sizeof mapped);
    rd_kafka_timestamp_type_t type;
    e.timestamp = static_cast<double>(rd_kafka_message_timestamp(m, &type));
    e.offset = static_cast<double>(m->offset);
    e.topic = mapped;
    e.partition = m->partition;
    e.key_length = m->key == nullptr ? -1 : static_cast<int32_t>(key);
    e.value_length = m->payload == nullptr ? -1 : static_cast<int32_t>(value);
    e.header_count = static_cast<int32_t>(header_count);
    e.header_bytes = static_cast<int32_t>(header_bytes);
    e.start = static_cast<uint32_t>(used);
    e.timestamp_type = static_cast<int32_t>(type);
    memcpy(index.data + count * sizeof(Entry), &e, sizeof e);
    char* out = data.data + used;
    if (key > 0) memcpy(out, m->key, key);
    if (value > 0) memcpy(out + key, m->payload, value);
    out += key + value;
    for (size_t i = 0; i < header_count; i++) {
      const char* name;
      const void* bytes;
      size_t name_length, length;
      header(i, &name, &name_length, &bytes, &length);
      const int32_t lengths[2] = {static_cast<int32_t>(name_length), bytes == nullptr ? -1 : static_cast<int32_t>(length)};
      memcpy(out, lengths, sizeof lengths);
      out += sizeof lengths;
      memcpy(out, name, name_length);
      out += name_length;
      if (bytes != nullptr && length > 0) memcpy(out, bytes, length);
      if (bytes != nullptr) out += length;
    }
    used += need;
    count++;
    p->started = true;
    p->position = m->offset + 1;
    rd_kafka_message_destroy(m);
    next_++;
  }
  x->count = static_cast<double>(count);
  x->data_length = static_cast<double>(used);
  x->reason = reason;
}

void Rebalance::rebalance_cb(RdKafka::KafkaConsumer* consumer, RdKafka::ErrorCode code,
                             std::vector<RdKafka::TopicPartition*>& partitions) {
  if (owner_->is_open()) {
    owner_->rebalanced(code, partitions);
  } else {
    // Disconnecting, on another thread: nobody is left to ask.
    consumer->unassign();
  }
}

// Called by librdkafka inside `fetch`. The group waits until JavaScript answers by assign or unassign.
void Consumer::rebalanced(RdKafka::ErrorCode code, std::vector<RdKafka::TopicPartition*>& partitions) {
  Event event;
  event.kind = Event::REBALANCE;
  event.code = code;
  event.fatal = rd_kafka_assignment_lost(rk_) != 0;
  // Asked once: a group that is being left may have ended by the next answer, and then there is none.
  const char* protocol = rd_kafka_rebalance_protocol(rk_);
  event.name = protocol == nullptr ? "" : protocol;
  event.partitions.reset(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (RdKafka::TopicPartition* from : partitions) {
    rd_kafka_topic_partition_t* p =
        rd_kafka_topic_partition_list_add(event.partitions.get(), from->topic().c_str(), from->partition());
    p->offset = from->offset();
  }
  // No record that was fetched before is delivered after this, the rest of this very fetch included.
  if (code != RdKafka::ERR__ASSIGN_PARTITIONS) unassigned(event.partitions.get());
  add(std::move(event));
}

void Consumer::drop_fetched(Partition* p) {
  for (rd_kafka_message_t* m : p->held) rd_kafka_message_destroy(m);
  p->held.clear();
  const Topic* topic = by_number_[static_cast<size_t>(p->topic)];
  size_t to = next_;
  for (size_t i = next_; i < fetched_.size(); i++) {
    rd_kafka_message_t* m = fetched_[i];
    if (m != nullptr && m->rkt != nullptr && m->partition == p->number && rd_kafka_topic_name(m->rkt) == topic->name) {
      rd_kafka_message_destroy(m);
    } else {
      fetched_[to++] = m;
    }
  }
  fetched_.resize(to);
}

void Consumer::assigned(const rd_kafka_topic_partition_list_t* list) {
  for (int i = 0; i < list->cnt; i++) {
    Partition* p = partition_of(list->elems[i]);
    if (p == nullptr) continue;
    // Left over from an assignment before.
    drop_fetched(p);
    p->discard = false;
    p->started = false;
    ++*p->generation;
    p->position = list->elems[i].offset >= 0 ? list->elems[i].offset : -1;
  }
}

void Consumer::unassigned(const rd_kafka_topic_partition_list_t* list) {
  for (int i = 0; i < list->cnt; i++) {
    Partition* p = partition_of(list->elems[i]);
    if (p == nullptr) continue;
    p->discard = true;
    p->paused = false;
    ++*p->generation;
    // Inside librdkafka's callback `fetched_` is its to fill; `discard` drops what comes out of that.
    for (rd_kafka_message_t* m : p->held) rd_kafka_message_destroy(m);
    p->held.clear();
  }
}

void Consumer::pause(const rd_kafka_topic_partition_list_t* list, bool paused) {
  List copy(rd_kafka_topic_partition_list_copy(list), rd_kafka_topic_partition_list_destroy);
  std::deque<rd_kafka_message_t*> first;
  for (int i = 0; i < list->cnt; i++) {
    Partition* p = partition_of(list->elems[i]);
    if (p == nullptr) continue;
    p->paused = paused;
    if (paused) continue;
    // What was held back comes first again.
    for (rd_kafka_message_t* m : p->held) first.push_back(m);
    p->held.clear();
  }
  if (!first.empty()) {
    for (size_t i = next_; i < fetched_.size(); i++) first.push_back(fetched_[i]);
    fetched_.assign(first.begin(), first.end());
    next_ = 0;
    wake_->send();
  }
  if (paused) {
    rd_kafka_pause_partitions(rk_, copy.get());
  } else {
    rd_kafka_resume_partitions(rk_, copy.get());
  }
}

namespace {
// Starts a seek without waiting for it.
rd_kafka_resp_err_t start_seek(rd_kafka_t* rk, rd_kafka_topic_partition_list_t* to) {
  if (rd_kafka_error_t* error = rd_kafka_seek_partitions(rk, to, 0)) {
    const rd_kafka_resp_err_t err = rd_kafka_error_code(error);
    rd_kafka_error_destroy(error);
    return err;
  }
  const rd_kafka_resp_err_t err = to->elems[0].err;
  return err == RD_KAFKA_RESP_ERR__IN_PROGRESS ? RD_KAFKA_RESP_ERR_NO_ERROR : err;
}

// Not yet, or not now: the partition does not fetch yet, or librdkafka is busy.
bool seek_later(rd_kafka_resp_err_t err) {
  return err == RD_KAFKA_RESP_ERR__STATE || err == RD_KAFKA_RESP_ERR__PREV_IN_PROGRESS ||
         err == RD_KAFKA_RESP_ERR__TIMED_OUT;
}
}  // namespace

// A seek that comes before the partition has begun to fetch is refused by librdkafka, and the refusal arrives
// late. So a partition that has shown no sign of life is asked on a thread until it accepts or is taken away (a
// coordinator that is away keeps it waiting), its records are thrown away meanwhile, and the seek that counts is done
// on this thread afterwards (seek_ready).
void Consumer::seek(const rd_kafka_topic_partition_t& to, double id) {
  Partition* p = partition_of(to);
  if (p == nullptr) return;
  drop_fetched(p);
  const uint32_t generation = ++*p->generation;
  p->position = to.offset >= 0 ? to.offset : -1;
  List list(rd_kafka_topic_partition_list_new(1), rd_kafka_topic_partition_list_destroy);
  rd_kafka_topic_partition_list_add(list.get(), to.topic, to.partition)->offset = to.offset;
  if (p->started) {
    Event done;
    done.kind = Event::CALL;
    done.id = id;
    put_error(done, start_seek(rk_, list.get()));
    add(std::move(done));
    wake_->send();
    return;
  }
  p->discard = true;
  const auto current = p->generation;
  std::shared_ptr<rd_kafka_topic_partition_list_t> shared(list.release(), rd_kafka_topic_partition_list_destroy);
  call(id, [shared, generation, current](rd_kafka_t* rk, Event& done) {
    rd_kafka_resp_err_t err = RD_KAFKA_RESP_ERR_NO_ERROR;
    for (int round = 0; *current == generation; round++) {
      rd_kafka_error_t* error = rd_kafka_seek_partitions(rk, shared.get(), 1000);
      err = error == nullptr ? shared->elems[0].err : rd_kafka_error_code(error);
      if (error != nullptr) rd_kafka_error_destroy(error);
      if (!seek_later(err)) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(round < 200 ? 5 : 100));
    }
    // Overtaken: whatever became of it, nobody cares.
    put_error(done, *current == generation ? err : RD_KAFKA_RESP_ERR_NO_ERROR);
    done.low = generation;
  });
}

rd_kafka_resp_err_t Consumer::seek_ready(const rd_kafka_topic_partition_t& to, double generation) {
  Partition* p = partition_of(to);
  if (p == nullptr || *p->generation != static_cast<uint32_t>(generation)) return RD_KAFKA_RESP_ERR_NO_ERROR;
  drop_fetched(p);
  List list(rd_kafka_topic_partition_list_new(1), rd_kafka_topic_partition_list_destroy);
  rd_kafka_topic_partition_list_add(list.get(), to.topic, to.partition)->offset = to.offset;
  const rd_kafka_resp_err_t err = start_seek(rk_, list.get());
  if (err != RD_KAFKA_RESP_ERR_NO_ERROR) return err;
  p->started = true;
  p->discard = false;
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

double Consumer::position(const std::string& topic, int32_t partition) {
  auto found = by_name_.find(topic);
  if (found == by_name_.end() || partition < 0) return -1;
  const auto& all = found->second->partitions;
  const size_t i = static_cast<size_t>(partition);
  return i >= all.size() || all[i] == nullptr ? -1 : static_cast<double>(all[i]->position);
}

// The reply comes through `replies_`, so it is served although nobody polls for records.
void Consumer::commit(double id, const rd_kafka_topic_partition_list_t* list) {
  const auto reply = [](rd_kafka_t*, rd_kafka_resp_err_t err, rd_kafka_topic_partition_list_t* offsets, void* opaque) {
    const Commit commit = *static_cast<Commit*>(opaque);
    commit.consumer->commits_.erase(commit.id);
    Event done;
    done.kind = Event::COMMIT;
    done.id = commit.id;
    put_error(done, err);
    if (offsets != nullptr) done.partitions.reset(rd_kafka_topic_partition_list_copy(offsets));
    commit.consumer->add(std::move(done));
  };
  Commit* waiting = &(commits_[id] = Commit{this, id});
  // A member that was thrown out would commit like a consumer without a group, and the broker might accept that.
  const rd_kafka_resp_err_t err = rd_kafka_assignment_lost(rk_) ? RD_KAFKA_RESP_ERR__ASSIGNMENT_LOST
                                                                : rd_kafka_commit_queue(rk_, list, replies_, reply, waiting);
  if (err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    commits_.erase(id);
    Event done;
    done.kind = Event::COMMIT;
    done.id = id;
    put_error(done, err);
    add(std::move(done));
    wake_->send();
  }
}

rd_kafka_error_t* Consumer::leave() {
  for (Topic* t : by_number_) {
    for (auto& p : t->partitions) {
      if (p == nullptr) continue;
      p->discard = true;
      ++*p->generation;
    }
  }
  closing_ = rd_kafka_queue_new(rk_);
  wake_on(closing_);
  rd_kafka_error_t* error = rd_kafka_consumer_close_queue(rk_, closing_);
  if (error == nullptr) std::swap(queue_, closing_);
  return error;
}

void Consumer::drop_handles() {
  for (size_t i = next_; i < fetched_.size(); i++) rd_kafka_message_destroy(fetched_[i]);
  fetched_.clear();
  next_ = 0;
  for (Topic* t : by_number_) {
    for (auto& p : t->partitions) {
      if (p == nullptr) continue;
      for (rd_kafka_message_t* m : p->held) rd_kafka_message_destroy(m);
    }
    rd_kafka_topic_destroy(t->handle);
  }
  by_number_.clear();
  by_handle_.clear();
  by_name_.clear();
  // No reply is served after this.
  commits_.clear();
  for (rd_kafka_queue_t** q : {&queue_, &replies_, &closing_}) {
    if (*q == nullptr) continue;
    rd_kafka_queue_cb_event_enable(*q, nullptr, nullptr);
    rd_kafka_queue_destroy(*q);
    *q = nullptr;
  }
}

}  // namespace packed
