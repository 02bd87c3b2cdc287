#include "engine/activities.h"

#include <algorithm>
#include <boost/json.hpp>

#include "cloud/error.h"
#include "engine/codec.h"
#include "engine/json_record.h"
#include "engine/state_machine_rules.h"
#include "engine/tag_list.h"
#include "engine/text.h"

namespace doorbuster::engine {
namespace {

// https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
constexpr std::size_t kActivitiesMax = 100'000;
constexpr std::size_t kPollsMax = 1'000;  // of an activity
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetActivityTask.html
constexpr std::chrono::seconds kWait{60};

std::string activity_key(const std::string& arn) {
  return Encoder().raw("C").raw(arn).bytes();
}

}  // namespace

void Activities::open(const Store& store) {
  store.scan(Family::config, "C", "D", [&](std::string_view key, std::string_view value) {
    const auto json = read_json_record(value);
    Activity activity;
    activity.name = json.at("name").as_string();
    activity.created = from_ms(json.at("created").to_number<std::int64_t>());
    activity.tags = tags_of(json.at("tags"));
    activities_.emplace(key.substr(1), std::move(activity));
    return true;
  });
}

void Activities::write_tags(Turn& turn, const std::string& arn) const {
  const Activity& activity = find(arn);
  const boost::json::object record{{"name", activity.name},
                                   {"created", to_ms(activity.created)},
                                   {"tags", to_json(activity.tags)}};
  turn.batch.put(Family::config, activity_key(arn), boost::json::serialize(record));
}

cloud::CreateActivityOutput Activities::create(Turn& turn, const cloud::Scope& scope,
                                               const cloud::CreateActivityInput& request) {
  const std::string arn = scope.arn("states", "activity:" + request.name);
  if (const auto it = activities_.find(arn); it != activities_.end()) {
    return {arn, it->second.created};
  }
  if (activities_.size() >= kActivitiesMax) {
    throw cloud::Error("ActivityLimitExceeded", "Activity Limit Exceeded");
  }
  Activity activity;
  activity.name = request.name;
  activity.created = turn.now;
  activity.tags = request.tags;
  activities_.emplace(arn, std::move(activity));
  write_tags(turn, arn);
  return {arn, turn.now};
}

void Activities::destroy(Turn& turn, const std::string& arn) {
  const auto it = activities_.find(arn);
  if (it == activities_.end()) return;
  for (auto& poll : it->second.polls) turn.done.push_back(std::move(poll.reply));
  activities_.erase(it);
  polled_.erase(arn);
  turn.batch.remove(Family::config, activity_key(arn));
}

const Activities::Activity& Activities::find(const std::string& arn) const {
  const auto it = activities_.find(arn);
  if (it != activities_.end()) return it->second;
  throw cloud::Error("ActivityDoesNotExist", "Activity Does Not Exist: '" + arn + "'");
}
Activities::Activity& Activities::find(const std::string& arn) {
  return const_cast<Activity&>(std::as_const(*this).find(arn));
}

cloud::DescribeActivityOutput Activities::describe(const std::string& arn) const {
  const Activity& activity = find(arn);
  return {arn, activity.name, activity.created};
}

cloud::ListActivitiesOutput Activities::list(const cloud::Scope& scope,
                                             const cloud::ListActivitiesInput& request) const {
  const std::string prefix = scope.arn("states", "activity:");
  const std::size_t max = page_size(request.maxResults);
  cloud::ListActivitiesOutput page;
  for (auto it = activities_.upper_bound(prefix + from_token(request.nextToken));
       it != activities_.end() && it->first.starts_with(prefix); ++it) {
    if (page.activities.size() == max) {
      page.nextToken = to_token(page.activities.back().name);
      break;
    }
    page.activities.push_back({it->first, it->second.name, it->second.created});
  }
  return page;
}

std::vector<cloud::Tag>* Activities::tags(const std::string& arn) {
  const auto it = activities_.find(arn);
  return it == activities_.end() ? nullptr : &it->second.tags;
}

// --- Tasks and workers ------------------------------------------------------------------------

bool Activities::offer(const std::string& arn, const TaskRef& task) {
  if (!activities_.contains(arn)) return false;
  keep(arn, task);
  return true;
}

void Activities::keep(const std::string& arn, const TaskRef& task) {
  tasks_[arn].insert(task);
  awake_.insert(arn);
}

void Activities::drop(const std::string& arn, const TaskRef& task) {
  const auto it = tasks_.find(arn);
  if (it == tasks_.end()) return;
  it->second.erase(task);
  if (it->second.empty()) tasks_.erase(it);
}

void Activities::poll(Turn& turn, const std::string& arn, std::string worker,
                      std::unique_ptr<Reply<cloud::GetActivityTaskOutput>>& reply) {
  Activity& activity = find(arn);
  if (activity.polls.size() >= kPollsMax) {
    throw cloud::Error("ActivityWorkerLimitExceeded",
                       "Activity Worker Limit Exceeded: '" + arn + "'");
  }
  const std::uint64_t number = next_poll_++;
  if (reply->ticket) reply->ticket->activity_poll = number;
  activity.polls.push_back({number, std::move(worker), turn.now + kWait, std::move(reply)});
  awake_.insert(arn);
  polled_.insert(arn);
}

void Activities::withdraw(Turn& turn, std::uint64_t poll) {
  for (const auto& arn : polled_) {
    auto& activity = activities_.at(arn);
    const auto it = std::ranges::find(activity.polls, poll, &Poll::number);
    if (it == activity.polls.end()) continue;
    turn.done.push_back(std::move(it->reply));
    activity.polls.erase(it);
    return;
  }
}

void Activities::begin_turn(Turn& turn) {
  for (auto it = polled_.begin(); it != polled_.end();) {
    auto& polls = activities_.at(*it).polls;
    for (; !polls.empty() && polls.front().until <= turn.now; polls.pop_front()) {
      turn.done.push_back(std::move(polls.front().reply));
    }
    it = polls.empty() ? polled_.erase(it) : std::next(it);
  }
}

void Activities::finish_turn(Turn& turn, const HandOut& hand_out) {
  for (const auto& arn : std::exchange(awake_, {})) {
    const auto it = activities_.find(arn);
    if (it != activities_.end()) give(turn, arn, it->second, hand_out);
  }
}

void Activities::give(Turn& turn, const std::string& arn, Activity& activity,
                      const HandOut& hand_out) {
  while (!activity.polls.empty()) {
    const auto tasks = tasks_.find(arn);
    if (tasks == tasks_.end()) return;
    auto& poll = activity.polls.front();
    const TaskRef first = *tasks->second.begin();
    drop(arn, first);
    auto task = hand_out(first, poll.worker);
    if (!task) continue;
    poll.reply->value = std::move(*task);
    turn.done.push_back(std::move(poll.reply));
    activity.polls.pop_front();
  }
}

std::optional<cloud::Time> Activities::alarm() const {
  std::optional<cloud::Time> first;
  for (const auto& arn : polled_) {
    const auto& polls = activities_.at(arn).polls;
    if (polls.empty()) continue;
    const cloud::Time until = polls.front().until;
    first = first ? std::min(*first, until) : until;
  }
  return first;
}

void Activities::dismiss(Turn& turn) {
  for (const auto& arn : std::exchange(polled_, {})) {
    auto& polls = activities_.at(arn).polls;
    for (auto& poll : polls) turn.done.push_back(std::move(poll.reply));
    polls.clear();
  }
}

}  // namespace doorbuster::engine
