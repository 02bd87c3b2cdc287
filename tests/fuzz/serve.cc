// Whole requests, to services that have nothing to give.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "request.h"
#include "wire/server.h"

using namespace doorbuster;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = fuzz::input_of({reinterpret_cast<const char*>(data), size});
  const std::string id = "id";
  cloud::Services services;
  auto route = wire::route(input.head, "localhost");
  wire::resolve(route, input.head, input.body);
  wire::error_response(route, input.head, cloud::Error("Code", "message"), id);
  cloud::Body body((std::string(input.body)));
  fuzz::run(wire::serve(route, input.head, std::move(body), services, {}, id));
  return 0;
}
