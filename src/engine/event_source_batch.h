// A batch of a queue's messages as a function gets them, and what its answer says of each.
// https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/filter_policy.h"
#include "engine/queue.h"

namespace doorbuster::engine {

using Deliveries = std::vector<Delivery>;

// One of the event's "Records".
boost::json::value to_record(const Delivery& delivery, const std::string& queue_arn);
boost::json::value to_event(const Deliveries& deliveries, const std::string& queue_arn);

// Whether it matches one of the patterns, which look at the record with its body read as JSON.
bool matches(const Delivery& delivery, const std::string& queue_arn,
             const std::vector<FilterPolicy>& patterns);

// The ids of the messages that failed. An answer that names an unknown one, or is of another form,
// fails the whole batch, as on AWS: that is a nullopt.
std::optional<std::set<std::string>> failed_ids(const boost::json::value& answer,
                                                const Deliveries& deliveries);

// The handles of the others.
std::vector<ReceiptHandle> handles_without(const std::set<std::string>& failed,
                                           const Deliveries& deliveries);

}  // namespace doorbuster::engine
