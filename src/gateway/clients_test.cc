// Clients that go, are slow, or are too many.
#include "gateway/server.h"
#include "gateway/server_testing.h"

namespace doorbuster::gateway {
namespace {

TEST_F(ServerTest, WithdrawsALongPollWhoseClientHasGone) {
  start();
  {
    Peer peer(port_);
    peer.send(sqs_request("ReceiveMessage", R"({"QueueUrl":"q","WaitTimeSeconds":20})"));
    services_.watch.waiting.get_future().get();
  }
  services_.watch.withdrawn.get_future().get();
}

TEST_F(ServerTest, WithdrawsALongPollWhoseClientHasGoneAfterAnotherRequest) {
  ServerOptions options;
  options.limits.check_every = std::chrono::milliseconds(1);
  start(std::move(options));
  {
    Peer peer(port_);
    const auto poll = sqs_request("ReceiveMessage", R"({"QueueUrl":"q","WaitTimeSeconds":20})");
    peer.send(poll);
    services_.watch.waiting.get_future().get();
    peer.send(poll);
  }
  EXPECT_TRUE(is_withdrawn());
}

TEST_F(ServerTest, WithdrawsALongPollWhoseClientHasGoneOverTls) {
  const Certificate certificate;
  ServerOptions options;
  options.tls = certificate.tls();
  options.limits.check_every = std::chrono::milliseconds(1);
  start(std::move(options));
  SecurePeer peer(port_);
  peer.send(sqs_request("ReceiveMessage", R"({"QueueUrl":"q","WaitTimeSeconds":20})"));
  services_.watch.waiting.get_future().get();
  peer.leave();
  EXPECT_TRUE(is_withdrawn());
}

// A client that sends first and reads then would otherwise find the connection reset.
TEST_F(ServerTest, RefusesABodyOverTlsWithoutResettingTheConnection) {
  const Certificate certificate;
  ServerOptions options;
  options.tls = certificate.tls();
  start(std::move(options));
  SecurePeer peer(port_);
  peer.send(
      "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AmazonSQS.GetQueueUrl\r\n"
      "Content-Length: 1000000000\r\n\r\n");
  for (int i = 0; i < 16; ++i) ASSERT_NO_THROW(peer.send(std::string(wire::piece_max, ' ')));
  const auto answer = peer.read_all();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 4")) << answer;
  EXPECT_NE(answer.find("EntityTooLarge"), std::string::npos) << answer;
}

TEST_F(ServerTest, AnswersALongPollWhenItStops) {
  start();
  Peer peer(port_);
  peer.send(sqs_request("ReceiveMessage", R"({"QueueUrl":"q","WaitTimeSeconds":20})"));
  services_.watch.waiting.get_future().get();
  auto stopped = std::async(std::launch::async, [this] { server_->stop(); });
  EXPECT_TRUE(peer.answer().starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(peer.closed());
  stopped.get();
}

TEST_F(ServerTest, HangsUpOnIdleClients) {
  ServerOptions options;
  options.limits.idle = std::chrono::seconds(0);
  start(std::move(options));
  Peer peer(port_);
  peer.send("GET / HT");
  EXPECT_TRUE(peer.closed());
}

TEST_F(ServerTest, HangsUpOnABodyThatStopsComing) {
  ServerOptions options;
  options.limits.piece = std::chrono::seconds(0);
  start(std::move(options));
  Peer peer(port_);
  auto request = sqs_request("GetQueueUrl", R"({"QueueName":"a"})");
  request.pop_back();
  peer.send(request);
  EXPECT_TRUE(peer.closed());
}

// Takes its time over a request whose body it has read.
class Ponderer final : public Handler {
 public:
  explicit Ponderer(std::chrono::milliseconds time) : time_(time) {}

  cloud::Async<wire::Response> answer(Request& request) override {
    const auto stream = co_await request.body();
    wire::Response response;
    response.body.bytes = co_await stream->read();
    asio::steady_timer timer(co_await asio::this_coro::executor, time_);
    co_await timer.async_wait(asio::use_awaitable);
    co_return response;
  }
  wire::Response refuse(const cloud::Error&, const std::string&) override { return {}; }

 private:
  const std::chrono::milliseconds time_;
};

TEST_F(ServerTest, CountsNoTimeWhileTheRequestIsBeingAnswered) {
  Ponderer ponderer(std::chrono::milliseconds(50));
  ServerOptions options;
  options.limits.piece = std::chrono::milliseconds(0);
  options.limits.check_every = std::chrono::milliseconds(1);
  serve(ponderer, std::move(options));
  Peer peer(port_);
  peer.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nslow");
  EXPECT_TRUE(peer.answer().ends_with("\r\n\r\nslow"));
}

TEST_F(ServerTest, CountsNoTimeAfterItHasToldToContinue) {
  Ponderer ponderer(std::chrono::milliseconds(50));
  ServerOptions options;
  options.limits.piece = std::chrono::milliseconds(0);
  options.limits.check_every = std::chrono::milliseconds(1);
  serve(ponderer, std::move(options));
  Peer peer(port_);
  peer.send(
      "POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(peer.answer(), "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_TRUE(peer.answer().starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST_F(ServerTest, TurnsAwayWhoeverIsTooMany) {
  ServerOptions options;
  options.limits.connections = 1;
  start(std::move(options));
  Peer first(port_);
  first.send(sqs_request("GetQueueUrl", R"({"QueueName":"a"})"));
  first.answer();
  Peer second(port_);
  second.send(sqs_request("GetQueueUrl", R"({"QueueName":"b"})"));
  const auto refusal = second.answer();
  EXPECT_TRUE(refusal.starts_with("HTTP/1.1 503 ")) << refusal;
  EXPECT_NE(refusal.find("\r\nRetry-After: 1\r\n"), std::string::npos) << refusal;
  EXPECT_TRUE(refusal.ends_with("Try again shortly.\n")) << refusal;
}

// Says "tick" twice and then no more, until it is cancelled.
class Ticker final : public Handler, public cloud::ByteStream {
 public:
  cloud::Async<wire::Response> answer(Request&) override {
    wire::Response response;
    response.body.rest = std::shared_ptr<cloud::ByteStream>(this, [](auto*) {});
    co_return response;
  }
  wire::Response refuse(const cloud::Error&, const std::string&) override { return {}; }

  cloud::Async<std::string> read() override {
    if (ticks_++ < 2) co_return "tick";
    waiting.set_value();
    asio::steady_timer never(co_await asio::this_coro::executor,
                             asio::steady_timer::time_point::max());
    boost::system::error_code ec;
    co_await never.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    ended.set_value();
    co_return "";
  }

  std::promise<void> waiting;
  std::promise<void> ended;

 private:
  int ticks_ = 0;
};

TEST_F(ServerTest, SendsAStreamWithoutALengthUntilItStops) {
  Ticker ticker;
  serve(ticker);
  Peer peer(port_);
  peer.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  ticker.waiting.get_future().get();
  server_->stop();
  std::string all = peer.answer();
  while (!peer.closed()) all += peer.answer();
  EXPECT_NE(all.find("Connection: close\r\n\r\n"), std::string::npos) << all;
  EXPECT_EQ(all.find("Content-Length"), std::string::npos) << all;
  EXPECT_TRUE(all.ends_with("\r\n\r\nticktick")) << all;
}

TEST_F(ServerTest, EndsAStreamWhoseClientHasGone) {
  Ticker ticker;
  serve(ticker);
  {
    Peer peer(port_);
    peer.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    ticker.waiting.get_future().get();
  }
  ticker.ended.get_future().get();
}

// Has more to say than anybody hears.
class Chatterbox final : public Handler {
 public:
  class Speech final : public cloud::ByteStream {
   public:
    explicit Speech(std::promise<void>& ended) : ended_(ended) {}
    ~Speech() override { ended_.set_value(); }
    cloud::Async<std::string> read() override { co_return std::string(wire::piece_max, 'x'); }

   private:
    std::promise<void>& ended_;
  };

  cloud::Async<wire::Response> answer(Request&) override {
    wire::Response response;
    response.body.rest = std::make_shared<Speech>(ended);
    co_return response;
  }
  wire::Response refuse(const cloud::Error&, const std::string&) override { return {}; }

  std::promise<void> ended;
};

TEST_F(ServerTest, HangsUpOnAClientThatDoesNotRead) {
  Chatterbox chatterbox;
  ServerOptions options;
  options.limits.piece = std::chrono::seconds(0);
  serve(chatterbox, std::move(options));
  Peer peer(port_);
  peer.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  chatterbox.ended.get_future().get();
}

}  // namespace
}  // namespace doorbuster::gateway
