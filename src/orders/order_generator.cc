#include "orders/order_generator.h"

#include <array>
#include <stdexcept>

#include "orders/chance.h"
#include "orders/order_json.h"

namespace doorbuster::orders {
namespace {

constexpr std::array kFirstNames = {"Ada",       "Alan",    "Barbara", "Claude", "Donald",
                                    "Edsger",    "Frances", "Grace",   "Hedy",   "Jean",
                                    "Katherine", "Leslie",  "Margaret"};
constexpr std::array kLastNames = {"Adams", "Baker",  "Carter", "Davies", "Evans", "Fisher",
                                   "Green", "Hughes", "Jones",  "Khan",   "Lewis"};

// What chance is asked for; each has numbers of its own.
enum Purpose : std::uint64_t { kCorrupt = 1, kCorruptHow, kName };

GeneratorOptions options_of(std::uint64_t seed) {
  GeneratorOptions options;
  options.seed = seed;
  options.cancellation_share = 0;
  options.guest_share = 0;
  options.lines_max = 1;
  return options;
}

std::string name_of_customer(std::uint64_t seed, const std::string& customer) {
  const std::uint64_t n = hash_of(seed, kName, customer, 0);
  return std::string(kFirstNames.at(n % kFirstNames.size())) + ' ' +
         kLastNames.at(n / kFirstNames.size() % kLastNames.size());
}

}  // namespace

OrderGenerator::OrderGenerator(std::uint64_t seed, double corrupt_share)
    : seed_(seed), corrupt_share_(corrupt_share), generator_(options_of(seed)) {
  if (!(corrupt_share >= 0 && corrupt_share <= 1)) {
    throw std::invalid_argument("corrupt_share must be between 0 and 1");
  }
}

Order OrderGenerator::order(std::uint64_t i) const {
  const Invoice invoice = generator_.invoice(i);
  const Line& line = invoice.lines.front();
  Order order;
  order.id = "order-" + invoice.number;
  order.customer_name = name_of_customer(seed_, invoice.customer.value_or(""));
  order.product = line.description;
  order.amount = line.amount();
  order.units = Units{line.quantity, line.unit_price};
  order.submitted_at = invoice.date;
  return order;
}

OrderDraft OrderGenerator::draft(std::uint64_t i) const {
  Order intact = order(i);
  OrderDraft draft{intact.id, {}, chance(hash_of(seed_, kCorrupt, intact.id, 0), corrupt_share_)};
  if (!draft.corrupt) {
    draft.text = to_json(intact);
  } else if (hash_of(seed_, kCorruptHow, intact.id, 0) % 2 == 0) {
    draft.text = "<order id=\"" + intact.id + "\"/>";
  } else {
    intact.amount = -intact.amount;
    draft.text = to_json(intact);
  }
  return draft;
}

}  // namespace doorbuster::orders
