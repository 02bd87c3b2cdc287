// Whole requests, to services that have nothing to give.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "request.h"
#include "wire/server.h"

namespace {

using namespace doorbuster;

class Nothing final : public cloud::Services {
 public:
  std::unique_ptr<cloud::Sqs> sqs(const cloud::Caller&) override {
    return std::make_unique<cloud::Sqs>();
  }
  std::unique_ptr<cloud::Sns> sns(const cloud::Caller&) override {
    return std::make_unique<cloud::Sns>();
  }
  std::unique_ptr<cloud::S3> s3(const cloud::Caller&) override {
    return std::make_unique<cloud::S3>();
  }
  std::unique_ptr<cloud::Sts> sts(const cloud::Caller&) override {
    return std::make_unique<cloud::Sts>();
  }
  std::unique_ptr<cloud::Iam> iam(const cloud::Caller&) override {
    return std::make_unique<cloud::Iam>();
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = fuzz::input_of({reinterpret_cast<const char*>(data), size});
  const std::string id = "id";
  Nothing services;
  auto route = wire::route(input.head, "localhost");
  wire::resolve(route, input.head, input.body);
  wire::error_response(route, input.head, cloud::Error("Code", "message"), id);
  cloud::Body body((std::string(input.body)));
  fuzz::run(wire::serve(route, input.head, std::move(body), services, {}, id));
  return 0;
}
