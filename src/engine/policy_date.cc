#include "engine/policy_date.h"

#include <charconv>
#include <chrono>

namespace doorbuster::engine {
namespace {

// Takes `digits` digits off `rest`.
std::optional<int> take_digits(std::string_view& rest, std::size_t digits) {
  int number = 0;
  if (rest.size() < digits) return std::nullopt;
  for (const char c : rest.substr(0, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  rest.remove_prefix(digits);
  return number;
}

bool take(std::string_view& rest, char c) {
  if (!rest.starts_with(c)) return false;
  rest.remove_prefix(1);
  return true;
}

// "Z", "+hh:mm", "-hh:mm" or nothing, in seconds east of UTC; it must be all that is left.
std::optional<int> parse_zone(std::string_view rest) {
  if (rest.empty() || rest == "Z") return 0;
  const bool east = rest.front() == '+';
  if (!east && rest.front() != '-') return std::nullopt;
  rest.remove_prefix(1);
  const auto hours = take_digits(rest, 2);
  if (!hours || !take(rest, ':')) return std::nullopt;
  const auto minutes = take_digits(rest, 2);
  if (!minutes || !rest.empty()) return std::nullopt;
  const int seconds = (*hours * 60 + *minutes) * 60;
  return east ? seconds : -seconds;
}

// "hh:mm[:ss[.s]]" and a zone, in seconds since midnight UTC.
std::optional<double> parse_time_of_day(std::string_view rest) {
  const auto hours = take_digits(rest, 2);
  if (!hours || *hours > 24 || !take(rest, ':')) return std::nullopt;
  const auto minutes = take_digits(rest, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  double seconds = 0;
  if (take(rest, ':')) {
    const auto whole = take_digits(rest, 2);
    if (!whole || *whole > 60) return std::nullopt;
    seconds = *whole;
    if (take(rest, '.')) {
      double unit = 0.1;
      for (; !rest.empty() && rest[0] >= '0' && rest[0] <= '9'; rest.remove_prefix(1)) {
        seconds += unit * (rest[0] - '0');
        unit /= 10;
      }
    }
  }
  const auto zone = parse_zone(rest);
  if (!zone) return std::nullopt;
  return (*hours * 60 + *minutes) * 60 + seconds - *zone;
}

}  // namespace

std::optional<double> parse_number(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<double> parse_date(std::string_view text) {
  using namespace std::chrono;
  std::string_view rest = text;
  const auto whole_year = take_digits(rest, 4);
  if (!whole_year || !(rest.empty() || rest[0] == '-')) return parse_number(text);
  year_month_day date = year{*whole_year} / January / 1;
  if (take(rest, '-')) {
    const auto number = take_digits(rest, 2);
    if (!number) return std::nullopt;
    date = date.year() / month{static_cast<unsigned>(*number)} / 1;
  }
  if (take(rest, '-')) {
    const auto number = take_digits(rest, 2);
    if (!number) return std::nullopt;
    date = date.year() / date.month() / day{static_cast<unsigned>(*number)};
  }
  if (!date.ok()) return std::nullopt;
  const auto midnight =
      static_cast<double>(duration_cast<seconds>(sys_days{date}.time_since_epoch()).count());
  if (rest.empty()) return midnight;
  if (!take(rest, 'T')) return std::nullopt;
  const auto time = parse_time_of_day(rest);
  if (!time) return std::nullopt;
  return midnight + *time;
}

}  // namespace doorbuster::engine
