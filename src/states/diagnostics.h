// Collects what is wrong with a definition, so that all of it can be told at once.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "states/definition.h"

namespace doorbuster::states {

class Diagnostics {
 public:
  void error(std::string code, std::string message, std::string location) {
    add(Diagnostic::Severity::error, std::move(code), std::move(message), std::move(location));
  }
  // What a definition of another form than the language's says.
  void schema(std::string message, std::string location) {
    error("SCHEMA_VALIDATION_FAILED", std::move(message), std::move(location));
  }
  void warning(std::string code, std::string message, std::string location) {
    add(Diagnostic::Severity::warning, std::move(code), std::move(message), std::move(location));
  }

  bool has_errors() const {
    return std::any_of(all_.begin(), all_.end(), [](const Diagnostic& diagnostic) {
      return diagnostic.severity == Diagnostic::Severity::error;
    });
  }
  std::vector<Diagnostic> take() { return std::move(all_); }

 private:
  // More than this tells nobody anything.
  static constexpr std::size_t kMax = 1'000;

  void add(Diagnostic::Severity severity, std::string code, std::string message,
           std::string location) {
    if (all_.size() == kMax) return;
    all_.push_back({.severity = severity,
                    .code = std::move(code),
                    .message = std::move(message),
                    .location = std::move(location)});
  }

  std::vector<Diagnostic> all_;
};

}  // namespace doorbuster::states
