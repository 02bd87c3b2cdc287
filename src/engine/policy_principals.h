// The Principal element of a policy's statement: whom it is about.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
#pragma once

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "engine/policy.h"

namespace doorbuster::engine {

class PrincipalSet {
 public:
  // `value` is "*" or the object that names principals by their kind. Throws PolicyError.
  static PrincipalSet parse(const boost::json::value& value);

  bool contains(const Principal& principal) const;

 private:
  struct Pattern {
    Principal::Kind kind;
    bool any = false;      // "*": everyone of the kind
    bool account = false;  // `text` is an account id, which means all of the account
    std::string text;
  };

  void add(Principal::Kind kind, std::string text);
  static void parse_aws(Pattern& pattern);
  static bool matches(const Pattern& pattern, const Principal& principal);

  bool everyone_ = false;  // "*" or {"AWS": "*"}
  std::vector<Pattern> patterns_;
};

}  // namespace doorbuster::engine
