#include "cli/failure_log.h"

#include <utility>

#include "cloud/arn.h"

namespace doorbuster::cli {
namespace {

constexpr std::size_t kLineMax = 4096;

std::filesystem::path path_under(const std::filesystem::path& logs, const std::string& function_arn,
                                 const std::string& function_name) {
  const auto arn = cloud::Arn::parse(function_arn).value_or(cloud::Arn{});
  return logs / arn.region / arn.account / (function_name + ".log");
}

}  // namespace

cloud::Async<void> FailureLog::check(cloud::Deployment deployment) {
  co_await functions_.check(std::move(deployment));
}

cloud::Async<cloud::InvocationOutcome> FailureLog::invoke(cloud::Deployment deployment,
                                                          cloud::Invocation invocation) {
  // Most calls succeed: nothing more than this is done for them.
  const std::string arn = deployment.FunctionArn;
  const std::string name = deployment.FunctionName;
  const std::string id = invocation.AwsRequestId;
  auto outcome = co_await functions_.invoke(std::move(deployment), std::move(invocation));
  if (!outcome.FunctionError.empty() && !logs_.empty()) {
    add(path_under(logs_, arn, name),
        "[ERROR] RequestId: " + id + ' ' + outcome.Payload.substr(0, kLineMax));
  }
  co_return outcome;
}

void FailureLog::add(const std::filesystem::path& path, const std::string& line) {
  const std::lock_guard held(mutex_);
  runtime::FunctionLog log(path, clock_);
  log.add(line);
  log.flush();
}

}  // namespace doorbuster::cli
