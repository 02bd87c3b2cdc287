#include "http_load.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <chrono>
#include <optional>
#include <stdexcept>

namespace doorbuster::bench {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;

struct Answer {
  int status = 0;
  std::size_t head = 0;  // bytes
  std::size_t body = 0;
  bool last = false;  // on its connection
};

// Nothing until the head is complete.
std::optional<Answer> parse(std::string_view text) {
  Answer answer;
  const auto end = text.find("\r\n\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  answer.head = end + 4;
  std::from_chars(text.data() + 9, text.data() + 12, answer.status);
  for (const std::string_view name : {"Content-Length: ", "content-length: "}) {
    const auto at = text.substr(0, end).find(name);
    if (at == std::string_view::npos) continue;
    std::from_chars(text.data() + at + name.size(), text.data() + end, answer.body);
  }
  answer.last = text.substr(0, end).find("Connection: close") != std::string_view::npos;
  return answer;
}

// When requests are to be sent, one after the other.
class Pace {
 public:
  // 0: as soon as it can be.
  explicit Pace(double per_second) : per_second_(per_second) {}
  Clock::time_point next() {
    if (per_second_ == 0) return Clock::now();
    const std::chrono::duration<double> since(static_cast<double>(count_++) / per_second_);
    return begin_ + std::chrono::duration_cast<Clock::duration>(since);
  }

 private:
  const double per_second_;
  const Clock::time_point begin_ = Clock::now();
  std::uint64_t count_ = 0;
};

class Session {
 public:
  Session(asio::io_context& context, std::uint16_t port, std::unique_ptr<Visitor> visitor,
          Pace& pace, std::vector<float>& latencies_ms)
      : socket_(context),
        timer_(context),
        port_(port),
        visitor_(std::move(visitor)),
        pace_(pace),
        latencies_ms_(latencies_ms) {
    connect();
    buffer_.resize(std::size_t{64} * 1024);
  }

  void send() {
    const std::string_view request = visitor_->next();
    if (request.empty()) return;
    begin_ = pace_.next();
    if (begin_ <= Clock::now()) return send(request);
    timer_.expires_at(begin_);
    timer_.async_wait([this, request](const boost::system::error_code&) { send(request); });
  }

 private:
  void send(std::string_view request) {
    if (!socket_.is_open()) connect();
    asio::write(socket_, asio::buffer(request));
    filled_ = 0;
    receive();
  }

  void connect() {
    socket_.connect({asio::ip::address_v4::loopback(), port_});
    socket_.set_option(tcp::no_delay(true));
  }

  void receive() {
    if (filled_ == buffer_.size()) buffer_.resize(2 * buffer_.size());
    socket_.async_read_some(asio::buffer(buffer_) + filled_,
                            [this](const boost::system::error_code& ec, std::size_t n) {
                              if (ec)
                                throw std::runtime_error("the server hung up: " + ec.message());
                              filled_ += n;
                              took_some();
                            });
  }

  void took_some() {
    const std::string_view text(buffer_.data(), filled_);
    const auto answer = parse(text);
    if (!answer || filled_ < answer->head + answer->body) return receive();
    latencies_ms_.push_back(
        std::chrono::duration<float, std::milli>(Clock::now() - begin_).count());
    const auto body = text.substr(answer->head, answer->body);
    if (answer->status >= 300) throw std::runtime_error("answered: " + std::string(text));
    visitor_->answered(answer->status, body);
    if (answer->last) socket_.close();
    send();
  }

  tcp::socket socket_;
  asio::steady_timer timer_;
  const std::uint16_t port_;
  std::unique_ptr<Visitor> visitor_;
  Pace& pace_;
  std::vector<float>& latencies_ms_;
  std::string buffer_;
  std::size_t filled_ = 0;
  Clock::time_point begin_;
};

class Repeat final : public Visitor {
 public:
  Repeat(std::string request, std::uint64_t& left) : request_(std::move(request)), left_(left) {}
  std::string_view next() override {
    if (left_ == 0) return {};
    --left_;
    return request_;
  }

 private:
  const std::string request_;
  std::uint64_t& left_;
};

class Once final : public Visitor {
 public:
  Once(const std::string& request, std::string& body) : request_(request), body_(body) {}
  std::string_view next() override {
    return std::exchange(asked_, true) ? std::string_view() : request_;
  }
  void answered(int /*status*/, std::string_view body) override { body_ = body; }

 private:
  const std::string& request_;
  std::string& body_;
  bool asked_ = false;
};

double at_share(std::vector<float>& sorted, double share) {
  if (sorted.empty()) return 0;
  const auto last = static_cast<double>(sorted.size() - 1);
  return sorted[static_cast<std::size_t>(share * last)];
}

Load load(double per_second, std::uint16_t port, std::vector<std::unique_ptr<Visitor>> visitors) {
  asio::io_context context(1);
  Pace pace(per_second);
  std::vector<float> latencies_ms;
  std::vector<std::unique_ptr<Session>> sessions;
  for (auto& visitor : visitors) {
    sessions.push_back(
        std::make_unique<Session>(context, port, std::move(visitor), pace, latencies_ms));
  }
  const auto begin = Clock::now();
  for (const auto& session : sessions) session->send();
  context.run();
  const std::chrono::duration<double> took = Clock::now() - begin;
  std::sort(latencies_ms.begin(), latencies_ms.end());
  return {static_cast<double>(latencies_ms.size()) / took.count(), at_share(latencies_ms, 0.5),
          at_share(latencies_ms, 0.99), at_share(latencies_ms, 0.999)};
}

}  // namespace

Load load(std::uint16_t port, std::vector<std::unique_ptr<Visitor>> visitors) {
  return load(0, port, std::move(visitors));
}

Load load(std::uint16_t port, const std::string& request, std::uint64_t count, int connections) {
  return load_at(0, port, request, count, connections);
}

Load load_at(double per_second, std::uint16_t port, const std::string& request, std::uint64_t count,
             int connections) {
  std::vector<std::unique_ptr<Visitor>> visitors;
  std::uint64_t left = count;
  for (int i = 0; i < connections; ++i) visitors.push_back(std::make_unique<Repeat>(request, left));
  return load(per_second, port, std::move(visitors));
}

std::string ask(std::uint16_t port, const std::string& request) {
  std::string body;
  std::vector<std::unique_ptr<Visitor>> visitors;
  visitors.push_back(std::make_unique<Once>(request, body));
  load(port, std::move(visitors));
  return body;
}

}  // namespace doorbuster::bench
