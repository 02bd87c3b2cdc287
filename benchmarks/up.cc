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

// Until it has said how it is stopped, which is the last it says.
std::string read_greeting(int from) {
  std::string text;
  std::array<char, 1024> some{};
  for (ssize_t n = 0; (n = read(from, some.data(), some.size())) > 0;) {
    text.append(some.data(), static_cast<std::size_t>(n));
    if (text.find("Ctrl-C\n") != std::string::npos) return text;
  }
  throw std::runtime_error("doorbuster up did not start");
}

std::uint16_t port_in(const std::string& greeting, const std::string& service) {
  const std::string before = service + "http://127.0.0.1:";
  const auto at = greeting.find(before);
  if (at == std::string::npos) throw std::runtime_error("doorbuster up has no port: " + greeting);
  return static_cast<std::uint16_t>(std::stoi(greeting.substr(at + before.size())));
}

std::vector<std::string> command(const std::filesystem::path& data,
                                 const std::vector<std::string>& options) {
  std::vector<std::string> all{program(),     "up", "--port", "0",
                               "--shop-port", "0",  "--data", data.string()};
  all.insert(all.end(), options.begin(), options.end());
  return all;
}

}  // namespace

Door::Door(const std::filesystem::path& data, const std::vector<std::string>& options)
    : child_(command(data, options)) {
  const Stopwatch watch;
  const std::string greeting = read_greeting(child_.output());
  port_ = port_in(greeting, "AWS     ");
  shop_port_ = port_in(greeting, "shop    ");
  ask(port_, "GET /_doorbuster/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
  start_ms_ = watch.seconds() * 1'000;
}

}  // namespace doorbuster::bench
