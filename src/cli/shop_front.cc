#include "cli/shop_front.h"

#include <openssl/rand.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>
#include <utility>

namespace doorbuster::cli {
namespace {

using FoundAt = std::optional<cloud::Time>;

// Blocks its thread for as long as the database takes.
cloud::Async<FoundAt> find_in(functions::InvoiceDatabase& database, std::string number) {
  const auto found = database.find(number);
  co_return found ? FoundAt(found->recorded_at) : std::nullopt;
}

// On the system's threads, so that no connection waits for another's database.
shop::Books::Lookup lookup(System& system, functions::InvoiceDatabase& database) {
  return [&system, &database](std::string number) -> cloud::Async<FoundAt> {
    auto search = find_in(database, std::move(number));
    co_return co_await boost::asio::co_spawn(system.pool(), std::move(search),
                                             boost::asio::use_awaitable);
  };
}

std::string random_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(size)) != 1) {
    throw std::runtime_error("the system has no randomness to give");
  }
  return bytes;
}

}  // namespace

ShopFront::ShopFront(gateway::Listener listener, gateway::ServerOptions options,
                     const orders::OrderRules& rules, System& system,
                     const topology::Checkout& checkout) {
  shop::Books books{lookup(system, system.shipping()), lookup(system, system.sales())};
  tracker_.emplace(system.step_functions(), system.scope(), std::move(books));
  shop::ShopOptions shop_options;
  shop_options.desk.queue_url = checkout.orders.url;
  shop_options.desk.rules = rules;
  shop_options.log = options.log;
  shop_.emplace(std::move(shop_options), system.sqs(), *tracker_, clock_, random_bytes);
  try {
    server_.emplace(std::move(listener), std::move(options), *shop_, clock_);
  } catch (const std::runtime_error& e) {
    throw CommandError(2, e.what());
  }
}

}  // namespace doorbuster::cli
