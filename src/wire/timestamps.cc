#include "wire/timestamps.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "wire/encoding.h"

namespace doorbuster::wire {
namespace {

using std::chrono::milliseconds;

constexpr std::array<std::string_view, 7> day_names = {"Sun", "Mon", "Tue", "Wed",
                                                       "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> month_names = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct Civil {
  unsigned year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, ms = 0;
  unsigned weekday = 0;
};

Civil civil(cloud::Time time) {
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(days);
  const std::chrono::hh_mm_ss clock(time - days);
  return {static_cast<unsigned>(static_cast<int>(date.year())),
          static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day()),
          static_cast<unsigned>(clock.hours().count()),
          static_cast<unsigned>(clock.minutes().count()),
          static_cast<unsigned>(clock.seconds().count()),
          static_cast<unsigned>(clock.subseconds().count()),
          std::chrono::weekday(days).c_encoding()};
}

std::optional<cloud::Time> time_of(const Civil& c) {
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(c.year)),
                                         std::chrono::month(c.month), std::chrono::day(c.day));
  if (!date.ok() || c.hour > 23 || c.minute > 59 || c.second > 60) return std::nullopt;
  return cloud::Time(std::chrono::sys_days(date)) + std::chrono::hours(c.hour) +
         std::chrono::minutes(c.minute) + std::chrono::seconds(c.second) + milliseconds(c.ms);
}

void append(std::string& out, unsigned value, std::size_t digits) {
  const std::string text = std::to_string(value);
  if (text.size() < digits) out.append(digits - text.size(), '0');
  out += text;
}

// Reads fixed-width fields one after the other; once something doesn't fit, `ok` stays false.
struct Scanner {
  std::string_view rest;
  bool ok = true;

  unsigned number(std::size_t digits) {
    unsigned value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (rest.empty() || rest.front() < '0' || rest.front() > '9') {
        ok = false;
        return 0;
      }
      value = value * 10 + static_cast<unsigned>(rest.front() - '0');
      rest.remove_prefix(1);
    }
    return value;
  }
  void literal(std::string_view text) {
    if (rest.starts_with(text)) {
      rest.remove_prefix(text.size());
    } else {
      ok = false;
    }
  }
  // Its place in `names`, from 1.
  template <std::size_t N>
  unsigned name(const std::array<std::string_view, N>& names) {
    for (unsigned i = 0; i < N; ++i) {
      if (rest.starts_with(names[i])) {
        rest.remove_prefix(names[i].size());
        return i + 1;
      }
    }
    ok = false;
    return 0;
  }
  unsigned fraction_ms() {
    if (!rest.starts_with('.')) return 0;
    rest.remove_prefix(1);
    unsigned ms = number(1) * 100;
    for (unsigned scale = 10; !rest.empty() && rest.front() >= '0' && rest.front() <= '9';
         scale /= 10) {
      ms += number(1) * scale;
    }
    return ms;
  }
};

}  // namespace

std::string iso8601(cloud::Time time) {
  const Civil c = civil(time);
  std::string out;
  out.reserve(24);
  append(out, c.year, 4);
  append(out += '-', c.month, 2);
  append(out += '-', c.day, 2);
  append(out += 'T', c.hour, 2);
  append(out += ':', c.minute, 2);
  append(out += ':', c.second, 2);
  append(out += '.', c.ms, 3);
  return out += 'Z';
}

std::optional<cloud::Time> from_iso8601(std::string_view text) {
  Scanner in{text};
  Civil c;
  c.year = in.number(4), in.literal("-");
  c.month = in.number(2), in.literal("-");
  c.day = in.number(2);
  if (!in.rest.empty()) {
    in.literal("T"), c.hour = in.number(2), in.literal(":");
    c.minute = in.number(2), in.literal(":");
    c.second = in.number(2), c.ms = in.fraction_ms();
    in.literal("Z");
  }
  if (!in.ok || !in.rest.empty()) return std::nullopt;
  return time_of(c);
}

std::string http_date(cloud::Time time) {
  const Civil c = civil(time);
  std::string out;
  out.reserve(29);
  out += day_names[c.weekday];
  append(out += ", ", c.day, 2);
  out += ' ';
  out += month_names[c.month - 1];
  append(out += ' ', c.year, 4);
  append(out += ' ', c.hour, 2);
  append(out += ':', c.minute, 2);
  append(out += ':', c.second, 2);
  return out += " GMT";
}

std::optional<cloud::Time> from_http_date(std::string_view text) {
  Scanner in{text};
  Civil c;
  in.name(day_names), in.literal(", ");
  c.day = in.number(2), in.literal(" ");
  c.month = in.name(month_names), in.literal(" ");
  c.year = in.number(4), in.literal(" ");
  c.hour = in.number(2), in.literal(":");
  c.minute = in.number(2), in.literal(":");
  c.second = in.number(2), in.literal(" GMT");
  if (!in.ok || !in.rest.empty()) return std::nullopt;
  return time_of(c);
}

std::string amz_date(cloud::Time time) {
  const Civil c = civil(time);
  std::string out;
  out.reserve(16);
  append(out, c.year, 4);
  append(out, c.month, 2);
  append(out, c.day, 2);
  append(out += 'T', c.hour, 2);
  append(out, c.minute, 2);
  append(out, c.second, 2);
  return out += 'Z';
}

std::optional<cloud::Time> from_amz_date(std::string_view text) {
  Scanner in{text};
  Civil c;
  c.year = in.number(4), c.month = in.number(2), c.day = in.number(2);
  in.literal("T");
  c.hour = in.number(2), c.minute = in.number(2), c.second = in.number(2);
  in.literal("Z");
  if (!in.ok || !in.rest.empty()) return std::nullopt;
  return time_of(c);
}

std::string epoch_seconds(cloud::Time time) {
  const std::int64_t ms = time.time_since_epoch().count();
  std::string out = std::to_string(ms / 1000);
  if (ms % 1000 != 0) append(out += '.', static_cast<unsigned>(std::abs(ms % 1000)), 3);
  return out;
}

}  // namespace doorbuster::wire
