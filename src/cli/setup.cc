#include "cli/setup.h"

#include <boost/json.hpp>
#include <iostream>

#include "cli/terminal.h"

namespace doorbuster::cli {
namespace {

boost::json::object to_json(const topology::QueueWithDeadLetters& queue) {
  return {{"url", queue.url},
          {"arn", queue.arn},
          {"dead_letter_url", queue.dead_letter_url},
          {"dead_letter_arn", queue.dead_letter_arn}};
}

boost::json::value to_json(const topology::Resources& resources,
                           const topology::Checkout& checkout) {
  return {{"bucket", resources.bucket},
          {"topic_arn", resources.topic_arn},
          {"shipping", to_json(resources.shipping)},
          {"analytics", to_json(resources.analytics)},
          {"orders", to_json(checkout.orders)},
          {"notifications_arn", checkout.notifications_arn},
          {"state_machine_arn", checkout.state_machine_arn}};
}

std::string to_text(const topology::Resources& resources, const topology::Checkout& checkout) {
  Table table({"", "", ""});
  table.row({"bucket", resources.bucket, ""});
  table.row({"topic", topology::kTopic, resources.topic_arn});
  table.row({"topic", topology::kNotificationsTopic, checkout.notifications_arn});
  table.row({"workflow", topology::kStateMachine, checkout.state_machine_arn});
  for (const auto* queue : {&resources.shipping, &resources.analytics, &checkout.orders}) {
    table.row({"queue", queue->url, queue->arn});
    table.row({"  dead letters", queue->dead_letter_url, queue->dead_letter_arn});
  }
  const std::string text = table.str();
  return text.substr(text.find('\n') + 1);
}

boost::json::value to_json(const topology::Inventory& inventory) {
  return {{"buckets", boost::json::value_from(inventory.buckets)},
          {"objects", inventory.objects},
          {"topic_arn", inventory.topic_arn},
          {"subscription_arns", boost::json::value_from(inventory.subscription_arns)},
          {"queue_urls", boost::json::value_from(inventory.queue_urls)},
          {"notifications_arn", inventory.notifications_arn},
          {"state_machine_arn", inventory.state_machine_arn},
          {"event_source_mappings", boost::json::value_from(inventory.event_source_mappings)},
          {"functions", boost::json::value_from(inventory.functions)},
          {"roles", boost::json::value_from(inventory.roles)}};
}

std::string checkout_text(const topology::Inventory& inventory) {
  std::string text;
  if (!inventory.notifications_arn.empty())
    text += "  topic     " + inventory.notifications_arn + '\n';
  if (!inventory.state_machine_arn.empty())
    text += "  workflow  " + inventory.state_machine_arn + '\n';
  for (const auto& name : inventory.functions) text += "  function  " + name + '\n';
  for (const auto& uuid : inventory.event_source_mappings) text += "  mapping   " + uuid + '\n';
  for (const auto& name : inventory.roles) text += "  role      " + name + '\n';
  return text;
}

std::string to_text(const topology::Inventory& inventory) {
  std::string text;
  for (const auto& bucket : inventory.buckets) text += "  bucket    " + bucket + '\n';
  if (!inventory.buckets.empty()) {
    text += "            with " + grouped(static_cast<std::int64_t>(inventory.objects)) +
            " object(s)\n";
  }
  if (!inventory.topic_arn.empty()) {
    text += "  topic     " + inventory.topic_arn + "\n            with " +
            std::to_string(inventory.subscription_arns.size()) + " subscription(s)\n";
  }
  for (const auto& url : inventory.queue_urls) text += "  queue     " + url + '\n';
  return text + checkout_text(inventory);
}

void remove(System& system, const topology::Inventory& inventory, bool quiet) {
  Progress progress(quiet);
  const auto show = [&](std::uint64_t deleted) {
    progress.show("  " + grouped(static_cast<std::int64_t>(deleted)) + " of " +
                  grouped(static_cast<std::int64_t>(inventory.objects)) + " objects deleted");
  };
  system.wait([](topology::Account account, topology::Inventory all,
                 std::function<void(std::uint64_t)> told) -> cloud::Async<bool> {
    co_await topology::tear_down(account, std::move(all), std::move(told));
    co_return true;
  }(system.account(), inventory, show));
}

}  // namespace

int setup(const SetupOptions& options) {
  const auto system = open_system(options.place, Needs::any);
  const auto resources = system->set_up();
  const auto checkout = system->set_up_checkout(resources);
  if (options.json) {
    std::cout << boost::json::serialize(to_json(resources, checkout)) << '\n';
  } else {
    std::cout << to_text(resources, checkout);
  }
  return 0;
}

int teardown(const SetupOptions& options) {
  const auto system = open_system(options.place);
  const auto inventory = system->wait(topology::survey(system->account()));
  if (inventory.empty()) {
    std::cout << (options.json ? boost::json::serialize(to_json(inventory))
                               : "There is nothing to remove in " + system->where() + '.')
              << '\n';
    return 0;
  }
  // A program is asked nothing: what it reads is one JSON object, or none.
  if (options.json && !options.yes) {
    throw CommandError(2, "teardown removes for good: confirm it with --yes");
  }
  if (!options.json) std::cout << to_text(inventory) << std::flush;
  if (!options.yes && !confirmed("Remove all of it for good?", "teardown removes for good")) {
    std::cout << "nothing was removed\n";
    return 1;
  }
  remove(*system, inventory, options.json);
  std::cout << (options.json ? boost::json::serialize(to_json(inventory)) : "All of it is removed.")
            << '\n';
  return 0;
}

}  // namespace doorbuster::cli
