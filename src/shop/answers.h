// What the shop's answers have in common.
#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <string>
#include <string_view>

#include "wire/http.h"

namespace doorbuster::shop {

// A request that is answered with an error: what its sender, or whoever runs the shop, can do.
struct Problem {
  int status = 500;
  std::string error;                    // a sentence
  boost::json::object fields{};         // of an order: what is wrong with each
  boost::json::object limits{};         // of an order's amount
  std::chrono::seconds retry_after{0};  // 0: trying again is no use
};

Problem problem(int status, std::string error,
                std::chrono::seconds retry_after = std::chrono::seconds(0));

wire::Response json_response(int status, const boost::json::object& body);
wire::Response json_response(int status, std::string body);

// {"success": false, "error": "...", "fields": {...}, "limits": {...}}
wire::Response to_response(const Problem& problem);

// Retry-After, if trying again is of use.
void add_retry_after(wire::Response& response, const Problem& problem);

// Headers that tell a browser to run nothing but the shop's own files, and to show it in nobody
// else's frame.
void add_security_headers(wire::Response& response);

}  // namespace doorbuster::shop
