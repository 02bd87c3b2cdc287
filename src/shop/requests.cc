#include "shop/requests.h"

#include "cloud/error.h"
#include "shop/answers.h"
#include "shop/assets.h"
#include "wire/encoding.h"

namespace doorbuster::shop {

bool is_json(const wire::RequestHead& head) {
  std::string_view type = head.header("Content-Type").value_or("");
  return wire::equal_ignoring_case(wire::trimmed(wire::take_until(type, ';')), "application/json");
}

bool is_browser(const wire::RequestHead& head) {
  return accepts(head.header("Accept").value_or(""), "text/html");
}

std::optional<std::string_view> match(std::string_view pattern, std::string_view path) {
  std::string_view after = pattern;
  const auto before = wire::take_until(after, '*');
  if (before.size() == pattern.size()) {
    return path == pattern ? std::optional(std::string_view()) : std::nullopt;
  }
  if (path.size() <= before.size() + after.size()) return std::nullopt;
  if (!path.starts_with(before) || !path.ends_with(after)) return std::nullopt;
  const auto id = path.substr(before.size(), path.size() - before.size() - after.size());
  return id.find('/') == std::string_view::npos ? std::optional(id) : std::nullopt;
}

bool is_method(std::string_view wanted, std::string_view method) {
  return method == wanted || (wanted == "GET" && method == "HEAD");
}

cloud::Async<std::string> read_body(gateway::Request& request, std::size_t bytes_max) {
  const auto length = request.content_length();
  const std::string too_large =
      "More than " + std::to_string(bytes_max) + " bytes are not taken here.";
  if (length && *length > bytes_max) throw problem(413, too_large);
  const auto stream = co_await request.body();
  std::string body;
  try {
    for (;;) {
      const std::string piece = co_await stream->read();
      if (piece.empty()) co_return body;
      body += piece;
      if (body.size() > bytes_max) throw problem(413, too_large);
    }
  } catch (const cloud::Error& e) {
    throw problem(e.status(), e.message());
  }
}

}  // namespace doorbuster::shop
