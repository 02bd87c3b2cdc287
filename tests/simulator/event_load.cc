#include "event_load.h"

#include <boost/json.hpp>

#include "cloud/arn.h"
#include "cloud/error.h"
#include "engine/services.h"

namespace doorbuster::simulator {
namespace {

namespace json = boost::json;

constexpr const char* kFunction = "Told";
constexpr const char* kSucceeded = "Told-succeeded";
constexpr const char* kGivenUp = "Told-given-up";
constexpr int kCalls = 3;  // of one that fails again and again

}  // namespace

EventLoad::EventLoad(World& world, FunctionHost& host)
    : world_(world), host_(host), goal_(world.chance.between(2, 8)) {}

void EventLoad::set_up() {
  cloud::PutFunctionEventInvokeConfigRequest request;
  request.FunctionName = kFunction;
  request.DestinationConfig.emplace();
  for (const auto& [queue, destination] :
       {std::pair{kSucceeded, &request.DestinationConfig->OnSuccess},
        std::pair{kGivenUp, &request.DestinationConfig->OnFailure}}) {
    cloud::CreateQueueRequest create;
    create.QueueName = queue;
    world_.bed.run(world_.bed.sqs().CreateQueue(create));
    destination->Destination = cloud::Scope{}.arn("sqs", queue);
  }
  host_.deploy(kFunction);
  world_.bed.run(world_.bed.lambda().PutFunctionEventInvokeConfig(std::move(request)));
}

void EventLoad::start() {
  for (auto& [number, event] : events_) event.in_the_air = false;
  host_.add(kFunction, [this](json::value event, cloud::Context context) {
    return handle(std::move(event), std::move(context));
  });
}

void EventLoad::send_next() {
  for (auto& [number, event] : events_) {
    if (event.acknowledged == 0 && !event.in_the_air) return world_.spawn(send(number));
  }
  if (events_.size() == static_cast<std::size_t>(goal_)) return;
  const int number = static_cast<int>(events_.size());
  events_[number].kind = static_cast<Kind>(world_.chance.below(3));
  world_.spawn(send(number));
}

cloud::Async<void> EventLoad::send(int number) {
  Event& event = events_.at(number);
  event.in_the_air = true;
  ++event.tried;
  cloud::InvokeRequest request;
  request.FunctionName = kFunction;
  request.InvocationType = "Event";
  request.Payload = json::serialize(json::object{{"number", number}});
  try {
    co_await world_.bed.lambda().Invoke(std::move(request));
    ++event.acknowledged;
    world_.trace("took event " + std::to_string(number));
  } catch (const cloud::Error& e) {
    world_.trace("did not take event " + std::to_string(number) + ": " + e.code());
  }
  event.in_the_air = false;
}

cloud::Async<json::value> EventLoad::handle(json::value event, cloud::Context) {
  Event& sent = events_.at(event.at("number").to_number<int>());
  ++sent.calls;
  const bool fails =
      sent.kind == Kind::fails || (sent.kind == Kind::either && world_.chance.percent(50));
  if (fails) throw std::runtime_error("it fails");
  co_return json::object{{"done", true}};
}

// --- The end ----------------------------------------------------------------------------------

EventLoad::Records EventLoad::records() {
  Records all;
  for (const char* queue : {kSucceeded, kGivenUp}) {
    for (std::uint64_t from = 0;;) {
      constexpr std::size_t kPage = 1'000;
      auto operation = engine::browse(world_.bed.engine(), cloud::Scope{}.arn("sqs", queue), from,
                                      engine::kToTheEnd, kPage);
      const auto page = world_.bed.run(std::move(operation));
      if (page.messages.empty()) break;
      for (const auto& message : page.messages) {
        const json::value record = json::parse(message.body);
        const json::value& context = record.at("requestContext");
        const std::string condition(context.at("condition").as_string());
        ++all[record.at("requestPayload").at("number").to_number<int>()][condition];
        require((condition == "Success") == (queue == kSucceeded),
                std::string(queue) + " has a record of " + condition);
        require(condition == "Success" || context.at("approximateInvokeCount") == kCalls,
                "an event was given up after " +
                    json::serialize(context.at("approximateInvokeCount")) + " calls");
      }
      from = page.next;
    }
  }
  return all;
}

bool EventLoad::done() {
  if (events_.size() < static_cast<std::size_t>(goal_)) return false;
  auto all = records();
  for (const auto& [number, event] : events_) {
    int found = 0;
    for (const auto& [condition, count] : all[number]) found += count;
    if (event.acknowledged == 0 || event.in_the_air || found < event.acknowledged) return false;
  }
  return true;
}

void EventLoad::check_end() {
  for (const auto& [number, conditions] : records()) {
    require(events_.contains(number), "there is a record of nobody's event");
    const Event& event = events_.at(number);
    int found = 0;
    for (const auto& [condition, count] : conditions) {
      world_.trace("event " + std::to_string(number) + ' ' + condition + ' ' +
                   std::to_string(count));
      found += count;
      const bool fits = condition == "Success"
                            ? event.kind != Kind::fails
                            : condition == "RetriesExhausted" && event.kind != Kind::succeeds;
      require(fits, "event " + std::to_string(number) + " has come to " + condition);
    }
    require(found <= event.tried && found <= event.calls,
            "event " + std::to_string(number) + " has " + std::to_string(found) + " records");
  }
}

}  // namespace doorbuster::simulator
