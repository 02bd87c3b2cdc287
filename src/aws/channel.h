// A connection to an HTTP server, plain or with TLS.
//
// All of a channel happens on its context's one thread.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <cstddef>
#include <memory>

#include "aws/url.h"
#include "cloud/async.h"

namespace doorbuster::aws {

// What fails throws boost::system::system_error; beast::error::timeout if the time was over.
class Channel {
 public:
  virtual ~Channel() = default;

  virtual cloud::Async<void> connect(Origin origin, std::chrono::seconds time_each) = 0;

  // Time from now on for reads and writes.
  virtual void within(std::chrono::seconds time) = 0;
  virtual cloud::Async<void> write(boost::asio::const_buffer bytes) = 0;
  // Some bytes, at least one.
  virtual cloud::Async<std::size_t> read_some(boost::asio::mutable_buffer to) = 0;

  // Whether it can be used for another request: the peer has neither closed it nor sent anything.
  virtual bool is_quiet() = 0;
};

std::unique_ptr<Channel> make_channel(boost::asio::io_context& context,
                                      boost::asio::ssl::context& tls, const Origin& origin);

// Trusts the authorities that the system does.
boost::asio::ssl::context make_tls_context();

}  // namespace doorbuster::aws
