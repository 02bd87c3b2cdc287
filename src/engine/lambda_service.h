// AWS Lambda for one caller. What it does with functions, with calls and with mappings is in a file
// each: lambda_function_service.cc, lambda_invoke_service.cc, lambda_service.cc.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "cloud/lambda.h"
#include "engine/engine.h"

namespace doorbuster::engine {

class LambdaService final : public cloud::Lambda {
  template <class T>
  using Async = cloud::Async<T>;

 public:
  LambdaService(Engine& engine, cloud::Caller caller)
      : engine_(engine), caller_(std::move(caller)) {}

  Async<cloud::FunctionConfiguration> CreateFunction(cloud::CreateFunctionRequest request) override;
  Async<cloud::GetFunctionResult> GetFunction(cloud::GetFunctionRequest request) override;
  Async<cloud::FunctionConfiguration> GetFunctionConfiguration(
      cloud::GetFunctionConfigurationRequest request) override;
  Async<cloud::FunctionConfiguration> UpdateFunctionCode(
      cloud::UpdateFunctionCodeRequest request) override;
  Async<cloud::FunctionConfiguration> UpdateFunctionConfiguration(
      cloud::UpdateFunctionConfigurationRequest request) override;
  Async<void> DeleteFunction(cloud::DeleteFunctionRequest request) override;
  Async<cloud::ListFunctionsResult> ListFunctions(cloud::ListFunctionsRequest request) override;

  Async<cloud::InvokeResult> Invoke(cloud::InvokeRequest request) override;

  Async<cloud::AddFunctionPermissionResult> AddPermission(
      cloud::AddFunctionPermissionRequest request) override;
  Async<void> RemovePermission(cloud::RemoveFunctionPermissionRequest request) override;
  Async<cloud::GetFunctionPolicyResult> GetPolicy(cloud::GetFunctionPolicyRequest request) override;

  Async<cloud::Concurrency> PutFunctionConcurrency(
      cloud::PutFunctionConcurrencyRequest request) override;
  Async<cloud::Concurrency> GetFunctionConcurrency(
      cloud::GetFunctionConcurrencyRequest request) override;
  Async<void> DeleteFunctionConcurrency(cloud::DeleteFunctionConcurrencyRequest request) override;

  Async<cloud::FunctionEventInvokeConfig> PutFunctionEventInvokeConfig(
      cloud::PutFunctionEventInvokeConfigRequest request) override;
  Async<cloud::FunctionEventInvokeConfig> UpdateFunctionEventInvokeConfig(
      cloud::UpdateFunctionEventInvokeConfigRequest request) override;
  Async<cloud::FunctionEventInvokeConfig> GetFunctionEventInvokeConfig(
      cloud::GetFunctionEventInvokeConfigRequest request) override;
  Async<void> DeleteFunctionEventInvokeConfig(
      cloud::DeleteFunctionEventInvokeConfigRequest request) override;
  Async<cloud::ListFunctionEventInvokeConfigsResult> ListFunctionEventInvokeConfigs(
      cloud::ListFunctionEventInvokeConfigsRequest request) override;

  Async<cloud::EventSourceMappingConfiguration> CreateEventSourceMapping(
      cloud::CreateEventSourceMappingRequest request) override;
  Async<cloud::EventSourceMappingConfiguration> GetEventSourceMapping(
      cloud::GetEventSourceMappingRequest request) override;
  Async<cloud::EventSourceMappingConfiguration> UpdateEventSourceMapping(
      cloud::UpdateEventSourceMappingRequest request) override;
  Async<cloud::EventSourceMappingConfiguration> DeleteEventSourceMapping(
      cloud::DeleteEventSourceMappingRequest request) override;
  Async<cloud::ListEventSourceMappingsResult> ListEventSourceMappings(
      cloud::ListEventSourceMappingsRequest request) override;

  Async<void> TagResource(cloud::TagLambdaResourceRequest request) override;
  Async<void> UntagResource(cloud::UntagLambdaResourceRequest request) override;
  Async<cloud::ListLambdaTagsResult> ListTags(cloud::ListLambdaTagsRequest request) override;

  Async<cloud::GetAccountSettingsResult> GetAccountSettings(
      cloud::GetAccountSettingsRequest request) override;

 private:
  // Runs op(machine, turn, function) on the writer, for a caller who may do `action` to it.
  template <class T, class Op>
  Async<std::conditional_t<std::is_same_v<T, Done>, void, T>> with_function(std::string arn,
                                                                            const char* action,
                                                                            Op op);
  std::string arn_of(const std::string& name, const std::string& qualifier = {}) const;
  // Throws AccessDeniedException unless the function would be the caller's own.
  void check_own(const std::string& arn, const char* action) const;

  // The zip, wherever it is to be had; empty for an image.
  Async<std::string> zip_of(cloud::FunctionCode code) const;
  Async<cloud::FunctionEventInvokeConfig> configure_events(
      cloud::PutFunctionEventInvokeConfigRequest request, bool from_scratch);
  using Tags = std::map<std::string, std::string>;
  Async<void> change_tags(std::string resource, const char* action,
                          std::function<void(Tags&)> change);

  Engine& engine_;
  const cloud::Caller caller_;
};

template <class T, class Op>
cloud::Async<std::conditional_t<std::is_same_v<T, Done>, void, T>> LambdaService::with_function(
    std::string arn, const char* action, Op op) {
  auto on_writer = [caller = caller_, arn = std::move(arn), action, op = std::move(op)](
                       Machine& m, Turn& turn) {
    return op(m, turn, m.functions.permitted(caller, arn, action));
  };
  return engine_.call<T>(std::move(on_writer));
}

}  // namespace doorbuster::engine
