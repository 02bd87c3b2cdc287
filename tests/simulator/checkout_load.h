// The checkout: orders that are sent to its queue or started by hand, its functions, and a payment
// provider that is slow and sometimes not there.
//
// What becomes of an order is settled by the order itself, whatever fails on its way: it is no
// order, invalid, declined, never gets through to the provider, or is paid. The provider's ledger
// is a real one, outside of the simulated disk, as the fulfilment's databases are.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cloud/services.h"
#include "function_host.h"
#include "functions/payment_provider.h"
#include "orders/order_generator.h"
#include "topology/checkout.h"
#include "world.h"

namespace doorbuster::simulator {

class CheckoutLoad {
 public:
  CheckoutLoad(World& world, FunctionHost& host, std::uint64_t seed, std::filesystem::path ledger);

  // Needs the fulfilment's bucket.
  void set_up(const topology::Account& account, const std::string& bucket);
  // Begins or, after a restart, begins again.
  void start();

  // An order that isn't acknowledged, or the next one.
  void send_next();
  // One again that was sent before.
  void send_again();

  const topology::QueueWithDeadLetters& queue() const { return checkout_.orders; }
  bool done();
  // Takes the dead letters out of their queue.
  void check_end();
  // By the key of the object: what the fulfilment has to know of, once all is done.
  std::map<std::string, orders::Invoice> invoices();

 private:
  enum class Fate { no_order, invalid, declined, unreachable, paid };

  struct Order {
    std::uint64_t number = 0;
    std::string id;
    std::string text;
    Fate fate = Fate::paid;
    bool by_hand = false;  // rather than through the queue
    bool in_the_air = false;
    int tried = 0;
    int acknowledged = 0;
  };

  class Provider;

  Order order(std::uint64_t number) const;
  Fate fate_of(const orders::OrderDraft& draft) const;
  void tune_mapping();
  cloud::Async<void> send(Order& order);
  cloud::Async<void> start_execution(const Order& order);

  std::vector<cloud::ExecutionListItem> executions(const std::string& status);
  void check_order(const Order& order);
  void check_payment(const Order& order);
  void check_dead_letters();

  World& world_;
  FunctionHost& host_;
  const std::uint64_t seed_;
  const std::filesystem::path ledger_path_;
  const orders::OrderGenerator generator_;
  const std::uint64_t goal_;
  std::unique_ptr<functions::PaymentLedger> ledger_;
  const std::unique_ptr<functions::PaymentProvider> provider_;
  std::unique_ptr<cloud::Services> services_;
  topology::Checkout checkout_;
  std::map<std::string, Order> orders_;  // by id
};

}  // namespace doorbuster::simulator
