#include "functions/order_event.h"

#include "functions/json_fields.h"

namespace doorbuster::functions {

const boost::json::value& order_in(const boost::json::value& event) {
  const boost::json::value* order = field(event, "order");
  return order == nullptr ? event : *order;
}

std::string joined(const std::vector<std::string>& reasons) {
  std::string all;
  for (const std::string& reason : reasons) {
    if (!all.empty()) all += "; ";
    all += reason;
  }
  return all;
}

}  // namespace doorbuster::functions
