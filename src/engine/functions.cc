#include "engine/functions.h"

#include <algorithm>
#include <boost/json.hpp>

#include "engine/access.h"
#include "engine/codec.h"
#include "engine/function_rules.h"

namespace doorbuster::engine {
namespace {

constexpr int kForbidden = 403;
constexpr int kTooMany = 429;

std::string function_key(std::string_view arn) {
  return Encoder().raw("L").raw(arn).bytes();
}

// "2026-11-27T00:00:00.000+0000".
std::string last_modified(cloud::Time time) {
  std::string text = iso8601(time);
  text.pop_back();
  return text + "+0000";
}

cloud::MessageAttributeValue text_attribute(std::string value) {
  return {"String", std::move(value), ""};
}

std::string text_of(const StoredMessage& message, const char* attribute) {
  const auto it = message.attributes.find(attribute);
  return it == message.attributes.end() ? "" : it->second.StringValue;
}

int number_of(const StoredMessage& message, const char* attribute) {
  return static_cast<int>(to_integer(text_of(message, attribute)).value_or(0));
}

cloud::Error throttled(const char* reason) {
  return {"TooManyRequestsException", "Rate Exceeded.", kTooMany, reason};
}

}  // namespace

StoredMessage FunctionEvent::to_message() const {
  StoredMessage message;
  message.body = payload;
  message.attributes["RequestId"] = text_attribute(request_id);
  message.attributes["Accepted"] = text_attribute(std::to_string(to_ms(accepted)));
  message.attributes["Calls"] = text_attribute(std::to_string(calls));
  message.attributes["Delays"] = text_attribute(std::to_string(delays));
  if (!client_context.empty()) message.attributes["Context"] = text_attribute(client_context);
  message.trace_header = trace_header;
  return message;
}

FunctionEvent FunctionEvent::of(const StoredMessage& message) {
  FunctionEvent event;
  event.request_id = text_of(message, "RequestId");
  event.payload = message.body;
  event.client_context = text_of(message, "Context");
  event.trace_header = message.trace_header;
  event.accepted = from_ms(to_integer(text_of(message, "Accepted")).value_or(0));
  event.calls = number_of(message, "Calls");
  event.delays = number_of(message, "Delays");
  return event;
}

void Functions::open(const Store& store) {
  store.scan(Family::config, "L", "M", [&](std::string_view, std::string_view value) {
    Function function = Function::decode(value);
    measure(function);
    function.creation = ++version_;
    const std::string arn = function.arn();
    functions_.emplace(arn, std::move(function));
    return true;
  });
}

void Functions::measure(Function& function) {
  if (function.metrics) return;
  function.metrics =
      std::make_shared<FunctionMetrics>(metrics_, measured(cloud::kLambdaMetrics, function.arn()));
}

const Function* Functions::find(std::string_view arn) const {
  const auto it = functions_.find(arn);
  return it == functions_.end() ? nullptr : &it->second;
}

const Function& Functions::permitted(const cloud::Caller& caller, const std::string& arn,
                                     const char* action) const {
  const Function* function = find(arn);
  const auto parsed = cloud::Arn::parse(arn);
  const std::string whole = std::string("lambda:") + action;
  const Policy none;
  if (engine::permitted(caller, parsed->account, function ? function->policy : none, whole, arn)) {
    if (!function) throw no_function(arn);
    return *function;
  }
  throw cloud::Error("AccessDeniedException",
                     "User: " + (caller.anonymous ? "anonymous" : caller.principal()) +
                         " is not authorized to perform: " + whole + " on resource: " + arn +
                         " because no resource-based policy allows the " + whole + " action",
                     kForbidden);
}

std::vector<const Function*> Functions::list(const cloud::Caller& caller, const std::string& after,
                                             std::size_t max) const {
  const std::string prefix = caller.scope.arn("lambda", "function:");
  std::vector<const Function*> found;
  for (auto it = functions_.lower_bound(prefix + after);
       it != functions_.end() && it->first.starts_with(prefix) && found.size() < max; ++it) {
    if (it->second.name() != after) found.push_back(&it->second);
  }
  return found;
}

std::uint64_t Functions::stored(const std::string& account) const {
  std::uint64_t bytes = 0;
  for (const auto& [arn, function] : functions_) {
    if (function.account == account) bytes += function.code_size();
  }
  return bytes;
}

int Functions::reserved(const std::string& account) const {
  int sum = 0;
  for (const auto& [arn, function] : functions_) {
    if (function.account == account) sum += function.reserved_concurrency.value_or(0);
  }
  return sum;
}

int Functions::unreserved(const std::string& account) const {
  int sum = 0;
  for (const auto& [arn, running] : running_) {
    const Function* function = find(arn);
    if (!function || function->account != account || function->reserved_concurrency) continue;
    sum += running.calls;
  }
  return sum;
}

cloud::GetAccountSettingsResult Functions::account(const cloud::Caller& caller) const {
  const std::string& account = caller.scope.account;
  cloud::GetAccountSettingsResult result;
  result.AccountLimit.TotalCodeSize = kStorageMax;
  result.AccountLimit.CodeSizeUnzipped = kZipOfObjectMax;
  result.AccountLimit.CodeSizeZipped = kZipMax;
  result.AccountLimit.ConcurrentExecutions = kAccountConcurrency;
  result.AccountLimit.UnreservedConcurrentExecutions = kAccountConcurrency - reserved(account);
  result.AccountUsage.TotalCodeSize = stored(account);
  for (const auto& [arn, function] : functions_) {
    if (function.account == account) ++result.AccountUsage.FunctionCount;
  }
  return result;
}

// --- What they are ----------------------------------------------------------------------------

const Function& Functions::create(Turn& turn, Function function) {
  function.creation = ++version_;
  if (!queues_.by_arn(function.arn())) queues_.make_hidden(turn, function.arn());
  return put(turn, std::move(function));
}

const Function& Functions::at(const std::string& arn, const std::string& revision) const {
  constexpr int kPreconditionFailed = 412;
  const Function* function = find(arn);
  if (!function) throw no_function(arn);
  if (!revision.empty() && revision != function->configuration.RevisionId) {
    throw cloud::Error("PreconditionFailedException",
                       "The Revision Id provided does not match the latest Revision Id. Call the "
                       "GetFunction/GetAlias API to retrieve the latest Revision Id",
                       kPreconditionFailed);
  }
  return *function;
}

const Function& Functions::put(Turn& turn, Function function) {
  function.configuration.RevisionId = str(turn.random.uuid());
  function.configuration.LastModified = last_modified(turn.now);
  return write(turn, std::move(function));
}

const Function& Functions::write(Turn& turn, Function function) {
  const Function* before = find(function.arn());
  if (before && before->code && (!function.code || before->code->body != function.code->body)) {
    bodies_.remove(turn, *before->code);
  }
  turn.batch.put(Family::config, function_key(function.arn()), function.encode());
  measure(function);
  const std::string arn = function.arn();
  return functions_.insert_or_assign(arn, std::move(function)).first->second;
}

void Functions::destroy(Turn& turn, const std::string& arn) {
  const Function& gone = at(arn, "");
  if (gone.code) bodies_.remove(turn, *gone.code);
  if (Queue* events = queues_.by_arn(arn)) queues_.destroy(turn, *events);
  turn.batch.remove(Family::config, function_key(arn));
  functions_.erase(arn);
  ++version_;
}

// --- Calls ------------------------------------------------------------------------------------

// https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
cloud::Deployment Functions::begin(const std::string& arn) {
  const Function& function = at(arn, "");
  const std::string& account = function.account;
  const auto before = running_.find(arn);
  const int calls = before == running_.end() ? 0 : before->second.calls;
  int& all = running_of_[account];
  const auto own = function.reserved_concurrency;
  const char* reason = nullptr;
  if (own && calls >= *own) {
    reason = "ReservedFunctionConcurrentInvocationLimitExceeded";
  } else if (!own && all >= kUnreservedMin &&
             unreserved(account) >= kAccountConcurrency - reserved(account)) {
    reason = "ConcurrentInvocationLimitExceeded";
  }
  if (reason) {
    function.metrics->throttles->add();
    throw throttled(reason);
  }
  Running& running = running_[arn];
  ++running.calls;
  ++all;
  running.gauge = function.metrics->concurrent;
  running.gauge->add(1);
  function.metrics->invocations->add();
  return function.deployment();
}

BegunCall Functions::begin(Turn& turn, const std::optional<cloud::Caller>& caller,
                           const std::string& arn) {
  if (caller) permitted(*caller, arn, "InvokeFunction");
  auto deployment = begin(arn);
  return {arn, str(turn.random.uuid()), std::move(deployment), find(arn)->code};
}

void Functions::end(const std::string& arn, bool failed,
                    std::optional<std::chrono::milliseconds> took) {
  const auto running = running_.find(arn);
  running->second.gauge->add(-1);
  if (--running->second.calls == 0) running_.erase(running);
  --running_of_[cloud::Arn::parse(arn)->account];
  const Function* function = find(arn);
  if (!function) return;
  const FunctionMetrics& metrics = *function->metrics;
  if (failed) metrics.errors->add();
  if (took) metrics.duration->add(*took);
}

bool Functions::allows(const std::string& arn, const ServiceCaller& caller,
                       std::string* why) const {
  const Function* function = find(arn);
  if (!function) {
    *why = "the function does not exist";
    return false;
  }
  const auto context = caller.context();
  const Request request{Principal::service(caller.service), "lambda:InvokeFunction", arn, context};
  if (function->policy.evaluate(request) == Decision::kAllowed) return true;
  *why = function->policy.explain(request);
  return false;
}

void Functions::enqueue(Turn& turn, const std::string& arn, const FunctionEvent& event,
                        int delay_s) {
  queues_.send(turn, *queues_.by_arn(arn), event.to_message(), delay_s);
}

bool Functions::enqueue_for(Turn& turn, const ServiceCaller& caller, const std::string& arn,
                            std::string payload, std::string* why) {
  if (!allows(arn, caller, why)) return false;
  FunctionEvent event;
  event.request_id = str(turn.random.uuid());
  event.payload = std::move(payload);
  event.accepted = turn.now;
  enqueue(turn, arn, event);
  return true;
}

std::map<std::string, std::uint64_t> Functions::creations() const {
  std::map<std::string, std::uint64_t> creations;
  for (const auto& [arn, function] : functions_) creations.emplace(arn, function.creation);
  return creations;
}

}  // namespace doorbuster::engine
