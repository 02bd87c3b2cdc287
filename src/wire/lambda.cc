// AWS Lambda: its shapes and operations.
// https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html
#include "cloud/lambda.h"

#include "wire/operations.h"
#include "wire/validation.h"

namespace doorbuster::wire {

#define LABEL(member) FIELD(member, .place = Place::label)
#define QUERY(member) FIELD(member, .place = Place::query, .at = #member)
#define HEADER(member, name) FIELD(member, .place = Place::header, .at = (name))

// --- Functions

STRUCTURE(cloud::FunctionCode, FIELD_AS(ZipFile, blob_shape), FIELD(S3Bucket), FIELD(S3Key),
          FIELD(S3ObjectVersion), FIELD(ImageUri));
STRUCTURE(cloud::Environment, FIELD(Variables, .always = true));
STRUCTURE(cloud::DeadLetterConfig, FIELD(TargetArn));
STRUCTURE(cloud::TracingConfig, FIELD(Mode));
STRUCTURE(cloud::EphemeralStorage, FIELD(Size));
STRUCTURE(cloud::LoggingConfig, FIELD(LogFormat), FIELD(LogGroup));
STRUCTURE(cloud::SnapStart, FIELD(ApplyOn), FIELD(OptimizationStatus));
STRUCTURE(cloud::CreateFunctionRequest, FIELD(FunctionName, .required = true), FIELD(Runtime),
          FIELD(Role, .required = true), FIELD(Handler), FIELD(Code, .required = true),
          FIELD(Description), FIELD(Timeout), FIELD(MemorySize), FIELD(Publish), FIELD(PackageType),
          FIELD(DeadLetterConfig), FIELD(Environment), FIELD(TracingConfig),
          FIELD(EphemeralStorage), FIELD(Architectures), FIELD(Layers), FIELD(Tags));
STRUCTURE(cloud::FunctionConfiguration, FIELD(FunctionName), FIELD(FunctionArn), FIELD(Runtime),
          FIELD(Role), FIELD(Handler), FIELD(CodeSize), FIELD(Description, .always = true),
          FIELD(Timeout), FIELD(MemorySize), FIELD(LastModified), FIELD(CodeSha256), FIELD(Version),
          FIELD(DeadLetterConfig), FIELD(Environment), FIELD(TracingConfig), FIELD(RevisionId),
          FIELD(State), FIELD(LastUpdateStatus), FIELD(PackageType), FIELD(Architectures),
          FIELD(EphemeralStorage), FIELD(SnapStart), FIELD(LoggingConfig));

STRUCTURE(cloud::GetFunctionRequest, LABEL(FunctionName), QUERY(Qualifier));
STRUCTURE(cloud::FunctionCodeLocation, FIELD(RepositoryType), FIELD(Location), FIELD(ImageUri));
STRUCTURE(cloud::Concurrency, FIELD(ReservedConcurrentExecutions));
STRUCTURE(cloud::GetFunctionResult, FIELD(Configuration), FIELD(Code), FIELD(Tags),
          FIELD(Concurrency));
STRUCTURE(cloud::GetFunctionConfigurationRequest, LABEL(FunctionName), QUERY(Qualifier));
STRUCTURE(cloud::UpdateFunctionCodeRequest, LABEL(FunctionName), FIELD_AS(ZipFile, blob_shape),
          FIELD(S3Bucket), FIELD(S3Key), FIELD(S3ObjectVersion), FIELD(ImageUri),
          FIELD(Architectures), FIELD(Publish), FIELD(DryRun), FIELD(RevisionId));
STRUCTURE(cloud::UpdateFunctionConfigurationRequest, LABEL(FunctionName), FIELD(Role),
          FIELD(Handler), FIELD(Description), FIELD(Timeout), FIELD(MemorySize), FIELD(Environment),
          FIELD(Runtime), FIELD(DeadLetterConfig), FIELD(TracingConfig), FIELD(EphemeralStorage),
          FIELD(Layers), FIELD(RevisionId));
STRUCTURE(cloud::DeleteFunctionRequest, LABEL(FunctionName), QUERY(Qualifier));
STRUCTURE(cloud::ListFunctionsRequest, QUERY(FunctionVersion), QUERY(Marker), QUERY(MaxItems));
STRUCTURE(cloud::ListFunctionsResult, FIELD(NextMarker), FIELD(Functions, .always = true));

STRUCTURE(cloud::AddFunctionPermissionRequest, LABEL(FunctionName), QUERY(Qualifier),
          FIELD(StatementId, .required = true), FIELD(Action, .required = true),
          FIELD(Principal, .required = true), FIELD(SourceArn), FIELD(SourceAccount),
          FIELD(PrincipalOrgID), FIELD(EventSourceToken), FIELD(RevisionId));
STRUCTURE(cloud::AddFunctionPermissionResult, FIELD(Statement));
STRUCTURE(cloud::RemoveFunctionPermissionRequest, LABEL(FunctionName), LABEL(StatementId),
          QUERY(Qualifier), QUERY(RevisionId));
STRUCTURE(cloud::GetFunctionPolicyRequest, LABEL(FunctionName), QUERY(Qualifier));
STRUCTURE(cloud::GetFunctionPolicyResult, FIELD(Policy), FIELD(RevisionId));

STRUCTURE(cloud::TagLambdaResourceRequest, LABEL(Resource), FIELD(Tags, .required = true));
STRUCTURE(cloud::UntagLambdaResourceRequest, LABEL(Resource),
          FIELD(TagKeys, .place = Place::query, .at = "tagKeys"));
STRUCTURE(cloud::ListLambdaTagsRequest, LABEL(Resource));
STRUCTURE(cloud::ListLambdaTagsResult, FIELD(Tags, .always = true));

EMPTY_STRUCTURE(cloud::GetAccountSettingsRequest);
STRUCTURE(cloud::AccountLimit, FIELD(TotalCodeSize), FIELD(CodeSizeUnzipped), FIELD(CodeSizeZipped),
          FIELD(ConcurrentExecutions), FIELD(UnreservedConcurrentExecutions));
STRUCTURE(cloud::AccountUsage, FIELD(TotalCodeSize), FIELD(FunctionCount));
STRUCTURE(cloud::GetAccountSettingsResult, FIELD(AccountLimit), FIELD(AccountUsage));

// --- Calls

STRUCTURE(cloud::InvokeRequest, LABEL(FunctionName), QUERY(Qualifier),
          HEADER(InvocationType, "X-Amz-Invocation-Type"), HEADER(LogType, "X-Amz-Log-Type"),
          HEADER(ClientContext, "X-Amz-Client-Context"), HEADER(TraceHeader, "X-Amzn-Trace-Id"),
          FIELD_AS(Payload, blob_shape, .place = Place::payload));
STRUCTURE(cloud::InvokeResult, FIELD(StatusCode, .place = Place::status),
          HEADER(FunctionError, "X-Amz-Function-Error"), HEADER(LogResult, "X-Amz-Log-Result"),
          HEADER(ExecutedVersion, "X-Amz-Executed-Version"),
          FIELD_AS(Payload, blob_shape, .place = Place::payload));

STRUCTURE(cloud::PutFunctionConcurrencyRequest, LABEL(FunctionName),
          FIELD(ReservedConcurrentExecutions, .required = true));
STRUCTURE(cloud::GetFunctionConcurrencyRequest, LABEL(FunctionName));
STRUCTURE(cloud::DeleteFunctionConcurrencyRequest, LABEL(FunctionName));

STRUCTURE(cloud::EventDestination, FIELD(Destination));
STRUCTURE(cloud::DestinationConfig, FIELD(OnSuccess), FIELD(OnFailure));
STRUCTURE(cloud::PutFunctionEventInvokeConfigRequest, LABEL(FunctionName), QUERY(Qualifier),
          FIELD(MaximumRetryAttempts), FIELD(MaximumEventAgeInSeconds), FIELD(DestinationConfig));
STRUCTURE(cloud::UpdateFunctionEventInvokeConfigRequest, LABEL(FunctionName), QUERY(Qualifier),
          FIELD(MaximumRetryAttempts), FIELD(MaximumEventAgeInSeconds), FIELD(DestinationConfig));
STRUCTURE(cloud::FunctionEventInvokeConfig, FIELD(LastModified), FIELD(FunctionArn),
          FIELD(MaximumRetryAttempts), FIELD(MaximumEventAgeInSeconds), FIELD(DestinationConfig));
STRUCTURE(cloud::GetFunctionEventInvokeConfigRequest, LABEL(FunctionName), QUERY(Qualifier));
STRUCTURE(cloud::DeleteFunctionEventInvokeConfigRequest, LABEL(FunctionName), QUERY(Qualifier));
STRUCTURE(cloud::ListFunctionEventInvokeConfigsRequest, LABEL(FunctionName), QUERY(Marker),
          QUERY(MaxItems));
STRUCTURE(cloud::ListFunctionEventInvokeConfigsResult,
          FIELD(FunctionEventInvokeConfigs, .always = true), FIELD(NextMarker));

// --- Event-source mappings

STRUCTURE(cloud::Filter, FIELD(Pattern));
STRUCTURE(cloud::FilterCriteria, FIELD(Filters));
STRUCTURE(cloud::ScalingConfig, FIELD(MaximumConcurrency));
STRUCTURE(cloud::CreateEventSourceMappingRequest, FIELD(EventSourceArn),
          FIELD(FunctionName, .required = true), FIELD(Enabled), FIELD(BatchSize),
          FIELD(MaximumBatchingWindowInSeconds), FIELD(FilterCriteria), FIELD(ScalingConfig),
          FIELD(FunctionResponseTypes), FIELD(Tags));
STRUCTURE(cloud::EventSourceMappingConfiguration, FIELD(UUID), FIELD(EventSourceMappingArn),
          FIELD(EventSourceArn), FIELD(FunctionArn), FIELD(BatchSize),
          FIELD(MaximumBatchingWindowInSeconds), FIELD(FilterCriteria), FIELD(ScalingConfig),
          FIELD(FunctionResponseTypes, .always = true), FIELD(LastModified),
          FIELD(LastProcessingResult), FIELD(State), FIELD(StateTransitionReason));
STRUCTURE(cloud::GetEventSourceMappingRequest, LABEL(UUID));
STRUCTURE(cloud::UpdateEventSourceMappingRequest, LABEL(UUID), FIELD(FunctionName), FIELD(Enabled),
          FIELD(BatchSize), FIELD(MaximumBatchingWindowInSeconds), FIELD(FilterCriteria),
          FIELD(ScalingConfig), FIELD(FunctionResponseTypes));
STRUCTURE(cloud::DeleteEventSourceMappingRequest, LABEL(UUID));
STRUCTURE(cloud::ListEventSourceMappingsRequest, QUERY(EventSourceArn), QUERY(FunctionName),
          QUERY(Marker), QUERY(MaxItems));
STRUCTURE(cloud::ListEventSourceMappingsResult, FIELD(NextMarker),
          FIELD(EventSourceMappings, .always = true));

namespace {

using cloud::Lambda;

template <auto Method>
constexpr Operation row(std::string_view name, std::string_view method, std::string_view path,
                        int status = 200) {
  Rest rest;
  rest.method = method;
  rest.status = status;
  rest.path = path;
  return Bound<Method>::row(name, rest);
}

constexpr Operation operations[] = {
    row<&Lambda::CreateFunction>("CreateFunction", "POST", "/2015-03-31/functions", 201),
    row<&Lambda::GetFunction>("GetFunction", "GET", "/2015-03-31/functions/{FunctionName}"),
    row<&Lambda::GetFunctionConfiguration>("GetFunctionConfiguration", "GET",
                                           "/2015-03-31/functions/{FunctionName}/configuration"),
    row<&Lambda::UpdateFunctionCode>("UpdateFunctionCode", "PUT",
                                     "/2015-03-31/functions/{FunctionName}/code"),
    row<&Lambda::UpdateFunctionConfiguration>("UpdateFunctionConfiguration", "PUT",
                                              "/2015-03-31/functions/{FunctionName}/configuration"),
    row<&Lambda::DeleteFunction>("DeleteFunction", "DELETE", "/2015-03-31/functions/{FunctionName}",
                                 204),
    row<&Lambda::ListFunctions>("ListFunctions", "GET", "/2015-03-31/functions"),
    row<&Lambda::Invoke>("Invoke", "POST", "/2015-03-31/functions/{FunctionName}/invocations"),
    row<&Lambda::AddPermission>("AddPermission", "POST",
                                "/2015-03-31/functions/{FunctionName}/policy", 201),
    row<&Lambda::RemovePermission>("RemovePermission", "DELETE",
                                   "/2015-03-31/functions/{FunctionName}/policy/{StatementId}",
                                   204),
    row<&Lambda::GetPolicy>("GetPolicy", "GET", "/2015-03-31/functions/{FunctionName}/policy"),
    row<&Lambda::PutFunctionConcurrency>("PutFunctionConcurrency", "PUT",
                                         "/2017-10-31/functions/{FunctionName}/concurrency"),
    row<&Lambda::GetFunctionConcurrency>("GetFunctionConcurrency", "GET",
                                         "/2019-09-30/functions/{FunctionName}/concurrency"),
    row<&Lambda::DeleteFunctionConcurrency>("DeleteFunctionConcurrency", "DELETE",
                                            "/2017-10-31/functions/{FunctionName}/concurrency",
                                            204),
    row<&Lambda::PutFunctionEventInvokeConfig>(
        "PutFunctionEventInvokeConfig", "PUT",
        "/2019-09-25/functions/{FunctionName}/event-invoke-config"),
    row<&Lambda::UpdateFunctionEventInvokeConfig>(
        "UpdateFunctionEventInvokeConfig", "POST",
        "/2019-09-25/functions/{FunctionName}/event-invoke-config"),
    row<&Lambda::GetFunctionEventInvokeConfig>(
        "GetFunctionEventInvokeConfig", "GET",
        "/2019-09-25/functions/{FunctionName}/event-invoke-config"),
    row<&Lambda::DeleteFunctionEventInvokeConfig>(
        "DeleteFunctionEventInvokeConfig", "DELETE",
        "/2019-09-25/functions/{FunctionName}/event-invoke-config", 204),
    row<&Lambda::ListFunctionEventInvokeConfigs>(
        "ListFunctionEventInvokeConfigs", "GET",
        "/2019-09-25/functions/{FunctionName}/event-invoke-config/list"),
    row<&Lambda::CreateEventSourceMapping>("CreateEventSourceMapping", "POST",
                                           "/2015-03-31/event-source-mappings", 202),
    row<&Lambda::GetEventSourceMapping>("GetEventSourceMapping", "GET",
                                        "/2015-03-31/event-source-mappings/{UUID}"),
    row<&Lambda::UpdateEventSourceMapping>("UpdateEventSourceMapping", "PUT",
                                           "/2015-03-31/event-source-mappings/{UUID}", 202),
    row<&Lambda::DeleteEventSourceMapping>("DeleteEventSourceMapping", "DELETE",
                                           "/2015-03-31/event-source-mappings/{UUID}", 202),
    row<&Lambda::ListEventSourceMappings>("ListEventSourceMappings", "GET",
                                          "/2015-03-31/event-source-mappings"),
    row<&Lambda::TagResource>("TagResource", "POST", "/2017-03-31/tags/{Resource}", 204),
    row<&Lambda::UntagResource>("UntagResource", "DELETE", "/2017-03-31/tags/{Resource}", 204),
    row<&Lambda::ListTags>("ListTags", "GET", "/2017-03-31/tags/{Resource}"),
    row<&Lambda::GetAccountSettings>("GetAccountSettings", "GET", "/2016-08-19/account-settings"),
};

}  // namespace

constinit const Service lambda_service{
    .name = "lambda",
    .wording = &validation_exception_wording,
    .operations = operations,
};

}  // namespace doorbuster::wire
