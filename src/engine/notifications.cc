#include "engine/notifications.h"

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "cloud/arn.h"
#include "cloud/error.h"
#include "engine/s3_event.h"
#include "engine/worth_a_line.h"

namespace doorbuster::engine {
namespace {

constexpr std::size_t kConfigurationsMax = 100;

using Destination = cloud::NotificationDestination;

cloud::Error invalid(const std::string& why) {
  return {"InvalidArgument", why};
}
cloud::Error invalid(const Destination& to, const std::string& why) {
  return invalid("Unable to validate the following destination configurations: " + to.Arn + ": " +
                 why);
}

std::string arn_of(const Bucket& bucket) {
  return "arn:aws:s3:::" + bucket.name;
}
// It refers to both.
ServiceCaller caller(const Bucket& from, const std::string& arn) {
  return {"s3.amazonaws.com", arn, from.account};
}

bool covers(std::string_view pattern, std::string_view event) {
  if (!pattern.ends_with('*')) return pattern == event;
  return event.starts_with(pattern.substr(0, pattern.size() - 1));
}

bool share_an_event(const Destination& a, const Destination& b) {
  return std::any_of(a.Events.begin(), a.Events.end(), [&b](const std::string& one) {
    return std::any_of(b.Events.begin(), b.Events.end(), [&one](const std::string& other) {
      return covers(one, other) || covers(other, one);
    });
  });
}

bool share_a_key(const Destination& a, const Destination& b) {
  const std::string_view prefix_a = a.FilterPrefix;
  const std::string_view prefix_b = b.FilterPrefix;
  const std::string_view suffix_a = a.FilterSuffix;
  const std::string_view suffix_b = b.FilterSuffix;
  return (prefix_a.starts_with(prefix_b) || prefix_b.starts_with(prefix_a)) &&
         (suffix_a.ends_with(suffix_b) || suffix_b.ends_with(suffix_a));
}

bool has_filter(const Destination& to) {
  return !to.FilterPrefix.empty() || !to.FilterSuffix.empty();
}

void check_ids(const std::vector<const Destination*>& all) {
  std::set<std::string_view> ids;
  for (const auto* to : all) {
    if (to->Id.empty() || ids.insert(to->Id).second) continue;
    throw invalid("Same ID used for multiple configurations. IDs must be unique");
  }
}

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html
void check_overlaps(const std::vector<const Destination*>& all) {
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (!share_an_event(*all[i], *all[j]) || !share_a_key(*all[i], *all[j])) continue;
      if (has_filter(*all[i]) || has_filter(*all[j])) {
        throw invalid(
            "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules "
            "if the prefixes are overlapping for the same event type.");
      }
      throw invalid(
          "Configurations overlap. Configurations on the same bucket cannot share a common event "
          "type.");
    }
  }
}

void check_destination(const Destination& to, std::string_view service) {
  const auto arn = cloud::Arn::parse(to.Arn);
  if (!arn || arn->service != service) throw invalid("The ARN is not well formed: " + to.Arn);
  if (to.Events.empty() || !std::all_of(to.Events.begin(), to.Events.end(), is_event_name)) {
    throw invalid("The event is not supported for notifications");
  }
  if (to.Arn.ends_with(".fifo")) {
    throw invalid(to, "S3 sends no events to FIFO queues and topics");
  }
}

}  // namespace

bool Notifications::queue_allows(const std::string& arn, const Bucket& from,
                                 std::string* why) const {
  const Queue* queue = queues_.by_arn(arn);
  if (!queue) {
    *why = "the queue does not exist";
    return false;
  }
  const std::string source = arn_of(from);
  const std::array<ContextValue, 2> context{
      {{"aws:SourceArn", source}, {"aws:SourceAccount", from.account}}};
  const Request request{Principal::service("s3.amazonaws.com"), "sqs:SendMessage", arn, context};
  if (queue->attributes.policy.evaluate(request) == Decision::kAllowed) return true;
  *why = queue->attributes.policy.explain(request);
  return false;
}

void Notifications::validate(const Bucket& from,
                             const cloud::NotificationConfiguration& configuration,
                             bool skip_destinations) const {
  std::vector<const Destination*> all;
  const auto check = [&all](const std::vector<Destination>& destinations, const char* service) {
    for (const auto& to : destinations) {
      check_destination(to, service);
      all.push_back(&to);
    }
  };
  check(configuration.TopicConfigurations, "sns");
  check(configuration.QueueConfigurations, "sqs");
  check(configuration.LambdaFunctionConfigurations, "lambda");
  if (all.size() > kConfigurationsMax) {
    throw invalid("A bucket can have at most 100 notification configurations");
  }
  check_ids(all);
  check_overlaps(all);
  if (skip_destinations) return;
  const std::string arn = arn_of(from);
  std::string why;
  for (const auto& to : configuration.TopicConfigurations) {
    if (!topics_.allows(to.Arn, caller(from, arn), &why)) throw invalid(to, why);
  }
  for (const auto& to : configuration.QueueConfigurations) {
    if (!queue_allows(to.Arn, from, &why)) throw invalid(to, why);
  }
  for (const auto& to : configuration.LambdaFunctionConfigurations) {
    if (!functions_.allows(to.Arn, caller(from, arn), &why)) throw invalid(to, why);
  }
}

void Notifications::publish(Turn& turn, const Bucket& from, const std::string& topic_arn,
                            std::string event) {
  const std::string arn = arn_of(from);
  const Publication publication{std::move(event), "Amazon S3 Notification", {}, "", ""};
  std::string why;
  if (topics_.publish_for(turn, caller(from, arn), topic_arn, publication, &why)) return;
  not_delivered(turn, from, topic_arn, why);
}

void Notifications::send(Turn& turn, const Bucket& from, const std::string& queue_arn,
                         std::string event) {
  std::string why;
  if (!queue_allows(queue_arn, from, &why)) {
    not_delivered(turn, from, queue_arn, why);
    return;
  }
  StoredMessage message;
  message.body = std::move(event);
  queues_.send(turn, *queues_.by_arn(queue_arn), std::move(message), std::nullopt);
}

void Notifications::call(Turn& turn, const Bucket& from, const std::string& function_arn,
                         std::string event) {
  const std::string arn = arn_of(from);
  std::string why;
  if (functions_.enqueue_for(turn, caller(from, arn), function_arn, std::move(event), &why)) return;
  not_delivered(turn, from, function_arn, why);
}

void Notifications::not_delivered(Turn& turn, const Bucket& from, const std::string& to,
                                  const std::string& why) {
  const auto count = from.metrics->events_not_delivered->add();
  if (!worth_a_line(count)) return;
  turn.log(arn_of(from) + ": " + std::to_string(count) + " event(s) not delivered, the last to " +
           to + ": " + why);
}

void Notifications::send_test(Turn& turn, const Bucket& from) {
  const auto event = [&] { return test_event(from.name, turn.random.next(), turn.now); };
  for (const auto& to : from.notification.TopicConfigurations) {
    publish(turn, from, to.Arn, event());
  }
  for (const auto& to : from.notification.QueueConfigurations) send(turn, from, to.Arn, event());
}

void Notifications::notify(Turn& turn, const Bucket& from, std::string_view event,
                           const std::string& key, const ObjectRecord* record,
                           std::uint64_t sequencer) {
  const auto json = [&](const Destination& to) {
    S3Event e{event, to.Id, from.name, from.region, from.account, key, {}, 0, 0, 0, turn.now};
    if (record) {
      e.etag = std::string_view(record->etag).substr(1, record->etag.size() - 2);
      e.size = record->size;
    }
    e.sequencer = sequencer;
    e.request_id = turn.random.next();
    return to_json(e);
  };
  for (const auto& to : from.notification.TopicConfigurations) {
    if (wants(to, event, key)) publish(turn, from, to.Arn, json(to));
  }
  for (const auto& to : from.notification.QueueConfigurations) {
    if (wants(to, event, key)) send(turn, from, to.Arn, json(to));
  }
  for (const auto& to : from.notification.LambdaFunctionConfigurations) {
    if (wants(to, event, key)) call(turn, from, to.Arn, json(to));
  }
}

}  // namespace doorbuster::engine
