// The Runtime API, asked by bootstraps that know it well and others.
#include "runtime/runtime_api.h"

#include "runtime/host_driver.h"

namespace doorbuster::runtime {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// A bootstrap's beginning: ask(METHOD, PATH, BODY, HEADERS) is (status, headers, body).
constexpr const char* kBootstrap = R"(#!/usr/bin/python3
import http.client, json, os
def ask(method, path, body=None, **headers):
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, "/2018-06-01/runtime/" + path, body, headers,
                       encode_chunked="Transfer-Encoding" in headers)
    answer = connection.getresponse()
    return answer.status, answer.headers, answer.read().decode()
def next():
    headers = ask("GET", "invocation/next")[1]
    return headers["Lambda-Runtime-Aws-Request-Id"]
)";

class RuntimeApiTest : public HostTest {
 protected:
  static cloud::Deployment bootstrap(const std::string& rest) {
    return provided(kBootstrap + rest);
  }
};

TEST_F(RuntimeApiTest, AnEventComesWithItsHeaders) {
  client_context = "{\n}";
  const auto headers = answer(bootstrap(R"(
headers = ask("GET", "invocation/next")[1]
id = headers["Lambda-Runtime-Aws-Request-Id"]
ask("POST", f"invocation/{id}/response", json.dumps(dict(headers)))
)"));
  EXPECT_EQ(headers.at("Lambda-Runtime-Aws-Request-Id"), "request-1");
  EXPECT_EQ(headers.at("Lambda-Runtime-Trace-Id"), "Root=1-2-3");
  EXPECT_EQ(headers.at("Lambda-Runtime-Client-Context"), "{ }");
  EXPECT_EQ(headers.at("Lambda-Runtime-Invoked-Function-Arn"),
            "arn:aws:lambda:eu-west-1:111122223333:function:Own:live");
  const auto deadline =
      std::stoll(std::string(headers.at("Lambda-Runtime-Deadline-Ms").as_string()));
  const auto now = clock.now().time_since_epoch().count();
  EXPECT_GT(deadline, now);
  EXPECT_LE(deadline, now + 3000);
}

TEST_F(RuntimeApiTest, WhatIsAskedWronglyIsRefused) {
  const auto answers = answer(bootstrap(R"(
id = next()
answers = [ask("POST", "invocation/guess/response", "1"), ask("GET", "invocation/next"),
           ask("POST", "init/error", "{}"), ask("GET", f"invocation/{id}/response"),
           ask("POST", f"invocation/{id}/maybe", "1"), ask("GET", "../../extension")]
ask("POST", f"invocation/{id}/response",
    json.dumps([[status, json.loads(body)["errorType"]] for status, headers, body in answers]))
)"));
  EXPECT_EQ(boost::json::serialize(answers),
            R"([[400,"InvalidRequestID"],[403,"InvalidStateTransition"],)"
            R"([403,"InvalidStateTransition"],[405,"MethodNotAllowed"],[404,"ResourceNotFound"],)"
            R"([404,"ResourceNotFound"]])");
}

TEST_F(RuntimeApiTest, AnAnswerIsTakenOnce) {
  const auto deployment = bootstrap(R"(
path = f"invocation/{next()}/response"
print([ask("POST", path, body)[0::2] for body in ("1", "2")], flush=True)
ask("POST", f"invocation/{next()}/response")
)");
  EXPECT_EQ(answer(deployment), 1);
  const auto outcome = call(deployment);
  EXPECT_EQ(outcome.Payload, "null") << "nothing is null";
  EXPECT_THAT(content(log_path("Own")), HasSubstr(R"([(202, '{"status":"OK"}'), (400, )"));
}

TEST_F(RuntimeApiTest, ErrorsAreThePayloadAsTheyAre) {
  const auto outcome = call(bootstrap(R"(
ask("POST", f"invocation/{next()}/error", '{"errorType": "Stock", "errorMessage": "none", "more": 1}',
    Lambda_Runtime_Function_Error_Type="Function.Stock")
)"));
  EXPECT_EQ(outcome.Payload, R"({"errorType": "Stock", "errorMessage": "none", "more": 1})");
  EXPECT_EQ(outcome.FunctionError, "Unhandled");
}

TEST_F(RuntimeApiTest, AnErrorThatIsNoJsonBecomesOne) {
  EXPECT_EQ(failure(bootstrap(R"(
ask("POST", f"invocation/{next()}/error", "no JSON",
    Lambda_Runtime_Function_Error_Type="Function.Odd")
)")),
            "Function.Odd: no JSON");
}

TEST_F(RuntimeApiTest, AnInitErrorIsTheCallsPayload) {
  const auto outcome = call(bootstrap(R"(
ask("POST", "init/error", '{"errorType": "Runtime.Unready", "errorMessage": "no database"}')
)"));
  EXPECT_EQ(described(outcome), "Runtime.Unready: no database");
  EXPECT_THAT(outcome.LogTail, HasSubstr("\tStatus: error\n"));
}

TEST_F(RuntimeApiTest, WhatIsNoJsonIsNoAnswer) {
  EXPECT_THAT(failure(bootstrap(R"(ask("POST", f"invocation/{next()}/response", "<html>"))")),
              StartsWith("Runtime.MarshalError: Unable to marshal response: it is not JSON: "));
}

TEST_F(RuntimeApiTest, AStreamedResponseIsCollected) {
  const auto deployment = bootstrap(R"(
ask("POST", f"invocation/{next()}/response", iter([b'["a",', b'"b"]']),
    Lambda_Runtime_Function_Response_Mode="streaming", Transfer_Encoding="chunked")
)");
  EXPECT_EQ(call(deployment).Payload, R"(["a","b"])");
}

}  // namespace
}  // namespace doorbuster::runtime
