// The roles of the checkout: who may do what.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cloud/arn.h"
#include "cloud/iam.h"

namespace doorbuster::topology {

struct Role {
  std::string name;
  std::string used_by;  // the function's name, or the state machine's
  std::string trust;    // the policy that says which service takes the role
  std::string policy;   // what whoever has it may do
};

// One for each function and one for the state machine. Policies name the bucket.
std::vector<Role> declared_roles(const cloud::Scope& scope, const std::string& bucket);

// Makes the role if it is missing, and puts its policy. Returns its ARN.
cloud::Async<std::string> have_role(cloud::Iam& iam, Role role);

// Its ARN, if it is there.
cloud::Async<std::optional<std::string>> find_role(cloud::Iam& iam, std::string name);

// With the policies that belong to it; those that are attached to it are only detached. Throws
// cloud::Error NoSuchEntity if there is no such role.
cloud::Async<void> remove_role(cloud::Iam& iam, std::string name);

}  // namespace doorbuster::topology
