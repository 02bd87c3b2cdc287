// A test of topics: a bed, a queue, a topic, and short words for what is done with them.
#pragma once

#include <string>
#include <vector>

#include "engine/queue_driver.h"

namespace doorbuster::engine {

class SnsTest : public testing::Test {
 protected:
  static cloud::Caller caller(const std::string& account) {
    cloud::Caller made;
    made.scope.account = account;
    return made;
  }
  static cloud::Caller anonymous() {
    cloud::Caller made;
    made.anonymous = true;
    return made;
  }
  std::unique_ptr<cloud::Sns> as(cloud::Caller caller) {
    return make_sns(bed.engine(), std::move(caller));
  }

  std::string create(const std::string& name, cloud::AttributeMap attributes = {}) {
    return bed.run(bed.sns().CreateTopic({name, std::move(attributes), {}})).TopicArn;
  }
  std::string create_fifo(const std::string& name, cloud::AttributeMap attributes = {}) {
    attributes["FifoTopic"] = "true";
    return create(name, std::move(attributes));
  }
  void allow(QueueDriver& receiver) {
    EXPECT_EQ(receiver.set("Policy",
                           R"({"Statement":{"Effect":"Allow","Principal":{"Service":)"
                           R"("sns.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"*"}})"),
              "");
  }
  std::string subscribe(const std::string& to, const std::string& protocol,
                        const std::string& endpoint, cloud::AttributeMap attributes = {}) {
    return bed.run(bed.sns().Subscribe({to, protocol, endpoint, std::move(attributes), true}))
        .SubscriptionArn;
  }
  std::string error_of_subscribe(const std::string& to, const std::string& protocol,
                                 const std::string& endpoint, cloud::AttributeMap attributes = {}) {
    return message_of(bed.sns().Subscribe({to, protocol, endpoint, std::move(attributes), false}));
  }
  static cloud::PublishRequest message(const std::string& to, const std::string& text,
                                       const std::string& group = "",
                                       const std::string& deduplication = "") {
    cloud::PublishRequest request;
    request.TopicArn = to;
    request.Message = text;
    request.MessageGroupId = group;
    request.MessageDeduplicationId = deduplication;
    return request;
  }
  cloud::PublishResult publish(const cloud::PublishRequest& request) {
    return bed.run(bed.sns().Publish(request));
  }

  // What is wrong with an operation, empty if nothing: "CODE: MESSAGE".
  template <class T>
  std::string message_of(cloud::Async<T> operation) {
    try {
      bed.run(std::move(operation));
      return "";
    } catch (const cloud::Error& e) {
      return e.what();
    }
  }

  TestBed bed;
  QueueDriver queue{bed, "Q"};
  const std::string topic = create("T");
};

}  // namespace doorbuster::engine
