#include "topology/checkout.h"

#include <string_view>

#include "topology/pieces.h"
#include "topology/roles.h"

namespace doorbuster::topology {

// OrderProcessingWorkflow.asl.json, embedded.
extern const std::string_view kWorkflowDefinition;

namespace {

using cloud::Async;

// As SQS wants it of a function that takes a queue's messages.
static_assert(kFunctionTimeout_s <= kVisibilityTimeout_s);
constexpr int kMappingConcurrency = 50;  // calls of StartOrderWorkflow at the same time

const QueueNames kOrdersQueues{kOrdersQueue, kOrdersDeadLetterQueue};

std::string image_of(const std::string& function) {
  return kImagePrefix + function;
}

Async<std::string> have_notifications(cloud::Sns& sns) {
  cloud::CreateTopicRequest request;
  request.Name = kNotificationsTopic;
  co_return (co_await sns.CreateTopic(request)).TopicArn;
}

Async<std::optional<cloud::GetFunctionResult>> find_function(cloud::Lambda& lambda,
                                                             std::string name) {
  cloud::GetFunctionRequest request;
  request.FunctionName = name;
  try {
    co_return co_await lambda.GetFunction(request);
  } catch (const cloud::Error& error) {
    if (!says_gone(error)) throw;
  }
  co_return std::nullopt;
}

Async<void> create_function(cloud::Lambda& lambda, std::string name, std::string role_arn) {
  cloud::CreateFunctionRequest request;
  request.FunctionName = name;
  request.Role = role_arn;
  request.PackageType = "Image";
  request.Code.ImageUri = image_of(name);
  request.Timeout = kFunctionTimeout_s;
  co_await lambda.CreateFunction(request);
}

Async<void> have_function(cloud::Lambda& lambda, std::string name, std::string role_arn) {
  const auto now = co_await find_function(lambda, name);
  if (!now) {
    co_await create_function(lambda, name, role_arn);
    co_return;
  }
  if (now->Code.ImageUri != image_of(name)) {
    cloud::UpdateFunctionCodeRequest code;
    code.FunctionName = name;
    code.ImageUri = image_of(name);
    co_await lambda.UpdateFunctionCode(code);
  }
  if (now->Configuration.Role != role_arn || now->Configuration.Timeout != kFunctionTimeout_s) {
    cloud::UpdateFunctionConfigurationRequest configuration;
    configuration.FunctionName = name;
    configuration.Role = role_arn;
    configuration.Timeout = kFunctionTimeout_s;
    co_await lambda.UpdateFunctionConfiguration(configuration);
  }
}

Async<std::optional<cloud::DescribeStateMachineOutput>> find_state_machine(
    cloud::StepFunctions& step_functions, std::string arn) {
  cloud::DescribeStateMachineInput request;
  request.stateMachineArn = arn;
  try {
    co_return co_await step_functions.DescribeStateMachine(request);
  } catch (const cloud::Error& error) {
    if (!says_gone(error)) throw;
  }
  co_return std::nullopt;
}

Async<void> have_state_machine(Account account, std::string definition, std::string role_arn) {
  const std::string arn = state_machine_arn(account.scope);
  const auto now = co_await find_state_machine(account.step_functions, arn);
  if (!now) {
    cloud::CreateStateMachineInput create;
    create.name = kStateMachine;
    create.definition = definition;
    create.roleArn = role_arn;
    co_await account.step_functions.CreateStateMachine(create);
  } else if (now->definition != definition || now->roleArn != role_arn) {
    cloud::UpdateStateMachineInput update;
    update.stateMachineArn = arn;
    update.definition = definition;
    update.roleArn = role_arn;
    co_await account.step_functions.UpdateStateMachine(update);
  }
}

Async<std::vector<std::string>> find_mappings(cloud::Lambda& lambda, std::string queue_arn) {
  std::vector<std::string> uuids;
  const std::string function = std::string(":function:") + kStartOrderWorkflow;
  // Not by the function, which must be there to be asked for.
  cloud::ListEventSourceMappingsRequest list;
  list.EventSourceArn = queue_arn;
  do {
    const auto page = co_await lambda.ListEventSourceMappings(list);
    for (const auto& mapping : page.EventSourceMappings) {
      if (mapping.FunctionArn.ends_with(function)) uuids.push_back(mapping.UUID);
    }
    list.Marker = page.NextMarker;
  } while (!list.Marker.empty());
  co_return uuids;
}

Async<void> have_mapping(cloud::Lambda& lambda, std::string queue_arn) {
  const auto uuids = co_await find_mappings(lambda, queue_arn);
  if (!uuids.empty()) co_return;
  cloud::CreateEventSourceMappingRequest create;
  create.EventSourceArn = queue_arn;
  create.FunctionName = kStartOrderWorkflow;
  create.ScalingConfig = cloud::ScalingConfig{kMappingConcurrency};
  create.FunctionResponseTypes = {"ReportBatchItemFailures"};
  co_await lambda.CreateEventSourceMapping(create);
}

Async<void> stop_executions(cloud::StepFunctions& step_functions, std::string arn) {
  for (;;) {
    cloud::ListExecutionsInput list;
    list.stateMachineArn = arn;
    list.statusFilter = "RUNNING";
    const auto page = co_await step_functions.ListExecutions(list);
    if (page.executions.empty()) co_return;
    for (const auto& execution : page.executions) {
      cloud::StopExecutionInput stop;
      stop.executionArn = execution.executionArn;
      stop.cause = "The system is torn down.";
      co_await step_functions.StopExecution(stop);
    }
  }
}

Async<void> remove_state_machine(cloud::StepFunctions& step_functions, std::string arn) {
  co_await stop_executions(step_functions, arn);
  cloud::DeleteStateMachineInput request;
  request.stateMachineArn = arn;
  co_await step_functions.DeleteStateMachine(request);
}

Async<void> remove_mapping(cloud::Lambda& lambda, std::string uuid) {
  cloud::DeleteEventSourceMappingRequest request;
  request.UUID = uuid;
  co_await lambda.DeleteEventSourceMapping(request);
}

Async<void> remove_function(cloud::Lambda& lambda, std::string name) {
  cloud::DeleteFunctionRequest request;
  request.FunctionName = name;
  co_await lambda.DeleteFunction(request);
}

Async<bool> topic_exists(cloud::Sns& sns, std::string arn) {
  cloud::GetTopicAttributesRequest request;
  request.TopicArn = arn;
  try {
    co_await sns.GetTopicAttributes(request);
    co_return true;
  } catch (const cloud::Error& error) {
    if (!says_gone(error)) throw;
  }
  co_return false;
}

}  // namespace

std::string notifications_arn(const cloud::Scope& scope) {
  return scope.arn("sns", kNotificationsTopic);
}

std::string state_machine_arn(const cloud::Scope& scope) {
  const std::string name = kStateMachine;
  return scope.arn("states", "stateMachine:" + name);
}

std::string execution_arn(const cloud::Scope& scope, const std::string& order_id) {
  const std::string machine = kStateMachine;
  return scope.arn("states", "execution:" + machine + ':' + order_id);
}

std::string workflow_definition(const std::string& bucket) {
  constexpr std::string_view kVariable = "${InvoiceBucket}";
  std::string definition(kWorkflowDefinition);
  for (std::size_t at = 0; (at = definition.find(kVariable, at)) != std::string::npos;) {
    definition.replace(at, kVariable.size(), bucket);
  }
  return definition;
}

Async<Checkout> set_up_checkout(Account account, std::string bucket) {
  Checkout checkout;
  checkout.orders = co_await have_queues(account, kOrdersQueues, "");
  checkout.notifications_arn = co_await have_notifications(account.sns);
  checkout.state_machine_arn = state_machine_arn(account.scope);
  const auto roles = declared_roles(account.scope, bucket);
  for (const Role& role : roles) {
    const std::string arn = co_await have_role(account.iam, role);
    if (role.used_by == kStateMachine) {
      co_await have_state_machine(account, workflow_definition(bucket), arn);
    } else {
      co_await have_function(account.lambda, role.used_by, arn);
    }
  }
  co_await have_mapping(account.lambda, checkout.orders.arn);
  co_return checkout;
}

Async<std::optional<Checkout>> find_checkout(Account account) {
  Checkout checkout;
  try {
    checkout.orders = co_await find_queues(account, kOrdersQueues);
  } catch (const cloud::Error& error) {
    if (error.code() == "QueueDoesNotExist") co_return std::nullopt;
    throw;
  }
  checkout.notifications_arn = notifications_arn(account.scope);
  checkout.state_machine_arn = state_machine_arn(account.scope);
  co_return checkout;
}

Async<void> survey_checkout(Account account, Inventory& inventory) {
  const std::string topic = notifications_arn(account.scope);
  const bool notifies = co_await topic_exists(account.sns, topic);
  if (notifies) inventory.notifications_arn = topic;
  const std::string machine = state_machine_arn(account.scope);
  const auto found = co_await find_state_machine(account.step_functions, machine);
  if (found) inventory.state_machine_arn = machine;
  for (const char* name : kFunctions) {
    const auto function = co_await find_function(account.lambda, name);
    if (function) inventory.functions.emplace_back(name);
  }
  inventory.event_source_mappings =
      co_await find_mappings(account.lambda, account.scope.arn("sqs", kOrdersQueue));
  const auto roles = declared_roles(account.scope, "");
  for (const Role& role : roles) {
    const auto arn = co_await find_role(account.iam, role.name);
    if (arn) inventory.roles.push_back(role.name);
  }
}

// What feeds comes before what is fed, so that nothing fails for want of the other.
Async<void> tear_down_checkout(Account account, Inventory inventory, Removals& removals) {
  for (const auto& uuid : inventory.event_source_mappings) {
    co_await removals.take(remove_mapping(account.lambda, uuid));
  }
  if (!inventory.state_machine_arn.empty()) {
    co_await removals.take(
        remove_state_machine(account.step_functions, inventory.state_machine_arn));
  }
  for (const auto& name : inventory.functions) {
    co_await removals.take(remove_function(account.lambda, name));
  }
  for (const auto& name : inventory.roles) co_await removals.take(remove_role(account.iam, name));
  if (!inventory.notifications_arn.empty()) {
    cloud::DeleteTopicRequest request;
    request.TopicArn = inventory.notifications_arn;
    co_await removals.take(account.sns.DeleteTopic(request));
  }
}

}  // namespace doorbuster::topology
