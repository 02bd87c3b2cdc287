// The shop and the console before a system: on a port of their own, until they are told to stop.
#pragma once

#include <filesystem>
#include <string>

#include "cli/embedded.h"
#include "console/console.h"
#include "gateway/server.h"
#include "shop/shop.h"

namespace doorbuster::cli {

struct ShopFrontOptions {
  gateway::ServerOptions server;
  shop::OrderDeskOptions desk;
  std::string endpoint;                 // of the AWS protocols
  std::filesystem::path function_logs;  // as runtime::ProcessHostOptions has it
  std::string token;                    // see console::Guard
};

class ShopFront {
 public:
  // The system and the clock outlive it. Throws CommandError.
  ShopFront(gateway::Listener listener, ShopFrontOptions options, Embedded& system,
            const cloud::Clock& clock);

  // Orders that wait in the queue already are known to the shop from then on.
  void start();
  // See gateway::Server and console::Console.
  void stop();

 private:
  // What is the console's goes there.
  class ByPath final : public gateway::Handler {
   public:
    ByPath(shop::Shop& shop, console::Console& console) : shop_(shop), console_(console) {}
    cloud::Async<wire::Response> answer(gateway::Request& request) override;
    wire::Response refuse(const cloud::Error& error, const std::string& request_id) override;

   private:
    shop::Shop& shop_;
    console::Console& console_;
  };

  Embedded& system_;
  shop::OrderTracker tracker_;
  shop::Shop shop_;
  console::Console console_;
  ByPath handler_;
  std::optional<gateway::Server> server_;
};

// For an address that other machines can reach: 32 bytes that nobody can guess, in hex.
std::string new_token();

}  // namespace doorbuster::cli
