#include "functions/concurrently.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>
#include <vector>

namespace doorbuster::functions {
namespace {

namespace asio = boost::asio;

using Operation = std::function<cloud::Async<void>(std::size_t)>;

cloud::Async<void> work(std::size_t count, std::size_t& next, const Operation& operation) {
  while (next < count) {
    const std::size_t index = next++;
    co_await operation(index);
  }
}

// Must run on a strand: a group that is still being launched must not be completed by another
// thread, and `next` is shared.
cloud::Async<void> work_in_group(std::size_t count, std::size_t at_once,
                                 const Operation& operation) {
  std::size_t next = 0;
  const auto strand = co_await asio::this_coro::executor;
  const auto worker = [&] {
    return asio::co_spawn(strand, work(count, next, operation), asio::deferred);
  };
  std::vector<decltype(worker())> workers;
  workers.reserve(std::min(count, at_once));
  for (std::size_t i = 0; i < std::min(count, at_once); ++i) workers.push_back(worker());
  auto group = asio::experimental::make_parallel_group(std::move(workers));
  co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
}

}  // namespace

cloud::Async<void> concurrently(std::size_t count, std::size_t at_once, Operation operation) {
  if (count == 0) co_return;
  auto strand = asio::make_strand(co_await asio::this_coro::executor);
  auto group = work_in_group(count, at_once, operation);
  co_await asio::co_spawn(strand, std::move(group), asio::use_awaitable);
}

}  // namespace doorbuster::functions
