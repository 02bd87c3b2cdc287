// Sends mail through a server, by SMTP.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <string>

#include "cloud/async.h"
#include "engine/mail.h"

namespace doorbuster::cli {

struct SmtpOptions {
  // "smtp://HOST[:PORT]", or "smtps://…" for TLS from the first byte on; with "USER@" before the
  // host it signs in, and then never without TLS.
  std::string url;
  std::string password;
  std::string from;  // an address
};

// One mail at a time, on a thread of its own, over a connection that is kept. Outlives what it is
// sending.
class Smtp {
 public:
  // Throws CommandError if the options are no good.
  explicit Smtp(SmtpOptions options);
  ~Smtp();

  // See engine::SendMail.
  cloud::Async<int> send(engine::Mail mail);

 private:
  class Session;

  std::unique_ptr<Session> session_;  // belongs to the thread
  boost::asio::thread_pool thread_{1};
};

}  // namespace doorbuster::cli
