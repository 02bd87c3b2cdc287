// Reads beside the writer.
#pragma once

#include "cloud/error.h"
#include "engine/store.h"

namespace doorbuster::engine {

// A disk that fails is answered as the writer answers it.
template <class Op>
auto read_store(const Op& op) {
  try {
    return op();
  } catch (const StoreError& e) {
    throw cloud::Error("ServiceUnavailable", e.what(), 503);
  }
}

}  // namespace doorbuster::engine
