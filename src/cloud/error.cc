#include "cloud/error.h"

#include <utility>

namespace doorbuster::cloud {

Error::Error(std::string code, std::string message, int status)
    : code_(std::move(code)),
      message_(std::move(message)),
      status_(status),
      what_(code_ + ": " + message_) {}

}  // namespace doorbuster::cloud
