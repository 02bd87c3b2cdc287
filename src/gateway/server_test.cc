#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstdio>
#include <filesystem>
#include <future>
#include <memory>

#include "cloud/error.h"
#include "gateway/aws_door.h"
#include "wire/message_reader.h"

namespace doorbuster::gateway {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::chrono::seconds kPatience{10};  // for what should happen at once

// A queue service that answers what it was asked; a receive waits until it is withdrawn.
class FakeSqs final : public cloud::Sqs {
 public:
  struct Watch {
    std::promise<void> waiting;
    std::promise<void> withdrawn;
  };
  explicit FakeSqs(Watch& watch) : watch_(watch) {}

  cloud::Async<cloud::GetQueueUrlResult> GetQueueUrl(cloud::GetQueueUrlRequest request) override {
    if (request.QueueName == "broken") throw std::runtime_error("the roof has fallen in");
    co_return cloud::GetQueueUrlResult{"http://localhost/" + request.QueueName};
  }

  cloud::Async<cloud::ReceiveMessageResult> ReceiveMessage(cloud::ReceiveMessageRequest) override {
    asio::steady_timer forever(co_await asio::this_coro::executor, std::chrono::hours(1));
    watch_.waiting.set_value();
    try {
      co_await forever.async_wait(asio::use_awaitable);
    } catch (const boost::system::system_error&) {
      watch_.withdrawn.set_value();
    }
    co_return cloud::ReceiveMessageResult{};
  }

 private:
  Watch& watch_;
};

class FakeServices final : public cloud::Services {
 public:
  std::unique_ptr<cloud::Sqs> sqs(const cloud::Caller&) override {
    return std::make_unique<FakeSqs>(watch);
  }

  FakeSqs::Watch watch;
};

std::string sqs_request(const std::string& operation, const std::string& json,
                        const std::string& headers = "") {
  return "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AmazonSQS." + operation +
         "\r\nContent-Type: application/x-amz-json-1.0\r\n" + headers +
         "Content-Length: " + std::to_string(json.size()) + "\r\n\r\n" + json;
}

// A connection, used as a peer would that knows nothing but bytes.
class Peer {
 public:
  explicit Peer(std::uint16_t port) : socket_(context_) {
    socket_.connect({asio::ip::address_v4::loopback(), port});
  }

  void send(const std::string& bytes) { asio::write(socket_, asio::buffer(bytes)); }

  // One answer, head and body; what was read until the end if there is none.
  std::string answer() {
    for (;;) {
      const auto end = read_.find("\r\n\r\n");
      if (end != std::string::npos) {
        const auto at = read_.find("Content-Length: ");
        const std::size_t body = at < end ? std::stoul(read_.substr(at + 16)) : 0;
        if (read_.size() >= end + 4 + body) {
          std::string one = read_.substr(0, end + 4 + body);
          read_.erase(0, one.size());
          return one;
        }
      }
      if (!more()) return std::exchange(read_, {});
    }
  }

  // Whether the server has closed its side; waits for that or for bytes.
  bool closed() { return read_.empty() && !more(); }

  tcp::socket& socket() { return socket_; }

 private:
  bool more() {
    char some[4096];
    boost::system::error_code ec;
    const std::size_t n = socket_.read_some(asio::buffer(some), ec);
    read_.append(some, n);
    return !ec;
  }

  asio::io_context context_;
  tcp::socket socket_;
  std::string read_;
};

// A certificate that nobody but itself has signed, in files that go with it.
class Certificate {
 public:
  Certificate() {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"),
                                                                  EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3'600);
    X509_set_pubkey(certificate.get(), key.get());
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    write(tls_.certificate, [&](FILE* to) { PEM_write_X509(to, certificate.get()); });
    write(tls_.private_key, [&](FILE* to) {
      PEM_write_PrivateKey(to, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
  }
  ~Certificate() {
    std::filesystem::remove(tls_.certificate);
    std::filesystem::remove(tls_.private_key);
  }
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  const Tls& tls() const { return tls_; }

 private:
  template <class Write>
  static void write(const std::filesystem::path& file, const Write& contents) {
    const std::unique_ptr<FILE, decltype(&std::fclose)> to(std::fopen(file.c_str(), "w"),
                                                           std::fclose);
    contents(to.get());
  }

  const std::string name_ = ::testing::TempDir() + "doorbuster_gateway_" + std::to_string(getpid());
  const Tls tls_{name_ + ".crt", name_ + ".key"};
};

// The same as Peer over TLS, as far as it is needed.
class SecurePeer {
 public:
  explicit SecurePeer(std::uint16_t port) : stream_(context_, tls_) {
    stream_.next_layer().connect({asio::ip::address_v4::loopback(), port});
    stream_.handshake(asio::ssl::stream_base::client);
  }

  void send(const std::string& bytes) { asio::write(stream_, asio::buffer(bytes)); }

  std::string read_all() {
    std::string all;
    boost::system::error_code ec;
    asio::read(stream_, asio::dynamic_buffer(all), ec);
    return all;
  }

  // Says that it goes, and goes.
  void leave() {
    stream_.async_shutdown([](const boost::system::error_code&) {});
    context_.poll();
    stream_.next_layer().close();
    context_.restart();
    context_.run();
  }

 private:
  asio::io_context context_;
  asio::ssl::context tls_{asio::ssl::context::tls_client};
  asio::ssl::stream<tcp::socket> stream_;
};

class ServerTest : public ::testing::Test {
 protected:
  void start(ServerOptions options = {}, AwsDoorOptions door_options = {}) {
    door_.emplace(std::move(door_options), services_, clock_);
    serve(*door_, std::move(options));
  }
  void serve(Handler& handler, ServerOptions options = {}) {
    Listener listener("127.0.0.1", 0);
    port_ = listener.port();
    server_.emplace(std::move(listener), std::move(options), handler, clock_);
    server_->start();
  }

  FakeServices services_;
  const cloud::SystemClock clock_;
  std::uint16_t port_ = 0;
  std::optional<AwsDoor> door_;
  std::optional<Server> server_;
};

TEST_F(ServerTest, AnswersRequestAfterRequestOnOneConnection) {
  start();
  Peer peer(port_);
  for (const std::string name : {"a", "b"}) {
    peer.send(sqs_request("GetQueueUrl", R"({"QueueName":")" + name + R"("})"));
    const auto answer = peer.answer();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    EXPECT_TRUE(answer.ends_with(R"({"QueueUrl":"http://localhost/)" + name + R"("})")) << answer;
  }
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  start();
  Peer peer(port_);
  std::string all;
  for (int i = 0; i < 20; ++i) {
    all += sqs_request("GetQueueUrl", R"({"QueueName":"q)" + std::to_string(i) + R"("})");
  }
  peer.send(all);
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(peer.answer().ends_with("/q" + std::to_string(i) + "\"}"));
  }
}

TEST_F(ServerTest, TakesARequestByteByByte) {
  start();
  Peer peer(port_);
  peer.socket().set_option(tcp::no_delay(true));
  for (const char c : sqs_request("GetQueueUrl", R"({"QueueName":"slow"})")) {
    peer.send(std::string(1, c));
  }
  EXPECT_TRUE(peer.answer().ends_with("/slow\"}"));
}

TEST_F(ServerTest, TakesAChunkedBody) {
  start();
  Peer peer(port_);
  peer.send(
      "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AmazonSQS.GetQueueUrl\r\n"
      "Transfer-Encoding: chunked\r\n\r\n"
      "5\r\n{\"Que\r\n11\r\nueName\":\"chunks\"}\r\n0\r\n\r\n");
  EXPECT_TRUE(peer.answer().ends_with("/chunks\"}"));
}

std::string chunked_request(const std::string& body, const std::string& coding = "chunked") {
  return "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AmazonSQS.GetQueueUrl\r\n"
         "Transfer-Encoding: " +
         coding + "\r\n\r\n" + body;
}

// Both are read before anybody is asked who he is.
TEST_F(ServerTest, RefusesAChunksHeadAndATrailerWithoutEnd) {
  for (const std::string begun : {"5;", "2\r\n{}\r\n0\r\nX-Long: "}) {
    ServerOptions options;
    options.limits.head_bytes = 1'024;
    options.limits.piece = std::chrono::seconds(1);
    start(std::move(options));
    Peer peer(port_);
    peer.send(chunked_request(begun + std::string(10'000, 'x')));
    const auto answer = peer.answer();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << answer;
    EXPECT_NE(answer.find("IncompleteBody"), std::string::npos) << answer;
    EXPECT_TRUE(peer.closed());
  }
}

// What such a body is, and where it ends, only somebody can say who knows the coding: to take it
// for none would make it the next request.
TEST_F(ServerTest, RefusesATransferCodingThatIsNotPlainlyChunked) {
  const std::string hidden = sqs_request("GetQueueUrl", R"({"QueueName":"hidden"})");
  for (const std::string coding : {"gzip", "identity", "chunked, gzip", "gzip, chunked", "xchunked",
                                   "gzip\r\nTransfer-Encoding: chunked"}) {
    start();
    Peer peer(port_);
    peer.send(chunked_request(hidden, coding));
    const auto answer = peer.answer();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 501 ")) << coding << ": " << answer;
    EXPECT_TRUE(peer.closed()) << coding;
  }
}

TEST_F(ServerTest, SaysContinueToAClientThatAsks) {
  start();
  Peer peer(port_);
  const std::string json = R"({"QueueName":"patient"})";
  const auto request = sqs_request("GetQueueUrl", json, "Expect: 100-continue\r\n");
  peer.send(request.substr(0, request.size() - json.size()));
  EXPECT_EQ(peer.answer(), "HTTP/1.1 100 Continue\r\n\r\n");
  peer.send(json);
  EXPECT_TRUE(peer.answer().ends_with("/patient\"}"));
}

TEST_F(ServerTest, ClosesWhenAskedTo) {
  start();
  Peer peer(port_);
  peer.send(sqs_request("GetQueueUrl", R"({"QueueName":"last"})", "Connection: close\r\n"));
  EXPECT_NE(peer.answer().find("Connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(peer.closed());
}

TEST_F(ServerTest, RefusesWhatIsNotHttp) {
  start();
  Peer peer(port_);
  peer.send("EHLO doorbuster\r\n\r\n");
  EXPECT_TRUE(peer.answer().starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(peer.closed());
}

TEST_F(ServerTest, RefusesAHeadThatIsTooLong) {
  ServerOptions options;
  options.limits.head_bytes = 1'024;
  start(std::move(options));
  Peer peer(port_);
  peer.send("GET / HTTP/1.1\r\nX-Long: " + std::string(2'000, 'x') + "\r\n\r\n");
  const auto answer = peer.answer();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << answer;
  EXPECT_NE(answer.find("RequestHeaderSectionTooLarge"), std::string::npos) << answer;
}

TEST_F(ServerTest, RefusesABodyThatIsTooLongBeforeItComes) {
  start();
  Peer peer(port_);
  peer.send(
      "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AmazonSQS.GetQueueUrl\r\n"
      "Content-Length: 1000000000\r\n\r\n{");
  const auto answer = peer.answer();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 4")) << answer;
  EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos) << answer;
}

TEST_F(ServerTest, WantsToKnowHowLongAnObjectIs) {
  start();
  Peer peer(port_);
  peer.send("PUT /bucket/key HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto answer = peer.answer();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 411 ")) << answer;
  EXPECT_NE(answer.find("<Code>MissingContentLength</Code>"), std::string::npos) << answer;
}

TEST_F(ServerTest, AnswersAnInternalErrorAndTellsTheOperator) {
  std::promise<std::string> logged;
  AwsDoorOptions options;
  options.log = [&logged](std::string_view line) { logged.set_value(std::string(line)); };
  start({}, std::move(options));
  Peer peer(port_);
  peer.send(sqs_request("GetQueueUrl", R"({"QueueName":"broken"})"));
  const auto answer = peer.answer();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 500 ")) << answer;
  EXPECT_EQ(answer.find("roof"), std::string::npos) << answer;
  EXPECT_NE(logged.get_future().get().find("the roof has fallen in"), std::string::npos);
  peer.send(sqs_request("GetQueueUrl", R"({"QueueName":"next"})"));
  EXPECT_TRUE(peer.answer().ends_with("/next\"}"));
}

TEST_F(ServerTest, ServesPagesOfItsOwn) {
  AwsDoorOptions options;
  options.pages["/_doorbuster/health"] = []() -> cloud::Async<wire::Response> {
    wire::Response response;
    response.body.bytes = "well";
    co_return response;
  };
  options.pages["/gone"] = []() -> cloud::Async<wire::Response> {
    throw cloud::Error("Gone", "It is no more.", 410);
  };
  start({}, std::move(options));
  Peer peer(port_);
  peer.send("GET /_doorbuster/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_TRUE(peer.answer().ends_with("\r\n\r\nwell"));
  peer.send("GET /gone?really HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto gone = peer.answer();
  EXPECT_TRUE(gone.starts_with("HTTP/1.1 410 ")) << gone;
  EXPECT_TRUE(gone.ends_with("\r\n\r\nIt is no more.\n")) << gone;
}

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
  auto withdrawn = services_.watch.withdrawn.get_future();
  EXPECT_EQ(withdrawn.wait_for(kPatience), std::future_status::ready);
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
  auto withdrawn = services_.watch.withdrawn.get_future();
  EXPECT_EQ(withdrawn.wait_for(kPatience), std::future_status::ready);
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

TEST(Listener, RefusesWhatIsNoAddress) {
  EXPECT_THROW(Listener("localhost:80", 0), std::runtime_error);
}

TEST(Listener, RefusesAPortThatIsTaken) {
  const Listener first("127.0.0.1", 0);
  try {
    const Listener second("127.0.0.1", first.port());
    FAIL();
  } catch (const std::runtime_error& e) {
    EXPECT_NE(std::string(e.what()).find("another port"), std::string::npos) << e.what();
  }
}

TEST(AwsDoor, WantsKeysWhereOthersCouldReachIt) {
  wire::KeyRing keys;
  EXPECT_NO_THROW(require_keys(Listener("127.0.0.1", 0), keys));
  EXPECT_THROW(require_keys(Listener("0.0.0.0", 0), keys), std::runtime_error);
  keys.open = false;
  EXPECT_NO_THROW(require_keys(Listener("0.0.0.0", 0), keys));
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
