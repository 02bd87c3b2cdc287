// Where a call of a function and the runtime that serves it meet.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cloud/function_host.h"
#include "runtime/signal.h"

namespace doorbuster::runtime {

// What a function may answer, in bytes.
constexpr std::size_t kPayloadMax = 6'291'556;

struct Task {
  cloud::Invocation invocation;
  cloud::Time deadline;
};

// What came of a task: the payload of an answer, or of an error.
struct Result {
  std::string payload;
  bool failed = false;
};

// Why the runtime is refused something, as the Runtime API says it.
struct Refusal {
  int status;
  std::string errorType;
  std::string errorMessage;
};

// One task at a time: it is given, taken by the runtime, and answered or failed. An error in the
// runtime's initialisation is the result of whatever it is for. One thread.
class Exchange {
 public:
  explicit Exchange(const boost::asio::any_io_executor& executor) : changed_(executor) {}

  // The caller's side.

  // Until the runtime asks for a task, or never will: it has failed, or was closed.
  cloud::Async<void> wait_for_runtime(SteadyTime end);
  bool ready() const { return asking_ > 0 && !over_; }
  // To a runtime that is ready.
  void give(Task task);
  // Until the task has a result, or won't get one.
  cloud::Async<void> wait_for_result(SteadyTime end);
  // Of the task, or of the initialisation.
  std::optional<Result> take_result();
  // The process has ended.
  void close();
  bool closed() const { return over_; }

  // The runtime's side. All throw Refusal.

  // The next task, which stays until it has its result; null when there won't be one.
  cloud::Async<const Task*> next();
  void answer(std::string_view request_id, std::string payload);
  void answer_too_large(std::string_view request_id);
  void fail(std::string_view request_id, std::string_view type, std::string payload);
  void fail_init(std::string_view type, std::string payload);

 private:
  void expect(std::string_view request_id) const;
  void finish(Result result);

  std::optional<Task> task_;
  bool taken_ = false;
  std::optional<Result> result_;
  int asking_ = 0;
  bool started_ = false;  // it has asked once
  bool over_ = false;
  Signal changed_;
};

}  // namespace doorbuster::runtime
