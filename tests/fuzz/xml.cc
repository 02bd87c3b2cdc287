// S3's documents.
#include "wire/xml.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "wire/operations.h"
#include "wire/s3_wording.h"

namespace {

using namespace doorbuster;

template <class Request>
void read(std::string_view operation, std::string_view document) {
  const wire::Operation& row = *wire::s3_service.find(operation);
  const std::array path = {row.rest.input};
  try {
    Request request;
    wire::read_xml(*row.input, document, path, &request, wire::s3_xml_wording);
  } catch (const cloud::Error&) {
    return;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view document(reinterpret_cast<const char*>(data), size);
  read<cloud::DeleteObjectsRequest>("DeleteObjects", document);
  read<cloud::CompleteMultipartUploadRequest>("CompleteMultipartUpload", document);
  read<cloud::PutBucketTaggingRequest>("PutBucketTagging", document);
  return 0;
}
