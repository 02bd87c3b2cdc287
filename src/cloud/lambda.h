// AWS Lambda.
// https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html
//
// Fields carry AWS's names and units (seconds, unless the name says otherwise). An absent optional
// means that the request did not carry the field. Where another service's operation has the name of
// one of these, its types say whose they are (AddFunctionPermissionRequest).
#pragma once

#include "cloud/async.h"
#include "cloud/error.h"
#include "cloud/lambda_event_source.h"
#include "cloud/lambda_function.h"
#include "cloud/lambda_invocation.h"

namespace doorbuster::cloud {

// May be called from any thread. The service outlives the operations that are under way.
class Lambda {
 public:
  virtual ~Lambda() = default;

  virtual Async<FunctionConfiguration> CreateFunction(CreateFunctionRequest) {
    return not_implemented<FunctionConfiguration>("CreateFunction");
  }
  virtual Async<GetFunctionResult> GetFunction(GetFunctionRequest) {
    return not_implemented<GetFunctionResult>("GetFunction");
  }
  virtual Async<FunctionConfiguration> GetFunctionConfiguration(GetFunctionConfigurationRequest) {
    return not_implemented<FunctionConfiguration>("GetFunctionConfiguration");
  }
  virtual Async<FunctionConfiguration> UpdateFunctionCode(UpdateFunctionCodeRequest) {
    return not_implemented<FunctionConfiguration>("UpdateFunctionCode");
  }
  virtual Async<FunctionConfiguration> UpdateFunctionConfiguration(
      UpdateFunctionConfigurationRequest) {
    return not_implemented<FunctionConfiguration>("UpdateFunctionConfiguration");
  }
  virtual Async<void> DeleteFunction(DeleteFunctionRequest) {
    return not_implemented<void>("DeleteFunction");
  }
  virtual Async<ListFunctionsResult> ListFunctions(ListFunctionsRequest) {
    return not_implemented<ListFunctionsResult>("ListFunctions");
  }
  // A function that fails is an answer with a FunctionError, not an error of this operation. Throws
  // ResourceNotFoundException, TooManyRequestsException (429), RequestTooLargeException (413),
  // InvalidRequestContentException and AccessDeniedException.
  virtual Async<InvokeResult> Invoke(InvokeRequest) {
    return not_implemented<InvokeResult>("Invoke");
  }
  virtual Async<AddFunctionPermissionResult> AddPermission(AddFunctionPermissionRequest) {
    return not_implemented<AddFunctionPermissionResult>("AddPermission");
  }
  virtual Async<void> RemovePermission(RemoveFunctionPermissionRequest) {
    return not_implemented<void>("RemovePermission");
  }
  virtual Async<GetFunctionPolicyResult> GetPolicy(GetFunctionPolicyRequest) {
    return not_implemented<GetFunctionPolicyResult>("GetPolicy");
  }
  virtual Async<Concurrency> PutFunctionConcurrency(PutFunctionConcurrencyRequest) {
    return not_implemented<Concurrency>("PutFunctionConcurrency");
  }
  virtual Async<Concurrency> GetFunctionConcurrency(GetFunctionConcurrencyRequest) {
    return not_implemented<Concurrency>("GetFunctionConcurrency");
  }
  virtual Async<void> DeleteFunctionConcurrency(DeleteFunctionConcurrencyRequest) {
    return not_implemented<void>("DeleteFunctionConcurrency");
  }
  virtual Async<FunctionEventInvokeConfig> PutFunctionEventInvokeConfig(
      PutFunctionEventInvokeConfigRequest) {
    return not_implemented<FunctionEventInvokeConfig>("PutFunctionEventInvokeConfig");
  }
  virtual Async<FunctionEventInvokeConfig> UpdateFunctionEventInvokeConfig(
      UpdateFunctionEventInvokeConfigRequest) {
    return not_implemented<FunctionEventInvokeConfig>("UpdateFunctionEventInvokeConfig");
  }
  virtual Async<FunctionEventInvokeConfig> GetFunctionEventInvokeConfig(
      GetFunctionEventInvokeConfigRequest) {
    return not_implemented<FunctionEventInvokeConfig>("GetFunctionEventInvokeConfig");
  }
  virtual Async<void> DeleteFunctionEventInvokeConfig(DeleteFunctionEventInvokeConfigRequest) {
    return not_implemented<void>("DeleteFunctionEventInvokeConfig");
  }
  virtual Async<ListFunctionEventInvokeConfigsResult> ListFunctionEventInvokeConfigs(
      ListFunctionEventInvokeConfigsRequest) {
    return not_implemented<ListFunctionEventInvokeConfigsResult>("ListFunctionEventInvokeConfigs");
  }
  virtual Async<EventSourceMappingConfiguration> CreateEventSourceMapping(
      CreateEventSourceMappingRequest) {
    return not_implemented<EventSourceMappingConfiguration>("CreateEventSourceMapping");
  }
  virtual Async<EventSourceMappingConfiguration> GetEventSourceMapping(
      GetEventSourceMappingRequest) {
    return not_implemented<EventSourceMappingConfiguration>("GetEventSourceMapping");
  }
  virtual Async<EventSourceMappingConfiguration> UpdateEventSourceMapping(
      UpdateEventSourceMappingRequest) {
    return not_implemented<EventSourceMappingConfiguration>("UpdateEventSourceMapping");
  }
  virtual Async<EventSourceMappingConfiguration> DeleteEventSourceMapping(
      DeleteEventSourceMappingRequest) {
    return not_implemented<EventSourceMappingConfiguration>("DeleteEventSourceMapping");
  }
  virtual Async<ListEventSourceMappingsResult> ListEventSourceMappings(
      ListEventSourceMappingsRequest) {
    return not_implemented<ListEventSourceMappingsResult>("ListEventSourceMappings");
  }
  virtual Async<void> TagResource(TagLambdaResourceRequest) {
    return not_implemented<void>("TagResource");
  }
  virtual Async<void> UntagResource(UntagLambdaResourceRequest) {
    return not_implemented<void>("UntagResource");
  }
  virtual Async<ListLambdaTagsResult> ListTags(ListLambdaTagsRequest) {
    return not_implemented<ListLambdaTagsResult>("ListTags");
  }
  virtual Async<GetAccountSettingsResult> GetAccountSettings(GetAccountSettingsRequest) {
    return not_implemented<GetAccountSettingsResult>("GetAccountSettings");
  }
};

}  // namespace doorbuster::cloud
