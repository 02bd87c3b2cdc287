// Where the functions of a run are: at times there is no room for them, they take long, they go on
// after their timeout, and the process dies when they have just done their work.
#pragma once

#include <map>
#include <string>

#include "cloud/function_host.h"
#include "cloud/lambda.h"
#include "world.h"

namespace doorbuster::simulator {

class FunctionHost final : public cloud::FunctionHost {
 public:
  explicit FunctionHost(World& world) : world_(world) {}

  // One that may be late is at times answered for by its timeout, and does its work then or later.
  enum class Late { never, sometimes };
  // Takes the place of what had the name before.
  void add(const std::string& name, cloud::Handler handler, Late late = Late::never) {
    functions_[name] = {std::move(handler), late};
  }

  // Has it made in Lambda, unless it is there.
  void deploy(const std::string& name);

  cloud::Async<void> check(cloud::Deployment) override { co_return; }
  cloud::Async<cloud::InvocationOutcome> invoke(cloud::Deployment deployment,
                                                cloud::Invocation invocation) override;
  void retire(const std::string&) override {}

 private:
  struct Function {
    cloud::Handler handler;
    Late late = Late::never;
  };

  cloud::Async<cloud::InvocationOutcome> run(cloud::Handler handler, cloud::Invocation invocation,
                                             cloud::Context context);
  cloud::Async<void> run_late(cloud::Handler handler, cloud::Invocation invocation,
                              cloud::Context context);

  World& world_;
  std::map<std::string, Function> functions_;
};

}  // namespace doorbuster::simulator
