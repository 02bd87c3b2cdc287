// State machines, as AWS Step Functions keeps them, on the writer's thread.
//
// A machine is replaced as a whole by each update: what it runs by is a revision, and an execution
// ends by the one that it began with. A revision goes when it is its machine's no longer and nobody
// can ask for an execution of it any more. Operations throw cloud::Error with the codes of Step
// Functions and then have changed nothing.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "cloud/arn.h"
#include "cloud/step_functions.h"
#include "engine/metrics.h"
#include "engine/turn.h"
#include "states/definition.h"
#include "states/execution.h"

namespace doorbuster::engine {

struct Revision {
  std::uint64_t number = 0;
  std::uint64_t machine = 0;  // the state machine's number, which no other ever has
  std::string state_machine_arn;
  std::string id;  // revisionId
  std::string role_arn;
  cloud::Time updated{};
  boost::json::value logging;
  boost::json::value tracing;
  std::uint64_t users = 0;                               // executions that are kept, versions
  bool current = true;                                   // it is its machine's
  std::shared_ptr<const states::Definition> definition;  // null until it is needed
  std::shared_ptr<const std::string> text;               // null once the store has it
};

// https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
struct StateMachineMetrics {
  StateMachineMetrics(Metrics& metrics, const Measured& machine);

  // One of its executions has ended, which had run for so long.
  void end(states::Status status, std::chrono::milliseconds time);

  std::shared_ptr<Counter> started;
  std::shared_ptr<Counter> succeeded;
  std::shared_ptr<Counter> failed;
  std::shared_ptr<Counter> timed_out;
  std::shared_ptr<Counter> aborted;
  std::shared_ptr<Timings> time;
};

struct StateMachine {
  std::uint64_t number = 0;
  std::string arn;
  std::string name;
  bool express = false;
  cloud::Time created{};
  std::uint64_t revision = 0;
  std::vector<cloud::Tag> tags;
  std::shared_ptr<StateMachineMetrics> metrics;
};

class StateMachines {
 public:
  explicit StateMachines(Metrics& metrics) : metrics_(metrics) {}

  void open(const Store& store);

  // `definition` is the request's own, compiled. A request that asks for what is there changes
  // nothing, whatever its role and tags.
  cloud::CreateStateMachineOutput create(Turn& turn, const cloud::Scope& scope,
                                         const cloud::CreateStateMachineInput& request,
                                         std::shared_ptr<const states::Definition> definition);
  // `definition` is null if the request has none. One that asks for no change makes none.
  cloud::UpdateStateMachineOutput update(Turn& turn, const cloud::UpdateStateMachineInput& request,
                                         std::shared_ptr<const states::Definition> definition);
  void destroy(Turn& turn, const std::string& arn);

  // As it is by one of its revisions.
  cloud::DescribeStateMachineOutput describe(const Store& store, const StateMachine& machine,
                                             std::uint64_t revision, bool with_definition) const;
  cloud::ListStateMachinesOutput list(const cloud::Scope& scope,
                                      const cloud::ListStateMachinesInput& request) const;
  // Null if there is none.
  std::vector<cloud::Tag>* tags(const std::string& arn);
  void write_tags(Turn& turn, const std::string& arn);

  const StateMachine* find(const std::string& arn) const;
  // Throws StateMachineDoesNotExist.
  const StateMachine& get(const std::string& arn) const;
  // One that somebody holds.
  Revision& revision(std::uint64_t number) { return revisions_.at(number); }
  // Null if nobody holds it any more.
  const Revision* find_revision(std::uint64_t number) const;
  // Compiled, from the store if it has to be. Throws cloud::Error InternalFailure if what the store
  // has of it is damaged.
  const std::shared_ptr<const states::Definition>& definition(const Store& store, Revision& of);

  // An execution or a version of the revision is there, or there no longer.
  void hold(Revision& revision);
  void release(Turn& turn, Revision& revision);

  // Of machines, revisions and executions: greater than all that were given before.
  std::uint64_t next_number() { return next_number_++; }

  void finish_turn(Turn& turn);
  void end_turn();

 private:
  std::shared_ptr<StateMachineMetrics> metrics_of(const std::string& arn);
  void write(Turn& turn, const StateMachine& machine) const;
  void add(Turn& turn, Revision revision, const std::string& definition);
  void retire(Turn& turn, std::uint64_t revision);
  void drop_unused(Turn& turn, const Revision& revision);

  Metrics& metrics_;
  std::map<std::string, StateMachine> machines_;  // by ARN
  std::map<std::uint64_t, Revision> revisions_;   // by number
  std::set<std::uint64_t> changed_;               // revisions whose count has changed
  std::vector<std::uint64_t> added_;              // revisions, in this turn
  std::uint64_t next_number_ = 1;
  std::uint64_t written_number_ = 1;  // as the store has it
};

// The text that a revision was made of.
std::string definition_text(const Store& store, const Revision& revision);

}  // namespace doorbuster::engine
