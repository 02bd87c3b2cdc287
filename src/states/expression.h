// What stands in a field that is computed: a path, or a call of an intrinsic function.
// https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
// https://states-language.net/spec.html#appendix-b
#pragma once

#include <boost/json/value.hpp>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "states/json_path.h"
#include "states/scope.h"

namespace doorbuster::states {

class InvalidExpression : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What a function may use: the values of its arguments, and chance. Throws std::invalid_argument,
// with what is wrong, if it can't work with them.
using Arguments = std::span<const boost::json::value>;
using IntrinsicFunction = boost::json::value (*)(Arguments arguments, Environment& environment);

// nullptr if there is no function of the name ("States.Format").
IntrinsicFunction find_intrinsic_function(std::string_view name);

// Parsed once. Immutable.
class Expression {
 public:
  // Throws InvalidExpression or InvalidPath.
  static Expression parse(std::string_view text);

  const std::string& text() const { return text_; }
  // nullptr if it is a function's call.
  const JsonPath* path() const { return std::get_if<JsonPath>(&what_); }
  // All paths in it, at any depth.
  void collect_paths(std::vector<const JsonPath*>& out) const;

  // `field` is what the definition calls it, for the error. Throws Failure.
  boost::json::value evaluate(std::string_view field, const Scope& scope) const;

 private:
  friend class ExpressionParser;

  struct Call {
    IntrinsicFunction function = nullptr;
    std::vector<Expression> arguments;
  };

  boost::json::value call(const Call& call, std::string_view field, const Scope& scope) const;

  std::string text_;
  std::variant<boost::json::value, JsonPath, Call> what_;
};

}  // namespace doorbuster::states
