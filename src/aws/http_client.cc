#include "aws/http_client.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <list>
#include <map>
#include <thread>

#include "aws/channel.h"
#include "cloud/error.h"
#include "wire/message_reader.h"

namespace doorbuster::aws {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using boost::system::system_error;
using Kind = HttpError::Kind;
using SteadyClock = std::chrono::steady_clock;
using Limits = HttpClient::Limits;

constexpr std::size_t kGather = std::size_t{32} * 1024;  // a body up to this is sent with its head

[[noreturn]] void fail(const Origin& origin, const system_error& e, Kind kind) {
  if (e.code() == beast::error::timeout) {
    throw HttpError(Kind::timed_out, origin.str() + " did not answer in time");
  }
  if (e.code().category() == asio::error::get_ssl_category()) {
    throw HttpError(Kind::insecure, "no TLS with " + origin.str() + ": " + e.code().message());
  }
  if (kind == Kind::unreachable) {
    throw HttpError(kind, "nothing answers at " + origin.str() + ": " + e.code().message());
  }
  throw HttpError(kind, "the connection to " + origin.str() + " broke: " + e.code().message());
}

std::string head_text(const Origin& origin, const HttpRequest& request) {
  std::string text = request.method + ' ' + request.target + " HTTP/1.1\r\nHost: ";
  text += origin.authority();
  for (const auto& [name, value] : request.headers) {
    text.append("\r\n").append(name).append(": ").append(value);
  }
  const bool bodiless = request.method == "GET" || request.method == "HEAD";
  if (request.body.rest && !request.content_length) {
    text += "\r\nTransfer-Encoding: chunked";
  } else if (const auto length = request.content_length.value_or(request.body.bytes.size());
             length > 0 || !bodiless) {
    text += "\r\nContent-Length: " + std::to_string(length);
  }
  return text + "\r\n\r\n";
}

std::string chunk(const std::string& piece) {
  char size[32];
  std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
  return size + piece + "\r\n";
}

// A connection with what has been read from it and not been used.
struct Line {
  std::unique_ptr<Channel> channel;
  beast::flat_buffer buffer;
  bool reused = false;
  SteadyClock::time_point idle_since;
};

// The connections to one origin.
struct Pool {
  std::vector<std::unique_ptr<Line>> idle;
  std::size_t open = 0;  // idle ones included
  std::list<asio::steady_timer*> waiting;

  void make_room() {
    --open;
    wake();
  }
  void wake() {
    if (!waiting.empty()) waiting.front()->cancel();
  }
};

// A line while somebody uses it. On the client's thread only.
class Lease {
 public:
  Lease(Pool& pool, std::unique_ptr<Line> line) : pool_(&pool), line_(std::move(line)) {}
  Lease(Lease&& other) noexcept = default;
  Lease& operator=(Lease&&) = delete;
  // Whoever has not finished leaves it in no state for anybody else.
  ~Lease() {
    if (line_) pool_->make_room();
  }

  void finish(bool keep) {
    if (!keep || line_->buffer.size() > 0) {
      line_.reset();
      return pool_->make_room();
    }
    line_->reused = true;
    line_->idle_since = SteadyClock::now();
    pool_->idle.push_back(std::move(line_));
    pool_->wake();
  }

  Line& operator*() { return *line_; }
  Line* operator->() { return line_.get(); }

 private:
  Pool* pool_;
  std::unique_ptr<Line> line_;
};

// One request on one line and its answer.
class Exchange {
 public:
  Exchange(Lease lease, const Limits& limits, Origin origin)
      : lease_(std::move(lease)), limits_(limits), origin_(std::move(origin)) {}

  const Origin& origin() const { return origin_; }
  bool reused() { return lease_->reused; }
  bool has_answer() const { return has_answer_; }

  cloud::Async<void> write(HttpRequest& request);
  // The head, and as much of the body as fits into one piece.
  cloud::Async<wire::Response> read(bool head_only);
  // Empty at the end.
  cloud::Async<std::string> read_piece();
  bool is_done() const { return reader_->parser().is_done(); }
  void finish() { lease_.finish(reader_->parser().keep_alive()); }

 private:
  cloud::Async<void> fill();
  cloud::Async<void> read_head(bool head_only);
  cloud::Async<void> write_rest(HttpRequest& request);

  Lease lease_;
  const Limits& limits_;
  const Origin origin_;
  std::optional<wire::MessageReader<false>> reader_;
  bool has_answer_ = false;
};

cloud::Async<void> Exchange::write(HttpRequest& request) {
  lease_->channel->within(limits_.piece);
  std::string head = head_text(origin_, request);
  const bool chunked = request.body.rest && !request.content_length;
  std::string& bytes = request.body.bytes;
  if (chunked && !bytes.empty()) bytes = chunk(bytes);
  const bool gathered = bytes.size() <= kGather;
  if (gathered) head += bytes;
  co_await lease_->channel->write(asio::buffer(head));
  if (!gathered) co_await lease_->channel->write(asio::buffer(bytes));
  if (request.body.rest) co_await write_rest(request);
}

cloud::Async<void> Exchange::write_rest(HttpRequest& request) {
  const bool chunked = !request.content_length;
  std::uint64_t left = chunked ? 0 : *request.content_length - request.body.bytes.size();
  while (chunked || left > 0) {
    std::string piece = co_await request.body.rest->read();
    if (piece.empty() && chunked) break;
    if (!chunked && (piece.empty() || piece.size() > left)) {
      throw cloud::Error("IncompleteBody", "The body is not as long as its announced length of " +
                                               std::to_string(*request.content_length) + " bytes.");
    }
    left -= chunked ? 0 : piece.size();
    if (chunked) piece = chunk(piece);
    lease_->channel->within(limits_.piece);
    co_await lease_->channel->write(asio::buffer(piece));
  }
  constexpr std::string_view kLastChunk = "0\r\n\r\n";
  if (chunked) co_await lease_->channel->write(asio::buffer(kLastChunk));
}

cloud::Async<void> Exchange::fill() {
  auto& buffer = lease_->buffer;
  buffer.commit(co_await lease_->channel->read_some(wire::room_in(buffer)));
  has_answer_ = true;
}

cloud::Async<void> Exchange::read_head(bool head_only) {
  constexpr int kInterimMax = 8;  // 1xx answers before the answer
  for (int i = 0; i < kInterimMax; ++i) {
    reader_.emplace(lease_->buffer, limits_.head_bytes);
    if (head_only) reader_->skip_body();
    error_code ec;
    while (!reader_->read_head(ec)) co_await fill();
    if (ec) throw HttpError(Kind::broken, origin_.str() + " answered no HTTP: " + ec.message());
    if (reader_->parser().get().result_int() >= 200) co_return;
  }
  throw HttpError(Kind::broken, origin_.str() + " gave no final answer");
}

cloud::Async<wire::Response> Exchange::read(bool head_only) {
  lease_->channel->within(limits_.answer);
  co_await read_head(head_only);
  wire::Response response;
  const auto& message = reader_->parser().get();
  response.status = static_cast<int>(message.result_int());
  for (const auto& field : message) {
    response.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  if (const auto length = reader_->parser().content_length()) response.content_length = *length;
  if (!head_only) response.body.bytes = co_await read_piece();
  co_return response;
}

cloud::Async<std::string> Exchange::read_piece() {
  lease_->channel->within(limits_.piece);
  std::string piece;
  error_code ec;
  while (!reader_->read_piece(piece, ec)) {
    error_code end;
    try {
      co_await fill();
    } catch (const system_error& e) {
      end = e.code();
    }
    if (end && (!reader_->parser().need_eof() || end == beast::error::timeout)) {
      throw system_error(end);
    }
    if (end) reader_->end(ec);
  }
  if (ec) throw system_error(ec);
  co_return piece;
}

}  // namespace

class HttpClient::Impl {
 public:
  explicit Impl(Limits limits)
      : limits_(limits), tls_(make_tls_context()), thread_([this] { context_.run(); }) {}
  ~Impl() {
    context_.stop();
    thread_.join();
    for (auto& [origin, pool] : pools_) pool.idle.clear();  // sockets end before their context
  }

  asio::io_context& context() { return context_; }
  cloud::Async<wire::Response> send(Origin origin, HttpRequest request);

 private:
  // The rest of a long answer. Read from any executor, ended on any thread.
  class Download final : public cloud::ByteStream {
   public:
    Download(asio::io_context& context, std::unique_ptr<Exchange> exchange)
        : context_(context), exchange_(std::move(exchange)) {}
    ~Download() override {
      if (exchange_) asio::post(context_, [end = std::move(exchange_)] {});
    }
    cloud::Async<std::string> read() override {
      co_return co_await asio::co_spawn(context_, next(), asio::use_awaitable);
    }

   private:
    cloud::Async<std::string> next() {
      if (!exchange_) co_return std::string();
      try {
        std::string piece = co_await exchange_->read_piece();
        if (exchange_->is_done()) {
          exchange_->finish();
          exchange_.reset();
        }
        co_return piece;
      } catch (const system_error& e) {
        throw cloud::Error("IncompleteBody",
                           exchange_->origin().str() + " broke off: " + e.code().message());
      }
    }

    asio::io_context& context_;
    std::unique_ptr<Exchange> exchange_;
  };

  cloud::Async<Lease> lease(const Origin& origin, bool fresh);
  cloud::Async<std::unique_ptr<Exchange>> write(Origin origin, HttpRequest& request, bool fresh,
                                                std::exception_ptr& failure);

  const Limits limits_;
  asio::ssl::context tls_;
  std::map<Origin, Pool> pools_;  // they stay where they are; outlive what the context holds
  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{context_.get_executor()};
  std::thread thread_;
};

cloud::Async<Lease> HttpClient::Impl::lease(const Origin& origin, bool fresh) {
  Pool& pool = pools_[origin];
  for (;;) {
    while (!pool.idle.empty()) {
      auto line = std::move(pool.idle.back());
      pool.idle.pop_back();
      const bool good = !fresh && line->channel->is_quiet() &&
                        SteadyClock::now() - line->idle_since < limits_.keep;
      if (good) co_return Lease(pool, std::move(line));
      --pool.open;
    }
    if (pool.open < limits_.connections) break;
    asio::steady_timer turn(context_, SteadyClock::time_point::max());
    struct Place {
      Pool& pool;
      std::list<asio::steady_timer*>::iterator at;
      ~Place() { pool.waiting.erase(at); }
    } place{pool, pool.waiting.insert(pool.waiting.end(), &turn)};
    error_code ec;
    co_await turn.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  }
  ++pool.open;
  auto line = std::make_unique<Line>();
  line->channel = make_channel(context_, tls_, origin);
  Lease lease(pool, std::move(line));
  try {
    co_await lease->channel->connect(origin, limits_.connect);
  } catch (const system_error& e) {
    fail(origin, e, Kind::unreachable);
  }
  co_return lease;
}

// Whoever refuses a long body may answer and stop reading before its end, so a failure to write is
// only told if there is no answer either.
cloud::Async<std::unique_ptr<Exchange>> HttpClient::Impl::write(Origin origin, HttpRequest& request,
                                                                bool fresh,
                                                                std::exception_ptr& failure) {
  Lease line = co_await lease(origin, fresh);
  auto exchange = std::make_unique<Exchange>(std::move(line), limits_, std::move(origin));
  try {
    co_await exchange->write(request);
  } catch (const system_error&) {
    failure = std::current_exception();
  }
  co_return exchange;
}

cloud::Async<wire::Response> HttpClient::Impl::send(Origin origin, HttpRequest request) {
  const bool head_only = request.method == "HEAD";
  const bool repeatable = !request.body.rest;
  for (bool fresh = false;; fresh = true) {
    std::exception_ptr unsent;
    auto exchange = co_await write(origin, request, fresh, unsent);
    try {
      auto response = co_await exchange->read(head_only);
      if (exchange->is_done() && !unsent) {
        exchange->finish();
      } else if (!exchange->is_done()) {
        response.body.rest = std::make_shared<Download>(context_, std::move(exchange));
      }
      co_return response;
    } catch (const system_error& e) {
      const bool closed = exchange->reused() && !exchange->has_answer() &&
                          e.code() != beast::error::timeout &&
                          e.code() != asio::error::operation_aborted;
      if (!closed || !repeatable || fresh) fail(origin, e, Kind::broken);
    }
  }
}

HttpClient::HttpClient(Limits limits) : impl_(std::make_unique<Impl>(limits)) {}
HttpClient::~HttpClient() = default;

cloud::Async<wire::Response> HttpClient::send(Origin origin, HttpRequest request) {
  auto exchange = impl_->send(std::move(origin), std::move(request));
  co_return co_await asio::co_spawn(impl_->context(), std::move(exchange), asio::use_awaitable);
}

cloud::Async<int> http_post(HttpClient& client, std::string url, HttpHeaders headers,
                            std::string body) {
  auto parsed = Url::parse(url);
  if (!parsed) throw HttpError(Kind::unreachable, "not an HTTP URL: " + url);
  HttpRequest request;
  request.method = "POST";
  request.target = std::move(parsed->target);
  request.headers = std::move(headers);
  request.body.bytes = std::move(body);
  const auto response = co_await client.send(std::move(parsed->origin), std::move(request));
  co_return response.status;
}

}  // namespace doorbuster::aws
