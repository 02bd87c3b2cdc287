// What happens to a state that failed.
#include <boost/json.hpp>
#include <utility>

#include "states/frame_environment.h"

namespace doorbuster::states {

namespace json = boost::json;

void Interpreter::settle(const Frame& frame, Failure& failure) {
  if (!std::exchange(failure.located, false)) return;
  failure.cause = "An error occurred while executing the state '" + frame.state->name +
                  "' (entered at the event id #" + std::to_string(frame.entered_event) + "). " +
                  failure.cause.value_or("");
}

// To the state's Retry, its Catch, and then to whatever holds it. The way up is no longer than
// machines can be nested.
void Interpreter::fail(Frame& frame, Failure failure) {
  forget_task(frame);
  settle(frame, failure);
  if (frame.fork) abort_children(frame, frame.last_event);
  tell_run(frame, Status::failed);
  if (retry(frame, failure)) return;
  // AWS tells of the last attempt only.
  if (std::exchange(failure.of_parts, false)) append(frame, frame.state->type + "StateFailed");
  try {
    if (catch_failure(frame, failure)) return;
  } catch (Failure& other) {
    settle(frame, other);
    failure = std::move(other);
  }
  host_->state_failed({.error = failure.error, .cause = failure.cause.value_or("")});
  frame.phase = Frame::Phase::failed;
  frames_.changed(frame);
  Frame* parent = frames_.find(frame.parent);
  if (parent != nullptr) return child_failed(*parent, frame, std::move(failure));
  end_with_event(Status::failed, frame.last_event, "ExecutionFailed", "executionFailedEventDetails",
                 std::move(failure.error), failure.cause.value_or(""));
}

bool Interpreter::retry(Frame& frame, const Failure& failure) {
  const auto& retriers = frame.state->retriers;
  for (std::size_t i = 0; i < retriers.size(); ++i) {
    if (!matches(retriers[i].error_equals, failure)) continue;
    frame.attempts.resize(retriers.size());
    if (frame.attempts[i] >= retriers[i].max_attempts) return false;
    const std::uint64_t chance = retriers[i].full_jitter ? host_->random() : 0;
    drop_fork(frame);
    const auto delay = retriers[i].delay(frame.attempts[i], chance);
    frame.wake_at = host_->now() + delay;
    host_->state_failed({.error = failure.error,
                         .cause = failure.cause.value_or(""),
                         .then = FailedState::Then::retries,
                         .handler = i,
                         .delay = delay});
    ++frame.attempts[i];
    ++frame.retries;
    frame.phase = Frame::Phase::backing_off;
    reschedule(frame);
    return true;
  }
  return false;
}

bool Interpreter::catch_failure(Frame& frame, const Failure& failure) {
  const auto& catchers = frame.state->catchers;
  for (std::size_t i = 0; i < catchers.size(); ++i) {
    const Catcher& catcher = catchers[i];
    if (!matches(catcher.error_equals, failure)) continue;
    json::value error =
        json::object{{"Error", failure.error}, {"Cause", failure.cause.value_or("")}};
    json::object variables = assigned(frame, catcher.assign ? &*catcher.assign : nullptr, error);
    json::value output = frame.input.value;
    if (catcher.result_path) catcher.result_path->assign(output, std::move(error));
    Payload given = payload(frame, std::move(output));
    host_->state_failed({.error = failure.error,
                         .cause = failure.cause.value_or(""),
                         .then = FailedState::Then::caught,
                         .handler = i});
    drop_fork(frame);
    leave(frame, catcher.next, std::move(given), std::move(variables));
    queue(frame);
    return true;
  }
  return false;
}

}  // namespace doorbuster::states
