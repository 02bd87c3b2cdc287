#include "runtime/sandbox.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>

#include "cloud/error.h"

namespace doorbuster::runtime {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using boost::system::error_code;

constexpr std::size_t kPiece = 1 << 16;
constexpr int kDrainMax = 64;  // pieces; a process that goes on and on is not waited for

SteadyTime now() {
  return std::chrono::steady_clock::now();
}

}  // namespace

Code::Code(fs::path path, asio::any_io_executor disk)
    : path_(std::move(path)), disk_(std::move(disk)) {}

Code::~Code() {
  asio::post(disk_, [path = path_] {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  });
}

// What is known of a call so far.
struct Sandbox::Call {
  const cloud::Invocation& invocation;
  const bool cold;
  SteadyTime begun{};  // when the runtime was given it
  Milliseconds duration{};
  Result result;
  std::string_view status;  // see Report
  std::string error_type;
};

std::shared_ptr<Sandbox> Sandbox::start(const asio::any_io_executor& executor,
                                        SandboxOptions options) {
  const std::shared_ptr<Sandbox> sandbox(new Sandbox(executor, std::move(options)));
  sandbox->launch();
  return sandbox;
}

Sandbox::Sandbox(const asio::any_io_executor& executor, SandboxOptions options)
    : options_(std::move(options)),
      exchange_(std::make_shared<Exchange>(executor)),
      api_(std::make_shared<RuntimeApi>(executor, exchange_)),
      output_(*options_.log),
      pipe_(executor),
      watch_(executor) {}

void Sandbox::launch() {
  try {
    auto process = launch_of(options_.deployment, options_.machine, options_.code->path(),
                             options_.clients, api_->authority());
    process.isolation = options_.isolation;
    launch(process);
  } catch (const cloud::Error& e) {
    launch_failure_ = e.message();
  } catch (const std::system_error& e) {
    if (e.code().category() != Process::exec_category()) throw;
    launch_failure_ = std::string("fork/exec ") + e.what();
  }
  if (!launch_failure_.empty()) exchange_->close();
}

void Sandbox::launch(const ProcessOptions& process) {
  if (!fs::exists(process.command.front())) {
    launch_failure_ = "Couldn't find valid bootstrap(s): [" + process.command.front() + "]";
    return;
  }
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "no pipe for a function's output");
  }
  pipe_.assign(ends[0]);
  pipe_.non_blocking(true);
  const Descriptor output(ends[1]);
  process_.emplace(process, output);
  watch_.assign(fcntl(process_->descriptor(), F_DUPFD_CLOEXEC, 0));
  api_->start();
  asio::co_spawn(pipe_.get_executor(), read_output(shared_from_this()), asio::detached);
  asio::co_spawn(pipe_.get_executor(), wait_for_end(shared_from_this()), asio::detached);
}

cloud::Async<void> Sandbox::read_output(std::shared_ptr<Sandbox> self) {
  std::array<char, kPiece> piece;
  for (;;) {
    error_code failure;
    const auto size = co_await self->pipe_.async_read_some(
        asio::buffer(piece), asio::redirect_error(asio::use_awaitable, failure));
    if (failure) co_return;
    self->output_.write({piece.data(), size});
  }
}

// What was printed before an answer belongs to its call.
void Sandbox::drain_output() {
  std::array<char, kPiece> piece;
  for (int i = 0; i < kDrainMax && pipe_.is_open(); ++i) {
    const auto size = ::read(pipe_.native_handle(), piece.data(), piece.size());
    if (size <= 0) break;
    output_.write({piece.data(), static_cast<std::size_t>(size)});
  }
  output_.flush();
}

cloud::Async<void> Sandbox::wait_for_end(std::shared_ptr<Sandbox> self) {
  error_code failure;
  co_await self->watch_.async_wait(asio::posix::stream_descriptor::wait_read,
                                   asio::redirect_error(asio::use_awaitable, failure));
  self->end_ = self->process_->wait();
  self->drain_output();
  self->pipe_.close(failure);
  self->api_->close();
  self->exchange_->close();
}

void Sandbox::end() {
  if (process_) process_->kill();
  exchange_->close();
}

cloud::Async<std::optional<cloud::InvocationOutcome>> Sandbox::call(
    const cloud::Invocation& invocation) {
  const bool cold = !init_duration_;
  co_await exchange_->wait_for_runtime((cold ? started_ : now()) + options_.init_max);
  if (!exchange_->ready() && !cold) {
    end();
    co_return std::nullopt;
  }
  Call call{invocation, cold};
  if (cold) {
    drain_output();  // what the initialisation has printed belongs to the first call
  } else {
    output_.begin_call();
  }
  output_.say("START RequestId: " + invocation.AwsRequestId +
              " Version: " + options_.deployment.Version);
  if (exchange_->ready()) {
    co_await run(call);
  } else {
    conclude_init(call);
  }
  co_return report(call);
}

// Gives the task to the runtime, which is waiting for it.
cloud::Async<void> Sandbox::run(Call& call) {
  if (call.cold) init_duration_ = now() - started_;
  const std::chrono::seconds limit(options_.deployment.Timeout);
  call.begun = now();
  exchange_->give({call.invocation, options_.clock.now() + limit});
  co_await exchange_->wait_for_result(call.begun + limit);
  call.duration = now() - call.begun;
  conclude(call);
}

void Sandbox::conclude(Call& call) {
  if (auto result = exchange_->take_result()) {
    call.result = std::move(*result);
    return;
  }
  if (exchange_->closed()) {
    fail(call, "Runtime.ExitError", exited(end_));
  } else {
    fail(call, "Sandbox.Timedout", timed_out(std::chrono::seconds(options_.deployment.Timeout)));
  }
}

// The runtime never asked for a task.
void Sandbox::conclude_init(Call& call) {
  call.duration = now() - started_;
  if (auto result = exchange_->take_result()) {
    call.result = std::move(*result);
    call.status = "error";
    end();
  } else if (!launch_failure_.empty()) {
    fail(call, "Runtime.InvalidEntrypoint", launch_failure_);
  } else if (exchange_->closed()) {
    fail(call, "Runtime.ExitError", exited(end_));
  } else {
    fail(call, "Sandbox.Timedout", timed_out(options_.init_max));
  }
}

void Sandbox::fail(Call& call, std::string_view type, const std::string& message) {
  call.status = type == "Sandbox.Timedout" ? "timeout" : "error";
  call.error_type = type;
  const std::string text = request_error(call.invocation.AwsRequestId, message);
  call.result = {error_json(type, text), true};
  drain_output();
  output_.say(text);
  measure_memory();
  end();
}

void Sandbox::measure_memory() {
  if (process_) memory_used_ = std::max(memory_used_, process_->memory_peak());
}

cloud::InvocationOutcome Sandbox::report(const Call& call) {
  drain_output();
  output_.say("END RequestId: " + call.invocation.AwsRequestId);
  measure_memory();
  Report report{call.invocation.AwsRequestId, call.duration, options_.deployment.MemorySize,
                memory_used_};
  if (call.cold) report.init_duration = init_duration_;
  report.status = call.status;
  report.error_type = call.error_type;
  output_.say(report_line(report));
  idle_since_ = now();
  cloud::InvocationOutcome outcome;
  outcome.Payload = call.result.payload;
  if (call.result.failed) outcome.FunctionError = "Unhandled";
  outcome.LogTail = output_.tail();
  outcome.Duration = std::chrono::ceil<std::chrono::milliseconds>(call.duration);
  return outcome;
}

}  // namespace doorbuster::runtime
