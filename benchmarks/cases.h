// What is measured. Each case runs in a process of its own, in an empty directory, and answers with
// one JSON object of figures.
#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

namespace doorbuster::bench {

struct Setting {
  std::filesystem::path directory;
  std::filesystem::path file;  // of real invoices; empty: none
  double scale = 1;            // of the sizes below, for a quick look
};

// RocksDB alone, one thread: synced writes of 600-byte values, in batches of 1, 100 and 1,000.
boost::json::object raw_writes(const Setting& setting);

// Through cloud::Sqs: SendMessageBatch, then ReceiveMessage and DeleteMessageBatch, ten 500-byte
// messages each.
boost::json::object sends_and_receives(const Setting& setting);

// A backlog of that many messages drained: again and again if it is small, so that as much is
// drained as of a large one.
boost::json::object drain_small(const Setting& setting);
boost::json::object drain_large(const Setting& setting);

// Orders through everything, from PutObject to both databases.
boost::json::object one_line_orders(const Setting& setting);
boost::json::object real_invoices(const Setting& setting);

// Orders from their queue to the invoice, with payments that take no time; a Pass state's cost, and
// that of Maps; calls of a Python function that is not running yet, and of one that is; memory of
// executions that wait.
boost::json::object checkout(const Setting& setting);

// `doorbuster up` over loopback, SDKs' requests on 128 connections, beside a bare echo of the same
// request: before and after, as the machine's speed may drift.
boost::json::object door(const Setting& setting);

// Orders into the shop of `doorbuster up` over loopback, as many as it takes and at half of that,
// beside a bare echo of the same request.
boost::json::object shop(const Setting& setting);

// The same load on `doorbuster up`, ElasticMQ and moto_server, of those that scripts/bench-peers
// could get.
boost::json::object peers(const Setting& setting);

// A case's usual size in this setting.
std::uint64_t scaled(const Setting& setting, std::uint64_t count);

// The largest resident set of this process so far.
std::uint64_t peak_rss_bytes();
// The resident set of a process now; "self" is this one.
std::uint64_t rss_bytes(const std::string& process);

class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace doorbuster::bench
