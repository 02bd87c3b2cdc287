// The embedded implementation of the cloud: one writer, one store.
//
// Commands come from any thread into one queue. The writer takes what has gathered, applies it to
// memory, writes all its changes as one batch, syncs once, then releases the replies: nothing is
// acknowledged before it is on disk, and under load the price of a sync is shared.
#pragma once

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>

#include "cloud/async.h"
#include "cloud/function_host.h"
#include "engine/integrations.h"
#include "engine/machine.h"
#include "engine/recorded_metrics.h"

namespace doorbuster::engine {

struct EngineOptions {
  std::filesystem::path directory;
  std::string endpoint = "http://127.0.0.1:4566";  // what URLs of queues begin with
  const cloud::Clock* clock = nullptr;             // the system's if null; outlives the engine
  std::uint64_t seed = 0;                          // of all randomness; 0 takes the machine's
  Log log;                                         // nowhere if empty
  // What the task tokens of a new store are sealed with: 32 bytes, of the seed if there is one, or
  // else of the system's best randomness, if empty.
  std::string secret;
  // What SNS signs with, made once, when it is first needed, on a caller's thread: a new key if
  // empty. See SigningKey::generate().
  std::function<std::string()> make_signing_key;
  rocksdb::Env* env = rocksdb::Env::Default();  // outlives the engine
  // Where functions run; outlives the engine. Null: nowhere, and none can be made.
  cloud::FunctionHost* functions = nullptr;
  // What the tasks of state machines are checked by when these are made; empty: they are not.
  RequiredMembers required_members;
  cloud::Scope owner;  // whose the metrics of this process are
};

// A request to the writer. run() leaves its reply in the turn or with somebody who will.
class Command {
 public:
  virtual ~Command() = default;
  virtual void run(Machine& machine, Turn& turn) = 0;
  // Instead of run(): the engine can't take it. The reply is released by the caller.
  virtual std::unique_ptr<Completion> refuse(std::exception_ptr why) = 0;
};

template <class T>
using Answer = cloud::Async<std::conditional_t<std::is_same_v<T, Done>, void, T>>;

class Engine {
 public:
  // Opens the store. Throws StoreError, with a message for the operator.
  explicit Engine(EngineOptions options);
  // Stops. Whoever still waits for a reply gets an error.
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Runs the writer on a thread of its own until stop(), which answers all long polls.
  void start();
  void stop();

  // Without start(), turns are taken by hand, from one thread: takes one if there is a command or
  // something has come due, and says whether it did.
  bool turn();
  // When something comes due next.
  std::optional<cloud::Time> alarm() const { return failure() ? std::nullopt : machine_.alarm(); }

  // Why the engine has stopped taking commands, if the disk failed it: null while all is well. What
  // had been acknowledged by then is kept.
  std::exception_ptr failure() const;

  // Runs op(machine, turn) on the writer and completes with what it returned or threw, once that is
  // durable. If op takes a third argument, the std::unique_ptr<Reply<T>>, it answers by that, in
  // this turn or a later one, unless it throws.
  // With T = Done it completes with nothing.
  //
  // An op that answers later can be withdrawn: if the awaiting coroutine is cancelled (on its own
  // executor, as Asio asks) while its reply waits in a queue, it completes at once and gets no
  // message. An answer that is already under way wins. The engine must outlive whatever can cancel.
  template <class T, class Op>
  Answer<T> call(Op op);

  // Runs op(machine, turn) as call() does, for nobody: whoever tells goes on at once, and comes
  // before whatever it calls next. An engine that takes no commands leaves it out.
  template <class Op>
  void tell(Op op);

  // For reads beside the writer.
  const Machine& machine() const { return machine_; }
  const Store& store() const { return *store_; }
  const Log& log() const { return options_.log; }
  const cloud::Clock& clock() const { return *options_.clock; }
  cloud::FunctionHost& functions() const { return *options_.functions; }
  const RequiredMembers& required_members() const { return options_.required_members; }
  std::string make_signing_key() const { return options_.make_signing_key(); }
  // What is measured in this process outside the writer. Any thread.
  RecordedMetrics& recorded() { return recorded_; }

 private:
  template <class T, class Handler>
  friend class PostedReply;

  void run();
  // Takes the reply out of its queue, if it waits in one when this comes to its turn.
  void withdraw(std::shared_ptr<Ticket> ticket);
  void submit(std::unique_ptr<Command> command);
  std::deque<std::unique_ptr<Command>> take();
  void apply(std::deque<std::unique_ptr<Command>>& commands, Turn& turn);
  void commit(Turn& turn);
  void break_down(std::deque<std::unique_ptr<Command>>& commands, Turn& turn,
                  std::exception_ptr why);

  EngineOptions options_;
  std::unique_ptr<Store> store_;
  Random random_;
  RecordedMetrics recorded_;
  Machine machine_;
  cloud::Time now_{};

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  std::deque<std::unique_ptr<Command>> commands_;
  std::exception_ptr failure_;
  bool stopping_ = false;

  std::thread thread_;
};

// --- How a coroutine becomes a command --------------------------------------------------------

template <class T, class Handler>
class PostedReply final : public Reply<T> {
 public:
  explicit PostedReply(Handler handler)
      : work_(boost::asio::get_associated_executor(handler)), handler_(std::move(handler)) {}

  // If the handler can be cancelled at all, cancelling it withdraws the reply from now on.
  void let_withdraw(Engine& engine) {
    auto slot = boost::asio::get_associated_cancellation_slot(handler_);
    if (!slot.is_connected()) return;
    this->ticket = std::make_shared<Ticket>();
    slot.assign([&engine, ticket = this->ticket](boost::asio::cancellation_type type) {
      if (type != boost::asio::cancellation_type::none) engine.withdraw(ticket);
    });
  }

  void release() noexcept override {
    boost::asio::post(work_.get_executor(),
                      [handler = std::move(handler_), error = std::move(this->error),
                       value = std::move(this->value), held = this->ticket != nullptr]() mutable {
                        if (held) boost::asio::get_associated_cancellation_slot(handler).clear();
                        if constexpr (std::is_same_v<T, Done>) {
                          std::move(handler)(std::move(error));
                        } else {
                          std::move(handler)(std::move(error), std::move(value));
                        }
                      });
    work_.reset();
  }

 private:
  boost::asio::executor_work_guard<boost::asio::associated_executor_t<Handler>> work_;
  Handler handler_;
};

template <class T, class Op>
constexpr bool answers_later =
    std::is_invocable_v<Op&, Machine&, Turn&, std::unique_ptr<Reply<T>>&>;

template <class T, class Op>
class Call final : public Command {
 public:
  Call(Op op, std::unique_ptr<Reply<T>> reply) : op_(std::move(op)), reply_(std::move(reply)) {}

  void run(Machine& machine, Turn& turn) override {
    if constexpr (answers_later<T, Op>) {
      op_(machine, turn, reply_);
    } else if constexpr (std::is_same_v<T, Done>) {
      op_(machine, turn);
      turn.done.push_back(std::move(reply_));
    } else {
      reply_->value = op_(machine, turn);
      turn.done.push_back(std::move(reply_));
    }
  }

  std::unique_ptr<Completion> refuse(std::exception_ptr why) override {
    if (reply_) reply_->error = std::move(why);
    return std::move(reply_);
  }

 private:
  Op op_;
  std::unique_ptr<Reply<T>> reply_;
};

class NoReply final : public Reply<Done> {
 public:
  void release() noexcept override {}
};

template <class Op>
void Engine::tell(Op op) {
  submit(std::make_unique<Call<Done, Op>>(std::move(op), std::make_unique<NoReply>()));
}

template <class T, class Op>
Answer<T> Engine::call(Op op) {
  using Signature = std::conditional_t<std::is_same_v<T, Done>, void(std::exception_ptr),
                                       void(std::exception_ptr, T)>;
  return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, Signature>(
      [this](auto handler, Op work) {
        using Handler = decltype(handler);
        auto reply = std::make_unique<PostedReply<T, Handler>>(std::move(handler));
        if constexpr (answers_later<T, Op>) reply->let_withdraw(*this);
        submit(std::make_unique<Call<T, Op>>(std::move(work), std::move(reply)));
      },
      boost::asio::use_awaitable, std::move(op));
}

}  // namespace doorbuster::engine
