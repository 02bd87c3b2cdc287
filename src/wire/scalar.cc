#include "wire/scalar.h"

#include <array>
#include <charconv>
#include <limits>

#include "documents/utf8.h"
#include "wire/encoding.h"
#include "wire/timestamps.h"

namespace doorbuster::wire {
namespace {

[[noreturn]] void refuse(std::string_view text, const char* wanted, const Wording& wording) {
  constexpr std::size_t shown_max = 100;
  throw wording.malformed("The value " + std::string(text.substr(0, shown_max)) + " is not " +
                          wanted + ".");
}

void read_time(std::string_view text, void* to, const Wording& wording) {
  auto time = from_iso8601(text);
  if (!time) time = from_http_date(text);
  if (!time) refuse(text, "a timestamp", wording);
  as_time(to) = *time;
}

void read_time_ms(std::string_view text, void* to, const Wording& wording) {
  const auto ms = to_integer(text);
  if (!ms) refuse(text, "a timestamp", wording);
  as_time(to) = cloud::Time(std::chrono::milliseconds(*ms));
}

void read_number(std::string_view text, void* to, const Wording& wording) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, as_number(to));
  if (error != std::errc() || stop != end) refuse(text, "a number", wording);
}

void read_boolean(std::string_view text, void* to, const Wording& wording) {
  const bool is_true = equal_ignoring_case(text, "true") || text == "1";
  if (!is_true && !equal_ignoring_case(text, "false") && text != "0") {
    refuse(text, "a boolean", wording);
  }
  as_bool(to) = is_true;
}

}  // namespace

std::string read_text(std::string_view text, const Wording& wording) {
  if (!documents::is_utf8(text)) throw wording.malformed("A value is not text in UTF-8.");
  return std::string(text);
}

void read_scalar(const Shape& shape, std::string_view text, void* to, const Wording& wording) {
  switch (shape.kind) {
    case Kind::optional:
      return read_scalar(*shape.element, text, shape.emplace(to), wording);
    case Kind::converted: {
      const auto other = shape.make();
      read_scalar(*shape.element, text, other.get(), wording);
      return shape.store(other.get(), to, wording);
    }
    case Kind::string:
    case Kind::key:
      as_string(to) = read_text(text, wording);
      return;
    case Kind::escaped_text:
      as_string(to) = read_text(unescaped(text, false), wording);
      return;
    case Kind::blob: {
      auto bytes = from_base64(text);
      if (!bytes) refuse(text, "base64", wording);
      as_string(to) = std::move(*bytes);
      return;
    }
    case Kind::integer: {
      const auto number = to_integer(text);
      if (!number || !shape.from_int(to, *number)) refuse(text, "an integer", wording);
      return;
    }
    case Kind::number:
      return read_number(text, to, wording);
    case Kind::boolean:
      return read_boolean(text, to, wording);
    case Kind::timestamp:
      return read_time(text, to, wording);
    case Kind::timestamp_ms:
      return read_time_ms(text, to, wording);
    case Kind::structure:
    case Kind::list:
    case Kind::map:
    case Kind::body:
    case Kind::document:
      refuse(text, "a structure", wording);
  }
}

std::string number_text(double number) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  return {digits.data(), end};
}

std::string scalar_text(const Shape& shape, const void* value, TimeFormat format) {
  switch (shape.kind) {
    case Kind::optional:
      return scalar_text(*shape.element, shape.get(value), format);
    case Kind::converted: {
      const auto other = shape.make();
      shape.load(value, other.get());
      return scalar_text(*shape.element, other.get(), format);
    }
    case Kind::string:
    case Kind::key:
      return as_string(value);
    case Kind::escaped_text:
      return escaped(as_string(value));
    case Kind::blob:
      return base64(as_string(value));
    case Kind::integer:
      return std::to_string(shape.to_int(value));
    case Kind::number:
      return number_text(as_number(value));
    case Kind::boolean:
      return as_bool(value) ? "true" : "false";
    case Kind::timestamp:
      return format == TimeFormat::iso8601 ? iso8601(as_time(value)) : http_date(as_time(value));
    case Kind::timestamp_ms:
      return std::to_string(as_time(value).time_since_epoch().count());
    case Kind::structure:
    case Kind::list:
    case Kind::map:
    case Kind::body:
    case Kind::document:
      break;
  }
  return {};
}

}  // namespace doorbuster::wire
