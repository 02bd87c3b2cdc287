#include "orders/invoice_json.h"

#include <boost/json.hpp>
#include <utility>

#include "documents/json_text.h"
#include "orders/json_values.h"
#include "orders/line_reasons.h"
#include "orders/quoted.h"
#include "orders/timestamp.h"

namespace doorbuster::orders {
namespace {

namespace json = boost::json;

// Stand-ins for what can't be read: validate() has nothing against them, so that on top of the
// reader's reasons it gives only those that hold in any case.
constexpr std::string_view kUnreadableText = "unreadable";

// Reads one invoice out of a JSON value and gathers the reasons why it can't.
class Reader {
 public:
  Parsed read(const json::value& root) {
    const json::object* object = root.if_object();
    if (object == nullptr) {
      return {std::nullopt, {"an invoice " + must_be("a JSON object", root)}};
    }
    if (object->if_contains("invoice") == nullptr && object->if_contains("order_id") != nullptr) {
      read_simple_order(*object);
    } else {
      read_invoice(*object);
    }
    return finish();
  }

 private:
  Parsed finish() {
    line_reasons_.move_to(reasons_);
    if (kind_known_) {
      std::vector<std::string> invalid = validate(invoice_);
      if (reasons_.empty() && invalid.empty()) return {std::move(invoice_), {}};
      std::ranges::move(invalid, std::back_inserter(reasons_));
    }
    return {std::nullopt, std::move(reasons_)};
  }

  void read_invoice(const json::object& object) {
    invoice_.number = read_text(object, "invoice", Need::required);
    read_kind(object);
    read_customer(object);
    invoice_.country = read_text(object, "country", Need::optional);
    read_date(object);
    read_lines(object);
  }

  void read_simple_order(const json::object& object) {
    invoice_.number = read_text(object, "order_id", Need::required);
    read_customer(object);
    if (const json::value* status = object.if_contains("status")) {
      const json::string* text = status->if_string();
      if (text == nullptr) {
        reject("status", must_be("a string", *status));
      } else if (*text != "confirmed") {
        reject("status", "is " + quoted(*text) + ", only \"confirmed\" orders are taken");
      }
    }
    invoice_.lines.push_back({"ORDER", "Order", 1, read_amount(object)});
  }

  enum class Need { required, optional };

  // A text field of the invoice; empty if an optional one is absent.
  std::string read_text(const json::object& object, std::string_view name, Need need) {
    const json::value* value = object.if_contains(name);
    if (value == nullptr) {
      if (need == Need::optional) return {};
      reject(name, "is missing");
    } else if (const json::string* text = value->if_string()) {
      return {text->data(), text->size()};
    } else {
      reject(name, must_be("a string", *value));
    }
    return std::string(kUnreadableText);
  }

  void read_kind(const json::object& object) {
    const json::value* value = object.if_contains("kind");
    if (value == nullptr) return;
    const json::string* text = value->if_string();
    if (text != nullptr && *text == "sale") {
      invoice_.kind = Kind::sale;
    } else if (text != nullptr && *text == "cancellation") {
      invoice_.kind = Kind::cancellation;
    } else if (text != nullptr && *text == "adjustment") {
      invoice_.kind = Kind::adjustment;
    } else {
      kind_known_ = false;
      reject("kind", R"(must be "sale", "cancellation" or "adjustment", not )" +
                         (text != nullptr ? quoted(*text) : std::string(name_of(*value))));
    }
  }

  void read_customer(const json::object& object) {
    const json::value* value = object.if_contains("customer");
    if (value == nullptr || value->is_null()) return;
    if (const json::string* text = value->if_string()) {
      invoice_.customer.emplace(text->data(), text->size());
    } else {
      reject("customer", must_be("a string, or absent for a guest", *value));
    }
  }

  void read_date(const json::object& object) {
    const json::value* value = object.if_contains("date");
    if (value == nullptr || value->is_null()) return;
    const json::string* text = value->if_string();
    if (text != nullptr) invoice_.date = parse_timestamp(*text);
    if (!invoice_.date) {
      reject("date", "must be a date and time such as \"2010-12-01T08:26:00\", not " +
                         (text != nullptr ? quoted(*text) : std::string(name_of(*value))));
    }
  }

  void read_lines(const json::object& object) {
    const json::value* value = object.if_contains("lines");
    const json::array* lines = value == nullptr ? nullptr : value->if_array();
    if (lines == nullptr) {
      reject("lines", value == nullptr ? "is missing" : must_be("an array", *value));
      invoice_.lines.push_back(stand_in());
      return;
    }
    // One more than allowed is enough for validate() to see that there are too many.
    const std::size_t count = std::min(lines->size(), kLinesMax + 1);
    invoice_.lines.reserve(count);
    for (std::size_t i = 0; i < count; ++i) invoice_.lines.push_back(read_line((*lines)[i], i));
  }

  Line stand_in() const {
    return {std::string(kUnreadableText), {}, invoice_.kind == Kind::cancellation ? -1 : 1, {}};
  }

  Line read_line(const json::value& value, std::size_t index) {
    Line line = stand_in();
    const json::object* object = value.if_object();
    if (object == nullptr) {
      line_reasons_.add(index, must_be("an object", value));
      return line;
    }
    read_line_text(*object, "stock_code", Need::required, line.stock_code, index);
    read_line_text(*object, "description", Need::optional, line.description, index);

    if (const json::value* quantity = object->if_contains("quantity"); quantity == nullptr) {
      line_reasons_.add(index, "\"quantity\" is missing");
    } else if (const std::int64_t* n = quantity->if_int64()) {
      line.quantity = *n;
    } else {
      line_reasons_.add(index, "\"quantity\" must be a whole number, not " +
                                   (quantity->is_number() ? json::serialize(*quantity)
                                                          : std::string(name_of(*quantity))));
    }
    if (const json::value* price = object->if_contains("unit_price"); price == nullptr) {
      line_reasons_.add(index, "\"unit_price\" is missing");
    } else if (const std::optional<Money> money = read_money(*price)) {
      line.unit_price = *money;
    } else {
      line_reasons_.add(index, "\"unit_price\" " + must_be_money(*price));
    }
    return line;
  }

  void read_line_text(const json::object& object, std::string_view name, Need need,
                      std::string& text, std::size_t index) {
    const json::value* value = object.if_contains(name);
    if (value == nullptr) {
      if (need == Need::optional) return;
      line_reasons_.add(index, "\"" + std::string(name) + "\" is missing");
    } else if (const json::string* found = value->if_string()) {
      text.assign(found->data(), found->size());
    } else {
      line_reasons_.add(index, "\"" + std::string(name) + "\" " + must_be("a string", *value));
    }
  }

  Money read_amount(const json::object& object) {
    const json::value* value = object.if_contains("amount");
    if (value == nullptr) {
      reject("amount", "is missing");
      return {};
    }
    const std::optional<Money> amount = read_money(*value);
    if (!amount) {
      reject("amount", must_be_money(*value));
    } else if (*amount <= Money()) {
      reject("amount", "is " + amount->str() + ", must be above 0");
    } else {
      return *amount;
    }
    return {};
  }

  void reject(std::string_view field, const std::string& fault) {
    reasons_.push_back("\"" + std::string(field) + "\" " + fault);
  }

  Invoice invoice_;
  bool kind_known_ = true;  // what a quantity must be depends on it
  std::vector<std::string> reasons_;
  LineReasons line_reasons_;
};

std::string_view text_of(Kind kind) {
  switch (kind) {
    case Kind::sale:
      return "sale";
    case Kind::cancellation:
      return "cancellation";
    case Kind::adjustment:
      return "adjustment";
  }
  return "unknown";
}

json::value value_of(const Line& line, const json::storage_ptr& storage) {
  return json::object({{"stock_code", line.stock_code},
                       {"description", line.description},
                       {"quantity", line.quantity},
                       {"unit_price", line.unit_price.str()}},
                      storage);
}

}  // namespace

Parsed parse_invoice(std::string_view text) {
  if (text.size() > kJsonBytesMax) {
    return {std::nullopt,
            {"the text has " + std::to_string(text.size()) + " bytes, at most " +
             std::to_string(kJsonBytesMax) + " are allowed"}};
  }
  // An invoice of a few lines fits into these; only a longer one costs allocations.
  unsigned char values[8192];
  unsigned char scratch[2048];
  json::monotonic_resource resource(values);
  json::parse_options options;
  options.max_depth = kJsonDepthMax;
  json::parser parser(&resource, options, scratch);
  boost::system::error_code error;
  const std::size_t read = parser.write(text.data(), text.size(), error);
  if (error) {
    return {std::nullopt, {"is not JSON: " + error.message() + " at byte " + std::to_string(read)}};
  }
  return Reader().read(parser.release());
}

json::value to_value(const Invoice& invoice, const json::storage_ptr& storage) {
  json::object value(storage);
  value.emplace("invoice", invoice.number);
  value.emplace("kind", text_of(invoice.kind));
  if (invoice.customer) value.emplace("customer", *invoice.customer);
  value.emplace("country", invoice.country);
  if (invoice.date) value.emplace("date", format_timestamp(*invoice.date));
  json::array lines(storage);
  lines.reserve(invoice.lines.size());
  for (const Line& line : invoice.lines) lines.push_back(value_of(line, storage));
  value.emplace("lines", std::move(lines));
  return value;
}

std::string to_json(const Invoice& invoice) {
  unsigned char values[8192];  // as parse_invoice() has it
  json::monotonic_resource resource(values);
  return documents::to_text(to_value(invoice, &resource));
}

}  // namespace doorbuster::orders
