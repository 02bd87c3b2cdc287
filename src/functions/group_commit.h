// One transaction for all that came while the last one was being written: under load the price of a
// sync is shared, and without load nobody waits for company.
#pragma once

#include <algorithm>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <functional>
#include <iterator>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "cloud/async.h"

namespace doorbuster::functions {

// May be used from any thread; outlives all that was given to it. In and Out can be default-made.
template <class In, class Out>
class GroupCommit {
 public:
  // Writes all of them durably, or throws and writes none: an answer for each, in order. Called on
  // the executor of one of those who wait, which it may block; never twice at the same time.
  using Write = std::function<std::vector<Out>(const std::vector<In>&)>;

  GroupCommit(std::size_t group_max, Write write)
      : group_max_(group_max), write_(std::move(write)) {}
  GroupCommit(const GroupCommit&) = delete;
  GroupCommit& operator=(const GroupCommit&) = delete;

  // Completes once it is written. Throws what `write` does.
  cloud::Async<Out> add(In in) {
    return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>,
                                       void(std::exception_ptr, Out)>(
        [this](auto handler, In what) {
          using Handler = decltype(handler);
          const boost::asio::any_io_executor executor =
              boost::asio::get_associated_executor(handler);
          enqueue(executor, std::move(what), std::make_unique<Posted<Handler>>(std::move(handler)));
        },
        boost::asio::use_awaitable, std::move(in));
  }

 private:
  // Whoever waits; is answered on its own executor.
  class Waiter {
   public:
    virtual ~Waiter() = default;
    virtual void answer(std::exception_ptr error, Out out) = 0;
  };

  template <class Handler>
  class Posted final : public Waiter {
   public:
    explicit Posted(Handler handler)
        : work_(boost::asio::get_associated_executor(handler)), handler_(std::move(handler)) {}

    void answer(std::exception_ptr error, Out out) override {
      boost::asio::post(work_.get_executor(),
                        [handler = std::move(handler_), error = std::move(error),
                         out = std::move(out)]() mutable {
                          std::move(handler)(std::move(error), std::move(out));
                        });
      work_.reset();
    }

   private:
    boost::asio::executor_work_guard<boost::asio::associated_executor_t<Handler>> work_;
    Handler handler_;
  };

  struct Group {
    std::vector<In> ins;
    std::vector<std::unique_ptr<Waiter>> waiters;
  };

  void enqueue(const boost::asio::any_io_executor& executor, In in,
               std::unique_ptr<Waiter> waiter) {
    {
      const std::lock_guard held(mutex_);
      waiting_.ins.push_back(std::move(in));
      waiting_.waiters.push_back(std::move(waiter));
      if (std::exchange(writing_, true)) return;
    }
    boost::asio::post(executor, [this, executor] { write_group(executor); });
  }

  void write_group(const boost::asio::any_io_executor& executor) {
    Group group = take();
    std::vector<Out> outs;
    std::exception_ptr error;
    try {
      outs = write_(group.ins);
    } catch (...) {
      error = std::current_exception();
    }
    outs.resize(group.waiters.size());
    // Before the answers: with the last of them this object may go.
    const bool more = more_waiting();
    if (more) boost::asio::post(executor, [this, executor] { write_group(executor); });
    for (std::size_t i = 0; i < group.waiters.size(); ++i) {
      group.waiters[i]->answer(error, std::move(outs[i]));
    }
  }

  Group take() {
    const std::lock_guard held(mutex_);
    if (waiting_.ins.size() <= group_max_) return std::exchange(waiting_, {});
    Group group;
    const auto count = static_cast<std::ptrdiff_t>(group_max_);
    const auto move_first = [count](auto& from, auto& to) {
      to.assign(std::move_iterator(from.begin()), std::move_iterator(from.begin() + count));
      from.erase(from.begin(), from.begin() + count);
    };
    move_first(waiting_.ins, group.ins);
    move_first(waiting_.waiters, group.waiters);
    return group;
  }

  bool more_waiting() {
    const std::lock_guard held(mutex_);
    writing_ = !waiting_.ins.empty();
    return writing_;
  }

  const std::size_t group_max_;
  const Write write_;
  std::mutex mutex_;  // guards what follows
  Group waiting_;
  bool writing_ = false;  // somebody does, or is about to
};

}  // namespace doorbuster::functions
