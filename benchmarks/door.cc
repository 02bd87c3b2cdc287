// The AWS door over loopback: the program as it is served, a bare echo beside it.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/json.hpp>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <vector>

#include "aws_requests.h"
#include "cases.h"
#include "echo.h"
#include "http_load.h"

namespace doorbuster::bench {
namespace {

constexpr int kConnections = 128;
constexpr std::uint64_t kRequests = 300'000;
constexpr std::uint64_t kObjects = 100'000;
constexpr int kIdlePolls = 1'000;
constexpr std::size_t kBodyBytes = 500;
constexpr std::size_t kObjectBytes = 1'000;

// `doorbuster up` in a child process.
class Door {
 public:
  explicit Door(const std::filesystem::path& data) {
    std::array<int, 2> channel{};
    if (pipe(channel.data()) != 0) throw std::runtime_error("no pipe");
    const auto program = std::filesystem::canonical("/proc/self/exe").parent_path() / "doorbuster";
    const Stopwatch watch;
    child_ = fork();
    if (child_ == 0) {
      dup2(channel[1], STDOUT_FILENO);
      execl(program.c_str(), program.c_str(), "up", "--port", "0", "--data", data.c_str(), nullptr);
      _exit(127);
    }
    close(channel[1]);
    port_ = read_port(channel[0]);
    close(channel[0]);
    ask(port_, "GET /_doorbuster/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    start_ms_ = watch.seconds() * 1'000;
  }
  ~Door() {
    kill(child_, SIGTERM);
    waitpid(child_, nullptr, 0);
  }
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;

  std::uint16_t port() const { return port_; }
  double start_ms() const { return start_ms_; }

  std::uint64_t rss_bytes() const {
    std::ifstream in("/proc/" + std::to_string(child_) + "/statm");
    std::uint64_t size = 0;
    std::uint64_t resident = 0;
    in >> size >> resident;
    return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  }
  double cpu_seconds() const {
    std::ifstream in("/proc/" + std::to_string(child_) + "/stat");
    const std::vector<std::string> fields{std::istream_iterator<std::string>(in), {}};
    return (std::stod(fields.at(13)) + std::stod(fields.at(14))) /
           static_cast<double>(sysconf(_SC_CLK_TCK));
  }

 private:
  static std::uint16_t read_port(int from) {
    constexpr std::string_view kBefore = "http://127.0.0.1:";
    std::string text;
    std::array<char, 1024> some{};
    for (ssize_t n = 0; (n = read(from, some.data(), some.size())) > 0;) {
      text.append(some.data(), static_cast<std::size_t>(n));
      const auto at = text.find(kBefore);
      if (at != std::string::npos && text.find('\n', at) != std::string::npos) {
        return static_cast<std::uint16_t>(std::stoi(text.substr(at + kBefore.size())));
      }
    }
    throw std::runtime_error("doorbuster up did not start");
  }

  pid_t child_ = 0;
  std::uint16_t port_ = 0;
  double start_ms_ = 0;
};

std::string make_queue(std::uint16_t port, const std::string& name,
                       const boost::json::object& attributes) {
  const boost::json::object request{{"QueueName", name}, {"Attributes", attributes}};
  const auto answer = ask(port, sqs_request("CreateQueue", boost::json::serialize(request)));
  return std::string(boost::json::parse(answer).at("QueueUrl").as_string());
}

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

void put_load(boost::json::object& figures, const std::string& name, const Load& load) {
  figures[name + "_per_second"] = load.per_second;
  figures[name + "_p50_ms"] = load.p50_ms;
  figures[name + "_p99_ms"] = load.p99_ms;
  figures[name + "_p999_ms"] = load.p999_ms;
}

// What long polls cost that wait for nothing: processor time while nothing happens, and memory.
void measure_idle_polls(boost::json::object& figures, const Door& door, const std::string& url) {
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
  const auto memory = door.rss_bytes();
  const double cpu = door.cpu_seconds();
  const Stopwatch watch;
  load(door.port(), std::move(visitors));
  figures["idle_polls_cpu_share"] = (door.cpu_seconds() - cpu) / watch.seconds();
  figures["idle_polls_rss_bytes"] = door.rss_bytes() - std::min(memory, door.rss_bytes());
}

}  // namespace

boost::json::object door(const Setting& setting) {
  const auto scaled = [&setting](std::uint64_t count) {
    return std::max<std::uint64_t>(
        1'000, static_cast<std::uint64_t>(static_cast<double>(count) * setting.scale));
  };
  boost::json::object figures;
  EchoServer echo;
  Door door(setting.directory / "data");
  const auto port = door.port();
  figures["start_ms"] = door.start_ms();
  figures["idle_rss_bytes"] = door.rss_bytes();
  const auto url = make_queue(port, "Load", {});
  const auto send = sqs_request("SendMessage", message_of(url));
  put_load(figures, "echo", load(echo.port(), send, scaled(kRequests), kConnections));
  put_load(figures, "send", load(port, send, scaled(kRequests), kConnections));
  std::vector<std::unique_ptr<Visitor>> consumers;
  for (int i = 0; i < kConnections; ++i) consumers.push_back(std::make_unique<Consumer>(url));
  put_load(figures, "receive_or_delete", load(port, std::move(consumers)));
  const auto batch = load(port, sqs_request("SendMessageBatch", batch_of(url)),
                          scaled(kRequests) / 5, kConnections);
  put_load(figures, "send_batch", batch);
  figures["batched_messages_per_second"] = batch.per_second * 10;
  wire_fan_out(port);
  std::uint64_t left = scaled(kObjects);
  std::vector<std::unique_ptr<Visitor>> uploaders;
  for (int i = 0; i < kConnections; ++i) uploaders.push_back(std::make_unique<Uploader>(left));
  put_load(figures, "put_with_fan_out", load(port, std::move(uploaders)));
  put_load(figures, "get",
           load(port, aws_request("GET", "/orders/invoices/1.json", "s3", "", ""), scaled(kObjects),
                kConnections));
  put_load(figures, "echo_again", load(echo.port(), send, scaled(kRequests), kConnections));
  const auto idle = make_queue(port, "Idle", {});
  measure_idle_polls(figures, door, idle);
  return figures;
}

}  // namespace doorbuster::bench
