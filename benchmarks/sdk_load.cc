#include "sdk_load.h"

#include <boost/json.hpp>
#include <memory>
#include <vector>

#include "aws_requests.h"

namespace doorbuster::bench {
namespace {

constexpr std::size_t kBodyBytes = 500;
constexpr std::size_t kObjectBytes = 1'000;

std::string message_of(const std::string& url) {
  return boost::json::serialize(
      boost::json::object{{"QueueUrl", url}, {"MessageBody", std::string(kBodyBytes, 'x')}});
}

std::string batch_of(const std::string& url) {
  boost::json::array entries;
  for (int i = 0; i < 10; ++i) {
    entries.push_back({{"Id", std::to_string(i)}, {"MessageBody", std::string(kBodyBytes, 'x')}});
  }
  return boost::json::serialize(boost::json::object{{"QueueUrl", url}, {"Entries", entries}});
}

// Receives a message and deletes it, in turn, until the queue is empty.
class Consumer final : public Visitor {
 public:
  explicit Consumer(const std::string& url)
      : url_(url), receive_(sqs_request("ReceiveMessage", R"({"QueueUrl":")" + url + R"("})")) {}

  std::string_view next() override {
    if (done_) return {};
    return handle_.empty() ? receive_ : delete_;
  }

  void answered(int /*status*/, std::string_view body) override {
    if (!handle_.empty()) return handle_.clear();
    constexpr std::string_view kName = R"("ReceiptHandle":")";
    const auto at = body.find(kName);
    done_ = at == std::string_view::npos;
    if (done_) return;
    handle_ = body.substr(at + kName.size(), body.find('"', at + kName.size()) - at - kName.size());
    delete_ = sqs_request("DeleteMessage",
                          R"({"QueueUrl":")" + url_ + R"(","ReceiptHandle":")" + handle_ + R"("})");
  }

 private:
  const std::string& url_;
  const std::string receive_;
  std::string handle_;
  std::string delete_;
  bool done_ = false;
};

// A thousand-byte object under a new key each time.
class Uploader final : public Visitor {
 public:
  explicit Uploader(std::uint64_t& left) : left_(left) {}
  std::string_view next() override {
    if (left_ == 0) return {};
    request_ = aws_request("PUT", "/orders/invoices/" + std::to_string(left_--) + ".json", "s3",
                           "Content-Type: application/json\r\n", std::string(kObjectBytes, 'x'));
    return request_;
  }

 private:
  std::uint64_t& left_;
  std::string request_;
};

}  // namespace

void put_load(boost::json::object& figures, const std::string& name, const Load& load) {
  figures[name + "_per_second"] = load.per_second;
  figures[name + "_p50_ms"] = load.p50_ms;
  figures[name + "_p99_ms"] = load.p99_ms;
  figures[name + "_p999_ms"] = load.p999_ms;
}

std::string make_queue(std::uint16_t port, const std::string& name,
                       const boost::json::object& attributes) {
  const boost::json::object request{{"QueueName", name}, {"Attributes", attributes}};
  const auto answer = ask(port, sqs_request("CreateQueue", boost::json::serialize(request)));
  return std::string(boost::json::parse(answer).at("QueueUrl").as_string());
}

std::string send_request(const std::string& queue_url) {
  return sqs_request("SendMessage", message_of(queue_url));
}

void measure_queue(boost::json::object& figures, std::uint16_t port, const std::string& queue_url,
                   std::uint64_t requests) {
  put_load(figures, "send", load(port, send_request(queue_url), requests, kConnections));
  std::vector<std::unique_ptr<Visitor>> consumers;
  for (int i = 0; i < kConnections; ++i) {
    consumers.push_back(std::make_unique<Consumer>(queue_url));
  }
  put_load(figures, "receive_or_delete", load(port, std::move(consumers)));
  const auto batch =
      load(port, sqs_request("SendMessageBatch", batch_of(queue_url)), requests / 5, kConnections);
  put_load(figures, "send_batch", batch);
  figures["batched_messages_per_second"] = batch.per_second * 10;
}

Load put_objects(std::uint16_t port, std::uint64_t count) {
  std::vector<std::unique_ptr<Visitor>> uploaders;
  for (int i = 0; i < kConnections; ++i) uploaders.push_back(std::make_unique<Uploader>(count));
  return load(port, std::move(uploaders));
}

Load get_object(std::uint16_t port, std::uint64_t count) {
  return load(port, aws_request("GET", "/orders/invoices/1.json", "s3", "", ""), count,
              kConnections);
}

}  // namespace doorbuster::bench
