// AWS Step Functions: state machines and their executions.
// https://docs.aws.amazon.com/step-functions/latest/apireference/Welcome.html
//
// Members have the names and the spelling of the API, which begins them in lower case.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cloud/async.h"
#include "cloud/error.h"
#include "cloud/tag.h"

namespace doorbuster::cloud {

// --- State machines ---------------------------------------------------------------------------

struct CreateStateMachineInput {
  std::string name;
  std::string definition;  // in the Amazon States Language
  std::string roleArn;
  std::string type;  // STANDARD if empty, or EXPRESS
  // These are kept and answered; nothing is logged or traced.
  boost::json::value loggingConfiguration;
  boost::json::value tracingConfiguration;
  boost::json::value encryptionConfiguration;
  std::vector<Tag> tags;
  bool publish = false;            // a version, too
  std::string versionDescription;  // only with it
};
struct CreateStateMachineOutput {
  std::string stateMachineArn;
  Time creationDate{};
  std::string stateMachineVersionArn;
};

struct UpdateStateMachineInput {
  std::string stateMachineArn;
  std::string definition;  // what is empty stays as it is
  std::string roleArn;
  boost::json::value loggingConfiguration;
  boost::json::value tracingConfiguration;
  boost::json::value encryptionConfiguration;
  bool publish = false;
  std::string versionDescription;
};
struct UpdateStateMachineOutput {
  Time updateDate{};
  std::string revisionId;
  std::string stateMachineVersionArn;
};

struct DescribeStateMachineInput {
  std::string stateMachineArn;  // or a version's
  std::string includedData;     // METADATA_ONLY: without the definition
};
struct DescribeStateMachineOutput {
  std::string stateMachineArn;
  std::string name;
  std::string status;  // ACTIVE, DELETING
  std::string definition;
  std::string roleArn;
  std::string type;
  Time creationDate{};
  boost::json::value loggingConfiguration;
  boost::json::value tracingConfiguration;
  boost::json::value encryptionConfiguration;
  std::string revisionId;
  std::string description;  // of a version
  // By the names of states: the variables that they look at.
  std::map<std::string, std::vector<std::string>> variableReferences;
};

struct DeleteStateMachineInput {
  std::string stateMachineArn;
};

struct ListStateMachinesInput {
  int maxResults = 0;  // 0: AWS's default, here and below
  std::string nextToken;
};
struct StateMachineListItem {
  std::string stateMachineArn;
  std::string name;
  std::string type;
  Time creationDate{};
};
struct ListStateMachinesOutput {
  std::vector<StateMachineListItem> stateMachines;
  std::string nextToken;
};

// --- Versions and aliases ---------------------------------------------------------------------

struct PublishStateMachineVersionInput {
  std::string stateMachineArn;
  std::string revisionId;  // that it must have; INITIAL before the first update
  std::string description;
};
struct PublishStateMachineVersionOutput {
  Time creationDate{};
  std::string stateMachineVersionArn;
};
struct DeleteStateMachineVersionInput {
  std::string stateMachineVersionArn;
};
struct ListStateMachineVersionsInput {
  std::string stateMachineArn;
  std::string nextToken;
  int maxResults = 0;
};
struct StateMachineVersionListItem {
  std::string stateMachineVersionArn;
  Time creationDate{};
};
struct ListStateMachineVersionsOutput {
  std::vector<StateMachineVersionListItem> stateMachineVersions;
  std::string nextToken;
};

struct RoutingConfigurationListItem {
  std::string stateMachineVersionArn;
  int weight = 0;  // percent of what is started by the alias

  friend bool operator==(const RoutingConfigurationListItem&,
                         const RoutingConfigurationListItem&) = default;
};
struct CreateStateMachineAliasInput {
  std::string name;
  std::string description;
  std::vector<RoutingConfigurationListItem> routingConfiguration;  // one or two
};
struct CreateStateMachineAliasOutput {
  std::string stateMachineAliasArn;
  Time creationDate{};
};
struct UpdateStateMachineAliasInput {
  std::string stateMachineAliasArn;
  std::optional<std::string> description;  // what is left out stays as it is
  std::vector<RoutingConfigurationListItem> routingConfiguration;
};
struct UpdateStateMachineAliasOutput {
  Time updateDate{};
};
struct DescribeStateMachineAliasInput {
  std::string stateMachineAliasArn;
};
struct DescribeStateMachineAliasOutput {
  std::string stateMachineAliasArn;
  std::string name;
  std::string description;
  std::vector<RoutingConfigurationListItem> routingConfiguration;
  Time creationDate{};
  Time updateDate{};
};
struct DeleteStateMachineAliasInput {
  std::string stateMachineAliasArn;
};
struct ListStateMachineAliasesInput {
  std::string stateMachineArn;  // or a version's
  std::string nextToken;
  int maxResults = 0;
};
struct StateMachineAliasListItem {
  std::string stateMachineAliasArn;
  Time creationDate{};
};
struct ListStateMachineAliasesOutput {
  std::vector<StateMachineAliasListItem> stateMachineAliases;
  std::string nextToken;
};

// --- Trying out -------------------------------------------------------------------------------

struct ValidateStateMachineDefinitionInput {
  std::string definition;
  std::string type;
  std::string severity;  // ERROR: without the warnings
  int maxResults = 0;
};
struct ValidateStateMachineDefinitionDiagnostic {
  std::string severity;  // ERROR, WARNING
  std::string code;
  std::string message;
  std::string location;  // a JSON pointer
};
struct ValidateStateMachineDefinitionOutput {
  std::string result;  // OK, FAIL
  std::vector<ValidateStateMachineDefinitionDiagnostic> diagnostics;
  bool truncated = false;
};

// Instead of what the state would call: a result, or an error.
struct MockErrorOutput {
  std::string error;
  std::string cause;
};
struct MockInput {
  std::string result;  // JSON
  std::optional<MockErrorOutput> errorOutput;
  std::string fieldValidationMode;  // STRICT, PRESENT, NONE: a mocked result is taken as it is
};
struct TestStateConfiguration {
  int retrierRetryCount = 0;         // retries that the mocked error has had already
  std::string errorCausedByState;    // a state within the tested Map or Parallel
  int mapIterationFailureCount = 0;  // of a Map: iterations that have failed
  std::string mapItemReaderData;     // of a Map: the object or the list that its ItemReader reads
};
struct TestStateInput {
  std::string definition;  // of a state, or of a state machine whose state `stateName` is tested
  std::string stateName;
  std::string roleArn;          // needed if something is called
  std::string input;            // JSON; {} if empty
  std::string inspectionLevel;  // INFO if empty, DEBUG, TRACE
  bool revealSecrets = false;   // of HTTP tasks, which there are none of
  std::string variables;        // a JSON object
  std::optional<MockInput> mock;
  std::string context;  // a JSON object; with a mock only
  std::optional<TestStateConfiguration> stateConfiguration;
};
struct InspectionErrorDetails {
  std::optional<int> catchIndex;
  std::optional<int> retryIndex;
  std::optional<int> retryBackoffIntervalSeconds;
};
// What the state has made of its data, step by step, as JSON; empty where it has no such step.
struct InspectionData {
  std::string input;
  std::string afterInputPath;
  std::string afterParameters;
  std::string result;
  std::string afterResultSelector;
  std::string afterResultPath;
  std::string variables;  // all there are after it
  std::optional<InspectionErrorDetails> errorDetails;
  // Of a Map.
  std::string afterItemsPath;
  std::string afterItemSelector;
  std::string afterItemBatcher;
  std::string afterItemsPointer;
  std::optional<std::int64_t> toleratedFailureCount;
  std::optional<double> toleratedFailurePercentage;
  std::optional<std::int64_t> maxConcurrency;
};
struct TestStateOutput {
  std::string output;  // JSON
  std::string error;
  std::string cause;
  std::optional<InspectionData> inspectionData;
  std::string nextState;
  std::string status;  // SUCCEEDED, FAILED, RETRIABLE, CAUGHT_ERROR
};

// --- Executions -------------------------------------------------------------------------------

struct StartExecutionInput {
  std::string stateMachineArn;       // or a version's, or an alias's
  std::string name;                  // a UUID if empty
  std::optional<std::string> input;  // JSON; {} if it isn't there
  std::string traceHeader;
};
struct StartExecutionOutput {
  std::string executionArn;
  Time startDate{};
};

struct StartSyncExecutionInput {
  std::string stateMachineArn;
  std::string name;
  std::optional<std::string> input;
  std::string traceHeader;
  std::string includedData;
};
struct BillingDetails {
  std::int64_t billedMemoryUsedInMB = 0;
  std::int64_t billedDurationInMilliseconds = 0;
};
// Whether a text is there although it may be empty, and whole.
struct ExecutionDataDetails {
  bool included = true;
};
struct StartSyncExecutionOutput {
  std::string executionArn;
  std::string stateMachineArn;
  std::string name;
  Time startDate{};
  Time stopDate{};
  std::string status;  // SUCCEEDED, FAILED, TIMED_OUT
  std::string error;
  std::string cause;
  std::string input;
  std::optional<ExecutionDataDetails> inputDetails;
  std::string output;
  std::optional<ExecutionDataDetails> outputDetails;
  std::string traceHeader;
  BillingDetails billingDetails;
};

struct StopExecutionInput {
  std::string executionArn;
  std::string error;
  std::string cause;
};
struct StopExecutionOutput {
  Time stopDate{};
};

struct RedriveExecutionInput {
  std::string executionArn;
  std::string clientToken;
};
struct RedriveExecutionOutput {
  Time redriveDate{};
};

struct DescribeExecutionInput {
  std::string executionArn;
  std::string includedData;
};
struct DescribeExecutionOutput {
  std::string executionArn;
  std::string stateMachineArn;
  std::string name;
  std::string status;  // RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED
  Time startDate{};
  Time stopDate{};
  std::string input;
  std::optional<ExecutionDataDetails> inputDetails;
  std::string output;
  std::optional<ExecutionDataDetails> outputDetails;
  std::string traceHeader;
  std::string mapRunArn;
  std::string error;
  std::string cause;
  std::string stateMachineVersionArn;  // what it was started by
  std::string stateMachineAliasArn;
  int redriveCount = 0;
  Time redriveDate{};
  std::string redriveStatus;  // REDRIVABLE, NOT_REDRIVABLE
  std::string redriveStatusReason;
};

struct DescribeStateMachineForExecutionInput {
  std::string executionArn;
  std::string includedData;
};
struct DescribeStateMachineForExecutionOutput {
  std::string stateMachineArn;
  std::string name;
  std::string definition;
  std::string roleArn;
  Time updateDate{};
  boost::json::value loggingConfiguration;
  boost::json::value tracingConfiguration;
  boost::json::value encryptionConfiguration;
  std::string mapRunArn;
  std::string revisionId;
  std::map<std::string, std::vector<std::string>> variableReferences;
};

struct ListExecutionsInput {
  std::string stateMachineArn;  // this or the next
  std::string mapRunArn;
  std::string statusFilter;
  std::string redriveFilter;  // REDRIVEN, NOT_REDRIVEN
  int maxResults = 0;
  std::string nextToken;
};
struct ExecutionListItem {
  std::string executionArn;
  std::string stateMachineArn;
  std::string name;
  std::string status;
  Time startDate{};
  Time stopDate{};
  std::string mapRunArn;
  std::optional<std::int64_t> itemCount;  // of a distributed Map's child
  std::string stateMachineVersionArn;
  std::string stateMachineAliasArn;
  int redriveCount = 0;
  Time redriveDate{};
};
// The newest first.
struct ListExecutionsOutput {
  std::vector<ExecutionListItem> executions;
  std::string nextToken;
};

struct DescribeMapRunInput {
  std::string mapRunArn;
};
// Of items, or of the executions that work on them.
struct MapRunCounts {
  std::int64_t pending = 0;
  std::int64_t running = 0;
  std::int64_t succeeded = 0;
  std::int64_t failed = 0;
  std::int64_t timedOut = 0;
  std::int64_t aborted = 0;
  std::int64_t total = 0;
  std::int64_t resultsWritten = 0;  // into the Map's output, or by its ResultWriter
  std::int64_t failuresNotRedrivable = 0;
  std::int64_t pendingRedrive = 0;
};
struct DescribeMapRunOutput {
  std::string mapRunArn;
  std::string executionArn;
  std::string status;  // RUNNING, SUCCEEDED, FAILED, ABORTED
  Time startDate{};
  Time stopDate{};
  std::int64_t maxConcurrency = 0;  // 0: no limit of its own
  double toleratedFailurePercentage = 0;
  std::int64_t toleratedFailureCount = 0;
  MapRunCounts itemCounts;
  MapRunCounts executionCounts;
  int redriveCount = 0;
  Time redriveDate{};
};
// What is left out stays as it is.
struct UpdateMapRunInput {
  std::string mapRunArn;
  std::optional<std::int64_t> maxConcurrency;
  std::optional<double> toleratedFailurePercentage;
  std::optional<std::int64_t> toleratedFailureCount;
};

struct ListMapRunsInput {
  std::string executionArn;
  int maxResults = 0;
  std::string nextToken;
};
struct MapRunListItem {
  std::string executionArn;
  std::string mapRunArn;
  std::string stateMachineArn;
  Time startDate{};
  Time stopDate{};
};
struct ListMapRunsOutput {
  std::vector<MapRunListItem> mapRuns;
  std::string nextToken;
};

struct GetExecutionHistoryInput {
  std::string executionArn;
  int maxResults = 0;
  bool reverseOrder = false;
  std::string nextToken;
  bool includeExecutionData = true;
};
struct HistoryEvent {
  Time timestamp{};
  std::string type;
  std::int64_t id = 0;
  std::int64_t previousEventId = 0;
  // One at the most: "taskFailedEventDetails" and the members of AWS's structure of that name.
  std::map<std::string, boost::json::value> details;
};
struct GetExecutionHistoryOutput {
  std::vector<HistoryEvent> events;
  std::string nextToken;
};

// --- Activities and tasks ---------------------------------------------------------------------

struct CreateActivityInput {
  std::string name;
  std::vector<Tag> tags;
  boost::json::value encryptionConfiguration;
};
struct CreateActivityOutput {
  std::string activityArn;
  Time creationDate{};
};
struct DescribeActivityInput {
  std::string activityArn;
};
struct DescribeActivityOutput {
  std::string activityArn;
  std::string name;
  Time creationDate{};
};
struct DeleteActivityInput {
  std::string activityArn;
};
struct ListActivitiesInput {
  int maxResults = 0;
  std::string nextToken;
};
struct ActivityListItem {
  std::string activityArn;
  std::string name;
  Time creationDate{};
};
struct ListActivitiesOutput {
  std::vector<ActivityListItem> activities;
  std::string nextToken;
};

struct GetActivityTaskInput {
  std::string activityArn;
  std::string workerName;
};
// Without a token there was no task for 60 seconds.
struct GetActivityTaskOutput {
  std::string taskToken;
  std::string input;
};
struct SendTaskSuccessInput {
  std::string taskToken;
  std::string output;  // JSON
};
struct SendTaskFailureInput {
  std::string taskToken;
  std::string error;
  std::string cause;
};
struct SendTaskHeartbeatInput {
  std::string taskToken;
};

// --- Tags -------------------------------------------------------------------------------------

struct TagResourceInput {
  std::string resourceArn;
  std::vector<Tag> tags;
};
struct UntagResourceInput {
  std::string resourceArn;
  std::vector<std::string> tagKeys;
};
struct ListTagsForResourceInput {
  std::string resourceArn;
};
struct ListTagsForResourceOutput {
  std::vector<Tag> tags;
};

// May be called from any thread. The service outlives the operations that are under way.
class StepFunctions {
 public:
  virtual ~StepFunctions() = default;

#define DOORBUSTER_OPERATION(Name, Output)  \
  virtual Async<Output> Name(Name##Input) { \
    return not_implemented<Output>(#Name);  \
  }

  DOORBUSTER_OPERATION(CreateStateMachine, CreateStateMachineOutput)
  DOORBUSTER_OPERATION(UpdateStateMachine, UpdateStateMachineOutput)
  DOORBUSTER_OPERATION(DescribeStateMachine, DescribeStateMachineOutput)
  DOORBUSTER_OPERATION(DeleteStateMachine, void)
  DOORBUSTER_OPERATION(ListStateMachines, ListStateMachinesOutput)
  DOORBUSTER_OPERATION(PublishStateMachineVersion, PublishStateMachineVersionOutput)
  DOORBUSTER_OPERATION(DeleteStateMachineVersion, void)
  DOORBUSTER_OPERATION(ListStateMachineVersions, ListStateMachineVersionsOutput)
  DOORBUSTER_OPERATION(CreateStateMachineAlias, CreateStateMachineAliasOutput)
  DOORBUSTER_OPERATION(UpdateStateMachineAlias, UpdateStateMachineAliasOutput)
  DOORBUSTER_OPERATION(DescribeStateMachineAlias, DescribeStateMachineAliasOutput)
  DOORBUSTER_OPERATION(DeleteStateMachineAlias, void)
  DOORBUSTER_OPERATION(ListStateMachineAliases, ListStateMachineAliasesOutput)
  DOORBUSTER_OPERATION(ValidateStateMachineDefinition, ValidateStateMachineDefinitionOutput)
  DOORBUSTER_OPERATION(TestState, TestStateOutput)

  DOORBUSTER_OPERATION(StartExecution, StartExecutionOutput)
  DOORBUSTER_OPERATION(StartSyncExecution, StartSyncExecutionOutput)
  DOORBUSTER_OPERATION(StopExecution, StopExecutionOutput)
  DOORBUSTER_OPERATION(RedriveExecution, RedriveExecutionOutput)
  DOORBUSTER_OPERATION(DescribeExecution, DescribeExecutionOutput)
  DOORBUSTER_OPERATION(DescribeStateMachineForExecution, DescribeStateMachineForExecutionOutput)
  DOORBUSTER_OPERATION(ListExecutions, ListExecutionsOutput)
  DOORBUSTER_OPERATION(ListMapRuns, ListMapRunsOutput)
  DOORBUSTER_OPERATION(DescribeMapRun, DescribeMapRunOutput)
  DOORBUSTER_OPERATION(UpdateMapRun, void)
  DOORBUSTER_OPERATION(GetExecutionHistory, GetExecutionHistoryOutput)

  DOORBUSTER_OPERATION(CreateActivity, CreateActivityOutput)
  DOORBUSTER_OPERATION(DescribeActivity, DescribeActivityOutput)
  DOORBUSTER_OPERATION(DeleteActivity, void)
  DOORBUSTER_OPERATION(ListActivities, ListActivitiesOutput)
  DOORBUSTER_OPERATION(GetActivityTask, GetActivityTaskOutput)
  DOORBUSTER_OPERATION(SendTaskSuccess, void)
  DOORBUSTER_OPERATION(SendTaskFailure, void)
  DOORBUSTER_OPERATION(SendTaskHeartbeat, void)

  DOORBUSTER_OPERATION(TagResource, void)
  DOORBUSTER_OPERATION(UntagResource, void)
  DOORBUSTER_OPERATION(ListTagsForResource, ListTagsForResourceOutput)

#undef DOORBUSTER_OPERATION
};

}  // namespace doorbuster::cloud
