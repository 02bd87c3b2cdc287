#include "gateway/connection.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/status.hpp>
#include <random>
#include <type_traits>

#include "cloud/error.h"
#include "wire/message_reader.h"
#include "wire/timestamps.h"

namespace doorbuster::gateway {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using SteadyTime = std::chrono::steady_clock::time_point;
using Reader = wire::MessageReader<true>;

constexpr std::size_t kGather =
    std::size_t{32} * 1024;                 // a body up to this is copied behind its head
constexpr std::size_t kUsualHead = 512;     // bytes of an answer's head, its end included
constexpr std::chrono::seconds kLinger{2};  // for a peer to read our last answer

// The connection can't go on; there is nobody to tell.
struct Hangup {};

std::string_view trim_target(std::string_view target, std::string_view* query) {
  const auto mark = target.find('?');
  *query = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
  target = target.substr(0, mark);
  // The absolute form, as for a proxy.
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    const auto slash = target.find('/', scheme.size());
    target = slash == std::string_view::npos ? "/" : target.substr(slash);
  }
  return target;
}

wire::RequestHead head_of(const Reader& reader) {
  const auto& message = reader.parser().get();
  const auto text = [](boost::beast::string_view s) {
    return std::string_view(s.data(), s.size());
  };
  wire::RequestHead head;
  head.method = text(message.method_string());
  head.path = trim_target(text(message.target()), &head.query);
  for (const auto& field : message) {
    head.headers.push_back({text(field.name_string()), text(field.value())});
  }
  return head;
}

bool asks_to_continue(const wire::RequestHead& head) {
  const auto expect = head.header("Expect");
  return expect && (*expect == "100-continue" || *expect == "100-Continue");
}

template <class Stream>
class Client final : public Connection, public std::enable_shared_from_this<Client<Stream>> {
 public:
  template <class... Arguments>
  Client(Desk& desk, Arguments&&... arguments)
      : desk_(desk),
        limits_(desk.shared.options.limits),
        stream_(std::forward<Arguments>(arguments)...) {
    desk_.connections.insert(this);
    ++desk_.count;
    error_code ignored;
    const auto peer = socket().remote_endpoint(ignored);
    if (!ignored) peer_ = peer.address().to_string();
    socket().set_option(tcp::no_delay(true), ignored);
  }
  ~Client() override {
    desk_.connections.erase(this);
    --desk_.count;
  }

  cloud::Async<void> run() {
    const auto self = this->shared_from_this();
    try {
      co_await shake_hands();
      for (bool more = true; more;) more = co_await exchange();
      co_await say_goodbye();
    } catch (const Hangup&) {
    } catch (const boost::system::system_error&) {
    } catch (const std::exception& e) {
      desk_.shared.options.log(std::string("a connection failed: ") + e.what());
    }
    close();
  }

  void check(SteadyTime now) override {
    if (now >= deadline_) close();
    if (waiting_ && has_hung_up()) waiting_->emit(asio::cancellation_type::terminal);
  }

  void finish() override {
    if (state_ == State::idle) close();
    if (waiting_) waiting_->emit(asio::cancellation_type::terminal);
  }

 private:
  enum class State { idle, busy };
  // The time that the client has for its part. What is done between is not its fault.
  class Patience {
   public:
    Patience(Client& client, std::chrono::milliseconds time) : client_(client) {
      client_.deadline_ = std::chrono::steady_clock::now() + time;
    }
    Patience(const Patience&) = delete;
    Patience& operator=(const Patience&) = delete;
    ~Patience() { client_.deadline_ = SteadyTime::max(); }

   private:
    Client& client_;
  };
  // A request's body as it comes from the socket.
  class Upload final : public cloud::ByteStream {
   public:
    Upload(Client& client, Reader& reader) : client_(client), reader_(reader) {}
    cloud::Async<std::string> read() override { return client_.read_piece(reader_); }

   private:
    Client& client_;
    Reader& reader_;
  };

  // A request as its handler sees it.
  class Incoming final : public Request {
   public:
    Incoming(Client& client, Reader& reader)
        : client_(client),
          reader_(reader),
          head_(head_of(reader)),
          id_(client.desk_.next_request_id()) {}

    const wire::RequestHead& head() const override { return head_; }
    const std::string& id() const override { return id_; }
    const std::string& peer() const override { return client_.peer_; }
    bool secure() const override { return client_.desk_.shared.tls != nullptr; }
    std::optional<std::uint64_t> content_length() const override {
      const auto length = reader_.parser().content_length();
      return length ? std::optional(*length) : std::nullopt;
    }
    bool chunked() const override { return reader_.parser().chunked(); }
    cloud::Async<std::shared_ptr<cloud::ByteStream>> body() override {
      co_await client_.continue_if_asked(head_);
      co_return std::make_shared<Upload>(client_, reader_);
    }
    cloud::Async<wire::Response> wait_for(cloud::Async<wire::Response> operation) override {
      return client_.withdrawable(std::move(operation));
    }

   private:
    Client& client_;
    Reader& reader_;
    const wire::RequestHead head_;
    const std::string id_;
  };

  tcp::socket& socket() {
    if constexpr (std::is_same_v<Stream, tcp::socket>) {
      return stream_;
    } else {
      return stream_.next_layer();
    }
  }

  void close() {
    error_code ignored;
    socket().close(ignored);
  }

  cloud::Async<void> shake_hands() {
    const Patience patience(*this, limits_.idle);
    if constexpr (!std::is_same_v<Stream, tcp::socket>) {
      co_await stream_.async_handshake(asio::ssl::stream_base::server, asio::use_awaitable);
    }
    co_return;
  }

  // So that the peer reads our last answer before it hears of the end: a socket that is closed with
  // bytes unread resets the connection.
  cloud::Async<void> say_goodbye() {
    if (desk_.closing && all_read_) co_return;  // nobody waits for a peer that may never go
    const Patience patience(*this, kLinger);
    error_code ec;
    if constexpr (!std::is_same_v<Stream, tcp::socket>) {
      // Fails if the peer is still sending, which is then none of TLS's business any more.
      co_await stream_.async_shutdown(asio::redirect_error(asio::use_awaitable, ec));
    }
    socket().shutdown(tcp::socket::shutdown_send, ec);
    while (!ec) {
      buffer_.clear();
      co_await socket().async_read_some(wire::room_in(buffer_),
                                        asio::redirect_error(asio::use_awaitable, ec));
    }
  }

  bool has_hung_up() {
    pollfd peer{socket().native_handle(), POLLRDHUP, 0};
    return poll(&peer, 1, 0) > 0;
  }

  cloud::Async<void> fill() {
    error_code ec;
    const std::size_t n = co_await stream_.async_read_some(
        wire::room_in(buffer_), asio::redirect_error(asio::use_awaitable, ec));
    if (ec) throw Hangup();
    buffer_.commit(n);
  }

  cloud::Async<void> read_head(Reader& reader, error_code& ec) {
    const Patience patience(*this, limits_.idle);
    while (!reader.read_head(ec)) co_await fill();
  }

  // The next piece of the body; empty at its end.
  cloud::Async<std::string> read_piece(Reader& reader) {
    const Patience patience(*this, limits_.piece);
    std::string piece;
    error_code ec;
    while (!reader.read_piece(piece, ec)) co_await fill();
    if (ec) throw cloud::Error("IncompleteBody", "The request's body is broken: " + ec.message());
    co_return piece;
  }

  template <class Buffers>
  cloud::Async<void> send(Buffers bytes) {
    const Patience patience(*this, limits_.piece);
    co_await asio::async_write(stream_, bytes, asio::use_awaitable);
  }

  // One request and its answer. False if the connection ends with it.
  cloud::Async<bool> exchange();
  // What the operation comes to, unless the client goes or the server stops first.
  template <class T>
  cloud::Async<T> withdrawable(cloud::Async<T> operation);
  cloud::Async<void> write(const wire::Response& response, bool head_only, bool keep_alive);
  cloud::Async<void> write_rest(cloud::ByteStream& rest, std::uint64_t left);
  cloud::Async<void> write_endless(cloud::ByteStream& rest);
  cloud::Async<void> continue_if_asked(const wire::RequestHead& head);
  cloud::Async<void> refuse(const error_code& why);
  void watch_for_end(const std::shared_ptr<asio::cancellation_signal>& waiting);

  Desk& desk_;
  const Limits& limits_;
  Stream stream_;
  std::string peer_;
  boost::beast::flat_buffer buffer_;
  State state_ = State::idle;
  bool all_read_ = false;  // of the last request
  SteadyTime deadline_ = SteadyTime::max();
  std::shared_ptr<asio::cancellation_signal> waiting_;  // of the long poll under way
};

template <class Stream>
cloud::Async<bool> Client<Stream>::exchange() {
  Reader reader(buffer_, limits_.head_bytes);
  const auto& parser = reader.parser();
  state_ = State::idle;
  error_code ec;
  co_await read_head(reader, ec);
  if (ec) {
    co_await refuse(ec);
    co_return false;
  }
  state_ = State::busy;
  Incoming request(*this, reader);
  const auto response = co_await desk_.shared.handler.answer(request);
  // What of the body was not read belongs to a request that has been refused.
  const bool endless = response.body.rest && !response.content_length;
  const bool keep_alive = parser.is_done() && parser.keep_alive() && !desk_.closing && !endless;
  all_read_ = parser.is_done();
  co_await write(response, request.head().method == "HEAD", keep_alive);
  co_return keep_alive;
}

template <class Stream>
template <class T>
cloud::Async<T> Client<Stream>::withdrawable(cloud::Async<T> operation) {
  auto waiting = std::make_shared<asio::cancellation_signal>();
  waiting_ = waiting;
  watch_for_end(waiting);
  if (desk_.closing) finish();
  std::exception_ptr failure;
  T result;
  try {
    result =
        co_await asio::co_spawn(stream_.get_executor(), std::move(operation),
                                asio::bind_cancellation_slot(waiting->slot(), asio::use_awaitable));
  } catch (...) {
    failure = std::current_exception();
  }
  waiting_.reset();
  error_code ignored;
  socket().cancel(ignored);  // the watch
  if (failure) std::rethrow_exception(failure);
  co_return result;
}

// A client that goes while it waits for a message must not be given one. One that has sent
// something meanwhile, be it that it ends TLS, is only looked at by check().
template <class Stream>
void Client<Stream>::watch_for_end(const std::shared_ptr<asio::cancellation_signal>& waiting) {
  const auto self = this->shared_from_this();
  socket().async_wait(tcp::socket::wait_read, [self, waiting](const error_code& ec) {
    char byte = 0;
    if (ec || self->waiting_ != waiting) return;
    if (recv(self->socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0) return;
    waiting->emit(asio::cancellation_type::terminal);
  });
}

template <class Stream>
cloud::Async<void> Client<Stream>::continue_if_asked(const wire::RequestHead& head) {
  if (!asks_to_continue(head)) co_return;
  constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  co_await send(asio::buffer(kContinue));
}

// What came was no request that can be answered in any protocol.
cloud::Error unreadable(const error_code& why, const Limits& limits) {
  constexpr int kNotImplemented = 501;
  if (why == http::error::header_limit) {
    return {"RequestHeaderSectionTooLarge", "Your request's headers exceed the maximum of " +
                                                std::to_string(limits.head_bytes) + " bytes."};
  }
  if (why == http::error::bad_transfer_encoding) {
    return {"NotImplemented",
            "A body comes with a Content-Length or with Transfer-Encoding: chunked, in no other "
            "way and not with both.",
            kNotImplemented};
  }
  return {"BadRequest", "The request is not HTTP: " + why.message() + "."};
}

template <class Stream>
cloud::Async<void> Client<Stream>::refuse(const error_code& why) {
  const auto response =
      desk_.shared.handler.refuse(unreadable(why, limits_), desk_.next_request_id());
  co_await write(response, false, false);
}

std::string head_text(const wire::Response& response, bool keep_alive, const std::string& date) {
  std::string text;
  text.reserve(kUsualHead);
  text.append("HTTP/1.1 ").append(std::to_string(response.status)) += ' ';
  const auto reason = http::obsolete_reason(static_cast<http::status>(response.status));
  text.append(reason.data(), reason.size());
  text += "\r\nDate: " + date;
  for (const auto& [name, value] : response.headers) {
    text.append("\r\n").append(name).append(": ").append(value);
  }
  const bool endless = response.body.rest && !response.content_length;
  if (response.status != 204 && response.status != 304 && !endless) {
    text += "\r\nContent-Length: " +
            std::to_string(response.content_length.value_or(response.body.bytes.size()));
  }
  text += keep_alive ? "\r\n\r\n" : "\r\nConnection: close\r\n\r\n";
  return text;
}

template <class Stream>
cloud::Async<void> Client<Stream>::write(const wire::Response& response, bool head_only,
                                         bool keep_alive) {
  std::string text = head_text(response, keep_alive, desk_.date());
  const std::string& bytes = response.body.bytes;
  const bool gathered = head_only || bytes.size() <= kGather;
  if (gathered && !head_only) text += bytes;
  const std::array<asio::const_buffer, 2> both{asio::buffer(text),
                                               asio::buffer(gathered ? std::string_view() : bytes)};
  co_await send(both);
  if (head_only || !response.body.rest) co_return;
  if (response.content_length) {
    co_await write_rest(*response.body.rest, *response.content_length - bytes.size());
  } else {
    co_await write_endless(*response.body.rest);
  }
}

// Only the connection's end says where it ends.
template <class Stream>
cloud::Async<void> Client<Stream>::write_endless(cloud::ByteStream& rest) {
  for (;;) {
    const std::string piece = co_await withdrawable(rest.read());
    if (piece.empty()) co_return;
    co_await send(asio::buffer(piece));
  }
}

template <class Stream>
cloud::Async<void> Client<Stream>::write_rest(cloud::ByteStream& rest, std::uint64_t left) {
  while (left > 0) {
    const std::string piece = co_await rest.read();
    // The head has promised more than there is: only the connection's end can say so.
    if (piece.empty() || piece.size() > left) throw Hangup();
    co_await send(asio::buffer(piece));
    left -= piece.size();
  }
}

template <class Stream>
void spawn(std::shared_ptr<Client<Stream>> client, const asio::any_io_executor& executor) {
  asio::co_spawn(executor, client->run(), asio::detached);
}

}  // namespace

Desk::Desk(const Shared& all) : shared(all) {
  std::random_device device;
  id_seed_ = static_cast<std::uint64_t>(device()) << 32 | device();
}

// A UUID's form: half of it is the server's, half counts.
std::string Desk::next_request_id() {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const std::uint64_t mine = ++id_count_ * 0x9E3779B97F4A7C15ULL;  // spread over all digits
  std::string id(36, '-');
  std::size_t nibble = 0;
  for (std::size_t i = 0; i < id.size(); ++i) {
    if (i == 8 || i == 13 || i == 18 || i == 23) continue;
    const std::uint64_t half = nibble < 16 ? mine : id_seed_;
    id[i] = kDigits[half >> (60 - 4 * (nibble % 16)) & 0xF];
    ++nibble;
  }
  return id;
}

const std::string& Desk::date() {
  const auto now = std::chrono::floor<std::chrono::seconds>(shared.clock.now());
  if (now.time_since_epoch().count() == date_second_) return date_;
  date_second_ = now.time_since_epoch().count();
  date_ = wire::http_date(now);
  return date_;
}

void serve_connection(tcp::socket socket, Desk& desk) {
  const auto executor = socket.get_executor();
  if (desk.shared.tls) {
    using Secure = asio::ssl::stream<tcp::socket>;
    spawn(std::make_shared<Client<Secure>>(desk, std::move(socket), *desk.shared.tls), executor);
  } else {
    spawn(std::make_shared<Client<tcp::socket>>(desk, std::move(socket)), executor);
  }
}

}  // namespace doorbuster::gateway
