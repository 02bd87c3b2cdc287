// The resources of the fulfilment half, declared once; those of the checkout are in checkout.h.
//
//   bucket black-friday-orders-<8 hex> --ObjectCreated--> topic NewOrderEvents
//     --> ShippingQueue  (dead letters after 3 receives: ShippingQueueDLQ)
//     --> AnalyticsQueue (dead letters after 3 receives: AnalyticsQueueDLQ)
//
// with the policies that let the bucket publish and the topic send, and nobody else.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cloud/arn.h"
#include "cloud/iam.h"
#include "cloud/lambda.h"
#include "cloud/s3.h"
#include "cloud/sns.h"
#include "cloud/sqs.h"
#include "cloud/step_functions.h"

namespace doorbuster::topology {

inline constexpr const char* kBucketPrefix = "black-friday-orders-";
inline constexpr const char* kInvoicePrefix = "invoices/";
inline constexpr const char* kInvoiceSuffix = ".json";
inline constexpr const char* kTopic = "NewOrderEvents";
inline constexpr const char* kShippingQueue = "ShippingQueue";
inline constexpr const char* kAnalyticsQueue = "AnalyticsQueue";
inline constexpr const char* kDeadLetterSuffix = "DLQ";
inline constexpr int kReceivesMax = 3;
// Seconds in which a function must have dealt with a batch before its messages come again.
inline constexpr int kVisibilityTimeout_s = 30;

struct QueueWithDeadLetters {
  std::string name;
  std::string url;
  std::string arn;
  std::string dead_letter_name;
  std::string dead_letter_url;
  std::string dead_letter_arn;
};

struct Resources {
  std::string bucket;
  std::string topic_arn;
  QueueWithDeadLetters shipping;
  QueueWithDeadLetters analytics;
};

// The services of the account and region that the resources are in. They outlive the operations.
struct Account {
  cloud::S3& s3;
  cloud::Sns& sns;
  cloud::Sqs& sqs;
  cloud::Lambda& lambda;
  cloud::StepFunctions& step_functions;
  cloud::Iam& iam;
  cloud::Scope scope;
};

// The object that an invoice is: "invoices/536365.json".
inline std::string invoice_key(const std::string& number) {
  return kInvoicePrefix + number + kInvoiceSuffix;
}

// Makes whatever is missing and sets right what differs; where all is as declared it changes
// nothing. `random` gives the digits of a new bucket's name.
cloud::Async<Resources> set_up(Account account, std::function<std::uint32_t()> random);

// What there is of the resources, whole or in part.
struct Inventory {
  std::vector<std::string> buckets;
  std::uint64_t objects = 0;  // in the buckets
  std::string topic_arn;      // empty: there is none
  std::vector<std::string> subscription_arns;
  std::vector<std::string> queue_urls;  // with those of dead letters

  // Of the checkout.
  std::string notifications_arn;  // empty: there is no such topic
  std::string state_machine_arn;  // empty: there is none
  std::vector<std::string> event_source_mappings;
  std::vector<std::string> functions;
  std::vector<std::string> roles;

  bool empty() const;
};
cloud::Async<Inventory> survey(Account account);

// All buckets that are named as ours are. There is one, if nobody has made another by hand.
cloud::Async<std::vector<std::string>> find_buckets(cloud::S3& s3);

// Removes what the inventory names, objects first of all that the buckets hold then, so that
// nothing is left. What is gone already is no error; what can't be removed, because somebody
// depends on it or only others may, stays, and is thrown once all else is gone. `progress`, if it
// is set, is told how many objects have been deleted, on the operation's thread.
cloud::Async<void> tear_down(Account account, Inventory inventory,
                             std::function<void(std::uint64_t)> progress = {});

// The resources, if they have been set up.
cloud::Async<std::optional<Resources>> find(Account account);

}  // namespace doorbuster::topology
