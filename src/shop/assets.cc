#include "shop/assets.h"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "shop/embedded.h"
#include "wire/digest.h"
#include "wire/encoding.h"

namespace doorbuster::shop {
namespace {

constexpr std::size_t kEtagDigits = 16;
constexpr std::string_view kForEver = "public, max-age=31536000, immutable";
constexpr std::string_view kAskAgain = "no-cache";  // whether what it has is still the one

std::string etag_of(std::string_view bytes) {
  return '"' + wire::sha256_hex(bytes).substr(0, kEtagDigits) + '"';
}

// "q=0", "q=0.000": this one not.
bool is_refused(std::string_view parameters) {
  const auto weight = wire::trimmed(parameters);
  if (!weight.starts_with("q=") && !weight.starts_with("Q=")) return false;
  return weight.find_first_not_of("0.", 2) == std::string_view::npos;
}

// If-None-Match: RFC 9110, 13.1.2. A weak comparison.
bool has_already(const wire::RequestHead& head, std::string_view etag) {
  std::string_view list = head.header("If-None-Match").value_or("");
  while (!list.empty()) {
    auto known = wire::trimmed(wire::take_until(list, ','));
    if (known.starts_with("W/")) known.remove_prefix(2);
    if (known == etag || known == "*") return true;
  }
  return false;
}

}  // namespace

bool accepts(std::string_view list, std::string_view item) {
  while (!list.empty()) {
    std::string_view parameters = wire::take_until(list, ',');
    const auto name = wire::trimmed(wire::take_until(parameters, ';'));
    if (wire::equal_ignoring_case(name, item)) return !is_refused(parameters);
  }
  return false;
}

Assets::Assets(std::string_view packed) {
  while (!packed.empty()) {
    std::string_view line = wire::take_until(packed, '\n');
    const std::string path(wire::take_until(line, '\t'));
    const std::string media_type(wire::take_until(line, '\t'));
    const std::string coding(wire::take_until(line, '\t'));
    const auto length = wire::to_integer(line);
    if (path.empty() || !length || *length < 0 ||
        static_cast<std::size_t>(*length) > packed.size()) {
      throw std::runtime_error("the pages are packed in another form: see web/pack.mjs");
    }
    const auto bytes = packed.substr(0, static_cast<std::size_t>(*length));
    packed.remove_prefix(bytes.size());
    File& file = files_[path];
    file.media_type = media_type;
    file.codings.push_back({coding, bytes, etag_of(bytes)});
  }
}

wire::Response Assets::get(std::string_view path, const wire::RequestHead& head) const {
  wire::Response response;
  const auto file = files_.find(path);
  if (file == files_.end()) {
    response.status = 404;
    return response;
  }
  const auto& codings = file->second.codings;
  const std::string_view taken = head.header("Accept-Encoding").value_or("");
  const auto coding = std::find_if(codings.begin(), codings.end(), [taken](const Coding& each) {
    return each.name == "identity" || accepts(taken, each.name);
  });
  if (coding == codings.end()) throw std::logic_error("a page has no plain form");
  response.headers = {
      {"Content-Type", file->second.media_type},
      {"ETag", coding->etag},
      {"Vary", "Accept-Encoding"},
      {"Cache-Control", std::string(path.starts_with("/assets/") ? kForEver : kAskAgain)}};
  if (coding->name != "identity") response.headers.emplace_back("Content-Encoding", coding->name);
  if (has_already(head, coding->etag)) {
    response.status = 304;
  } else {
    response.body.bytes = coding->bytes;
  }
  return response;
}

const Assets& shop_assets() {
  static const Assets assets(kAssets);
  return assets;
}

}  // namespace doorbuster::shop
