// The shop before a system: on a port of its own, until it is told to stop.
#pragma once

#include <optional>

#include "cli/system.h"
#include "gateway/server.h"
#include "shop/shop.h"

namespace doorbuster::cli {

class ShopFront {
 public:
  // The system outlives it. Throws CommandError.
  ShopFront(gateway::Listener listener, gateway::ServerOptions options,
            const orders::OrderRules& rules, System& system, const topology::Checkout& checkout);

  void start() { server_->start(); }
  // See gateway::Server.
  void stop() { server_->stop(); }

 private:
  const cloud::SystemClock clock_;
  std::optional<shop::OrderTracker> tracker_;
  std::optional<shop::Shop> shop_;
  std::optional<gateway::Server> server_;
};

}  // namespace doorbuster::cli
