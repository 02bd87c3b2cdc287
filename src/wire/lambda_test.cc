// Lambda's REST with JSON: what a client writes is what a server reads, and back again.
#include "cloud/lambda.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wire/client.h"
#include "wire/rest_json.h"
#include "wire/testing.h"

namespace doorbuster::wire {
namespace {

using cloud::Lambda;
using testing::Contains;
using testing::HasSubstr;
using testing::Pair;

// As a connection sees what a client sends.
struct Sent {
  explicit Sent(Request what, const std::string& service = "lambda") : request(std::move(what)) {
    head.method = request.method;
    head.path = request.path;
    head.query = request.query;
    authorization = "AWS4-HMAC-SHA256 Credential=key/20261127/us-east-1/" + service +
                    "/aws4_request, SignedHeaders=host, Signature=0";
    if (!service.empty()) head.headers.push_back({"Authorization", authorization});
    for (const auto& [name, value] : request.headers) head.headers.push_back({name, value});
  }

  Request request;
  std::string authorization;
  RequestHead head;
};

void fill(const Shape& shape, void* value, int& number) {
  switch (shape.kind) {
    case Kind::structure:
      for (const Field& field : shape.fields) fill(*field.shape, field.of(value), number);
      return;
    case Kind::list:
      for (int i = 0; i < 3; ++i) fill(*shape.element, shape.append(value), number);
      return;
    case Kind::map:
      fill(*shape.element, shape.insert(value, "a key"), number);
      return;
    case Kind::optional:
      return fill(*shape.element, shape.emplace(value), number);
    case Kind::integer:
      shape.from_int(value, 200 + ++number);
      return;
    case Kind::boolean:
      as_bool(value) = true;
      return;
    case Kind::timestamp:
      as_time(value) = cloud::Time(std::chrono::milliseconds(1'800'000'000'123 + ++number));
      return;
    default:
      as_string(value) = "arn:a b/ä & \"" + std::to_string(++number);
  }
}

template <class Method>
struct Types;
template <class Output, class Input>
struct Types<cloud::Async<Output> (Lambda::*)(Input)> {
  using In = Input;
  using Out = Output;
};

template <class T>
std::string written(const Operation& operation, T& input) {
  const Request request = write_request(lambda_service, operation, &input);
  std::string all = request.method + ' ' + request.path + '?' + request.query + '\n';
  for (const auto& [name, value] : request.headers) all += name + ": " + value + '\n';
  return all + request.body.bytes;
}

template <auto Method>
void goes_there_and_back(const std::string& name) {
  SCOPED_TRACE(name);
  using Input = typename Types<decltype(Method)>::In;
  using Output = typename Types<decltype(Method)>::Out;
  const Operation* operation = lambda_service.find(name);
  ASSERT_TRUE(operation);
  Input input;
  int number = 0;
  fill(*operation->input, &input, number);
  const std::string expected = written(*operation, input);
  const Sent sent(write_request(lambda_service, *operation, &input));
  const Route to = route(sent.head, "localhost");
  ASSERT_EQ(to.operation, operation);
  const auto exchange = rest_json_exchange(to, lambda_service, sent.head, sent.request.body);
  Input read;
  exchange->read(*operation->input, &read);
  EXPECT_EQ(written(*operation, read), expected);
  if constexpr (!std::is_void_v<Output>) {
    Output output;
    fill(*operation->output, &output, number);
    exchange->write(*operation->output, &output, nullptr);
    Response response = exchange->response();
    Output received;
    boost::asio::io_context context;
    std::exception_ptr error;
    boost::asio::co_spawn(context, read_response(lambda_service, *operation, response, &received),
                          [&](std::exception_ptr e) { error = e; });
    context.run();
    ASSERT_FALSE(error);
    const auto again = rest_json_exchange(to, lambda_service, sent.head, cloud::Body());
    again->write(*operation->output, &received, nullptr);
    const Response same = again->response();
    EXPECT_EQ(same.status, response.status);
    EXPECT_EQ(same.headers, response.headers);
    EXPECT_EQ(same.body.bytes, response.body.bytes);
  }
}

#define BOTH_WAYS(Name) goes_there_and_back<&Lambda::Name>(#Name)

TEST(LambdaShapes, GoThereAndBack) {
  BOTH_WAYS(CreateFunction);
  BOTH_WAYS(GetFunction);
  BOTH_WAYS(GetFunctionConfiguration);
  BOTH_WAYS(UpdateFunctionCode);
  BOTH_WAYS(UpdateFunctionConfiguration);
  BOTH_WAYS(DeleteFunction);
  BOTH_WAYS(ListFunctions);
  BOTH_WAYS(Invoke);
  BOTH_WAYS(AddPermission);
  BOTH_WAYS(RemovePermission);
  BOTH_WAYS(GetPolicy);
  BOTH_WAYS(PutFunctionConcurrency);
  BOTH_WAYS(GetFunctionConcurrency);
  BOTH_WAYS(DeleteFunctionConcurrency);
  BOTH_WAYS(PutFunctionEventInvokeConfig);
  BOTH_WAYS(UpdateFunctionEventInvokeConfig);
  BOTH_WAYS(GetFunctionEventInvokeConfig);
  BOTH_WAYS(DeleteFunctionEventInvokeConfig);
  BOTH_WAYS(ListFunctionEventInvokeConfigs);
  BOTH_WAYS(CreateEventSourceMapping);
  BOTH_WAYS(GetEventSourceMapping);
  BOTH_WAYS(UpdateEventSourceMapping);
  BOTH_WAYS(DeleteEventSourceMapping);
  BOTH_WAYS(ListEventSourceMappings);
  BOTH_WAYS(TagResource);
  BOTH_WAYS(UntagResource);
  BOTH_WAYS(ListTags);
  BOTH_WAYS(GetAccountSettings);
}

Request request_for(std::string method, std::string path, std::string body = {}) {
  Request request;
  request.method = std::move(method);
  request.path = std::move(path);
  request.body = cloud::Body(std::move(body));
  return request;
}

struct Calls {
  cloud::InvokeRequest invoked;
  cloud::CreateFunctionRequest created;
};

class FakeLambda final : public Lambda {
 public:
  explicit FakeLambda(Calls& calls) : calls_(calls) {}

  cloud::Async<cloud::InvokeResult> Invoke(cloud::InvokeRequest request) override {
    calls_.invoked = std::move(request);
    cloud::InvokeResult result;
    result.StatusCode = 202;
    result.FunctionError = "Unhandled";
    result.LogResult = "bG9n";
    result.ExecutedVersion = "$LATEST";
    result.Payload = R"({"errorMessage":"no"})";
    co_return result;
  }
  cloud::Async<cloud::FunctionConfiguration> CreateFunction(
      cloud::CreateFunctionRequest request) override {
    calls_.created = std::move(request);
    co_return cloud::FunctionConfiguration{};
  }
  cloud::Async<void> DeleteFunction(cloud::DeleteFunctionRequest) override {
    throw cloud::Error("ResourceNotFoundException", "Function not found: it", 404);
  }

 private:
  Calls& calls_;
};

class LambdaServer : public testing::Test {
 protected:
  LambdaServer() {
    services_.make_lambda = [this] { return std::make_unique<FakeLambda>(calls_); };
  }

  Response answer(Request request, const std::string& service = "lambda") {
    const Sent sent(std::move(request), service);
    const Route to = route(sent.head, "localhost");
    try {
      return run(serve(to, sent.head, sent.request.body, services_, {}, "id"));
    } catch (const cloud::Error& error) {
      return error_response(to, sent.head, error, "id");
    }
  }

  Calls calls_;
  FakeServices services_;
};

TEST_F(LambdaServer, APayloadIsTheBodyAndTheRestAreHeaders) {
  auto request = request_for("POST", "/2015-03-31/functions/my%3Afn/invocations", R"({"a": 1})");
  request.query = "Qualifier=%24LATEST";
  request.headers = {{"X-Amz-Invocation-Type", "Event"}, {"x-amz-log-type", "Tail"}};
  const Response response = answer(request);
  const auto& invoked = calls_.invoked;
  EXPECT_EQ(invoked.FunctionName, "my:fn");
  EXPECT_EQ(invoked.Qualifier, "$LATEST");
  EXPECT_EQ(invoked.InvocationType, "Event");
  EXPECT_EQ(invoked.LogType, "Tail");
  EXPECT_EQ(invoked.Payload, R"({"a": 1})");
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(response.body.bytes, R"({"errorMessage":"no"})");
  EXPECT_THAT(response.headers, Contains(Pair("X-Amz-Function-Error", "Unhandled")));
  EXPECT_THAT(response.headers, Contains(Pair("X-Amz-Log-Result", "bG9n")));
  EXPECT_THAT(response.headers, Contains(Pair("X-Amz-Executed-Version", "$LATEST")));
}

TEST_F(LambdaServer, OlderClientsEndTheAddressWithASlash) {
  const Response response =
      answer(request_for("POST", "/2015-03-31/functions/",
                         R"({"FunctionName":"f","Role":"r","Code":{"ZipFile":"AAE="}})"));
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(calls_.created.Code.ZipFile, std::string("\0\1", 2));
}

TEST_F(LambdaServer, ErrorsNameTheirTypeInAHeader) {
  const Response response = answer(request_for("DELETE", "/2015-03-31/functions/it"));
  EXPECT_EQ(response.status, 404);
  EXPECT_THAT(response.headers, Contains(Pair("x-amzn-ErrorType", "ResourceNotFoundException")));
  EXPECT_EQ(response.body.bytes, R"({"Type":"User","Message":"Function not found: it"})");
}

TEST_F(LambdaServer, WhatIsMissingIsNamed) {
  const Response response = answer(request_for("POST", "/2015-03-31/functions", "{}"));
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body.bytes, HasSubstr("Value null at 'functionName'"));
  EXPECT_THAT(response.headers, Contains(Pair("x-amzn-ErrorType", "ValidationException")));
}

TEST_F(LambdaServer, AnUnknownAddressIsNoOperation) {
  const Response response = answer(request_for("GET", "/2018-10-31/layers"));
  EXPECT_EQ(response.status, 404);
  EXPECT_THAT(response.headers, Contains(Pair("x-amzn-ErrorType", "UnknownOperationException")));
}

TEST_F(LambdaServer, WithoutASignatureTheAddressDecides) {
  auto request = request_for("POST", "/2015-03-31/functions/f/invocations", "{}");
  EXPECT_EQ(answer(request, "").status, 202);
  const Sent other(request_for("GET", "/2015-03-31/somewhere"), "");
  EXPECT_EQ(route(other.head, "localhost").protocol, Protocol::s3);
  const Sent bucket(request_for("GET", "/2015-03-31/functions"), "s3");
  EXPECT_EQ(route(bucket.head, "localhost").protocol, Protocol::s3);
}

TEST(LambdaErrors, AClientGetsThemWhole) {
  Route to;
  to.protocol = Protocol::rest_json;
  to.service = "lambda";
  to.operation = lambda_service.find("Invoke");
  const cloud::Error told("TooManyRequestsException", "Rate Exceeded.", 429, "ALimit");
  Response response = rest_json_error(to, told);
  boost::asio::io_context context;
  std::exception_ptr thrown;
  cloud::InvokeResult result;
  boost::asio::co_spawn(context, read_response(lambda_service, *to.operation, response, &result),
                        [&](std::exception_ptr e) { thrown = e; });
  context.run();
  try {
    std::rethrow_exception(thrown);
  } catch (const cloud::Error& e) {
    EXPECT_EQ(e.code(), told.code());
    EXPECT_EQ(e.message(), told.message());
    EXPECT_EQ(e.status(), told.status());
    EXPECT_EQ(e.reason(), told.reason());
  }
}

TEST(LambdaErrors, ABodyThatIsTooLargeIsToldInLambdasWords) {
  Route to;
  to.protocol = Protocol::rest_json;
  to.operation = lambda_service.find("Invoke");
  to.body_max = 6'291'456;
  const Response response = rest_json_error(to, {"EntityTooLarge", "x"});
  EXPECT_EQ(response.status, 413);
  EXPECT_EQ(response.body.bytes,
            R"({"Type":"User","message":"Request must be smaller than 6291456 bytes for the )"
            R"(InvokeFunction operation"})");
}

}  // namespace
}  // namespace doorbuster::wire
