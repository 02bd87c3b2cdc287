// What topics and subscriptions say of themselves, and who may change it.
#include <boost/json.hpp>

#include "engine/sns_driver.h"

namespace doorbuster::engine {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

class TopicAttributesTest : public SnsTest {
 protected:
  cloud::AttributeMap attributes(const std::string& arn) {
    return bed.run(bed.sns().GetTopicAttributes({arn})).Attributes;
  }
  std::string set(const std::string& name, const std::string& value) {
    return message_of(bed.sns().SetTopicAttributes({topic, name, value}));
  }
  std::string error_of_create(const std::string& name, cloud::AttributeMap attributes = {},
                              std::vector<cloud::Tag> tags = {}) {
    return message_of(bed.sns().CreateTopic({name, std::move(attributes), std::move(tags)}));
  }
  cloud::AttributeMap of_subscription(const std::string& arn) {
    return bed.run(bed.sns().GetSubscriptionAttributes({arn})).Attributes;
  }
};

TEST_F(TopicAttributesTest, ANewTopicSaysWhatAwsSays) {
  const auto all = attributes(topic);
  EXPECT_EQ(all.at("TopicArn"), topic);
  EXPECT_EQ(all.at("Owner"), "000000000000");
  EXPECT_EQ(all.at("DisplayName"), "");
  for (const char* count : {"Confirmed", "Pending", "Deleted"}) {
    EXPECT_EQ(all.at(std::string("Subscriptions") + count), "0");
  }
  EXPECT_EQ(boost::json::parse(all.at("EffectiveDeliveryPolicy")),
            boost::json::parse(
                R"({"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":20,"maxDelayTarget":20,)"
                R"("numRetries":3,"numMaxDelayRetries":0,"numNoDelayRetries":0,)"
                R"("numMinDelayRetries":0,"backoffFunction":"linear"},)"
                R"("disableSubscriptionOverrides":false,)"
                R"("defaultRequestPolicy":{"headerContentType":"text/plain; charset=UTF-8"}}})"));
  const auto policy = boost::json::parse(all.at("Policy"));
  EXPECT_EQ(policy.at("Id").as_string(), "__default_policy_ID");
  const auto& statement = policy.at("Statement").at(0);
  EXPECT_EQ(statement.at("Action").as_array().size(), 8U);
  EXPECT_EQ(statement.at("Resource").as_string(), topic);
  EXPECT_FALSE(all.contains("FifoTopic"));
  EXPECT_EQ(set("Policy", all.at("Policy")), "") << "its own policy can be set";
  EXPECT_EQ(attributes(topic), all);
}

TEST_F(TopicAttributesTest, AttributesAreCheckedAndKept) {
  EXPECT_EQ(set("DisplayName", "Orders"), "");
  EXPECT_EQ(set("SignatureVersion", "2"), "");
  EXPECT_EQ(set("TracingConfig", "Active"), "");
  bed.reopen();
  EXPECT_EQ(attributes(topic).at("DisplayName"), "Orders");
  EXPECT_EQ(attributes(topic).at("SignatureVersion"), "2");
  EXPECT_NE(set("SignatureVersion", "3"), "");
  EXPECT_NE(set("TracingConfig", "Maybe"), "");
  EXPECT_NE(set("DisplayName", std::string(101, 'x')), "");
  for (const char* fixed : {"Owner", "TopicArn", "FifoTopic", "SubscriptionsPending"}) {
    EXPECT_EQ(set(fixed, "x"), "InvalidParameter: Invalid parameter: AttributeName") << fixed;
  }
  EXPECT_NE(set("ContentBasedDeduplication", "true"), "") << "it is no FIFO topic";
}

TEST_F(TopicAttributesTest, DeliveryPoliciesAreChecked) {
  const auto policy = [](const std::string& retry) {
    return R"({"http":{"defaultHealthyRetryPolicy":)" + retry + "}}";
  };
  EXPECT_EQ(
      set("DeliveryPolicy", policy(R"({"numRetries":5,"minDelayTarget":1,"maxDelayTarget":60})")),
      "");
  EXPECT_THAT(attributes(topic).at("EffectiveDeliveryPolicy"), HasSubstr(R"("numRetries":5)"));
  EXPECT_THAT(
      set("DeliveryPolicy", policy(R"({"numRetries":5,"minDelayTarget":0,"maxDelayTarget":60})")),
      HasSubstr("minDelayTarget must be greater than or equal to 1"));
  for (const char* bad : {R"({"minDelayTarget":1,"maxDelayTarget":60})",
                          R"({"numRetries":5,"minDelayTarget":9,"maxDelayTarget":1})",
                          R"({"numRetries":100,"minDelayTarget":60,"maxDelayTarget":60})",
                          R"({"numRetries":1,"minDelayTarget":1,"maxDelayTarget":1,)"
                          R"("numNoDelayRetries":2})",
                          R"({"numRetries":1,"minDelayTarget":1,"maxDelayTarget":1,)"
                          R"("backoffFunction":"cubic"})"}) {
    EXPECT_THAT(set("DeliveryPolicy", policy(bad)), StartsWith("InvalidParameter")) << bad;
  }
}

TEST_F(TopicAttributesTest, CreatingTwiceIsCreatingOnceUnlessSomethingDiffers) {
  const std::vector<cloud::Tag> tags{{"k", "v"}, {"l", "w"}};
  EXPECT_EQ(error_of_create("U", {{"DisplayName", "d"}}, tags), "");
  EXPECT_EQ(error_of_create("U", {{"DisplayName", "d"}}, tags), "");
  EXPECT_EQ(error_of_create("U"), "");
  EXPECT_EQ(error_of_create("U", {{"DisplayName", "e"}}),
            "InvalidParameter: Invalid parameter: Attributes Reason: Topic already exists with "
            "different attributes");
  EXPECT_EQ(error_of_create("U", {}, {{"k", "x"}}),
            "InvalidParameter: Invalid parameter: Tags Reason: Topic already exists with different "
            "tags");
  EXPECT_EQ(error_of_create("F.fifo"), "InvalidParameter: Invalid parameter: Topic Name");
  EXPECT_THAT(error_of_create("F", {{"FifoTopic", "true"}}), HasSubstr("must end with .fifo"));
  EXPECT_THAT(error_of_create("V", {{"Colour", "red"}}), HasSubstr("AttributeName"));
}

TEST_F(TopicAttributesTest, TagsAreKeptAndLimited) {
  const auto tags = [&] {
    std::string all;
    for (const auto& [key, value] : bed.run(bed.sns().ListTagsForResource({topic})).Tags) {
      all += key + '=' + value + ' ';
    }
    return all;
  };
  bed.run(bed.sns().TagResource({topic, {{"a", "1"}, {"b", "2"}}}));
  bed.run(bed.sns().TagResource({topic, {{"b", "3"}}}));
  bed.reopen();
  EXPECT_EQ(tags(), "a=1 b=3 ");
  bed.run(bed.sns().UntagResource({topic, {"a", "unknown"}}));
  EXPECT_EQ(tags(), "b=3 ");
  EXPECT_EQ(message_of(bed.sns().TagResource({topic, {{"a", "1"}, {"a", "2"}}})),
            "InvalidParameter: Invalid parameter: Duplicated keys are not allowed.");
  std::vector<cloud::Tag> many;
  for (int i = 0; i < 50; ++i) many.push_back({std::to_string(i), ""});
  EXPECT_EQ(bed.error_of(bed.sns().TagResource({topic, many})), "TagLimitExceeded");
  EXPECT_EQ(tags(), "b=3 ");
  EXPECT_EQ(bed.error_of(bed.sns().ListTagsForResource({topic + "none"})), "ResourceNotFound");
}

TEST_F(TopicAttributesTest, AnotherAccountMayDoWhatItIsPermitted) {
  const auto other = as(caller("111111111111"));
  EXPECT_EQ(message_of(other->Publish(message(topic, "x"))),
            "AuthorizationError: User: arn:aws:iam::111111111111:root is not authorized to "
            "perform: SNS:Publish on resource: " +
                topic);
  EXPECT_EQ(bed.error_of(other->GetTopicAttributes({topic})), "AuthorizationError");
  EXPECT_EQ(bed.error_of(as(anonymous())->Publish(message(topic, "x"))), "AuthorizationError");
  EXPECT_EQ(bed.error_of(as(anonymous())->CreateTopic({"N", {}, {}})), "AuthorizationError");

  bed.run(bed.sns().AddPermission({topic, "p", {"111111111111"}, {"Publish"}}));
  EXPECT_EQ(message_of(other->Publish(message(topic, "x"))), "");
  EXPECT_EQ(bed.error_of(other->Subscribe({topic, "sqs", queue.arn(), {}, false})),
            "AuthorizationError");
  EXPECT_EQ(message_of(bed.sns().Publish(message(topic, "x"))), "") << "the owner still may";
  bed.run(bed.sns().RemovePermission({topic, "p"}));
  EXPECT_EQ(bed.error_of(other->Publish(message(topic, "x"))), "AuthorizationError");
}

TEST_F(TopicAttributesTest, PermissionsAreChecked) {
  const auto add = [&](const std::string& label, const std::string& account,
                       const std::string& action) {
    return message_of(bed.sns().AddPermission({topic, label, {account}, {action}}));
  };
  EXPECT_EQ(add("p", "111111111111", "Publish"), "");
  EXPECT_EQ(add("p", "111111111111", "Publish"),
            "InvalidParameter: Invalid parameter: Statement already exists");
  EXPECT_THAT(add("q", "111111111111", "Sing"), HasSubstr("action out of service scope!"));
  EXPECT_THAT(add("q", "someone", "Publish"), HasSubstr("PrincipalNotFound"));
}

TEST_F(TopicAttributesTest, AnArnOfAnotherRegionOrOfNothingIsRefused) {
  const auto error = [&](const std::string& arn) {
    return message_of(bed.sns().Publish(message(arn, "x")));
  };
  EXPECT_EQ(error("arn:aws:sns:eu-west-1:000000000000:T"),
            "InvalidParameter: Invalid parameter: TopicArn");
  EXPECT_EQ(error("T"),
            "InvalidParameter: Invalid parameter: TopicArn Reason: An ARN must have at least 6 "
            "elements, not 1");
  cloud::Caller elsewhere;
  elsewhere.scope.region = "eu-west-1";
  EXPECT_EQ(bed.error_of(as(elsewhere)->Publish(message(topic, "x"))), "InvalidParameter");
  EXPECT_EQ(bed.run(as(elsewhere)->CreateTopic({"T", {}, {}})).TopicArn,
            "arn:aws:sns:eu-west-1:000000000000:T");
  EXPECT_THAT(bed.run(as(elsewhere)->ListTopics({""})).TopicArns, SizeIs(1));
}

TEST_F(TopicAttributesTest, ASubscriptionSaysWhatAwsSays) {
  const auto arn = subscribe(topic, "sqs", queue.arn(), {{"RawMessageDelivery", "True"}});
  auto all = of_subscription(arn);
  EXPECT_EQ(all.at("RawMessageDelivery"), "true");
  EXPECT_EQ(all.at("PendingConfirmation"), "false");
  EXPECT_EQ(all.at("ConfirmationWasAuthenticated"), "true");
  EXPECT_EQ(all.at("SubscriptionPrincipal"), "arn:aws:iam::000000000000:root");
  EXPECT_FALSE(all.contains("FilterPolicyScope"));
  bed.run(bed.sns().SetSubscriptionAttributes({arn, "FilterPolicy", R"({"a":["b"]})"}));
  EXPECT_EQ(of_subscription(arn).at("FilterPolicyScope"), "MessageAttributes");
  EXPECT_EQ(attributes(topic).at("SubscriptionsConfirmed"), "1");
  bed.run(bed.sns().Unsubscribe({arn}));
  EXPECT_EQ(attributes(topic).at("SubscriptionsConfirmed"), "0");
  EXPECT_EQ(attributes(topic).at("SubscriptionsDeleted"), "1");
}

TEST_F(TopicAttributesTest, BadSubscriptionsAreRefusedInAwsWords) {
  EXPECT_THAT(error_of_subscribe(topic, "email", "a@example.org"),
              StartsWith("InvalidParameter: Invalid parameter: Amazon SNS does not support this "
                         "protocol string: email"));
  EXPECT_EQ(error_of_subscribe(topic, "http", "https://a/"),
            "InvalidParameter: Invalid parameter: Endpoint must match the specified protocol");
  EXPECT_THAT(error_of_subscribe(topic, "http", "http://"), StartsWith("InvalidParameter"));
  const auto attribute = [&](const std::string& name, const std::string& value) {
    return error_of_subscribe(topic, "sqs", queue.arn(), {{name, value}});
  };
  EXPECT_EQ(attribute("RawMessageDelivery", "yes"),
            "InvalidParameter: Invalid parameter: Attributes Reason: RawMessageDelivery: Invalid "
            "value [yes]. Must be true or false.");
  EXPECT_THAT(attribute("RedrivePolicy", "{"), HasSubstr("failed to parse JSON."));
  EXPECT_THAT(attribute("RedrivePolicy", R"({"deadLetterTargetArn":"x"})"),
              HasSubstr("deadLetterTargetArn is an invalid arn"));
  EXPECT_THAT(attribute("Colour", "red"), HasSubstr("Attributes Reason: AttributeName"));
  const auto fifo = create_fifo("F.fifo");
  EXPECT_THAT(error_of_subscribe(fifo, "http", "http://a/"), StartsWith("InvalidParameter"));
  EXPECT_EQ(message_of(bed.sns().Unsubscribe({"x"})),
            "InvalidParameter: Invalid parameter: SubscriptionArn Reason: An ARN must have at "
            "least 6 elements, not 1");
  EXPECT_EQ(message_of(bed.sns().Unsubscribe({topic})),
            "InvalidParameter: Invalid parameter: SubscriptionId");
}

TEST_F(TopicAttributesTest, SubscriptionsAreListedAHundredAtATime) {
  for (int i = 0; i < 101; ++i) {
    subscribe(topic, "sqs", cloud::Scope{}.arn("sqs", "q" + std::to_string(i)));
  }
  const auto first = bed.run(bed.sns().ListSubscriptionsByTopic({topic, ""}));
  EXPECT_THAT(first.Subscriptions, SizeIs(100));
  EXPECT_THAT(bed.run(bed.sns().ListSubscriptionsByTopic({topic, first.NextToken})).Subscriptions,
              SizeIs(1));
  const auto all = bed.run(bed.sns().ListSubscriptions({""}));
  EXPECT_THAT(all.Subscriptions, SizeIs(100));
  EXPECT_THAT(bed.run(bed.sns().ListSubscriptions({all.NextToken})).Subscriptions, SizeIs(1));
  EXPECT_THAT(bed.run(as(caller("111111111111"))->ListSubscriptions({""})).Subscriptions,
              IsEmpty());
}

TEST_F(TopicAttributesTest, WhatIsPublishedIsChecked) {
  const auto error = [&](auto change) {
    auto request = message(topic, "x");
    change(request);
    return message_of(bed.sns().Publish(request));
  };
  using Request = cloud::PublishRequest;
  const auto attribute = [&](const std::string& name, cloud::MessageAttributeValue value) {
    return error([&](Request& r) { r.MessageAttributes[name] = value; });
  };
  EXPECT_THAT(error([](Request& r) { r.PhoneNumber = "+1"; }), HasSubstr("PhoneNumber"));
  EXPECT_THAT(error([](Request& r) { r.Subject = "a\nb"; }), HasSubstr("Subject"));
  EXPECT_THAT(error([](Request& r) { r.MessageStructure = "xml"; }), HasSubstr("Structure"));
  EXPECT_THAT(error([](Request& r) { r.MessageDeduplicationId = "1"; }),
              HasSubstr("not valid for this topic type"));
  EXPECT_EQ(error([](Request& r) { std::swap(r.TargetArn, r.TopicArn); }), "");
  EXPECT_EQ(attribute("n", {"Number", "-1.5e3", ""}), "");
  EXPECT_THAT(attribute("n", {"Number", "many", ""}), HasSubstr("Could not cast"));
  EXPECT_THAT(attribute(".n", {"String", "x", ""}), HasSubstr("starting with character '.'"));
  EXPECT_THAT(attribute("a..b", {"String", "x", ""}), HasSubstr("successive '.'"));
  EXPECT_THAT(attribute("a b", {"String", "x", ""}), HasSubstr("character '#x20'"));
  EXPECT_THAT(attribute("n", {"Binary", "x", ""}), HasSubstr("must use field 'Binary'"));
  EXPECT_THAT(attribute("n", {"String", "", ""}), HasSubstr("must contain non-empty"));
}

}  // namespace
}  // namespace doorbuster::engine
