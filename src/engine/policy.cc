#include "engine/policy.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <boost/json.hpp>
#include <charconv>
#include <chrono>
#include <set>
#include <utility>
#include <variant>
#include <vector>

namespace doorbuster::engine {

namespace json = boost::json;
namespace ip = boost::asio::ip;

namespace {

// --- Text ---

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same(char a, char b) {
  return a == b;
}
bool same_ignoring_case(char a, char b) {
  return lower(a) == lower(b);
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_ignoring_case);
}

// Whether `text` is of the form of `pattern`, in which * stands for any characters and ? for one.
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

// Takes the part before the next colon off `rest`; nothing if there is none.
std::optional<std::string_view> take_part(std::string_view& rest) {
  const std::size_t colon = rest.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view part = rest.substr(0, colon);
  rest.remove_prefix(colon + 1);
  return part;
}

// Part number `index` of an ARN, of which the last, 5, is the resource; empty if it is no ARN.
std::string_view arn_part(std::string_view arn, int index) {
  if (!arn.starts_with("arn:")) return {};
  for (int i = 0; i < 5; ++i) {
    const auto part = take_part(arn);
    if (!part) return {};
    if (i == index) return *part;
  }
  return arn;
}

// Each of the six parts is compared by itself: a wildcard does not reach over a colon, except
// within the last. A lone * is any ARN.
bool arn_like(std::string_view pattern, std::string_view arn) {
  if (pattern == "*") return true;
  for (int i = 0; i < 5; ++i) {
    const auto pattern_part = take_part(pattern);
    const auto part = take_part(arn);
    if (!pattern_part || !part || !glob(*pattern_part, *part, same)) return false;
  }
  return glob(pattern, arn, same);
}

bool is_account_id(std::string_view text) {
  return text.size() == 12 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<double> parse_number(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// --- Dates ---

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

// Seconds since 1970, from one of the W3C's forms of ISO 8601 (YYYY, YYYY-MM, YYYY-MM-DD, with a
// time after T) or from just such a number. Four digits are a year.
// https://www.w3.org/TR/NOTE-datetime
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

// --- Condition operators ---

enum class Kind {
  kString,
  kStringIgnoringCase,
  kStringLike,
  kNumeric,
  kDate,
  kBool,
  kBinary,
  kIp,
  kArn,
  kNull,
};
enum class Order { kEqual, kLess, kLessEqual, kGreater, kGreaterEqual };

struct Operator {
  std::string_view name;
  Kind kind;
  bool negated = false;
  Order order = Order::kEqual;
};

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
constexpr Operator kOperators[] = {
    {"StringEquals", Kind::kString},
    {"StringNotEquals", Kind::kString, true},
    {"StringEqualsIgnoreCase", Kind::kStringIgnoringCase},
    {"StringNotEqualsIgnoreCase", Kind::kStringIgnoringCase, true},
    {"StringLike", Kind::kStringLike},
    {"StringNotLike", Kind::kStringLike, true},
    {"NumericEquals", Kind::kNumeric},
    {"NumericNotEquals", Kind::kNumeric, true},
    {"NumericLessThan", Kind::kNumeric, false, Order::kLess},
    {"NumericLessThanEquals", Kind::kNumeric, false, Order::kLessEqual},
    {"NumericGreaterThan", Kind::kNumeric, false, Order::kGreater},
    {"NumericGreaterThanEquals", Kind::kNumeric, false, Order::kGreaterEqual},
    {"DateEquals", Kind::kDate},
    {"DateNotEquals", Kind::kDate, true},
    {"DateLessThan", Kind::kDate, false, Order::kLess},
    {"DateLessThanEquals", Kind::kDate, false, Order::kLessEqual},
    {"DateGreaterThan", Kind::kDate, false, Order::kGreater},
    {"DateGreaterThanEquals", Kind::kDate, false, Order::kGreaterEqual},
    {"Bool", Kind::kBool},
    {"BinaryEquals", Kind::kBinary},
    {"IpAddress", Kind::kIp},
    {"NotIpAddress", Kind::kIp, true},
    {"ArnEquals", Kind::kArn},  // wildcards and all, just as ArnLike
    {"ArnLike", Kind::kArn},
    {"ArnNotEquals", Kind::kArn, true},
    {"ArnNotLike", Kind::kArn, true},
    {"Null", Kind::kNull},
};

// How the values of a key that has several are taken together.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
enum class Quantifier { kNone, kForAllValues, kForAnyValue };

using Operand = std::variant<std::string, double, IpRange>;

struct Condition {
  std::string name;  // as written, for explain()
  Operator op;
  Quantifier quantifier = Quantifier::kNone;
  bool if_exists = false;
  std::string key;
  std::vector<Operand> operands;
};

bool compare(Order order, double value, double operand) {
  switch (order) {
    case Order::kEqual:
      return value == operand;
    case Order::kLess:
      return value < operand;
    case Order::kLessEqual:
      return value <= operand;
    case Order::kGreater:
      return value > operand;
    case Order::kGreaterEqual:
      return value >= operand;
  }
  return false;
}

bool text_matches(Kind kind, std::string_view operand, std::string_view value) {
  switch (kind) {
    case Kind::kStringIgnoringCase:
    case Kind::kBool:
      return equal_ignoring_case(operand, value);
    case Kind::kStringLike:
      return glob(operand, value, same);
    case Kind::kArn:
      return arn_like(operand, value);
    default:
      return operand == value;
  }
}

// Whether one value of the request satisfies the operator, its negation included.
bool value_satisfies(const Condition& condition, std::string_view value) {
  const Operator& op = condition.op;
  std::optional<double> number;
  if (op.kind == Kind::kNumeric) number = parse_number(value);
  if (op.kind == Kind::kDate) number = parse_date(value);
  const bool any = std::any_of(
      condition.operands.begin(), condition.operands.end(), [&](const Operand& operand) {
        if (const auto* range = std::get_if<IpRange>(&operand)) return range->contains(value);
        if (const auto* limit = std::get_if<double>(&operand)) {
          return number && compare(op.order, *number, *limit);
        }
        return text_matches(op.kind, std::get<std::string>(operand), value);
      });
  return any != op.negated;
}

bool null_holds(const Condition& condition, bool present) {
  return std::any_of(
      condition.operands.begin(), condition.operands.end(), [&](const Operand& operand) {
        const bool must_be_null = equal_ignoring_case(std::get<std::string>(operand), "true");
        return must_be_null != present;
      });
}

// A key that the request does not carry fails an operator but satisfies a negated one, ...IfExists
// and ForAllValues. Without a quantifier, several values are taken as if one of them had to match
// or, negated, none.
bool condition_holds(const Condition& condition, std::span<const ContextValue> context) {
  bool present = false;
  bool any = false;
  bool all = true;
  for (const auto& [key, value] : context) {
    if (!equal_ignoring_case(key, condition.key)) continue;
    present = true;
    if (condition.op.kind == Kind::kNull) break;
    const bool satisfies = value_satisfies(condition, value);
    any |= satisfies;
    all &= satisfies;
  }
  if (condition.op.kind == Kind::kNull) return null_holds(condition, present);
  if (!present && condition.if_exists) return true;
  switch (condition.quantifier) {
    case Quantifier::kForAllValues:
      return all;
    case Quantifier::kForAnyValue:
      return any;
    case Quantifier::kNone:
      break;
  }
  return condition.op.negated ? all : any;
}

// --- Principals ---

struct PrincipalPattern {
  Principal::Kind kind;
  bool any = false;      // "*": everyone of the kind
  bool account = false;  // `text` is an account id, which means all of the account
  std::string text;
};

std::string_view last_segment(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

// A session of an assumed role, arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION, acts as the role,
// arn:aws:iam::ACCOUNT:role/[PATH/]NAME. Role names are unique within their account.
bool is_session_of_role(std::string_view session, std::string_view role) {
  constexpr std::string_view kSession = "assumed-role/";
  constexpr std::string_view kRole = "role/";
  std::string_view session_resource = arn_part(session, 5);
  const std::string_view role_resource = arn_part(role, 5);
  if (!session_resource.starts_with(kSession) || !role_resource.starts_with(kRole)) return false;
  if (arn_part(session, 4) != arn_part(role, 4)) return false;
  session_resource.remove_prefix(kSession.size());
  return session_resource.substr(0, session_resource.find('/')) == last_segment(role_resource);
}

bool principal_matches(const PrincipalPattern& pattern, const Principal& principal) {
  if (pattern.kind != principal.kind) return false;
  if (pattern.any || pattern.text == principal.id) return true;
  if (principal.kind != Principal::Kind::kAws) return false;
  if (pattern.account) return arn_part(principal.id, 4) == pattern.text;
  return is_session_of_role(principal.id, pattern.text);
}

// --- Statements ---

enum class Effect { kAllow, kDeny };

// An element and its negation: Action or NotAction, and so on.
template <class Pattern>
struct Element {
  std::vector<Pattern> patterns;
  bool negated = false;
};

struct Statement {
  std::string name;  // "Sid 'x'" or "statement 2"
  Effect effect = Effect::kAllow;
  bool everyone = false;  // "*" or {"AWS": "*"} among the principals
  Element<PrincipalPattern> principals;
  Element<std::string> actions;
  Element<std::string> resources;
  std::vector<Condition> conditions;
};

// Which part of a statement keeps it from applying, from the farthest miss to the nearest.
enum class Miss { kAction, kResource, kPrincipal, kCondition, kNone };

template <class Pattern, class Matches>
bool element_matches(const Element<Pattern>& element, Matches matches) {
  return std::any_of(element.patterns.begin(), element.patterns.end(), matches) != element.negated;
}

bool principals_match(const Statement& statement, const Principal& principal) {
  if (statement.everyone) return !statement.principals.negated;
  return element_matches(statement.principals, [&](const PrincipalPattern& pattern) {
    return principal_matches(pattern, principal);
  });
}

const Condition* failing_condition(const Statement& statement, const Request& request) {
  for (const Condition& condition : statement.conditions) {
    if (!condition_holds(condition, request.context)) return &condition;
  }
  return nullptr;
}

Miss apply(const Statement& statement, const Request& request) {
  if (!element_matches(statement.actions, [&](const std::string& pattern) {
        return glob(pattern, request.action, same_ignoring_case);
      })) {
    return Miss::kAction;
  }
  if (!element_matches(statement.resources, [&](const std::string& pattern) {
        return glob(pattern, request.resource, same);
      })) {
    return Miss::kResource;
  }
  if (!principals_match(statement, request.principal)) return Miss::kPrincipal;
  return failing_condition(statement, request) ? Miss::kCondition : Miss::kNone;
}

// --- Parsing ---

using Strings = std::vector<std::string>;

// Compiles one statement; every error names it.
class StatementParser {
 public:
  StatementParser(const json::value& value, std::size_t number, bool has_variables)
      : has_variables_(has_variables) {
    statement_.name = "statement " + std::to_string(number);
    if (!value.is_object()) fail("is not an object");
    object_ = &value.get_object();
  }

  Statement parse() {
    parse_sid();
    check_fields();
    parse_effect();
    parse_principals();
    parse_actions();
    parse_resources();
    if (const json::value* conditions = object_->if_contains("Condition")) {
      parse_conditions(*conditions);
    }
    return std::move(statement_);
  }

 private:
  [[noreturn]] void fail(const std::string& reason) const {
    throw PolicyError(statement_.name + ": " + reason);
  }

  void parse_sid() {
    const json::value* sid = object_->if_contains("Sid");
    if (!sid) return;
    if (!sid->is_string()) fail("Sid is not a string");
    if (sid->get_string().empty()) return;
    statement_.name = "Sid '" + std::string(sid->get_string()) + "'";
  }

  void check_fields() const {
    constexpr std::string_view kFields[] = {"Sid",          "Effect",      "Principal",
                                            "NotPrincipal", "Action",      "NotAction",
                                            "Resource",     "NotResource", "Condition"};
    for (const auto& field : *object_) {
      if (std::find(std::begin(kFields), std::end(kFields), field.key()) == std::end(kFields)) {
        fail("unknown field '" + std::string(field.key()) + "'");
      }
    }
  }

  void parse_effect() {
    const json::value* effect = object_->if_contains("Effect");
    if (!effect) fail("Effect is missing");
    if (effect->is_string() && effect->get_string() == "Allow") {
      statement_.effect = Effect::kAllow;
    } else if (effect->is_string() && effect->get_string() == "Deny") {
      statement_.effect = Effect::kDeny;
    } else {
      fail("Effect must be Allow or Deny");
    }
  }

  // The value of `name` or of "Not" `name`, of which there must be exactly one.
  const json::value& one_of(const std::string& name, bool& negated) const {
    const json::value* plain = object_->if_contains(name);
    const json::value* opposite = object_->if_contains("Not" + name);
    if (!plain && !opposite) fail(name + " is missing");
    if (plain && opposite) fail(name + " and Not" + name + " exclude each other");
    negated = opposite != nullptr;
    return negated ? *opposite : *plain;
  }

  // A string or an array of strings, at least one.
  Strings strings(const json::value& value, const std::string& name) const {
    if (value.is_string()) return {std::string(value.get_string())};
    if (!value.is_array()) fail(name + " is neither a string nor an array of strings");
    if (value.get_array().empty()) fail(name + " is empty");
    Strings result;
    for (const json::value& item : value.get_array()) {
      if (!item.is_string()) fail(name + " contains what is not a string");
      result.emplace_back(item.get_string());
    }
    return result;
  }

  void check_no_variable(const std::string& text) const {
    if (has_variables_ && text.find("${") != std::string::npos) {
      fail("policy variables are not supported: '" + text + "'");
    }
  }

  void parse_actions() {
    const json::value& value = one_of("Action", statement_.actions.negated);
    for (std::string& action : strings(value, "Action")) {
      const std::size_t colon = action.find(':');
      const bool well_formed = colon != std::string::npos && colon > 0 && colon + 1 < action.size();
      if (action != "*" && !well_formed) {
        fail("Action '" + action + "' is neither SERVICE:ACTION nor *");
      }
      statement_.actions.patterns.push_back(std::move(action));
    }
  }

  void parse_resources() {
    const json::value& value = one_of("Resource", statement_.resources.negated);
    for (std::string& resource : strings(value, "Resource")) {
      if (resource != "*" && !resource.starts_with("arn:")) {
        fail("Resource '" + resource + "' is neither an ARN nor *");
      }
      check_no_variable(resource);
      statement_.resources.patterns.push_back(std::move(resource));
    }
  }

  void parse_principals() {
    const json::value& value = one_of("Principal", statement_.principals.negated);
    if (statement_.principals.negated && statement_.effect == Effect::kAllow) {
      fail("NotPrincipal can be used with Deny only");
    }
    if (value.is_string() && value.get_string() == "*") {
      statement_.everyone = true;
      return;
    }
    if (!value.is_object() || value.get_object().empty()) {
      fail("Principal is neither * nor an object of principals");
    }
    for (const auto& field : value.get_object()) {
      const Principal::Kind kind = principal_kind(std::string(field.key()));
      for (std::string& text : strings(field.value(), "Principal")) {
        add_principal(kind, std::move(text));
      }
    }
  }

  Principal::Kind principal_kind(const std::string& name) const {
    if (name == "AWS") return Principal::Kind::kAws;
    if (name == "Service") return Principal::Kind::kService;
    if (name == "Federated") return Principal::Kind::kFederated;
    if (name == "CanonicalUser") return Principal::Kind::kCanonicalUser;
    fail("unknown kind of principal '" + name + "'");
  }

  void add_principal(Principal::Kind kind, std::string text) {
    if (text.empty()) fail("Principal is empty");
    const bool any = text == "*";
    PrincipalPattern pattern{.kind = kind, .any = any, .text = std::move(text)};
    if (kind == Principal::Kind::kAws) {
      if (pattern.any) statement_.everyone = true;
      parse_aws_principal(pattern);
    }
    statement_.principals.patterns.push_back(std::move(pattern));
  }

  // "*", an account id, an account's root (which is the same), another ARN, or the unique id that
  // AWS puts in the place of a user or role that was deleted.
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
  void parse_aws_principal(PrincipalPattern& pattern) const {
    std::string& text = pattern.text;
    if (pattern.any) return;
    if (text.find_first_of("*?") != std::string::npos) {
      fail("a principal cannot contain a wildcard: '" + text + "'");
    }
    pattern.account = is_account_id(text);
    if (pattern.account || text.starts_with("AIDA") || text.starts_with("AROA")) return;
    const std::string account(arn_part(text, 4));
    if (!is_account_id(account) || arn_part(text, 5).empty()) {
      fail("invalid principal '" + text + "'");
    }
    if (arn_part(text, 2) == "iam" && arn_part(text, 5) == "root") {
      pattern.account = true;
      text = account;
    }
  }

  void parse_conditions(const json::value& value) {
    if (!value.is_object()) fail("Condition is not an object");
    for (const auto& test : value.get_object()) {
      Condition condition = parse_operator(std::string(test.key()));
      if (!test.value().is_object() || test.value().get_object().empty()) {
        fail("Condition " + condition.name + " is not an object of condition keys");
      }
      for (const auto& field : test.value().get_object()) {
        condition.key = std::string(field.key());
        condition.operands = parse_operands(condition, field.value());
        statement_.conditions.push_back(condition);
      }
    }
  }

  Condition parse_operator(const std::string& name) const {
    Condition condition{.name = name, .op = {}, .key = {}, .operands = {}};
    std::string_view rest = name;
    if (const auto prefix = take_part(rest)) {
      if (equal_ignoring_case(*prefix, "ForAllValues")) {
        condition.quantifier = Quantifier::kForAllValues;
      } else if (equal_ignoring_case(*prefix, "ForAnyValue")) {
        condition.quantifier = Quantifier::kForAnyValue;
      } else {
        fail("unknown condition operator '" + name + "'");
      }
    }
    constexpr std::string_view kIfExists = "IfExists";
    if (rest.size() > kIfExists.size() &&
        equal_ignoring_case(rest.substr(rest.size() - kIfExists.size()), kIfExists)) {
      condition.if_exists = true;
      rest.remove_suffix(kIfExists.size());
    }
    const auto* op = std::find_if(std::begin(kOperators), std::end(kOperators),
                                  [&](const auto& o) { return equal_ignoring_case(o.name, rest); });
    if (op == std::end(kOperators) || (op->kind == Kind::kNull && rest.size() != name.size())) {
      fail("unknown condition operator '" + name + "'");
    }
    condition.op = *op;
    return condition;
  }

  std::vector<Operand> parse_operands(const Condition& condition, const json::value& value) const {
    std::vector<Operand> operands;
    if (!value.is_array()) {
      operands.push_back(parse_operand(condition, value));
      return operands;
    }
    for (const json::value& item : value.get_array()) {
      operands.push_back(parse_operand(condition, item));
    }
    if (operands.empty()) fail("Condition " + condition.name + " " + condition.key + " is empty");
    return operands;
  }

  Operand parse_operand(const Condition& condition, const json::value& value) const {
    if (value.is_object() || value.is_array() || value.is_null()) {
      fail("Condition " + condition.name + " " + condition.key + " has a value of the wrong type");
    }
    const std::string text =
        value.is_string() ? std::string(value.get_string()) : json::serialize(value);
    check_no_variable(text);
    switch (condition.op.kind) {
      case Kind::kNumeric:
        if (const auto number = parse_number(text)) return *number;
        break;
      case Kind::kDate:
        if (const auto date = parse_date(text)) return *date;
        break;
      case Kind::kIp:
        if (const auto range = IpRange::parse(text)) return *range;
        break;
      case Kind::kBool:
      case Kind::kNull:
        if (equal_ignoring_case(text, "true") || equal_ignoring_case(text, "false")) return text;
        break;
      default:
        return text;
    }
    fail("Condition " + condition.name + " " + condition.key + " cannot compare with '" + text +
         "'");
  }

  const bool has_variables_;
  const json::object* object_ = nullptr;
  Statement statement_;
};

// Version 2012-10-17 knows policy variables; 2008-10-17, which is also what no Version means, takes
// "${" literally.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
bool parse_version(const json::object& policy) {
  const json::value* version = policy.if_contains("Version");
  if (!version) return false;
  if (version->is_string() && version->get_string() == "2012-10-17") return true;
  if (version->is_string() && version->get_string() == "2008-10-17") return false;
  throw PolicyError("Version must be 2012-10-17 or 2008-10-17");
}

void check_top_level(const json::object& policy) {
  for (const auto& field : policy) {
    if (field.key() != "Version" && field.key() != "Id" && field.key() != "Statement") {
      throw PolicyError("unknown field '" + std::string(field.key()) + "'");
    }
  }
  const json::value* id = policy.if_contains("Id");
  if (id && !id->is_string()) throw PolicyError("Id is not a string");
}

std::vector<Statement> parse_statements(const json::object& policy) {
  const bool has_variables = parse_version(policy);
  const json::value* value = policy.if_contains("Statement");
  if (!value) throw PolicyError("Statement is missing");
  const json::array single{*value};
  const json::array& items = value->is_array() ? value->get_array() : single;
  if (items.empty()) throw PolicyError("Statement is empty");
  std::vector<Statement> statements;
  std::set<std::string> names;
  for (const json::value& item : items) {
    statements.push_back(StatementParser(item, statements.size() + 1, has_variables).parse());
    if (!names.insert(statements.back().name).second) {
      throw PolicyError(statements.back().name + " is used twice");
    }
  }
  return statements;
}

// --- Explaining ---

std::string describe(const Principal& principal) {
  return principal.kind == Principal::Kind::kAnonymous ? "an anonymous caller"
                                                       : std::string(principal.id);
}

std::string describe(const Request& request) {
  return std::string(request.action) + " on " + std::string(request.resource) + " by " +
         describe(request.principal);
}

std::string describe_failure(const Condition& condition, const Request& request) {
  std::string text = condition.name + " " + condition.key + " does not hold";
  const char* separator = " (the request has '";
  for (const auto& [key, value] : request.context) {
    if (!equal_ignoring_case(key, condition.key)) continue;
    text += separator + std::string(value) + "'";
    separator = ", '";
  }
  return text + (*separator == ',' ? ")" : " (the request does not have the key)");
}

std::string describe_miss(Miss miss, const Statement& statement, const Request& request) {
  switch (miss) {
    case Miss::kAction:
      return statement.name + " is about other actions";
    case Miss::kResource:
      return statement.name + " is about other resources";
    case Miss::kPrincipal:
      return statement.name + " is about other principals";
    case Miss::kCondition:
      return statement.name + " matches but its condition " +
             describe_failure(*failing_condition(statement, request), request);
    case Miss::kNone:
      break;
  }
  return statement.name + " applies";
}

}  // namespace

// --- IpRange ---

std::optional<IpRange> IpRange::parse(std::string_view text) {
  std::string network(text);
  if (network.find('/') == std::string::npos) {
    network += network.find(':') == std::string::npos ? "/32" : "/128";
  }
  boost::system::error_code error;
  IpRange range;
  range.is_v4_ = network.find(':') == std::string::npos;
  if (range.is_v4_) {
    const auto v4 = ip::make_network_v4(network, error);
    if (error) return std::nullopt;
    range.prefix_bits_ = v4.prefix_length();
    std::ranges::copy(v4.address().to_bytes(), range.network_.begin());
  } else {
    const auto v6 = ip::make_network_v6(network, error);
    if (error) return std::nullopt;
    range.prefix_bits_ = v6.prefix_length();
    std::ranges::copy(v6.address().to_bytes(), range.network_.begin());
  }
  return range;
}

bool IpRange::contains(std::string_view text) const {
  boost::system::error_code error;
  ip::address address = ip::make_address(text, error);
  if (error) return false;
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = ip::make_address_v4(ip::v4_mapped, address.to_v6());
  }
  if (address.is_v4() != is_v4_) return false;
  std::array<std::uint8_t, 16> bytes{};
  if (is_v4_) {
    std::ranges::copy(address.to_v4().to_bytes(), bytes.begin());
  } else {
    std::ranges::copy(address.to_v6().to_bytes(), bytes.begin());
  }
  const unsigned whole = prefix_bits_ / 8;
  if (!std::equal(bytes.begin(), bytes.begin() + whole, network_.begin())) return false;
  const unsigned bits = prefix_bits_ % 8;
  return bits == 0 || ((bytes[whole] ^ network_[whole]) >> (8 - bits)) == 0;
}

// --- Policy ---

struct Policy::Compiled {
  std::vector<Statement> statements;
};

Policy Policy::parse(std::string_view text, std::size_t bytes_max) {
  Policy policy;
  if (text.empty()) return policy;
  if (text.size() > bytes_max) {
    throw PolicyError("the policy has " + std::to_string(text.size()) + " bytes; at most " +
                      std::to_string(bytes_max) + " are allowed");
  }
  boost::system::error_code error;
  const json::value value = json::parse(text, error);
  if (error) throw PolicyError("the policy is not valid JSON: " + error.message());
  if (!value.is_object()) throw PolicyError("the policy is not a JSON object");
  check_top_level(value.get_object());
  policy.compiled_ =
      std::make_shared<const Compiled>(Compiled{parse_statements(value.get_object())});
  return policy;
}

Decision Policy::evaluate(const Request& request) const {
  if (!compiled_) return Decision::kNotMentioned;
  Decision decision = Decision::kNotMentioned;
  for (const Statement& statement : compiled_->statements) {
    // Once something allows the request, only a denial can still change the outcome.
    if (decision == Decision::kAllowed && statement.effect == Effect::kAllow) continue;
    if (apply(statement, request) != Miss::kNone) continue;
    if (statement.effect == Effect::kDeny) return Decision::kDenied;
    decision = Decision::kAllowed;
  }
  return decision;
}

std::string Policy::explain(const Request& request) const {
  if (!compiled_) return "there is no policy that allows " + describe(request);
  const Statement* nearest = nullptr;
  Miss nearest_miss = Miss::kAction;
  for (const Statement& statement : compiled_->statements) {
    const Miss miss = apply(statement, request);
    if (statement.effect == Effect::kDeny) {
      if (miss == Miss::kNone) return statement.name + " denies " + describe(request);
    } else if (!nearest || miss > nearest_miss) {
      nearest = &statement;
      nearest_miss = miss;
    }
  }
  if (!nearest) return "no statement allows " + describe(request);
  if (nearest_miss == Miss::kNone) return nearest->name + " allows " + describe(request);
  return "no statement allows " + describe(request) + ": " +
         describe_miss(nearest_miss, *nearest, request);
}

}  // namespace doorbuster::engine
