#include "engine/engine.h"

#include <openssl/rand.h>

#include <random>

#include "cloud/error.h"
#include "engine/forward_clock.h"
#include "engine/function_hosts.h"

namespace doorbuster::engine {
namespace {

constexpr std::size_t kTurnCommandsMax = 4'096;

constexpr int kSecretSize = 32;  // bytes

const cloud::Clock& system_clock() {
  static const ForwardClock clock;
  return clock;
}

std::uint64_t machine_seed() {
  std::random_device device;
  return static_cast<std::uint64_t>(device()) << 32 | device();
}

// A seed that is asked for repeats this, too.
std::string make_secret(std::uint64_t seed) {
  std::string secret(kSecretSize, '\0');
  if (seed != 0) {
    Random random(seed);
    for (char& c : secret) c = static_cast<char>(random.next());
  } else if (RAND_bytes(reinterpret_cast<unsigned char*>(secret.data()), kSecretSize) != 1) {
    throw StoreError("the system has no randomness to give");
  }
  return secret;
}

EngineOptions complete(EngineOptions options) {
  if (!options.clock) options.clock = &system_clock();
  if (options.secret.empty()) options.secret = make_secret(options.seed);
  if (options.seed == 0) options.seed = machine_seed();
  if (!options.log) options.log = [](std::string_view) {};
  if (!options.make_signing_key) options.make_signing_key = SigningKey::generate;
  if (!options.functions) options.functions = &no_functions();
  return options;
}

std::exception_ptr unavailable(const std::string& why) {
  return std::make_exception_ptr(cloud::Error("ServiceUnavailable", why, 503));
}

// Nobody waits for it: whether it came in time is seen by what the withdrawn call completes with.
class Withdrawal final : public Command {
 public:
  explicit Withdrawal(std::shared_ptr<Ticket> ticket) : ticket_(std::move(ticket)) {}

  void run(Machine& machine, Turn& turn) override { machine.withdraw(turn, *ticket_); }

  std::unique_ptr<Completion> refuse(std::exception_ptr) override {
    return std::make_unique<NoReply>();
  }

 private:
  std::shared_ptr<Ticket> ticket_;
};

}  // namespace

Engine::Engine(EngineOptions options)
    : options_(complete(std::move(options))),
      store_(Store::open(options_.directory, options_.env)),
      random_(options_.seed),
      recorded_(options_.owner),
      machine_(options_.endpoint, options_.secret),
      now_(options_.clock->now()) {
  try {
    machine_.open(*store_, now_);
  } catch (const StoreError&) {
    throw;
  } catch (const std::exception& e) {
    throw StoreError(options_.directory.string() +
                     " is damaged and was left as it is: restore it from a backup (" + e.what() +
                     ")");
  }
}

Engine::~Engine() {
  stop();
}

void Engine::start() {
  thread_ = std::thread([this] { run(); });
}

void Engine::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
  const auto why = unavailable("doorbuster is stopping");
  for (auto& command : take()) command->refuse(why)->release();
}

void Engine::run() {
  std::unique_lock lock(mutex_);
  const auto ready = [this] { return stopping_ || !commands_.empty(); };
  while (!stopping_) {
    if (const auto alarm = failure_ ? std::nullopt : machine_.alarm()) {
      const auto delay = *alarm - options_.clock->now();
      if (delay.count() > 0) wake_.wait_for(lock, delay, ready);
    } else {
      wake_.wait(lock, ready);
    }
    lock.unlock();
    turn();
    lock.lock();
  }
  lock.unlock();
  Turn last{now_, *store_, random_, machine_.metrics, options_.log, store_->batch(), {}};
  machine_.dismiss(last);
  for (auto& reply : last.done) reply->release();
}

void Engine::submit(std::unique_ptr<Command> command) {
  std::unique_lock lock(mutex_);
  const auto why = stopping_ && !failure_ ? unavailable("doorbuster is stopping") : failure_;
  if (why) {
    lock.unlock();
    command->refuse(why)->release();
    return;
  }
  commands_.push_back(std::move(command));
  const bool first = commands_.size() == 1;  // of others the writer knows
  lock.unlock();
  if (first) wake_.notify_one();
}

// Commands keep their order, so the call that the ticket is of has had its turn by then.
void Engine::withdraw(std::shared_ptr<Ticket> ticket) {
  submit(std::make_unique<Withdrawal>(std::move(ticket)));
}

std::deque<std::unique_ptr<Command>> Engine::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(commands_, {});
}

std::exception_ptr Engine::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

bool Engine::turn() {
  if (failure()) return false;
  auto commands = take();
  const auto alarm = machine_.alarm();
  // Time never goes back, whatever the machine's clock does.
  now_ = std::max(now_, options_.clock->now());
  if (commands.empty() && (!alarm || *alarm > now_)) return false;
  Turn turn{now_, *store_, random_, machine_.metrics, options_.log, store_->batch(), {}};
  try {
    machine_.begin_turn(turn);
    apply(commands, turn);
    machine_.finish_turn(turn);
    commit(turn);
  } catch (const std::exception& e) {
    break_down(commands, turn, unavailable(e.what()));
  }
  for (auto& reply : turn.done) reply->release();
  return true;
}

void Engine::apply(std::deque<std::unique_ptr<Command>>& commands, Turn& turn) {
  std::size_t taken = 0;
  const std::size_t bytes_max = turn.batch.bytes() + kTurnBytesMax;
  while (!commands.empty() && taken++ < kTurnCommandsMax && turn.batch.bytes() < bytes_max) {
    const auto command = std::move(commands.front());
    commands.pop_front();
    try {
      command->run(machine_, turn);
    } catch (const cloud::Error&) {
      turn.done.push_back(command->refuse(std::current_exception()));
    } catch (const std::exception& e) {
      turn.done.push_back(command->refuse(unavailable(e.what())));
      throw;
    }
  }
  if (commands.empty()) return;
  const std::lock_guard lock(mutex_);
  commands_.insert(commands_.begin(), std::make_move_iterator(commands.begin()),
                   std::make_move_iterator(commands.end()));
  commands.clear();
}

void Engine::commit(Turn& turn) {
  if (!turn.batch.empty()) store_->write(turn.batch);
  machine_.end_turn(*store_);
}

// Memory is ahead of the disk now and can't be trusted: nothing more is answered from it. A restart
// finds what was acknowledged.
void Engine::break_down(std::deque<std::unique_ptr<Command>>& commands, Turn& turn,
                        std::exception_ptr why) {
  {
    const std::lock_guard lock(mutex_);
    failure_ = why;
  }
  machine_.dismiss(turn);
  for (auto& command : commands) turn.done.push_back(command->refuse(why));
  for (auto& command : take()) turn.done.push_back(command->refuse(why));
  for (auto& reply : turn.done) reply->fail(why);
  try {
    std::rethrow_exception(why);
  } catch (const cloud::Error& e) {
    options_.log("the engine has stopped: " + e.message());
  }
}

}  // namespace doorbuster::engine
