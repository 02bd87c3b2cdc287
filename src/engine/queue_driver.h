// One queue on a test bed, and short words for what tests do with it.
#pragma once

#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "cloud/arn.h"
#include "engine/test_bed.h"

namespace doorbuster::cloud {

// For the messages of failed tests.
inline void PrintTo(const Message& message, std::ostream* out) {
  *out << message.Body;
}

}  // namespace doorbuster::cloud

namespace doorbuster::engine {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class QueueDriver {
 public:
  QueueDriver(TestBed& bed, const std::string& name, cloud::AttributeMap attributes = {})
      : bed_(bed), arn_(cloud::Scope{}.arn("sqs", name)) {
    if (name.ends_with(".fifo")) attributes.emplace("FifoQueue", "true");
    url_ = bed.run(bed.sqs().CreateQueue({name, std::move(attributes)})).QueueUrl;
  }

  const std::string& url() const { return url_; }
  const std::string& arn() const { return arn_; }

  cloud::SendMessageRequest message(std::string body) const {
    cloud::SendMessageRequest request;
    request.QueueUrl = url_;
    request.MessageBody = std::move(body);
    return request;
  }
  cloud::SendMessageRequest message(std::string body, std::string group, std::string id) const {
    auto request = message(std::move(body));
    request.MessageGroupId = std::move(group);
    request.MessageDeduplicationId = std::move(id);
    return request;
  }
  cloud::SendMessageResult send(cloud::SendMessageRequest request) {
    return bed_.run(bed_.sqs().SendMessage(std::move(request)));
  }
  cloud::SendMessageResult send(std::string body) { return send(message(std::move(body))); }
  // To a FIFO queue, with an id of its own.
  cloud::SendMessageResult send_to(std::string group, std::string body) {
    return send(message(std::move(body), std::move(group), "unique" + std::to_string(next_++)));
  }

  cloud::ReceiveMessageRequest order(int max = 1) const {
    cloud::ReceiveMessageRequest request;
    request.QueueUrl = url_;
    request.MaxNumberOfMessages = max;
    request.MessageSystemAttributeNames = {"All"};
    request.MessageAttributeNames = {"All"};
    return request;
  }
  std::vector<cloud::Message> receive(int max = 1) { return receive(order(max)); }
  std::vector<cloud::Message> receive(cloud::ReceiveMessageRequest request) {
    return bed_.run(bed_.sqs().ReceiveMessage(std::move(request))).Messages;
  }
  std::vector<std::string> bodies(int max = 10) {
    std::vector<std::string> all;
    for (auto& message : receive(max)) all.push_back(std::move(message.Body));
    return all;
  }
  // Begins a long poll.
  auto poll(int wait_s = 20) {
    auto request = order(10);
    request.WaitTimeSeconds = wait_s;
    return bed_.begin(bed_.sqs().ReceiveMessage(std::move(request)));
  }

  void remove(const cloud::Message& message) {
    bed_.run(bed_.sqs().DeleteMessage({url_, message.ReceiptHandle}));
  }
  std::string error_of_remove(const cloud::Message& message) {
    return bed_.error_of(bed_.sqs().DeleteMessage({url_, message.ReceiptHandle}));
  }
  std::string change_visibility(const cloud::Message& message, int timeout_s) {
    return bed_.error_of(
        bed_.sqs().ChangeMessageVisibility({url_, message.ReceiptHandle, timeout_s}));
  }
  std::string error_of_send(cloud::SendMessageRequest request) {
    return bed_.error_of(bed_.sqs().SendMessage(std::move(request)));
  }

  std::string set(const std::string& name, const std::string& value) {
    return bed_.error_of(bed_.sqs().SetQueueAttributes({url_, {{name, value}}}));
  }
  std::string get(const std::string& name) {
    auto result = bed_.run(bed_.sqs().GetQueueAttributes({url_, {name}}));
    return result.Attributes[name];
  }
  std::string redrive_to(const QueueDriver& dead_letters, int max_receive_count) {
    return set("RedrivePolicy", R"({"deadLetterTargetArn":")" + dead_letters.arn() +
                                    R"(","maxReceiveCount":)" + std::to_string(max_receive_count) +
                                    "}");
  }

  // "VISIBLE IN_FLIGHT DELAYED".
  std::string counts() {
    auto all = bed_.run(bed_.sqs().GetQueueAttributes({url_, {"All"}})).Attributes;
    return all["ApproximateNumberOfMessages"] + ' ' + all["ApproximateNumberOfMessagesNotVisible"] +
           ' ' + all["ApproximateNumberOfMessagesDelayed"];
  }

 private:
  TestBed& bed_;
  std::string arn_;
  std::string url_;
  int next_ = 0;
};

}  // namespace doorbuster::engine
