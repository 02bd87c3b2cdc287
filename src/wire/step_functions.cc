// AWS Step Functions: its shapes and operations, in AWS JSON 1.0. The host's name is not looked at:
// StartSyncExecution, which SDKs send to sync-HOST, is served on any.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_Operations.html
#include "cloud/step_functions.h"

#include "wire/operations.h"

namespace doorbuster::wire {
namespace {

// A tag as Step Functions spells it.
struct TagFields {
  using Self = cloud::Tag;
  static constexpr Field all[] = {
      {.name = "key",
       .shape = &Reflect<std::string>::shape,
       .address = member_address<Self, &Self::Key>},
      {.name = "value",
       .shape = &Reflect<std::string>::shape,
       .address = member_address<Self, &Self::Value>,
       .always = true},
  };
};
constexpr Shape tag_shape{.kind = Kind::structure, .fields = TagFields::all};
constexpr Shape tags_shape = list_of(Reflect<std::vector<cloud::Tag>>::shape, tag_shape);

}  // namespace

STRUCTURE(cloud::CreateStateMachineInput, FIELD(name, .required = true),
          FIELD(definition, .required = true), FIELD(roleArn, .required = true), FIELD(type),
          FIELD(loggingConfiguration), FIELD(tracingConfiguration), FIELD(encryptionConfiguration),
          FIELD_AS(tags, tags_shape), FIELD(publish), FIELD(versionDescription));
STRUCTURE(cloud::CreateStateMachineOutput, FIELD(stateMachineArn), FIELD(creationDate),
          FIELD(stateMachineVersionArn));
STRUCTURE(cloud::UpdateStateMachineInput, FIELD(stateMachineArn, .required = true),
          FIELD(definition), FIELD(roleArn), FIELD(loggingConfiguration),
          FIELD(tracingConfiguration), FIELD(encryptionConfiguration), FIELD(publish),
          FIELD(versionDescription));
STRUCTURE(cloud::UpdateStateMachineOutput, FIELD(updateDate), FIELD(revisionId),
          FIELD(stateMachineVersionArn));
STRUCTURE(cloud::DescribeStateMachineInput, FIELD(stateMachineArn, .required = true),
          FIELD(includedData));
STRUCTURE(cloud::DescribeStateMachineOutput, FIELD(stateMachineArn), FIELD(name), FIELD(status),
          FIELD(definition), FIELD(roleArn), FIELD(type), FIELD(creationDate),
          FIELD(loggingConfiguration), FIELD(tracingConfiguration), FIELD(encryptionConfiguration),
          FIELD(revisionId), FIELD(description), FIELD(variableReferences));
STRUCTURE(cloud::DeleteStateMachineInput, FIELD(stateMachineArn, .required = true));
STRUCTURE(cloud::ListStateMachinesInput, FIELD(maxResults), FIELD(nextToken));
STRUCTURE(cloud::StateMachineListItem, FIELD(stateMachineArn), FIELD(name), FIELD(type),
          FIELD(creationDate));
STRUCTURE(cloud::ListStateMachinesOutput, FIELD(stateMachines, .always = true), FIELD(nextToken));
STRUCTURE(cloud::PublishStateMachineVersionInput, FIELD(stateMachineArn, .required = true),
          FIELD(revisionId), FIELD(description));
STRUCTURE(cloud::PublishStateMachineVersionOutput, FIELD(creationDate),
          FIELD(stateMachineVersionArn));
STRUCTURE(cloud::DeleteStateMachineVersionInput, FIELD(stateMachineVersionArn, .required = true));
STRUCTURE(cloud::ListStateMachineVersionsInput, FIELD(stateMachineArn, .required = true),
          FIELD(nextToken), FIELD(maxResults));
STRUCTURE(cloud::StateMachineVersionListItem, FIELD(stateMachineVersionArn), FIELD(creationDate));
STRUCTURE(cloud::ListStateMachineVersionsOutput, FIELD(stateMachineVersions, .always = true),
          FIELD(nextToken));
STRUCTURE(cloud::RoutingConfigurationListItem, FIELD(stateMachineVersionArn, .required = true),
          FIELD(weight, .required = true));
STRUCTURE(cloud::CreateStateMachineAliasInput, FIELD(name, .required = true), FIELD(description),
          FIELD(routingConfiguration, .required = true));
STRUCTURE(cloud::CreateStateMachineAliasOutput, FIELD(stateMachineAliasArn), FIELD(creationDate));
STRUCTURE(cloud::UpdateStateMachineAliasInput, FIELD(stateMachineAliasArn, .required = true),
          FIELD(description), FIELD(routingConfiguration));
STRUCTURE(cloud::UpdateStateMachineAliasOutput, FIELD(updateDate));
STRUCTURE(cloud::DescribeStateMachineAliasInput, FIELD(stateMachineAliasArn, .required = true));
STRUCTURE(cloud::DescribeStateMachineAliasOutput, FIELD(stateMachineAliasArn), FIELD(name),
          FIELD(description), FIELD(routingConfiguration), FIELD(creationDate), FIELD(updateDate));
STRUCTURE(cloud::DeleteStateMachineAliasInput, FIELD(stateMachineAliasArn, .required = true));
STRUCTURE(cloud::ListStateMachineAliasesInput, FIELD(stateMachineArn, .required = true),
          FIELD(nextToken), FIELD(maxResults));
STRUCTURE(cloud::StateMachineAliasListItem, FIELD(stateMachineAliasArn), FIELD(creationDate));
STRUCTURE(cloud::ListStateMachineAliasesOutput, FIELD(stateMachineAliases, .always = true),
          FIELD(nextToken));
STRUCTURE(cloud::ValidateStateMachineDefinitionInput, FIELD(definition, .required = true),
          FIELD(type), FIELD(severity), FIELD(maxResults));
STRUCTURE(cloud::ValidateStateMachineDefinitionDiagnostic, FIELD(severity), FIELD(code),
          FIELD(message), FIELD(location));
STRUCTURE(cloud::ValidateStateMachineDefinitionOutput, FIELD(result),
          FIELD(diagnostics, .always = true), FIELD(truncated));
STRUCTURE(cloud::MockErrorOutput, FIELD(error), FIELD(cause));
STRUCTURE(cloud::MockInput, FIELD(result), FIELD(errorOutput), FIELD(fieldValidationMode));
STRUCTURE(cloud::TestStateConfiguration, FIELD(retrierRetryCount), FIELD(errorCausedByState),
          FIELD(mapIterationFailureCount), FIELD(mapItemReaderData));
STRUCTURE(cloud::TestStateInput, FIELD(definition, .required = true), FIELD(stateName),
          FIELD(roleArn), FIELD(input), FIELD(inspectionLevel), FIELD(revealSecrets),
          FIELD(variables), FIELD(mock), FIELD(context), FIELD(stateConfiguration));
STRUCTURE(cloud::InspectionErrorDetails, FIELD(catchIndex), FIELD(retryIndex),
          FIELD(retryBackoffIntervalSeconds));
STRUCTURE(cloud::InspectionData, FIELD(input), FIELD(afterInputPath), FIELD(afterParameters),
          FIELD(result), FIELD(afterResultSelector), FIELD(afterResultPath), FIELD(variables),
          FIELD(errorDetails), FIELD(afterItemsPath), FIELD(afterItemSelector),
          FIELD(afterItemBatcher), FIELD(afterItemsPointer), FIELD(toleratedFailureCount),
          FIELD(toleratedFailurePercentage), FIELD(maxConcurrency));
STRUCTURE(cloud::TestStateOutput, FIELD(output), FIELD(error), FIELD(cause), FIELD(inspectionData),
          FIELD(nextState), FIELD(status));
STRUCTURE(cloud::StartExecutionInput, FIELD(stateMachineArn, .required = true), FIELD(name),
          FIELD(input), FIELD(traceHeader));
STRUCTURE(cloud::StartExecutionOutput, FIELD(executionArn), FIELD(startDate));
STRUCTURE(cloud::StartSyncExecutionInput, FIELD(stateMachineArn, .required = true), FIELD(name),
          FIELD(input), FIELD(traceHeader), FIELD(includedData));
STRUCTURE(cloud::BillingDetails, FIELD(billedMemoryUsedInMB), FIELD(billedDurationInMilliseconds));
STRUCTURE(cloud::ExecutionDataDetails, FIELD(included));
STRUCTURE(cloud::StartSyncExecutionOutput, FIELD(executionArn), FIELD(stateMachineArn), FIELD(name),
          FIELD(startDate), FIELD(stopDate), FIELD(status), FIELD(error), FIELD(cause),
          FIELD(input), FIELD(inputDetails), FIELD(output), FIELD(outputDetails),
          FIELD(traceHeader), FIELD(billingDetails));
STRUCTURE(cloud::StopExecutionInput, FIELD(executionArn, .required = true), FIELD(error),
          FIELD(cause));
STRUCTURE(cloud::StopExecutionOutput, FIELD(stopDate));
STRUCTURE(cloud::RedriveExecutionInput, FIELD(executionArn, .required = true), FIELD(clientToken));
STRUCTURE(cloud::RedriveExecutionOutput, FIELD(redriveDate));
STRUCTURE(cloud::DescribeExecutionInput, FIELD(executionArn, .required = true),
          FIELD(includedData));
STRUCTURE(cloud::DescribeExecutionOutput, FIELD(executionArn), FIELD(stateMachineArn), FIELD(name),
          FIELD(status), FIELD(startDate), FIELD(stopDate), FIELD(input), FIELD(inputDetails),
          FIELD(output), FIELD(outputDetails), FIELD(traceHeader), FIELD(mapRunArn), FIELD(error),
          FIELD(cause), FIELD(stateMachineVersionArn), FIELD(stateMachineAliasArn),
          FIELD(redriveCount), FIELD(redriveDate), FIELD(redriveStatus),
          FIELD(redriveStatusReason));
STRUCTURE(cloud::DescribeStateMachineForExecutionInput, FIELD(executionArn, .required = true),
          FIELD(includedData));
STRUCTURE(cloud::DescribeStateMachineForExecutionOutput, FIELD(stateMachineArn), FIELD(name),
          FIELD(definition), FIELD(roleArn), FIELD(updateDate), FIELD(loggingConfiguration),
          FIELD(tracingConfiguration), FIELD(encryptionConfiguration), FIELD(mapRunArn),
          FIELD(revisionId), FIELD(variableReferences));
STRUCTURE(cloud::ListExecutionsInput, FIELD(stateMachineArn), FIELD(mapRunArn), FIELD(statusFilter),
          FIELD(redriveFilter), FIELD(maxResults), FIELD(nextToken));
STRUCTURE(cloud::ExecutionListItem, FIELD(executionArn), FIELD(stateMachineArn), FIELD(name),
          FIELD(status), FIELD(startDate), FIELD(stopDate), FIELD(mapRunArn), FIELD(itemCount),
          FIELD(stateMachineVersionArn), FIELD(stateMachineAliasArn), FIELD(redriveCount),
          FIELD(redriveDate));
STRUCTURE(cloud::ListExecutionsOutput, FIELD(executions, .always = true), FIELD(nextToken));
STRUCTURE(cloud::DescribeMapRunInput, FIELD(mapRunArn, .required = true));
STRUCTURE(cloud::MapRunCounts, FIELD(pending), FIELD(running), FIELD(succeeded), FIELD(failed),
          FIELD(timedOut), FIELD(aborted), FIELD(total), FIELD(resultsWritten),
          FIELD(failuresNotRedrivable), FIELD(pendingRedrive));
STRUCTURE(cloud::DescribeMapRunOutput, FIELD(mapRunArn), FIELD(executionArn), FIELD(status),
          FIELD(startDate), FIELD(stopDate), FIELD(maxConcurrency),
          FIELD(toleratedFailurePercentage), FIELD(toleratedFailureCount), FIELD(itemCounts),
          FIELD(executionCounts), FIELD(redriveCount), FIELD(redriveDate));
STRUCTURE(cloud::UpdateMapRunInput, FIELD(mapRunArn, .required = true), FIELD(maxConcurrency),
          FIELD(toleratedFailurePercentage), FIELD(toleratedFailureCount));
STRUCTURE(cloud::ListMapRunsInput, FIELD(executionArn, .required = true), FIELD(maxResults),
          FIELD(nextToken));
STRUCTURE(cloud::MapRunListItem, FIELD(executionArn), FIELD(mapRunArn), FIELD(stateMachineArn),
          FIELD(startDate), FIELD(stopDate));
STRUCTURE(cloud::ListMapRunsOutput, FIELD(mapRuns, .always = true), FIELD(nextToken));
STRUCTURE(cloud::GetExecutionHistoryInput, FIELD(executionArn, .required = true), FIELD(maxResults),
          FIELD(reverseOrder), FIELD(nextToken), FIELD(includeExecutionData));
STRUCTURE(cloud::HistoryEvent, FIELD(timestamp), FIELD(type), FIELD(id), FIELD(previousEventId),
          FIELD(details, .place = Place::inlined));
STRUCTURE(cloud::GetExecutionHistoryOutput, FIELD(events, .always = true), FIELD(nextToken));
STRUCTURE(cloud::CreateActivityInput, FIELD(name, .required = true), FIELD_AS(tags, tags_shape),
          FIELD(encryptionConfiguration));
STRUCTURE(cloud::CreateActivityOutput, FIELD(activityArn), FIELD(creationDate));
STRUCTURE(cloud::DescribeActivityInput, FIELD(activityArn, .required = true));
STRUCTURE(cloud::DescribeActivityOutput, FIELD(activityArn), FIELD(name), FIELD(creationDate));
STRUCTURE(cloud::DeleteActivityInput, FIELD(activityArn, .required = true));
STRUCTURE(cloud::ListActivitiesInput, FIELD(maxResults), FIELD(nextToken));
STRUCTURE(cloud::ActivityListItem, FIELD(activityArn), FIELD(name), FIELD(creationDate));
STRUCTURE(cloud::ListActivitiesOutput, FIELD(activities, .always = true), FIELD(nextToken));
STRUCTURE(cloud::GetActivityTaskInput, FIELD(activityArn, .required = true), FIELD(workerName));
STRUCTURE(cloud::GetActivityTaskOutput, FIELD(taskToken), FIELD(input));
STRUCTURE(cloud::SendTaskSuccessInput, FIELD(taskToken, .required = true),
          FIELD(output, .required = true));
STRUCTURE(cloud::SendTaskFailureInput, FIELD(taskToken, .required = true), FIELD(error),
          FIELD(cause));
STRUCTURE(cloud::SendTaskHeartbeatInput, FIELD(taskToken, .required = true));
STRUCTURE(cloud::TagResourceInput, FIELD(resourceArn, .required = true),
          FIELD_AS(tags, tags_shape, .required = true));
STRUCTURE(cloud::UntagResourceInput, FIELD(resourceArn, .required = true),
          FIELD(tagKeys, .required = true));
STRUCTURE(cloud::ListTagsForResourceInput, FIELD(resourceArn, .required = true));
STRUCTURE(cloud::ListTagsForResourceOutput, FIELD_AS(tags, tags_shape, .always = true));

namespace {

using cloud::StepFunctions;

#define ROW(Name) Bound<&StepFunctions::Name>::row(#Name)
constexpr Operation operations[] = {
    ROW(CreateStateMachine),
    ROW(UpdateStateMachine),
    ROW(DescribeStateMachine),
    ROW(DeleteStateMachine),
    ROW(ListStateMachines),
    ROW(ValidateStateMachineDefinition),
    ROW(PublishStateMachineVersion),
    ROW(DeleteStateMachineVersion),
    ROW(ListStateMachineVersions),
    ROW(CreateStateMachineAlias),
    ROW(UpdateStateMachineAlias),
    ROW(DescribeStateMachineAlias),
    ROW(DeleteStateMachineAlias),
    ROW(ListStateMachineAliases),
    ROW(TestState),
    ROW(StartExecution),
    ROW(StartSyncExecution),
    ROW(StopExecution),
    ROW(RedriveExecution),
    ROW(DescribeExecution),
    ROW(DescribeStateMachineForExecution),
    ROW(ListExecutions),
    ROW(ListMapRuns),
    ROW(DescribeMapRun),
    ROW(UpdateMapRun),
    ROW(GetExecutionHistory),
    ROW(CreateActivity),
    ROW(DescribeActivity),
    ROW(DeleteActivity),
    ROW(ListActivities),
    ROW(GetActivityTask),
    ROW(SendTaskSuccess),
    ROW(SendTaskFailure),
    ROW(SendTaskHeartbeat),
    ROW(TagResource),
    ROW(UntagResource),
    ROW(ListTagsForResource),
};

cloud::Error missing(std::string_view member) {
  return {"ValidationException", "1 validation error detected: Value null at '" +
                                     std::string(member) +
                                     "' failed to satisfy constraint: Member must not be null"};
}

cloud::Error malformed(std::string_view what) {
  return {"ValidationException", std::string(what)};
}

constexpr Wording wording{.missing = missing, .malformed = malformed};

}  // namespace

constinit const Service step_functions_service{
    .name = "states",
    .target = "AWSStepFunctions",
    .space = "com.amazonaws.swf.service.v2.model",
    .wording = &wording,
    .operations = operations,
};

}  // namespace doorbuster::wire
