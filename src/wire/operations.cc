#include "wire/operations.h"

#include <algorithm>
#include <array>

namespace doorbuster::wire {

const Operation* Service::find(std::string_view operation) const {
  const auto found = std::find_if(operations.begin(), operations.end(),
                                  [&](const Operation& row) { return row.name == operation; });
  return found == operations.end() ? nullptr : &*found;
}

std::span<const Service* const> services() {
  static constexpr std::array all = {
      &sqs_service,
      &sns_service,
      &sts_service,
      &iam_service,
      &s3_service,
      &lambda_service,
      &step_functions_service,
      &cloud_watch_service,
  };
  return all;
}

const Service* find_service(std::string_view name) {
  for (const Service* service : services()) {
    if (service->name == name) return service;
  }
  return nullptr;
}

}  // namespace doorbuster::wire
