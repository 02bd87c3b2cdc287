// What an order goes by: "K7QM-2XRA-9F3T-PZ0B".
//
// 80 bits in Crockford's base 32, which has no letters to be misread, in four groups. Whoever has
// the number can look at the order, so it must not be guessed.
#pragma once

#include <string>
#include <string_view>

namespace doorbuster::shop {

inline constexpr std::size_t kNumberBytes = 10;

// `bytes` are kNumberBytes of them, random.
std::string order_number(std::string_view bytes);

// The number of the order that a client sends with this key: always the same, so that an order that
// is sent again is the same order, whatever else has been forgotten meanwhile.
std::string order_number_for(std::string_view idempotency_key);

// Whether it has the form of one.
bool is_order_number(std::string_view text);

}  // namespace doorbuster::shop
