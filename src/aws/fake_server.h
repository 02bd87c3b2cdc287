// A server for the tests that says what it is told to.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "aws/url.h"
#include "cloud/async.h"

namespace doorbuster::aws {

// Answers connection after connection by a script: for each, the answers that it gives to what it
// reads, after which it closes.
class FakeServer {
 public:
  FakeServer(std::initializer_list<std::vector<std::string>> script)
      : acceptor_(context_, {boost::asio::ip::address_v4::loopback(), 0}),
        thread_([this, all = std::vector(script)] { serve(all); }) {}
  ~FakeServer() { thread_.join(); }

  Origin origin() const {
    return {false, "127.0.0.1", std::to_string(acceptor_.local_endpoint().port())};
  }
  // What came, connection by connection; waits until the script is over.
  std::vector<std::string> requests() {
    done_.get_future().wait();
    return requests_;
  }

 private:
  void serve(const std::vector<std::vector<std::string>>& script) {
    for (const auto& answers : script) {
      boost::asio::ip::tcp::socket socket = acceptor_.accept();
      boost::system::error_code ignored;
      for (const std::string& answer : answers) {
        requests_.push_back(read_request(socket));
        boost::asio::write(socket, boost::asio::buffer(answer), ignored);
      }
      socket.shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
    }
    done_.set_value();
  }

  static std::string read_request(boost::asio::ip::tcp::socket& socket) {
    std::string text;
    boost::system::error_code ec;
    boost::asio::read_until(socket, boost::asio::dynamic_buffer(text), "\r\n\r\n", ec);
    const auto head = text.find("\r\n\r\n");
    const auto length = text.find("Content-Length: ");
    if (length != std::string::npos) {
      const std::size_t all = head + 4 + std::stoul(text.substr(length + 16));
      if (text.size() < all) {
        boost::asio::read(socket, boost::asio::dynamic_buffer(text),
                          boost::asio::transfer_exactly(all - text.size()), ec);
      }
    } else if (text.find("chunked") != std::string::npos) {
      boost::asio::read_until(socket, boost::asio::dynamic_buffer(text), "0\r\n\r\n", ec);
    }
    return text;
  }

  boost::asio::io_context context_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::vector<std::string> requests_;
  std::promise<void> done_;
  std::thread thread_;
};

template <class T>
T run(cloud::Async<T> operation) {
  boost::asio::io_context context;
  auto result = boost::asio::co_spawn(context, std::move(operation), boost::asio::use_future);
  context.run();
  return result.get();
}

inline std::string answer(const std::string& body, const std::string& more = "") {
  return "HTTP/1.1 200 OK\r\n" + more + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

}  // namespace doorbuster::aws
