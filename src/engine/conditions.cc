#include "engine/conditions.h"

#include <algorithm>
#include <chrono>

#include "engine/checksums.h"
#include "engine/text.h"

namespace doorbuster::engine {
namespace {

cloud::Error failed() {
  return {"PreconditionFailed", "At least one of the pre-conditions you specified did not hold",
          412};
}

bool matches(std::string_view wanted, std::string_view etag) {
  return wanted == "*" || bare_etag(wanted) == bare_etag(etag);
}

// HTTP's dates have no fractions, so an object is taken for as old as its date says.
bool changed_since(cloud::Time modified, cloud::Time since) {
  return std::chrono::floor<std::chrono::seconds>(modified) > since;
}

enum class Outcome { kHolds, kFailed, kNotModified };

Outcome evaluate(const cloud::ReadConditions& conditions, std::string_view etag,
                 cloud::Time modified) {
  if (!conditions.IfMatch.empty()) {
    if (!matches(conditions.IfMatch, etag)) return Outcome::kFailed;
  } else if (conditions.IfUnmodifiedSince &&
             changed_since(modified, *conditions.IfUnmodifiedSince)) {
    return Outcome::kFailed;
  }
  if (!conditions.IfNoneMatch.empty()) {
    if (matches(conditions.IfNoneMatch, etag)) return Outcome::kNotModified;
  } else if (conditions.IfModifiedSince && !changed_since(modified, *conditions.IfModifiedSince)) {
    return Outcome::kNotModified;
  }
  return Outcome::kHolds;
}

// "A-B", "A-" or "-B"; nothing if it is none of these.
struct Bounds {
  std::optional<std::uint64_t> first;
  std::optional<std::uint64_t> last;
};
std::optional<Bounds> bounds_of(std::string_view header) {
  constexpr std::string_view kUnit = "bytes=";
  if (!header.starts_with(kUnit)) return std::nullopt;
  header.remove_prefix(kUnit.size());
  const auto dash = header.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto number = [](std::string_view text, std::optional<std::uint64_t>* to) {
    if (text.empty()) return true;
    const auto value = text.front() == '-' ? std::nullopt : to_integer(text);
    if (!value) return false;
    *to = static_cast<std::uint64_t>(*value);
    return true;
  };
  Bounds bounds;
  if (!number(header.substr(0, dash), &bounds.first) ||
      !number(header.substr(dash + 1), &bounds.last) || (!bounds.first && !bounds.last) ||
      (bounds.first && bounds.last && *bounds.first > *bounds.last)) {
    return std::nullopt;
  }
  return bounds;
}

}  // namespace

void check(const cloud::ReadConditions& conditions, std::string_view etag, cloud::Time modified) {
  switch (evaluate(conditions, etag, modified)) {
    case Outcome::kHolds:
      return;
    case Outcome::kFailed:
      throw failed();
    case Outcome::kNotModified:
      throw cloud::Error("NotModified", "Not Modified", 304);
  }
}

void check_source(const cloud::ReadConditions& conditions, std::string_view etag,
                  cloud::Time modified) {
  if (evaluate(conditions, etag, modified) != Outcome::kHolds) throw failed();
}

void check(const cloud::WriteConditions& conditions, std::optional<std::string_view> etag) {
  if (!conditions.IfNoneMatch.empty()) {
    if (conditions.IfNoneMatch != "*" || !conditions.IfMatch.empty()) {
      throw cloud::Error("NotImplemented",
                         "A header you provided implies functionality that is not implemented",
                         501);
    }
    if (etag) throw failed();
  }
  if (conditions.IfMatch.empty()) return;
  if (!etag) throw cloud::Error("NoSuchKey", "The specified key does not exist.", 404);
  if (!matches(conditions.IfMatch, *etag)) throw failed();
}

std::optional<ByteRange> range_of(std::string_view header, std::uint64_t size) {
  const auto bounds = bounds_of(header);
  if (!bounds) return std::nullopt;
  const std::uint64_t wanted = bounds->first ? *bounds->first : *bounds->last;
  if (size == 0 || (bounds->first ? wanted >= size : wanted == 0)) {
    throw cloud::Error("InvalidRange", "The requested range is not satisfiable", 416);
  }
  if (!bounds->first) return ByteRange{size - std::min(wanted, size), std::min(wanted, size)};
  const std::uint64_t last = std::min(bounds->last.value_or(size - 1), size - 1);
  return ByteRange{wanted, last - wanted + 1};
}

ByteRange source_range_of(std::string_view header, std::uint64_t size) {
  if (header.empty()) return {0, size};
  const auto bounds = bounds_of(header);
  if (!bounds || !bounds->first || !bounds->last) {
    throw cloud::Error("InvalidArgument",
                       "The x-amz-copy-source-range value must be of the form bytes=first-last "
                       "where first and last are the zero-based offsets of the first and last "
                       "bytes to copy");
  }
  if (*bounds->last >= size) {
    throw cloud::Error(
        "InvalidArgument",
        "Range specified is not valid for source object of size: " + std::to_string(size));
  }
  return {*bounds->first, *bounds->last - *bounds->first + 1};
}

}  // namespace doorbuster::engine
