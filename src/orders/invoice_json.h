// The invoice as JSON: what lies in the bucket and what producers send. docs/invoice.md says
// what each field means.
#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "orders/invoice.h"

namespace doorbuster::orders {

// Limits on a text that parse_invoice() takes.
inline constexpr std::size_t kJsonBytesMax = std::size_t{64} * 1024 * 1024;
inline constexpr std::size_t kJsonDepthMax = 32;

// Either a valid invoice and no reasons, or no invoice and at least one reason.
struct Parsed {
  std::optional<Invoice> invoice;
  std::vector<std::string> reasons;
};

// Reads an invoice, or the simple order that stands for a sale of one line, and validates it.
// Whatever is wrong, from bytes that aren't JSON to a quantity of 0, comes back as reasons; it
// throws nothing but std::bad_alloc.
Parsed parse_invoice(std::string_view json);

// On one line, fields in a fixed order, so that equal invoices give equal texts. Needs what
// validate() asks of texts and the date; parse_invoice() gives a valid invoice back as it was.
std::string to_json(const Invoice& invoice);

// The same before it is written.
boost::json::value to_value(const Invoice& invoice, const boost::json::storage_ptr& storage = {});

}  // namespace doorbuster::orders
