// A test of functions: a bed on which they run, and short words for what is done with them.
#pragma once

#include <string>
#include <utility>

#include "engine/async_invocations.h"
#include "engine/event_source_pollers.h"
#include "engine/queue_driver.h"
#include "engine/test_bed.h"

namespace doorbuster::engine {

class LambdaTest : public testing::Test {
 protected:
  static cloud::CreateFunctionRequest function(const std::string& name) {
    cloud::CreateFunctionRequest request;
    request.FunctionName = name;
    request.Runtime = "python3.11";
    request.Handler = "app.handler";
    request.Role = "arn:aws:iam::000000000000:role/r";
    request.Code.ZipFile = "the zip of " + name;
    return request;
  }
  std::string create(const std::string& name) { return create(function(name)); }
  std::string create(cloud::CreateFunctionRequest request) {
    return bed.run(bed.lambda().CreateFunction(std::move(request))).FunctionArn;
  }
  static cloud::InvokeRequest call(const std::string& name, std::string payload = "{}",
                                   std::string type = {}) {
    cloud::InvokeRequest request;
    request.FunctionName = name;
    request.Payload = std::move(payload);
    request.InvocationType = std::move(type);
    return request;
  }
  cloud::InvokeResult invoke(cloud::InvokeRequest request) {
    return bed.run(bed.lambda().Invoke(std::move(request)));
  }
  void send_event(const std::string& name, std::string payload = "{}") {
    EXPECT_EQ(invoke(call(name, std::move(payload), "Event")).StatusCode, 202);
  }
  void allow(const std::string& name, const std::string& service) {
    cloud::AddFunctionPermissionRequest request;
    request.FunctionName = name;
    request.StatementId = "for-" + service.substr(0, service.find('.'));
    request.Action = "lambda:InvokeFunction";
    request.Principal = service;
    bed.run(bed.lambda().AddPermission(std::move(request)));
  }
  // Begins what works beside the writer.
  void start() {
    const AsyncInvocations events(bed.engine(), bed.executor());
    const EventSourcePollers pollers(bed.engine(), bed.executor());
    bed.settle();
  }

  // What is wrong with an operation, empty if nothing: "CODE: MESSAGE".
  template <class T>
  std::string message_of(cloud::Async<T> operation) {
    try {
      bed.run(std::move(operation));
      return "";
    } catch (const cloud::Error& e) {
      return e.what();
    }
  }

  TestBed bed;
};

}  // namespace doorbuster::engine
