// What posts a topic's messages to its HTTP and HTTPS subscriptions, and mails them to addresses.
// https://docs.aws.amazon.com/sns/latest/dg/sns-http-https-endpoint-as-subscriber.html
// https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html
//
// Each such subscription has a durable queue, which publishing fills; here they are emptied, beside
// the writer. What fails is tried again as the delivery policy says, also after a restart.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/engine.h"
#include "engine/mail.h"

namespace doorbuster::engine {

struct HttpPostRequest {
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

// Posts, and completes with the status of the answer. Throws std::exception if there is none within
// a time of its own.
using HttpPost = std::function<cloud::Async<int>(HttpPostRequest)>;

// Mails, and completes with the mail server's reply code (RFC 5321, 4.2). Throws as HttpPost does.
using SendMail = std::function<cloud::Async<int>(Mail)>;

// Works from construction on, on the executor, until the engine stops; up to four messages of a
// subscription are under way at once. The engine and the executor's context must outlive its work:
// stop the engine, then let the context run out of work.
class Postman {
 public:
  // Without `mail`, addresses can't be subscribed.
  Postman(Engine& engine, HttpPost post, SendMail mail,
          const boost::asio::any_io_executor& executor);
};

}  // namespace doorbuster::engine
