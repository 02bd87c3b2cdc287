#include "topology/pieces.h"

#include <boost/json.hpp>

namespace doorbuster::topology {
namespace {

using cloud::Async;
namespace json = boost::json;

// The longest that SQS knows, 14 days: it also runs while nobody takes any messages, and what is
// over it is gone without a trace.
constexpr const char* kRetention_s = "1209600";

// Makes the queue if it is missing and sets the attributes that differ. Returns its URL.
Async<std::string> have_queue(cloud::Sqs& sqs, std::string name, cloud::AttributeMap wanted) {
  cloud::CreateQueueRequest create;
  create.QueueName = name;
  const auto created = co_await sqs.CreateQueue(create);
  cloud::GetQueueAttributesRequest get;
  get.QueueUrl = created.QueueUrl;
  get.AttributeNames = {"All"};
  const auto now = co_await sqs.GetQueueAttributes(get);
  std::erase_if(wanted, [&now](const auto& attribute) {
    const auto it = now.Attributes.find(attribute.first);
    return it != now.Attributes.end() && it->second == attribute.second;
  });
  if (!wanted.empty()) {
    cloud::SetQueueAttributesRequest set;
    set.QueueUrl = created.QueueUrl;
    set.Attributes = wanted;
    co_await sqs.SetQueueAttributes(set);
  }
  co_return created.QueueUrl;
}

Async<std::string> queue_url(cloud::Sqs& sqs, std::string name) {
  cloud::GetQueueUrlRequest request;
  request.QueueName = name;
  co_return (co_await sqs.GetQueueUrl(request)).QueueUrl;
}

QueueWithDeadLetters named(const cloud::Scope& scope, const QueueNames& names) {
  QueueWithDeadLetters queues;
  queues.name = names.name;
  queues.arn = scope.arn("sqs", names.name);
  queues.dead_letter_name = names.dead_letters;
  queues.dead_letter_arn = scope.arn("sqs", names.dead_letters);
  return queues;
}

}  // namespace

std::string let_service(const std::string& service, const std::string& action,
                        const std::string& resource, const std::string& source_arn,
                        const std::string& account) {
  return json::serialize(
      json::object{{"Version", "2012-10-17"},
                   {"Statement",
                    {json::object{{"Effect", "Allow"},
                                  {"Principal", {{"Service", service}}},
                                  {"Action", action},
                                  {"Resource", resource},
                                  {"Condition",
                                   {{"ArnEquals", {{"aws:SourceArn", source_arn}}},
                                    {"StringEquals", {{"aws:SourceAccount", account}}}}}}}}});
}

Async<QueueWithDeadLetters> have_queues(Account account, QueueNames names, std::string policy) {
  QueueWithDeadLetters queues = named(account.scope, names);
  const cloud::AttributeMap dead_letter_attributes{{"MessageRetentionPeriod", kRetention_s}};
  queues.dead_letter_url =
      co_await have_queue(account.sqs, names.dead_letters, dead_letter_attributes);
  cloud::AttributeMap attributes{
      {"MessageRetentionPeriod", kRetention_s},
      {"VisibilityTimeout", std::to_string(kVisibilityTimeout_s)},
      {"RedrivePolicy",
       json::serialize(json::object{{"deadLetterTargetArn", queues.dead_letter_arn},
                                    {"maxReceiveCount", kReceivesMax}})}};
  if (!policy.empty()) attributes["Policy"] = policy;
  queues.url = co_await have_queue(account.sqs, names.name, attributes);
  co_return queues;
}

Async<QueueWithDeadLetters> find_queues(Account account, QueueNames names) {
  QueueWithDeadLetters queues = named(account.scope, names);
  queues.url = co_await queue_url(account.sqs, names.name);
  queues.dead_letter_url = co_await queue_url(account.sqs, names.dead_letters);
  co_return queues;
}

bool says_gone(const cloud::Error& error) {
  return error.status() == 404 || error.code() == "QueueDoesNotExist" ||
         error.code() == "NotFound" || error.code() == "NoSuchBucket" ||
         error.code() == "StateMachineDoesNotExist" || error.code() == "ExecutionDoesNotExist";
}

Async<void> Removals::take(Async<void> removal) {
  try {
    co_await std::move(removal);
  } catch (const cloud::Error& error) {
    if (!error.is_sender_fault()) throw;
    if (!says_gone(error) && !first_failure_) first_failure_ = error;
  }
}

void Removals::check() const {
  if (first_failure_) throw cloud::Error(*first_failure_);
}

}  // namespace doorbuster::topology
