#include "functions/send_notification.h"

#include <gmock/gmock.h>

#include "functions/calling.h"
#include "functions/fake_cloud.h"

namespace doorbuster::functions {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;

class SendNotificationTest : public testing::Test {
 protected:
  const cloud::PublishRequest& notify(const char* event) {
    const json::value answer = answer_of(function_, json::parse(event));
    EXPECT_EQ(answer.at("messageId").as_string(), "m" + std::to_string(sns_.publications.size()));
    return sns_.publications.back();
  }

  FakeSns sns_;
  SendNotification function_{sns_, "arn:topic"};
};

TEST_F(SendNotificationTest, TellsPeopleAndFilters) {
  const auto& sent =
      notify(R"({"outcome":"OrderCompleted","orderId":"o-1","amount":19.5,"transactionId":"TXN-1",)"
             R"("order":{"customerName":"Ada","product":"LANTERN","email":"ada@example.com"}})");
  EXPECT_EQ(sent.TopicArn, "arn:topic");
  EXPECT_EQ(sent.Subject, "Order o-1 is paid and on its way");
  EXPECT_EQ(sent.Message,
            "Order o-1 is paid and on its way.\n\n"
            "Customer: Ada\nProduct: LANTERN\nAmount: 19.50\nTransaction: TXN-1\n");
  const cloud::MessageAttributeMap expected{{"outcome", {"String", "OrderCompleted", ""}},
                                            {"orderId", {"String", "o-1", ""}},
                                            {"amount", {"Number", "19.50", ""}},
                                            {"email", {"String", "ada@example.com", ""}}};
  EXPECT_EQ(sent.MessageAttributes, expected);
}

TEST_F(SendNotificationTest, TellsEachOutcome) {
  EXPECT_EQ(notify(R"({"outcome":"PaymentDeclined","orderId":"1"})").Subject,
            "The payment of order 1 was declined");
  EXPECT_EQ(notify(R"({"outcome":"PaymentFailed","orderId":"1"})").Subject,
            "The payment of order 1 has failed");
  EXPECT_EQ(notify(R"({"outcome":"OrderInvalid","orderId":"1"})").Subject,
            "Order 1 can't be taken");
}

TEST_F(SendNotificationTest, HasSubjectsThatSnsTakes) {
  constexpr std::size_t kSubjectMax = 100;
  for (const char* outcome :
       {"OrderCompleted", "PaymentDeclined", "PaymentFailed", "OrderInvalid"}) {
    const json::value event{{"outcome", outcome}, {"orderId", std::string(64, 'x')}};
    const std::string subject = notify(json::serialize(event).c_str()).Subject;
    EXPECT_THAT(subject, HasSubstr(std::string(64, 'x')));
    EXPECT_LE(subject.size(), kSubjectMax) << subject;
  }
}

// What an order says of itself is not to be trusted where SNS and mail have rules.
TEST_F(SendNotificationTest, KeepsWhatIsNoIdOutOfTheSubject) {
  const auto& sent = notify(R"({"outcome":"OrderInvalid","orderId":"a\r\nBcc: all","amount":null,)"
                            R"("reason":"it\nhas a line"})");
  EXPECT_EQ(sent.Subject, "An order can't be taken");
  EXPECT_THAT(sent.Message, HasSubstr("Reason: it has a line\n"));
  EXPECT_THAT(sent.Message, Not(HasSubstr("Bcc")));
  EXPECT_EQ(sent.MessageAttributes.size(), 1U);
}

TEST_F(SendNotificationTest, RefusesAnotherOutcome) {
  for (const char* event : {"null", "{}", R"({"outcome":"Lost"})"}) {
    EXPECT_THROW(answer_of(function_, json::parse(event)), cloud::Error) << event;
  }
  EXPECT_TRUE(sns_.publications.empty());
}

}  // namespace
}  // namespace doorbuster::functions
