#include "states/timestamp.h"

#include <cstdio>

namespace doorbuster::states {
namespace {

constexpr int kNanosecondDigits = 9;
constexpr int kNanosecondsPerMillisecond = 1'000'000;

// Takes text off the front, a piece at a time; once a piece does not fit, nothing does any more.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  int digits(std::size_t count) {
    if (rest_.size() < count) return fail();
    int n = 0;
    for (const char c : rest_.substr(0, count)) {
      if (c < '0' || c > '9') return fail();
      n = n * 10 + (c - '0');
    }
    rest_.remove_prefix(count);
    return n;
  }
  bool skip(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!skip(c)) fail();
  }
  bool at_digit() const { return !rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9'; }
  bool ok() const { return ok_; }
  bool done() const { return ok_ && rest_.empty(); }

 private:
  int fail() {
    ok_ = false;
    rest_ = {};
    return 0;
  }

  std::string_view rest_;
  bool ok_ = true;
};

// What follows the seconds' point; more digits than nanoseconds have are read and dropped.
int read_fraction(Reader& reader) {
  int nanoseconds = reader.digits(1);
  int read = 1;
  for (; reader.at_digit(); ++read) {
    const int digit = reader.digits(1);
    if (read < kNanosecondDigits) nanoseconds = nanoseconds * 10 + digit;
  }
  for (; read < kNanosecondDigits; ++read) nanoseconds *= 10;
  return nanoseconds;
}

// Nothing if there is none, or it is out of range.
std::optional<std::chrono::minutes> read_offset(Reader& reader) {
  if (reader.skip('Z')) return std::chrono::minutes(0);
  const bool west = reader.skip('-');
  if (!west) reader.expect('+');
  const int hours = reader.digits(2);
  reader.expect(':');
  const int minutes = reader.digits(2);
  if (!reader.ok() || hours > 23 || minutes > 59) return std::nullopt;
  const std::chrono::minutes offset(hours * 60 + minutes);
  return west ? -offset : offset;
}

}  // namespace

std::chrono::sys_time<std::chrono::milliseconds> Timestamp::milliseconds() const {
  const int rounded = (nanoseconds + kNanosecondsPerMillisecond - 1) / kNanosecondsPerMillisecond;
  return seconds + std::chrono::milliseconds(rounded);
}

std::optional<Timestamp> parse_timestamp(std::string_view text) {
  Reader reader(text);
  const std::chrono::year year(reader.digits(4));
  reader.expect('-');
  const std::chrono::month month(static_cast<unsigned>(reader.digits(2)));
  reader.expect('-');
  const std::chrono::day day(static_cast<unsigned>(reader.digits(2)));
  reader.expect('T');
  const std::chrono::hours hour(reader.digits(2));
  reader.expect(':');
  const std::chrono::minutes minute(reader.digits(2));
  reader.expect(':');
  const std::chrono::seconds second(reader.digits(2));
  const int nanoseconds = reader.skip('.') ? read_fraction(reader) : 0;
  const auto offset = read_offset(reader);
  if (!offset || !reader.done()) return std::nullopt;

  const std::chrono::year_month_day date(year, month, day);
  if (!date.ok() || hour.count() > 23 || minute.count() > 59 || second.count() > 59) {
    return std::nullopt;
  }
  return Timestamp{.seconds = std::chrono::sys_days(date) + hour + minute + second - *offset,
                   .nanoseconds = nanoseconds};
}

std::string format_timestamp(std::chrono::sys_time<std::chrono::milliseconds> time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  char text[64];
  const int size = std::snprintf(
      text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return {text, static_cast<std::size_t>(size)};
}

}  // namespace doorbuster::states
