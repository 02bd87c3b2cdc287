#include "orders/generator.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "orders/chance.h"
#include "orders/invoice_json.h"
#include "orders/timestamp.h"

namespace doorbuster::orders {
namespace {

constexpr std::uint64_t kFirstNumber = 10'000'000;
constexpr std::uint64_t kCustomers = 20'000;
constexpr std::uint64_t kFirstCustomer = 10'000;
constexpr std::uint64_t kZipfScale = 1'000'000'000;  // the weight of the most popular product

struct Weighted {
  std::string_view text;
  std::uint64_t weight;
};

constexpr Weighted kCountries[] = {{"United Kingdom", 800}, {"Germany", 50},     {"France", 45},
                                   {"Ireland", 30},         {"Spain", 18},       {"Belgium", 12},
                                   {"Netherlands", 12},     {"Switzerland", 10}, {"Portugal", 8},
                                   {"Norway", 6},           {"Italy", 5},        {"Japan", 4}};

// Orders in each hour of the day, in proportion.
constexpr std::uint64_t kHours[24] = {90, 30, 8,  4,  3,  5,  14, 32, 60,  85, 100, 88,
                                      76, 70, 66, 64, 62, 66, 78, 98, 120, 92, 58,  34};

constexpr std::string_view kColours[] = {"RED",    "WHITE", "BLUE", "GREEN", "PINK",
                                         "IVORY",  "BLACK", "GOLD", "SAGE",  "CORAL",
                                         "SILVER", "AMBER", "TEAL"};
constexpr std::string_view kStyles[] = {"RETROSPOT", "VINTAGE", "POLKADOT", "ENAMEL",  "WOODEN",
                                        "KNITTED",   "GLASS",   "CERAMIC",  "PAISLEY", "FELT",
                                        "WICKER",    "STRIPED", "BRASS",    "WOOLLY",  "ZINC",
                                        "MARBLE",    "LINEN"};
constexpr std::string_view kThings[] = {
    "LANTERN",     "HEART T-LIGHT HOLDER", "CAKE TIN",     "LUNCH BAG",   "HOT WATER BOTTLE",
    "ALARM CLOCK", "TEA TOWEL SET",        "DOORMAT",      "JAM JAR",     "PICTURE FRAME",
    "BIRD HOUSE",  "PHOTO ALBUM",          "COAT RACK",    "CUSHION",     "STORAGE BOX",
    "COFFEE MUG",  "DINNER PLATE",         "DRAWER KNOB",  "WALL MIRROR", "PENCIL CASE",
    "UMBRELLA",    "SEWING BOX",           "GARDEN TROWEL"};

// The lists' lengths have no common factor, so that as many consecutive ranks as their product have
// different names.
constexpr std::size_t kNames = std::size(kColours) * std::size(kStyles) * std::size(kThings);
static_assert(std::lcm(std::lcm(std::size(kColours), std::size(kStyles)), std::size(kThings)) ==
              kNames);

std::string name_of_rank(std::size_t rank) {
  std::string name(kColours[rank % std::size(kColours)]);
  name += ' ';
  name += kStyles[rank % std::size(kStyles)];
  name += ' ';
  name += kThings[rank % std::size(kThings)];
  if (rank >= kNames) name += " No. " + std::to_string(rank / kNames + 1);
  return name;
}

void check(bool in_range, const char* rule) {
  if (!in_range) throw std::invalid_argument(rule);
}

constexpr bool is_share(double x) {
  return x >= 0 && x <= 1;
}

}  // namespace

// What an order draws chance for. Each has numbers of its own, so that one drawn more or less for
// one purpose leaves the others as they were.
enum class Generator::Purpose : std::uint64_t { order = 1, corruption, product, customer };

// SplitMix64. The distributions of std differ from one library to the next, so here are the few
// that are needed.
class Generator::Random {
 public:
  explicit Random(std::uint64_t state) : state_(state) {}

  std::uint64_t next() {
    state_ += kMixStep;
    return mixed(state_);
  }

  // Between 0 and n - 1. What the remainder favours is out of sight: n is below 2^36 here.
  std::uint64_t below(std::uint64_t n) { return next() % n; }

  bool chance(double share) { return orders::chance(next(), share); }

 private:
  std::uint64_t state_;
};

Generator::Generator(const GeneratorOptions& options) : options_(options) {
  check(options.first_day.ok(), "first_day must be a real date");
  check(has_text_form(std::chrono::sys_days(options.first_day)),
        "first_day must be in the years 0001 to 9999");
  check(options.orders_per_day >= 1, "orders_per_day must be at least 1");
  check(is_share(options.corrupt_share), "corrupt_share must be between 0 and 1");
  check(is_share(options.cancellation_share), "cancellation_share must be between 0 and 1");
  check(is_share(options.guest_share), "guest_share must be between 0 and 1");
  check(options.products >= 1 && options.products <= kGeneratorProductsMax,
        "products must be between 1 and 1000000");
  check(options.lines_max >= 1 && options.lines_max <= kLinesMax,
        "lines_max must be between 1 and 100000");

  products_.reserve(options.products);
  std::uint64_t sum = 0;
  for (std::size_t rank = 0; rank < options.products; ++rank) {
    sum += kZipfScale / (rank + 1);
    products_.push_back(make_product(rank));
    products_.back().weights_to_here = sum;
  }
}

Generator::Random Generator::random(Purpose purpose, std::uint64_t i) const {
  const std::uint64_t stream =
      mixed(options_.seed + static_cast<std::uint64_t>(purpose) * kMixStep);
  return Random(mixed(stream + i * kMixStep));
}

Generator::Product Generator::make_product(std::size_t rank) const {
  constexpr std::uint64_t kCent = Money::kUnit / 100;
  constexpr std::array<std::uint64_t, 4> kCents = {99, 95, 49, 25};
  Random chance = random(Purpose::product, rank);
  const std::uint64_t tier = chance.below(100);
  const std::uint64_t pounds = tier < 45   ? chance.below(5)
                               : tier < 80 ? 5 + chance.below(15)
                               : tier < 96 ? 20 + chance.below(80)
                                           : 100 + chance.below(900);
  const std::uint64_t cents = pounds * 100 + kCents[chance.below(kCents.size())];
  return {std::to_string(20'000 + rank), name_of_rank(rank),
          Money::from_ten_thousandths(static_cast<std::int64_t>(cents * kCent)), 0};
}

Invoice Generator::invoice(std::uint64_t i) const {
  Random chance = random(Purpose::order, i);
  Invoice invoice;
  const bool cancelled = chance.chance(options_.cancellation_share);
  invoice.kind = cancelled ? Kind::cancellation : Kind::sale;
  invoice.number = (cancelled ? "C" : "") + std::to_string(kFirstNumber + i);
  set_customer(invoice, chance);
  invoice.date = draw_time(i, chance);

  std::size_t lines = 1;
  while (lines < options_.lines_max && chance.below(100) < 55) ++lines;
  invoice.lines.reserve(lines);
  for (std::size_t n = 0; n < lines; ++n) {
    invoice.lines.push_back(draw_line(chance));
    if (cancelled) invoice.lines.back().quantity *= -1;
  }
  return invoice;
}

// Customers live where they live: only a guest's country is drawn with the order.
void Generator::set_customer(Invoice& invoice, Random& order_chance) const {
  const bool guest = order_chance.chance(options_.guest_share);
  const std::uint64_t customer = order_chance.below(kCustomers);
  if (!guest) invoice.customer = std::to_string(kFirstCustomer + customer);

  constexpr auto add = [](std::uint64_t sum, const Weighted& c) { return sum + c.weight; };
  constexpr std::uint64_t kWeights =
      std::accumulate(std::begin(kCountries), std::end(kCountries), std::uint64_t{0}, add);
  Random home = random(Purpose::customer, customer);
  std::uint64_t at = (guest ? order_chance : home).below(kWeights);
  for (const Weighted& country : kCountries) {
    if (at < country.weight) {
      invoice.country = country.text;
      return;
    }
    at -= country.weight;
  }
}

std::chrono::sys_seconds Generator::draw_time(std::uint64_t i, Random& chance) const {
  constexpr std::uint64_t kWeights =
      std::accumulate(std::begin(kHours), std::end(kHours), std::uint64_t{0});
  constexpr std::uint64_t kHourSeconds = 3600;
  std::uint64_t at = chance.below(kWeights);
  std::uint64_t hour = 0;
  while (at >= kHours[hour]) at -= kHours[hour++];

  std::uint64_t second = chance.below(kHourSeconds);
  // The rush is over as fast as it came: the earlier in the first hour, the more.
  if (hour == 0) second = std::min(second, chance.below(kHourSeconds));

  // Beyond the last year that a date has a text for, the days begin again.
  const auto first = std::chrono::sys_days(options_.first_day);
  const auto end = std::chrono::sys_days(std::chrono::year(10'000) / 1 / 1);
  const auto days_left = static_cast<std::uint64_t>((end - first).count());
  const std::uint64_t day = i / options_.orders_per_day % days_left;
  return first + std::chrono::days(day) + std::chrono::hours(hour) + std::chrono::seconds(second);
}

Line Generator::draw_line(Random& chance) const {
  const std::uint64_t at = chance.below(products_.back().weights_to_here);
  const auto product = std::ranges::upper_bound(products_, at, {}, &Product::weights_to_here);
  constexpr std::array<std::int64_t, 10> kQuantities = {1, 1, 1, 1, 1, 1, 2, 2, 3, 6};
  return {product->stock_code, product->description, kQuantities[chance.below(kQuantities.size())],
          product->price};
}

Draft Generator::order(std::uint64_t i) const {
  Invoice intact = invoice(i);
  Random chance = random(Purpose::corruption, i);
  Draft draft;
  draft.number = intact.number;
  draft.corrupt = chance.chance(options_.corrupt_share);
  draft.text = draft.corrupt ? corrupt_text(std::move(intact), chance) : to_json(intact);
  return draft;
}

std::string Generator::corrupt_text(Invoice invoice, Random& chance) const {
  enum { cut, wrong_sign, no_lines, negative_price, not_json, kinds };
  Line& line = invoice.lines[chance.below(invoice.lines.size())];
  switch (chance.below(kinds)) {
    case cut: {
      const std::string text = to_json(invoice);
      return text.substr(0, 1 + chance.below(text.size() - 1));
    }
    case wrong_sign:
      line.quantity = -line.quantity;
      return to_json(invoice);
    case no_lines:
      invoice.lines.clear();
      return to_json(invoice);
    case negative_price:
      line.unit_price = -line.unit_price;
      return to_json(invoice);
    default:
      return "<invoice number=\"" + invoice.number + "\"/>";
  }
}

}  // namespace doorbuster::orders
