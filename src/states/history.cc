#include "states/history.h"

#include <boost/json.hpp>
#include <utility>

namespace doorbuster::states {

namespace json = boost::json;

std::int64_t History::append(Host& host, std::int64_t previous, std::string_view type,
                             std::string_view details_name, json::object details) {
  if (last_ + 1 >= max_) throw HistoryFull();
  return write(host, previous, type, details_name, std::move(details));
}

std::int64_t History::append_last(Host& host, std::int64_t previous, std::string_view type,
                                  std::string_view details_name, json::object details) {
  return write(host, previous, type, details_name, std::move(details));
}

std::int64_t History::write(Host& host, std::int64_t previous, std::string_view type,
                            std::string_view details_name, json::object details) {
  HistoryEvent event;
  event.id = ++last_;
  event.previous = previous;
  event.timestamp = host.now();
  event.type = type;
  event.details_name = details_name;
  event.details = std::move(details);
  host.append(std::move(event));
  return last_;
}

json::object data_details(std::string_view field, std::string_view text) {
  json::object details;
  details.emplace(field, text);
  details.emplace(std::string(field) + "Details", json::object{{"truncated", false}});
  return details;
}

json::object failure_details(std::string_view error, std::string_view cause) {
  json::object details;
  if (!error.empty()) details.emplace("error", error);
  if (!cause.empty()) details.emplace("cause", cause);
  return details;
}

}  // namespace doorbuster::states
