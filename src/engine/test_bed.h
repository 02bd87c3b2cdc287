// An engine whose time stands still until a test turns it, and whose disk is in memory.
//
// Everything happens on the test's thread: the coroutines on one io_context, the engine's turns by
// hand. So a run is the same each time.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "cloud/error.h"
#include "engine/engine.h"
#include "engine/fake_functions.h"
#include "engine/services.h"

namespace doorbuster::engine {

class ManualClock final : public cloud::Clock {
 public:
  cloud::Time now() const override { return now_; }
  void advance(std::chrono::milliseconds by) { now_ += by; }

 private:
  cloud::Time now_ = cloud::Time(std::chrono::sys_days{std::chrono::year{2026} / 11 / 27});
};

class TestBed {
 public:
  explicit TestBed(std::uint64_t seed = 1) : TestBed(seed, memory()) {}
  TestBed(std::uint64_t seed, std::unique_ptr<rocksdb::Env> disk)
      : owned_(std::move(disk)), env_(owned_.get()), seed_(seed) {
    open();
  }
  // On a disk of the test's own, which outlives the bed. The test opens it.
  TestBed(std::uint64_t seed, rocksdb::Env* env) : env_(env), seed_(seed) {}
  ~TestBed() { close(); }

  static std::unique_ptr<rocksdb::Env> memory() {
    return std::unique_ptr<rocksdb::Env>(rocksdb::NewMemEnv(rocksdb::Env::Default()));
  }

  Engine& engine() { return *engine_; }
  cloud::Sqs& sqs() { return *sqs_; }
  cloud::Sns& sns() { return *sns_; }
  cloud::S3& s3() { return *s3_; }
  cloud::StepFunctions& step_functions() { return *step_functions_; }
  cloud::Lambda& lambda() { return *lambda_; }
  cloud::CloudWatch& cloud_watch() { return *cloud_watch_; }
  // Where its functions run, unless the test has a host of its own, which outlives the bed: from
  // the next open() on.
  FakeFunctions functions;
  cloud::FunctionHost* host = &functions;
  RequiredMembers required_members;  // from the next open() on
  boost::asio::any_io_executor executor() { return context_->get_executor(); }
  ManualClock& clock() { return clock_; }
  boost::asio::io_context& context() { return *context_; }
  const std::vector<std::string>& log() const { return log_; }

  // What a restart of the process does. Whoever waits for a reply never gets one.
  void reopen() {
    close();
    open();
  }

  // The two halves of it. In between, and when open() has thrown, there is no engine.
  void close() {
    // What still waits is dropped with the context, as by a crash.
    engine_.reset();
    context_.reset();
  }
  void open() {
    context_ = std::make_unique<boost::asio::io_context>(1);
    EngineOptions options;
    options.directory = "/engine";
    options.clock = &clock_;
    options.seed = seed_++;
    options.log = [this](std::string_view line) { log_.emplace_back(line); };
    options.env = env_;
    options.functions = host;
    options.required_members = required_members;
    engine_ = std::make_unique<Engine>(options);
    sqs_ = make_sqs(*engine_, {});
    sns_ = make_sns(*engine_, {});
    s3_ = make_s3(*engine_, {});
    step_functions_ = make_step_functions(*engine_, {});
    lambda_ = make_lambda(*engine_, {});
    cloud_watch_ = make_cloud_watch(*engine_, {});
  }

  // Begins an operation; its outcome is in the result once it is there.
  template <class T>
  struct Outcome {
    std::optional<T> value;
    std::exception_ptr error;
    bool done() const { return value.has_value() || error; }
  };
  template <class T>
  std::shared_ptr<Outcome<T>> begin(cloud::Async<T> operation) {
    auto outcome = begin_later(std::move(operation));
    settle();
    return outcome;
  }
  // Without running it yet, so that several can meet in one turn.
  template <class T>
  std::shared_ptr<Outcome<T>> begin_later(cloud::Async<T> operation) {
    auto outcome = std::make_shared<Outcome<T>>();
    boost::asio::co_spawn(*context_, std::move(operation),
                          [outcome](std::exception_ptr e, T value) {
                            if (e) {
                              outcome->error = e;
                            } else {
                              outcome->value = std::move(value);
                            }
                          });
    return outcome;
  }

  // Runs an operation that ends without time passing; throws what it throws.
  template <class T>
  T run(cloud::Async<T> operation) {
    auto outcome = begin(std::move(operation));
    if (outcome->error) std::rethrow_exception(outcome->error);
    if (!outcome->value) throw std::logic_error("the operation waits for something");
    return std::move(*outcome->value);
  }
  void run(cloud::Async<void> operation) { run(answer(std::move(operation))); }

  // Lets time pass, waking whatever comes due on the way.
  void advance(std::chrono::milliseconds by) {
    const cloud::Time end = clock_.now() + by;
    for (;;) {
      const auto alarm = engine_->alarm();
      if (!alarm || *alarm > end) break;
      if (*alarm > clock_.now()) clock_.advance(*alarm - clock_.now());
      settle();
    }
    clock_.advance(end - clock_.now());
    settle();
  }

  // Until nothing happens any more.
  void settle() {
    do {
      context_->restart();
      context_->poll();
    } while (engine_->turn());
  }

  // The code of the cloud::Error that the operation throws; empty if it succeeds.
  template <class T>
  std::string error_of(cloud::Async<T> operation) {
    try {
      run(std::move(operation));
      return "";
    } catch (const cloud::Error& e) {
      return e.code();
    }
  }

 private:
  static cloud::Async<Done> answer(cloud::Async<void> operation) {
    co_await std::move(operation);
    co_return Done{};
  }

  std::unique_ptr<rocksdb::Env> owned_;
  rocksdb::Env* env_;
  ManualClock clock_;
  std::uint64_t seed_;
  std::vector<std::string> log_;
  std::unique_ptr<boost::asio::io_context> context_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<cloud::Sqs> sqs_;
  std::unique_ptr<cloud::Sns> sns_;
  std::unique_ptr<cloud::S3> s3_;
  std::unique_ptr<cloud::StepFunctions> step_functions_;
  std::unique_ptr<cloud::Lambda> lambda_;
  std::unique_ptr<cloud::CloudWatch> cloud_watch_;
};

}  // namespace doorbuster::engine
