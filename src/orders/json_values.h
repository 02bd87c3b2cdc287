// What the JSON forms of this room have in common: how a value is read, and how a sentence names
// one that can't be.
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "orders/money.h"

namespace doorbuster::orders {

// "a number", "an object".
std::string_view name_of(const boost::json::value& value);

// "must be WHAT, not a number".
std::string must_be(std::string_view what, const boost::json::value& value);

// The exact amount of a JSON string or number. Numbers with decimals come from the parser as binary
// fractions; the shortest decimal that stands for one is what its writer meant.
std::optional<Money> read_money(const boost::json::value& value);

// What is wrong with a value that read_money() can't read.
std::string must_be_money(const boost::json::value& value);

// The amount as a JSON number, which read_money() gives back as it was: up to fifteen digits have a
// binary fraction of their own. Above that it is a string.
boost::json::value money_value(Money amount);

}  // namespace doorbuster::orders
