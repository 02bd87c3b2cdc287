#include "engine/postman.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/json.hpp>
#include <deque>

#include "engine/sns_driver.h"

namespace doorbuster::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kUrl = "http://example.com/hook";

class PostmanTest : public SnsTest {
 protected:
  PostmanTest() { start(); }

  void start() {
    auto post = [this](HttpPostRequest request) -> cloud::Async<int> {
      posts.push_back(std::move(request));
      const int status = answers.empty() ? 200 : answers.front();
      if (!answers.empty()) answers.pop_front();
      if (status == 0) throw std::runtime_error("connection refused");
      co_return status;
    };
    deliveries.emplace(bed.engine(), std::move(post), mail_server(), bed.executor());
    bed.settle();
  }
  SendMail mail_server() {
    if (!mails) return nullptr;
    return [this](Mail mail) -> cloud::Async<int> {
      inbox.push_back(std::move(mail));
      const int reply = replies.empty() ? 250 : replies.front();
      if (!replies.empty()) replies.pop_front();
      co_return reply;
    };
  }
  void restart() {
    bed.reopen();
    start();
  }

  std::string subscribe_url(cloud::AttributeMap attributes = {}) {
    return subscribe(topic, "http", kUrl, std::move(attributes));
  }
  // Subscribes and confirms, and forgets the post that asked for it.
  std::string subscribe_confirmed(cloud::AttributeMap attributes = {}) {
    const auto arn = subscribe_url(std::move(attributes));
    confirm(field(posts.at(0), "Token"));
    posts.clear();
    return arn;
  }
  std::string confirm(const std::string& token) {
    return message_of(bed.sns().ConfirmSubscription({topic, token, ""}));
  }

  static std::string field(const HttpPostRequest& post, const char* name) {
    const auto json = boost::json::parse(post.body);
    return std::string(json.at(name).as_string());
  }
  static std::string header(const HttpPostRequest& post, const std::string& name) {
    for (const auto& [known, value] : post.headers) {
      if (known == name) return value;
    }
    return "";
  }
  static std::string redrive_to(const QueueDriver& dead) {
    return R"({"deadLetterTargetArn":")" + dead.arn() + R"("})";
  }

  std::vector<HttpPostRequest> posts;
  std::vector<Mail> inbox;
  std::deque<int> replies;  // 250 once they are used up
  bool mails = false;
  std::deque<int> answers;  // 200 once they are used up; 0 is none at all
  std::optional<Postman> deliveries;
};

bool verifies(const std::string& certificate, const std::string& text, const std::string& signature,
              const EVP_MD* digest) {
  std::string raw(signature.size(), '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(raw.data()),
                                   reinterpret_cast<const unsigned char*>(signature.data()),
                                   static_cast<int>(signature.size()));
  BIO* in = BIO_new_mem_buf(certificate.data(), static_cast<int>(certificate.size()));
  X509* x509 = PEM_read_bio_X509(in, nullptr, nullptr, nullptr);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_PKEY* key = X509_get0_pubkey(x509);
  const bool ok =
      size > 256 && EVP_DigestVerifyInit(context, nullptr, digest, nullptr, key) == 1 &&
      EVP_DigestVerify(context, reinterpret_cast<const unsigned char*>(raw.data()), 256,
                       reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
  EVP_MD_CTX_free(context);
  X509_free(x509);
  BIO_free(in);
  return ok;
}

TEST_F(PostmanTest, AnEndpointGetsNothingUntilItHasConfirmed) {
  const auto result = bed.run(bed.sns().Subscribe({topic, "http", kUrl, {}, false}));
  EXPECT_EQ(result.SubscriptionArn, "pending confirmation");
  const auto listed = bed.run(bed.sns().ListSubscriptions({""})).Subscriptions;
  EXPECT_EQ(listed.at(0).SubscriptionArn, "PendingConfirmation");
  publish(message(topic, "too early"));
  ASSERT_THAT(posts, SizeIs(1));
  EXPECT_EQ(posts[0].url, kUrl);
  EXPECT_EQ(header(posts[0], "x-amz-sns-message-type"), "SubscriptionConfirmation");
  EXPECT_EQ(header(posts[0], "x-amz-sns-message-id"), field(posts[0], "MessageId"));
  EXPECT_THAT(field(posts[0], "SubscribeURL"), HasSubstr("Action=ConfirmSubscription&TopicArn="));

  EXPECT_EQ(confirm("guess"), "InvalidParameter: Invalid parameter: Token");
  EXPECT_EQ(confirm(field(posts[0], "Token")), "");
  EXPECT_EQ(confirm(field(posts[0], "Token")), "") << "twice is once";
  publish(message(topic, "in time"));
  ASSERT_THAT(posts, SizeIs(2));
  EXPECT_EQ(field(posts[1], "Message"), "in time");
  EXPECT_EQ(header(posts[1], "Content-Type"), "text/plain; charset=UTF-8");
  EXPECT_EQ(header(posts[1], "x-amz-sns-topic-arn"), topic);
  EXPECT_THAT(header(posts[1], "x-amz-sns-subscription-arn"), HasSubstr(topic + ':'));
  EXPECT_EQ(header(posts[1], "x-amz-sns-rawdelivery"), "");
}

TEST_F(PostmanTest, ATokenHoldsForThreeDays) {
  subscribe_url();
  bed.advance(std::chrono::hours(72));
  EXPECT_EQ(confirm(field(posts[0], "Token")), "InvalidParameter: Invalid parameter: Token");
  subscribe_url();  // asks again
  ASSERT_THAT(posts, SizeIs(2));
  EXPECT_EQ(confirm(field(posts[1], "Token")), "");
}

TEST_F(PostmanTest, WhoeverGotAMessageMayUnsubscribeUnlessItWasForbidden) {
  const auto arn = subscribe_confirmed();
  EXPECT_EQ(bed.error_of(as(caller("111111111111"))->Unsubscribe({arn})), "AuthorizationError");
  EXPECT_EQ(bed.error_of(as(anonymous())->Unsubscribe({arn})), "");
  subscribe_url();
  bed.run(bed.sns().ConfirmSubscription({topic, field(posts.at(0), "Token"), "true"}));
  const auto again = bed.run(bed.sns().ListSubscriptions({""})).Subscriptions.at(0).SubscriptionArn;
  EXPECT_EQ(bed.error_of(as(anonymous())->Unsubscribe({again})), "AuthorizationError");
  EXPECT_EQ(bed.error_of(bed.sns().Unsubscribe({again})), "");
}

TEST_F(PostmanTest, MessagesAreSigned) {
  subscribe_confirmed();
  auto request = message(topic, "hello");
  request.Subject = "greeting";
  for (const char* version : {"1", "2"}) {
    bed.run(bed.sns().SetTopicAttributes({topic, "SignatureVersion", version}));
    publish(request);
    const auto& post = posts.back();
    EXPECT_EQ(field(post, "SignatureVersion"), version);
    EXPECT_THAT(field(post, "SigningCertURL"), HasSubstr(std::string(kCertificatePath)));
    std::string text;
    for (const char* name : {"Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"}) {
      text += name + ("\n" + field(post, name)) + "\n";
    }
    const auto certificate = bed.run(signing_certificate(bed.engine()));
    const auto* digest = *version == '1' ? EVP_sha1() : EVP_sha256();
    EXPECT_TRUE(verifies(certificate, text, field(post, "Signature"), digest));
    EXPECT_FALSE(verifies(certificate, text + "x", field(post, "Signature"), digest));
  }
}

TEST_F(PostmanTest, TheKeyIsMadeOnce) {
  EXPECT_EQ(bed.error_of(signing_certificate(bed.engine())), "NotFound");
  subscribe_url();
  const auto certificate = bed.run(signing_certificate(bed.engine()));
  restart();
  subscribe(topic, "https", "https://example.com/");
  EXPECT_EQ(bed.run(signing_certificate(bed.engine())), certificate);
}

TEST_F(PostmanTest, RawDeliveryPostsTheMessageItself) {
  subscribe_confirmed(
      {{"RawMessageDelivery", "true"},
       {"DeliveryPolicy", R"({"requestPolicy":{"headerContentType":"application/json"}})"}});
  auto request = message(topic, R"({"default":"all","http":"{\"a\":1}","sqs":"queues"})");
  request.MessageStructure = "json";
  publish(request);
  ASSERT_THAT(posts, SizeIs(1));
  EXPECT_EQ(posts[0].body, R"({"a":1})");
  EXPECT_EQ(header(posts[0], "x-amz-sns-rawdelivery"), "true");
  EXPECT_EQ(header(posts[0], "Content-Type"), "application/json");
}

TEST_F(PostmanTest, AFailureIsTriedThreeTimesMoreTwentySecondsApart) {
  subscribe_confirmed();
  answers = {500, 0, 429, 500, 500};
  publish(message(topic, "x"));
  EXPECT_THAT(posts, SizeIs(1));
  bed.advance(seconds(19));
  EXPECT_THAT(posts, SizeIs(1));
  bed.advance(seconds(1));
  EXPECT_THAT(posts, SizeIs(2));
  bed.advance(seconds(40));
  EXPECT_THAT(posts, SizeIs(4));
  EXPECT_EQ(posts[0].body, posts[3].body);
  bed.advance(minutes(60));
  EXPECT_THAT(posts, SizeIs(4));
  EXPECT_THAT(bed.log(), ElementsAre(HasSubstr("the endpoint answered with status 500")));
}

TEST_F(PostmanTest, ThePolicySaysWhen) {
  subscribe_confirmed(
      {{"DeliveryPolicy",
        R"({"healthyRetryPolicy":{"numRetries":7,"numNoDelayRetries":1,"numMinDelayRetries":1,)"
        R"("numMaxDelayRetries":1,"minDelayTarget":1,"maxDelayTarget":8,)"
        R"("backoffFunction":"geometric"}})"}});
  answers.assign(8, 503);
  publish(message(topic, "x"));
  EXPECT_THAT(posts, SizeIs(2)) << "once more at once";
  std::size_t seen = 2;
  for (const int delay_s : {1, 1, 2, 4, 8, 8}) {
    bed.advance(milliseconds(delay_s * 1000 - 1));
    EXPECT_THAT(posts, SizeIs(seen)) << delay_s;
    bed.advance(milliseconds(1));
    EXPECT_THAT(posts, SizeIs(++seen)) << delay_s;
  }
  bed.advance(minutes(10));
  EXPECT_THAT(posts, SizeIs(seen));
}

TEST_F(PostmanTest, WhatTheEndpointRefusesIsNotTriedAgain) {
  QueueDriver dead(bed, "Dead");
  allow(dead);
  subscribe_confirmed({{"RedrivePolicy", redrive_to(dead)}});
  answers = {404};
  publish(message(topic, "x"));
  bed.advance(minutes(5));
  EXPECT_THAT(posts, SizeIs(1));
  const auto received = dead.receive();
  ASSERT_THAT(received, SizeIs(1));
  EXPECT_THAT(received[0].Body, HasSubstr(R"("Message":"x")"));
  EXPECT_EQ(received[0].MessageAttributes.at("ErrorCode").StringValue, "404");
  EXPECT_FALSE(received[0].MessageAttributes.contains("Type"));
}

TEST_F(PostmanTest, ARestartGoesOnWhereItWas) {
  subscribe_confirmed();
  answers = {500, 500};
  publish(message(topic, "x"));
  bed.advance(seconds(20));
  EXPECT_THAT(posts, SizeIs(2));
  restart();
  EXPECT_THAT(posts, SizeIs(2)) << "the delay goes on";
  bed.advance(seconds(20));
  EXPECT_THAT(posts, SizeIs(3));
  bed.advance(minutes(5));
  EXPECT_THAT(posts, SizeIs(3)) << "it was taken";

  answers.assign(9, 500);
  posts.clear();
  publish(message(topic, "y"));
  for (int i = 0; i < 5; ++i) {
    restart();
    bed.advance(seconds(20));
  }
  EXPECT_THAT(posts, SizeIs(4)) << "restarts give it no more attempts";
}

TEST_F(PostmanTest, AnAttemptThatARestartCutShortIsNone) {
  subscribe_confirmed(
      {{"DeliveryPolicy", R"({"healthyRetryPolicy":{"numRetries":0,"minDelayTarget":1,)"
                          R"("maxDelayTarget":1}})"}});
  bed.reopen();  // nobody posts
  publish(message(topic, "x"));
  auto never = [this](HttpPostRequest request) -> cloud::Async<int> {
    posts.push_back(std::move(request));
    boost::asio::steady_timer forever(co_await boost::asio::this_coro::executor,
                                      std::chrono::hours(1));
    co_await forever.async_wait(boost::asio::use_awaitable);
    co_return 500;
  };
  deliveries.emplace(bed.engine(), std::move(never), SendMail(), bed.executor());
  bed.settle();
  EXPECT_THAT(posts, SizeIs(1));
  restart();
  EXPECT_THAT(posts, SizeIs(2));
  EXPECT_THAT(bed.log(), IsEmpty());
}

TEST_F(PostmanTest, UnsubscribingEndsIt) {
  const auto arn = subscribe_confirmed();
  answers = {500};
  publish(message(topic, "x"));
  bed.run(bed.sns().Unsubscribe({arn}));
  bed.advance(minutes(5));
  publish(message(topic, "y"));
  EXPECT_THAT(posts, SizeIs(1));
  const auto queues = bed.run(bed.sqs().ListQueues({})).QueueUrls;
  EXPECT_THAT(queues, ElementsAre(queue.url())) << "its queue was never to be seen";
}

// --- Mail -------------------------------------------------------------------------------------

class MailTest : public PostmanTest {
 protected:
  MailTest() {
    mails = true;
    restart();
  }

  // Subscribes and confirms by the link in the mail, which is forgotten.
  std::string subscribe_address(const std::string& protocol = "email") {
    const auto arn = subscribe(topic, protocol, "ada@example.com");
    const std::string& text = inbox.at(0).text;
    constexpr std::string_view kBefore = "&Token=";
    const auto token = text.substr(text.find(kBefore) + kBefore.size());
    EXPECT_EQ(confirm(token.substr(0, token.find_first_of("\n\""))), "");
    inbox.clear();
    return arn;
  }
};

TEST_F(PostmanTest, WithoutAMailServerAddressesAreRefused) {
  EXPECT_THAT(error_of_subscribe(topic, "email", "ada@example.com"),
              HasSubstr("email (here: not without a mail server)"));
}

TEST_F(MailTest, AnAddressIsAskedFirst) {
  subscribe(topic, "email", "ada@example.com");
  publish(message(topic, "too early"));
  ASSERT_THAT(inbox, SizeIs(1));
  EXPECT_EQ(inbox[0].to, "ada@example.com");
  EXPECT_EQ(inbox[0].subject, "AWS Notification - Subscription Confirmation");
  EXPECT_THAT(inbox[0].text, HasSubstr(topic));
}

TEST_F(MailTest, PeopleGetTheTextAndALinkToEndIt) {
  const auto arn = subscribe_address();
  auto published = message(topic, "Order 7 is paid.");
  published.Subject = "Paid";
  publish(published);
  publish(message(topic, "And shipped."));
  ASSERT_THAT(inbox, SizeIs(2));
  EXPECT_EQ(inbox[0].subject, "Paid");
  EXPECT_TRUE(inbox[0].text.starts_with("Order 7 is paid.\n\n--\n")) << inbox[0].text;
  EXPECT_THAT(inbox[0].text, HasSubstr("/?Action=Unsubscribe&SubscriptionArn=" + arn));
  EXPECT_EQ(inbox[1].subject, "AWS Notification Message");
}

TEST_F(MailTest, ProgramsGetTheSignedEnvelope) {
  subscribe_address("email-json");
  publish(message(topic, "Order 7 is paid."));
  ASSERT_THAT(inbox, SizeIs(1));
  const auto json = boost::json::parse(inbox[0].text);
  EXPECT_EQ(json.at("Message"), "Order 7 is paid.");
  EXPECT_EQ(json.at("SignatureVersion"), "1");
}

TEST_F(MailTest, WhatTheServerCanNotTakeNowComesAgainAndWhatItRefusesDoesNot) {
  subscribe_address();
  replies = {451, 250, 550};
  publish(message(topic, "later"));
  EXPECT_THAT(inbox, SizeIs(1));
  bed.advance(std::chrono::seconds(10));
  EXPECT_THAT(inbox, SizeIs(2));
  publish(message(topic, "never"));
  bed.advance(std::chrono::hours(7));
  EXPECT_THAT(inbox, SizeIs(3));
}

TEST_F(MailTest, TakesNoAddressThatNoServerWould) {
  for (const char* address :
       {"", "ada", "@example.com", "ada@", "a@b@c", "ada@example.com\r\nBcc: x",
        "ada <ada@example.com>", "ad a@example.com"}) {
    EXPECT_EQ(error_of_subscribe(topic, "email", address),
              "InvalidParameter: Invalid parameter: Email address")
        << address;
  }
  EXPECT_THAT(error_of_subscribe(topic, "email", "a@b.c", {{"RawMessageDelivery", "true"}}),
              HasSubstr("Delivery protocol [email] does not support raw message delivery."));
}

}  // namespace
}  // namespace doorbuster::engine
