#include "states/interpreter.h"

#include <algorithm>
#include <boost/json.hpp>
#include <stdexcept>
#include <utility>

#include "states/json_text.h"

namespace doorbuster::states {

namespace json = boost::json;

namespace {

// What one call may do before it lets its caller go on with others.
constexpr std::int64_t kEventsPerCallMax = 2'000;
constexpr std::size_t kBytesPerCallMax = std::size_t{8} << 20;

constexpr std::int64_t kRedrivesMax = 1'000;  // AWS's limit

}  // namespace

std::unique_ptr<Execution> Execution::begin(std::shared_ptr<const Definition> definition,
                                            Identity identity, json::value input, Host& host,
                                            const json::object& variables) {
  auto execution =
      std::make_unique<Interpreter>(std::move(definition), std::move(identity), std::move(input));
  try {
    execution->start(host, variables);
  } catch (const Failure& failure) {
    throw std::invalid_argument(failure.cause.value_or(""));
  }
  return execution;
}

std::unique_ptr<Execution> Execution::restore(std::shared_ptr<const Definition> definition,
                                              Identity identity, json::value input,
                                              const Pieces& pieces) {
  try {
    auto execution =
        std::make_unique<Interpreter>(std::move(definition), std::move(identity), std::move(input));
    execution->restore(pieces);
    return execution;
  } catch (const Failure& failure) {
    throw std::runtime_error(failure.cause.value_or(""));
  }
}

Interpreter::Interpreter(std::shared_ptr<const Definition> definition, Identity identity,
                         json::value input)
    : definition_(std::move(definition)), identity_(std::move(identity)), input_(std::move(input)) {
  if (identity_.express) history_.lift_limit();
}

void Interpreter::start(Host& host, const json::object& variables) {
  Payload input{.value = input_, .text = to_text(input_)};
  if (definition_->timeout_s) {
    deadline_ = identity_.started + std::chrono::seconds(*definition_->timeout_s);
  }
  turn(host, [&] {
    append_at(0, "ExecutionStarted", "executionStartedEventDetails",
              {{"input", input.text}, {"roleArn", identity_.role_arn}});
    Frame& root = frames_.add(0, 0);
    root.state = definition_->machine.start;
    root.input = std::move(input);
    frames_.assign(root, variables);
    queue(root);
  });
}

void Interpreter::history_full() {
  end_with_event(Status::failed, history_.last(), "ExecutionFailed", "executionFailedEventDetails",
                 "States.Runtime",
                 "The execution reached the maximum number of history events (25000).");
}

void Interpreter::run() {
  resume_at_.reset();
  while (status_ == Status::running && !ready_.empty()) {
    if (history_.last() - events_before_ > kEventsPerCallMax || bytes_written_ > kBytesPerCallMax) {
      resume_at_ = host_->now();
      return;
    }
    Frame* frame = frames_.find(ready_.front());
    if (frame != nullptr && frame->goes_on()) {
      step(*frame);
    } else {
      ready_.pop_front();
    }
  }
}

// One step of a frame, which may be gone after it.
void Interpreter::step(Frame& frame) {
  attempt(frame.id, [&] {
    switch (frame.phase) {
      case Frame::Phase::entering:
        return enter(frame);
      case Frame::Phase::executing:
        return execute(frame);
      default:
        return join(frame);
    }
  });
}

void Interpreter::queue(Frame& frame) {
  ready_.push_back(frame.id);
}

void Interpreter::reschedule(Frame& frame) {
  frames_.changed(frame);
  timers_.set(frame.id, frame.alarm());
}

std::optional<Time> Interpreter::alarm() const {
  if (status_ != Status::running) return std::nullopt;
  std::optional<Time> next = resume_at_;
  if (deadline_ && (!next || *deadline_ < *next)) next = deadline_;
  const auto timer = timers_.next();
  if (timer && (!next || *timer < *next)) next = timer;
  return next;
}

void Interpreter::wake(Host& host) {
  if (status_ != Status::running) return;
  turn(host, [this] {
    if (deadline_ && *deadline_ <= host_->now()) {
      end_with_event(Status::timed_out, 0, "ExecutionTimedOut", "executionTimedOutEventDetails",
                     "States.Timeout", "");
      return;
    }
    while (status_ == Status::running && timers_.next() && *timers_.next() <= host_->now()) {
      on_alarm(frames_.at(timers_.first()));
    }
  });
}

void Interpreter::on_alarm(Frame& frame) {
  queue(frame);
  switch (frame.phase) {
    case Frame::Phase::waiting:
      frame.wake_at.reset();
      reschedule(frame);
      attempt(frame.id, [&] {
        const auto& assign = frame.state->assign;
        pass_on(frame, frame.state->next, assign ? &*assign : nullptr);
      });
      break;
    case Frame::Phase::backing_off:
      frame.wake_at.reset();
      frame.phase = Frame::Phase::executing;
      reschedule(frame);
      break;
    default:
      task_timed_out(frame, !frame.timeout_at || *frame.timeout_at > host_->now());
  }
}

// --- The end, and what may come after ---

void Interpreter::end(Status status, std::string error, std::string cause) {
  status_ = status;
  error_ = std::move(error);
  cause_ = std::move(cause);
  ready_.clear();
}

void Interpreter::end_with_event(Status status, std::int64_t previous, std::string_view type,
                                 std::string_view details_name, std::string error,
                                 std::string cause) {
  history_.append_last(*host_, previous, type, details_name, failure_details(error, cause));
  rest_all();
  end(status, std::move(error), std::move(cause));
}

// Nothing goes on any more, but everything stays where it is, for a redrive.
void Interpreter::rest_all() {
  frames_.for_each([this](Frame& frame) {
    stop_work(frame);
    if (frame.at_rest()) return;
    tell_run(frame, Status::aborted);
    frame.phase = Frame::Phase::aborted;
  });
}

void Interpreter::abort(std::string error, std::string cause, Host& host) {
  if (status_ != Status::running) return;
  turn(host, [&] {
    end_with_event(Status::aborted, 0, "ExecutionAborted", "executionAbortedEventDetails",
                   std::move(error), std::move(cause));
  });
}

bool Interpreter::redrive(Host& host, std::int64_t last_event) {
  if (status_ == Status::succeeded || frames_.empty()) return false;
  const std::int64_t last = std::max(history_.last(), last_event);
  if (last + 1 >= kHistoryMax || identity_.redrives >= kRedrivesMax) return false;
  turn(host, [&] {
    history_.restore(last);
    rest_all();
    ready_.clear();
    status_ = Status::running;
    error_.clear();
    cause_.clear();
    ++identity_.redrives;
    context_ = nullptr;  // it says how many redrives there were
    if (definition_->timeout_s) {
      deadline_ = host_->now() + std::chrono::seconds(*definition_->timeout_s);
    }
    const std::int64_t event =
        append_at(history_.last(), "ExecutionRedriven", "executionRedrivenEventDetails",
                  {{"redriveCount", identity_.redrives}});
    reopen_all(event);
  });
  return true;
}

// One that can't go on fails as in any other step, which may end its siblings, or the execution.
void Interpreter::reopen_all(std::int64_t event) {
  for (const FrameId id : frames_.ids()) {
    if (status_ != Status::running) return;
    Frame* frame = frames_.find(id);
    if (frame != nullptr) attempt(id, [&] { reopen(*frame, event); });
  }
}

// The states that failed or were stopped begin again; those that hold them only wait again.
void Interpreter::reopen(Frame& frame, std::int64_t event) {
  frame.last_event = event;
  frame.retries = 0;
  frame.attempts.clear();
  frames_.changed(frame);
  const Fork* fork = frame.fork.get();
  if (fork != nullptr && !fork->run_arn.empty() && fork->count > 0) {
    reopen_run(frame);
  } else if (fork != nullptr && !(fork->children.empty() && fork->outcomes.empty())) {
    frame.phase = Frame::Phase::forked;
    begin_parts(frame, event);
  } else {
    if (fork != nullptr) frames_.drop_fork(frame);
    const bool entered = frame.entered_event != 0;
    frame.phase = entered ? Frame::Phase::executing : Frame::Phase::entering;
    queue(frame);
  }
}

// --- What everybody uses ---

std::int64_t Interpreter::append_at(std::int64_t previous, std::string_view type,
                                    std::string_view details_name, Details details) {
  return history_.append(*host_, previous, type, details_name, std::move(details));
}

std::int64_t Interpreter::append(Frame& frame, std::string_view type, std::string_view details_name,
                                 Details details) {
  frame.last_event = append_at(frame.last_event, type, details_name, std::move(details));
  frames_.changed(frame);
  return frame.last_event;
}

}  // namespace doorbuster::states
