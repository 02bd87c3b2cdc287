// The templates by which a state makes data of other data: Parameters, ItemSelector, Assign, ...
// A member whose name ends in ".$" is computed; the rest stays as it is.
// https://states-language.net/spec.html#payload-template
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <variant>
#include <vector>

#include "states/expression.h"

namespace doorbuster::states {

// Compiled once. Immutable.
class PayloadTemplate {
 public:
  // What is wrong with a template, and where.
  struct Fault {
    std::string location;  // "/amount.$", below the template's own place
    std::string message;
  };

  static PayloadTemplate compile(const boost::json::value& source, std::vector<Fault>& faults);

  void collect_paths(std::vector<const JsonPath*>& out) const;

  // Throws Failure.
  boost::json::value evaluate(const Scope& scope) const;

 private:
  struct Computed {
    std::string field;  // with its ".$"
    Expression expression;
  };
  struct Member;
  using Members = std::vector<Member>;
  using Items = std::vector<PayloadTemplate>;

  static PayloadTemplate compile(const boost::json::value& source, const std::string& location,
                                 std::vector<Fault>& faults);
  static PayloadTemplate compile_object(const boost::json::object& source,
                                        const std::string& location, std::vector<Fault>& faults);
  bool is_constant() const { return std::holds_alternative<boost::json::value>(what_); }

  std::variant<boost::json::value, Computed, Members, Items> what_;
};

struct PayloadTemplate::Member {
  std::string name;
  PayloadTemplate value;
};

}  // namespace doorbuster::states
