#include "states/history.h"

#include <utility>

namespace doorbuster::states {

std::int64_t History::append(Host& host, std::int64_t previous, std::string_view type,
                             std::string_view details_name, Details details) {
  if (last_ + 1 >= max_) throw HistoryFull();
  return write(host, previous, type, details_name, std::move(details));
}

std::int64_t History::append_last(Host& host, std::int64_t previous, std::string_view type,
                                  std::string_view details_name, Details details) {
  return write(host, previous, type, details_name, std::move(details));
}

std::int64_t History::write(Host& host, std::int64_t previous, std::string_view type,
                            std::string_view details_name, Details details) {
  host.append({++last_, previous, host.now(), type, details_name, std::move(details)});
  return last_;
}

Details failure_details(std::string_view error, std::string_view cause) {
  Details details;
  if (!error.empty()) details.push_back({"error", error});
  if (!cause.empty()) details.push_back({"cause", cause});
  return details;
}

}  // namespace doorbuster::states
