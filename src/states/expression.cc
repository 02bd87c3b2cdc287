#include "states/expression.h"

#include <boost/json.hpp>
#include <optional>
#include <utility>

#include "states/failure.h"
#include "states/json_text.h"

namespace doorbuster::states {

namespace json = boost::json;

// AWS's limit on calls within calls.
constexpr std::size_t kCallsNestedMax = 10;

class ExpressionParser {
 public:
  explicit ExpressionParser(std::string_view text) : rest_(text) {}

  Expression call(std::size_t depth) {
    if (depth > kCallsNestedMax) fail("intrinsic functions are nested too deeply");
    const std::string_view start = rest_;
    const std::string_view name = take(rest_.find('('));
    Expression::Call call{.function = find_intrinsic_function(name), .arguments = {}};
    if (call.function == nullptr) fail("there is no intrinsic function " + std::string(name));
    expect('(');
    // Only a format's own text has placeholders, whose braces are escaped with a backslash too.
    bool keep_braces = name == "States.Format";
    skip_blanks();
    for (bool first = true; !rest_.starts_with(')'); first = false) {
      if (!first) expect(',');
      call.arguments.push_back(argument(depth, keep_braces));
      keep_braces = false;
      skip_blanks();
    }
    expect(')');
    Expression result;
    result.text_ = start.substr(0, start.size() - rest_.size());
    result.what_ = std::move(call);
    return result;
  }

  void finish() {
    skip_blanks();
    if (!rest_.empty()) fail("text follows the call of an intrinsic function");
  }

 private:
  [[noreturn]] static void fail(const std::string& what) { throw InvalidExpression(what); }

  void skip_blanks() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\t' || rest_[0] == '\n')) {
      rest_.remove_prefix(1);
    }
  }
  void expect(char c) {
    skip_blanks();
    if (!rest_.starts_with(c)) fail(std::string("'") + c + "' is missing");
    rest_.remove_prefix(1);
  }
  std::string_view take(std::size_t size) {
    if (size > rest_.size()) fail("it is not complete");
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  Expression argument(std::size_t depth, bool keep_braces) {
    skip_blanks();
    if (rest_.starts_with("States.")) return call(depth + 1);
    Expression argument;
    if (rest_.starts_with('\'')) {
      argument.what_ = quoted(keep_braces);
    } else if (rest_.starts_with('$')) {
      argument.what_ = JsonPath::parse(take(path_size()));
    } else {
      argument.what_ = constant();
    }
    return argument;
  }

  json::value quoted(bool keep_braces) {
    json::string text;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      char c = rest_[i];
      if (c == '\'') {
        take(i + 1);
        return text;
      }
      if (c == '\\') {
        c = ++i < rest_.size() ? rest_[i] : '\0';
        if (std::string_view("'{}\\").find(c) == std::string_view::npos) {
          fail("a backslash may stand before ' { } and another backslash only");
        }
        if (keep_braces && c != '\'') text.push_back('\\');
      }
      text.push_back(c);
    }
    fail("a string has no end");
  }

  // Up to the comma or bracket that ends the argument; those within a path's own are part of it.
  std::size_t path_size() const {
    std::size_t open = 0;
    char quote = '\0';
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      const char c = rest_[i];
      if (quote != '\0') {
        if (c == quote) quote = '\0';
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (c == '[' || c == '(') {
        ++open;
      } else if (open > 0 && (c == ']' || c == ')')) {
        --open;
      } else if (open == 0 && std::string_view(",) \t\n").find(c) != std::string_view::npos) {
        return i;
      }
    }
    return rest_.size();
  }

  json::value constant() {
    const std::string_view text = take(rest_.find_first_of(",) \t\n"));
    auto value = from_text(text);
    if (!value || value->is_structured()) {
      fail("'" + std::string(text) + "' is no argument of an intrinsic function");
    }
    return *std::move(value);
  }

  std::string_view rest_;
};

Expression Expression::parse(std::string_view text) {
  if (text.starts_with("States.")) {
    ExpressionParser parser(text);
    Expression expression = parser.call(1);
    parser.finish();
    return expression;
  }
  Expression expression;
  expression.text_ = text;
  expression.what_ = JsonPath::parse(text);
  return expression;
}

void Expression::collect_paths(std::vector<const JsonPath*>& out) const {
  if (path() != nullptr) out.push_back(path());
  if (const Call* call = std::get_if<Call>(&what_)) {
    for (const Expression& argument : call->arguments) argument.collect_paths(out);
  }
}

json::value Expression::evaluate(std::string_view field, const Scope& scope) const {
  if (const auto* constant = std::get_if<json::value>(&what_)) return *constant;
  if (const JsonPath* path = this->path()) return resolve(*path, field, scope);
  return call(std::get<Call>(what_), field, scope);
}

json::value Expression::call(const Call& call, std::string_view field, const Scope& scope) const {
  std::vector<json::value> arguments;
  arguments.reserve(call.arguments.size());
  for (const Expression& argument : call.arguments) {
    arguments.push_back(argument.evaluate(field, scope));
  }
  try {
    return call.function(arguments, scope.environment);
  } catch (const std::invalid_argument& wrong) {
    throw located("States.IntrinsicFailure",
                  "The function '" + text_ + "' had the following error: " + wrong.what());
  }
}

}  // namespace doorbuster::states
