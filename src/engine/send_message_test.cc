// What a message may be, what comes back with it, and batches.
#include "engine/queue_driver.h"

namespace doorbuster::engine {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

cloud::MessageAttributeMap number(const std::string& name, const std::string& value,
                                  const std::string& type = "Number") {
  return {{name, {type, value, ""}}};
}

cloud::MessageAttributeMap number_of(const std::string& value) {
  return number("a", value);
}

// The digests are those that the tests of moto record as AWS's.
TEST(SendMessageTest, AttributesAreDigestedAsOnAws) {
  TestBed bed;
  QueueDriver queue(bed, "Q");
  const auto digest = [&](cloud::MessageAttributeMap attributes) {
    auto message = queue.message("derp");
    message.MessageAttributes = std::move(attributes);
    const auto sent = queue.send(message);
    EXPECT_EQ(sent.MD5OfMessageBody, "58fd9edd83341c29f1aebba81c31e257");
    const auto received = queue.receive().at(0);
    EXPECT_EQ(received.MD5OfBody, sent.MD5OfMessageBody);
    EXPECT_EQ(received.MD5OfMessageAttributes, sent.MD5OfMessageAttributes);
    EXPECT_EQ(received.MessageAttributes, message.MessageAttributes);
    return sent.MD5OfMessageAttributes;
  };
  EXPECT_EQ(digest({}), "");
  EXPECT_EQ(digest(number("timestamp", "1493147359900")), "235c5c510d26fb653d073faed50ae77c");
  EXPECT_EQ(digest(number("timestamp", "1493147359901")), "994258b45346a2cc3f9cbb611aa7af30");
  EXPECT_EQ(digest(number("timestamp", "1493147359900", "Number.java.lang.Long")),
            "2e2e4876d8e0bd6b8c2c8f556831c349");
  EXPECT_EQ(digest({{"ccc", {"String", "testjunk", ""}},
                    {"aaa", {"Binary", "", "\x02\x03\x04"}},
                    {"zzz", {"Number", "0230.01", ""}},
                    {"other_encodings", {"String", "Tüst", ""}}}),
            "473a7e900f55d277f1974a1657b70288");
}

TEST(SendMessageTest, AReceiverGetsTheAttributesItAsksFor) {
  TestBed bed;
  QueueDriver queue(bed, "Q", {{"VisibilityTimeout", "0"}});
  auto message = queue.message("x");
  for (const char* name : {"a.one", "a.two", "b"}) {
    message.MessageAttributes[name] = {"String", "v", ""};
  }
  message.MessageSystemAttributes["AWSTraceHeader"] = {"String", "Root=1-2-3", ""};
  const auto sent = queue.send(message);
  EXPECT_NE(sent.MD5OfMessageSystemAttributes, "");
  const auto names = [&](std::vector<std::string> asked) {
    auto order = queue.order();
    order.MessageAttributeNames = std::move(asked);
    std::vector<std::string> got;
    const auto received = queue.receive(order).at(0);
    for (const auto& [name, value] : received.MessageAttributes) {
      got.push_back(name);
    }
    return got;
  };
  EXPECT_THAT(names({}), IsEmpty());
  EXPECT_THAT(names({"b", "none"}), ElementsAre("b"));
  EXPECT_THAT(names({"a.*"}), ElementsAre("a.one", "a.two"));
  EXPECT_THAT(names({"All"}), SizeIs(3));
  EXPECT_THAT(names({".*"}), SizeIs(3));

  auto order = queue.order();
  order.MessageSystemAttributeNames = {"AWSTraceHeader"};
  EXPECT_THAT(queue.receive(order).at(0).Attributes,
              ElementsAre(testing::Pair("AWSTraceHeader", "Root=1-2-3")));
  order.MessageSystemAttributeNames = {};
  EXPECT_THAT(queue.receive(order).at(0).Attributes, IsEmpty());
  order.AttributeNames = {"AWSTraceHeader"};
  EXPECT_THAT(queue.receive(order).at(0).Attributes, SizeIs(1)) << "its older name";
}

TEST(SendMessageTest, AttributesSurviveARestart) {
  TestBed bed;
  QueueDriver queue(bed, "Q");
  auto message = queue.message("x");
  message.MessageAttributes = {{"n", {"Number", "1", ""}},
                               {"b", {"Binary", "", std::string("\0\xff", 2)}}};
  queue.send(message);
  bed.reopen();
  EXPECT_EQ(queue.receive().at(0).MessageAttributes, message.MessageAttributes);
}

TEST(SendMessageTest, BodiesHaveASizeAndACharacterSet) {
  TestBed bed;
  QueueDriver queue(bed, "Q");
  const auto error = [&](std::string body) {
    return queue.error_of_send(queue.message(std::move(body)));
  };
  EXPECT_EQ(error(""), "MissingParameter");
  EXPECT_EQ(error(std::string(1'048'576, 'x')), "");
  EXPECT_EQ(error(std::string(1'048'577, 'x')), "InvalidParameterValue");
  for (const std::string& bad :
       {std::string("\0", 1), std::string("\x0b"), std::string("\x1f"), std::string("\xff"),
        std::string("\xed\xa0\x80"), std::string("\xef\xbf\xbe"), std::string("\xe2\x82"),
        std::string("\xc0\xaf"), std::string("\xf4\x90\x80\x80")}) {
    EXPECT_EQ(error("ok" + bad), "InvalidMessageContents") << testing::PrintToString(bad);
  }
  EXPECT_EQ(error("\t\n\r \x7f € 😀 \xed\x9f\xbf \xee\x80\x80 \xef\xbf\xbd"), "");
}

TEST(SendMessageTest, AttributesCountTowardsTheSize) {
  TestBed bed;
  QueueDriver queue(bed, "Q", {{"MaximumMessageSize", "1024"}});
  auto message = queue.message(std::string(1'024 - 8, 'x'));
  message.MessageAttributes["a"] = {"String", "b", ""};
  EXPECT_EQ(queue.error_of_send(message), "");
  message.MessageAttributes["a"] = {"String", "bb", ""};
  EXPECT_EQ(queue.error_of_send(message), "InvalidParameterValue");
}

TEST(SendMessageTest, BadAttributesAreRefused) {
  TestBed bed;
  QueueDriver queue(bed, "Q");
  const auto error = [&](cloud::MessageAttributeMap attributes) {
    auto message = queue.message("x");
    message.MessageAttributes = std::move(attributes);
    return queue.error_of_send(message);
  };
  EXPECT_EQ(error({{"a", {"Text", "v", ""}}}), "InvalidParameterValue");
  EXPECT_EQ(error({{"a", {"", "v", ""}}}), "InvalidParameterValue");
  EXPECT_EQ(error({{"a", {"String", "", ""}}}), "InvalidParameterValue");
  EXPECT_EQ(error({{"a", {"Binary", "v", ""}}}), "InvalidParameterValue");
  EXPECT_EQ(error({{"a", {"String", "\x01", ""}}}), "InvalidParameterValue");
  for (const std::string& name :
       {std::string(), std::string(257, 'a'), std::string("with space"), std::string("öther"),
        std::string(".a"), std::string("a."), std::string("a..b"), std::string("AWS.a"),
        std::string("amazon.a")}) {
    EXPECT_EQ(error({{name, {"String", "v", ""}}}), "InvalidParameterValue") << name;
  }
  EXPECT_EQ(error({{std::string(256, 'a'), {"String", "v", ""}}}), "");
  EXPECT_EQ(error({{"a-b_c.D1", {"String.json", "v", ""}}}), "");
  for (const std::string& type : {std::string("String."), "String." + std::string(250, 't')}) {
    EXPECT_EQ(error({{"a", {type, "v", ""}}}), "InvalidParameterValue") << type;
  }
  for (const char* number : {"one", "1x", " 1", "0x10"}) {
    EXPECT_EQ(error(number_of(number)), "InvalidParameterValue") << number;
  }
  for (const char* number : {"1", "-0.5", "1e10", "00012.50"}) {
    EXPECT_EQ(error(number_of(number)), "") << number;
  }
  cloud::MessageAttributeMap eleven;
  for (char c = 'a'; c < 'k'; ++c) eleven[{c}] = {"String", "v", ""};
  EXPECT_EQ(error(eleven), "");
  eleven["k"] = {"String", "v", ""};
  EXPECT_EQ(error(eleven), "InvalidParameterValue");
}

TEST(SendMessageTest, ATraceHeaderIsText) {
  TestBed bed;
  QueueDriver queue(bed, "Q");
  const auto error = [&](const std::string& header) {
    auto message = queue.message("x");
    message.MessageSystemAttributes["AWSTraceHeader"] = {"String", header, ""};
    return queue.error_of_send(message);
  };
  EXPECT_EQ(error("Root=1-5759e988-bd862e3fe1be46a994272793"), "");
  for (const char* header : {"", "\x01", "\xff"}) {
    EXPECT_EQ(error(header), "InvalidParameterValue") << testing::PrintToString(header);
  }
}

TEST(SendMessageTest, DelaysHaveLimits) {
  TestBed bed;
  QueueDriver queue(bed, "Q");
  auto message = queue.message("x");
  for (const int delay_s : {-1, 901}) {
    message.DelaySeconds = delay_s;
    EXPECT_EQ(queue.error_of_send(message), "InvalidParameterValue");
  }
  message.DelaySeconds = 900;
  EXPECT_EQ(queue.error_of_send(message), "");
}

class BatchTest : public testing::Test {
 protected:
  cloud::SendMessageBatchRequest batch(const std::vector<std::string>& ids,
                                       const std::string& body = "x") {
    cloud::SendMessageBatchRequest request{queue.url(), {}};
    for (const auto& id : ids) {
      cloud::SendMessageBatchRequestEntry entry;
      entry.Id = id;
      entry.MessageBody = body;
      request.Entries.push_back(entry);
    }
    return request;
  }
  std::string error(const cloud::SendMessageBatchRequest& request) {
    return bed.error_of(bed.sqs().SendMessageBatch(request));
  }

  TestBed bed;
  QueueDriver queue{bed, "Q"};
};

TEST_F(BatchTest, EntriesFailAlone) {
  auto request = batch({"good", "empty", "bad", "delay", "late"});
  request.Entries[1].MessageBody = "";
  request.Entries[2].MessageBody = "\x01";
  request.Entries[3].DelaySeconds = 901;
  request.Entries[4].DelaySeconds = 5;
  const auto result = bed.run(bed.sqs().SendMessageBatch(request));
  ASSERT_THAT(result.Successful, SizeIs(2));
  EXPECT_EQ(result.Successful[0].Id, "good");
  EXPECT_EQ(result.Successful[0].MD5OfMessageBody, "9dd4e461268c8034f5c8564e155c67a6");
  EXPECT_EQ(result.Successful[1].Id, "late");
  ASSERT_THAT(result.Failed, SizeIs(3));
  const char* codes[] = {"MissingParameter", "InvalidMessageContents", "InvalidParameterValue"};
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(result.Failed[i].Id, request.Entries[i + 1].Id);
    EXPECT_EQ(result.Failed[i].Code, codes[i]);
    EXPECT_TRUE(result.Failed[i].SenderFault);
    EXPECT_NE(result.Failed[i].Message, "");
  }
  EXPECT_EQ(queue.counts(), "1 0 1");
}

TEST_F(BatchTest, ABatchIsRefusedAsAWhole) {
  EXPECT_EQ(error(batch({})), "EmptyBatchRequest");
  EXPECT_EQ(error(batch({"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"})),
            "TooManyEntriesInBatchRequest");
  EXPECT_EQ(error(batch({"a", "b", "a"})), "BatchEntryIdsNotDistinct");
  for (const char* id : {"", "with space", "dot."}) {
    EXPECT_EQ(error(batch({"ok", id})), "InvalidBatchEntryId") << id;
  }
  EXPECT_EQ(error(batch({std::string(81, 'a')})), "InvalidBatchEntryId");
  EXPECT_EQ(error(batch({"1", "2", "3", "4", "5"}, std::string(250'000, 'x'))),
            "BatchRequestTooLong");
  auto request = batch({"a"});
  request.QueueUrl += "none";
  EXPECT_EQ(error(request), "QueueDoesNotExist");
  EXPECT_EQ(queue.counts(), "0 0 0");
}

TEST_F(BatchTest, DeletesAndVisibilityChangesFailAlone) {
  bed.run(bed.sqs().SendMessageBatch(batch({"1", "2", "3"})));
  const auto messages = queue.receive(10);
  ASSERT_THAT(messages, SizeIs(3));

  cloud::ChangeMessageVisibilityBatchRequest change{queue.url(), {}};
  change.Entries = {{"ok", messages[0].ReceiptHandle, 0},
                    {"nonsense", "nonsense", 0},
                    {"long", messages[1].ReceiptHandle, 43'201}};
  const auto changed = bed.run(bed.sqs().ChangeMessageVisibilityBatch(change));
  ASSERT_THAT(changed.Successful, SizeIs(1));
  EXPECT_EQ(changed.Successful[0].Id, "ok");
  ASSERT_THAT(changed.Failed, SizeIs(2));
  EXPECT_EQ(changed.Failed[0].Code, "ReceiptHandleIsInvalid");
  EXPECT_EQ(changed.Failed[1].Code, "InvalidParameterValue");
  EXPECT_EQ(queue.counts(), "1 2 0");

  cloud::DeleteMessageBatchRequest remove{queue.url(), {}};
  remove.Entries = {{"ok", messages[1].ReceiptHandle}, {"nonsense", "nonsense"}};
  const auto removed = bed.run(bed.sqs().DeleteMessageBatch(remove));
  ASSERT_THAT(removed.Successful, SizeIs(1));
  EXPECT_EQ(removed.Successful[0].Id, "ok");
  ASSERT_THAT(removed.Failed, SizeIs(1));
  EXPECT_EQ(removed.Failed[0].Code, "ReceiptHandleIsInvalid");
  EXPECT_EQ(queue.counts(), "1 1 0");

  change.Entries.clear();
  remove.Entries.clear();
  EXPECT_EQ(bed.error_of(bed.sqs().ChangeMessageVisibilityBatch(change)), "EmptyBatchRequest");
  EXPECT_EQ(bed.error_of(bed.sqs().DeleteMessageBatch(remove)), "EmptyBatchRequest");
  remove.Entries = {{"a", "x"}, {"a", "y"}};
  EXPECT_EQ(bed.error_of(bed.sqs().DeleteMessageBatch(remove)), "BatchEntryIdsNotDistinct");
}

}  // namespace
}  // namespace doorbuster::engine
