#include "console/system.h"

#include <boost/json.hpp>
#include <utility>

#include "console/load.h"

namespace doorbuster::console {
namespace {

namespace json = boost::json;

json::object to_json(const char* role, const topology::QueueWithDeadLetters& queue) {
  return {{"role", role},
          {"name", queue.name},
          {"url", queue.url},
          {"arn", queue.arn},
          {"dead_letter_name", queue.dead_letter_name},
          {"dead_letter_url", queue.dead_letter_url},
          {"dead_letter_arn", queue.dead_letter_arn},
          {"max_receives", topology::kReceivesMax}};
}

void add(json::object& answer, const topology::Resources& resources,
         const topology::Checkout& checkout) {
  answer["bucket"] = resources.bucket;
  answer["topic_arn"] = resources.topic_arn;
  answer["notifications_arn"] = checkout.notifications_arn;
  answer["state_machine_arn"] = checkout.state_machine_arn;
  answer["queues"] = {to_json("orders", checkout.orders), to_json("shipping", resources.shipping),
                      to_json("analytics", resources.analytics)};
  answer["functions"] = json::value_from(topology::kFunctions);
}

}  // namespace

cloud::Async<json::object> describe_system(topology::Account account, Site site) {
  const auto resources = co_await topology::find(account);
  const auto checkout = co_await topology::find_checkout(account);
  json::object answer{{"region", account.scope.region},
                      {"account", account.scope.account},
                      {"endpoint", site.endpoint},
                      {"version", site.version},
                      {"load", {{"orders_max", kLoadOrdersMax}, {"rate_max", kLoadRateMax}}}};
  const bool set_up = resources && checkout;
  answer["set_up"] = set_up;
  if (set_up) add(answer, *resources, *checkout);
  co_return answer;
}

}  // namespace doorbuster::console
