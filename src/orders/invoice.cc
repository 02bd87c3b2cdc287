#include "orders/invoice.h"

#include <algorithm>

#include "documents/utf8.h"
#include "orders/line_reasons.h"
#include "orders/timestamp.h"

namespace doorbuster::orders {
namespace {

bool is_number_char(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

// What is wrong with a text field, as the end of a sentence; empty if nothing is. The byte 0 is
// refused because PostgreSQL, where the text may end up, can't store it.
std::string text_fault(const std::string& text) {
  if (text.size() > kTextLengthMax) {
    return " has " + std::to_string(text.size()) + " bytes, at most " +
           std::to_string(kTextLengthMax) + " are allowed";
  }
  if (text.find('\0') != std::string::npos) return " contains a NUL character";
  if (!documents::is_utf8(text)) return " is not valid UTF-8";
  return {};
}

void check_text(const std::string& name, const std::string& text,
                std::vector<std::string>& reasons) {
  if (std::string fault = text_fault(text); !fault.empty()) reasons.push_back(name + fault);
}

void check_quantity(std::int64_t quantity, Kind kind, std::size_t line, LineReasons& reasons) {
  if (kind == Kind::sale && quantity <= 0) {
    reasons.add(line, "quantity " + std::to_string(quantity) + " on a sale, must be above 0");
  } else if (kind == Kind::cancellation && quantity >= 0) {
    reasons.add(line,
                "quantity " + std::to_string(quantity) + " on a cancellation, must be below 0");
  }
  if (quantity > kQuantityMax || quantity < -kQuantityMax) {
    reasons.add(line, "quantity " + std::to_string(quantity) + " is beyond " +
                          std::to_string(kQuantityMax) + ", the most that a line may have");
  }
}

void check_line(const Line& line, Kind kind, std::size_t index, LineReasons& reasons) {
  if (line.stock_code.empty()) reasons.add(index, "the stock code is empty");
  if (std::string fault = text_fault(line.stock_code); !fault.empty()) {
    reasons.add(index, "the stock code" + fault);
  }
  if (std::string fault = text_fault(line.description); !fault.empty()) {
    reasons.add(index, "the description" + fault);
  }
  if (kind == Kind::adjustment) return;  // it has no right quantities and prices
  check_quantity(line.quantity, kind, index, reasons);
  if (line.unit_price < Money()) {
    reasons.add(index, "unit price " + line.unit_price.str() + ", must not be below 0");
  }
}

void check_total(const Invoice& invoice, std::vector<std::string>& reasons) {
  try {
    invoice.amount();
    invoice.units();
  } catch (const MoneyOverflow& overflow) {
    reasons.push_back(std::string("the total cannot be counted: ") + overflow.what());
  }
}

}  // namespace

Money Invoice::amount() const {
  Money sum;
  for (const Line& line : lines) sum += line.amount();
  return sum;
}

std::int64_t Invoice::units() const {
  std::int64_t sum = 0;
  for (const Line& line : lines) {
    if (__builtin_add_overflow(sum, line.quantity, &sum)) throw MoneyOverflow();
  }
  return sum;
}

std::string number_fault(const std::string& number) {
  if (number.empty()) return " is empty";
  if (number.size() > kNumberLengthMax) {
    return " has " + std::to_string(number.size()) + " characters, at most " +
           std::to_string(kNumberLengthMax) + " are allowed";
  }
  if (std::ranges::all_of(number, is_number_char)) return {};
  return R"( may contain only letters A-Z and a-z, digits, ".", "_" and "-")";
}

std::vector<std::string> validate(const Invoice& invoice) {
  std::vector<std::string> reasons;
  if (std::string fault = number_fault(invoice.number); !fault.empty()) {
    reasons.push_back("the invoice number" + fault);
  }
  if (invoice.kind == Kind::adjustment) {
    reasons.emplace_back("is an accounting adjustment, not an order");
  }
  if (invoice.customer) {
    if (invoice.customer->empty()) {
      reasons.emplace_back("the customer is empty: a guest's order has none at all");
    }
    check_text("the customer", *invoice.customer, reasons);
  }
  check_text("the country", invoice.country, reasons);
  if (invoice.date && !has_text_form(*invoice.date)) {
    reasons.emplace_back("the date is outside the years 0001 to 9999");
  }

  if (invoice.lines.empty()) reasons.emplace_back("has no lines, at least one is needed");
  if (invoice.lines.size() > kLinesMax) {
    reasons.push_back("has more than " + std::to_string(kLinesMax) + " lines");
  }
  LineReasons line_reasons;
  for (std::size_t i = 0; i < invoice.lines.size(); ++i) {
    check_line(invoice.lines[i], invoice.kind, i, line_reasons);
  }
  line_reasons.move_to(reasons);
  check_total(invoice, reasons);
  return reasons;
}

}  // namespace doorbuster::orders
