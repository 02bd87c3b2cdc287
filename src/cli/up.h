// Serves the system on a port until it is told to stop.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "cli/checkout_functions.h"

namespace doorbuster::cli {

struct UpOptions {
  std::optional<std::filesystem::path> data;  // a temporary directory if absent
  std::string address = "127.0.0.1";
  std::uint16_t port = 4566;       // 0: any that is free
  std::uint16_t shop_port = 8000;  // the same
  std::string endpoint;            // what queue URLs begin with; the address and port if empty
  std::string domain = "localhost";
  std::optional<std::filesystem::path> credentials;
  std::optional<std::filesystem::path> certificate;
  std::optional<std::filesystem::path> private_key;
  int threads = 1;
  bool demo = false;                             // set up the topology and run the consumers
  std::uint64_t orders_waiting_max = 1'000'000;  // in orders-queue; then the shop takes no more
  CheckoutOptions checkout;
  std::optional<std::string> smtp;  // the mail server's URL; without one addresses get nothing
  std::string mail_from = "no-reply@localhost";
};

// Returns when SIGINT, SIGTERM or SIGHUP has come and all requests under way are answered. Throws
// CommandError.
int up(const UpOptions& options);

}  // namespace doorbuster::cli
