#include "runtime/launch.h"

#include <unistd.h>

#include <map>
#include <sstream>
#include <utility>

#include "cloud/arn.h"
#include "cloud/error.h"
#include "runtime/clients.h"

namespace doorbuster::runtime {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMiB = 1 << 20;
// RLIMIT_DATA counts what can be written, used or not: stacks of threads, and what Node.js sets
// aside for its heap, whose real limit is a flag of its own.
constexpr std::uint64_t kProcessOverhead = 64 * kMiB;
constexpr std::uint64_t kNodeOverhead = 512 * kMiB;
constexpr int kNodeHeapPercent = 90;

enum class Language { provided, python, node };

Language language_of(const cloud::Deployment& deployment) {
  if (!deployment.ImageUri.empty()) {
    throw cloud::Error("InvalidParameterValueException",
                       "Container images are not run here: give the function's code as a zip.");
  }
  if (deployment.Runtime.starts_with("provided")) return Language::provided;
  if (deployment.Runtime.starts_with("python3.")) return Language::python;
  if (deployment.Runtime.starts_with("nodejs")) return Language::node;
  throw cloud::Error("InvalidParameterValueException",
                     "The runtime " + deployment.Runtime +
                         " is not run here: use provided.*, python3.* or nodejs*.");
}

// The first of the path's directories that has it.
std::string find_program(const std::string& name, const std::string& path) {
  if (fs::path(name).is_absolute()) return access(name.c_str(), X_OK) == 0 ? name : "";
  std::istringstream directories(path);
  for (std::string directory; std::getline(directories, directory, ':');) {
    const std::string candidate = directory + '/' + name;
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return "";
}

std::string interpreter(const cloud::Deployment& deployment, const std::string& name,
                        const std::string& path) {
  std::string found = find_program(name, path);
  if (!found.empty()) return found;
  throw cloud::Error("InvalidParameterValueException",
                     "The runtime " + deployment.Runtime + " needs " + name +
                         " on this machine, and there is none in " + path + ".");
}

std::vector<std::string> command_of(const cloud::Deployment& deployment, const Machine& machine,
                                    const fs::path& code, const fs::path& clients) {
  switch (language_of(deployment)) {
    case Language::python:
      // -s: not what the machine's user has installed for himself.
      return {interpreter(deployment, machine.python, machine.path), "-s",
              clients / kPythonClientName};
    case Language::node:
      return {
          interpreter(deployment, machine.node, machine.path),
          "--max-old-space-size=" + std::to_string(deployment.MemorySize * kNodeHeapPercent / 100),
          clients / kNodeClientName};
    case Language::provided:
      break;
  }
  return {code / "bootstrap"};
}

std::uint64_t data_bytes(const cloud::Deployment& deployment) {
  const auto memory = static_cast<std::uint64_t>(deployment.MemorySize) * kMiB;
  return memory + (language_of(deployment) == Language::node ? kNodeOverhead : kProcessOverhead);
}

// What Lambda gives a function, and nothing else.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
std::map<std::string, std::string> environment_of(const cloud::Deployment& deployment,
                                                  const Machine& machine, const fs::path& code,
                                                  const fs::path& clients, std::string_view api) {
  const auto arn = cloud::Arn::parse(deployment.FunctionArn).value_or(cloud::Arn{});
  // A function may replace these.
  std::map<std::string, std::string> all{
      {"LANG", "en_US.UTF-8"},
      {"TZ", ":UTC"},
      {"PATH", machine.path},
      {"LD_LIBRARY_PATH", code.string() + ':' + (code / "lib").string()}};
  if (!machine.endpoint.empty()) all["AWS_ENDPOINT_URL"] = machine.endpoint;
  for (const auto& [name, value] : deployment.Environment) all[name] = value;
  const auto own = machine.keys.find(arn.account);
  const AccessKey key =
      own == machine.keys.end() ? AccessKey{arn.account, arn.account} : own->second;
  const std::map<std::string, std::string> reserved{
      {"_HANDLER", deployment.Handler},
      {"LAMBDA_TASK_ROOT", code.string()},
      {"LAMBDA_RUNTIME_DIR", clients.string()},
      {"AWS_EXECUTION_ENV", "AWS_Lambda_" + deployment.Runtime},
      {"AWS_LAMBDA_RUNTIME_API", std::string(api)},
      {"AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"},
      {"AWS_LAMBDA_FUNCTION_NAME", deployment.FunctionName},
      {"AWS_LAMBDA_FUNCTION_VERSION", deployment.Version},
      {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", std::to_string(deployment.MemorySize)},
      {"AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/" + deployment.FunctionName},
      {"AWS_LAMBDA_LOG_STREAM_NAME", deployment.FunctionName},
      {"AWS_REGION", arn.region},
      {"AWS_DEFAULT_REGION", arn.region},
      {"AWS_ACCESS_KEY_ID", key.id},
      {"AWS_SECRET_ACCESS_KEY", key.secret}};
  for (const auto& [name, value] : reserved) all[name] = value;
  return all;
}

}  // namespace

void check_runtime(const cloud::Deployment& deployment, const Machine& machine) {
  command_of(deployment, machine, {}, {});
}

ProcessOptions launch_of(const cloud::Deployment& deployment, const Machine& machine,
                         const fs::path& code, const fs::path& clients, std::string_view api) {
  ProcessOptions options;
  options.command = command_of(deployment, machine, code, clients);
  for (const auto& [name, value] : environment_of(deployment, machine, code, clients, api)) {
    options.environment.push_back(name + '=' + value);
  }
  options.directory = code;
  options.data_bytes = data_bytes(deployment);
  return options;
}

}  // namespace doorbuster::runtime
