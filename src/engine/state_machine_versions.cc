#include "engine/state_machine_versions.h"

#include <algorithm>
#include <boost/json.hpp>

#include "cloud/error.h"
#include "engine/codec.h"
#include "engine/state_machine_rules.h"
#include "engine/text.h"

namespace doorbuster::engine {
namespace {

namespace json = boost::json;
using Routes = std::vector<cloud::RoutingConfigurationListItem>;

// https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
constexpr std::size_t kVersionsMax = 1'000;
constexpr std::size_t kAliasesMax = 100;
constexpr int kConflict = 409;
constexpr int kQuotaExceeded = 402;
constexpr int kAllOfIt = 100;  // the sum of an alias's weights

std::string versions_key(const std::string& state_machine_arn) {
  return Encoder().raw("V").raw(state_machine_arn).bytes();
}

// Where the name ends in arn:aws:states:REGION:ACCOUNT:stateMachine:NAME[:QUALIFIER].
std::size_t end_of_name(const std::string& arn) {
  std::size_t colon = 0;
  for (int i = 0; i < 6; ++i) colon = arn.find(':', colon) + 1;
  return arn.find(':', colon);
}

// A version's number or an alias's name; empty if the ARN has none.
std::string qualifier_of(const std::string& arn) {
  const std::size_t end = end_of_name(arn);
  return end == std::string::npos ? "" : arn.substr(end + 1);
}

// Of a version; 0 if the ARN is none's. ":01" is not another name of ":1".
std::uint64_t number_of(const std::string& version_arn) {
  const std::string qualifier = qualifier_of(version_arn);
  const auto number = to_integer(qualifier);
  const bool is_version = number && *number > 0 && std::to_string(*number) == qualifier;
  return is_version ? static_cast<std::uint64_t>(*number) : 0;
}

std::string version_arn(const std::string& state_machine_arn, std::uint64_t number) {
  return state_machine_arn + ':' + std::to_string(number);
}

cloud::Error does_not_exist() {
  return {"ResourceNotFound", "Request references a resource that does not exist."};
}

std::string listed(const std::vector<std::string>& values) {
  std::string all;
  for (const auto& value : values) all += (all.empty() ? "" : ", ") + value;
  return '[' + all + ']';
}

cloud::Error invalid_routes(const std::string& why) {
  return {"ValidationException", why};
}

// But for whether the versions are there.
void check_form(const Routes& routes) {
  constexpr std::size_t kRoutesMax = 2;
  if (routes.empty() || routes.size() > kRoutesMax) {
    throw invalid_routes(
        "1 validation error detected: Value at 'routingConfiguration' failed to satisfy "
        "constraint: Member must have length between 1 and 2");
  }
  std::vector<std::string> arns;
  std::vector<std::string> weights;
  int sum = 0;
  for (const auto& route : routes) {
    check_arn(route.stateMachineVersionArn, {"stateMachine:"});
    if (route.weight < 0 || route.weight > kAllOfIt) {
      throw invalid_routes(
          "1 validation error detected: Value '" + std::to_string(route.weight) +
          "' at 'routingConfiguration." + std::to_string(arns.size() + 1) +
          ".member.weight' failed to satisfy constraint: Member must have value " +
          (route.weight < 0 ? "greater than or equal to 0" : "less than or equal to 100"));
    }
    arns.push_back(route.stateMachineVersionArn);
    weights.push_back(std::to_string(route.weight));
    sum += route.weight;
  }
  if (std::ranges::any_of(arns, [](const auto& arn) { return number_of(arn) == 0; })) {
    throw invalid_routes(
        "Routing configuration must contain state machine version ARNs. Received: " + listed(arns));
  }
  if (arns.front() == arns.back() && arns.size() > 1) {
    throw invalid_routes(
        "Routing configuration must contain distinct state machine version ARNs. Received: " +
        listed(arns));
  }
  if (sum != kAllOfIt) {
    throw invalid_routes("Sum of routing configuration weights must equal 100. Received: " +
                         listed(weights));
  }
}

bool leads_to(const StateMachineAlias& alias, const std::string& version) {
  return std::ranges::any_of(
      alias.routes, [&](const auto& route) { return route.stateMachineVersionArn == version; });
}

json::value to_json(const Routes& routes) {
  json::array all;
  for (const auto& route : routes) {
    all.push_back(json::array{route.stateMachineVersionArn, route.weight});
  }
  return all;
}

Routes routes_of(const json::value& json) {
  Routes routes;
  for (const auto& route : json.as_array()) {
    routes.push_back({std::string(route.at(0).as_string()), route.at(1).to_number<int>()});
  }
  return routes;
}

}  // namespace

std::string unqualified(const std::string& arn) {
  return arn.substr(0, end_of_name(arn));
}

// --- Opening and saving -----------------------------------------------------------------------

std::string StateMachineVersions::encode(const Record& record) {
  json::array versions;
  for (const auto& [number, version] : record.versions) {
    versions.push_back(json::object{{"number", number},
                                    {"revision", version.revision},
                                    {"created", to_ms(version.created)},
                                    {"description", version.description}});
  }
  json::array aliases;
  for (const auto& [name, alias] : record.aliases) {
    aliases.push_back(json::object{{"name", name},
                                   {"description", alias.description},
                                   {"routes", to_json(alias.routes)},
                                   {"created", to_ms(alias.created)},
                                   {"updated", to_ms(alias.updated)}});
  }
  return json::serialize(json::object{
      {"last", record.last}, {"versions", std::move(versions)}, {"aliases", std::move(aliases)}});
}

void StateMachineVersions::open(const Store& store) {
  store.scan(Family::config, "V", "W", [&](std::string_view key, std::string_view value) {
    const json::value json = json::parse(value);
    Record& record = records_[std::string(key.substr(1))];
    record.last = json.at("last").to_number<std::uint64_t>();
    for (const auto& version : json.at("versions").as_array()) {
      record.versions[version.at("number").to_number<std::uint64_t>()] = {
          version.at("revision").to_number<std::uint64_t>(),
          from_ms(version.at("created").to_number<std::int64_t>()),
          std::string(version.at("description").as_string())};
    }
    for (const auto& alias : json.at("aliases").as_array()) {
      record.aliases[std::string(alias.at("name").as_string())] = {
          std::string(alias.at("description").as_string()), routes_of(alias.at("routes")),
          from_ms(alias.at("created").to_number<std::int64_t>()),
          from_ms(alias.at("updated").to_number<std::int64_t>())};
    }
    return true;
  });
}

void StateMachineVersions::write(Turn& turn, const std::string& state_machine_arn) const {
  turn.batch.put(Family::config, versions_key(state_machine_arn),
                 encode(records_.at(state_machine_arn)));
}

void StateMachineVersions::forget(Turn& turn, const std::string& state_machine_arn) {
  const auto record = records_.extract(state_machine_arn);
  if (record.empty()) return;
  for (const auto& [number, version] : record.mapped().versions) {
    machines_.release(turn, machines_.revision(version.revision));
  }
  turn.batch.remove(Family::config, versions_key(state_machine_arn));
}

// --- Finding ----------------------------------------------------------------------------------

const StateMachineVersion* StateMachineVersions::find_version(const std::string& arn) const {
  const auto record = records_.find(unqualified(arn));
  if (record == records_.end()) return nullptr;
  const auto version = record->second.versions.find(number_of(arn));
  return version == record->second.versions.end() ? nullptr : &version->second;
}

const StateMachineAlias* StateMachineVersions::find_alias(const std::string& arn) const {
  const auto record = records_.find(unqualified(arn));
  if (record == records_.end()) return nullptr;
  const auto alias = record->second.aliases.find(qualifier_of(arn));
  return alias == record->second.aliases.end() ? nullptr : &alias->second;
}

StateMachineVersions::Target StateMachineVersions::target(const std::string& arn,
                                                          Random& random) const {
  const std::string machine_arn = unqualified(arn);
  if (machine_arn == arn) {
    const StateMachine& machine = machines_.get(arn);
    return {machine, machine.revision, "", ""};
  }
  std::string version = arn;
  const StateMachineAlias* alias = find_alias(arn);
  if (alias) {
    const auto& routes = alias->routes;
    const bool first =
        routes.size() == 1 || random.next() % kAllOfIt < static_cast<unsigned>(routes[0].weight);
    version = routes[first ? 0 : 1].stateMachineVersionArn;
  }
  const StateMachineVersion* found = find_version(version);
  if (!found) {
    throw cloud::Error("StateMachineDoesNotExist", "State Machine Does Not Exist: '" + arn + "'");
  }
  return {machines_.get(machine_arn), found->revision, version, alias ? arn : ""};
}

// --- Versions ---------------------------------------------------------------------------------

cloud::PublishStateMachineVersionOutput StateMachineVersions::publish(
    Turn& turn, const cloud::PublishStateMachineVersionInput& request) {
  const StateMachine& machine = machines_.get(request.stateMachineArn);
  Revision& revision = machines_.revision(machine.revision);
  const std::string current = revision.id.empty() ? "INITIAL" : revision.id;
  if (!request.revisionId.empty() && request.revisionId != current) {
    throw cloud::Error("ConflictException",
                       "Failed to publish the State Machine version for revision " +
                           request.revisionId + ". The current State Machine revision is " +
                           current + ".",
                       kConflict);
  }
  Record& record = records_[machine.arn];
  for (const auto& [number, version] : record.versions) {
    if (version.revision == revision.number) {
      return {version.created, version_arn(machine.arn, number)};
    }
  }
  check_room(machine.arn);
  record.versions[++record.last] = {revision.number, turn.now, request.description};
  machines_.hold(revision);
  write(turn, machine.arn);
  return {turn.now, version_arn(machine.arn, record.last)};
}

void StateMachineVersions::check_room(const std::string& state_machine_arn) const {
  const auto record = records_.find(state_machine_arn);
  if (record == records_.end() || record->second.versions.size() < kVersionsMax) return;
  throw cloud::Error("ServiceQuotaExceededException",
                     "The state machine has as many versions as it can: 1000", kQuotaExceeded);
}

void StateMachineVersions::destroy(Turn& turn, const std::string& arn) {
  if (number_of(arn) == 0) {
    throw cloud::Error("ValidationException", "It is not the ARN of a version: '" + arn + "'");
  }
  const StateMachineVersion* version = find_version(arn);
  if (!version) return;
  Record& record = records_.at(unqualified(arn));
  std::vector<std::string> users;
  for (const auto& [name, alias] : record.aliases) {
    if (leads_to(alias, arn)) users.push_back(name);
  }
  if (!users.empty()) {
    throw cloud::Error("ConflictException",
                       "Version to be deleted must not be referenced by an alias. Current list of "
                       "aliases referencing this version: " +
                           listed(users),
                       kConflict);
  }
  machines_.release(turn, machines_.revision(version->revision));
  record.versions.erase(number_of(arn));
  write(turn, unqualified(arn));
}

cloud::ListStateMachineVersionsOutput StateMachineVersions::list(
    const cloud::ListStateMachineVersionsInput& request) const {
  const std::size_t max = page_size(request.maxResults);
  const auto before = to_integer(request.nextToken.empty() ? "" : from_token(request.nextToken));
  if (!request.nextToken.empty() && !before) {
    throw cloud::Error("InvalidToken", "Invalid Token: 'Invalid token'");
  }
  cloud::ListStateMachineVersionsOutput page;
  const auto record = records_.find(request.stateMachineArn);
  if (record == records_.end()) return page;
  const auto& versions = record->second.versions;
  auto from = versions.rbegin();
  while (before && from != versions.rend() && from->first >= static_cast<std::uint64_t>(*before)) {
    ++from;
  }
  for (; from != versions.rend(); ++from) {
    if (page.stateMachineVersions.size() == max) {
      page.nextToken = to_token(std::to_string(std::prev(from)->first));
      break;
    }
    page.stateMachineVersions.push_back(
        {version_arn(record->first, from->first), from->second.created});
  }
  return page;
}

cloud::DescribeStateMachineOutput StateMachineVersions::describe(const Store& store,
                                                                 const std::string& arn,
                                                                 bool with_definition) const {
  const StateMachineVersion* version = find_version(arn);
  const StateMachine& machine = machines_.get(version ? unqualified(arn) : arn);
  const std::uint64_t revision = version ? version->revision : machine.revision;
  auto result = machines_.describe(store, machine, revision, with_definition);
  if (!version) return result;
  result.stateMachineArn = arn;
  result.creationDate = version->created;
  result.description = version->description;
  return result;
}

// --- Aliases ----------------------------------------------------------------------------------

std::string StateMachineVersions::check_routes(const Routes& routes) const {
  check_form(routes);
  const std::string machine = unqualified(routes.front().stateMachineVersionArn);
  for (const auto& route : routes) {
    if (unqualified(route.stateMachineVersionArn) != machine) {
      throw invalid_routes("Routing configuration must contain versions of the same state machine");
    }
    if (!find_version(route.stateMachineVersionArn)) throw does_not_exist();
  }
  return machine;
}

cloud::CreateStateMachineAliasOutput StateMachineVersions::create_alias(
    Turn& turn, const cloud::CreateStateMachineAliasInput& request) {
  const std::string machine = check_routes(request.routingConfiguration);
  const std::string arn = machine + ':' + request.name;
  if (const StateMachineAlias* there = find_alias(arn)) {
    if (there->routes == request.routingConfiguration &&
        there->description == request.description) {
      return {arn, there->created};
    }
    throw cloud::Error("ConflictException",
                       "Failed to create alias because an alias with the same name and a different "
                       "routing configuration already exists.",
                       kConflict);
  }
  auto& aliases = records_.at(machine).aliases;
  if (aliases.size() >= kAliasesMax) {
    throw cloud::Error("ServiceQuotaExceededException",
                       "The state machine has as many aliases as it can: 100", kQuotaExceeded);
  }
  aliases[request.name] = {request.description, request.routingConfiguration, turn.now, turn.now};
  write(turn, machine);
  return {arn, turn.now};
}

cloud::UpdateStateMachineAliasOutput StateMachineVersions::update_alias(
    Turn& turn, const cloud::UpdateStateMachineAliasInput& request) {
  const std::string machine = unqualified(request.stateMachineAliasArn);
  if (!find_alias(request.stateMachineAliasArn)) throw does_not_exist();
  if (!request.routingConfiguration.empty() &&
      check_routes(request.routingConfiguration) != machine) {
    throw invalid_routes(
        "Routing configuration must contain versions of the alias's state machine");
  }
  auto& alias = records_.at(machine).aliases.at(qualifier_of(request.stateMachineAliasArn));
  if (request.description) alias.description = *request.description;
  if (!request.routingConfiguration.empty()) alias.routes = request.routingConfiguration;
  alias.updated = turn.now;
  write(turn, machine);
  return {alias.updated};
}

cloud::DescribeStateMachineAliasOutput StateMachineVersions::describe_alias(
    const std::string& alias_arn) const {
  const StateMachineAlias* alias = find_alias(alias_arn);
  if (!alias) throw does_not_exist();
  return {alias_arn,     qualifier_of(alias_arn), alias->description,
          alias->routes, alias->created,          alias->updated};
}

cloud::ListStateMachineAliasesOutput StateMachineVersions::list_aliases(
    const cloud::ListStateMachineAliasesInput& request) const {
  const std::size_t max = page_size(request.maxResults);
  const std::string after = from_token(request.nextToken);
  const StateMachine& machine = machines_.get(unqualified(request.stateMachineArn));
  const bool of_version = machine.arn != request.stateMachineArn;
  if (of_version && !find_version(request.stateMachineArn)) throw does_not_exist();
  cloud::ListStateMachineAliasesOutput page;
  const auto record = records_.find(machine.arn);
  if (record == records_.end()) return page;
  const auto& aliases = record->second.aliases;
  std::string last;
  for (auto it = aliases.upper_bound(after); it != aliases.end(); ++it) {
    const auto& [name, alias] = *it;
    if (of_version && !leads_to(alias, request.stateMachineArn)) continue;
    if (page.stateMachineAliases.size() == max) {
      page.nextToken = to_token(last);
      break;
    }
    page.stateMachineAliases.push_back({machine.arn + ':' + name, alias.created});
    last = name;
  }
  return page;
}

void StateMachineVersions::destroy_alias(Turn& turn, const std::string& alias_arn) {
  if (!find_alias(alias_arn)) return;
  const std::string machine = unqualified(alias_arn);
  records_.at(machine).aliases.erase(qualifier_of(alias_arn));
  write(turn, machine);
}

}  // namespace doorbuster::engine
