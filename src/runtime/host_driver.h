// A host of functions, and functions made on the spot, for tests.
#pragma once

#include <gmock/gmock.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/json.hpp>
#include <fstream>
#include <future>
#include <iterator>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cloud/error.h"
#include "runtime/process_host.h"
#include "runtime/temporary.h"
#include "runtime/zip_maker.h"

namespace doorbuster::runtime {

class HostTest : public testing::Test {
 protected:
  // The system's, unless it is to fail as whatever takes memory can.
  struct Clock : cloud::Clock {
    cloud::Time now() const override {
      if (fails) throw std::bad_alloc();
      return cloud::SystemClock().now();
    }
    std::atomic<bool> fails = false;
  };

  ~HostTest() override { host_.reset(); }

  // As `options` say by the first call.
  ProcessHost& host() {
    if (!host_) {
      options.code = home.path() / "code";
      options.logs = home.path() / "logs";
      host_.emplace(options, clock);
    }
    return *host_;
  }

  static cloud::Deployment function(const std::string& name, const std::string& runtime,
                                    std::vector<ZipEntry> files, const std::string& handler) {
    cloud::Deployment deployment;
    deployment.FunctionName = name;
    deployment.FunctionArn = "arn:aws:lambda:eu-west-1:111122223333:function:" + name;
    deployment.RevisionId = "first";
    deployment.Runtime = runtime;
    deployment.Handler = handler;
    deployment.CodeSha256 = "a/b+c=";
    deployment.code = [zip = make_zip(files)]() -> cloud::Async<std::string> { co_return zip; };
    return deployment;
  }
  static cloud::Deployment python(const std::string& code, const std::string& name = "Py") {
    return function(name, "python3.12", {{"app.py", code}}, "app.handler");
  }
  static cloud::Deployment node(const std::string& code, const std::string& file = "index.js") {
    return function("Node", "nodejs20.x", {{file, code}}, "index.handler");
  }
  static cloud::Deployment provided(const std::string& bootstrap) {
    return function("Own", "provided.al2023", {executable("bootstrap", bootstrap)}, "ignored");
  }

  std::future<cloud::InvocationOutcome> begin(const cloud::Deployment& deployment,
                                              const std::string& payload = "{}") {
    cloud::Invocation invocation;
    invocation.AwsRequestId = "request-" + std::to_string(++calls_);
    invocation.Payload = payload;
    invocation.ClientContext = client_context;
    invocation.TraceHeader = "Root=1-2-3";
    invocation.InvokedFunctionArn = deployment.FunctionArn + ":live";
    return boost::asio::co_spawn(pool_, host().invoke(deployment, invocation),
                                 boost::asio::use_future);
  }
  cloud::InvocationOutcome call(const cloud::Deployment& deployment,
                                const std::string& payload = "{}") {
    return begin(deployment, payload).get();
  }
  // The payload of a call that must succeed.
  boost::json::value answer(const cloud::Deployment& deployment,
                            const std::string& payload = "{}") {
    const auto outcome = call(deployment, payload);
    EXPECT_EQ(outcome.FunctionError, "") << outcome.Payload << '\n' << outcome.LogTail;
    return boost::json::parse(outcome.Payload);
  }
  // "TYPE: MESSAGE" of a call that must fail.
  std::string failure(const cloud::Deployment& deployment, const std::string& payload = "{}") {
    const auto outcome = call(deployment, payload);
    EXPECT_EQ(outcome.FunctionError, "Unhandled") << outcome.Payload;
    return described(outcome);
  }
  static std::string described(const cloud::InvocationOutcome& outcome) {
    const auto error = boost::json::parse(outcome.Payload);
    return std::string(error.at("errorType").as_string()) + ": " +
           std::string(error.at("errorMessage").as_string());
  }
  // What check() refuses it with.
  std::string refusal(const cloud::Deployment& deployment) {
    try {
      boost::asio::co_spawn(pool_, host().check(deployment), boost::asio::use_future).get();
      return "";
    } catch (const cloud::Error& e) {
      return e.what();
    }
  }

  static std::string content(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::filesystem::path log_path(const std::string& name) const {
    return home.path() / "logs" / "eu-west-1" / "111122223333" / (name + ".log");
  }

  const Temporary home;
  Clock clock;
  ProcessHostOptions options;
  std::string client_context;

 private:
  boost::asio::thread_pool pool_{2};
  std::optional<ProcessHost> host_;
  int calls_ = 0;
};

}  // namespace doorbuster::runtime
