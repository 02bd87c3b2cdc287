#include "gateway/server.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "gateway/connection.h"

namespace doorbuster::gateway {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::milliseconds kAcceptAgain{50};  // when the process is out of descriptors
constexpr std::chrono::milliseconds kFinishedAgain{2};
constexpr std::chrono::seconds kFarewell{2};  // for a client to read that it is turned away
constexpr std::size_t kTurnedAwayMax = 256;   // at once; more are only hung up on
constexpr std::string_view kBusy =
    "HTTP/1.1 503 Slow Down\r\nRetry-After: 1\r\nContent-Type: text/plain\r\n"
    "Content-Length: 65\r\nConnection: close\r\n\r\n"
    "There are too many connections at the moment. Try again shortly.\n";

// Every connection takes a descriptor, and the store's files some more.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

asio::ssl::context tls_context(const Tls& tls) {
  asio::ssl::context context(asio::ssl::context::tls_server);
  context.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                      asio::ssl::context::no_tlsv1_1);
  error_code ec;
  context.use_certificate_chain_file(tls.certificate.string(), ec);
  if (ec) {
    throw std::runtime_error("the certificate " + tls.certificate.string() +
                             " can't be used: " + ec.message());
  }
  context.use_private_key_file(tls.private_key.string(), asio::ssl::context::pem, ec);
  if (ec) {
    throw std::runtime_error("the private key " + tls.private_key.string() +
                             " can't be used: " + ec.message());
  }
  return context;
}

tcp::endpoint endpoint_of(const std::string& name, std::uint16_t port) {
  error_code ec;
  const auto address = asio::ip::make_address(name, ec);
  if (!ec) return {address, port};
  throw std::runtime_error(name +
                           " is no address to listen on: give one of this machine's, as 127.0.0.1 "
                           "or ::1");
}

tcp::endpoint endpoint_of(int socket) {
  tcp::endpoint endpoint;
  auto size = static_cast<socklen_t>(endpoint.capacity());
  if (getsockname(socket, endpoint.data(), &size) != 0) return {};
  endpoint.resize(size);
  return endpoint;
}

// One thread and the connections it serves.
class Worker {
 public:
  explicit Worker(const Shared& shared) : desk_(shared), context_(1), timer_(context_) {}
  ~Worker() { stop(); }

  asio::io_context& context() { return context_; }

  void start() {
    asio::co_spawn(context_, check_connections(), asio::detached);
    thread_ = std::thread([this] { context_.run(); });
  }

  // A connection that was accepted on this context; any thread.
  void add(tcp::socket socket) {
    asio::post(context_, [this, taken = std::make_shared<tcp::socket>(std::move(socket))] {
      serve_connection(std::move(*taken), desk_);
    });
  }

  // Any thread.
  std::size_t connections() const { return desk_.count; }
  void finish() {
    asio::post(context_, [this] {
      desk_.closing = true;
      for_each([](Connection& connection) { connection.finish(); });
    });
  }

  void stop() {
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }

 private:
  // What is done to a connection may end it.
  template <class Visit>
  void for_each(const Visit& visit) {
    const auto all = desk_.connections;
    for (auto* connection : all) visit(*connection);
  }

  cloud::Async<void> check_connections() {
    for (;;) {
      timer_.expires_after(desk_.shared.options.limits.check_every);
      co_await timer_.async_wait(asio::use_awaitable);
      const auto now = std::chrono::steady_clock::now();
      for_each([now](Connection& connection) { connection.check(now); });
    }
  }

  Desk desk_;  // outlives the context, which holds the connections
  asio::io_context context_;
  asio::steady_timer timer_;
  std::thread thread_;
};

}  // namespace

// The first worker accepts, for all in turn.
class Server::Impl {
 public:
  Impl(int socket, ServerOptions options, Handler& handler, const cloud::Clock& clock)
      : options_(std::move(options)) {
    if (options_.tls) tls_ = std::make_unique<asio::ssl::context>(tls_context(*options_.tls));
    shared_ = std::make_unique<Shared>(Shared{options_, handler, clock, tls_.get()});
    for (int i = 0; i < std::max(options_.threads, 1); ++i) {
      workers_.push_back(std::make_unique<Worker>(*shared_));
    }
    raise_descriptor_limit();
    acceptor_.emplace(workers_.front()->context(), endpoint_of(socket).protocol(), socket);
  }
  ~Impl() { stop(); }

  void start() {
    asio::co_spawn(workers_.front()->context(), accept(), asio::detached);
    for (const auto& worker : workers_) worker->start();
    started_ = true;
  }

  void stop() {
    if (std::exchange(started_, false)) finish();
    for (const auto& worker : workers_) worker->stop();
  }

 private:
  cloud::Async<void> accept() {
    for (std::size_t next = 0;; next = (next + 1) % workers_.size()) {
      Worker& worker = *workers_[next];
      error_code ec;
      tcp::socket socket(worker.context());
      co_await acceptor_->async_accept(socket, asio::redirect_error(asio::use_awaitable, ec));
      if (!acceptor_->is_open()) co_return;
      if (ec) {
        asio::steady_timer pause(workers_.front()->context(), kAcceptAgain);
        co_await pause.async_wait(asio::use_awaitable);
      } else if (worker.connections() * workers_.size() < options_.limits.connections) {
        worker.add(std::move(socket));
      } else {
        turn_away(std::move(socket), worker.context());
      }
    }
  }

  void turn_away(tcp::socket socket, asio::io_context& context) {
    options_.log("a connection was turned away: there are " +
                 std::to_string(options_.limits.connections) + " already");
    if (turned_away_ >= kTurnedAwayMax) return;
    auto refusal = refuse(std::make_shared<tcp::socket>(std::move(socket)));
    asio::co_spawn(context, std::move(refusal), asio::detached);
  }

  // Until the client has read it, or has had the time: a socket that is closed with bytes unread
  // takes back what it has said.
  cloud::Async<void> refuse(std::shared_ptr<tcp::socket> socket) {
    ++turned_away_;
    error_code ec;
    co_await asio::async_write(*socket, asio::buffer(kBusy),
                               asio::redirect_error(asio::use_awaitable, ec));
    if (!ec) socket->shutdown(tcp::socket::shutdown_send, ec);
    asio::steady_timer patience(socket->get_executor(), kFarewell);
    patience.async_wait([socket](const error_code& stopped) {
      error_code ignored;
      if (!stopped) socket->close(ignored);
    });
    for (std::array<char, 4096> unread{}; !ec;) {
      co_await socket->async_read_some(asio::buffer(unread),
                                       asio::redirect_error(asio::use_awaitable, ec));
    }
    --turned_away_;
  }

  void finish() {
    asio::post(workers_.front()->context(), [this] {
      error_code ignored;
      acceptor_->close(ignored);
    });
    for (const auto& worker : workers_) worker->finish();
    const auto deadline = std::chrono::steady_clock::now() + options_.limits.grace;
    const auto busy = [this] {
      return std::any_of(workers_.begin(), workers_.end(),
                         [](const auto& worker) { return worker->connections() > 0; });
    };
    while (busy() && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(kFinishedAgain);
    }
  }

  const ServerOptions options_;
  std::unique_ptr<asio::ssl::context> tls_;
  std::unique_ptr<Shared> shared_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::optional<tcp::acceptor> acceptor_;
  std::atomic<std::size_t> turned_away_ = 0;  // that are being told so
  bool started_ = false;
};

Listener::Listener(const std::string& address, std::uint16_t port) {
  const tcp::endpoint endpoint = endpoint_of(address, port);
  asio::io_context context;
  tcp::acceptor acceptor(context);
  error_code ec;
  acceptor.open(endpoint.protocol(), ec);
  if (!ec) acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
  if (!ec) acceptor.bind(endpoint, ec);
  if (!ec) acceptor.listen(asio::socket_base::max_listen_connections, ec);
  if (ec) {
    const bool taken = ec == asio::error::address_in_use;
    throw std::runtime_error("can't listen on " + address + " port " + std::to_string(port) + ": " +
                             ec.message() +
                             (taken ? ": stop what does, or choose another port" : ""));
  }
  socket_ = acceptor.release();
}

Listener::~Listener() {
  if (socket_ >= 0) close(socket_);
}

std::uint16_t Listener::port() const {
  return endpoint_of(socket_).port();
}

std::string Listener::authority() const {
  std::ostringstream text;
  text << endpoint_of(socket_);
  return text.str();
}

bool Listener::loopback() const {
  return endpoint_of(socket_).address().is_loopback();
}

Server::Server(Listener listener, ServerOptions options, Handler& handler,
               const cloud::Clock& clock)
    : impl_(std::make_unique<Impl>(listener.socket_, std::move(options), handler, clock)) {
  listener.socket_ = -1;  // the acceptor's now
}
Server::~Server() = default;

void Server::start() {
  impl_->start();
}
void Server::stop() {
  impl_->stop();
}

}  // namespace doorbuster::gateway
