// Forms and query strings, read into the shapes with the most in them.
#include "wire/query.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "wire/operations.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace doorbuster;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const wire::Form form(text, "", *wire::sqs_service.wording);
    cloud::SendMessageBatchRequest batch;
    wire::read_query(*wire::sqs_service.find("SendMessageBatch")->input, form, &batch,
                     *wire::sqs_service.wording);
    cloud::CreateTopicRequest topic;
    wire::read_query(*wire::sns_service.find("CreateTopic")->input, form, &topic,
                     *wire::sns_service.wording);
  } catch (const cloud::Error&) {
    return 0;
  }
  return 0;
}
