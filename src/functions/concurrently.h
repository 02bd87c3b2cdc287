// The same operation on many things, several at a time.
#pragma once

#include <cstddef>
#include <functional>

#include "cloud/async.h"

namespace doorbuster::functions {

// Runs operation(0) to operation(count - 1), each once, at most `at_once` of them at the same time
// and beginning in this order, on a strand of its own: what they share needs no lock. Completes
// when all have. An operation must not throw: what goes wrong is its own to keep.
cloud::Async<void> concurrently(std::size_t count, std::size_t at_once,
                                std::function<cloud::Async<void>(std::size_t)> operation);

}  // namespace doorbuster::functions
