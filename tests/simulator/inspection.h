// What must be true when all is quiet again, whatever has happened before.
#pragma once

#include <map>
#include <string>

#include "simulation.h"

namespace doorbuster::simulator {

class Inspection {
 public:
  explicit Inspection(Simulation& run) : run_(run) {}

  // Takes the dead letters out of their queues. Throws Violation.
  void check();

 private:
  void know_invoices();
  void check_bucket();
  void check_invoices(functions::InvoiceDatabase& database, const std::string& name);
  void check_rejections(functions::InvoiceDatabase& database, const std::string& name);
  void check_shipments();
  void check_dead_letters();
  std::map<std::string, int> drain(const std::string& queue_url);
  void check_totals();
  void check_sql();

  Simulation& run_;
  // What was ordered, by invoice number.
  std::map<std::string, orders::Invoice> invoices_;
};

}  // namespace doorbuster::simulator
