// Operations as values of JSON, by the names that AWS's SDKs give their members, as the AWS SDK
// integrations of Step Functions have them: all begin with a capital, wherever they travel on the
// wire, times are text, and where JSON is given for text or bytes, they are its text. What is
// answered is UTF-8 always: of a body that isn't, each odd byte becomes U+FFFD.
// https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "cloud/services.h"
#include "wire/shape.h"

namespace doorbuster::wire {

// The input has a member that the operation doesn't know.
struct UnsupportedField : std::runtime_error {
  explicit UnsupportedField(const std::string& name);
};

// What is of another type is a SerializationException, what is not known an UnsupportedField. May
// be called from any thread.
void read_document(const Shape& shape, const boost::json::value& from, void* to,
                   const Wording& wording);
boost::json::value write_document(const Shape& shape, const void* value);

// The members that the operation's input must have; nothing if there is no such operation.
std::optional<std::vector<std::string>> required_members(std::string_view service,
                                                         std::string_view operation);

// Calls the operation ("PutObject") of the service ("s3"). Throws cloud::Error, also if there is no
// such operation, or if its answer is too large for a document; UnsupportedField. The services must
// live until it completes.
cloud::Async<boost::json::value> call_operation(cloud::Services& services, cloud::Caller caller,
                                                std::string service, std::string operation,
                                                boost::json::value input);

}  // namespace doorbuster::wire
