#include "engine/delivery_policy.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <string_view>

#include "engine/sns_error.h"

namespace doorbuster::engine {
namespace {

namespace json = boost::json;

constexpr int kRetriesMax = 100;
constexpr int kDelayMax_s = 3'600;
constexpr int kTotalDelayMax_s = 3'600;
constexpr const char* kContentType = "text/plain; charset=UTF-8";
constexpr std::array<const char*, 4> kBackoffs = {"linear", "arithmetic", "geometric",
                                                  "exponential"};
// https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html#creating-delivery-policy
constexpr std::array<std::string_view, 8> kContentTypes = {"application/octet-stream",
                                                           "application/x-www-form-urlencoded",
                                                           "application/json",
                                                           "text/css",
                                                           "text/csv",
                                                           "text/html",
                                                           "text/plain",
                                                           "text/xml"};

[[noreturn]] void fail(const std::string& why) {
  throw invalid_parameter("DeliveryPolicy: " + why);
}

int number(const json::object& from, const char* name, const std::string& path, int otherwise,
           int min, int max) {
  const auto* value = from.if_contains(name);
  if (!value || value->is_null()) return otherwise;
  json::error_code bad;
  const int n = value->to_number<int>(bad);
  if (bad) fail(path + '.' + name + " must be a whole number");
  if (n < min) fail(path + '.' + name + " must be greater than or equal to " + std::to_string(min));
  if (n > max) fail(path + '.' + name + " must be less than or equal to " + std::to_string(max));
  return n;
}

RetryPolicy::Backoff backoff(const json::object& from, const std::string& path) {
  const auto* value = from.if_contains("backoffFunction");
  if (!value || value->is_null()) return RetryPolicy::Backoff::linear;
  const auto* name = value->if_string();
  const auto found = std::find_if(kBackoffs.begin(), kBackoffs.end(),
                                  [name](const char* known) { return name && *name == known; });
  if (found == kBackoffs.end()) {
    fail(path + ".backoffFunction must be one of linear, arithmetic, geometric, exponential");
  }
  return static_cast<RetryPolicy::Backoff>(found - kBackoffs.begin());
}

// The object of that name, if there is one.
const json::object* part(const json::object& from, const char* name) {
  const auto* value = from.if_contains(name);
  if (!value || value->is_null()) return nullptr;
  if (!value->is_object()) fail(std::string(name) + " must be an object");
  return &value->get_object();
}

RetryPolicy to_retry_policy(const json::object& from, const std::string& path) {
  for (const char* name : {"numRetries", "minDelayTarget", "maxDelayTarget"}) {
    if (!from.contains(name)) fail(path + '.' + name + " must be specified");
  }
  RetryPolicy policy;
  policy.retries = number(from, "numRetries", path, 3, 0, kRetriesMax);
  policy.min_delay_s = number(from, "minDelayTarget", path, 20, 1, kDelayMax_s);
  policy.max_delay_s = number(from, "maxDelayTarget", path, 20, 1, kDelayMax_s);
  policy.no_delay_retries = number(from, "numNoDelayRetries", path, 0, 0, kRetriesMax);
  policy.min_delay_retries = number(from, "numMinDelayRetries", path, 0, 0, kRetriesMax);
  policy.max_delay_retries = number(from, "numMaxDelayRetries", path, 0, 0, kRetriesMax);
  policy.backoff = backoff(from, path);
  if (policy.min_delay_s > policy.max_delay_s) {
    fail(path + ".maxDelayTarget must be greater than or equal to minDelayTarget");
  }
  if (policy.no_delay_retries + policy.min_delay_retries + policy.max_delay_retries >
      policy.retries) {
    fail(path + ".numRetries must be greater than or equal to the sum of the phases' retries");
  }
  int total_s = 0;
  for (int failures = 1; failures <= policy.retries; ++failures) {
    total_s += *policy.delay_s(failures);
  }
  if (total_s > kTotalDelayMax_s) fail(path + ": the retries must not take more than 3600 seconds");
  return policy;
}

std::string to_content_type(const json::value& value) {
  const auto* text = value.if_string();
  const std::string_view type =
      text ? std::string_view(*text).substr(0, std::string_view(*text).find(';')) : "";
  const bool printable =
      text && std::all_of(text->begin(), text->end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (!printable ||
      std::find(kContentTypes.begin(), kContentTypes.end(), type) == kContentTypes.end()) {
    fail("requestPolicy.headerContentType is not supported");
  }
  return std::string(*text);
}

json::object parse(const std::string& text) {
  json::error_code bad;
  auto value = json::parse(text, bad);
  if (bad || !value.is_object()) fail("failed to parse JSON.");
  return std::move(value.get_object());
}

// A topic's parts have other names than a subscription's.
void take_parts(DeliveryPolicy& to, const json::object& from, const std::string& prefix,
                const char* retry, const char* throttle, const char* request) {
  if (const auto* found = part(from, retry)) to.retry = to_retry_policy(*found, prefix + retry);
  if (const auto* found = part(from, throttle)) {
    to.receives_per_second_max =
        number(*found, "maxReceivesPerSecond", prefix + throttle, 1, 1, 1'000'000);
  }
  const auto* found = part(from, request);
  const auto* type = found ? found->if_contains("headerContentType") : nullptr;
  if (type && !type->is_null()) to.content_type = to_content_type(*type);
}

json::object to_json(const RetryPolicy& policy) {
  return {{"minDelayTarget", policy.min_delay_s},
          {"maxDelayTarget", policy.max_delay_s},
          {"numRetries", policy.retries},
          {"numMaxDelayRetries", policy.max_delay_retries},
          {"numNoDelayRetries", policy.no_delay_retries},
          {"numMinDelayRetries", policy.min_delay_retries},
          {"backoffFunction", kBackoffs[static_cast<std::size_t>(policy.backoff)]}};
}

json::value throttle(const std::optional<int>& receives_per_second_max) {
  if (!receives_per_second_max) return nullptr;
  return json::object{{"maxReceivesPerSecond", *receives_per_second_max}};
}

// How far the delay has come from the shortest (0) to the longest (1) at step `i` of `last`.
double progress(RetryPolicy::Backoff backoff, double i, double last) {
  switch (backoff) {
    case RetryPolicy::Backoff::linear:
      return i / last;
    case RetryPolicy::Backoff::arithmetic:  // its steps grow by the same amount
      return i * (i + 1) / (last * (last + 1));
    default:
      return 0;
  }
}

}  // namespace

std::optional<int> RetryPolicy::delay_s(int failures) const {
  if (failures > retries) return std::nullopt;
  int i = failures - 1;
  if (i < no_delay_retries) return 0;
  i -= no_delay_retries;
  const int steps = retries - no_delay_retries - min_delay_retries - max_delay_retries;
  if (i < min_delay_retries) return min_delay_s;
  i -= min_delay_retries;
  if (i >= steps) return max_delay_s;
  if (steps == 1) return min_delay_s;
  const double min = min_delay_s;
  const double max = max_delay_s;
  double delay = min + (max - min) * progress(backoff, i, steps - 1);
  if (backoff == Backoff::geometric) delay = min * std::pow(max / min, double(i) / (steps - 1));
  if (backoff == Backoff::exponential) delay = std::min(max, min * std::exp2(i));
  return static_cast<int>(std::lround(delay));
}

DeliveryPolicy DeliveryPolicy::parse_of_topic(const std::string& text) {
  DeliveryPolicy policy;
  if (text.empty()) return policy;
  const auto all = parse(text);
  const auto* http = part(all, "http");
  if (!http) return policy;
  take_parts(policy, *http, "http.", "defaultHealthyRetryPolicy", "defaultThrottlePolicy",
             "defaultRequestPolicy");
  if (const auto* disable = http->if_contains("disableSubscriptionOverrides")) {
    if (!disable->is_bool()) fail("http.disableSubscriptionOverrides must be true or false");
    policy.disable_subscription_overrides = disable->get_bool();
  }
  return policy;
}

DeliveryPolicy DeliveryPolicy::parse_of_subscription(const std::string& text) {
  DeliveryPolicy policy;
  if (text.empty()) return policy;
  take_parts(policy, parse(text), "", "healthyRetryPolicy", "throttlePolicy", "requestPolicy");
  return policy;
}

DeliveryPolicy DeliveryPolicy::with(const DeliveryPolicy& subscription) const {
  DeliveryPolicy policy = *this;
  if (disable_subscription_overrides) return policy;
  if (subscription.retry) policy.retry = subscription.retry;
  if (subscription.content_type) policy.content_type = subscription.content_type;
  if (subscription.receives_per_second_max) {
    policy.receives_per_second_max = subscription.receives_per_second_max;
  }
  return policy;
}

std::string DeliveryPolicy::header_content_type() const {
  return content_type.value_or(kContentType);
}

std::string DeliveryPolicy::effective_of_topic() const {
  json::object http{{"defaultHealthyRetryPolicy", to_json(retry_policy())},
                    {"disableSubscriptionOverrides", disable_subscription_overrides}};
  if (receives_per_second_max) http["defaultThrottlePolicy"] = throttle(receives_per_second_max);
  http["defaultRequestPolicy"] = {{"headerContentType", header_content_type()}};
  return json::serialize(json::object{{"http", std::move(http)}});
}

std::string DeliveryPolicy::effective_of_subscription() const {
  return json::serialize(
      json::object{{"healthyRetryPolicy", to_json(retry_policy())},
                   {"sicklyRetryPolicy", nullptr},
                   {"throttlePolicy", throttle(receives_per_second_max)},
                   {"requestPolicy", {{"headerContentType", header_content_type()}}},
                   {"guaranteed", false}});
}

}  // namespace doorbuster::engine
