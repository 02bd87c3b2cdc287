// A server on a port of its own, and peers that know nothing but bytes.
#pragma once

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

namespace asio = boost::asio;
using asio::ip::tcp;

inline constexpr std::chrono::seconds kPatience{10};  // for what should happen at once

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

inline std::string sqs_request(const std::string& operation, const std::string& json,
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
  // Whether the receive that waits is withdrawn.
  bool is_withdrawn() {
    auto withdrawn = services_.watch.withdrawn.get_future();
    return withdrawn.wait_for(kPatience) == std::future_status::ready;
  }

  FakeServices services_;
  const cloud::SystemClock clock_;
  std::uint16_t port_ = 0;
  std::optional<AwsDoor> door_;
  std::optional<Server> server_;
};

}  // namespace doorbuster::gateway
