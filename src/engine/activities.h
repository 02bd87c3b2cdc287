// Activities: tasks that workers come and fetch, as AWS Step Functions has them, on the writer's
// thread.
// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-activities.html
#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "cloud/arn.h"
#include "cloud/step_functions.h"
#include "engine/execution_record.h"
#include "engine/turn.h"

namespace doorbuster::engine {

class Activities {
 public:
  void open(const Store& store);

  cloud::CreateActivityOutput create(Turn& turn, const cloud::Scope& scope,
                                     const cloud::CreateActivityInput& request);
  // Tasks that wait for a worker wait until there is an activity of that ARN again.
  void destroy(Turn& turn, const std::string& arn);
  // Throws ActivityDoesNotExist.
  cloud::DescribeActivityOutput describe(const std::string& arn) const;
  cloud::ListActivitiesOutput list(const cloud::Scope& scope,
                                   const cloud::ListActivitiesInput& request) const;
  // Null if there is none.
  std::vector<cloud::Tag>* tags(const std::string& arn);
  void write_tags(Turn& turn, const std::string& arn) const;

  // A task for the activity's workers, who get the oldest execution's first. False, and it isn't
  // kept, if there is no such activity.
  bool offer(const std::string& arn, const TaskRef& task);
  // The same of one that was offered before a restart, whether the activity is there or not.
  void keep(const std::string& arn, const TaskRef& task);
  // Nobody waits for it any more.
  void drop(const std::string& arn, const TaskRef& task);
  // A worker asks for one. It is answered at the end of a turn that has one for it, or after 60
  // seconds with none. Throws ActivityDoesNotExist, ActivityWorkerLimitExceeded.
  void poll(Turn& turn, const std::string& arn, std::string worker,
            std::unique_ptr<Reply<cloud::GetActivityTaskOutput>>& reply);
  void withdraw(Turn& turn, std::uint64_t poll);

  void begin_turn(Turn& turn);
  // `hand_out` gives nothing of a task that nobody waits for any more.
  using HandOut = std::function<std::optional<cloud::GetActivityTaskOutput>(
      const TaskRef&, const std::string& worker)>;
  void finish_turn(Turn& turn, const HandOut& hand_out);
  std::optional<cloud::Time> alarm() const;
  void dismiss(Turn& turn);

 private:
  struct Poll {
    std::uint64_t number = 0;
    std::string worker;
    cloud::Time until{};
    std::unique_ptr<Reply<cloud::GetActivityTaskOutput>> reply;
  };
  struct Activity {
    std::string name;
    cloud::Time created{};
    std::vector<cloud::Tag> tags;
    std::list<Poll> polls;  // in the order of `until`
  };

  Activity& find(const std::string& arn);
  const Activity& find(const std::string& arn) const;
  void give(Turn& turn, const std::string& arn, Activity& activity, const HandOut& hand_out);

  std::map<std::string, Activity> activities_;      // by ARN
  std::map<std::string, std::set<TaskRef>> tasks_;  // that no worker has, by ARN
  std::set<std::string> polled_;                    // those whose workers wait
  std::set<std::string> awake_;  // those that have got a task or a poll this turn
  std::uint64_t next_poll_ = 1;
};

}  // namespace doorbuster::engine
