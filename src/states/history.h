// Writes the events of an execution: AWS's types, order and details.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

#include "states/execution.h"

namespace doorbuster::states {

// There is room for one event only, which has to be the last.
struct HistoryFull {};

class History {
 public:
  std::int64_t last() const { return last_; }
  void restore(std::int64_t last) { last_ = last; }
  // No kHistoryMax.
  void lift_limit() { max_ = std::numeric_limits<std::int64_t>::max(); }

  // Appends an event and returns its id. Throws HistoryFull instead if only one more fits.
  std::int64_t append(Host& host, std::int64_t previous, std::string_view type,
                      std::string_view details_name = {}, Details details = {});
  // One that ends the execution.
  std::int64_t append_last(Host& host, std::int64_t previous, std::string_view type,
                           std::string_view details_name, Details details);

 private:
  std::int64_t write(Host& host, std::int64_t previous, std::string_view type,
                     std::string_view details_name, Details details);

  std::int64_t last_ = 0;
  std::int64_t max_ = kHistoryMax;
};

// "error" and "cause", without what there is not.
Details failure_details(std::string_view error, std::string_view cause);

}  // namespace doorbuster::states
