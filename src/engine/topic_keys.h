// Where Topics keeps what.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/codec.h"

namespace doorbuster::engine {

inline constexpr std::string_view kSigningKeyKey = "K";

inline std::string topic_key(std::string_view arn) {
  return Encoder().raw("T").raw(arn).bytes();
}
inline std::string subscription_key(std::string_view arn) {
  return Encoder().raw("S").raw(arn).bytes();
}
// How many messages a FIFO topic has taken.
inline std::string published_key(std::uint32_t topic) {
  return Encoder().raw("t").u32(topic).bytes();
}

}  // namespace doorbuster::engine
