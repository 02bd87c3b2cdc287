// Requests as the SDKs of AWS send them, as bytes.
#pragma once

#include <string>
#include <string_view>

namespace doorbuster::bench {

// With the headers that boto3 sends, so that a server has as much to read. Nothing checks the
// signature.
std::string aws_request(std::string_view method, std::string_view path, std::string_view service,
                        std::string_view headers, std::string_view body);

// AWS JSON 1.0.
std::string sqs_request(std::string_view operation, std::string_view json);
std::string states_request(std::string_view operation, std::string_view json);
// A form.
std::string sns_request(std::string_view form);

}  // namespace doorbuster::bench
