#include "engine/queue_attributes.h"

#include <algorithm>
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

// They were once kept whatever their value.
constexpr std::array<const char*, 4> kStricterNow = {"FifoThroughputLimit",
                                                     "KmsDataKeyReusePeriodSeconds",
                                                     "RedriveAllowPolicy", "SqsManagedSseEnabled"};

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
constexpr std::array<std::string_view, 21> kNames = {"ApproximateNumberOfMessages",
                                                     "ApproximateNumberOfMessagesDelayed",
                                                     "ApproximateNumberOfMessagesNotVisible",
                                                     "ContentBasedDeduplication",
                                                     "CreatedTimestamp",
                                                     "DeduplicationScope",
                                                     "DelaySeconds",
                                                     "FifoQueue",
                                                     "FifoThroughputLimit",
                                                     "KmsDataKeyReusePeriodSeconds",
                                                     "KmsMasterKeyId",
                                                     "LastModifiedTimestamp",
                                                     "MaximumMessageSize",
                                                     "MessageRetentionPeriod",
                                                     "Policy",
                                                     "QueueArn",
                                                     "ReceiveMessageWaitTimeSeconds",
                                                     "RedriveAllowPolicy",
                                                     "RedrivePolicy",
                                                     "SqsManagedSseEnabled",
                                                     "VisibilityTimeout"};

constexpr int kDataKeyReuseMin_s = 60;
constexpr int kDataKeyReuseMax_s = 86'400;

[[noreturn]] void invalid_value(const std::string& name, const std::string& why = "") {
  throw cloud::Error("InvalidAttributeValue", "Invalid value for the parameter " + name + "." +
                                                  (why.empty() ? "" : " Reason: " + why));
}

bool to_bool(const std::string& name, const std::string& value) {
  if (value == "true") return true;
  if (value == "false") return false;
  invalid_value(name, "must be true or false.");
}

void check_number(const std::string& name, const std::string& value, int min, int max, int* to) {
  const auto n = to_integer(value);
  if (!n || *n < min || *n > max) {
    invalid_value(name, "must be a whole number from " + std::to_string(min) + " to " +
                            std::to_string(max) + ".");
  }
  *to = static_cast<int>(*n);
}

bool set_number(QueueAttributes& to, const std::string& name, const std::string& value) {
  for (const auto& number : kNumbers) {
    if (name != number.name) continue;
    check_number(name, value, number.min, number.max, &(to.*number.field));
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
  if (name == "FifoThroughputLimit") {
    set_choice(name, value, "perQueue", "perMessageGroupId");
    to.limit_by_group = value == "perMessageGroupId";
  }
  return known;
}

bool set_policy(QueueAttributes& to, const std::string& name, const std::string& value) {
  if (name == "RedrivePolicy") {
    to.redrive.reset();
    if (!value.empty()) to.redrive = RedrivePolicy::parse(value);
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
    to.redrive_allow = value.empty() ? RedriveAllowPolicy() : RedriveAllowPolicy::parse(value);
    return true;
  }
  return false;
}

// They are kept and answered as AWS answers them; what encrypts the store is the disk's business.
bool set_encryption(const std::string& name, const std::string& value) {
  if (name == "KmsMasterKeyId") return true;
  if (name == "SqsManagedSseEnabled") {
    to_bool(name, value);
    return true;
  }
  if (name == "KmsDataKeyReusePeriodSeconds") {
    int ignored = 0;
    check_number(name, value, kDataKeyReuseMin_s, kDataKeyReuseMax_s, &ignored);
    return true;
  }
  return false;
}

// What no attribute says alone, of a queue that has taken over `changes`.
void check_together(QueueAttributes& all, const cloud::AttributeMap& changes) {
  if (all.limit_by_group && !all.deduplicate_by_group) {
    invalid_value("FifoThroughputLimit",
                  "perMessageGroupId is allowed only if DeduplicationScope is messageGroup.");
  }
  if (!all.text.contains("KmsMasterKeyId")) return;
  const auto managed = changes.find("SqsManagedSseEnabled");
  if (managed != changes.end() && managed->second == "true") {
    throw cloud::Error("InvalidAttributeName",
                       "You can use one type of server-side encryption (SSE) at one time. You can "
                       "either enable KMS SSE or SQS SSE.");
  }
  all.text["SqsManagedSseEnabled"] = "false";
}

void set_one(QueueAttributes& to, const std::string& name, const std::string& value) {
  if (set_number(to, name, value) || set_fifo(to, name, value) || set_policy(to, name, value) ||
      set_encryption(name, value)) {
    return;
  }
  throw cloud::Error("InvalidAttributeName", "Unknown Attribute " + name + ".");
}

}  // namespace

void QueueAttributes::set(const cloud::AttributeMap& changes) {
  QueueAttributes next = *this;
  for (const auto& [name, value] : changes) {
    if (name == "FifoQueue" && fifo) {
      if (!to_bool(name, value)) invalid_value(name, "a FIFO queue stays one.");
      continue;
    }
    set_one(next, name, value);
    if (value.empty()) {
      next.text.erase(name);
    } else {
      next.text[name] = value;
    }
  }
  check_together(next, changes);
  *this = std::move(next);
}

bool is_queue_attribute(std::string_view name) {
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

void QueueAttributes::restore(const cloud::AttributeMap& kept) {
  cloud::AttributeMap as_ever = kept;
  for (const char* name : kStricterNow) as_ever.erase(name);
  set(as_ever);
  for (const char* name : kStricterNow) {
    const auto it = kept.find(name);
    if (it == kept.end()) continue;
    try {
      set({*it});
    } catch (const cloud::Error&) {
      continue;
    }
  }
}

cloud::AttributeMap QueueAttributes::all() const {
  cloud::AttributeMap result = text;
  for (const auto& number : kNumbers) result[number.name] = std::to_string(this->*number.field);
  result.emplace("SqsManagedSseEnabled", "true");
  if (text.contains("KmsMasterKeyId")) result.emplace("KmsDataKeyReusePeriodSeconds", "300");
  if (fifo) {
    result["FifoQueue"] = "true";
    result["ContentBasedDeduplication"] = content_based_deduplication ? "true" : "false";
    result["DeduplicationScope"] = deduplicate_by_group ? "messageGroup" : "queue";
    result.emplace("FifoThroughputLimit", "perQueue");
  }
  return result;
}

}  // namespace doorbuster::engine
