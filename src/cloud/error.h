// An error as an AWS service answers it.
#pragma once

#include <exception>
#include <string>

#include "cloud/async.h"

namespace doorbuster::cloud {

// `code` is AWS's own name for the error in that service ("QueueDoesNotExist", "NoSuchBucket"),
// `message` says what is wrong, where, and what to do; `status` is the HTTP status that the service
// answers with. A status below 500 means that the request must change before it can succeed.
// `reason` is a further word that a few errors of Lambda's have ("Reason").
class Error : public std::exception {
 public:
  Error(std::string code, std::string message, int status = 400, std::string reason = {});

  const std::string& code() const { return code_; }
  const std::string& message() const { return message_; }
  int status() const { return status_; }
  const std::string& reason() const { return reason_; }
  bool is_sender_fault() const { return status_ < 500; }

  // "CODE: MESSAGE".
  const char* what() const noexcept override { return what_.c_str(); }

 private:
  std::string code_;
  std::string message_;
  int status_;
  std::string reason_;
  std::string what_;
};

// What an operation answers wherever it is not to be had.
template <class T>
Async<T> not_implemented(const char* operation) {
  throw Error("NotImplemented", std::string(operation) + " is not implemented.", 501);
}

}  // namespace doorbuster::cloud
