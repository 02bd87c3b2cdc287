// What SDKs ask of SQS and S3, as loads; any server that speaks like AWS can be asked.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>

#include "http_load.h"

namespace doorbuster::bench {

inline constexpr int kConnections = 128;

// NAME_per_second, NAME_p50_ms, NAME_p99_ms, NAME_p999_ms.
void put_load(boost::json::object& figures, const std::string& name, const Load& load);

// The new queue's URL.
std::string make_queue(std::uint16_t port, const std::string& name,
                       const boost::json::object& attributes);

// A SendMessage of 500 bytes.
std::string send_request(const std::string& queue_url);

// `send`, `receive_or_delete` in turn until the queue is empty, and `send_batch` of ten.
void measure_queue(boost::json::object& figures, std::uint16_t port, const std::string& queue_url,
                   std::uint64_t requests);

// Objects of 1,000 bytes, put under a new key each, into a bucket that is there.
Load put_objects(std::uint16_t port, std::uint64_t count);
// One of them, again and again.
Load get_object(std::uint16_t port, std::uint64_t count);

}  // namespace doorbuster::bench
