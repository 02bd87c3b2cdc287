#include "cli/remote.h"

#include <charconv>
#include <set>

namespace doorbuster::cli {
namespace {

constexpr int kSqsBatch = 10;  // messages and entries that SQS takes at once
constexpr std::size_t kSeenMax = 120'000;
// How long a look keeps a message at most, if this program doesn't live to give it back.
constexpr int kLook_s = 60;

std::int64_t number(const cloud::AttributeMap& attributes, const char* name) {
  const auto it = attributes.find(name);
  std::int64_t value = 0;
  if (it != attributes.end()) {
    std::from_chars(it->second.data(), it->second.data() + it->second.size(), value);
  }
  return value;
}

SeenMessage seen(cloud::Message message) {
  const auto sent = number(message.Attributes, "SentTimestamp");
  const auto receives = number(message.Attributes, "ApproximateReceiveCount");
  return {std::move(message.MessageId), std::move(message.Body),
          cloud::Time(std::chrono::milliseconds(sent)), static_cast<int>(receives)};
}

cloud::Async<void> give_back(cloud::Sqs& sqs, std::string queue_url,
                             const std::vector<std::string>& handles) {
  for (std::size_t begin = 0; begin < handles.size(); begin += kSqsBatch) {
    cloud::ChangeMessageVisibilityBatchRequest request;
    request.QueueUrl = queue_url;
    for (std::size_t i = begin; i < std::min(begin + kSqsBatch, handles.size()); ++i) {
      request.Entries.push_back({std::to_string(i - begin), handles[i], 0});
    }
    co_await sqs.ChangeMessageVisibilityBatch(std::move(request));
  }
}

cloud::Async<std::vector<SeenMessage>> receive_all(cloud::Sqs& sqs, std::string queue_url) {
  std::vector<SeenMessage> all;
  std::set<std::string> ids;
  std::vector<std::string> handles;
  cloud::ReceiveMessageRequest request;
  request.QueueUrl = queue_url;
  request.MaxNumberOfMessages = kSqsBatch;
  request.VisibilityTimeout = kLook_s;
  // A poll that doesn't wait may find nothing although there is something.
  request.WaitTimeSeconds = 1;
  request.MessageSystemAttributeNames = {"SentTimestamp", "ApproximateReceiveCount"};
  std::exception_ptr failure;
  try {
    while (all.size() < kSeenMax) {
      auto result = co_await sqs.ReceiveMessage(request);
      const std::size_t before = all.size();
      for (auto& message : result.Messages) {
        handles.push_back(std::move(message.ReceiptHandle));
        if (ids.insert(message.MessageId).second) all.push_back(seen(std::move(message)));
      }
      if (all.size() == before) break;  // the queue is empty, or the first ones are back
    }
  } catch (...) {
    failure = std::current_exception();
  }
  co_await give_back(sqs, queue_url, handles);
  if (failure) std::rethrow_exception(failure);
  co_return all;
}

}  // namespace

Remote::Remote(aws::Settings settings, std::optional<std::filesystem::path> books)
    : where_(settings.endpoints.sqs.origin.str()), books_(std::move(books)) {
  scope_.region = settings.region;
  services_ = aws::make_services({std::move(settings), clock_});
  const cloud::Caller caller;
  s3_ = services_->s3(caller);
  sns_ = services_->sns(caller);
  sqs_ = services_->sqs(caller);
  lambda_ = services_->lambda(caller);
  step_functions_ = services_->step_functions(caller);
  iam_ = services_->iam(caller);
  const auto sts = services_->sts(caller);
  try {
    scope_.account = wait(sts->GetCallerIdentity({})).Account;
  } catch (const cloud::Error& e) {
    throw CommandError(1, e.message());
  }
}

Remote::~Remote() {
  pool().join();
}

std::vector<SeenMessage> Remote::look(const std::string& queue_url, const std::string&) {
  return wait(receive_all(*sqs_, queue_url));
}

}  // namespace doorbuster::cli
