// The runtime clients of interpreted languages: what turns a module with a handler in it into a
// process that speaks the Runtime API. They ship in the program, and are written to a directory
// for the interpreters.
#pragma once

#include <string_view>

namespace doorbuster::runtime {

constexpr const char* kPythonClientName = "bootstrap.py";
constexpr const char* kNodeClientName = "bootstrap.mjs";

extern const std::string_view kPythonClient;
extern const std::string_view kNodeClient;

}  // namespace doorbuster::runtime
