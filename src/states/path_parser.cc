// The grammar, as far as Step Functions has it:
//
//   steps     := (".." next | "." name | "." "*" | "." function | bracket)*
//   next      := name | "*" | bracket
//   bracket   := "[" ("*" | names | indices | slice | "?" "(" condition ")") "]"
//   condition := all ("||" all)*          all := one ("&&" one)*
//   one       := "!" one | "(" condition ")" | operand (operator operand)?
//   operand   := "@" steps | "$" steps | constant
#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <utility>

#include "states/json_path.h"
#include "states/json_text.h"
#include "states/path_step.h"

namespace doorbuster::states {
namespace {

using Function = PathStep::Function;
using Operator = PathFilter::Operator;

constexpr std::size_t kNestingMax = 16;  // of conditions

constexpr std::array<std::pair<std::string_view, Function>, 7> kFunctions = {{
    {"length()", Function::length},
    {"min()", Function::min},
    {"max()", Function::max},
    {"avg()", Function::avg},
    {"sum()", Function::sum},
    {"stddev()", Function::stddev},
    {"keys()", Function::keys},
}};

// Longer ones first, where one begins with another.
constexpr std::array<std::pair<std::string_view, Operator>, 8> kOperators = {{
    {"==", Operator::equal},
    {"!=", Operator::unequal},
    {"<=", Operator::less_equal},
    {">=", Operator::greater_equal},
    {"<", Operator::less},
    {">", Operator::greater},
    {"in ", Operator::in},
    {"nin ", Operator::not_in},
}};

bool ends_name(char c) {
  return std::string_view(".[]()=!<>&|, \t'\"?@:").find(c) != std::string_view::npos;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {}

  PathSteps whole_path() {
    PathSteps steps = path();
    if (!rest_.empty()) fail();
    return steps;
  }

 private:
  [[noreturn]] static void fail() { throw InvalidPath(kNotValid); }

  void skip_blanks() {
    while (rest_.starts_with(' ') || rest_.starts_with('\t')) rest_.remove_prefix(1);
  }
  bool skip(std::string_view token) {
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }
  void expect(std::string_view token) {
    skip_blanks();
    if (!skip(token)) fail();
  }

  PathSteps path() {
    PathSteps steps;
    while (true) {
      if (skip("..")) {
        steps.push_back({PathStep::Descent{}});
        steps.push_back(rest_.starts_with('[') ? bracket() : dotted());
      } else if (skip(".")) {
        steps.push_back(dotted());
      } else if (rest_.starts_with('[')) {
        steps.push_back(bracket());
      } else {
        return steps;
      }
      if (std::holds_alternative<Function>(steps.back().what)) return steps;
    }
  }

  PathStep dotted() {
    if (skip("*")) return {PathStep::Wildcard{}};
    for (const auto& [name, function] : kFunctions) {
      if (skip(name)) return {function};
    }
    return {PathStep::Members{{name()}}};
  }

  std::string name() {
    std::size_t size = 0;
    while (size < rest_.size() && !ends_name(rest_[size])) ++size;
    if (size == 0) fail();
    std::string name(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return name;
  }

  PathStep bracket() {
    expect("[");
    skip_blanks();
    PathStep step = skip("*")   ? PathStep{PathStep::Wildcard{}}
                    : skip("?") ? filter()
                    : rest_.starts_with('\'') || rest_.starts_with('"') ? names()
                                                                        : numbers();
    expect("]");
    return step;
  }

  PathStep names() {
    PathStep::Members members;
    do {
      skip_blanks();
      members.names.push_back(quoted());
      skip_blanks();
    } while (skip(","));
    return {std::move(members)};
  }

  // A backslash stands before a quote or another one, or else for itself.
  std::string quoted() {
    const char quote = rest_.empty() ? '\0' : rest_[0];
    if (quote != '\'' && quote != '"') fail();
    std::string text;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == quote) {
        rest_.remove_prefix(i + 1);
        return text;
      }
      const char next = i + 1 < rest_.size() ? rest_[i + 1] : '\0';
      if (rest_[i] == '\\' && (next == quote || next == '\\')) ++i;
      text += rest_[i];
    }
    fail();
  }

  std::optional<std::int64_t> number() {
    skip_blanks();
    std::int64_t n = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), n);
    if (error != std::errc()) return std::nullopt;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    skip_blanks();
    return n;
  }

  PathStep numbers() {
    const auto first = number();
    if (skip(":")) return slice(first);
    if (!first) fail();
    PathStep::Indices indices{{*first}};
    while (skip(",")) {
      const auto next = number();
      if (!next) fail();
      indices.indices.push_back(*next);
    }
    return {std::move(indices)};
  }

  PathStep slice(std::optional<std::int64_t> from) {
    PathStep::Slice slice{.from = from, .to = number()};
    if (skip(":")) slice.step = number().value_or(1);
    if (slice.step <= 0) fail();
    return {slice};
  }

  PathStep filter() {
    expect("(");
    auto condition = std::make_shared<PathFilter>(any_of());
    expect(")");
    return {PathStep::Filter{std::move(condition)}};
  }

  PathFilter any_of() {
    return joined("||", Operator::either, [this] { return all_of(); });
  }
  PathFilter all_of() {
    return joined("&&", Operator::both, [this] { return condition(); });
  }

  template <typename Next>
  PathFilter joined(std::string_view token, Operator what, Next next) {
    PathFilter first = next();
    skip_blanks();
    if (!rest_.starts_with(token)) return first;
    PathFilter all{.what = what, .conditions = {}, .left = {}, .right = {}};
    all.conditions.push_back(std::move(first));
    while (skip(token)) {
      all.conditions.push_back(next());
      skip_blanks();
    }
    return all;
  }

  PathFilter condition() {
    const Nesting nesting(*this);
    skip_blanks();
    if (skip("!")) {
      PathFilter negation{.what = Operator::negation, .conditions = {}, .left = {}, .right = {}};
      negation.conditions.push_back(condition());
      return negation;
    }
    if (skip("(")) {
      PathFilter inner = any_of();
      expect(")");
      return inner;
    }
    return comparison();
  }

  PathFilter comparison() {
    PathFilter filter{.what = Operator::exists, .conditions = {}, .left = operand(), .right = {}};
    skip_blanks();
    if (rest_.starts_with("=~")) {
      throw InvalidPath("A JSONPath cannot filter by a regular expression (=~)");
    }
    for (const auto& [token, what] : kOperators) {
      if (!skip(token)) continue;
      filter.what = what;
      filter.right = operand();
      return filter;
    }
    if (!filter.left.path) fail();
    return filter;
  }

  PathFilter::Operand operand() {
    skip_blanks();
    if (skip("@")) return {.constant = {}, .path = path()};
    if (skip("$")) return {.constant = {}, .path = path(), .from_root = true};
    if (rest_.starts_with('\'') || rest_.starts_with('"')) {
      return {.constant = boost::json::string(quoted()), .path = {}};
    }
    return {.constant = literal(), .path = {}};
  }

  // A number, a word of JSON, or an array of constants in JSON's own form.
  boost::json::value literal() {
    const std::size_t size =
        rest_.starts_with('[') ? rest_.find(']') + 1 : rest_.find_first_of(" )&|");
    std::string text(rest_.substr(0, size));
    for (char& c : text) {
      if (c == '\'') c = '"';
    }
    auto value = from_text(text);
    if (!value || size == 0) fail();
    rest_.remove_prefix(text.size());
    return *std::move(value);
  }

  // A condition within a condition, as long as it lives.
  class Nesting {
   public:
    explicit Nesting(Parser& parser) : parser_(parser) {
      if (++parser_.depth_ > kNestingMax) fail();
    }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;
    ~Nesting() { --parser_.depth_; }

   private:
    Parser& parser_;
  };

  std::string_view rest_;
  std::size_t depth_ = 0;
};

}  // namespace

PathSteps parse_path_steps(std::string_view text) {
  return Parser(text).whole_path();
}

}  // namespace doorbuster::states
