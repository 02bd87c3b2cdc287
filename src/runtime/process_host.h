// Runs functions that come as zips, in child processes.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "cloud/function_host.h"
#include "runtime/launch.h"

namespace doorbuster::runtime {

struct ProcessHostOptions {
  std::filesystem::path code;    // unpacked zips: made, and emptied, by the host, which owns it
  std::filesystem::path logs;    // REGION/ACCOUNT/FUNCTION.log; see runtime/function_log.h
  std::filesystem::path hidden;  // a directory that functions see as an empty one; made if need be
  std::function<void(std::string_view line)> log = [](std::string_view) {};  // of this host
  Machine machine;
  std::size_t calls_max = 64;        // at once; it never has more processes than this
  std::size_t waiting_max = 10'000;  // further calls; then they are refused
  std::chrono::milliseconds init_max = std::chrono::seconds(10);
  std::chrono::milliseconds idle_max = std::chrono::minutes(5);  // of a process, then it ends
};

// A function's processes are reused, the one that was used last first, and serve one call at a time
// each. They end with this object. Throws std::system_error if the directories can't be made.
class ProcessHost final : public cloud::FunctionHost {
 public:
  ProcessHost(ProcessHostOptions options, const cloud::Clock& clock);
  ~ProcessHost() override;

  // Also unpacks the code, to see whether it can be.
  cloud::Async<void> check(cloud::Deployment deployment) override;
  // Throws ServiceException (500) if no process can be started, if too many calls wait already, and
  // when the host ends.
  cloud::Async<cloud::InvocationOutcome> invoke(cloud::Deployment deployment,
                                                cloud::Invocation invocation) override;
  void retire(const std::string& function_arn) override;

  // Ends all processes: calls under way and all later ones end with ServiceException. Any thread.
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace doorbuster::runtime
