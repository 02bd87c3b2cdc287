// A function of ours as Lambda runs it: a `bootstrap` that answers an event with itself, or fails
// as the event asks: {"fail": "WHY"}, {"exit": CODE}. The handler's name is "echo", or "late",
// which can't be made before there is a file that FILE names.
#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <stdexcept>

#include "cloud/error.h"
#include "runtime/bootstrap.h"

namespace {

namespace cloud = doorbuster::cloud;

cloud::Async<boost::json::value> echo(boost::json::value event, cloud::Context context) {
  std::cout << context.FunctionName << " was called" << std::endl;
  if (const auto* fields = event.if_object()) {
    const auto* why = fields->if_contains("fail");
    if (why) throw std::runtime_error(std::string(why->as_string()));
    const auto* code = fields->if_contains("exit");
    if (code) std::_Exit(static_cast<int>(code->as_int64()));
  }
  co_return event;
}

cloud::Handler make_late() {
  const char* file = std::getenv("FILE");  // NOLINT(concurrency-mt-unsafe): never set here
  if (!std::filesystem::exists(file)) throw cloud::Error("Busy", "not yet", 503);
  return echo;
}

}  // namespace

int main() {
  return doorbuster::runtime::run_bootstrap(
      {{"echo", [] { return cloud::Handler(echo); }}, {"late", make_late}});
}
