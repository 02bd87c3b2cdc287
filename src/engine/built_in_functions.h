// Functions that are built into this program, as images: a function of PackageType Image runs the
// handler that its ImageUri names.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <map>
#include <string>

#include "cloud/function_host.h"
#include "cloud/lambda.h"

namespace doorbuster::engine {

class BuiltInFunctions final : public cloud::FunctionHost {
 public:
  // Handlers run on the executor, whose context must outlive their calls.
  explicit BuiltInFunctions(boost::asio::any_io_executor executor)
      : executor_(std::move(executor)) {}

  // Before anything is called. `image_uri` is like "doorbuster/ShipInvoices".
  void add(const std::string& image_uri, cloud::Handler handler) {
    handlers_[image_uri] = std::move(handler);
  }

  cloud::Async<void> check(cloud::Deployment deployment) override;
  // What a handler throws becomes {"errorMessage", "errorType"}, with a cloud::Error's code as the
  // type. A handler that takes longer than the Timeout goes on, but nobody hears of it.
  cloud::Async<cloud::InvocationOutcome> invoke(cloud::Deployment deployment,
                                                cloud::Invocation invocation) override;
  void retire(const std::string&) override {}

 private:
  boost::asio::any_io_executor executor_;
  std::map<std::string, cloud::Handler> handlers_;
};

}  // namespace doorbuster::engine
