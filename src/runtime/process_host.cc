#include "runtime/process_host.h"

#include <stdlib.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <fstream>
#include <map>
#include <thread>

#include "cloud/arn.h"
#include "cloud/error.h"
#include "runtime/clients.h"
#include "runtime/pool.h"
#include "runtime/unpack.h"

namespace doorbuster::runtime {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

cloud::Error unavailable(const std::string& why) {
  return {"ServiceException", "The call can't be begun: " + why + '.', 500};
}

void write_file(const fs::path& path, std::string_view bytes) {
  std::ofstream file;
  file.exceptions(std::ios::badbit | std::ios::failbit);
  file.open(path, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

// Base64 may have what a file's name may not.
std::string file_name(const cloud::Deployment& deployment) {
  std::string name = deployment.FunctionName + '-' + deployment.CodeSha256;
  std::replace(name.begin(), name.end(), '/', '_');
  return name;
}

cloud::Async<std::shared_ptr<Code>> unpack_into(fs::path place,
                                                std::function<cloud::Async<std::string>()> read,
                                                asio::any_io_executor disk) {
  const std::string zip = co_await read();
  std::string path = place.string() + "-XXXXXX";
  if (!mkdtemp(path.data())) {
    throw std::system_error(errno, std::generic_category(), path);
  }
  auto code = std::make_shared<Code>(path, disk);  // which goes again if it throws
  unpack(zip, path);
  co_return code;
}

class Permit {
 public:
  explicit Permit(Permits& permits) : permits_(permits) {}
  Permit(const Permit&) = delete;
  Permit& operator=(const Permit&) = delete;
  ~Permit() { permits_.release(); }

 private:
  Permits& permits_;
};

// A process for one call. One that is not given back, because the call threw, serves no other.
class Loan {
 public:
  Loan(Pool& pool, std::shared_ptr<Sandbox> sandbox) : pool_(pool), sandbox_(std::move(sandbox)) {}
  Loan(const Loan&) = delete;
  Loan& operator=(const Loan&) = delete;
  ~Loan() {
    if (sandbox_) sandbox_->end();
  }

  Sandbox& sandbox() { return *sandbox_; }
  void give_back() { pool_.give_back(std::exchange(sandbox_, nullptr)); }

 private:
  Pool& pool_;
  std::shared_ptr<Sandbox> sandbox_;
};

}  // namespace

// One thread starts all processes and talks to them; what waits for the disk is done on another.
class ProcessHost::Impl {
 public:
  Impl(ProcessHostOptions options, const cloud::Clock& clock);
  ~Impl();

  asio::io_context& context() { return context_; }

  cloud::Async<void> check(cloud::Deployment deployment);
  cloud::Async<cloud::InvocationOutcome> invoke(cloud::Deployment deployment,
                                                cloud::Invocation invocation);
  void retire(const std::string& function_arn);
  void stop();

 private:
  cloud::Async<std::shared_ptr<Code>> unpack_code(const cloud::Deployment& deployment);
  std::shared_ptr<Pool> pool_of(const cloud::Deployment& deployment);
  std::shared_ptr<FunctionLog> log_of(const cloud::Deployment& deployment);
  cloud::Async<std::shared_ptr<Sandbox>> sandbox_of(Pool& pool,
                                                    const cloud::Deployment& deployment);
  std::shared_ptr<Sandbox> start(const cloud::Deployment& deployment, std::shared_ptr<Code> code);
  void isolate();
  void make_room();
  cloud::Async<void> end_idle();

  const ProcessHostOptions options_;
  const cloud::Clock& clock_;
  const fs::path clients_;
  std::optional<Isolation> isolation_;  // none where the system refuses it
  asio::thread_pool disk_{1};
  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{context_.get_executor()};
  Permits permits_;
  Signal stopped_;
  bool stopping_ = false;
  std::map<std::string, std::shared_ptr<Pool>> pools_;  // by ARN, version and revision
  std::map<fs::path, std::weak_ptr<FunctionLog>> logs_;
  std::vector<std::weak_ptr<Sandbox>> sandboxes_;
  std::thread thread_;
};

ProcessHost::Impl::Impl(ProcessHostOptions options, const cloud::Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      clients_(options_.code / ".clients"),
      permits_(context_.get_executor(), options_.calls_max),
      stopped_(context_.get_executor()) {
  fs::remove_all(options_.code);
  fs::create_directories(clients_);
  write_file(clients_ / kPythonClientName, kPythonClient);
  write_file(clients_ / kNodeClientName, kNodeClient);
  isolate();
  asio::co_spawn(context_, end_idle(), asio::detached);
  thread_ = std::thread([this] { context_.run(); });
}

void ProcessHost::Impl::isolate() {
  std::error_code unmade;  // is said by the refusal
  if (!options_.hidden.empty()) fs::create_directories(options_.hidden, unmade);
  isolation_.emplace(options_.hidden);
  const auto refusal = isolation_->refusal(clients_);
  if (!refusal) return;
  isolation_.reset();
  options_.log(
      "functions can read each other's environment: this system refuses them namespaces (" +
      refusal.message() + ")");
}

ProcessHost::Impl::~Impl() {
  asio::post(context_, [this] { stop(); });
  work_.reset();
  thread_.join();
  pools_.clear();
  disk_.join();
}

void ProcessHost::Impl::stop() {
  stopping_ = true;
  stopped_.notify_all();
  for (const auto& known : sandboxes_) {
    if (const auto sandbox = known.lock()) sandbox->end();
  }
}

cloud::Async<void> ProcessHost::Impl::check(cloud::Deployment deployment) {
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  check_runtime(deployment, options_.machine);
  co_await unpack_code(deployment);
}

cloud::Async<cloud::InvocationOutcome> ProcessHost::Impl::invoke(cloud::Deployment deployment,
                                                                 cloud::Invocation invocation) {
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  if (permits_.waiting() >= options_.waiting_max) throw unavailable("too many others wait");
  co_await permits_.acquire();
  const Permit permit(permits_);
  const auto pool = pool_of(deployment);
  for (;;) {
    if (stopping_) throw unavailable("functions are being stopped");
    auto sandbox = co_await sandbox_of(*pool, deployment);
    Loan loan(*pool, std::move(sandbox));
    auto outcome = co_await loan.sandbox().call(invocation);
    loan.give_back();
    if (stopping_) throw unavailable("functions are being stopped");
    if (outcome) co_return std::move(*outcome);
  }
}

std::shared_ptr<Pool> ProcessHost::Impl::pool_of(const cloud::Deployment& deployment) {
  auto& pool =
      pools_[deployment.FunctionArn + '\n' + deployment.Version + '\n' + deployment.RevisionId];
  if (!pool) pool = std::make_shared<Pool>(context_.get_executor());
  return pool;
}

cloud::Async<std::shared_ptr<Sandbox>> ProcessHost::Impl::sandbox_of(
    Pool& pool, const cloud::Deployment& deployment) {
  if (auto idle = pool.take()) co_return idle;
  auto unpack = [this, &deployment] { return unpack_code(deployment); };
  auto code = co_await pool.code(std::move(unpack));
  if (auto idle = pool.take()) co_return idle;
  make_room();
  co_return start(deployment, std::move(code));
}

cloud::Async<std::shared_ptr<Code>> ProcessHost::Impl::unpack_code(
    const cloud::Deployment& deployment) {
  auto unpacking =
      unpack_into(options_.code / file_name(deployment), deployment.code, disk_.get_executor());
  try {
    co_return co_await asio::co_spawn(disk_, std::move(unpacking), asio::use_awaitable);
  } catch (const std::system_error& e) {
    throw unavailable(e.what());
  }
}

std::shared_ptr<Sandbox> ProcessHost::Impl::start(const cloud::Deployment& deployment,
                                                  std::shared_ptr<Code> code) {
  std::erase_if(sandboxes_, [](const auto& known) { return known.expired(); });
  try {
    auto sandbox =
        Sandbox::start(context_.get_executor(),
                       {deployment, options_.machine, clients_, isolation_ ? &*isolation_ : nullptr,
                        std::move(code), log_of(deployment), clock_, options_.init_max});
    sandboxes_.push_back(sandbox);
    return sandbox;
  } catch (const std::system_error& e) {
    throw unavailable(e.what());
  } catch (const boost::system::system_error& e) {  // as Asio has it
    throw unavailable(e.what());
  }
}

std::shared_ptr<FunctionLog> ProcessHost::Impl::log_of(const cloud::Deployment& deployment) {
  const auto arn = cloud::Arn::parse(deployment.FunctionArn).value_or(cloud::Arn{});
  const auto path = options_.logs / arn.region / arn.account / (deployment.FunctionName + ".log");
  auto& known = logs_[path];
  auto log = known.lock();
  if (!log) known = log = std::make_shared<FunctionLog>(path, clock_);
  return log;
}

// Whoever has a permit can have a process: if need be, one that has been idle for longest goes.
void ProcessHost::Impl::make_room() {
  std::size_t idle = 0;
  Pool* oldest = nullptr;
  for (const auto& [name, pool] : pools_) {
    idle += pool->idle().size();
    if (pool->idle().empty()) continue;
    const auto since = pool->idle().front()->idle_since();
    if (!oldest || since < oldest->idle().front()->idle_since()) oldest = pool.get();
  }
  if (!oldest || permits_.in_use() + idle <= options_.calls_max) return;
  oldest->idle().front()->end();
  oldest->idle().erase(oldest->idle().begin());
}

cloud::Async<void> ProcessHost::Impl::end_idle() {
  while (!stopping_) {
    auto stopping = [this] { return stopping_; };
    co_await stopped_.wait_until(std::chrono::steady_clock::now() + options_.idle_max / 2,
                                 std::move(stopping));
    const auto since = std::chrono::steady_clock::now() - options_.idle_max;
    for (const auto& [name, pool] : pools_) pool->end_idle_since_before(since);
    std::erase_if(pools_, [](const auto& entry) {
      return entry.second->idle().empty() && entry.second.use_count() == 1;
    });
    std::erase_if(logs_, [](const auto& entry) { return entry.second.expired(); });
  }
}

void ProcessHost::Impl::retire(const std::string& function_arn) {
  const std::string prefix = function_arn + '\n';
  for (auto at = pools_.lower_bound(prefix); at != pools_.end() && at->first.starts_with(prefix);) {
    at->second->retire();
    at = pools_.erase(at);
  }
}

ProcessHost::ProcessHost(ProcessHostOptions options, const cloud::Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(options), clock)) {}
ProcessHost::~ProcessHost() = default;

cloud::Async<void> ProcessHost::check(cloud::Deployment deployment) {
  auto checking = impl_->check(std::move(deployment));
  co_await asio::co_spawn(impl_->context(), std::move(checking), asio::use_awaitable);
}

cloud::Async<cloud::InvocationOutcome> ProcessHost::invoke(cloud::Deployment deployment,
                                                           cloud::Invocation invocation) {
  auto call = impl_->invoke(std::move(deployment), std::move(invocation));
  co_return co_await asio::co_spawn(impl_->context(), std::move(call), asio::use_awaitable);
}

void ProcessHost::retire(const std::string& function_arn) {
  asio::post(impl_->context(), [impl = impl_.get(), function_arn] { impl->retire(function_arn); });
}

void ProcessHost::stop() {
  asio::post(impl_->context(), [impl = impl_.get()] { impl->stop(); });
}

}  // namespace doorbuster::runtime
