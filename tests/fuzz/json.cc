// AWS JSON: what can be read is written and read again the same.
#include "wire/json.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "wire/operations.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace doorbuster;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const wire::Shape& shape = *wire::sqs_service.find("SendMessageBatch")->input;
  const wire::Wording& wording = *wire::sqs_service.wording;
  cloud::SendMessageBatchRequest request;
  try {
    wire::read_json(shape, text, &request, wording);
  } catch (const cloud::Error&) {
    return 0;
  }
  std::string once;
  wire::write_json(shape, &request, once);
  cloud::SendMessageBatchRequest again;
  wire::read_json(shape, once, &again, wording);
  std::string twice;
  wire::write_json(shape, &again, twice);
  if (once != twice) std::abort();
  return 0;
}
