// Who may do what to a queue.
#include "engine/queue_access.h"

#include "engine/queue_driver.h"

namespace doorbuster::engine {
namespace {

using testing::HasSubstr;

constexpr const char* kTheirs = "111122223333";

class QueueAccessTest : public testing::Test {
 protected:
  std::string set_policy(const std::string& effect, const std::string& principal,
                         const std::string& action) {
    return queue.set("Policy", R"({"Statement":{"Effect":")" + effect + R"(","Principal":)" +
                                   principal + R"(,"Action":")" + action + R"(","Resource":"*"}})");
  }
  // The message of the error that sending causes.
  std::string refusal(cloud::Sqs& sqs) {
    try {
      bed.run(sqs.SendMessage(queue.message("x")));
      return "";
    } catch (const cloud::Error& e) {
      EXPECT_EQ(e.code(), "AccessDenied");
      EXPECT_EQ(e.status(), 403);
      return e.message();
    }
  }
  std::string add(const std::string& label, std::vector<std::string> accounts,
                  std::vector<std::string> actions) {
    return bed.error_of(
        bed.sqs().AddPermission({queue.url(), label, std::move(accounts), std::move(actions)}));
  }
  std::unique_ptr<cloud::Sqs> as(cloud::Caller caller) {
    return make_sqs(bed.engine(), std::move(caller));
  }
  static cloud::Caller stranger() {
    return {{kTheirs, "us-east-1"}, "arn:aws:iam::111122223333:user/ann"};
  }

  TestBed bed;
  QueueDriver queue{bed, "Q"};
};

TEST_F(QueueAccessTest, WithoutAPolicyTheOwnersAccountMayDoAllAndNobodyElseAnything) {
  const auto user = as({{}, "arn:aws:iam::000000000000:user/bob"});
  EXPECT_EQ(refusal(*user), "");
  EXPECT_EQ(refusal(*as(stranger())),
            "User: arn:aws:iam::111122223333:user/ann is not authorized to perform: "
            "sqs:sendmessage on resource: arn:aws:sqs:us-east-1:000000000000:Q because no "
            "resource-based policy allows the sqs:sendmessage action");
  cloud::Caller anonymous;
  anonymous.anonymous = true;
  EXPECT_THAT(refusal(*as(anonymous)), HasSubstr("anonymous"));
  EXPECT_EQ(bed.error_of(as(anonymous)->CreateQueue({"P", {}})), "AccessDenied");
  EXPECT_EQ(bed.error_of(as(anonymous)->ListQueues({})), "AccessDenied");
  cloud::Caller elsewhere;
  elsewhere.scope.region = "eu-west-1";
  EXPECT_EQ(bed.error_of(as(elsewhere)->SendMessage(queue.message("x"))), "QueueDoesNotExist");
}

TEST_F(QueueAccessTest, APolicyLetsAnotherAccountIn) {
  const auto theirs = as(stranger());
  EXPECT_EQ(bed.error_of(theirs->GetQueueUrl({"Q", "000000000000"})), "AccessDenied");
  EXPECT_EQ(bed.error_of(theirs->GetQueueUrl({"Q"})), "QueueDoesNotExist");
  EXPECT_EQ(set_policy("Allow", R"({"AWS":"111122223333"})", "sqs:*"), "");
  EXPECT_EQ(bed.run(theirs->GetQueueUrl({"Q", "000000000000"})).QueueUrl, queue.url());
  EXPECT_EQ(refusal(*theirs), "");
  const auto received = bed.run(theirs->ReceiveMessage(queue.order())).Messages.at(0);
  EXPECT_EQ(bed.error_of(theirs->ChangeMessageVisibility({queue.url(), received.ReceiptHandle, 9})),
            "");
  EXPECT_EQ(bed.error_of(theirs->DeleteMessage({queue.url(), received.ReceiptHandle})), "");
  EXPECT_EQ(bed.error_of(theirs->PurgeQueue({queue.url()})), "");
  // What stays the owner's, whatever the policy says.
  EXPECT_EQ(bed.error_of(theirs->DeleteQueue({queue.url()})), "AccessDenied");
  EXPECT_EQ(bed.error_of(theirs->SetQueueAttributes({queue.url(), {{"DelaySeconds", "1"}}})),
            "AccessDenied");
  EXPECT_EQ(bed.error_of(theirs->TagQueue({queue.url(), {{"a", "b"}}})), "AccessDenied");
  EXPECT_EQ(bed.error_of(theirs->StartMessageMoveTask({queue.arn(), ""})), "AccessDenied");
  EXPECT_EQ(bed.error_of(as({{"444455556666", "us-east-1"}})->SendMessage(queue.message("x"))),
            "AccessDenied");
}

TEST_F(QueueAccessTest, ABatchAsksForTheSingleAction) {
  const auto theirs = as(stranger());
  cloud::SendMessageBatchRequest batch{queue.url(), {{}}};
  batch.Entries[0].Id = "1";
  batch.Entries[0].MessageBody = "x";
  EXPECT_EQ(bed.error_of(theirs->SendMessageBatch(batch)), "AccessDenied");
  EXPECT_EQ(set_policy("Allow", "\"*\"", "sqs:SendMessage"), "");
  EXPECT_EQ(bed.error_of(theirs->SendMessageBatch(batch)), "");
  EXPECT_EQ(bed.error_of(theirs->ReceiveMessage(queue.order())), "AccessDenied");
}

TEST_F(QueueAccessTest, ADenialBindsTheOwnerToo) {
  EXPECT_EQ(set_policy("Deny", "\"*\"", "sqs:SendMessage"), "");
  EXPECT_EQ(refusal(bed.sqs()),
            "User: arn:aws:iam::000000000000:root is not authorized to perform: sqs:sendmessage on "
            "resource: arn:aws:sqs:us-east-1:000000000000:Q with an explicit deny in a "
            "resource-based policy");
  EXPECT_EQ(queue.counts(), "0 0 0");
}

TEST_F(QueueAccessTest, PermissionsAreStatementsOfThePolicy) {
  const auto theirs = as(stranger());
  EXPECT_EQ(add("share", {kTheirs}, {"SendMessage", "ReceiveMessage"}), "");
  EXPECT_THAT(queue.get("Policy"), HasSubstr(R"("Sid":"share")"));
  EXPECT_THAT(queue.get("Policy"), HasSubstr(R"("SQS:SendMessage")"));
  EXPECT_THAT(queue.get("Policy"), HasSubstr(queue.arn() + "/SQSDefaultPolicy"));
  EXPECT_EQ(refusal(*theirs), "");
  EXPECT_EQ(add("share", {kTheirs}, {"SendMessage"}), "InvalidParameterValue")
      << "the label is taken";
  EXPECT_EQ(add("more", {kTheirs}, {"*"}), "");
  bed.reopen();
  const auto again = as(stranger());
  const auto remove = [&](const char* label) {
    return bed.error_of(bed.sqs().RemovePermission({queue.url(), label}));
  };
  EXPECT_EQ(remove("more"), "");
  EXPECT_EQ(remove("more"), "InvalidParameterValue");
  EXPECT_EQ(refusal(*again), "");
  EXPECT_EQ(remove("share"), "");
  EXPECT_THAT(refusal(*again), HasSubstr("no resource-based policy"));
  EXPECT_EQ(queue.get("Policy"), "");
}

TEST_F(QueueAccessTest, PermissionsAreChecked) {
  EXPECT_EQ(add("", {kTheirs}, {"SendMessage"}), "MissingParameter");
  EXPECT_EQ(add("a b", {kTheirs}, {"SendMessage"}), "InvalidParameterValue");
  EXPECT_EQ(add("a", {}, {"SendMessage"}), "MissingParameter");
  EXPECT_EQ(add("a", {"123"}, {"SendMessage"}), "InvalidParameterValue");
  EXPECT_EQ(add("a", {kTheirs}, {}), "MissingParameter");
  EXPECT_EQ(add("a", {kTheirs}, {"DeleteQueue"}), "InvalidParameterValue");
  EXPECT_EQ(add("a", {kTheirs}, std::vector<std::string>(8, "SendMessage")), "OverLimit");
  EXPECT_EQ(queue.get("Policy"), "");
}

}  // namespace
}  // namespace doorbuster::engine
