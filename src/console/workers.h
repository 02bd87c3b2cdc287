// Where what blocks its thread is done, so that no connection waits for another's database.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <utility>

#include "cloud/async.h"

namespace doorbuster::console {

// What `work` returns or throws. It must hold what it needs: when a server stops, whoever waits for
// it may be gone before it has ended.
template <class T>
cloud::Async<T> on_workers(boost::asio::any_io_executor workers, std::function<T()> work) {
  auto job = [](std::function<T()> blocking) -> cloud::Async<T> { co_return blocking(); };
  auto running = job(std::move(work));
  co_return co_await boost::asio::co_spawn(workers, std::move(running), boost::asio::use_awaitable);
}

}  // namespace doorbuster::console
