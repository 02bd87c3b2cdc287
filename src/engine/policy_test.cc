#include "engine/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace doorbuster::engine {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kQueue = "arn:aws:sqs:us-east-1:111122223333:ShippingQueue";
constexpr std::string_view kTopic = "arn:aws:sns:us-east-1:111122223333:NewOrderEvents";

Request send_by(Principal principal, std::span<const ContextValue> context = {}) {
  return {principal, "sqs:SendMessage", kQueue, context};
}

// A policy of one statement: these fields, and whatever of Effect, Principal, Action and Resource
// they leave out, so that it would allow everything.
std::string statement(const std::string& fields) {
  std::string text = "{" + fields;
  const auto add = [&](const std::string& name, const std::string& value) {
    if (fields.find(name + "\"") == std::string::npos) {
      text += (text == "{" ? "\"" : ",\"") + name + "\":" + value;
    }
  };
  add("Effect", R"("Allow")");
  add("Principal", R"("*")");
  add("Action", R"("*")");
  add("Resource", R"("*")");
  return R"({"Version":"2012-10-17","Statement":)" + text + "}}";
}

TEST(PolicyTest, NoPolicyMentionsNothing) {
  const Policy policy = Policy::parse("");
  EXPECT_TRUE(policy.empty());
  EXPECT_EQ(policy.evaluate(send_by(Principal::anonymous())), Decision::kNotMentioned);
  EXPECT_THAT(policy.explain(send_by(Principal::anonymous())), HasSubstr("no policy"));
}

// The policy that the S3 and SNS guides give a queue that receives from a topic.
TEST(PolicyTest, LetsOneTopicSend) {
  const Policy policy = Policy::parse(R"({
    "Version": "2012-10-17", "Id": "shipping",
    "Statement": [{
      "Sid": "from-topic", "Effect": "Allow",
      "Principal": {"Service": "sns.amazonaws.com"},
      "Action": "SQS:SendMessage",
      "Resource": "arn:aws:sqs:us-east-1:111122223333:ShippingQueue",
      "Condition": {"ArnEquals": {"aws:SourceArn":
          "arn:aws:sns:us-east-1:111122223333:NewOrderEvents"}}}]})");
  const std::vector<ContextValue> right = {{"aws:sourcearn", kTopic}};
  const std::vector<ContextValue> wrong = {{"aws:SourceArn", "arn:aws:sns:us-east-1:1:Other"}};
  const auto sns = Principal::service("sns.amazonaws.com");

  EXPECT_EQ(policy.evaluate(send_by(sns, right)), Decision::kAllowed);
  EXPECT_THAT(policy.explain(send_by(sns, right)), HasSubstr("Sid 'from-topic' allows"));

  EXPECT_EQ(policy.evaluate(send_by(sns, wrong)), Decision::kNotMentioned);
  EXPECT_EQ(policy.explain(send_by(sns, wrong)),
            "no statement allows sqs:SendMessage on "
            "arn:aws:sqs:us-east-1:111122223333:ShippingQueue by sns.amazonaws.com: Sid "
            "'from-topic' matches but its condition ArnEquals aws:SourceArn does not hold (the "
            "request has 'arn:aws:sns:us-east-1:1:Other')");
  EXPECT_THAT(policy.explain(send_by(sns)), HasSubstr("the request does not have the key"));

  const auto s3 = Principal::service("s3.amazonaws.com");
  EXPECT_EQ(policy.evaluate(send_by(s3, right)), Decision::kNotMentioned);
  EXPECT_THAT(policy.explain(send_by(s3, right)), HasSubstr("is about other principals"));

  Request receive = send_by(sns, right);
  receive.action = "sqs:ReceiveMessage";
  EXPECT_EQ(policy.evaluate(receive), Decision::kNotMentioned);
  EXPECT_THAT(policy.explain(receive), HasSubstr("is about other actions"));

  Request elsewhere = send_by(sns, right);
  elsewhere.resource = "arn:aws:sqs:us-east-1:111122223333:AnalyticsQueue";
  EXPECT_EQ(policy.evaluate(elsewhere), Decision::kNotMentioned);
  EXPECT_THAT(policy.explain(elsewhere), HasSubstr("is about other resources"));
}

TEST(PolicyTest, AnExplicitDenyWinsInAnyOrder) {
  const std::string allow = R"({"Effect":"Allow","Principal":"*","Action":"sqs:*","Resource":"*"})";
  const std::string deny =
      R"({"Sid":"tls","Effect":"Deny","Principal":"*","Action":"sqs:*","Resource":"*",
          "Condition":{"Bool":{"aws:SecureTransport":"false"}}})";
  const std::vector<ContextValue> plain = {{"aws:SecureTransport", "false"}};
  const std::vector<ContextValue> tls = {{"aws:SecureTransport", "true"}};
  for (const auto& list : {allow + "," + deny, deny + "," + allow}) {
    const Policy policy = Policy::parse(R"({"Statement":[)" + list + "]}");
    const auto who = Principal::aws("111122223333");
    EXPECT_EQ(policy.evaluate(send_by(who, plain)), Decision::kDenied);
    EXPECT_THAT(policy.explain(send_by(who, plain)), HasSubstr("Sid 'tls' denies"));
    EXPECT_EQ(policy.evaluate(send_by(who, tls)), Decision::kAllowed);
  }
}

TEST(PolicyTest, MatchesPrincipals) {
  const auto user = Principal::aws("arn:aws:iam::111122223333:user/ann");
  const auto other_user = Principal::aws("arn:aws:iam::444455556666:user/ann");
  const auto role = Principal::aws("arn:aws:iam::111122223333:role/service/Shipper");
  const auto session = Principal::aws("arn:aws:sts::111122223333:assumed-role/Shipper/run-1");
  const auto other_session = Principal::aws("arn:aws:sts::111122223333:assumed-role/Ship/run-1");
  const auto account = Principal::aws("111122223333");
  const auto root = Principal::aws("arn:aws:iam::111122223333:root");
  const auto s3 = Principal::service("s3.amazonaws.com");
  const auto nobody = Principal::anonymous();
  const std::string role_arn = R"({"AWS":"arn:aws:iam::111122223333:role/service/Shipper"})";

  const struct {
    std::string element;
    std::vector<Principal> matching;
    std::vector<Principal> others;
  } cases[] = {
      {R"("*")", {user, session, account, root, s3, nobody}, {}},
      {R"({"AWS":"*"})", {user, s3, nobody}, {}},
      {R"({"AWS":"111122223333"})", {user, role, session, account, root}, {other_user, s3, nobody}},
      {R"({"AWS":"arn:aws:iam::111122223333:root"})", {user, session, account, root}, {other_user}},
      {R"({"AWS":"arn:aws:iam::111122223333:user/ann"})", {user}, {other_user, account, root, s3}},
      {role_arn, {role, session}, {other_session, user}},
      {R"({"AWS":["444455556666","arn:aws:iam::111122223333:user/ann"]})",
       {user, other_user},
       {role}},
      {R"({"Service":"s3.amazonaws.com"})", {s3}, {user, nobody}},
      {R"({"Service":["sns.amazonaws.com","s3.amazonaws.com"],"AWS":"444455556666"})",
       {s3, other_user},
       {user}},
      {R"({"Service":"*"})", {s3}, {user, nobody}},
      {R"({"Federated":"cognito-identity.amazonaws.com"})", {}, {user, s3}},
      {R"({"CanonicalUser":"79a59df900b949e55d96a1e698fbaced"})", {}, {user, s3}},
      {R"({"AWS":"AIDACKCEVSQ6C2EXAMPLE"})", {}, {user, s3}},
  };
  for (const auto& c : cases) {
    const Policy allow = Policy::parse(statement("\"Principal\":" + c.element));
    const Policy deny_others = Policy::parse(R"({"Statement":{"Effect":"Deny","NotPrincipal":)" +
                                             c.element + R"(,"Action":"*","Resource":"*"}})");
    for (const Principal& principal : c.matching) {
      EXPECT_EQ(allow.evaluate(send_by(principal)), Decision::kAllowed)
          << c.element << " " << principal.id;
      EXPECT_EQ(deny_others.evaluate(send_by(principal)), Decision::kNotMentioned)
          << c.element << " " << principal.id;
    }
    for (const Principal& principal : c.others) {
      EXPECT_EQ(allow.evaluate(send_by(principal)), Decision::kNotMentioned)
          << c.element << " " << principal.id;
      EXPECT_EQ(deny_others.evaluate(send_by(principal)), Decision::kDenied)
          << c.element << " " << principal.id;
    }
  }
}

TEST(PolicyTest, MatchesActionsAndResources) {
  const struct {
    std::string fields;
    bool allowed;
  } cases[] = {
      {R"("Action":"*")", true},
      {R"("Action":"sqs:SendMessage")", true},
      {R"("Action":"SQS:sendmessage")", true},
      {R"("Action":["sqs:Receive*","sqs:Send*"])", true},
      {R"("Action":"sqs:S??dMessage")", true},
      {R"("Action":"*:SendMessage")", true},
      {R"("Action":"sqs:SendMessageBatch")", false},
      {R"("Action":"sns:*")", false},
      {R"("NotAction":"sqs:SendMessage")", false},
      {R"("NotAction":["sqs:Receive*","sqs:Delete*"])", true},
      {R"("Resource":"arn:aws:sqs:us-east-1:111122223333:ShippingQueue")", true},
      {R"("Resource":"arn:aws:sqs:*:111122223333:Ship*Queue")", true},
      {R"("Resource":"arn:aws:sqs:us-east-?:*")", true},
      {R"("Resource":"arn:aws:sqs:us-east-1:111122223333:shippingqueue")", false},
      {R"("Resource":["arn:aws:sqs:us-east-1:111122223333:A","*"])", true},
      {R"("NotResource":"arn:aws:sqs:us-east-1:111122223333:ShippingQueue")", false},
      {R"("NotResource":"arn:aws:sqs:us-east-1:111122223333:A")", true},
  };
  for (const auto& c : cases) {
    const Policy policy = Policy::parse(statement(c.fields));
    EXPECT_EQ(policy.evaluate(send_by(Principal::anonymous())),
              c.allowed ? Decision::kAllowed : Decision::kNotMentioned)
        << c.fields;
  }
}

TEST(PolicyTest, EvaluatesConditions) {
  const struct {
    std::string condition;
    std::vector<std::string_view> values;  // of the key "k" in the request
    bool holds;
  } cases[] = {
      {R"("StringEquals":{"k":"a"})", {"a"}, true},
      {R"("StringEquals":{"k":"a"})", {"A"}, false},
      {R"("StringEquals":{"k":"a*"})", {"ab"}, false},
      {R"("StringEquals":{"K":["x","a"]})", {"a"}, true},
      {R"("StringEquals":{"k":"a"})", {}, false},
      {R"("StringNotEquals":{"k":["a","b"]})", {"c"}, true},
      {R"("StringNotEquals":{"k":["a","b"]})", {"b"}, false},
      {R"("StringNotEquals":{"k":"a"})", {}, true},
      {R"("StringNotEquals":{"k":"a"})", {"b", "a"}, false},
      {R"("StringEqualsIgnoreCase":{"k":"Abc"})", {"aBC"}, true},
      {R"("StringNotEqualsIgnoreCase":{"k":"Abc"})", {"aBC"}, false},
      {R"("StringLike":{"k":"a*c?"})", {"abbcd"}, true},
      {R"("StringLike":{"k":"a*c?"})", {"abbc"}, false},
      {R"("StringLike":{"k":"*ab*ab"})", {"abab"}, true},
      {R"("StringLike":{"k":"**"})", {""}, true},
      {R"("StringNotLike":{"k":"a*"})", {"b"}, true},
      {R"("StringNotLike":{"k":"a*"})", {}, true},
      {R"("StringEqualsIfExists":{"k":"a"})", {}, true},
      {R"("StringEqualsIfExists":{"k":"a"})", {"b"}, false},

      {R"("NumericEquals":{"k":"10"})", {"10.0"}, true},
      {R"("NumericEquals":{"k":10})", {"x"}, false},
      {R"("NumericNotEquals":{"k":10})", {"11"}, true},
      {R"("NumericLessThan":{"k":10})", {"10"}, false},
      {R"("NumericLessThanEquals":{"k":10})", {"10"}, true},
      {R"("NumericGreaterThan":{"k":"-1.5"})", {"-1"}, true},
      {R"("NumericGreaterThanEquals":{"k":"10"})", {"9.99"}, false},

      {R"("DateEquals":{"k":"2026-11-27T00:00:00Z"})", {"2026-11-27"}, true},
      {R"("DateEquals":{"k":"2026-11-27T01:30+01:30"})", {"2026-11-27T00:00:00.000Z"}, true},
      {R"("DateEquals":{"k":"1795737600"})", {"2026-11-27"}, true},
      {R"("DateNotEquals":{"k":"2026"})", {"2026-01"}, false},
      {R"("DateLessThan":{"k":"2026-11-27T00:00:00Z"})", {"2026-11-26T23:59:59.9Z"}, true},
      {R"("DateLessThanEquals":{"k":"2026-11-27T00:00:00Z"})", {"2026-11-27T00:00:01Z"}, false},
      {R"("DateGreaterThan":{"k":"2026-11-27T00:00:00Z"})", {"2026-11-27T00:00:01Z"}, true},
      {R"("DateGreaterThanEquals":{"k":"2026-11-27"})", {"not a date"}, false},

      {R"("Bool":{"k":"true"})", {"true"}, true},
      {R"("Bool":{"k":false})", {"false"}, true},
      {R"("Bool":{"k":"true"})", {"false"}, false},
      {R"("Bool":{"k":"true"})", {}, false},
      {R"("BoolIfExists":{"k":"true"})", {}, true},
      {R"("BinaryEquals":{"k":"QmxhY2s="})", {"QmxhY2s="}, true},

      {R"("IpAddress":{"k":"203.0.113.0/24"})", {"203.0.113.255"}, true},
      {R"("IpAddress":{"k":"203.0.113.0/24"})", {"203.0.114.0"}, false},
      {R"("IpAddress":{"k":"203.0.113.128/25"})", {"203.0.113.127"}, false},
      {R"("IpAddress":{"k":"203.0.113.7"})", {"203.0.113.7"}, true},
      {R"("IpAddress":{"k":"0.0.0.0/0"})", {"8.8.8.8"}, true},
      {R"("IpAddress":{"k":["10.0.0.0/8","2001:DB8:1234::/48"]})", {"2001:db8:1234:1::7"}, true},
      {R"("IpAddress":{"k":"2001:DB8:1234::/48"})", {"2001:db8:1235::"}, false},
      {R"("IpAddress":{"k":"10.0.0.0/8"})", {"::ffff:10.1.2.3"}, true},
      {R"("IpAddress":{"k":"10.0.0.0/8"})", {"not an address"}, false},
      {R"("NotIpAddress":{"k":"10.0.0.0/8"})", {"11.0.0.1"}, true},
      {R"("NotIpAddress":{"k":"10.0.0.0/8"})", {}, true},

      {R"("ArnEquals":{"k":"arn:aws:s3:::invoices"})", {"arn:aws:s3:::invoices"}, true},
      {R"("ArnLike":{"k":"arn:aws:s3:*:*:inv*"})", {"arn:aws:s3:::invoices"}, true},
      {R"("ArnLike":{"k":"arn:aws:*:T"})", {"arn:aws:sns:us-east-1:1:T"}, false},
      {R"("ArnLike":{"k":"arn:aws:sns:*:1:a:*"})", {"arn:aws:sns:us-east-1:1:a:b:c"}, true},
      {R"("ArnLike":{"k":"*"})", {"arn:aws:s3:::invoices"}, true},
      {R"("ArnNotEquals":{"k":"arn:aws:s3:::invoices"})", {"arn:aws:s3:::other"}, true},
      {R"("ArnNotLike":{"k":"arn:aws:s3:::*"})", {"arn:aws:s3:::other"}, false},
      {R"("ArnNotLike":{"k":"arn:aws:s3:::*"})", {}, true},

      {R"("Null":{"k":"true"})", {}, true},
      {R"("Null":{"k":"true"})", {"x"}, false},
      {R"("Null":{"k":false})", {"x"}, true},
      {R"("Null":{"k":"false"})", {}, false},

      {R"("ForAllValues:StringEquals":{"k":["a","b"]})", {"a", "b", "a"}, true},
      {R"("ForAllValues:StringEquals":{"k":["a","b"]})", {"a", "c"}, false},
      {R"("ForAllValues:StringEquals":{"k":"a"})", {}, true},
      {R"("ForAllValues:StringNotEquals":{"k":"a"})", {"b", "a"}, false},
      {R"("ForAnyValue:StringLike":{"k":"a*"})", {"x", "ab"}, true},
      {R"("ForAnyValue:StringLike":{"k":"a*"})", {"x", "y"}, false},
      {R"("ForAnyValue:StringEquals":{"k":"a"})", {}, false},
      {R"("ForAnyValue:StringNotEquals":{"k":"a"})", {"a", "b"}, true},
      {R"("ForAnyValue:StringNotEquals":{"k":"a"})", {}, false},
      {R"("ForAnyValue:StringEqualsIfExists":{"k":"a"})", {}, true},

      // All operators must hold, and all keys of each.
      {R"("StringEquals":{"k":"a"},"StringLike":{"k":"a*"})", {"a"}, true},
      {R"("StringEquals":{"k":"a"},"StringLike":{"k":"b*"})", {"a"}, false},
      {R"("StringLike":{"k":"a","other":"x"})", {"a"}, false},
      {"", {}, true},
  };
  for (const auto& c : cases) {
    const Policy policy = Policy::parse(statement("\"Condition\":{" + c.condition + "}"));
    std::vector<ContextValue> context = {{"unrelated", "a"}};
    for (const auto value : c.values) context.push_back({"k", value});
    EXPECT_EQ(policy.evaluate(send_by(Principal::anonymous(), context)),
              c.holds ? Decision::kAllowed : Decision::kNotMentioned)
        << c.condition << " with " << testing::PrintToString(c.values);
  }
}

TEST(PolicyTest, RefusesWhatAwsWouldNotTake) {
  const struct {
    std::string policy;
    std::string reason;
  } cases[] = {
      {"{", "not valid JSON"},
      {"[]", "not a JSON object"},
      {"{}", "Statement is missing"},
      {R"({"Statement":[]})", "Statement is empty"},
      {R"({"Statement":["x"]})", "statement 1: is not an object"},
      {R"({"Version":"2020-01-01","Statement":[]})", "Version must be"},
      {R"({"Id":7,"Statement":[]})", "Id is not a string"},
      {R"({"Statements":[]})", "unknown field 'Statements'"},
      {R"({"Statement":[{"Principal":"*","Action":"*","Resource":"*"}]})", "Effect is missing"},
      {R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})", "Principal is missing"},
      {R"({"Statement":{"Effect":"Allow","Principal":"*","Resource":"*"}})", "Action is missing"},
      {R"({"Statement":{"Effect":"Allow","Principal":"*","Action":"*"}})", "Resource is missing"},
      {R"({"Statement":{"Effect":"Allow","NotPrincipal":"*","Action":"*","Resource":"*"}})",
       "NotPrincipal can be used with Deny only"},
      {statement(R"("Sid":"a","Effect":"allow")"), "Sid 'a': Effect must be Allow or Deny"},
      {statement(R"("Sid":7)"), "Sid is not a string"},
      {statement(R"("Conditions":{})"), "unknown field 'Conditions'"},
      {statement(R"("Action":"*","NotAction":"*")"), "exclude each other"},
      {statement(R"("Action":"SendMessage")"), "neither SERVICE:ACTION nor *"},
      {statement(R"("Action":[])"), "Action is empty"},
      {statement(R"("Action":[1])"), "not a string"},
      {statement(R"("Action":7)"), "neither a string nor an array"},
      {statement(R"("Resource":"ShippingQueue")"), "neither an ARN nor *"},
      {statement(R"("Resource":"arn:aws:sqs:::${aws:username}")"),
       "Resource 'arn:aws:sqs:::${aws:username}' contains the policy variable ${aws:username}; "
       "policy variables are not supported"},
      {statement(R"("Condition":{"StringLike":{"s3:prefix":"home/${aws:username}/*"}})"),
       "Condition StringLike s3:prefix 'home/${aws:username}/*' contains the policy variable "
       "${aws:username}; policy variables are not supported"},
      {statement(R"("Principal":"111122223333")"), "neither * nor an object"},
      {statement(R"("Principal":{})"), "neither * nor an object"},
      {statement(R"("Principal":{"Aws":"*"})"), "unknown kind of principal 'Aws'"},
      {statement(R"("Principal":{"AWS":"12345"})"), "invalid principal '12345'"},
      {statement(R"("Principal":{"AWS":"arn:aws:iam::111122223333:user/*"})"), "wildcard"},
      {statement(R"("Condition":[])"), "Condition is not an object"},
      {statement(R"("Condition":{"StringIs":{"k":"a"}})"), "unknown condition operator 'StringIs'"},
      {statement(R"("Condition":{"ForSome:StringLike":{"k":"a"}})"), "unknown condition operator"},
      {statement(R"("Condition":{"NullIfExists":{"k":"true"}})"), "unknown condition operator"},
      {statement(R"("Condition":{"StringLike":{}})"), "not an object of condition keys"},
      {statement(R"("Condition":{"StringLike":{"k":[]}})"), "StringLike k is empty"},
      {statement(R"("Condition":{"StringLike":{"k":{}}})"), "wrong type"},
      {statement(R"("Condition":{"NumericEquals":{"k":"ten"}})"), "cannot compare with 'ten'"},
      {statement(R"("Condition":{"DateEquals":{"k":"2026-02-30"}})"), "cannot compare"},
      {statement(R"("Condition":{"Bool":{"k":"yes"}})"), "cannot compare"},
      {statement(R"("Condition":{"IpAddress":{"k":"10.0.0.0/33"}})"), "cannot compare"},
      {statement(R"("Sid":")" + std::string(kPolicyBytesMax, 'a') + "\""), "at most 20480"},
      {R"({"Statement":[
            {"Sid":"a","Effect":"Deny","Principal":"*","Action":"*","Resource":"*"},
            {"Sid":"a","Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}]})",
       "Sid 'a' is used twice"},
  };
  for (const auto& c : cases) {
    try {
      Policy::parse(c.policy);
      ADD_FAILURE() << "took " << c.policy;
    } catch (const PolicyError& error) {
      EXPECT_THAT(error.what(), HasSubstr(c.reason)) << c.policy;
    }
  }
}

TEST(PolicyTest, TheOlderVersionTakesVariablesLiterally) {
  const Policy policy = Policy::parse(
      R"({"Version":"2008-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},
          "Action":"*","Resource":"*","Condition":{"StringEquals":{"k":"${aws:username}"}}}})");
  const std::vector<ContextValue> context = {{"k", "${aws:username}"}};
  EXPECT_EQ(policy.evaluate(send_by(Principal::anonymous(), context)), Decision::kAllowed);
}

}  // namespace
}  // namespace doorbuster::engine
