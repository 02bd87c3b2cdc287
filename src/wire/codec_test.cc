// Every shape of SQS, SNS and IAM, filled by its own description, there and back.
#include <gtest/gtest.h>

#include "cloud/cloud_watch.h"
#include "cloud/iam.h"
#include "cloud/sns.h"
#include "cloud/sqs.h"
#include "cloud/step_functions.h"
#include "wire/common_shapes.h"
#include "wire/json.h"
#include "wire/query.h"
#include "wire/validation.h"
#include "wire/xml.h"

namespace doorbuster::wire {
namespace {

constexpr int depth_max = 9;

void fill(const Shape& shape, void* value, int& number, int depth = 0) {
  ASSERT_LT(depth, depth_max);
  const std::string text = "ä & <b> \"c\" + %41/\n\t\r'" + std::to_string(++number);
  switch (shape.kind) {
    case Kind::structure:
      for (const Field& field : shape.fields) {
        fill(*field.shape, field.of(value), number, depth + 1);
      }
      return;
    case Kind::list:
      for (int i = 0; i < 11; ++i) fill(*shape.element, shape.append(value), number, depth + 1);
      return;
    case Kind::map:
      fill(*shape.element, shape.insert(value, "Key" + text), number, depth + 1);
      fill(*shape.element, shape.insert(value, "Other" + text), number, depth + 1);
      return;
    case Kind::optional:
      fill(*shape.element, shape.emplace(value), number, depth + 1);
      return;
    case Kind::string:
    case Kind::key:
    case Kind::escaped_text:
      as_string(value) = text;
      return;
    case Kind::blob:
      as_string(value) = std::string("\0\xff\x10", 3) + text;
      return;
    case Kind::integer:
      shape.from_int(value, number);
      return;
    case Kind::number:
      as_number(value) = number + 0.1;
      return;
    case Kind::boolean:
      as_bool(value) = true;
      return;
    case Kind::timestamp:
    case Kind::timestamp_ms:
      as_time(value) = cloud::Time(std::chrono::milliseconds(1'800'000'000'123 + number));
      return;
    case Kind::converted:
    case Kind::body:
    case Kind::document:
      FAIL();
  }
}

std::string json(const Shape& shape, const void* value) {
  std::string out;
  write_json(shape, value, out);
  return out;
}

template <class T>
void round_trip() {
  const Shape& shape = Reflect<T>::shape;
  T value;
  int number = 0;
  fill(shape, &value, number);
  const std::string expected = json(shape, &value);

  T from_json;
  read_json(shape, expected, &from_json, validation_wording);
  EXPECT_EQ(json(shape, &from_json), expected);

  std::string xml;
  write_xml(shape, &value, xml);
  T from_xml;
  const std::string_view path[] = {"Root", "Inner"};
  read_xml(shape, "<a:Root xmlns='x'><Other/><Inner>" + xml + "</Inner></a:Root>", path, &from_xml,
           validation_wording);
  EXPECT_EQ(json(shape, &from_xml), expected);
}

// The same, for what requests hold: IAM's policies go another way in answers.
template <class T>
void query_round_trip() {
  const Shape& shape = Reflect<T>::shape;
  T value;
  int number = 0;
  fill(shape, &value, number);
  std::string query;
  write_query(shape, &value, query);
  T from_query;
  read_query(shape, Form("", query, validation_wording), &from_query, validation_wording);
  EXPECT_EQ(json(shape, &from_query), json(shape, &value));
}

template <class... T>
void all_round_trips() {
  (round_trip<T>(), ...);
  (query_round_trip<T>(), ...);
}

using namespace cloud;  // NOLINT: a list of its names

TEST(Codec, CarriesEveryShapeOfSqs) {
  all_round_trips<
      CreateQueueRequest, CreateQueueResult, DeleteQueueRequest, GetQueueUrlRequest,
      GetQueueUrlResult, ListQueuesRequest, ListQueuesResult, ListDeadLetterSourceQueuesRequest,
      ListDeadLetterSourceQueuesResult, GetQueueAttributesRequest, GetQueueAttributesResult,
      SetQueueAttributesRequest, TagQueueRequest, UntagQueueRequest, ListQueueTagsRequest,
      ListQueueTagsResult, AddPermissionRequest, RemovePermissionRequest, SendMessageRequest,
      SendMessageResult, SendMessageBatchRequest, SendMessageBatchResult, ReceiveMessageRequest,
      ReceiveMessageResult, DeleteMessageRequest, DeleteMessageBatchRequest,
      DeleteMessageBatchResult, ChangeMessageVisibilityRequest, ChangeMessageVisibilityBatchRequest,
      ChangeMessageVisibilityBatchResult, PurgeQueueRequest, StartMessageMoveTaskRequest,
      StartMessageMoveTaskResult, ListMessageMoveTasksRequest, ListMessageMoveTasksResult,
      CancelMessageMoveTaskRequest, CancelMessageMoveTaskResult>();
}

TEST(Codec, CarriesEveryShapeOfSns) {
  all_round_trips<
      CreateTopicRequest, CreateTopicResult, DeleteTopicRequest, ListTopicsRequest,
      ListTopicsResult, GetTopicAttributesRequest, GetTopicAttributesResult,
      SetTopicAttributesRequest, SubscribeRequest, SubscribeResult, ConfirmSubscriptionRequest,
      ConfirmSubscriptionResult, UnsubscribeRequest, GetSubscriptionAttributesRequest,
      GetSubscriptionAttributesResult, SetSubscriptionAttributesRequest, ListSubscriptionsRequest,
      ListSubscriptionsResult, ListSubscriptionsByTopicRequest, ListSubscriptionsByTopicResult,
      TagResourceRequest, UntagResourceRequest, ListTagsForResourceRequest,
      ListTagsForResourceResult, AddTopicPermissionRequest, RemoveTopicPermissionRequest,
      PublishRequest, PublishResult, PublishBatchRequest, PublishBatchResult>();
}

TEST(Codec, CarriesRolesAndPolicies) {
  round_trip<ListRolesResult>();
  round_trip<GetRolePolicyResult>();
  round_trip<CreatePolicyResult>();
  query_round_trip<CreateRoleRequest>();
  query_round_trip<PutRolePolicyRequest>();
}

TEST(Codec, CarriesEveryShapeOfCloudWatch) {
  all_round_trips<ListMetricsRequest, ListMetricsResult, PutMetricDataRequest, GetMetricDataRequest,
                  GetMetricDataResult, GetMetricStatisticsRequest, GetMetricStatisticsResult>();
}

std::string send_error(std::string_view document) {
  SendMessageRequest request;
  try {
    read_json(Reflect<SendMessageRequest>::shape, document, &request, validation_wording);
  } catch (const Error& error) {
    return error.code();
  }
  return {};
}

TEST(Json, IgnoresWhatItDoesNotKnowAndTakesNullForAbsent) {
  SendMessageRequest request;
  read_json(Reflect<SendMessageRequest>::shape,
            R"({"QueueUrl":"q","MessageBody":"\u00e4\n","DelaySeconds":5.9,"New":{"a":[1]},)"
            R"("MessageGroupId":null})",
            &request, validation_wording);
  EXPECT_EQ(request.MessageBody, "ä\n");
  EXPECT_EQ(request.DelaySeconds, 5);
  EXPECT_EQ(request.MessageGroupId, "");
}

TEST(Json, RefusesWhatDoesNotFit) {
  EXPECT_EQ(send_error(R"({"QueueUrl":"q","MessageBody":7})"), "SerializationException");
  EXPECT_EQ(send_error(R"({"QueueUrl":"q","MessageBody":"b","DelaySeconds":"5"})"),
            "SerializationException");
  EXPECT_EQ(send_error(R"({"QueueUrl":"q","MessageBody":"b","DelaySeconds":99999999999})"),
            "SerializationException");
  EXPECT_EQ(send_error(R"({"QueueUrl":"q","MessageBody":"b","DelaySeconds":1e300})"),
            "SerializationException");
  EXPECT_EQ(send_error(R"({"QueueUrl":"q","MessageBody":"b")"), "SerializationException");
  EXPECT_EQ(send_error("[]"), "SerializationException");
  EXPECT_EQ(send_error(std::string(33, '[') + std::string(33, ']')), "SerializationException");
  EXPECT_EQ(send_error("{\"QueueUrl\":\"q\",\"MessageBody\":\"\xff\"}"), "SerializationException");
  EXPECT_EQ(send_error(R"({"QueueUrl":"q","MessageBody":null})"), "ValidationError");
  EXPECT_EQ(send_error(R"({"QueueUrl":"q","MessageBody":"b","MessageAttributes":{"a":)"
                       R"({"DataType":"Binary","BinaryValue":"?"}}})"),
            "SerializationException");
}

TEST(Query, OrdersItemsByTheirNumbers) {
  std::string form;
  for (int i = 12; i > 0; --i) {
    form += "&TagKey." + std::to_string(i) + "=k" + std::to_string(i);
  }
  UntagQueueRequest request;
  read_query(Reflect<UntagQueueRequest>::shape, Form("QueueUrl=q", form, validation_wording),
             &request, validation_wording);
  ASSERT_EQ(request.TagKeys.size(), 12U);
  EXPECT_EQ(request.TagKeys[1], "k2");
  EXPECT_EQ(request.TagKeys[11], "k12");
}

TEST(Query, HasALimit) {
  std::string form;
  for (int i = 0; i < 10'001; ++i) form += "a=b&";
  EXPECT_THROW(Form("", form, validation_wording), Error);
}

TEST(Xml, WritesWhatNoXmlMayHoldAsReferences) {
  SendMessageResult result;
  result.MessageId = "\x01\r]]>";
  std::string out;
  write_xml(Reflect<SendMessageResult>::shape, &result, out);
  EXPECT_EQ(out, "<MessageId>&#x1;&#xD;]]&gt;</MessageId>");
}

TEST(CodecTest, AMembersNameMayBeData) {
  const std::string document =
      R"({"timestamp":1.500,"type":"TaskFailed","id":3,"previousEventId":2,)"
      R"("taskFailedEventDetails":{"error":"Boom","nested":[1,{"a":null}]}})";
  cloud::HistoryEvent event;
  read_json(Reflect<cloud::HistoryEvent>::shape, document, &event, validation_wording);
  EXPECT_EQ(event.details.at("taskFailedEventDetails").at("error"), "Boom");
  EXPECT_EQ(json(Reflect<cloud::HistoryEvent>::shape, &event), document);
}

}  // namespace
}  // namespace doorbuster::wire
