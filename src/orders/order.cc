#include "orders/order.h"

#include <algorithm>

#include "documents/utf8.h"

namespace doorbuster::orders {
namespace {

using Reasons = std::vector<std::string>;

void check(const char* field, const std::string& fault, Reasons& reasons) {
  if (!fault.empty()) reasons.push_back('"' + std::string(field) + '"' + fault);
}

// Whether one of its code points is for no interchange and so for no message: U+FDD0 to U+FDEF, and
// the last two of each plane, as U+FFFF. Needs is_utf8(text).
bool has_noncharacters(const std::string& text) {
  for (std::size_t i = 2; i < text.size(); ++i) {
    const auto byte = [&](std::size_t back) { return static_cast<unsigned char>(text[i - back]); };
    // EF B7 90 to EF B7 AF.
    if (byte(2) == 0xEF && byte(1) == 0xB7 && byte(0) >= 0x90 && byte(0) <= 0xAF) return true;
    // xF BF BE and xF BF BF, be xF the first of three bytes or the second of four.
    if ((byte(2) & 0x0F) == 0x0F && byte(1) == 0xBF && byte(0) >= 0xBE) return true;
  }
  return false;
}

// The end of a sentence, here and below; empty if nothing is wrong.
std::string order_text_fault(const std::string& text) {
  if (!documents::is_utf8(text)) return " is not valid UTF-8";
  if (documents::has_controls(text)) return " contains a control character";
  if (has_noncharacters(text)) return " contains a code point that is no character, such as U+FFFF";
  const std::size_t characters = documents::count_characters(text);
  if (characters <= kOrderTextMax) return {};
  return " has " + std::to_string(characters) + " characters, at most " +
         std::to_string(kOrderTextMax) + " are allowed";
}

std::string needed_text_fault(const std::string& text) {
  const bool blank = text.find_first_not_of(' ') == std::string::npos;
  return blank ? " is missing or blank" : order_text_fault(text);
}

std::string amount_fault(Money amount, const OrderRules& rules) {
  if (amount <= Money()) return " is " + amount.str() + ", must be above 0";
  if (amount < rules.amount_below) return {};
  return " is " + amount.str() + ", must be below " + rules.amount_below.str();
}

// Not whether somebody reads it: only what would break a message that carries it.
std::string email_fault(const std::string& email) {
  if (!documents::is_utf8(email)) return " is not valid UTF-8";
  if (email.size() > kEmailMax) {
    return " has " + std::to_string(email.size()) + " bytes, at most " + std::to_string(kEmailMax) +
           " are allowed";
  }
  const std::size_t at = email.rfind('@');
  const bool two_sides = at != std::string::npos && at > 0 && at + 1 < email.size();
  if (two_sides && !documents::has_controls(email) && !has_noncharacters(email) &&
      email.find_first_of(" ,;:<>()[]\"\\") == std::string::npos && email.find('@') == at) {
    return {};
  }
  return " must be an address such as \"ada@example.com\"";
}

void check_units(const Units& units, Money amount, Reasons& reasons) {
  if (units.quantity < 1 || units.quantity > kQuantityMax) {
    reasons.push_back("\"quantity\" is " + std::to_string(units.quantity) + ", must be from 1 to " +
                      std::to_string(kQuantityMax));
    return;
  }
  if (units.unit_price < Money()) {
    reasons.push_back("\"unitPrice\" is " + units.unit_price.str() + ", must not be below 0");
    return;
  }
  try {
    const Money sum = units.unit_price * units.quantity;
    if (sum == amount) return;
    reasons.push_back("\"amount\" is " + amount.str() + ", but " + std::to_string(units.quantity) +
                      " at " + units.unit_price.str() + " each are " + sum.str());
  } catch (const MoneyOverflow& overflow) {
    reasons.push_back(std::string("\"unitPrice\" is too large: ") + overflow.what());
  }
}

}  // namespace

std::vector<std::string> validate(const Order& order, const OrderRules& rules) {
  Reasons reasons;
  check("orderId", number_fault(order.id), reasons);
  const auto fault = rules.name_and_product ? needed_text_fault : order_text_fault;
  check("customerName", fault(order.customer_name), reasons);
  check("product", fault(order.product), reasons);
  check("amount", amount_fault(order.amount, rules), reasons);
  if (order.units) check_units(*order.units, order.amount, reasons);
  if (order.email) check("email", email_fault(*order.email), reasons);
  if (order.submitted_at &&
      !has_text_form(std::chrono::floor<std::chrono::seconds>(*order.submitted_at))) {
    reasons.emplace_back("\"submittedAt\" is outside the years 0001 to 9999");
  }
  return reasons;
}

Invoice invoice_of(const Order& order, Instant paid_at) {
  const Units units = order.units.value_or(Units{1, order.amount});
  Invoice invoice;
  invoice.number = order.id;
  if (!order.customer_name.empty()) invoice.customer = order.customer_name;
  invoice.date = std::chrono::floor<std::chrono::seconds>(order.submitted_at.value_or(paid_at));
  invoice.lines.push_back({order.product.empty() ? "ORDER" : order.product,
                           order.product.empty() ? "Order" : order.product, units.quantity,
                           units.unit_price});
  return invoice;
}

}  // namespace doorbuster::orders
