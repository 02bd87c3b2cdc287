// How a function's runtime is started.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "cloud/function_host.h"
#include "runtime/process.h"

namespace doorbuster::runtime {

struct AccessKey {
  std::string id;
  std::string secret;
};

// The machine that functions run on, as they may know it.
struct Machine {
  // Where interpreters are looked for, unless they are named by an absolute path; it is also the
  // functions' PATH.
  std::string path = "/usr/local/bin:/usr/bin:/bin";
  std::string python = "python3";
  std::string node = "node";
  std::string endpoint;  // AWS_ENDPOINT_URL of the functions; empty: they are given none
  // What the functions of an account sign with. Those of one that isn't here sign with its number,
  // which is enough where signatures aren't checked.
  std::map<std::string, AccessKey> keys;
};

// Throws cloud::Error InvalidParameterValueException if nothing here runs such a function: not its
// runtime, or there is no interpreter for it.
void check_runtime(const cloud::Deployment& deployment, const Machine& machine);

// The process that runs it, and speaks the Runtime API with `api` (host:port). `clients` is where
// the files of runtime/clients.h are. Throws what check_runtime() does.
ProcessOptions launch_of(const cloud::Deployment& deployment, const Machine& machine,
                         const std::filesystem::path& code, const std::filesystem::path& clients,
                         std::string_view api);

}  // namespace doorbuster::runtime
