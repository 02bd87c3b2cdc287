// A process that serves one function's calls.
#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <memory>
#include <optional>
#include <string>

#include "runtime/exchange.h"
#include "runtime/function_log.h"
#include "runtime/launch.h"
#include "runtime/process.h"
#include "runtime/runtime_api.h"
#include "runtime/wording.h"

namespace doorbuster::runtime {

// A function's code, unpacked. The directory goes with this object, on `disk`.
class Code {
 public:
  Code(std::filesystem::path path, boost::asio::any_io_executor disk);
  Code(const Code&) = delete;
  Code& operator=(const Code&) = delete;
  ~Code();

  const std::filesystem::path& path() const { return path_; }

 private:
  const std::filesystem::path path_;
  const boost::asio::any_io_executor disk_;
};

struct SandboxOptions {
  cloud::Deployment deployment;
  Machine machine;
  std::filesystem::path clients;
  const Isolation* isolation;  // see ProcessOptions
  std::shared_ptr<Code> code;
  std::shared_ptr<FunctionLog> log;
  const cloud::Clock& clock;
  std::chrono::milliseconds init_max;
};

// Serves one call at a time, all on one thread, which must outlive it: it is the process's parent.
class Sandbox : public std::enable_shared_from_this<Sandbox> {
 public:
  // Starts the process. Throws std::system_error with the system's category if there can't be
  // another one; that it can't execute the function's command is the outcome of its first call.
  static std::shared_ptr<Sandbox> start(const boost::asio::any_io_executor& executor,
                                        SandboxOptions options);

  // Nothing if the call was not begun: the process had ended since its last one.
  cloud::Async<std::optional<cloud::InvocationOutcome>> call(const cloud::Invocation& invocation);

  // Whether it can serve another call.
  bool alive() const { return !exchange_->closed(); }
  // Ends the process, and with it the call under way.
  void end();

  SteadyTime idle_since() const { return idle_since_; }

 private:
  struct Call;

  Sandbox(const boost::asio::any_io_executor& executor, SandboxOptions options);
  void launch();
  void launch(const ProcessOptions& process);
  static cloud::Async<void> read_output(std::shared_ptr<Sandbox> self);
  static cloud::Async<void> wait_for_end(std::shared_ptr<Sandbox> self);
  void drain_output();

  cloud::Async<void> run(Call& call);
  void conclude_init(Call& call);
  void conclude(Call& call);
  void fail(Call& call, std::string_view type, const std::string& message);
  void measure_memory();
  cloud::InvocationOutcome report(const Call& call);

  const SandboxOptions options_;
  const std::shared_ptr<Exchange> exchange_;
  const std::shared_ptr<RuntimeApi> api_;
  Output output_;
  boost::asio::posix::stream_descriptor pipe_;
  boost::asio::posix::stream_descriptor watch_;
  std::optional<Process> process_;
  std::string launch_failure_;  // the command can't be executed
  std::string end_;             // how the process ended
  const SteadyTime started_ = std::chrono::steady_clock::now();
  SteadyTime idle_since_ = started_;
  std::uint64_t memory_used_ = 0;              // bytes
  std::optional<Milliseconds> init_duration_;  // once the runtime has asked for a task
};

}  // namespace doorbuster::runtime
