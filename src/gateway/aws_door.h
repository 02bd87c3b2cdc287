// Puts the protocols of AWS before an implementation of cloud/.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "cloud/services.h"
#include "gateway/handler.h"
#include "gateway/server.h"
#include "wire/server.h"
#include "wire/sigv4.h"

namespace doorbuster::gateway {

// Pages of the door's own, by path ("/_doorbuster/health"). Called on any of the server's threads;
// one that throws cloud::Error is answered with its status and message.
using Page = std::function<cloud::Async<wire::Response>()>;
using Pages = std::map<std::string, Page, std::less<>>;

struct AwsDoorOptions {
  std::string domain = "localhost";  // what a bucket's name stands before in a host's name
  wire::KeyRing keys;  // where it has none, the door has no other public name than its domain
  // Who everybody is, whatever a request says: for a door behind one that has checked who it is.
  std::optional<cloud::Caller> caller;
  Pages pages;
  // Told of what went wrong on our side, from any thread.
  std::function<void(std::string_view)> log = [](std::string_view) {};
};

// Where it knows no keys, everybody may do everything, but pages of other sites: what they send is
// refused, unless it reads from S3 or a bucket's CORS rules allow it.
class AwsDoor final : public Handler {
 public:
  // The services and the clock outlive the door.
  AwsDoor(AwsDoorOptions options, cloud::Services& services, const cloud::Clock& clock);

  cloud::Async<wire::Response> answer(Request& request) override;
  wire::Response refuse(const cloud::Error& error, const std::string& request_id) override;

 private:
  cloud::Async<wire::Response> answer(Request& request, wire::Route& route);
  cloud::Async<wire::Response> serve(Request& request, wire::Route& route);
  cloud::Async<wire::Response> show(const Request& request, const Page& page);
  // Both throw cloud::Error (403), and only where no keys are known.
  void check_host(const wire::RequestHead& head) const;
  cloud::Async<void> check_origin(const wire::Route& route, const wire::RequestHead& head,
                                  const cloud::Caller& caller);

  const AwsDoorOptions options_;
  const bool open_;  // anybody may call
  cloud::Services& services_;
  const cloud::Clock& clock_;
};

// Throws std::runtime_error, with a message for the operator, if other machines could reach a door
// that checks no keys.
void require_keys(const Listener& listener, const wire::KeyRing& keys);

}  // namespace doorbuster::gateway
