// A function of ours as Lambda runs it: a `bootstrap` that answers an event with itself, or fails
// as the event asks: {"fail": "WHY"}, {"exit": CODE}. The handler's name is "echo".
#include <boost/json.hpp>
#include <cstdlib>
#include <iostream>
#include <stdexcept>

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

}  // namespace

int main() {
  return doorbuster::runtime::run_bootstrap({{"echo", echo}});
}
