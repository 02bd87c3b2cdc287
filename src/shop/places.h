// A number of things that may be there at once.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

namespace doorbuster::shop {

// May be used from any thread; places may outlive it.
class Places {
 public:
  explicit Places(std::size_t max) : max_(max) {}

  // Given back when the last copy is destroyed; null if there is none left.
  std::shared_ptr<void> take() {
    if (++*taken_ > max_) {
      --*taken_;
      return nullptr;
    }
    // A pointer to something, so that it is not null.
    return {taken_.get(), [taken = taken_](void*) { --*taken; }};
  }

 private:
  const std::size_t max_;
  const std::shared_ptr<std::atomic<std::size_t>> taken_ =
      std::make_shared<std::atomic<std::size_t>>(0);
};

}  // namespace doorbuster::shop
