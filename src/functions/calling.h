// Calling a function in a test, with events as AWS makes them.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "cloud/lambda.h"

namespace doorbuster::functions {

// Throws what the function does.
inline boost::json::value answer_of(const cloud::Handler& handler, boost::json::value event) {
  boost::asio::io_context context;
  auto call = handler(std::move(event), cloud::Context{});
  auto result = boost::asio::co_spawn(context, std::move(call), boost::asio::use_future);
  context.run();
  return result.get();
}

// Messages m0, m1, … of ShippingQueue, with these bodies.
inline boost::json::value sqs_event(const std::vector<std::string>& bodies, int receives = 1) {
  boost::json::array records;
  for (const std::string& body : bodies) {
    const std::string number = std::to_string(records.size());
    boost::json::object attributes, record;
    attributes["ApproximateReceiveCount"] = std::to_string(receives);
    attributes["SentTimestamp"] = "1500000000007";
    record["messageId"] = "m" + number;
    record["receiptHandle"] = "r" + number;
    record["body"] = body;
    record["attributes"] = attributes;
    record["eventSourceARN"] = "arn:aws:sqs:us-east-1:000000000000:ShippingQueue";
    records.push_back(std::move(record));
  }
  boost::json::object event;
  event["Records"] = std::move(records);
  return event;
}

// The ids of the messages that a queue's function answered to have failed.
inline std::vector<std::string> failed_ids(const boost::json::value& answer) {
  std::vector<std::string> ids;
  for (const auto& failure : answer.at("batchItemFailures").as_array()) {
    ids.emplace_back(failure.at("itemIdentifier").as_string());
  }
  return ids;
}

}  // namespace doorbuster::functions
