#include "engine/event_source_mappings.h"

#include <algorithm>

#include "engine/codec.h"
#include "engine/event_source_rules.h"
#include "engine/function_rules.h"

namespace doorbuster::engine {
namespace {

constexpr int kConcurrency = 5;  // AWS begins with five
constexpr std::size_t kMappingsListedMax = 100;

std::string mapping_key(const std::string& uuid) {
  return Encoder().raw("E").raw(uuid).bytes();
}

cloud::Error no_mapping() {
  constexpr int kNotFound = 404;
  return {"ResourceNotFoundException", "The resource you requested does not exist.", kNotFound};
}

bool owns(const cloud::Caller& caller, const std::string& mapping_arn) {
  const auto arn = cloud::Arn::parse(mapping_arn);
  return !caller.anonymous && arn->account == caller.scope.account &&
         arn->region == caller.scope.region;
}

// As it is told while it goes from one state to the other.
EventSourceMappings::Mapping on_its_way(EventSourceMappings::Mapping mapping, const char* state) {
  mapping.State = state;
  return mapping;
}

}  // namespace

void EventSourceMappings::open(const Store& store) {
  store.scan(Family::config, "E", "F", [&](std::string_view, std::string_view value) {
    auto stored = decode_mapping(value);
    const std::string uuid = stored.mapping.UUID;
    Entry& entry = mappings_[uuid];
    entry.mapping = std::move(stored.mapping);
    entry.tags = std::move(stored.tags);
    begin_plan(entry);
    return true;
  });
}

// --- What they are ----------------------------------------------------------------------------

EventSourceMappings::Entry& EventSourceMappings::at(const cloud::Caller& caller,
                                                    const std::string& uuid) {
  const auto it = mappings_.find(uuid);
  if (it == mappings_.end() || !owns(caller, it->second.mapping.EventSourceMappingArn)) {
    throw no_mapping();
  }
  return it->second;
}

const EventSourceMappings::Entry& EventSourceMappings::at(const cloud::Caller& caller,
                                                          const std::string& uuid) const {
  return const_cast<EventSourceMappings*>(this)->at(caller, uuid);
}

const Function& EventSourceMappings::function_of(const cloud::Caller& caller,
                                                 const std::string& name) const {
  const std::string arn = function_arn(caller, name);
  const Function* function = functions_.find(arn);
  if (!function || function->account != caller.scope.account) throw no_function(arn);
  return *function;
}

void EventSourceMappings::check(const Mapping& mapping, const Function& function) const {
  engine::check(mapping);
  const Queue* queue = queues_.by_arn(mapping.EventSourceArn);
  if (!queue) {
    throw invalid_value(
        "Error occurred while ReceiveMessage. SQS Error Code: "
        "AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not "
        "exist for this wsdl version.");
  }
  const int visibility_s = queue->attributes.visibility_timeout_s;
  const int timeout_s = function.configuration.Timeout;
  if (visibility_s < timeout_s) {
    throw invalid_value("Queue visibility timeout: " + std::to_string(visibility_s) +
                        " seconds is less than Function timeout: " + std::to_string(timeout_s) +
                        " seconds");
  }
}

void EventSourceMappings::check_is_new(const Mapping& mapping) const {
  constexpr int kConflict = 409;
  for (const auto& [uuid, entry] : mappings_) {
    if (entry.mapping.EventSourceArn != mapping.EventSourceArn ||
        entry.mapping.FunctionArn != mapping.FunctionArn || uuid == mapping.UUID) {
      continue;
    }
    throw cloud::Error("ResourceConflictException",
                       "An event source mapping with SQS arn (\" " + mapping.EventSourceArn +
                           " \") and function (\" " + name_in(mapping.FunctionArn) +
                           " \") already exists. Please update or delete the existing mapping "
                           "with UUID " +
                           uuid,
                       kConflict);
  }
}

EventSourceMappings::Mapping EventSourceMappings::create(
    Turn& turn, const cloud::Caller& caller,
    const cloud::CreateEventSourceMappingRequest& request) {
  const Function& function = function_of(caller, request.FunctionName);
  Entry entry;
  Mapping& mapping = entry.mapping;
  mapping.EventSourceArn = request.EventSourceArn;
  mapping.FunctionArn = function.arn();
  mapping.BatchSize = request.BatchSize.value_or(mapping.BatchSize);
  mapping.MaximumBatchingWindowInSeconds = request.MaximumBatchingWindowInSeconds.value_or(0);
  mapping.FilterCriteria = request.FilterCriteria;
  mapping.ScalingConfig = request.ScalingConfig;
  mapping.FunctionResponseTypes = request.FunctionResponseTypes;
  mapping.LastProcessingResult = "No records processed";
  mapping.State = request.Enabled ? "Enabled" : "Disabled";
  check(mapping, function);
  patterns_of(mapping);
  check_is_new(mapping);
  check_tags(request.Tags);
  entry.tags = request.Tags;
  mapping.UUID = str(turn.random.uuid());
  mapping.EventSourceMappingArn =
      caller.scope.arn("lambda", "event-source-mapping:" + mapping.UUID);
  Entry& made = mappings_[mapping.UUID] = std::move(entry);
  put(turn, made);
  return on_its_way(made.mapping, "Creating");
}

EventSourceMappings::Mapping EventSourceMappings::update(
    Turn& turn, const cloud::Caller& caller,
    const cloud::UpdateEventSourceMappingRequest& request) {
  Entry& entry = at(caller, request.UUID);
  Mapping next = entry.mapping;
  const std::string name = request.FunctionName.empty() ? next.FunctionArn : request.FunctionName;
  const Function& function = function_of(caller, name);
  next.FunctionArn = function.arn();
  if (request.BatchSize) next.BatchSize = *request.BatchSize;
  if (request.MaximumBatchingWindowInSeconds) {
    next.MaximumBatchingWindowInSeconds = *request.MaximumBatchingWindowInSeconds;
  }
  if (request.FilterCriteria) next.FilterCriteria = request.FilterCriteria;
  if (next.FilterCriteria && next.FilterCriteria->Filters.empty()) next.FilterCriteria.reset();
  if (request.ScalingConfig) next.ScalingConfig = request.ScalingConfig;
  if (next.ScalingConfig && !next.ScalingConfig->MaximumConcurrency) next.ScalingConfig.reset();
  if (request.FunctionResponseTypes) next.FunctionResponseTypes = *request.FunctionResponseTypes;
  if (request.Enabled) next.State = *request.Enabled ? "Enabled" : "Disabled";
  check(next, function);
  patterns_of(next);
  check_is_new(next);
  const char* way = "Updating";
  if (next.State != entry.mapping.State) way = next.State == "Enabled" ? "Enabling" : "Disabling";
  entry.mapping = std::move(next);
  put(turn, entry);
  return on_its_way(entry.mapping, way);
}

EventSourceMappings::Mapping EventSourceMappings::destroy(Turn& turn, const cloud::Caller& caller,
                                                          const std::string& uuid) {
  Entry& entry = at(caller, uuid);
  end_plan(turn, entry);
  Mapping gone = on_its_way(std::move(entry.mapping), "Deleting");
  turn.batch.remove(Family::config, mapping_key(uuid));
  mappings_.erase(gone.UUID);
  ++version_;
  dismiss(turn);
  return gone;
}

EventSourceMappings::Mapping EventSourceMappings::get(const cloud::Caller& caller,
                                                      const std::string& uuid) const {
  return at(caller, uuid).mapping;
}

cloud::ListEventSourceMappingsResult EventSourceMappings::list(
    const cloud::Caller& caller, const cloud::ListEventSourceMappingsRequest& request) const {
  std::string wanted;
  if (!request.FunctionName.empty()) wanted = function_of(caller, request.FunctionName).arn();
  const auto max = static_cast<std::size_t>(request.MaxItems.value_or(kMappingsListedMax));
  cloud::ListEventSourceMappingsResult result;
  for (auto it = mappings_.upper_bound(request.Marker); it != mappings_.end(); ++it) {
    const Mapping& mapping = it->second.mapping;
    if (!owns(caller, mapping.EventSourceMappingArn)) continue;
    if (!wanted.empty() && mapping.FunctionArn != wanted) continue;
    if (!request.EventSourceArn.empty() && mapping.EventSourceArn != request.EventSourceArn) {
      continue;
    }
    if (result.EventSourceMappings.size() == std::min(max, kMappingsListedMax)) {
      result.NextMarker = result.EventSourceMappings.back().UUID;
      break;
    }
    result.EventSourceMappings.push_back(mapping);
  }
  return result;
}

std::map<std::string, std::string> EventSourceMappings::tags(const cloud::Caller& caller,
                                                             const std::string& uuid) const {
  return at(caller, uuid).tags;
}

void EventSourceMappings::set_tags(Turn& turn, const cloud::Caller& caller, const std::string& uuid,
                                   std::map<std::string, std::string> tags) {
  Entry& entry = at(caller, uuid);
  entry.tags = std::move(tags);
  write(turn, entry);
}

void EventSourceMappings::put(Turn& turn, Entry& entry) {
  entry.mapping.LastModified = turn.now;
  write(turn, entry);
  renew_plan(turn, entry);
}

void EventSourceMappings::renew_plan(Turn& turn, Entry& entry) {
  ++version_;
  end_plan(turn, entry);
  begin_plan(entry);
  dismiss(turn);
}

void EventSourceMappings::begin_turn(Turn& turn) {
  while (!pauses_.empty() && pauses_.begin()->first <= turn.now) {
    turn.done.push_back(std::move(pauses_.extract(pauses_.begin()).mapped()));
  }
}

std::optional<cloud::Time> EventSourceMappings::alarm() const {
  return pauses_.empty() ? std::nullopt : std::optional(pauses_.begin()->first);
}

void EventSourceMappings::finish_turn(Turn& turn) {
  std::erase_if(stranded_, [&](const std::string& uuid) {
    const auto it = mappings_.find(uuid);
    if (it == mappings_.end()) return true;
    const Mapping& mapping = it->second.mapping;
    if (!queues_.by_arn(mapping.EventSourceArn) || !functions_.find(mapping.FunctionArn)) {
      return false;
    }
    renew_plan(turn, it->second);
    return true;
  });
}

void EventSourceMappings::write(Turn& turn, const Entry& entry) const {
  turn.batch.put(Family::config, mapping_key(entry.mapping.UUID),
                 encode(entry.mapping, entry.tags));
}

// --- Polling ----------------------------------------------------------------------------------

void EventSourceMappings::begin_plan(Entry& entry) {
  const Mapping& mapping = entry.mapping;
  if (mapping.State != "Enabled") return;
  auto plan = std::make_shared<PollingPlan>();
  plan->uuid = mapping.UUID;
  plan->revision = version_;
  plan->queue_arn = mapping.EventSourceArn;
  plan->function_arn = mapping.FunctionArn;
  plan->batch_size = mapping.BatchSize;
  plan->window = std::chrono::seconds(mapping.MaximumBatchingWindowInSeconds);
  plan->concurrency = kConcurrency;
  if (mapping.ScalingConfig) {
    plan->concurrency = mapping.ScalingConfig->MaximumConcurrency.value_or(kConcurrency);
  }
  plan->reports_failures = !mapping.FunctionResponseTypes.empty();
  plan->patterns = patterns_of(mapping);
  entry.plan = std::move(plan);
}

void EventSourceMappings::end_plan(Turn& turn, Entry& entry) {
  entry.plan.reset();
  for (const auto& receive : entry.receives) {
    if (const auto ticket = receive.lock()) queues_.withdraw(turn, *ticket);
  }
  entry.receives.clear();
}

void EventSourceMappings::watch(Turn& turn, std::uint64_t known,
                                std::unique_ptr<Reply<PollingPlans>>& reply) {
  watchers_.push_back(std::move(reply));
  if (known != version_) dismiss(turn);
}

void EventSourceMappings::dismiss(Turn& turn) {
  PollingPlans all;
  all.version = version_;
  for (const auto& [uuid, entry] : mappings_) {
    if (entry.plan) all.plans.push_back(entry.plan);
  }
  for (auto& watcher : watchers_) {
    watcher->value = all;
    turn.done.push_back(std::move(watcher));
  }
  watchers_.clear();
  for (auto& [until, reply] : pauses_) turn.done.push_back(std::move(reply));
  pauses_.clear();
}

void EventSourceMappings::pause(cloud::Time until, std::unique_ptr<Reply<Done>>& reply) {
  pauses_.emplace(until, std::move(reply));
}

void EventSourceMappings::receive(Turn& turn, const PollingPlan& plan, ReceiveOrder order,
                                  std::unique_ptr<Reply<std::vector<Delivery>>>& reply) {
  const auto it = mappings_.find(plan.uuid);
  if (it == mappings_.end() || !it->second.plan || it->second.plan->revision != plan.revision) {
    throw no_mapping();
  }
  Queue* queue = queues_.by_arn(plan.queue_arn);
  if (!queue || !functions_.find(plan.function_arn)) {
    it->second.mapping.LastProcessingResult =
        queue ? "PROBLEM: The function does not exist" : "PROBLEM: The queue does not exist";
    stranded_.insert(plan.uuid);
    throw no_mapping();
  }
  auto& receives = it->second.receives;
  std::erase_if(receives, [](const auto& ticket) { return ticket.expired(); });
  if (!reply->ticket) reply->ticket = std::make_shared<Ticket>();
  receives.push_back(reply->ticket);
  queues_.receive(turn, *queue, std::move(order), reply);
}

void EventSourceMappings::processed(Turn& turn, const PollingPlan& plan,
                                    const std::vector<ReceiptHandle>& done,
                                    const std::string& result) {
  Queue* queue = queues_.by_arn(plan.queue_arn);
  if (queue && !done.empty()) queues_.remove(turn, *queue, done);
  const auto it = mappings_.find(plan.uuid);
  if (it != mappings_.end() && !result.empty()) it->second.mapping.LastProcessingResult = result;
}

}  // namespace doorbuster::engine
