// The Lambda Runtime API over HTTP.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <set>
#include <string>

#include "runtime/exchange.h"

namespace doorbuster::runtime {

// Serves one runtime, on a port of 127.0.0.1 that is its own: whoever reaches it can reach the
// tasks of this exchange and no others. One thread, the executor's. Throws
// boost::system::system_error if there is no port to be had.
class RuntimeApi : public std::enable_shared_from_this<RuntimeApi> {
 public:
  RuntimeApi(const boost::asio::any_io_executor& executor, std::shared_ptr<Exchange> exchange);

  // "127.0.0.1:PORT".
  std::string authority() const;

  void start();
  // Every connection ends.
  void close();

 private:
  using Socket = boost::asio::ip::tcp::socket;

  static cloud::Async<void> accept(std::shared_ptr<RuntimeApi> self);
  static cloud::Async<void> serve(std::shared_ptr<RuntimeApi> self, Socket socket);

  const std::shared_ptr<Exchange> exchange_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::set<Socket*> connections_;
};

}  // namespace doorbuster::runtime
