// The numbers and times that a state takes from its definition or from its data.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "states/execution.h"
#include "states/machine.h"
#include "states/scope.h"

namespace doorbuster::states {

// Each throws Failure (States.Runtime) if a path leads to nothing, to something else, or beyond
// what a constant in its place may be.

std::int64_t integer_of(const Amount& amount, const Scope& scope);
std::optional<std::int64_t> integer_of(const std::optional<Amount>& amount, const Scope& scope);
// Whatever integer it is.
std::int64_t any_integer_of(const Amount& amount, const Scope& scope);
double number_of(const Amount& amount, const Scope& scope);

std::chrono::milliseconds wait_of(const Amount& seconds, const Scope& scope);
Time timestamp_at(const JsonPath& path, const Scope& scope);

}  // namespace doorbuster::states
