#include "engine/access.h"

#include <gtest/gtest.h>

#include <string>

namespace doorbuster::engine {
namespace {

constexpr const char* kOwner = "111122223333";
constexpr const char* kStranger = "444455556666";
constexpr const char* kQueue = "arn:aws:sqs:us-east-1:111122223333:ShippingQueue";

cloud::Caller of_account(const std::string& account) {
  cloud::Caller caller;
  caller.scope.account = account;
  return caller;
}

// It carries an account all the same: that of whoever is asked.
cloud::Caller anonymous() {
  cloud::Caller caller = of_account(kOwner);
  caller.anonymous = true;
  return caller;
}

// With "Resource": "*" and the given fields.
std::string statement(const std::string& effect, const std::string& principal,
                      const std::string& condition = "") {
  return R"({"Effect":")" + effect + R"(","Principal":)" + principal +
         R"(,"Action":"sqs:SendMessage","Resource":"*")" +
         (condition.empty() ? "" : R"(,"Condition":)" + condition) + "}";
}

Policy policy(const std::string& statements) {
  return Policy::parse(R"({"Version":"2012-10-17","Statement":[)" + statements + "]}");
}

Policy allow_if(const std::string& condition) {
  return policy(statement("Allow", R"("*")", condition));
}

bool may_send(const cloud::Caller& caller, const Policy& policy) {
  return permitted(caller, kOwner, policy, "sqs:SendMessage", kQueue);
}

TEST(AccessTest, WithoutAPolicyOnlyTheOwnersAccountMay) {
  EXPECT_TRUE(may_send(of_account(kOwner), {}));
  EXPECT_FALSE(may_send(of_account(kStranger), {}));
  EXPECT_FALSE(may_send(anonymous(), {}));
}

TEST(AccessTest, APolicyThatIsAboutOthersChangesNothing) {
  const Policy other = policy(statement("Allow", R"({"AWS":"777788889999"})"));
  EXPECT_TRUE(may_send(of_account(kOwner), other));
  EXPECT_FALSE(may_send(of_account(kStranger), other));
  EXPECT_FALSE(may_send(anonymous(), other));
}

TEST(AccessTest, APolicyLetsAnotherAccountIn) {
  const Policy guest = policy(statement("Allow", R"({"AWS":"444455556666"})"));
  EXPECT_TRUE(may_send(of_account(kStranger), guest));
  EXPECT_FALSE(may_send(of_account("777788889999"), guest));
  EXPECT_FALSE(may_send(anonymous(), guest));
  EXPECT_FALSE(permitted(of_account(kStranger), kOwner, guest, "sqs:ReceiveMessage", kQueue));
}

TEST(AccessTest, EveryoneIncludesTheAnonymous) {
  const Policy open = policy(statement("Allow", R"("*")"));
  EXPECT_TRUE(may_send(of_account(kStranger), open));
  EXPECT_TRUE(may_send(anonymous(), open));
}

// An anonymous caller is not of the account that it carries.
TEST(AccessTest, TheAnonymousAreNobodysAccount) {
  const Policy owner = policy(statement("Allow", R"({"AWS":"111122223333"})"));
  EXPECT_TRUE(may_send(of_account(kOwner), owner));
  EXPECT_FALSE(may_send(anonymous(), owner));
}

TEST(AccessTest, ADenialBeatsAllElse) {
  const Policy all_but_one =
      policy(statement("Allow", R"("*")") + "," + statement("Deny", R"({"AWS":"444455556666"})"));
  EXPECT_FALSE(may_send(of_account(kStranger), all_but_one));
  EXPECT_TRUE(may_send(anonymous(), all_but_one));

  const Policy nobody = policy(statement("Deny", R"("*")") + "," + statement("Allow", R"("*")"));
  EXPECT_FALSE(may_send(of_account(kOwner), nobody));
  EXPECT_FALSE(may_send(of_account(kStranger), nobody));
  EXPECT_FALSE(may_send(anonymous(), nobody));
}

TEST(AccessTest, SourceIp) {
  const Policy local = allow_if(R"({"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}})");
  cloud::Caller caller = of_account(kStranger);
  caller.source_ip = "10.1.2.3";
  EXPECT_TRUE(may_send(caller, local));
  caller.source_ip = "192.168.1.1";
  EXPECT_FALSE(may_send(caller, local));
}

// From within the process there is no address: the key is missing, not empty.
TEST(AccessTest, AnUnknownAddressIsNoKey) {
  const cloud::Caller caller = of_account(kStranger);
  EXPECT_FALSE(may_send(caller, allow_if(R"({"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}})")));
  EXPECT_TRUE(may_send(caller, allow_if(R"({"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}})")));
  EXPECT_TRUE(may_send(caller, allow_if(R"({"Null":{"aws:SourceIp":"true"}})")));
}

TEST(AccessTest, SecureTransport) {
  const Policy secure =
      policy(statement("Deny", R"("*")", R"({"Bool":{"aws:SecureTransport":"false"}})"));
  cloud::Caller caller = of_account(kOwner);
  EXPECT_FALSE(may_send(caller, secure));
  caller.secure_transport = true;
  EXPECT_TRUE(may_send(caller, secure));
}

TEST(AccessTest, PrincipalArn) {
  const Policy shippers =
      allow_if(R"({"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/shipping/*"}})");
  cloud::Caller caller = of_account(kStranger);
  EXPECT_FALSE(may_send(caller, shippers));
  caller.arn = "arn:aws:iam::444455556666:role/shipping/Packer";
  EXPECT_TRUE(may_send(caller, shippers));

  const Policy root =
      allow_if(R"({"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::444455556666:root"}})");
  EXPECT_TRUE(may_send(of_account(kStranger), root));
  EXPECT_FALSE(may_send(caller, root));
}

TEST(AccessTest, PrincipalAccount) {
  const Policy guests = allow_if(R"({"StringEquals":{"aws:PrincipalAccount":"444455556666"}})");
  EXPECT_TRUE(may_send(of_account(kStranger), guests));
  EXPECT_FALSE(may_send(of_account("777788889999"), guests));
}

// Whatever account an unsigned request is sent to, it is not made by it.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
TEST(AccessTest, WhatPoliciesSeeOfTheAnonymous) {
  const auto account_is = [](const std::string& account) {
    return allow_if(R"({"StringEquals":{"aws:PrincipalAccount":")" + account + "\"}}");
  };
  EXPECT_FALSE(may_send(anonymous(), account_is(kOwner)));
  EXPECT_TRUE(may_send(anonymous(), account_is("anonymous")));
  EXPECT_TRUE(may_send(anonymous(), allow_if(R"({"Null":{"aws:PrincipalArn":"true"}})")));
  EXPECT_FALSE(
      may_send(of_account(kStranger), allow_if(R"({"Null":{"aws:PrincipalArn":"true"}})")));
}

}  // namespace
}  // namespace doorbuster::engine
