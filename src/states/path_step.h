// What a JSONPath consists of.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace doorbuster::states {

struct PathFilter;

struct PathStep {
  // .name, ['name'], ['a', 'b']
  struct Members {
    std::vector<std::string> names;
  };
  // [3], [-1], [0, 2]
  struct Indices {
    std::vector<std::int64_t> indices;
  };
  // [from:to:step]
  struct Slice {
    std::optional<std::int64_t> from;
    std::optional<std::int64_t> to;
    std::int64_t step = 1;
  };
  // .*, [*]
  struct Wildcard {};
  // ..: whatever comes next applies to everything below
  struct Descent {};
  // [?(...)]
  struct Filter {
    std::shared_ptr<const PathFilter> condition;
  };
  // .length() and its like, at the end of a path
  enum class Function : unsigned char { length, min, max, avg, sum, stddev, keys };

  std::variant<Members, Indices, Slice, Wildcard, Descent, Filter, Function> what;

  // Whether it leads from one place to one place.
  bool single() const;
  // Whether it is a union of names.
  bool joins_members() const;
};

using PathSteps = std::vector<PathStep>;

// The condition of a filter: comparisons joined by && and ||, each maybe negated.
struct PathFilter {
  enum class Operator : unsigned char {
    both,
    either,
    negation,
    exists,
    equal,
    unequal,
    less,
    less_equal,
    greater,
    greater_equal,
    in,
    not_in,
  };
  // A constant, or a path from the element (@) or the root ($).
  struct Operand {
    boost::json::value constant;
    std::optional<PathSteps> path;
    bool from_root = false;
  };

  Operator what = Operator::exists;
  std::vector<PathFilter> conditions;  // of both, either and negation
  Operand left;
  Operand right;

  bool holds(const boost::json::value& element, const boost::json::value& root) const;
};

// What the steps lead to from `start`. Throws Failure if that is too much.
std::vector<const boost::json::value*> select(std::span<const PathStep> steps,
                                              const boost::json::value& start,
                                              const boost::json::value& root);

// Throws InvalidPath. `text` is all that follows the root.
PathSteps parse_path_steps(std::string_view text);

}  // namespace doorbuster::states
