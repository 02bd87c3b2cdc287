#include "engine/queue_attributes.h"

#include <array>
#include <boost/json.hpp>

#include "cloud/error.h"
#include "engine/text.h"

namespace doorbuster::engine {
namespace {

struct Number {
  const char* name;
  int QueueAttributes::*field;
  int min;
  int max;
};
constexpr std::array<Number, 5> kNumbers = {{
    {"DelaySeconds", &QueueAttributes::delay_s, 0, 900},
    {"MaximumMessageSize", &QueueAttributes::message_size_max, 1'024, 1'048'576},
    {"MessageRetentionPeriod", &QueueAttributes::retention_s, 60, 1'209'600},
    {"ReceiveMessageWaitTimeSeconds", &QueueAttributes::receive_wait_s, 0, 20},
    {"VisibilityTimeout", &QueueAttributes::visibility_timeout_s, 0, 43'200},
}};

// Kept and answered; they have no effect on one machine.
constexpr std::array<const char*, 3> kEncryption = {
    "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "SqsManagedSseEnabled"};

[[noreturn]] void invalid_value(const std::string& name, const std::string& why = "") {
  throw cloud::Error("InvalidAttributeValue", "Invalid value for the parameter " + name + "." +
                                                  (why.empty() ? "" : " Reason: " + why));
}

bool to_bool(const std::string& name, const std::string& value) {
  if (value == "true") return true;
  if (value == "false") return false;
  invalid_value(name, "must be true or false.");
}

RedrivePolicy to_redrive_policy(const std::string& value) {
  boost::json::error_code bad;
  const auto json = boost::json::parse(value, bad);
  const auto* object = bad ? nullptr : json.if_object();
  const auto* target = object ? object->if_contains("deadLetterTargetArn") : nullptr;
  const auto* count = object ? object->if_contains("maxReceiveCount") : nullptr;
  if (!target || !target->is_string() || !count) {
    invalid_value("RedrivePolicy",
                  "must be an object with deadLetterTargetArn and maxReceiveCount.");
  }
  // The console and older clients send the number as a string.
  std::optional<std::int64_t> max;
  if (count->is_string()) max = to_integer(std::string_view(count->get_string()));
  if (count->is_int64()) max = count->get_int64();
  if (!max || *max < 1 || *max > 1'000) {
    invalid_value("RedrivePolicy", "maxReceiveCount must be a whole number from 1 to 1000.");
  }
  return {std::string(target->get_string()), static_cast<int>(*max)};
}

bool set_number(QueueAttributes& to, const std::string& name, const std::string& value) {
  for (const auto& number : kNumbers) {
    if (name != number.name) continue;
    const auto n = to_integer(value);
    if (!n || *n < number.min || *n > number.max) {
      invalid_value(name, "must be a whole number from " + std::to_string(number.min) + " to " +
                              std::to_string(number.max) + ".");
    }
    to.*number.field = static_cast<int>(*n);
    return true;
  }
  return false;
}

void set_choice(const std::string& name, const std::string& value, const char* a, const char* b) {
  if (value != a && value != b) {
    invalid_value(name, std::string("must be ") + a + " or " + b + ".");
  }
}

bool set_fifo(QueueAttributes& to, const std::string& name, const std::string& value) {
  const bool known = name == "ContentBasedDeduplication" || name == "DeduplicationScope" ||
                     name == "FifoThroughputLimit";
  if (known && !to.fifo) {
    throw cloud::Error("InvalidAttributeName",
                       "Unknown Attribute " + name + ": only a FIFO queue has it.");
  }
  if (name == "ContentBasedDeduplication") to.content_based_deduplication = to_bool(name, value);
  if (name == "DeduplicationScope") {
    set_choice(name, value, "queue", "messageGroup");
    to.deduplicate_by_group = value == "messageGroup";
  }
  if (name == "FifoThroughputLimit") set_choice(name, value, "perQueue", "perMessageGroupId");
  return known;
}

bool set_policy(QueueAttributes& to, const std::string& name, const std::string& value) {
  if (name == "RedrivePolicy") {
    to.redrive.reset();
    if (!value.empty()) to.redrive = to_redrive_policy(value);
    return true;
  }
  if (name == "Policy") {
    try {
      to.policy = Policy::parse(value);
    } catch (const PolicyError& e) {
      invalid_value("Policy", e.what());
    }
    return true;
  }
  if (name == "RedriveAllowPolicy") {
    boost::json::error_code bad;
    const auto json = boost::json::parse(value.empty() ? "{}" : value, bad);
    if (bad || !json.is_object()) invalid_value(name, "must be a JSON object.");
    return true;
  }
  return false;
}

void set_one(QueueAttributes& to, const std::string& name, const std::string& value) {
  if (set_number(to, name, value) || set_fifo(to, name, value) || set_policy(to, name, value)) {
    return;
  }
  if (std::find(kEncryption.begin(), kEncryption.end(), name) != kEncryption.end()) return;
  throw cloud::Error("InvalidAttributeName", "Unknown Attribute " + name + ".");
}

}  // namespace

void QueueAttributes::set(const cloud::AttributeMap& changes) {
  QueueAttributes next = *this;
  for (const auto& [name, value] : changes) {
    if (name == "FifoQueue") {
      if (to_bool(name, value) != fifo) {
        invalid_value(name, "a queue is FIFO if and only if its name ends in .fifo.");
      }
      continue;
    }
    set_one(next, name, value);
    if (value.empty()) {
      next.text.erase(name);
    } else {
      next.text[name] = value;
    }
  }
  *this = std::move(next);
}

cloud::AttributeMap QueueAttributes::all() const {
  cloud::AttributeMap result = text;
  for (const auto& number : kNumbers) result[number.name] = std::to_string(this->*number.field);
  result.emplace("SqsManagedSseEnabled", "true");
  if (fifo) {
    result["FifoQueue"] = "true";
    result["ContentBasedDeduplication"] = content_based_deduplication ? "true" : "false";
    result["DeduplicationScope"] = deduplicate_by_group ? "messageGroup" : "queue";
    result.emplace("FifoThroughputLimit", "perQueue");
  }
  return result;
}

}  // namespace doorbuster::engine
