#include "up.h"

#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string>
#include <string_view>

#include "cases.h"
#include "http_load.h"

namespace doorbuster::bench {
namespace {

std::string program() {
  return std::filesystem::canonical("/proc/self/exe").parent_path() / "doorbuster";
}

std::uint16_t read_port(int from) {
  constexpr std::string_view kBefore = "AWS     http://127.0.0.1:";
  std::string text;
  std::array<char, 1024> some{};
  for (ssize_t n = 0; (n = read(from, some.data(), some.size())) > 0;) {
    text.append(some.data(), static_cast<std::size_t>(n));
    const auto at = text.find(kBefore);
    if (at != std::string::npos && text.find('\n', at) != std::string::npos) {
      return static_cast<std::uint16_t>(std::stoi(text.substr(at + kBefore.size())));
    }
  }
  throw std::runtime_error("doorbuster up did not start");
}

}  // namespace

Door::Door(const std::filesystem::path& data)
    : child_({program(), "up", "--port", "0", "--shop-port", "0", "--data", data.string()}) {
  const Stopwatch watch;
  port_ = read_port(child_.output());
  ask(port_, "GET /_doorbuster/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
  start_ms_ = watch.seconds() * 1'000;
}

}  // namespace doorbuster::bench
