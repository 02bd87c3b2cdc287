#include "engine/filter_policy.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cloud/error.h"
#include "engine/ip_range.h"
#include "engine/policy_text.h"

namespace doorbuster::engine {

namespace json = boost::json;

namespace {

// Deeper JSON is taken for no JSON, so that a message cannot exhaust the stack.
constexpr std::size_t kDepthMax = 128;

[[noreturn]] void fail(const std::string& reason) {
  throw cloud::Error("InvalidParameter", "Invalid parameter: FilterPolicy: " + reason, 400);
}

// --- Numbers ---

constexpr double kNumberMax = 1e9;
constexpr double kUnitsPerOne = 1e5;  // five digits after the decimal point

// `number` in units of 10^-5; nothing outside the range in which filter policies compare.
std::optional<std::int64_t> units(double number) {
  if (!(std::abs(number) <= kNumberMax)) return std::nullopt;
  return std::llround(number * kUnitsPerOne);
}

bool equal_numbers(double a, double b) {
  const auto a_units = units(a);
  const auto b_units = units(b);
  return a_units && b_units ? *a_units == *b_units : a == b;
}

// --- Values of a message ---

struct Scalar {
  enum class Kind { kNull, kBool, kNumber, kString };

  Kind kind = Kind::kNull;
  bool flag = false;
  double number = 0;
  std::string_view text = {};
};

// `value` must be neither an object nor an array.
Scalar to_scalar(const json::value& value) {
  if (value.is_bool()) return {.kind = Scalar::Kind::kBool, .flag = value.get_bool()};
  if (value.is_string()) return {.kind = Scalar::Kind::kString, .text = value.get_string()};
  if (value.is_number()) {
    return {.kind = Scalar::Kind::kNumber, .number = value.to_number<double>()};
  }
  return {};
}

std::optional<json::value> parse_json(std::string_view text, json::storage_ptr storage = {}) {
  json::parse_options options;
  options.max_depth = kDepthMax;
  boost::system::error_code error;
  json::value value = json::parse(text, error, std::move(storage), options);
  if (error) return std::nullopt;
  return value;
}

// --- Matchers ---

// The literal pieces between the * of a wildcard pattern; one more than there are stars.
using Wildcarded = std::vector<std::string>;

bool wildcard_matches(const Wildcarded& pieces, std::string_view text) {
  if (pieces.size() == 1) return text == pieces.front();
  if (!text.starts_with(pieces.front())) return false;
  text.remove_prefix(pieces.front().size());
  for (std::size_t i = 1; i + 1 < pieces.size(); ++i) {
    const std::size_t at = text.find(pieces[i]);
    if (at == std::string_view::npos) return false;
    text.remove_prefix(at + pieces[i].size());
  }
  return text.ends_with(pieces.back());
}

// Bounds included, in the units of units().
struct Range {
  std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
  std::int64_t highest = std::numeric_limits<std::int64_t>::max();
};

// One element of a key's array; only the fields of its kind are set.
struct Matcher {
  enum class Kind {
    kNull,
    kBool,
    kNumber,
    kString,
    kPrefix,
    kSuffix,
    kIgnoringCase,
    kWildcard,
    kCidr,
    kNumeric,
    kExists,
    kAnythingBut,
  };

  Kind kind = Kind::kNull;
  bool flag = false;  // kBool, kExists
  double number = 0;
  std::string text = {};
  Wildcarded pieces = {};
  Range range = {};
  std::optional<IpRange> addresses = {};
  std::vector<Matcher> excluded = {};  // kAnythingBut
};

bool matches_text(const Matcher& matcher, std::string_view text) {
  switch (matcher.kind) {
    case Matcher::Kind::kString:
      return text == matcher.text;
    case Matcher::Kind::kPrefix:
      return text.starts_with(matcher.text);
    case Matcher::Kind::kSuffix:
      return text.ends_with(matcher.text);
    case Matcher::Kind::kIgnoringCase:
      return equal_ignoring_case(text, matcher.text);
    case Matcher::Kind::kWildcard:
      return wildcard_matches(matcher.pieces, text);
    case Matcher::Kind::kCidr:
      return matcher.addresses->contains(text);
    default:
      return false;
  }
}

bool in_range(const Range& range, double number) {
  const auto value = units(number);
  return value && *value >= range.lowest && *value <= range.highest;
}

// Whether `matcher` accepts a value that is there.
bool matches_value(const Matcher& matcher, const Scalar& value) {
  switch (matcher.kind) {
    case Matcher::Kind::kExists:
      return matcher.flag;
    case Matcher::Kind::kAnythingBut:
      return std::none_of(matcher.excluded.begin(), matcher.excluded.end(),
                          [&](const Matcher& excluded) { return matches_value(excluded, value); });
    case Matcher::Kind::kNull:
      return value.kind == Scalar::Kind::kNull;
    case Matcher::Kind::kBool:
      return value.kind == Scalar::Kind::kBool && value.flag == matcher.flag;
    case Matcher::Kind::kNumber:
      return value.kind == Scalar::Kind::kNumber && equal_numbers(value.number, matcher.number);
    case Matcher::Kind::kNumeric:
      return value.kind == Scalar::Kind::kNumber && in_range(matcher.range, value.number);
    default:
      return value.kind == Scalar::Kind::kString && matches_text(matcher, value.text);
  }
}

// A key of the policy that has an array of values. Keys of nested objects are joined by dots, which
// is how AWS compares them: "a.b" and {"a": {"b": ...}} are the same, in the policy and in the
// body.
struct Leaf {
  std::string path;
  std::vector<Matcher> matchers = {};

  bool accepts(const Scalar& value) const {
    return std::any_of(matchers.begin(), matchers.end(),
                       [&](const Matcher& matcher) { return matches_value(matcher, value); });
  }

  // Whether `exists` alone accepts that the key is there, or is not.
  bool accepts_presence(bool present) const {
    return std::any_of(matchers.begin(), matchers.end(), [&](const Matcher& matcher) {
      return matcher.kind == Matcher::Kind::kExists && matcher.flag == present;
    });
  }
};

// --- Parsing matchers ---

std::string to_string(const json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

Matcher parse_wildcard(const std::string& pattern) {
  Matcher matcher{.kind = Matcher::Kind::kWildcard, .pieces = {""}};
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '*') {
      if (i > 0 && matcher.pieces.size() > 1 && matcher.pieces.back().empty()) {
        fail("Consecutive wildcard characters at pos " + std::to_string(i - 1));
      }
      matcher.pieces.emplace_back();
      continue;
    }
    if (pattern[i] == '\\') {
      if (i + 1 == pattern.size() || (pattern[i + 1] != '*' && pattern[i + 1] != '\\')) {
        fail("Invalid escape character at pos " + std::to_string(i));
      }
      ++i;
    }
    matcher.pieces.back() += pattern[i];
  }
  return matcher;
}

Matcher parse_cidr(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos || text.find('/', slash + 1) != std::string::npos) {
    fail("Malformed CIDR, one '/' required");
  }
  const std::string bits = text.substr(slash + 1);
  if (bits.empty() || bits.find_first_not_of("0123456789") != std::string::npos) {
    fail("Malformed CIDR, mask bits must be an integer");
  }
  Matcher matcher{.kind = Matcher::Kind::kCidr, .text = text};
  matcher.addresses = IpRange::parse(text);
  if (!matcher.addresses) fail("Nonstandard IP address: " + text.substr(0, slash));
  return matcher;
}

// The operand of `op`, in units.
std::int64_t numeric_operand(const json::array& terms, std::size_t index, const std::string& op) {
  if (index >= terms.size() || !terms[index].is_number()) {
    fail("Value of " + (op == "=" ? std::string("equals") : op) + " must be numeric");
  }
  const auto value = units(terms[index].to_number<double>());
  if (!value) fail("Value must be between -1.0E9 and 1.0E9, inclusive");
  return *value;
}

// The second half of a range, from terms[2] on: an upper bound.
void parse_upper_bound(const json::array& terms, std::int64_t bottom, Range& range) {
  if (!terms[2].is_string()) fail("Bad value in numeric range: " + to_string(terms[2]));
  const std::string op = to_string(terms[2]);
  if (op != "<" && op != "<=") fail("Bad numeric range operator: " + op);
  const std::int64_t top = numeric_operand(terms, 3, op);
  if (top <= bottom) fail("Bottom must be less than top");
  if (terms.size() > 4) fail("Too many terms in numeric range expression");
  range.highest = op == "<" ? top - 1 : top;
}

// ["=", 1], ["<", 1] or [">", 0, "<=", 1].
Matcher parse_numeric(const json::value& value) {
  if (!value.is_array()) fail("Value of numeric must be an array.");
  const json::array& terms = value.get_array();
  if (terms.empty()) fail("Invalid member in numeric match: ]");
  if (!terms[0].is_string()) fail("Invalid member in numeric match: " + to_string(terms[0]));
  const std::string op = to_string(terms[0]);
  Matcher matcher{.kind = Matcher::Kind::kNumeric};
  Range& range = matcher.range;
  if (op != "=" && op != "<" && op != "<=" && op != ">" && op != ">=") {
    fail("Unrecognized numeric range operator: " + op);
  }
  const std::int64_t operand = numeric_operand(terms, 1, op);
  if (op == "=" || op == ">=") range.lowest = operand;
  if (op == "=" || op == "<=") range.highest = operand;
  if (op == ">") range.lowest = operand + 1;
  if (op == "<") range.highest = operand - 1;
  if (terms.size() == 2) return matcher;
  if (op != ">" && op != ">=") fail("Too many elements in numeric expression");
  parse_upper_bound(terms, operand, range);
  return matcher;
}

std::optional<Matcher::Kind> text_kind(std::string_view name) {
  if (name == "prefix") return Matcher::Kind::kPrefix;
  if (name == "suffix") return Matcher::Kind::kSuffix;
  if (name == "equals-ignore-case") return Matcher::Kind::kIgnoringCase;
  if (name == "wildcard") return Matcher::Kind::kWildcard;
  return std::nullopt;
}

Matcher parse_text_matcher(Matcher::Kind kind, const std::string& name, const json::value& value) {
  if (!value.is_string()) fail(name + " match pattern must be a string");
  if (kind == Matcher::Kind::kWildcard) return parse_wildcard(to_string(value));
  return {.kind = kind, .text = to_string(value)};
}

Matcher number_matcher(const json::value& value) {
  return {.kind = Matcher::Kind::kNumber, .number = value.to_number<double>()};
}

Matcher string_matcher(const json::value& value) {
  return {.kind = Matcher::Kind::kString, .text = to_string(value)};
}

// The strings or numbers of {"anything-but": [...]}, not both.
std::vector<Matcher> parse_excluded_list(const json::array& items) {
  std::vector<Matcher> excluded;
  for (const json::value& item : items) {
    if (!item.is_string() && !item.is_number()) {
      fail("Inside anything but list, start|null|boolean is not supported.");
    }
    excluded.push_back(item.is_string() ? string_matcher(item) : number_matcher(item));
  }
  const bool uniform = std::all_of(excluded.begin(), excluded.end(), [&](const Matcher& matcher) {
    return matcher.kind == excluded[0].kind;
  });
  if (excluded.empty() || !uniform) {
    fail(
        "Inside anything but list, either all values are number or string, mixed type is not "
        "supported");
  }
  return excluded;
}

// {"anything-but": {"prefix": ...}}, with a string or several.
std::vector<Matcher> parse_excluded_pattern(const json::object& object) {
  if (object.empty()) fail("Anything-But expression name not found");
  if (object.size() > 1) fail("Only one key allowed in match expression");
  const std::string name(object.begin()->key());
  const json::value& value = object.begin()->value();
  const auto kind = text_kind(name);
  if (!kind) fail("Unsupported anything-but pattern: " + name);
  const json::array single{value};
  const json::array& items = value.is_array() ? value.get_array() : single;
  if (items.empty()) fail(name + " match pattern must be a string");
  std::vector<Matcher> excluded;
  for (const json::value& item : items) {
    if (item.is_string() && item.get_string().empty()) fail("Null prefix/suffix not allowed");
    excluded.push_back(parse_text_matcher(*kind, name, item));
  }
  return excluded;
}

Matcher parse_anything_but(const json::value& value) {
  Matcher matcher{.kind = Matcher::Kind::kAnythingBut};
  if (value.is_array()) {
    matcher.excluded = parse_excluded_list(value.get_array());
  } else if (value.is_object()) {
    matcher.excluded = parse_excluded_pattern(value.get_object());
  } else if (value.is_string()) {
    matcher.excluded = {string_matcher(value)};
  } else if (value.is_number()) {
    matcher.excluded = {number_matcher(value)};
  } else {
    fail("Value of anything-but must be an array or single string/number value.");
  }
  return matcher;
}

Matcher parse_expression(const json::object& object) {
  if (object.empty()) fail("Match expression name not found");
  if (object.size() > 1) fail("Only one key allowed in match expression");
  const std::string name(object.begin()->key());
  const json::value& value = object.begin()->value();
  if (const auto kind = text_kind(name)) return parse_text_matcher(*kind, name, value);
  if (name == "anything-but") return parse_anything_but(value);
  if (name == "numeric") return parse_numeric(value);
  if (name == "exists") {
    if (!value.is_bool()) fail("exists match pattern must be either true or false.");
    return {.kind = Matcher::Kind::kExists, .flag = value.get_bool()};
  }
  if (name == "cidr") {
    // AWS says "prefix" here, too.
    if (!value.is_string()) fail("prefix match pattern must be a string");
    return parse_cidr(to_string(value));
  }
  fail("Unrecognized match type " + name);
}

Matcher parse_matcher(const json::value& value) {
  if (value.is_object()) return parse_expression(value.get_object());
  if (value.is_string()) return string_matcher(value);
  if (value.is_number()) return number_matcher(value);
  if (value.is_null()) return {};
  if (value.is_bool()) {
    return {.kind = Matcher::Kind::kBool, .flag = value.get_bool()};
  }
  fail("Match value must be String, number, true, false, or null");
}

bool is_reserved(std::string_view name) {
  return text_kind(name) || name == "anything-but" || name == "numeric" || name == "exists" ||
         name == "cidr";
}

// "$or" is a key like any other unless it has at least two objects, none with a reserved key.
// https://docs.aws.amazon.com/sns/latest/dg/and-or-logic.html
bool is_or(std::string_view name, const json::value& value) {
  if (name != "$or" || !value.is_array() || value.get_array().size() < 2) return false;
  return std::ranges::all_of(value.get_array(), [](const json::value& item) {
    return item.is_object() && std::ranges::none_of(item.get_object(), [](const auto& field) {
             return is_reserved(field.key());
           });
  });
}

// --- Body ---

// Whether `value`, found where `path` is still to go (nothing: at its end), has a value that the
// leaf accepts. Sets `present` once it meets any value. Every part of the body has one way to be
// reached, so this is linear in the body's size.
bool find_match(const Leaf& leaf, const json::value& value, std::optional<std::string_view> path,
                bool& present) {
  if (value.is_array()) {
    return std::ranges::any_of(value.get_array(), [&](const json::value& item) {
      return find_match(leaf, item, path, present);
    });
  }
  if (!value.is_object()) {
    if (path) return false;
    present = true;
    return leaf.accepts(to_scalar(value));
  }
  if (!path) return false;
  return std::ranges::any_of(value.get_object(), [&](const auto& field) {
    const std::string_view key = field.key();
    if (!path->starts_with(key)) return false;
    const std::string_view rest = path->substr(key.size());
    if (rest.empty()) return find_match(leaf, field.value(), std::nullopt, present);
    return rest[0] == '.' && find_match(leaf, field.value(), rest.substr(1), present);
  });
}

bool leaf_matches(const Leaf& leaf, const json::value& body) {
  bool present = false;
  return find_match(leaf, body, leaf.path, present) || (!present && leaf.accepts_presence(false));
}

// --- Attributes ---

bool array_matches(const Leaf& leaf, std::string_view text) {
  const auto value = parse_json(text);
  return value && value->is_array() &&
         std::ranges::any_of(value->get_array(), [&](const json::value& item) {
           return !item.is_structured() && leaf.accepts(to_scalar(item));
         });
}

bool number_matches(const Leaf& leaf, std::string_view text) {
  Scalar value{.kind = Scalar::Kind::kNumber};
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value.number);
  return error == std::errc{} && end == text.data() + text.size() && leaf.accepts(value);
}

// Whether `type` is `name`, with or without a label behind a dot.
bool is_type(std::string_view type, std::string_view name) {
  return type.starts_with(name) && (type.size() == name.size() || type[name.size()] == '.');
}

bool leaf_matches(const Leaf& leaf, const cloud::MessageAttributeMap& attributes) {
  const auto found = attributes.find(leaf.path);
  if (found == attributes.end() || is_type(found->second.DataType, "Binary")) {
    return leaf.accepts_presence(false);
  }
  const auto& [type, text, binary] = found->second;
  if (leaf.accepts_presence(true)) return true;
  if (type == "String.Array" || type == "Number.Array") return array_matches(leaf, text);
  if (is_type(type, "Number")) return number_matches(leaf, text);
  return leaf.accepts({.kind = Scalar::Kind::kString, .text = text});
}

}  // namespace

// --- FilterPolicy ---

// All leaves must match, and of each group of alternatives at least one.
struct FilterPolicy::Conjunction {
  std::vector<Leaf> leaves;
  std::vector<std::vector<Conjunction>> alternatives;

  template <class Message>
  bool matches(const Message& message) const {
    return std::ranges::all_of(leaves,
                               [&](const Leaf& leaf) { return leaf_matches(leaf, message); }) &&
           std::ranges::all_of(alternatives, [&](const std::vector<Conjunction>& group) {
             return std::ranges::any_of(
                 group, [&](const Conjunction& branch) { return branch.matches(message); });
           });
  }

  class Parser;
};

class FilterPolicy::Conjunction::Parser {
 public:
  explicit Parser(FilterScope scope) : scope_(scope) {}

  Conjunction parse(const json::object& policy) {
    Conjunction root;
    const double combinations = parse_object(policy, "", 1, root);
    if (keys_.size() > kFilterPolicyKeysMax) {
      fail("Filter policy can not have more than " + std::to_string(kFilterPolicyKeysMax) +
           " keys");
    }
    if (combinations > static_cast<double>(kFilterPolicyCombinationsMax)) {
      fail("Filter policy is too complex");
    }
    return root;
  }

 private:
  // Adds `object`, `depth` levels deep, to `result`, and returns how many combinations it has: the
  // product of what its keys have, each the number of its values times its depth; the alternatives
  // of $or add up. A double cannot overflow, and is exact for as long as it matters.
  double parse_object(const json::object& object, const std::string& prefix, int depth,
                      Conjunction& result) {
    if (object.empty()) fail("Empty objects are not allowed");
    double combinations = 1;
    for (const auto& field : object) {
      const std::string name(field.key());
      const json::value& value = field.value();
      if (is_or(name, value)) {
        combinations *= parse_or(value.get_array(), prefix, depth, result);
      } else if (value.is_object()) {
        combinations *= parse_object(value.get_object(), prefix + name + ".", depth + 1, result);
      } else if (value.is_array()) {
        parse_leaf(value.get_array(), prefix + name, result);
        combinations *= static_cast<double>(value.get_array().size()) * depth;
      } else {
        fail("\"" + name + "\" must be an object or an array");
      }
    }
    if (depth > 1 && scope_ == FilterScope::kMessageAttributes) {
      throw cloud::Error("InvalidParameter",
                         "Invalid parameter: Filter policy scope MessageAttributes does not "
                         "support nested filter policy",
                         400);
    }
    return combinations;
  }

  double parse_or(const json::array& branches, const std::string& prefix, int depth,
                  Conjunction& result) {
    double combinations = 0;
    std::vector<Conjunction> group(branches.size());
    for (std::size_t i = 0; i < branches.size(); ++i) {
      combinations += parse_object(branches[i].get_object(), prefix, depth, group[i]);
    }
    result.alternatives.push_back(std::move(group));
    return combinations;
  }

  void parse_leaf(const json::array& values, const std::string& path, Conjunction& result) {
    if (values.empty()) fail("Empty arrays are not allowed");
    Leaf leaf{.path = path};
    for (const json::value& value : values) leaf.matchers.push_back(parse_matcher(value));
    result.leaves.push_back(std::move(leaf));
    keys_.insert(path);
  }

  const FilterScope scope_;
  // The keys that have values. A parent of nested keys does not count, a key that occurs in several
  // alternatives of $or counts once.
  std::set<std::string> keys_;
};

FilterPolicy FilterPolicy::parse(std::string_view text, FilterScope scope) {
  FilterPolicy policy;
  policy.scope_ = scope;
  if (text.empty()) return policy;
  if (text.size() > kFilterPolicyBytesMax) fail("Filter policy is too long");
  const auto value = parse_json(text);
  if (!value) fail("failed to parse JSON.");
  if (!value->is_object()) fail("Filter is not an object");
  if (value->get_object().empty()) return policy;
  policy.root_ =
      std::make_shared<const Conjunction>(Conjunction::Parser(scope).parse(value->get_object()));
  return policy;
}

bool FilterPolicy::matches(const cloud::MessageAttributeMap& attributes) const {
  return !root_ || root_->matches(attributes);
}

bool FilterPolicy::matches_body(std::string_view message) const {
  if (!root_) return true;
  std::array<unsigned char, std::size_t{8} * 1024> buffer;  // saves most bodies the allocations
  json::monotonic_resource memory(buffer.data(), buffer.size());
  const auto body = parse_json(message, &memory);
  return body && body->is_object() && root_->matches(*body);
}

}  // namespace doorbuster::engine
