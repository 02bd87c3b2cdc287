// A host of functions for tests: they do what the test says, at once.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "cloud/error.h"
#include "cloud/function_host.h"

namespace doorbuster::engine {

class FakeFunctions final : public cloud::FunctionHost {
 public:
  // What a function does, by its name; one that has nothing to do answers null. A function that
  // throws a cloud::Error could not be called.
  using Act = std::function<cloud::InvocationOutcome(const cloud::Invocation&)>;
  std::map<std::string, Act> acts;
  // Instead of answering, for a function that is still at it.
  std::map<std::string, std::function<cloud::Async<void>()>> waits;

  bool reads_code = false;  // once it has waited

  std::vector<std::pair<std::string, cloud::Invocation>> calls;  // by the functions' names
  std::vector<std::string> codes;                                // that were read
  std::vector<cloud::Deployment> checked;
  std::vector<std::string> retired;

  std::size_t calls_of(const std::string& name) const {
    std::size_t count = 0;
    for (const auto& call : calls) count += call.first == name ? 1 : 0;
    return count;
  }
  std::vector<std::string> payloads() const {
    std::vector<std::string> all;
    for (const auto& call : calls) all.push_back(call.second.Payload);
    return all;
  }

  cloud::Async<void> check(cloud::Deployment deployment) override {
    if (deployment.Runtime == "cobol") {
      throw cloud::Error("InvalidParameterValueException", "There is no runtime cobol.");
    }
    checked.push_back(std::move(deployment));
    co_return;
  }

  cloud::Async<cloud::InvocationOutcome> invoke(cloud::Deployment deployment,
                                                cloud::Invocation invocation) override {
    const std::string name = deployment.FunctionName;
    calls.emplace_back(name, invocation);
    if (waits.contains(name)) co_await waits.at(name)();
    if (reads_code) codes.push_back(co_await deployment.code());
    const auto act = acts.find(name);
    if (act != acts.end()) co_return act->second(invocation);
    cloud::InvocationOutcome nothing;
    nothing.Payload = "null";
    co_return nothing;
  }

  void retire(const std::string& function_arn) override { retired.push_back(function_arn); }
};

inline cloud::InvocationOutcome answered(std::string payload) {
  cloud::InvocationOutcome outcome;
  outcome.Payload = std::move(payload);
  return outcome;
}
inline cloud::InvocationOutcome failed(const std::string& why) {
  cloud::InvocationOutcome outcome;
  outcome.FunctionError = "Unhandled";
  outcome.Payload = R"({"errorMessage":")" + why + R"(","errorType":"Error"})";
  return outcome;
}

}  // namespace doorbuster::engine
