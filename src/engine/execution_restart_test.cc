// What a restart costs that finds executions under way. Counted, not timed: by what is allocated.
#include <gtest/gtest.h>

#include <atomic>
#include <boost/json.hpp>
#include <cstdlib>
#include <new>

#include "engine/step_functions_driver.h"

namespace {
std::atomic<std::size_t> allocations = 0;  // of this process
}

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace doorbuster::engine {
namespace {

constexpr const char* kMap = R"({"StartAt":"M","States":{"M":{"Type":"Map","End":true,
    "ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},
      "StartAt":"W","States":{"W":{"Type":"Wait","Seconds":10,"End":true}}}}}})";

// Of a process that ends with that many children begun, and starts again.
std::size_t allocations_of_a_restart(std::size_t children) {
  TestBed bed;
  StepFunctionsDriver machine{bed};
  boost::json::array items;
  for (std::size_t i = 0; i < children; ++i) items.emplace_back("item " + std::to_string(i));
  const auto execution = machine.start(machine.create(kMap), "one", boost::json::serialize(items));
  const std::size_t before = allocations;
  bed.reopen();
  bed.settle();
  const std::size_t taken = allocations - before;
  bed.advance(std::chrono::seconds(10));
  EXPECT_EQ(machine.describe(execution).output, boost::json::serialize(items));
  return taken;
}

TEST(ExecutionRestart, CostsAsMuchAsThereIsUnderWay) {
  const std::size_t few = allocations_of_a_restart(500);
  const std::size_t many = allocations_of_a_restart(2'000);
  EXPECT_LT(many, few * 5) << few;
}

}  // namespace
}  // namespace doorbuster::engine
