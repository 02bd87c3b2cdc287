// IAM's roles and policies, and STS, as a client sees them.
#include "engine/roles.h"

#include "engine/test_bed.h"

namespace doorbuster::engine {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::SizeIs;

constexpr const char* kTrust =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",)"
    R"("Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]})";
constexpr const char* kPolicy =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["sqs:*","s3:GetObject"],)"
    R"("Resource":"arn:aws:s3:::invoices/${aws:username}/*"}})";
constexpr const char* kOfAws = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";

class RolesTest : public testing::Test {
 protected:
  RolesTest() { open(); }

  void open() {
    services = make_services(bed.engine());
    iam = services->iam({});
  }
  void reopen() {
    bed.reopen();
    open();
  }
  cloud::Role create(const std::string& name, const std::string& path = "/") {
    return bed.run(iam->CreateRole({path, name, kTrust, "does things"})).Role;
  }
  std::string error_of_create(const std::string& name, const std::string& trust = kTrust,
                              const std::string& path = "/", int session_s = 3'600) {
    return bed.error_of(iam->CreateRole({path, name, trust, "", session_s}));
  }
  std::string create_policy(const std::string& name) {
    return bed.run(iam->CreatePolicy({name, "/", kPolicy, ""})).Policy.Arn;
  }

  TestBed bed;
  std::unique_ptr<cloud::Services> services;
  std::unique_ptr<cloud::Iam> iam;
};

TEST_F(RolesTest, ARoleIsKeptOverRestarts) {
  const auto made = create("ShipInvoices", "/orders/");
  EXPECT_EQ(made.Arn, "arn:aws:iam::000000000000:role/orders/ShipInvoices");
  EXPECT_THAT(made.RoleId, MatchesRegex("AROA[A-Z2-7]+"));
  EXPECT_THAT(made.RoleId, SizeIs(21));
  EXPECT_EQ(made.CreateDate, bed.clock().now());
  reopen();
  const auto found = bed.run(iam->GetRole({"ShipInvoices"})).Role;
  EXPECT_EQ(found.Arn, made.Arn);
  EXPECT_EQ(found.RoleId, made.RoleId);
  EXPECT_EQ(found.Path, "/orders/");
  EXPECT_EQ(found.CreateDate, made.CreateDate);
  EXPECT_EQ(found.AssumeRolePolicyDocument, kTrust);
  EXPECT_EQ(found.Description, "does things");
  EXPECT_EQ(found.MaxSessionDuration, 3'600);
  bed.run(iam->DeleteRole({"ShipInvoices"}));
  reopen();
  EXPECT_EQ(bed.error_of(iam->GetRole({"ShipInvoices"})), "NoSuchEntity");
  EXPECT_EQ(bed.error_of(iam->DeleteRole({"ShipInvoices"})), "NoSuchEntity");
}

TEST_F(RolesTest, NamesAreUniqueInAnAccountWhateverTheirCaseAndPath) {
  create("Role");
  EXPECT_EQ(error_of_create("role", kTrust, "/elsewhere/"), "EntityAlreadyExists");
  const auto other = services->iam({{"111122223333", "us-east-1"}});
  EXPECT_EQ(bed.error_of(other->GetRole({"Role"})), "NoSuchEntity");
  EXPECT_EQ(bed.error_of(other->CreateRole({"/", "Role", kTrust})), "");
  EXPECT_THAT(bed.run(other->ListRoles({})).Roles, SizeIs(1));
  const auto elsewhere = services->iam({{"000000000000", "eu-west-1"}});
  EXPECT_EQ(bed.error_of(elsewhere->GetRole({"Role"})), "") << "IAM has no regions";
  cloud::Caller anonymous;
  anonymous.anonymous = true;
  EXPECT_EQ(bed.error_of(services->iam(anonymous)->ListRoles({})), "MissingAuthenticationToken");
}

TEST_F(RolesTest, WhatARoleIsMadeOfIsChecked) {
  for (const std::string& name : {std::string(), std::string(65, 'r'), std::string("with space")}) {
    EXPECT_EQ(error_of_create(name), "ValidationError") << name;
  }
  EXPECT_EQ(error_of_create("R", kTrust, "orders"), "ValidationError");
  EXPECT_EQ(error_of_create("R", kTrust, "/", 3'599), "ValidationError");
  for (const std::string& trust : {std::string(), std::string("{"), std::string("[]"),
                                   std::string("{}"), std::string(kPolicy)}) {
    EXPECT_EQ(error_of_create("R", trust), "MalformedPolicyDocument") << trust;
  }
  EXPECT_EQ(error_of_create("R", R"({"Statement":{"Effect":"Maybe","Principal":"*",)"
                                 R"("Action":"sts:AssumeRole"}})"),
            "MalformedPolicyDocument");
  std::string wide = kTrust;
  wide.insert(1, 5'000, ' ');
  EXPECT_EQ(error_of_create("R", wide), "") << "whitespace weighs nothing";
}

TEST_F(RolesTest, AreListedByPathAndPage) {
  for (const char* name : {"c", "a", "b"}) create(name, "/orders/");
  create("other");
  cloud::ListRolesRequest request;
  request.PathPrefix = "/orders/";
  request.MaxItems = 2;
  const auto first = bed.run(iam->ListRoles(request));
  ASSERT_THAT(first.Roles, SizeIs(2));
  EXPECT_EQ(first.Roles[0].RoleName + first.Roles[1].RoleName, "ab");
  EXPECT_TRUE(first.IsTruncated);
  request.Marker = first.Marker;
  const auto second = bed.run(iam->ListRoles(request));
  ASSERT_THAT(second.Roles, SizeIs(1));
  EXPECT_EQ(second.Roles[0].RoleName, "c");
  EXPECT_FALSE(second.IsTruncated);
  EXPECT_EQ(second.Marker, "");
  request.Marker = "";
  request.MaxItems = 3;
  EXPECT_FALSE(bed.run(iam->ListRoles(request)).IsTruncated) << "no page comes after these";
  request.MaxItems = 1'001;
  EXPECT_EQ(bed.error_of(iam->ListRoles(request)), "ValidationError");
}

TEST_F(RolesTest, PoliciesAreAttachedAndDetached) {
  create("R");
  const std::string own = create_policy("Own");
  bed.run(iam->AttachRolePolicy({"R", own}));
  bed.run(iam->AttachRolePolicy({"R", own}));
  bed.run(iam->AttachRolePolicy({"R", kOfAws}));
  EXPECT_EQ(bed.error_of(iam->AttachRolePolicy({"R", "arn:aws:iam::000000000000:policy/None"})),
            "NoSuchEntity");
  EXPECT_EQ(bed.error_of(iam->AttachRolePolicy({"R", "arn:aws:sqs:us-east-1:000000000000:Q"})),
            "InvalidInput");
  EXPECT_EQ(bed.error_of(iam->AttachRolePolicy({"None", own})), "NoSuchEntity");
  reopen();
  const auto attached = bed.run(iam->ListAttachedRolePolicies({"R"})).AttachedPolicies;
  ASSERT_THAT(attached, SizeIs(2));
  EXPECT_EQ(attached[0].PolicyName, "Own");
  EXPECT_EQ(attached[1].PolicyName, "AWSLambdaBasicExecutionRole");
  EXPECT_EQ(attached[1].PolicyArn, kOfAws);
  EXPECT_EQ(bed.run(iam->GetPolicy({own})).Policy.AttachmentCount, 1);
  EXPECT_EQ(bed.error_of(iam->DeletePolicy({own})), "DeleteConflict");
  EXPECT_EQ(bed.error_of(iam->DeleteRole({"R"})), "DeleteConflict");
  for (const std::string& arn : {own, std::string(kOfAws)}) {
    bed.run(iam->DetachRolePolicy({"R", arn}));
    EXPECT_EQ(bed.error_of(iam->DetachRolePolicy({"R", arn})), "NoSuchEntity");
  }
  EXPECT_EQ(bed.error_of(iam->DeletePolicy({own})), "");
  EXPECT_EQ(bed.error_of(iam->DeleteRole({"R"})), "");
}

TEST_F(RolesTest, TenPoliciesCanBeAttached) {
  create("R");
  const std::string begin = "arn:aws:iam::aws:policy/Policy";
  for (int i = 0; i < 10; ++i) bed.run(iam->AttachRolePolicy({"R", begin + std::to_string(i)}));
  EXPECT_EQ(bed.error_of(iam->AttachRolePolicy({"R", begin + "10"})), "LimitExceeded");
  cloud::ListAttachedRolePoliciesRequest request{"R"};
  request.MaxItems = 9;
  request.Marker = bed.run(iam->ListAttachedRolePolicies(request)).Marker;
  EXPECT_THAT(bed.run(iam->ListAttachedRolePolicies(request)).AttachedPolicies, SizeIs(1));
}

TEST_F(RolesTest, ARoleHasPoliciesOfItsOwn) {
  create("R");
  for (const char* name : {"B", "A"}) bed.run(iam->PutRolePolicy({"R", name, kPolicy}));
  EXPECT_EQ(bed.error_of(iam->PutRolePolicy({"R", "C", kTrust})), "MalformedPolicyDocument");
  EXPECT_EQ(bed.error_of(iam->PutRolePolicy({"None", "C", kPolicy})), "NoSuchEntity");
  reopen();
  EXPECT_THAT(bed.run(iam->ListRolePolicies({"R"})).PolicyNames, ElementsAre("A", "B"));
  EXPECT_EQ(bed.run(iam->GetRolePolicy({"R", "A"})).PolicyDocument, kPolicy);
  EXPECT_EQ(bed.error_of(iam->GetRolePolicy({"R", "C"})), "NoSuchEntity");
  EXPECT_EQ(bed.error_of(iam->DeleteRole({"R"})), "DeleteConflict");
  std::string long_one = kPolicy;
  long_one.insert(long_one.find("sqs:*"), "sqs:" + std::string(10'100, 'x') + "\",\"");
  EXPECT_EQ(bed.error_of(iam->PutRolePolicy({"R", "C", long_one})), "LimitExceeded");
  for (const char* name : {"A", "B"}) bed.run(iam->DeleteRolePolicy({"R", name}));
  EXPECT_EQ(bed.error_of(iam->DeleteRolePolicy({"R", "A"})), "NoSuchEntity");
  EXPECT_THAT(bed.run(iam->ListRolePolicies({"R"})).PolicyNames, IsEmpty());
  EXPECT_EQ(bed.error_of(iam->DeleteRole({"R"})), "");
}

TEST_F(RolesTest, AManagedPolicyIsKeptOverRestarts) {
  const auto made = bed.run(iam->CreatePolicy({"Own", "/orders/", kPolicy, "for all"})).Policy;
  EXPECT_EQ(made.Arn, "arn:aws:iam::000000000000:policy/orders/Own");
  EXPECT_THAT(made.PolicyId, MatchesRegex("ANPA[A-Z2-7]+"));
  EXPECT_EQ(made.DefaultVersionId, "v1");
  EXPECT_EQ(bed.error_of(iam->CreatePolicy({"own", "/", kPolicy, ""})), "EntityAlreadyExists");
  EXPECT_EQ(bed.error_of(iam->CreatePolicy({"Bad", "/", kTrust, ""})), "MalformedPolicyDocument");
  reopen();
  const auto found = bed.run(iam->GetPolicy({made.Arn})).Policy;
  EXPECT_EQ(found.PolicyId, made.PolicyId);
  EXPECT_EQ(found.Path, "/orders/");
  EXPECT_EQ(found.PolicyName, "Own");
  EXPECT_EQ(found.Description, "for all");
  const auto other = services->iam({{"111122223333", "us-east-1"}});
  EXPECT_EQ(bed.error_of(other->GetPolicy({made.Arn})), "NoSuchEntity");
  bed.run(iam->DeletePolicy({made.Arn}));
  reopen();
  EXPECT_EQ(bed.error_of(iam->GetPolicy({made.Arn})), "NoSuchEntity");
}

TEST_F(RolesTest, ThePoliciesOfAwsAreAlwaysThere) {
  const auto policy = bed.run(iam->GetPolicy({kOfAws})).Policy;
  EXPECT_EQ(policy.PolicyName, "AWSLambdaBasicExecutionRole");
  EXPECT_EQ(policy.Path, "/service-role/");
  EXPECT_EQ(policy.PolicyId, bed.run(iam->GetPolicy({kOfAws})).Policy.PolicyId);
  EXPECT_EQ(bed.error_of(iam->DeletePolicy({kOfAws})), "AccessDenied");
}

TEST_F(RolesTest, StsSaysWhoCalls) {
  const auto identity = [&](const std::string& arn) {
    return bed.run(services->sts({{"111122223333", "us-east-1"}, arn})->GetCallerIdentity({}));
  };
  const auto root = identity("");
  EXPECT_EQ(root.Account, "111122223333");
  EXPECT_EQ(root.Arn, "arn:aws:iam::111122223333:root");
  EXPECT_EQ(root.UserId, "111122223333");
  const auto user = identity("arn:aws:iam::111122223333:user/ann");
  EXPECT_EQ(user.Arn, "arn:aws:iam::111122223333:user/ann");
  EXPECT_THAT(user.UserId, MatchesRegex("AIDA[A-Z2-7]+"));
  EXPECT_THAT(user.UserId, SizeIs(21));
  EXPECT_EQ(user.UserId, identity(user.Arn).UserId);
  EXPECT_NE(user.UserId, identity(user.Arn + "a").UserId);
  const auto session = identity("arn:aws:sts::111122223333:assumed-role/Ship/run-1");
  EXPECT_THAT(session.UserId, MatchesRegex("AROA[A-Z2-7]+:run-1"));
  cloud::Caller anonymous;
  anonymous.anonymous = true;
  EXPECT_EQ(bed.error_of(services->sts(anonymous)->GetCallerIdentity({})),
            "MissingAuthenticationToken");
}

}  // namespace
}  // namespace doorbuster::engine
