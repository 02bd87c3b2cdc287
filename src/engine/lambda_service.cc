// Lambda's operations on what belongs to functions: policies, concurrency, destinations, tags; and
// on event-source mappings.
#include "engine/lambda_service.h"

#include <limits>

#include "engine/function_policy.h"
#include "engine/function_rules.h"
#include "engine/permissions.h"

namespace doorbuster::engine {
namespace {

constexpr int kListedMax = 10'000;

cloud::Error nothing_found(const std::string& what) {
  constexpr int kNotFound = 404;
  return {"ResourceNotFoundException", what, kNotFound};
}

cloud::Error no_event_invoke_config(const std::string& arn) {
  return nothing_found("The function " + arn + ":$LATEST doesn't have an EventInvokeConfig");
}

constexpr std::string_view kMappingMark = ":event-source-mapping:";

// Of an event-source mapping's ARN; empty of another's.
std::string uuid_in(const std::string& arn) {
  const auto mark = arn.find(kMappingMark);
  return mark == std::string::npos ? "" : arn.substr(mark + kMappingMark.size());
}

void check_is_arn(const std::string& resource) {
  const auto arn = cloud::Arn::parse(resource);
  if (arn && arn->service == "lambda") return;
  throw violation(resource, "resource",
                  "Member must be the ARN of a function or of an event-source mapping");
}

}  // namespace

// --- Policies ---------------------------------------------------------------------------------

cloud::Async<cloud::AddFunctionPermissionResult> LambdaService::AddPermission(
    cloud::AddFunctionPermissionRequest request) {
  const std::string arn = arn_of(request.FunctionName, request.Qualifier);
  cloud::AddFunctionPermissionResult result;
  result.Statement = statement_of(request, arn);
  auto op = [arn, request = std::move(request), statement = result.Statement](
                Machine& m, Turn& turn, const Function& function) {
    std::string policy = with_statement(function.policy_text, statement, request.StatementId);
    const auto change = [&](Function& next) {
      next.policy = Policy::parse(policy);
      next.policy_text = std::move(policy);
    };
    m.functions.update(turn, arn, request.RevisionId, change);
  };
  co_await with_function<Done>(arn, "AddPermission", std::move(op));
  co_return result;
}

cloud::Async<void> LambdaService::RemovePermission(cloud::RemoveFunctionPermissionRequest request) {
  const std::string arn = arn_of(request.FunctionName, request.Qualifier);
  auto op = [arn, request = std::move(request)](Machine& m, Turn& turn, const Function& function) {
    auto policy = remove_permission(function.policy_text, request.StatementId);
    if (!policy) {
      throw nothing_found("Statement " + request.StatementId + " is not found in resource policy.");
    }
    const auto change = [&](Function& next) {
      next.policy = Policy::parse(*policy);
      next.policy_text = *policy;
    };
    m.functions.update(turn, arn, request.RevisionId, change);
  };
  co_return co_await with_function<Done>(arn, "RemovePermission", std::move(op));
}

cloud::Async<cloud::GetFunctionPolicyResult> LambdaService::GetPolicy(
    cloud::GetFunctionPolicyRequest request) {
  auto op = [](Machine&, Turn&, const Function& function) {
    if (function.policy_text.empty()) {
      throw nothing_found("The resource you requested does not exist.");
    }
    cloud::GetFunctionPolicyResult result;
    result.Policy = function.policy_text;
    result.RevisionId = function.configuration.RevisionId;
    return result;
  };
  co_return co_await with_function<cloud::GetFunctionPolicyResult>(
      arn_of(request.FunctionName, request.Qualifier), "GetPolicy", op);
}

// --- Concurrency ------------------------------------------------------------------------------

cloud::Async<cloud::Concurrency> LambdaService::PutFunctionConcurrency(
    cloud::PutFunctionConcurrencyRequest request) {
  check_range(request.ReservedConcurrentExecutions, 0, std::numeric_limits<int>::max(),
              "reservedConcurrentExecutions");
  const std::string arn = arn_of(request.FunctionName);
  auto op = [arn, caller = caller_, wanted = request.ReservedConcurrentExecutions.value_or(0)](
                Machine& m, Turn& turn, const Function& function) {
    const auto limits = m.functions.account(caller).AccountLimit;
    const int left =
        limits.UnreservedConcurrentExecutions + function.reserved_concurrency.value_or(0) - wanted;
    if (left < kUnreservedMin) {
      throw invalid_value(
          "Specified ReservedConcurrentExecutions for function decreases account's "
          "UnreservedConcurrentExecution below its minimum value of [" +
          std::to_string(kUnreservedMin) + "].");
    }
    m.functions.amend(turn, arn, [&](Function& next) { next.reserved_concurrency = wanted; });
    return cloud::Concurrency{wanted};
  };
  co_return co_await with_function<cloud::Concurrency>(arn, "PutFunctionConcurrency",
                                                       std::move(op));
}

cloud::Async<cloud::Concurrency> LambdaService::GetFunctionConcurrency(
    cloud::GetFunctionConcurrencyRequest request) {
  auto op = [](Machine&, Turn&, const Function& function) {
    return cloud::Concurrency{function.reserved_concurrency};
  };
  co_return co_await with_function<cloud::Concurrency>(arn_of(request.FunctionName),
                                                       "GetFunctionConcurrency", op);
}

cloud::Async<void> LambdaService::DeleteFunctionConcurrency(
    cloud::DeleteFunctionConcurrencyRequest request) {
  const std::string arn = arn_of(request.FunctionName);
  auto op = [arn](Machine& m, Turn& turn, const Function&) {
    m.functions.amend(turn, arn, [](Function& next) { next.reserved_concurrency.reset(); });
  };
  co_return co_await with_function<Done>(arn, "DeleteFunctionConcurrency", op);
}

// --- Calls that nobody waits for --------------------------------------------------------------

cloud::Async<cloud::FunctionEventInvokeConfig> LambdaService::configure_events(
    cloud::PutFunctionEventInvokeConfigRequest request, bool from_scratch) {
  check(request);
  const std::string arn = arn_of(request.FunctionName, request.Qualifier);
  auto op = [arn, from_scratch, request = std::move(request)](Machine& m, Turn& turn,
                                                              const Function& function) {
    if (!from_scratch && !function.event_invoke) throw no_event_invoke_config(arn);
    cloud::FunctionEventInvokeConfig config;
    if (!from_scratch) config = *function.event_invoke;
    config.FunctionArn = arn + ":$LATEST";
    config.LastModified = turn.now;
    if (request.MaximumRetryAttempts) config.MaximumRetryAttempts = request.MaximumRetryAttempts;
    if (request.MaximumEventAgeInSeconds) {
      config.MaximumEventAgeInSeconds = request.MaximumEventAgeInSeconds;
    }
    if (request.DestinationConfig) config.DestinationConfig = *request.DestinationConfig;
    m.functions.amend(turn, arn, [&](Function& next) { next.event_invoke = config; });
    return config;
  };
  co_return co_await with_function<cloud::FunctionEventInvokeConfig>(
      arn, "PutFunctionEventInvokeConfig", std::move(op));
}

cloud::Async<cloud::FunctionEventInvokeConfig> LambdaService::PutFunctionEventInvokeConfig(
    cloud::PutFunctionEventInvokeConfigRequest request) {
  co_return co_await configure_events(std::move(request), true);
}

cloud::Async<cloud::FunctionEventInvokeConfig> LambdaService::UpdateFunctionEventInvokeConfig(
    cloud::UpdateFunctionEventInvokeConfigRequest request) {
  co_return co_await configure_events(std::move(request), false);
}

cloud::Async<cloud::FunctionEventInvokeConfig> LambdaService::GetFunctionEventInvokeConfig(
    cloud::GetFunctionEventInvokeConfigRequest request) {
  auto op = [](Machine&, Turn&, const Function& function) {
    if (!function.event_invoke) throw no_event_invoke_config(function.arn());
    return *function.event_invoke;
  };
  co_return co_await with_function<cloud::FunctionEventInvokeConfig>(
      arn_of(request.FunctionName, request.Qualifier), "GetFunctionEventInvokeConfig", op);
}

cloud::Async<void> LambdaService::DeleteFunctionEventInvokeConfig(
    cloud::DeleteFunctionEventInvokeConfigRequest request) {
  const std::string arn = arn_of(request.FunctionName, request.Qualifier);
  auto op = [arn](Machine& m, Turn& turn, const Function& function) {
    if (!function.event_invoke) throw no_event_invoke_config(arn);
    m.functions.amend(turn, arn, [](Function& next) { next.event_invoke.reset(); });
  };
  co_return co_await with_function<Done>(arn, "DeleteFunctionEventInvokeConfig", op);
}

cloud::Async<cloud::ListFunctionEventInvokeConfigsResult>
LambdaService::ListFunctionEventInvokeConfigs(
    cloud::ListFunctionEventInvokeConfigsRequest request) {
  auto op = [](Machine&, Turn&, const Function& function) {
    cloud::ListFunctionEventInvokeConfigsResult result;
    if (function.event_invoke) result.FunctionEventInvokeConfigs = {*function.event_invoke};
    return result;
  };
  co_return co_await with_function<cloud::ListFunctionEventInvokeConfigsResult>(
      arn_of(request.FunctionName), "ListFunctionEventInvokeConfigs", op);
}

// --- Event-source mappings --------------------------------------------------------------------

cloud::Async<cloud::EventSourceMappingConfiguration> LambdaService::CreateEventSourceMapping(
    cloud::CreateEventSourceMappingRequest request) {
  auto op = [caller = caller_, request = std::move(request)](Machine& m, Turn& turn) {
    return m.event_source_mappings.create(turn, caller, request);
  };
  co_return co_await engine_.call<cloud::EventSourceMappingConfiguration>(std::move(op));
}

cloud::Async<cloud::EventSourceMappingConfiguration> LambdaService::GetEventSourceMapping(
    cloud::GetEventSourceMappingRequest request) {
  auto op = [caller = caller_, request = std::move(request)](Machine& m, Turn&) {
    return m.event_source_mappings.get(caller, request.UUID);
  };
  co_return co_await engine_.call<cloud::EventSourceMappingConfiguration>(std::move(op));
}

cloud::Async<cloud::EventSourceMappingConfiguration> LambdaService::UpdateEventSourceMapping(
    cloud::UpdateEventSourceMappingRequest request) {
  auto op = [caller = caller_, request = std::move(request)](Machine& m, Turn& turn) {
    return m.event_source_mappings.update(turn, caller, request);
  };
  co_return co_await engine_.call<cloud::EventSourceMappingConfiguration>(std::move(op));
}

cloud::Async<cloud::EventSourceMappingConfiguration> LambdaService::DeleteEventSourceMapping(
    cloud::DeleteEventSourceMappingRequest request) {
  auto op = [caller = caller_, request = std::move(request)](Machine& m, Turn& turn) {
    return m.event_source_mappings.destroy(turn, caller, request.UUID);
  };
  co_return co_await engine_.call<cloud::EventSourceMappingConfiguration>(std::move(op));
}

cloud::Async<cloud::ListEventSourceMappingsResult> LambdaService::ListEventSourceMappings(
    cloud::ListEventSourceMappingsRequest request) {
  check_range(request.MaxItems, 1, kListedMax, "maxItems");
  auto op = [caller = caller_, request = std::move(request)](Machine& m, Turn&) {
    return m.event_source_mappings.list(caller, request);
  };
  co_return co_await engine_.call<cloud::ListEventSourceMappingsResult>(std::move(op));
}

// --- Tags -------------------------------------------------------------------------------------

cloud::Async<void> LambdaService::change_tags(std::string resource, const char* action,
                                              std::function<void(Tags&)> change) {
  check_is_arn(resource);
  if (std::string uuid = uuid_in(resource); !uuid.empty()) {
    auto op = [caller = caller_, uuid = std::move(uuid), change = std::move(change)](Machine& m,
                                                                                     Turn& turn) {
      Tags tags = m.event_source_mappings.tags(caller, uuid);
      change(tags);
      check_tags(tags);
      m.event_source_mappings.set_tags(turn, caller, uuid, std::move(tags));
    };
    co_return co_await engine_.call<Done>(std::move(op));
  }
  auto op = [change = std::move(change)](Machine& m, Turn& turn, const Function& function) {
    Tags tags = function.tags;
    change(tags);
    check_tags(tags);
    m.functions.amend(turn, function.arn(), [&](Function& next) { next.tags = std::move(tags); });
  };
  co_await with_function<Done>(arn_of(resource), action, std::move(op));
}

cloud::Async<void> LambdaService::TagResource(cloud::TagLambdaResourceRequest request) {
  auto change = [added = std::move(request.Tags)](Tags& tags) {
    for (const auto& [key, value] : added) tags[key] = value;
  };
  co_await change_tags(std::move(request.Resource), "TagResource", std::move(change));
}

cloud::Async<void> LambdaService::UntagResource(cloud::UntagLambdaResourceRequest request) {
  auto change = [keys = std::move(request.TagKeys)](Tags& tags) {
    for (const auto& key : keys) tags.erase(key);
  };
  co_await change_tags(std::move(request.Resource), "UntagResource", std::move(change));
}

cloud::Async<cloud::ListLambdaTagsResult> LambdaService::ListTags(
    cloud::ListLambdaTagsRequest request) {
  using Result = cloud::ListLambdaTagsResult;
  check_is_arn(request.Resource);
  if (std::string uuid = uuid_in(request.Resource); !uuid.empty()) {
    auto op = [caller = caller_, uuid = std::move(uuid)](Machine& m, Turn&) {
      return Result{m.event_source_mappings.tags(caller, uuid)};
    };
    co_return co_await engine_.call<Result>(std::move(op));
  }
  auto op = [](Machine&, Turn&, const Function& function) { return Result{function.tags}; };
  co_return co_await with_function<Result>(arn_of(request.Resource), "ListTags", op);
}

cloud::Async<cloud::GetAccountSettingsResult> LambdaService::GetAccountSettings(
    cloud::GetAccountSettingsRequest) {
  check_own(arn_of("all"), "GetAccountSettings");
  auto op = [caller = caller_](Machine& m, Turn&) { return m.functions.account(caller); };
  co_return co_await engine_.call<cloud::GetAccountSettingsResult>(std::move(op));
}

}  // namespace doorbuster::engine
