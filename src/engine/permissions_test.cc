#include "engine/permissions.h"

#include <gtest/gtest.h>

#include "engine/policy.h"

namespace doorbuster::engine {
namespace {

const std::string kQueue = "arn:aws:sqs:us-east-1:000000000000:Q";

Permission permission(std::vector<std::string> accounts = {"111111111111"},
                      std::vector<std::string> actions = {"SendMessage"}) {
  return {"label", std::move(accounts), std::move(actions), kQueue, "SQS"};
}

bool allows(const std::string& policy, const std::string& who, const std::string& action) {
  return Policy::parse(policy).evaluate({Principal::aws(who), action, kQueue, {}}) ==
         Decision::kAllowed;
}

TEST(PermissionsTest, WithoutAPolicyOneIsMade) {
  EXPECT_EQ(add_permission("", permission()),
            R"({"Version":"2008-10-17","Id":")" + kQueue + R"(/SQSDefaultPolicy","Statement":[)" +
                R"({"Sid":"label","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111)" +
                R"(:root"},"Action":"SQS:SendMessage","Resource":")" + kQueue + R"("}]})");
}

TEST(PermissionsTest, ThePolicyAllowsWhatWasAdded) {
  const auto policy = *add_permission(
      "", permission({"111111111111", "222222222222"}, {"SendMessage", "ReceiveMessage"}));
  EXPECT_TRUE(allows(policy, "111111111111", "sqs:SendMessage"));
  EXPECT_TRUE(allows(policy, "222222222222", "sqs:ReceiveMessage"));
  EXPECT_FALSE(allows(policy, "222222222222", "sqs:DeleteMessage"));
  EXPECT_FALSE(allows(policy, "333333333333", "sqs:SendMessage"));
  EXPECT_TRUE(
      allows(*add_permission("", permission({"*"}, {"*"})), "333333333333", "sqs:DeleteMessage"));
}

TEST(PermissionsTest, WhatElseThePolicySaysStays) {
  const std::string before =
      R"({"Version":"2012-10-17","Id":"mine","Statement":{"Sid":"other","Effect":"Deny",)"
      R"("Principal":"*","Action":"sqs:*","Resource":"*"}})";
  const auto after = *add_permission(before, permission());
  EXPECT_NE(after.find(R"("Sid":"other","Effect":"Deny")"), std::string::npos) << after;
  EXPECT_EQ(add_permission(after, permission()), std::nullopt) << "the label is taken";
  const auto without = *remove_permission(after, "label");
  EXPECT_EQ(without.find(R"("Sid":"label")"), std::string::npos) << without;
  EXPECT_EQ(remove_permission(without, "label"), std::nullopt);
}

TEST(PermissionsTest, TheLastStatementTakesThePolicyAlong) {
  EXPECT_EQ(remove_permission(*add_permission("", permission()), "label"), "");
  EXPECT_EQ(remove_permission("", "label"), std::nullopt);
}

TEST(PermissionsTest, WhatIsNoPolicyIsRefused) {
  EXPECT_THROW(add_permission("{", permission()), PolicyError);
  EXPECT_THROW(add_permission("[]", permission()), PolicyError);
  EXPECT_THROW(remove_permission(R"({"Statement":1})", "label"), PolicyError);
}

}  // namespace
}  // namespace doorbuster::engine
