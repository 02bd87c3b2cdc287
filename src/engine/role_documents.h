// The policies of IAM itself, which nobody evaluates here: those that say who may assume a role,
// and those that say what a role may do. They are checked, so that a mistake shows before AWS sees
// it. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
#pragma once

#include <cstddef>
#include <string_view>

namespace doorbuster::engine {

// Throw cloud::Error MalformedPolicyDocument.
void check_trust_policy(std::string_view document);
void check_identity_policy(std::string_view document);

// What a document weighs against IAM's quotas: whitespace counts for nothing.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
std::size_t document_size(std::string_view document);

}  // namespace doorbuster::engine
