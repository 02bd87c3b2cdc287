#include "map_load.h"

#include <algorithm>
#include <boost/json.hpp>

#include "cloud/error.h"
#include "history.h"

namespace doorbuster::simulator {
namespace {

namespace json = boost::json;

constexpr const char* kMapFunction = "Price";
constexpr const char* kMapRole = "arn:aws:iam::000000000000:role/Mapping";

constexpr int kAtOnce = 2;
constexpr int kItemsMax = 6;
constexpr int kFails = 25;  // percent of the calls

// The delays of a retry, as the definition has them.
constexpr seconds kFirstDelay{2};
constexpr seconds kDelayMax{10};

// Whatever goes wrong is tried again until it goes well.
constexpr const char* kDefinition = R"({
  "StartAt": "Prices",
  "States": {
    "Prices": {
      "Type": "Map",
      "ItemsPath": "$.items",
      "ItemSelector": {"name.$": "$.name", "item.$": "$$.Map.Item.Value"},
      "MaxConcurrency": 2,
      "ItemProcessor": {"StartAt": "Price", "States": {"Price": {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": "Price", "Payload.$": "$"},
        "ResultSelector": {"price.$": "$.Payload"},
        "OutputPath": "$.price",
        "Retry": [{
          "ErrorEquals": ["States.ALL"],
          "IntervalSeconds": 2, "BackoffRate": 2, "MaxDelaySeconds": 10, "MaxAttempts": 1000
        }],
        "End": true
      }}},
      "End": true
    }
  }
})";

int price_of(const std::string& name, int item) {
  return static_cast<int>(name.size()) * 100 + item;
}

std::int64_t index_of(const cloud::HistoryEvent& event) {
  return event.details.begin()->second.at("index").to_number<std::int64_t>();
}

}  // namespace

MapLoad::MapLoad(World& world, FunctionHost& host)
    : world_(world), host_(host), goal_(world.chance.between(2, 5)) {}

void MapLoad::set_up() {
  const auto have = [this](const char* name, const char* type) {
    cloud::CreateStateMachineInput request;
    request.name = name;
    request.definition = kDefinition;
    request.roleArn = kMapRole;
    request.type = type;
    auto operation = world_.bed.step_functions().CreateStateMachine(std::move(request));
    return world_.bed.run(std::move(operation)).stateMachineArn;
  };
  standard_arn_ = have("Prices", "STANDARD");
  express_arn_ = have("PricesAtOnce", "EXPRESS");
  host_.deploy(kMapFunction);
}

void MapLoad::start() {
  for (auto& [name, started] : started_) started.in_the_air = false;
  host_.add(
      kMapFunction,
      [this](json::value event, cloud::Context) -> cloud::Async<json::value> {
        co_return handle(event);
      },
      FunctionHost::Late::sometimes);
}

json::value MapLoad::handle(const json::value& event) {
  if (world_.happens(kFails)) throw std::runtime_error("there is no price");
  const std::string name(event.at("name").as_string());
  const int item = event.at("item").to_number<int>();
  handled_[name].insert(item);
  return price_of(name, item);
}

// --- Clients ----------------------------------------------------------------------------------

void MapLoad::start_next() {
  for (auto& [name, started] : started_) {
    if (!started.acknowledged && !started.in_the_air) return world_.spawn(start_execution(name));
  }
  if (started_.size() == static_cast<std::size_t>(goal_)) return;
  const std::string name = "prices-" + std::to_string(started_.size());
  Started& started = started_[name];
  started.express = world_.chance.percent(50);
  started.items = world_.chance.between(0, kItemsMax);
  world_.spawn(start_execution(name));
}

std::string MapLoad::input_of(const std::string& name, const Started& started) {
  json::array items;
  for (int i = 0; i < started.items; ++i) items.emplace_back(i);
  return json::serialize(json::object{{"name", name}, {"items", std::move(items)}});
}

std::string MapLoad::output_of(const std::string& name, const Started& started) {
  json::array prices;
  for (int i = 0; i < started.items; ++i) prices.emplace_back(price_of(name, i));
  return json::serialize(prices);
}

cloud::Async<void> MapLoad::start_execution(std::string name) {
  Started& started = started_.at(name);
  started.in_the_air = true;
  try {
    co_await run(started, name);
  } catch (const cloud::Error& e) {
    world_.trace("not started " + name + ": " + e.code());
  }
  started.in_the_air = false;
}

// An express execution that was not answered for may go on; one that isn't done in time is begun
// anew.
cloud::Async<void> MapLoad::run(Started& started, const std::string& name) {
  cloud::StepFunctions& service = world_.bed.step_functions();
  if (started.express) {
    cloud::StartSyncExecutionInput request;
    request.stateMachineArn = express_arn_;
    request.name = name;
    request.input = input_of(name, started);
    const auto result = co_await service.StartSyncExecution(std::move(request));
    world_.trace(name + " is " + result.status + ' ' + result.output);
    if (result.status == "TIMED_OUT") co_return;
    require(result.status == "SUCCEEDED" && result.output == output_of(name, started),
            name + " has come to " + result.status + ' ' + result.output);
  } else {
    cloud::StartExecutionInput request;
    request.stateMachineArn = standard_arn_;
    request.name = name;
    request.input = input_of(name, started);
    try {
      started.arn = (co_await service.StartExecution(std::move(request))).executionArn;
    } catch (const cloud::Error& e) {
      if (e.code() != "ExecutionAlreadyExists") throw;
      started.arn = cloud::Scope{}.arn("states", "execution:Prices:" + name);
    }
  }
  started.acknowledged = true;
}

// --- The end ----------------------------------------------------------------------------------

bool MapLoad::done() {
  if (started_.size() < static_cast<std::size_t>(goal_)) return false;
  for (const auto& [name, started] : started_) {
    if (!started.acknowledged || started.in_the_air) return false;
    if (started.express) continue;
    const auto seen =
        world_.bed.run(world_.bed.step_functions().DescribeExecution({started.arn, ""}));
    if (seen.status == "RUNNING") return false;
  }
  return true;
}

void MapLoad::check_end() {
  for (const auto& [name, started] : started_) {
    require(handled_[name].size() == static_cast<std::size_t>(started.items),
            name + " has prices that nobody has made");
    if (started.express) continue;
    const History history = checked_history(world_, started.arn);
    require(history.execution.status == "SUCCEEDED" &&
                history.execution.output == output_of(name, started),
            name + " has come to " + history.execution.status + ' ' + history.execution.output);
    check_iterations(history, started.items);
    check_retries(history);
  }
}

void MapLoad::check_iterations(const History& history, int items) const {
  std::set<std::int64_t> begun;
  std::set<std::int64_t> running;
  for (const auto& event : history.events) {
    if (event.type == "MapIterationStarted") {
      require(begun.insert(index_of(event)).second, "an iteration is begun twice");
      running.insert(index_of(event));
      require(running.size() <= kAtOnce, "there are more iterations at once than may be");
    } else if (event.type.starts_with("MapIteration")) {
      require(event.type == "MapIterationSucceeded" && running.erase(index_of(event)) == 1,
              "an iteration that doesn't run has " + event.type);
    }
  }
  require(begun.size() == static_cast<std::size_t>(items) && running.empty(),
          "a Map is over before its iterations are");
}

// Each attempt follows the failure of the one before, which is a delay earlier that doubles. An
// iteration begins without any, though it follows the events of another.
void MapLoad::check_retries(const History& history) const {
  std::map<std::int64_t, int> failed;  // attempts in a row, by the event that comes after them
  for (const auto& event : history.events) {
    if (event.type == "MapIterationStarted") continue;
    const auto before = failed.find(event.previousEventId);
    int attempts = before == failed.end() ? 0 : before->second;
    if (event.type == "TaskScheduled" && attempts > 0) {
      const auto& failure = history.events.at(static_cast<std::size_t>(event.previousEventId - 1));
      const seconds delay = std::min(kFirstDelay * (1 << std::min(attempts - 1, 10)), kDelayMax);
      require(event.timestamp >= failure.timestamp + delay, "a retry is too early");
    }
    if (event.type == "TaskFailed") ++attempts;
    failed[event.id] = attempts;
  }
}

}  // namespace doorbuster::simulator
