#include "engine/policy_text.h"

#include <algorithm>

namespace doorbuster::engine {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same(char a, char b) {
  return a == b;
}
bool same_ignoring_case(char a, char b) {
  return lower(a) == lower(b);
}

// Going back to the last * alone is enough, as what an earlier one took can only be a prefix of
// what a later one may take: linear space, at worst |pattern| * |text| steps.
template <class Same>
bool glob(std::string_view pattern, std::string_view text, Same same_char) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || same_char(pattern[p], text[t]))) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++star_text;
    } else {
      return false;
    }
  }
  return std::all_of(pattern.begin() + static_cast<std::ptrdiff_t>(p), pattern.end(),
                     [](char c) { return c == '*'; });
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_ignoring_case);
}

bool glob(std::string_view pattern, std::string_view text) {
  return glob(pattern, text, same);
}

bool glob_ignoring_case(std::string_view pattern, std::string_view text) {
  return glob(pattern, text, same_ignoring_case);
}

bool arn_like(std::string_view pattern, std::string_view arn) {
  if (pattern == "*") return true;
  for (int i = 0; i < 5; ++i) {
    const auto pattern_part = take_part(pattern);
    const auto part = take_part(arn);
    if (!pattern_part || !part || !glob(*pattern_part, *part)) return false;
  }
  return glob(pattern, arn);
}

std::string_view arn_part(std::string_view arn, int index) {
  if (!arn.starts_with("arn:")) return {};
  for (int i = 0; i < 5; ++i) {
    const auto part = take_part(arn);
    if (!part) return {};
    if (i == index) return *part;
  }
  return arn;
}

std::optional<std::string_view> take_part(std::string_view& rest) {
  const std::size_t colon = rest.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view part = rest.substr(0, colon);
  rest.remove_prefix(colon + 1);
  return part;
}

bool is_account_id(std::string_view text) {
  return text.size() == 12 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace doorbuster::engine
