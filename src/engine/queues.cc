#include "engine/queues.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cctype>

#include "cloud/error.h"
#include "engine/codec.h"
#include "engine/json_record.h"
#include "engine/queue_permissions.h"
#include "engine/queue_tags.h"

namespace doorbuster::engine {
namespace {

constexpr std::chrono::seconds kPurgeEvery{60};
constexpr std::size_t kNameMax = 80;
constexpr std::string_view kFifoSuffix = ".fifo";

std::string config_key(std::string_view arn) {
  return Encoder().raw("Q").raw(arn).bytes();
}

void check_name(std::string_view name, bool fifo) {
  if (fifo && !name.ends_with(kFifoSuffix)) {
    throw cloud::Error(
        "InvalidParameterValue",
        "The name of a FIFO queue can only include alphanumeric characters, hyphens, "
        "or underscores, must end with .fifo suffix and be 1 to 80 in length.");
  }
  const std::string_view base = fifo ? name.substr(0, name.size() - kFifoSuffix.size()) : name;
  const bool letters = std::all_of(base.begin(), base.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_';
  });
  if (base.empty() || name.size() > kNameMax || !letters) {
    throw cloud::Error("InvalidParameterValue",
                       "Can only include alphanumeric characters, hyphens, or underscores. "
                       "1 to 80 in length");
  }
}

cloud::Error no_such_queue() {
  return {"QueueDoesNotExist", "The specified queue does not exist."};
}

std::string seconds_text(cloud::Time time) {
  return std::to_string(to_ms(time) / 1000);
}

}  // namespace

// --- What there is ----------------------------------------------------------------------------

void Queues::open(const Store& store, cloud::Time now) {
  store.scan(Family::config, "Q", "R", [&](std::string_view, std::string_view value) {
    const auto json = read_json_record(value);
    Queue::Identity identity;
    identity.id = json.at("id").to_number<std::uint32_t>();
    identity.arn = json.at("arn").as_string();
    identity.name = json.at("name").as_string();
    identity.created = from_ms(json.at("created").to_number<std::int64_t>());
    identity.modified = from_ms(json.at("modified").to_number<std::int64_t>());
    QueueAttributes attributes;
    attributes.fifo = identity.name.ends_with(kFifoSuffix);
    attributes.restore(boost::json::value_to<cloud::AttributeMap>(json.at("attributes")));
    next_id_ = std::max(next_id_, identity.id + 1);
    Queue& queue = *add(std::move(identity), std::move(attributes)).queue;
    if (const auto* tags = json.if_contains("tags")) {
      queue.tags = boost::json::value_to<cloud::TagMap>(*tags);
    }
    return true;
  });
  // An identifier is never given twice: records of a queue that is gone must not come back.
  std::string next;
  if (store.get(Family::config, "I", &next)) next_id_ = Decoder(next).u32();
  for (auto& [id, entry] : entries_) {
    entry.queue->open(store, now);
    if (entry.deduplication) entry.deduplication->open(store);
    set_alarm(id, entry);
  }
}

Queues::Entry& Queues::add(Queue::Identity identity, QueueAttributes attributes) {
  const auto arn = cloud::Arn::parse(identity.arn);
  identity.url = endpoint_ + '/' + arn->account + '/' + identity.name;
  const std::uint32_t id = identity.id;
  ids_[identity.arn] = id;
  Entry& entry = entries_[id];
  if (attributes.fifo) entry.deduplication = std::make_unique<Deduplication>(id);
  // Nobody is to know of the others, which are the engine's own.
  const bool seen = arn->service == "sqs";
  auto metrics =
      seen ? std::make_unique<QueueMetrics>(metrics_, measured(cloud::kSqsMetrics, identity.arn))
           : nullptr;
  entry.queue =
      std::make_unique<Queue>(std::move(identity), std::move(attributes), std::move(metrics));
  return entry;
}

void Queues::write_config(Turn& turn, const Queue& queue) const {
  const auto& who = queue.identity;
  const boost::json::object json{{"id", who.id},
                                 {"arn", who.arn},
                                 {"name", who.name},
                                 {"created", to_ms(who.created)},
                                 {"modified", to_ms(who.modified)},
                                 {"attributes", boost::json::value_from(queue.attributes.text)},
                                 {"tags", boost::json::value_from(queue.tags)}};
  turn.batch.put(Family::config, config_key(who.arn), boost::json::serialize(json));
}

std::string Queues::create(Turn& turn, const cloud::Scope& scope,
                           const cloud::CreateQueueRequest& request) {
  const auto fifo = request.Attributes.find("FifoQueue");
  QueueAttributes attributes;
  attributes.fifo = fifo != request.Attributes.end() && fifo->second == "true";
  check_name(request.QueueName, attributes.fifo);
  attributes.set(request.Attributes);
  const std::string arn = scope.arn("sqs", request.QueueName);
  if (const Queue* existing = by_arn(arn)) {
    const auto now = existing->attributes.all();
    for (const auto& [name, value] : request.Attributes) {
      if (name != "FifoQueue" && (!now.contains(name) || now.at(name) != value)) {
        throw cloud::Error("QueueNameExists",
                           "A queue already exists with the same name and a different value for "
                           "attribute " +
                               name);
      }
    }
    return existing->identity.url;
  }
  check_redrive(attributes, arn);
  check_tags(request.QueueName, request.tags);
  const std::uint32_t id = give_id(turn);
  Entry& entry = add({id, arn, request.QueueName, "", turn.now, turn.now}, std::move(attributes));
  entry.queue->tags = request.tags;
  write_config(turn, *entry.queue);
  return entry.queue->identity.url;
}

std::uint32_t Queues::give_id(Turn& turn) {
  const std::uint32_t id = next_id_++;
  turn.batch.put(Family::config, "I", Encoder().u32(next_id_).bytes());
  return id;
}

Queue& Queues::make_hidden(Turn& turn, const std::string& arn) {
  QueueAttributes attributes;
  attributes.set({{"MessageRetentionPeriod", "1209600"}});
  const std::string name = arn.substr(arn.rfind(':') + 1);
  Entry& entry = add({give_id(turn), arn, name, "", turn.now, turn.now}, std::move(attributes));
  write_config(turn, *entry.queue);
  return *entry.queue;
}

void Queues::destroy(Turn& turn, Queue& queue) {
  const Queue::Identity who = queue.identity;
  queue.dismiss(turn);
  queue.purge(turn);
  Entry& gone = entry(queue);
  if (gone.deduplication) gone.deduplication->forget_all(turn);
  turn.batch.remove(Family::config, config_key(who.arn));
  turn.batch.remove(Family::state, Encoder().raw("q").u32(who.id).bytes());
  if (gone.alarm) alarms_.erase({*gone.alarm, who.id});
  touched_.erase(who.id);
  ids_.erase(who.arn);
  entries_.erase(who.id);
}

void Queues::check_redrive(const QueueAttributes& attributes, const std::string& arn) {
  if (!attributes.redrive) return;
  const auto fail = [&attributes](const std::string& why) {
    throw cloud::Error("InvalidParameterValue", "Value " + attributes.text.at("RedrivePolicy") +
                                                    " for parameter RedrivePolicy is invalid. "
                                                    "Reason: " +
                                                    why);
  };
  const auto* target = by_arn(attributes.redrive->dead_letter_target_arn);
  const auto target_arn = cloud::Arn::parse(attributes.redrive->dead_letter_target_arn);
  const auto source_arn = cloud::Arn::parse(arn);
  if (!target || target_arn->region != source_arn->region) {
    fail("Dead letter target does not exist.");
  }
  if (target_arn->account != source_arn->account) {
    fail("Dead letter target owner should be same as the source.");
  }
  if (target->attributes.fifo != attributes.fifo) {
    fail("Dead-letter queue must be same type of queue as the source.");
  }
  if (!target->attributes.redrive_allow.allows(arn)) {
    fail("The redrive allow policy of " + target->identity.arn + " does not allow " + arn +
         " to use it as its dead-letter queue.");
  }
}

void Queues::set_attributes(Turn& turn, Queue& queue, const cloud::AttributeMap& changes) {
  QueueAttributes next = queue.attributes;
  next.set(changes);
  if (changes.contains("RedrivePolicy")) check_redrive(next, queue.identity.arn);
  queue.attributes = std::move(next);
  queue.identity.modified = turn.now;
  write_config(turn, queue);
  touch(queue);
}

void Queues::tag(Turn& turn, Queue& queue, const cloud::TagMap& tags) {
  cloud::TagMap all = tags;
  all.insert(queue.tags.begin(), queue.tags.end());
  check_tags(queue.identity.name, all);
  queue.tags = std::move(all);
  write_config(turn, queue);
}

void Queues::untag(Turn& turn, Queue& queue, const std::vector<std::string>& keys) {
  for (const auto& key : keys) queue.tags.erase(key);
  write_config(turn, queue);
}

void Queues::add_permission(Turn& turn, Queue& queue, const cloud::AddPermissionRequest& request) {
  set_attributes(turn, queue, {{"Policy", with_permission(queue, request)}});
}

void Queues::remove_permission(Turn& turn, Queue& queue, const std::string& label) {
  set_attributes(turn, queue, {{"Policy", without_permission(queue, label)}});
}

cloud::AttributeMap Queues::attributes(const Queue& queue) const {
  cloud::AttributeMap all = queue.attributes.all();
  const auto counts = queue.counts();
  all["QueueArn"] = queue.identity.arn;
  all["ApproximateNumberOfMessages"] = std::to_string(counts.visible);
  all["ApproximateNumberOfMessagesNotVisible"] = std::to_string(counts.in_flight);
  all["ApproximateNumberOfMessagesDelayed"] = std::to_string(counts.delayed);
  all["CreatedTimestamp"] = seconds_text(queue.identity.created);
  all["LastModifiedTimestamp"] = seconds_text(queue.identity.modified);
  return all;
}

Queue* Queues::by_arn(std::string_view arn) {
  const auto it = ids_.find(arn);
  return it == ids_.end() ? nullptr : entries_.at(it->second).queue.get();
}

Queue& Queues::by_name(const cloud::Scope& scope, std::string_view name) {
  if (Queue* queue = by_arn(scope.arn("sqs", name))) return *queue;
  throw no_such_queue();
}

Queue& Queues::by_url(const cloud::Scope& scope, std::string_view url) {
  const auto name = url.rfind('/');
  if (name == std::string_view::npos || name == 0) throw no_such_queue();
  const auto account = url.rfind('/', name - 1);
  if (account == std::string_view::npos) throw no_such_queue();
  const cloud::Scope owner{std::string(url.substr(account + 1, name - account - 1)), scope.region};
  return by_name(owner, url.substr(name + 1));
}

std::vector<const Queue*> Queues::list(const cloud::Scope& scope, std::string_view prefix,
                                       std::string_view after) const {
  const std::string begin = scope.arn("sqs", "");
  std::vector<const Queue*> found;
  for (auto it = ids_.lower_bound(begin + std::string(prefix)); it != ids_.end(); ++it) {
    if (!it->first.starts_with(begin + std::string(prefix))) break;
    if (it->first > begin + std::string(after))
      found.push_back(entries_.at(it->second).queue.get());
  }
  return found;
}

std::vector<const Queue*> Queues::dead_letter_sources(const Queue& queue) const {
  std::vector<const Queue*> sources;
  for (const auto& [arn, id] : ids_) {
    const Queue* source = entries_.at(id).queue.get();
    const auto& redrive = source->attributes.redrive;
    if (redrive && redrive->dead_letter_target_arn == queue.identity.arn) sources.push_back(source);
  }
  return sources;
}

// --- Messages ---------------------------------------------------------------------------------

Queue* Queues::dead_letters(const Queue& queue) {
  if (!queue.attributes.redrive) return nullptr;
  Queue* target = by_arn(queue.attributes.redrive->dead_letter_target_arn);
  if (target) touch(*target);
  return target;
}

Queues::Sent Queues::send(Turn& turn, Queue& queue, StoredMessage&& message,
                          std::optional<int> delay_s) {
  const auto& attributes = queue.attributes;
  std::string deduplication;
  if (attributes.fifo) {
    if (message.deduplication.empty() && attributes.content_based_deduplication) {
      message.deduplication = sha256(message.body);
    }
    deduplication = attributes.deduplicate_by_group ? message.group + '\n' + message.deduplication
                                                    : message.deduplication;
    if (const auto first = entry(queue).deduplication->find(turn, deduplication)) {
      return {first->id, first->sequence};
    }
    message.sequence = queue.next_sequence_number();
  }
  message.id = turn.random.uuid();
  message.sent = turn.now;
  Sent sent{message.id, message.sequence};
  if (attributes.fifo) {
    entry(queue).deduplication->remember(turn, deduplication, {sent.id, sent.sequence});
  }
  queue.send(turn, std::move(message), delay_s.value_or(attributes.delay_s));
  queue.count_sent();
  touch(queue);
  return sent;
}

void Queues::receive(Turn& turn, Queue& queue, ReceiveOrder order,
                     std::unique_ptr<Reply<std::vector<Delivery>>>& reply) {
  touch(queue);
  auto deliveries = queue.receive(turn, order, dead_letters(queue));
  if (!deliveries.empty() || order.wait_until <= turn.now) {
    const bool full = queue.counts().in_flight >= Queue::kInFlightMax;
    if (deliveries.empty() && full && !queue.attributes.fifo) {
      throw cloud::Error(
          "OverLimit", "Too many messages in flight: 120,000 have been received and not deleted.");
    }
    reply->value = std::move(deliveries);
    turn.done.push_back(std::move(reply));
    return;
  }
  order.reply = std::move(reply);
  queue.wait(std::move(order));
}

void Queues::withdraw(Turn& turn, const Ticket& ticket) {
  const auto it = entries_.find(ticket.queue);
  if (it == entries_.end()) return;
  it->second.queue->withdraw(turn, ticket.waiter);
  touch(*it->second.queue);
}

void Queues::remove(Turn& turn, Queue& queue, const ReceiptHandle& handle) {
  touch(queue);
  if (queue.remove(turn, handle) || !queue.attributes.fifo) return;
  throw cloud::Error("InvalidParameterValue",
                     "Value " + handle.str() +
                         " for parameter ReceiptHandle is invalid. Reason: The receipt handle has "
                         "expired.");
}

void Queues::remove(Turn& turn, Queue& queue, const std::vector<ReceiptHandle>& handles) {
  touch(queue);
  for (const auto& handle : handles) queue.remove(turn, handle);
}

void Queues::change_visibility(Turn& turn, Queue& queue, const ReceiptHandle& handle,
                               int timeout_s) {
  touch(queue);
  switch (queue.change_visibility(turn, handle, timeout_s)) {
    case Queue::Visibility::changed:
      return;
    case Queue::Visibility::not_in_flight:
      throw cloud::Error("MessageNotInflight",
                         "The message referred to is not in flight: its visibility timeout has "
                         "ended, or it was received again or deleted.");
    case Queue::Visibility::beyond_limit:
      throw cloud::Error(
          "InvalidParameterValue",
          "Value " + std::to_string(timeout_s) +
              " for parameter VisibilityTimeout is invalid. Reason: Total "
              "VisibilityTimeout for the message is beyond the limit [43200 seconds].");
  }
}

void Queues::give_back(Turn& turn, Queue& queue, const ReceiptHandle& handle, int delay_s) {
  touch(queue);
  queue.give_back(turn, handle, delay_s);
}

void Queues::purge(Turn& turn, Queue& queue) {
  auto& last = entry(queue).purged;
  if (last && *last + kPurgeEvery > turn.now) {
    throw cloud::Error("PurgeQueueInProgress", "Only one PurgeQueue operation on " +
                                                   queue.identity.name +
                                                   " is allowed every 60 seconds.");
  }
  last = turn.now;
  queue.purge(turn);
  touch(queue);
}

Queues::Moved Queues::move(Turn& turn, Queue& from, Queue* to, std::size_t max) {
  touch(from);
  Moved moved;
  for (; moved.count < max && turn.batch.bytes() < kDueBytesMax; ++moved.count) {
    auto message = from.take(turn);
    if (!message) break;
    Queue* target = to ? to : by_arn(message->dead_letter_source);
    if (!target) {
      from.send(turn, std::move(*message), 0);
      moved.nowhere_to_go = true;
      break;
    }
    // AWS's redrive makes it a new message, sent now.
    message->dead_letter_source.clear();
    message->id = turn.random.uuid();
    message->sent = turn.now;
    if (target->attributes.fifo) message->sequence = target->next_sequence_number();
    target->send(turn, std::move(*message), 0);
    target->count_sent();
    touch(*target);
  }
  return moved;
}

// --- Turns ------------------------------------------------------------------------------------

void Queues::begin_turn(Turn& turn) {
  while (!alarms_.empty() && alarms_.begin()->first <= turn.now) {
    const std::uint32_t id = alarms_.begin()->second;
    alarms_.erase(alarms_.begin());
    Entry& due = entries_.at(id);
    due.alarm.reset();
    due.queue->wake(turn);
    if (due.deduplication) due.deduplication->wake(turn);
    touched_.insert(id);
  }
}

void Queues::finish_turn(Turn& turn) {
  std::set<std::uint32_t> to_serve = touched_;
  while (!to_serve.empty()) {
    Queue& queue = *entries_.at(*to_serve.begin()).queue;
    to_serve.erase(to_serve.begin());
    if (!queue.has_waiters()) continue;
    Queue* target = dead_letters(queue);
    const std::uint64_t before = target ? target->counts().visible : 0;
    queue.serve(turn, target);
    // Somebody may wait for the dead letters that this made.
    if (target && target->counts().visible > before) to_serve.insert(target->identity.id);
  }
  for (const std::uint32_t id : touched_) {
    Entry& touched = entries_.at(id);
    touched.queue->save(turn);
    set_alarm(id, touched);
  }
}

void Queues::set_alarm(std::uint32_t id, Entry& entry) {
  auto alarm = entry.queue->alarm();
  const auto forgets = entry.deduplication ? entry.deduplication->alarm() : std::nullopt;
  if (forgets) alarm = alarm ? std::min(*alarm, *forgets) : forgets;
  if (alarm == entry.alarm) return;
  if (entry.alarm) alarms_.erase({*entry.alarm, id});
  if (alarm) alarms_.emplace(*alarm, id);
  entry.alarm = alarm;
}

void Queues::end_turn(Store& store) {
  for (const std::uint32_t id : touched_) {
    Entry& touched = entries_.at(id);
    touched.queue->end_turn(store);
    if (touched.deduplication) touched.deduplication->end_turn();
  }
  touched_.clear();
}

void Queues::dismiss(Turn& turn) {
  for (auto& [id, entry] : entries_) entry.queue->dismiss(turn);
}

void Queues::measure(const Store& store, cloud::Time now) {
  for (auto& [id, entry] : entries_) entry.queue->measure(store, now);
}

std::optional<cloud::Time> Queues::alarm() const {
  if (alarms_.empty()) return std::nullopt;
  return alarms_.begin()->first;
}

}  // namespace doorbuster::engine
