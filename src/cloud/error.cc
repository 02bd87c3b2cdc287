#include "cloud/error.h"

#include <utility>

namespace doorbuster::cloud {

Error::Error(std::string code, std::string message, int status, std::string reason)
    : code_(std::move(code)),
      message_(std::move(message)),
      status_(status),
      reason_(std::move(reason)),
      what_(code_ + ": " + message_) {}

}  // namespace doorbuster::cloud
