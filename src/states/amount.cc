#include "states/amount.h"

#include <boost/json.hpp>
#include <cmath>
#include <cstring>
#include <string>

#include "states/failure.h"
#include "states/json_text.h"

namespace doorbuster::states {

namespace json = boost::json;

namespace {

[[noreturn]] void fail_type(const Amount& amount, const json::value& value, const char* type) {
  std::string text = value.is_string() ? std::string(value.get_string()) : to_text(value);
  throw runtime_failure("The " + amount.field + " field refers to value \"" + text +
                        "\" which is not a valid " + type + ": " + amount.path->text());
}

std::string plain(const json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : to_text(value);
}

// "TimeoutSeconds", where the path is TimeoutSecondsPath.
std::string name_of(const Amount& amount) {
  return amount.field.substr(0, amount.field.size() - std::strlen("Path"));
}

void check_range(const Amount& amount, double number) {
  if (number >= amount.least && number <= amount.most) return;
  throw runtime_failure(name_of(amount) + " must be between " +
                        std::to_string(static_cast<std::int64_t>(amount.least)) + " and " +
                        std::to_string(static_cast<std::int64_t>(amount.most)) + ".");
}

// A number that is written as text counts, too.
json::value number_at(const Amount& amount, const Scope& scope) {
  json::value value = filter(*amount.path, scope);
  auto number = value.is_string() ? from_text(value.get_string()) : std::nullopt;
  return number && number->is_number() ? *std::move(number) : value;
}

}  // namespace

std::int64_t any_integer_of(const Amount& amount, const Scope& scope) {
  if (!amount.path) return static_cast<std::int64_t>(amount.constant);
  const json::value value = number_at(amount, scope);
  if (!value.is_int64()) fail_type(amount, value, "integer");
  return value.get_int64();
}

std::int64_t integer_of(const Amount& amount, const Scope& scope) {
  const std::int64_t number = any_integer_of(amount, scope);
  if (!amount.path) return number;
  if (number < 0) throw runtime_failure(name_of(amount) + " cannot be negative.");
  check_range(amount, static_cast<double>(number));
  return number;
}

std::optional<std::int64_t> integer_of(const std::optional<Amount>& amount, const Scope& scope) {
  if (!amount) return std::nullopt;
  return integer_of(*amount, scope);
}

double number_of(const Amount& amount, const Scope& scope) {
  if (!amount.path) return amount.constant;
  const json::value value = number_at(amount, scope);
  if (!value.is_number()) fail_type(amount, value, "float");
  const auto number = value.to_number<double>();
  check_range(amount, number);
  return number;
}

std::chrono::milliseconds wait_of(const Amount& seconds, const Scope& scope) {
  if (!seconds.path) {
    return std::chrono::milliseconds(std::llround(seconds.constant * 1000));
  }
  const std::string& path = seconds.path->text();
  const auto value = seconds.path->evaluate(root_of(*seconds.path, scope));
  if (!value) {
    throw runtime_failure("The SecondsPath parameter does not reference an input value: " + path);
  }
  if (!value->is_int64()) {
    throw runtime_failure("The SecondsPath parameter cannot be parsed as a long value: " + path +
                          " == " + plain(*value));
  }
  if (value->get_int64() < 0) {
    throw runtime_failure("The SecondsPath parameter references a negative value: " + path +
                          " == " + plain(*value));
  }
  constexpr std::int64_t kSecondsMax = 99'999'999;
  return std::chrono::seconds(std::min(value->get_int64(), kSecondsMax));
}

Time timestamp_at(const JsonPath& path, const Scope& scope) {
  const auto value = path.evaluate(root_of(path, scope));
  if (!value) {
    throw runtime_failure("The TimestampPath parameter does not reference an input value: " +
                          path.text());
  }
  const auto time = value->is_string() ? parse_timestamp(value->get_string()) : std::nullopt;
  if (time) return time->milliseconds();
  throw runtime_failure(
      "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time "
      "format string: " +
      path.text() + " == " + plain(*value));
}

}  // namespace doorbuster::states
