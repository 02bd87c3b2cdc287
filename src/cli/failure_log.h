// What built-in functions fail with, kept where functions from zips keep what they print.
#pragma once

#include <filesystem>
#include <mutex>
#include <string>

#include "cloud/function_host.h"
#include "runtime/function_log.h"

namespace doorbuster::cli {

// Runs functions in another host, and writes a line into a function's log for each of its calls
// that fails. Both outlive it, as does the clock.
class FailureLog final : public cloud::FunctionHost {
 public:
  // `logs` is as runtime::ProcessHostOptions has it; empty: nothing is kept.
  FailureLog(cloud::FunctionHost& functions, std::filesystem::path logs, const cloud::Clock& clock)
      : functions_(functions), logs_(std::move(logs)), clock_(clock) {}

  cloud::Async<void> check(cloud::Deployment deployment) override;
  cloud::Async<cloud::InvocationOutcome> invoke(cloud::Deployment deployment,
                                                cloud::Invocation invocation) override;
  void retire(const std::string& function_arn) override { functions_.retire(function_arn); }

 private:
  // Opens the file each time: those that fail may be many, and few of them often.
  void add(const std::filesystem::path& path, const std::string& line);

  cloud::FunctionHost& functions_;
  const std::filesystem::path logs_;
  const cloud::Clock& clock_;
  std::mutex mutex_;  // one writes at a time
};

}  // namespace doorbuster::cli
