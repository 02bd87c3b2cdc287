#include "aws/channel.h"

#include <openssl/ssl.h>
#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <cerrno>
#include <type_traits>

namespace doorbuster::aws {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;

using Plain = beast::tcp_stream;
using Secure = beast::ssl_stream<beast::tcp_stream>;

template <class Stream>
class StreamChannel final : public Channel {
 public:
  template <class... Arguments>
  explicit StreamChannel(Arguments&&... arguments)
      : stream_(std::forward<Arguments>(arguments)...) {}

  cloud::Async<void> connect(Origin origin, std::chrono::seconds time_each) override {
    // How long a name may take is for the system's resolver to say.
    tcp::resolver resolver(stream_.get_executor());
    const auto addresses =
        co_await resolver.async_resolve(origin.host, origin.port, asio::use_awaitable);
    within(time_each);
    co_await lowest().async_connect(addresses, asio::use_awaitable);
    lowest().socket().set_option(tcp::no_delay(true));
    if constexpr (std::is_same_v<Stream, Secure>) {
      within(time_each);
      co_await shake_hands(origin.host);
    }
  }

  void within(std::chrono::seconds time) override { lowest().expires_after(time); }

  cloud::Async<void> write(asio::const_buffer bytes) override {
    co_await asio::async_write(stream_, bytes, asio::use_awaitable);
  }

  cloud::Async<std::size_t> read_some(asio::mutable_buffer to) override {
    co_return co_await stream_.async_read_some(to, asio::use_awaitable);
  }

  bool is_quiet() override {
    char byte = 0;
    const auto n = recv(lowest().socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }

 private:
  Plain& lowest() { return beast::get_lowest_layer(stream_); }

  cloud::Async<void> shake_hands(std::string host) {
    stream_.set_verify_callback(asio::ssl::host_name_verification(host));
    // Servers with several names choose their certificate by it.
    if (SSL_set_tlsext_host_name(stream_.native_handle(), host.c_str()) != 1) {
      throw boost::system::system_error(asio::error::invalid_argument);
    }
    co_await stream_.async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
  }

  Stream stream_;
};

}  // namespace

std::unique_ptr<Channel> make_channel(asio::io_context& context, asio::ssl::context& tls,
                                      const Origin& origin) {
  if (origin.tls) return std::make_unique<StreamChannel<Secure>>(context, tls);
  return std::make_unique<StreamChannel<Plain>>(context);
}

asio::ssl::context make_tls_context() {
  asio::ssl::context context(asio::ssl::context::tls_client);
  context.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                      asio::ssl::context::no_tlsv1_1);
  context.set_default_verify_paths();  // SSL_CERT_FILE and SSL_CERT_DIR count, too
  context.set_verify_mode(asio::ssl::verify_peer);
  return context;
}

}  // namespace doorbuster::aws
