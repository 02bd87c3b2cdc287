#include "orders/timestamp.h"

#include <algorithm>

namespace doorbuster::orders {
namespace {

constexpr std::string_view kPattern = "dddd-dd-ddTdd:dd:dd";
constexpr int kMillisecondDigits = 3;
constexpr std::size_t kNanosecondDigits = 9;

bool all_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool has_pattern(std::string_view text) {
  if (text.size() != kPattern.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const char p = kPattern[i];
    const bool fits = p == 'd' ? c >= '0' && c <= '9' : p == 'T' ? c == 'T' || c == ' ' : c == p;
    if (!fits) return false;
  }
  return true;
}

int number_at(std::string_view text, std::size_t at, std::size_t digits) {
  int n = 0;
  for (const char c : text.substr(at, digits)) n = n * 10 + (c - '0');
  return n;
}

void append_number(std::string& out, int n, int digits) {
  int divisor = 1;
  for (int i = 1; i < digits; ++i) divisor *= 10;
  for (; divisor > 0; divisor /= 10) out += static_cast<char>('0' + n / divisor % 10);
}

}  // namespace

bool has_text_form(std::chrono::sys_seconds time) {
  constexpr std::chrono::sys_days kFirst(std::chrono::year(1) / 1 / 1);
  constexpr std::chrono::sys_days kEnd(std::chrono::year(10000) / 1 / 1);
  return time >= kFirst && time < kEnd;
}

std::string format_timestamp(std::chrono::sys_seconds time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);

  std::string out;
  out.reserve(kPattern.size());
  append_number(out, static_cast<int>(date.year()), 4);
  out += '-';
  append_number(out, static_cast<int>(static_cast<unsigned>(date.month())), 2);
  out += '-';
  append_number(out, static_cast<int>(static_cast<unsigned>(date.day())), 2);
  out += 'T';
  append_number(out, static_cast<int>(clock.hours().count()), 2);
  out += ':';
  append_number(out, static_cast<int>(clock.minutes().count()), 2);
  out += ':';
  append_number(out, static_cast<int>(clock.seconds().count()), 2);
  return out;
}

std::optional<std::chrono::sys_seconds> parse_timestamp(std::string_view text) {
  if (text.ends_with('Z')) text.remove_suffix(1);
  if (!has_pattern(text)) return std::nullopt;

  const std::chrono::year_month_day date(
      std::chrono::year(number_at(text, 0, 4)),
      std::chrono::month(static_cast<unsigned>(number_at(text, 5, 2))),
      std::chrono::day(static_cast<unsigned>(number_at(text, 8, 2))));
  const std::chrono::hours hour(number_at(text, 11, 2));
  const std::chrono::minutes minute(number_at(text, 14, 2));
  const std::chrono::seconds second(number_at(text, 17, 2));
  if (!date.ok() || date.year() < std::chrono::year(1)) return std::nullopt;
  if (hour.count() > 23 || minute.count() > 59 || second.count() > 59) return std::nullopt;
  return std::chrono::sys_days(date) + hour + minute + second;
}

std::string format_instant(Instant time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  std::string out = format_timestamp(second) + '.';
  append_number(out, static_cast<int>((time - second).count()), kMillisecondDigits);
  return out + 'Z';
}

std::optional<Instant> parse_instant(std::string_view text) {
  if (!text.ends_with('Z')) return std::nullopt;
  text.remove_suffix(1);
  if (text.ends_with('Z')) return std::nullopt;  // one is enough
  const std::size_t point = std::min(text.find('.'), text.size());
  const auto second = parse_timestamp(text.substr(0, point));
  if (!second) return std::nullopt;
  if (point == text.size()) return *second;
  const std::string_view decimals = text.substr(point + 1);
  if (decimals.empty() || decimals.size() > kNanosecondDigits || !all_digits(decimals)) {
    return std::nullopt;
  }
  std::string milliseconds(decimals.substr(0, kMillisecondDigits));
  milliseconds.resize(kMillisecondDigits, '0');
  return *second + std::chrono::milliseconds(number_at(milliseconds, 0, kMillisecondDigits));
}

}  // namespace doorbuster::orders
