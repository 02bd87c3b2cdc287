#include "orders/json_values.h"

#include <array>
#include <boost/json.hpp>
#include <charconv>

#include "orders/quoted.h"

namespace doorbuster::orders {

namespace json = boost::json;

std::string_view name_of(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return "null";
    case json::kind::bool_:
      return "true or false";
    case json::kind::int64:
    case json::kind::uint64:
    case json::kind::double_:
      return "a number";
    case json::kind::string:
      return "a string";
    case json::kind::array:
      return "an array";
    case json::kind::object:
      return "an object";
  }
  return "unknown";
}

std::string must_be(std::string_view what, const json::value& value) {
  return "must be " + std::string(what) + ", not " + std::string(name_of(value));
}

std::optional<Money> read_money(const json::value& value) {
  std::array<char, 512> text;  // room for any double without exponent
  std::to_chars_result end{};
  if (value.is_string()) return Money::parse(value.get_string());
  if (value.is_int64()) {
    end = std::to_chars(text.data(), text.data() + text.size(), value.get_int64());
  } else if (value.is_double()) {
    end = std::to_chars(text.data(), text.data() + text.size(), value.get_double(),
                        std::chars_format::fixed);
  } else {
    return std::nullopt;
  }
  return Money::parse(std::string_view(text.data(), end.ptr));
}

std::string must_be_money(const json::value& value) {
  const std::string rule = "must be an amount with at most 4 decimals, such as \"2.55\", not ";
  if (value.is_string()) return rule + quoted(value.get_string());
  if (value.is_number()) return rule + json::serialize(value);
  return rule + std::string(name_of(value));
}

json::value money_value(Money amount) {
  constexpr std::int64_t kExactMax = 999'999'999'999'999;
  const std::int64_t n = amount.ten_thousandths();
  if (n % Money::kUnit == 0) return n / Money::kUnit;
  if (n > kExactMax || n < -kExactMax) return json::string(amount.str());
  return static_cast<double>(n) / static_cast<double>(Money::kUnit);
}

}  // namespace doorbuster::orders
