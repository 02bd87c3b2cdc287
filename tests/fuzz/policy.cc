// Policy documents, and a request judged by what they say.
#include "engine/policy.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace doorbuster::engine;
  try {
    const auto policy = Policy::parse({reinterpret_cast<const char*>(data), size});
    const std::array<ContextValue, 3> context{
        {{"aws:SourceIp", "203.0.113.7"},
         {"aws:SourceArn", "arn:aws:sns:us-east-1:000000000000:NewOrderEvents"},
         {"aws:SecureTransport", "false"}}};
    Request request;
    request.principal = Principal::service("sns.amazonaws.com");
    request.action = "sqs:SendMessage";
    request.resource = "arn:aws:sqs:us-east-1:000000000000:ShippingQueue";
    request.context = context;
    policy.evaluate(request);
    policy.explain(request);
  } catch (const PolicyError&) {
  }
  return 0;
}
