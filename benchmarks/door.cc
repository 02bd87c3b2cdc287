// The AWS door over loopback: the program as it is served, a bare echo beside it.
#include <algorithm>
#include <boost/json.hpp>
#include <memory>
#include <vector>

#include "aws_requests.h"
#include "cases.h"
#include "echo.h"
#include "http_load.h"
#include "sdk_load.h"
#include "up.h"

namespace doorbuster::bench {
namespace {

constexpr std::uint64_t kRequests = 300'000;
constexpr std::uint64_t kObjects = 100'000;
constexpr int kIdlePolls = 1'000;

std::string url_escaped(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string escaped;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte)) {
      escaped += c;
    } else {
      escaped += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return escaped;
}

// Bucket, topic and two queues, wired as the topology wires them.
void wire_fan_out(std::uint16_t port) {
  const std::string topic = "arn:aws:sns:us-east-1:000000000000:NewOrderEvents";
  ask(port, sns_request("Action=CreateTopic&Name=NewOrderEvents"));
  const std::string topic_policy =
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},)"
      R"("Action":"SNS:Publish","Resource":")" +
      topic + R"("}]})";
  ask(port, sns_request("Action=SetTopicAttributes&AttributeName=Policy&TopicArn=" +
                        url_escaped(topic) + "&AttributeValue=" + url_escaped(topic_policy)));
  for (const std::string name : {"ShippingQueue", "AnalyticsQueue"}) {
    std::string arn = "arn:aws:sqs:us-east-1:000000000000:";
    arn += name;
    make_queue(
        port, name,
        {{"Policy",
          R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},)"
          R"("Action":"sqs:SendMessage","Resource":")" +
              arn + R"("}]})"}});
    ask(port, sns_request("Action=Subscribe&Protocol=sqs&TopicArn=" + url_escaped(topic) +
                          "&Endpoint=" + url_escaped(arn)));
  }
  ask(port, aws_request("PUT", "/orders", "s3", "", ""));
  ask(port, aws_request("PUT", "/orders?notification", "s3", "",
                        "<NotificationConfiguration><TopicConfiguration><Topic>" + topic +
                            "</Topic><Event>s3:ObjectCreated:*</Event></TopicConfiguration>"
                            "</NotificationConfiguration>"));
}

// What long polls cost that wait for nothing: processor time while nothing happens, and memory.
void measure_idle_polls(boost::json::object& figures, const Door& door, const std::string& url) {
  const Child& process = door.process();
  std::vector<std::unique_ptr<Visitor>> visitors;
  const std::string poll =
      sqs_request("ReceiveMessage", R"({"QueueUrl":")" + url + R"(","WaitTimeSeconds":5})");
  class Poll final : public Visitor {
   public:
    explicit Poll(const std::string& request) : request_(request) {}
    std::string_view next() override {
      return std::exchange(asked_, true) ? std::string_view() : std::string_view(request_);
    }

   private:
    const std::string& request_;
    bool asked_ = false;
  };
  for (int i = 0; i < kIdlePolls; ++i) visitors.push_back(std::make_unique<Poll>(poll));
  const auto memory = process.rss_bytes();
  const double cpu = process.cpu_seconds();
  const Stopwatch watch;
  load(door.port(), std::move(visitors));
  figures["idle_polls_cpu_share"] = (process.cpu_seconds() - cpu) / watch.seconds();
  figures["idle_polls_rss_bytes"] = process.rss_bytes() - std::min(memory, process.rss_bytes());
}

}  // namespace

boost::json::object door(const Setting& setting) {
  boost::json::object figures;
  EchoServer echo;
  Door door(setting.directory / "data");
  const auto port = door.port();
  figures["start_ms"] = door.start_ms();
  figures["idle_rss_bytes"] = door.process().rss_bytes();
  const auto url = make_queue(port, "Load", {});
  const auto send = send_request(url);
  put_load(figures, "echo", load(echo.port(), send, scaled(setting, kRequests), kConnections));
  measure_queue(figures, port, url, scaled(setting, kRequests));
  wire_fan_out(port);
  put_load(figures, "put_with_fan_out", put_objects(port, scaled(setting, kObjects)));
  put_load(figures, "get", get_object(port, scaled(setting, kObjects)));
  put_load(figures, "echo_again",
           load(echo.port(), send, scaled(setting, kRequests), kConnections));
  const auto idle = make_queue(port, "Idle", {});
  measure_idle_polls(figures, door, idle);
  return figures;
}

}  // namespace doorbuster::bench
