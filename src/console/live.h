// What happens now, for as long as somebody watches: server-sent events, one a second.
// https://html.spec.whatwg.org/multipage/server-sent-events.html
#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "cloud/byte_stream.h"

namespace doorbuster::console {

struct LiveOptions {
  std::chrono::milliseconds every{1'000};
  std::chrono::seconds longest{60 * 60};  // then the client has to come again
};

class LiveStream final : public cloud::ByteStream {
 public:
  // What there is to see now; for the first event of a stream, also what was before.
  using Look = std::function<cloud::Async<boost::json::object>(bool first)>;

  // `place` is kept as long as the stream is there.
  LiveStream(LiveOptions options, Look look, std::shared_ptr<void> place);

  // The next event; the first at once. When there is nothing to look at, the stream ends, and its
  // client asks again.
  cloud::Async<std::string> read() override;

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;

  const LiveOptions options_;
  const Look look_;
  const std::shared_ptr<void> place_;
  const SteadyTime end_;
  SteadyTime next_;
  bool begun_ = false;
};

}  // namespace doorbuster::console
