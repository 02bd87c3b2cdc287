// What built-in functions fail with, kept where functions from zips keep what they print.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
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
  void add(const std::filesystem::path& log, const std::string& line);

  cloud::FunctionHost& functions_;
  const std::filesystem::path logs_;
  const cloud::Clock& clock_;
  std::mutex mutex_;  // guards what follows
  // By their paths; the functions are built in, so they are few.
  std::map<std::filesystem::path, std::unique_ptr<runtime::FunctionLog>> open_;
};

}  // namespace doorbuster::cli
