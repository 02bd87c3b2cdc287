// The versions and aliases of state machines, on the writer's thread.
//
// A version is a revision that stays until it is deleted, under a number that no other of its state
// machine ever has. An alias is a name for one version, or for two that share its executions by
// weight. Operations throw cloud::Error with the codes of Step Functions and then have changed
// nothing.
// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-cd-aliasing-versioning.html
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "cloud/step_functions.h"
#include "engine/state_machines.h"
#include "engine/turn.h"

namespace doorbuster::engine {

struct StateMachineVersion {
  std::uint64_t revision = 0;
  cloud::Time created{};
  std::string description;
};

struct StateMachineAlias {
  std::string description;
  std::vector<cloud::RoutingConfigurationListItem> routes;  // one or two
  cloud::Time created{};
  cloud::Time updated{};
};

class StateMachineVersions {
 public:
  explicit StateMachineVersions(StateMachines& machines) : machines_(machines) {}

  // After the state machines.
  void open(const Store& store);

  // Throws ServiceQuotaExceededException if the state machine can have no more versions.
  void check_room(const std::string& state_machine_arn) const;
  // The same version again if the state machine's revision has one.
  cloud::PublishStateMachineVersionOutput publish(
      Turn& turn, const cloud::PublishStateMachineVersionInput& request);
  void destroy(Turn& turn, const std::string& version_arn);
  // The newest first.
  cloud::ListStateMachineVersionsOutput list(
      const cloud::ListStateMachineVersionsInput& request) const;
  // Of a state machine, or of a version of it.
  cloud::DescribeStateMachineOutput describe(const Store& store, const std::string& arn,
                                             bool with_definition) const;

  cloud::CreateStateMachineAliasOutput create_alias(
      Turn& turn, const cloud::CreateStateMachineAliasInput& request);
  cloud::UpdateStateMachineAliasOutput update_alias(
      Turn& turn, const cloud::UpdateStateMachineAliasInput& request);
  cloud::DescribeStateMachineAliasOutput describe_alias(const std::string& alias_arn) const;
  // By name: of a state machine, or those that lead to a version of it.
  cloud::ListStateMachineAliasesOutput list_aliases(
      const cloud::ListStateMachineAliasesInput& request) const;
  void destroy_alias(Turn& turn, const std::string& alias_arn);

  // All of a state machine's, with it.
  void forget(Turn& turn, const std::string& state_machine_arn);

  // What runs an execution that is started by the ARN of a state machine, a version or an alias.
  struct Target {
    const StateMachine& machine;
    std::uint64_t revision = 0;
    std::string version_arn;  // empty, where the ARN doesn't lead to any
    std::string alias_arn;
  };
  // Throws StateMachineDoesNotExist.
  Target target(const std::string& arn, Random& random) const;

 private:
  struct Record {
    std::uint64_t last = 0;  // the number of the last version that there was
    std::map<std::uint64_t, StateMachineVersion> versions;
    std::map<std::string, StateMachineAlias> aliases;
  };

  static std::string encode(const Record& record);
  void write(Turn& turn, const std::string& state_machine_arn) const;
  // Null if there is none.
  const StateMachineVersion* find_version(const std::string& arn) const;
  const StateMachineAlias* find_alias(const std::string& arn) const;
  // Throws ResourceNotFound, ValidationException; gives the ARN of the versions' state machine.
  std::string check_routes(const std::vector<cloud::RoutingConfigurationListItem>& routes) const;

  StateMachines& machines_;
  std::map<std::string, Record> records_;  // by the state machine's ARN
};

// The state machine's own ARN, of one that may be a version's or an alias's of it.
std::string unqualified(const std::string& arn);

}  // namespace doorbuster::engine
