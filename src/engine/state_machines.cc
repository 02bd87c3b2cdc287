#include "engine/state_machines.h"

#include <boost/json.hpp>

#include "cloud/error.h"
#include "engine/codec.h"
#include "engine/state_machine_rules.h"
#include "engine/tag_list.h"
#include "engine/text.h"

namespace doorbuster::engine {
namespace {

namespace json = boost::json;

// https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
constexpr std::size_t kStateMachinesMax = 100'000;

std::string machine_key(const std::string& arn) {
  return Encoder().raw("A").raw(arn).bytes();
}
std::string revision_key(std::uint64_t revision) {
  return Encoder().raw("D").u64(revision).bytes();
}
std::string count_key(std::uint64_t revision) {
  return Encoder().raw("r").u64(revision).bytes();
}

std::string to_text(const Revision& revision, std::string_view definition) {
  return json::serialize(json::object{{"number", revision.number},
                                      {"machine", revision.machine},
                                      {"arn", revision.state_machine_arn},
                                      {"id", revision.id},
                                      {"role", revision.role_arn},
                                      {"updated", to_ms(revision.updated)},
                                      {"logging", revision.logging},
                                      {"tracing", revision.tracing},
                                      {"definition", definition}});
}

Revision revision_of(const json::object& json) {
  Revision revision;
  revision.number = json.at("number").to_number<std::uint64_t>();
  revision.machine = json.at("machine").to_number<std::uint64_t>();
  revision.state_machine_arn = json.at("arn").as_string();
  revision.id = json.at("id").as_string();
  revision.role_arn = json.at("role").as_string();
  revision.updated = from_ms(json.at("updated").to_number<std::int64_t>());
  revision.logging = json.at("logging");
  revision.tracing = json.at("tracing");
  revision.current = false;  // until its machine says so
  return revision;
}

}  // namespace

std::string definition_text(const Store& store, const Revision& revision) {
  if (revision.text) return *revision.text;
  std::string record;
  if (!store.get(Family::config, revision_key(revision.number), &record)) return {};
  return std::string(json::parse(record).at("definition").as_string());
}

StateMachineMetrics::StateMachineMetrics(Metrics& metrics, const Measured& machine)
    : started(metrics.counter(machine, "ExecutionsStarted")),
      succeeded(metrics.counter(machine, "ExecutionsSucceeded")),
      failed(metrics.counter(machine, "ExecutionsFailed")),
      timed_out(metrics.counter(machine, "ExecutionsTimedOut")),
      aborted(metrics.counter(machine, "ExecutionsAborted")),
      time(metrics.timings(machine, "ExecutionTime")) {}

void StateMachineMetrics::end(states::Status status, std::chrono::milliseconds took) {
  time->add(took);
  switch (status) {
    case states::Status::succeeded:
      succeeded->add();
      break;
    case states::Status::failed:
      failed->add();
      break;
    case states::Status::timed_out:
      timed_out->add();
      break;
    case states::Status::aborted:
      aborted->add();
      break;
    case states::Status::running:
      break;
  }
}

// --- Opening and saving -----------------------------------------------------------------------

std::shared_ptr<StateMachineMetrics> StateMachines::metrics_of(const std::string& arn) {
  return std::make_shared<StateMachineMetrics>(metrics_, measured(cloud::kStatesMetrics, arn));
}

void StateMachines::open(const Store& store) {
  store.scan(Family::config, "D", "E", [&](std::string_view, std::string_view value) {
    Revision revision = revision_of(json::parse(value).as_object());
    std::string count;
    if (store.get(Family::state, count_key(revision.number), &count)) {
      revision.users = Decoder(count).varint();
    }
    revisions_.emplace(revision.number, std::move(revision));
    return true;
  });
  store.scan(Family::config, "A", "B", [&](std::string_view key, std::string_view value) {
    const auto json = json::parse(value).as_object();
    StateMachine machine;
    machine.number = json.at("number").to_number<std::uint64_t>();
    machine.arn = key.substr(1);
    machine.name = json.at("name").as_string();
    machine.express = json.at("express").as_bool();
    machine.created = from_ms(json.at("created").to_number<std::int64_t>());
    machine.revision = json.at("revision").to_number<std::uint64_t>();
    machine.tags = tags_of(json.at("tags"));
    machine.metrics = metrics_of(machine.arn);
    revisions_.at(machine.revision).current = true;
    machines_.emplace(machine.arn, std::move(machine));
    return true;
  });
  std::string next;
  if (store.get(Family::state, "i", &next)) next_number_ = Decoder(next).u64();
  written_number_ = next_number_;
}

void StateMachines::write(Turn& turn, const StateMachine& machine) const {
  const json::object record{{"number", machine.number},     {"name", machine.name},
                            {"express", machine.express},   {"created", to_ms(machine.created)},
                            {"revision", machine.revision}, {"tags", to_json(machine.tags)}};
  turn.batch.put(Family::config, machine_key(machine.arn), json::serialize(record));
}

void StateMachines::finish_turn(Turn& turn) {
  for (const std::uint64_t number : changed_) {
    const auto it = revisions_.find(number);
    if (it == revisions_.end()) continue;
    turn.batch.put(Family::state, count_key(number), Encoder().varint(it->second.users).bytes());
  }
  changed_.clear();
  if (next_number_ == written_number_) return;
  written_number_ = next_number_;
  turn.batch.put(Family::state, "i", Encoder().u64(next_number_).bytes());
}

void StateMachines::end_turn() {
  for (const std::uint64_t number : std::exchange(added_, {})) {
    const auto it = revisions_.find(number);
    if (it != revisions_.end()) it->second.text.reset();
  }
}

void StateMachines::add(Turn& turn, Revision revision, const std::string& definition) {
  turn.batch.put(Family::config, revision_key(revision.number), to_text(revision, definition));
  revision.text = std::make_shared<const std::string>(definition);
  added_.push_back(revision.number);
  revisions_.emplace(revision.number, std::move(revision));
}

// --- Operations -------------------------------------------------------------------------------

cloud::CreateStateMachineOutput StateMachines::create(
    Turn& turn, const cloud::Scope& scope, const cloud::CreateStateMachineInput& request,
    std::shared_ptr<const states::Definition> definition) {
  const bool express = request.type == "EXPRESS";
  const std::string arn = scope.arn("states", "stateMachine:" + request.name);
  const json::value logging = or_default_logging(request.loggingConfiguration);
  const json::value tracing = or_default_tracing(request.tracingConfiguration);
  if (const auto* there = find(arn)) {
    const Revision& revision = revisions_.at(there->revision);
    const bool same = there->express == express && revision.logging == logging &&
                      revision.tracing == tracing &&
                      definition_text(turn.store, revision) == request.definition;
    if (same) return {arn, there->created, ""};
    throw cloud::Error("StateMachineAlreadyExists", "State Machine Already Exists: '" + arn + "'");
  }
  if (machines_.size() >= kStateMachinesMax) {
    throw cloud::Error("StateMachineLimitExceeded", "State Machine Limit Exceeded");
  }
  StateMachine machine{next_number(), arn, request.name, express,
                       turn.now,      0,   request.tags, metrics_of(arn)};
  Revision revision{.number = next_number(),
                    .machine = machine.number,
                    .state_machine_arn = arn,
                    .id = {},  // it has none until it is updated
                    .role_arn = request.roleArn,
                    .updated = turn.now,
                    .logging = logging,
                    .tracing = tracing,
                    .definition = std::move(definition),
                    .text = nullptr};
  machine.revision = revision.number;
  add(turn, std::move(revision), request.definition);
  write(turn, machine);
  machines_.emplace(arn, std::move(machine));
  return {arn, turn.now, ""};
}

cloud::UpdateStateMachineOutput StateMachines::update(
    Turn& turn, const cloud::UpdateStateMachineInput& request,
    std::shared_ptr<const states::Definition> definition) {
  StateMachine& machine = machines_.at(get(request.stateMachineArn).arn);
  const std::uint64_t before = machine.revision;
  if (!changes(request)) return {turn.now, revisions_.at(before).id, ""};
  Revision revision = revisions_.at(before);
  revision.number = next_number();
  revision.users = 0;
  revision.id = str(turn.random.uuid());
  revision.updated = turn.now;
  if (!request.roleArn.empty()) revision.role_arn = request.roleArn;
  if (!request.loggingConfiguration.is_null()) revision.logging = request.loggingConfiguration;
  if (!request.tracingConfiguration.is_null()) revision.tracing = request.tracingConfiguration;
  const std::string text =
      definition ? request.definition : definition_text(turn.store, revisions_.at(before));
  if (definition) revision.definition = std::move(definition);
  machine.revision = revision.number;
  write(turn, machine);
  cloud::UpdateStateMachineOutput result{revision.updated, revision.id, ""};
  add(turn, std::move(revision), text);
  retire(turn, before);
  return result;
}

void StateMachines::destroy(Turn& turn, const std::string& arn) {
  const auto it = machines_.find(arn);
  if (it == machines_.end()) return;
  turn.batch.remove(Family::config, machine_key(arn));
  retire(turn, it->second.revision);
  machines_.erase(it);
}

void StateMachines::retire(Turn& turn, std::uint64_t number) {
  Revision& revision = revisions_.at(number);
  revision.current = false;
  drop_unused(turn, revision);
}

void StateMachines::drop_unused(Turn& turn, const Revision& revision) {
  if (revision.current || revision.users > 0) return;
  const std::uint64_t number = revision.number;
  turn.batch.remove(Family::config, revision_key(number));
  turn.batch.remove(Family::state, count_key(number));
  revisions_.erase(number);
}

void StateMachines::hold(Revision& revision) {
  ++revision.users;
  changed_.insert(revision.number);
}

void StateMachines::release(Turn& turn, Revision& revision) {
  --revision.users;
  changed_.insert(revision.number);
  drop_unused(turn, revision);
}

const std::shared_ptr<const states::Definition>& StateMachines::definition(const Store& store,
                                                                           Revision& of) {
  if (of.definition) return of.definition;
  try {
    of.definition = states::compile(definition_text(store, of));
  } catch (const StoreError&) {
    throw;
  } catch (const std::exception& e) {
    constexpr int kInternal = 500;
    throw cloud::Error(
        "InternalFailure",
        "The stored definition of " + of.state_machine_arn + " is damaged: " + e.what(), kInternal);
  }
  return of.definition;
}

// --- What is asked ----------------------------------------------------------------------------

const StateMachine* StateMachines::find(const std::string& arn) const {
  const auto it = machines_.find(arn);
  return it == machines_.end() ? nullptr : &it->second;
}

const Revision* StateMachines::find_revision(std::uint64_t number) const {
  const auto it = revisions_.find(number);
  return it == revisions_.end() ? nullptr : &it->second;
}

const StateMachine& StateMachines::get(const std::string& arn) const {
  if (const auto* machine = find(arn)) return *machine;
  throw cloud::Error("StateMachineDoesNotExist", "State Machine Does Not Exist: '" + arn + "'");
}

cloud::DescribeStateMachineOutput StateMachines::describe(const Store& store,
                                                          const StateMachine& machine,
                                                          std::uint64_t number,
                                                          bool with_definition) const {
  const Revision& revision = revisions_.at(number);
  cloud::DescribeStateMachineOutput result;
  result.stateMachineArn = machine.arn;
  result.name = machine.name;
  result.status = "ACTIVE";
  if (with_definition) {
    result.definition = definition_text(store, revision);
    result.variableReferences = states::variable_references(result.definition);
  }
  result.roleArn = revision.role_arn;
  result.type = machine.express ? "EXPRESS" : "STANDARD";
  result.creationDate = machine.created;
  result.loggingConfiguration = revision.logging;
  result.tracingConfiguration = revision.tracing;
  result.encryptionConfiguration = own_key();
  result.revisionId = revision.id;
  return result;
}

cloud::ListStateMachinesOutput StateMachines::list(
    const cloud::Scope& scope, const cloud::ListStateMachinesInput& request) const {
  const std::string prefix = scope.arn("states", "stateMachine:");
  const std::size_t max = page_size(request.maxResults);
  cloud::ListStateMachinesOutput page;
  for (auto it = machines_.upper_bound(prefix + from_token(request.nextToken));
       it != machines_.end() && it->first.starts_with(prefix); ++it) {
    if (page.stateMachines.size() == max) {
      page.nextToken = to_token(page.stateMachines.back().name);
      break;
    }
    const StateMachine& machine = it->second;
    page.stateMachines.push_back(
        {machine.arn, machine.name, machine.express ? "EXPRESS" : "STANDARD", machine.created});
  }
  return page;
}

std::vector<cloud::Tag>* StateMachines::tags(const std::string& arn) {
  const auto it = machines_.find(arn);
  return it == machines_.end() ? nullptr : &it->second.tags;
}

void StateMachines::write_tags(Turn& turn, const std::string& arn) {
  write(turn, machines_.at(arn));
}

}  // namespace doorbuster::engine
