// Signatures in heads and bodies in chunks.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "request.h"
#include "wire/server.h"
#include "wire/sigv4.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace doorbuster;
  const auto input = fuzz::input_of({reinterpret_cast<const char*>(data), size});
  wire::KeyRing closed;
  closed.open = false;
  closed.identities["AKIAIOSFODNN7EXAMPLE"].secret_access_key = "secret";
  const auto route = wire::route(input.head, "localhost");
  for (const wire::KeyRing& keys : {wire::KeyRing(), closed}) {
    try {
      const auto seal = wire::authenticate(route, input.head, keys, cloud::Time()).seal;
      auto body = wire::unwrap(std::make_shared<fuzz::Halves>(input.body), seal, input.head);
      fuzz::run(cloud::read_all(cloud::Body(std::move(body)), 1 << 20));
    } catch (const cloud::Error&) {
      continue;
    }
  }
  return 0;
}
