#include "engine/function_events.h"

#include <algorithm>
#include <boost/json.hpp>

#include "documents/json_text.h"
#include "engine/function_rules.h"
#include "engine/queue_access.h"

namespace doorbuster::engine {
namespace {

namespace json = boost::json;

constexpr int kAtOnce = 1'000;  // calls of one function's events
constexpr int kReceived = 10;   // events at a time
constexpr std::chrono::seconds kWait{20};
constexpr int kCallMax_s = 3'600;  // if a host should break its word
constexpr int kRetries = 2;
constexpr int kRetryAfter_s = 60;  // and twice as long after the second call
constexpr int kAgeMax_s = 21'600;
constexpr int kDelayMax_s = 300;
constexpr std::size_t kErrorMessageMax = 1'024;
constexpr std::size_t kRecordDepth = 1;  // of what is around the payloads

cloud::MessageAttributeValue attribute(const char* type, std::string value) {
  return {type, std::move(value), ""};
}

bool too_old(const Function& function, const FunctionEvent& event, cloud::Time now) {
  const auto& config = function.event_invoke;
  const int max = config ? config->MaximumEventAgeInSeconds.value_or(kAgeMax_s) : kAgeMax_s;
  return now - event.accepted > std::chrono::seconds(max);
}

int retries_of(const Function& function) {
  const auto& config = function.event_invoke;
  return config ? config->MaximumRetryAttempts.value_or(kRetries) : kRetries;
}

json::value parsed(const std::string& text) {
  auto value = documents::from_text(text);
  return value ? *std::move(value) : json::value(text);
}

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
std::string record_of(const Function& function, const FunctionEvent& event, cloud::Time now,
                      const char* condition, const cloud::InvocationOutcome* outcome) {
  json::object record{{"version", "1.0"},
                      {"timestamp", iso8601(now)},
                      {"requestContext", json::object{{"requestId", event.request_id},
                                                      {"functionArn", function.arn() + ":$LATEST"},
                                                      {"condition", condition},
                                                      {"approximateInvokeCount", event.calls}}},
                      {"requestPayload", parsed(event.payload)}};
  if (outcome) {
    json::object context{{"statusCode", 200}, {"executedVersion", "$LATEST"}};
    if (!outcome->FunctionError.empty()) context["functionError"] = outcome->FunctionError;
    record["responseContext"] = std::move(context);
    record["responsePayload"] = parsed(outcome->Payload);
  }
  return documents::to_text(record, documents::kDepthMax + kRecordDepth);
}

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq
cloud::MessageAttributeMap dead_letter_attributes(const FunctionEvent& event,
                                                  const cloud::InvocationOutcome* outcome) {
  std::string why = "The event was not processed in time";
  if (outcome) {
    const auto answer = parsed(outcome->Payload);
    const auto* object = answer.if_object();
    const auto* message = object ? object->if_contains("errorMessage") : nullptr;
    why = message && message->is_string() ? std::string(message->get_string()) : outcome->Payload;
  }
  return {{"RequestID", attribute("String", event.request_id)},
          {"ErrorCode", attribute("Number", outcome ? "200" : "429")},
          {"ErrorMessage", attribute("String", why.substr(0, kErrorMessageMax))}};
}

}  // namespace

// --- Who works on them ------------------------------------------------------------------------

void FunctionEvents::watch(Turn& turn, std::uint64_t known,
                           std::unique_ptr<Reply<FunctionList>>& reply) {
  watchers_.push_back(std::move(reply));
  if (known != functions_.version()) dismiss(turn);
}

void FunctionEvents::changed(Turn& turn) {
  dismiss(turn);
}

// Whoever is parked asks again, and learns whether there is still something to wait for.
void FunctionEvents::dismiss(Turn& turn) {
  for (auto& watcher : watchers_) {
    watcher->value = {functions_.version(), functions_.creations()};
    turn.done.push_back(std::move(watcher));
  }
  watchers_.clear();
  for (auto& [arn, reply] : parked_) turn.done.push_back(std::move(reply));
  parked_.clear();
}

void FunctionEvents::receive(Turn& turn, const std::string& arn, std::uint64_t creation,
                             std::unique_ptr<Reply<std::vector<Delivery>>>& reply) {
  const Function* function = functions_.find(arn);
  if (!function || function->creation != creation) throw no_function(arn);
  const auto running = under_way_.find(arn);
  const int under_way = running == under_way_.end() ? 0 : running->second;
  const int limit = std::min(kAtOnce, function->reserved_concurrency.value_or(kAtOnce));
  if (under_way >= std::max(limit, 1)) {
    parked_[arn] = std::move(reply);
    return;
  }
  ReceiveOrder order;
  order.max_messages = kReceived;
  order.visibility_timeout_s = kCallMax_s;
  order.wait_until = turn.now + kWait;
  order.in_process = true;
  queues_.receive(turn, *queues_.by_arn(arn), std::move(order), reply);
}

void FunctionEvents::serve(Turn& turn, const Function& function) {
  const auto it = parked_.find(function.arn());
  if (it == parked_.end()) return;
  auto reply = std::move(it->second);
  parked_.erase(it);
  receive(turn, function.arn(), function.creation, reply);
}

// --- What becomes of one ----------------------------------------------------------------------

// The event is out of the queue; what follows of it is another message.
void FunctionEvents::settle(Turn& turn, const std::string& arn, const Delivery& delivery) {
  if (Queue* queue = queues_.by_arn(arn))
    queues_.remove(turn, *queue, std::vector{delivery.handle});
}

std::optional<cloud::Deployment> FunctionEvents::begin(Turn& turn, const std::string& arn,
                                                       const Delivery& delivery) {
  const Function* function = functions_.find(arn);
  if (!function) return std::nullopt;
  const FunctionEvent event = FunctionEvent::of(delivery.message);
  if (too_old(*function, event, turn.now)) {
    settle(turn, arn, delivery);
    give_up(turn, *function, event, "EventAgeExceeded", nullptr);
    return std::nullopt;
  }
  try {
    auto deployment = functions_.begin(arn);
    ++under_way_[arn];
    return deployment;
  } catch (const cloud::Error&) {
    delay(turn, *function, delivery);
    return std::nullopt;
  }
}

void FunctionEvents::delay(Turn& turn, const Function& function, const Delivery& delivery) {
  constexpr int kDoublings = 9;
  FunctionEvent event = FunctionEvent::of(delivery.message);
  const int delay_s = std::min(kDelayMax_s, 1 << std::min(event.delays, kDoublings));
  ++event.delays;
  settle(turn, function.arn(), delivery);
  functions_.enqueue(turn, function.arn(), event, delay_s);
}

void FunctionEvents::no_longer_under_way(const std::string& arn) {
  const auto it = under_way_.find(arn);
  if (--it->second == 0) under_way_.erase(it);
}

void FunctionEvents::refused(Turn& turn, const std::string& arn, const Delivery& delivery) {
  functions_.end(arn, true, std::nullopt);
  no_longer_under_way(arn);
  if (const Function* function = functions_.find(arn)) {
    delay(turn, *function, delivery);
    serve(turn, *function);
  }
}

void FunctionEvents::finished(Turn& turn, const std::string& arn, const Delivery& delivery,
                              const cloud::InvocationOutcome& outcome) {
  const bool failed = !outcome.FunctionError.empty();
  functions_.end(arn, failed, outcome.Duration);
  no_longer_under_way(arn);
  const Function* function = functions_.find(arn);
  if (!function) return;
  FunctionEvent event = FunctionEvent::of(delivery.message);
  settle(turn, arn, delivery);
  ++event.calls;
  if (!failed) {
    const auto& config = function->event_invoke;
    const std::string to = config ? config->DestinationConfig.OnSuccess.Destination : "";
    if (!to.empty()) {
      send(turn, *function, to, record_of(*function, event, turn.now, "Success", &outcome), {});
    }
  } else if (event.calls > retries_of(*function)) {
    give_up(turn, *function, event, "RetriesExhausted", &outcome);
  } else {
    functions_.enqueue(turn, arn, event, kRetryAfter_s * event.calls);
  }
  serve(turn, *function);
}

void FunctionEvents::give_up(Turn& turn, const Function& function, const FunctionEvent& event,
                             const char* condition, const cloud::InvocationOutcome* outcome) {
  const auto& letters = function.configuration.DeadLetterConfig;
  if (letters && !letters->TargetArn.empty() &&
      !send(turn, function, letters->TargetArn, event.payload,
            dead_letter_attributes(event, outcome))) {
    function.metrics->dead_letter_errors->add();
  }
  const auto& config = function.event_invoke;
  const std::string to = config ? config->DestinationConfig.OnFailure.Destination : "";
  if (to.empty()) return;
  send(turn, function, to, record_of(function, event, turn.now, condition, outcome), {});
}

// As the function's role, whose account owns most of what it sends to.
bool FunctionEvents::send(Turn& turn, const Function& from, const std::string& to, std::string body,
                          cloud::MessageAttributeMap attributes) {
  cloud::Caller caller;
  caller.scope = {from.account, cloud::Arn::parse(from.arn())->region};
  caller.arn = from.configuration.Role;
  const std::string service = cloud::Arn::parse(to)->service;
  try {
    if (service == "sns") {
      cloud::PublishRequest request;
      request.Message = std::move(body);
      request.MessageAttributes = std::move(attributes);
      topics_.publish(turn, caller, to, to_publication(std::move(request)));
    } else if (service == "lambda") {
      const std::string arn = function_arn(caller, to);
      functions_.permitted(caller, arn, "InvokeFunction");
      FunctionEvent event;
      event.request_id = str(turn.random.uuid());
      event.payload = std::move(body);
      event.accepted = turn.now;
      functions_.enqueue(turn, arn, event);
    } else {
      Queue* queue = queues_.by_arn(to);
      if (!queue) throw cloud::Error("QueueDoesNotExist", "the queue does not exist");
      check_access(caller, *queue, "sqs:SendMessage");
      StoredMessage message;
      message.body = std::move(body);
      message.attributes = std::move(attributes);
      queues_.send(turn, *queue, std::move(message), std::nullopt);
    }
    return true;
  } catch (const cloud::Error& e) {
    from.metrics->destination_failures->add();
    turn.log(from.name() + ": what became of an event was not delivered to " + to + ": " +
             e.message());
    return false;
  }
}

}  // namespace doorbuster::engine
