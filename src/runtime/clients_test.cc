// The runtime clients: functions as people write them for Lambda.
#include "runtime/clients.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "runtime/host_driver.h"

namespace doorbuster::runtime {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

using ClientsTest = HostTest;

TEST_F(ClientsTest, PythonGetsTheEventAndTheContext) {
  client_context = "{\"custom\": {\"shop\": \"north\"},\n \"client\": {\"app_title\": \"till\"}}";
  const auto result = answer(
      python("def handler(event, context):\n"
             "  left = context.get_remaining_time_in_millis()\n"
             "  return [event['order'], context.function_name, context.function_version,\n"
             "          context.memory_limit_in_mb, context.aws_request_id,\n"
             "          context.invoked_function_arn, context.client_context.custom['shop'],\n"
             "          context.client_context.client.app_title, 2000 < left <= 3000, 'ü']\n"),
      R"({"order": {"id": 1}})");
  EXPECT_EQ(boost::json::serialize(result),
            R"([{"id":1},"Py","$LATEST","128","request-1",)"
            R"("arn:aws:lambda:eu-west-1:111122223333:function:Py:live","north","till",true,"ü"])");
}

TEST_F(ClientsTest, AnExceptionInPythonIsDescribed) {
  const auto outcome =
      call(python("def handler(event, context):\n  raise ValueError('too dear')\n"));
  EXPECT_EQ(outcome.FunctionError, "Unhandled");
  const auto error = boost::json::parse(outcome.Payload).as_object();
  EXPECT_EQ(error.at("errorType"), "ValueError");
  EXPECT_EQ(error.at("errorMessage"), "too dear");
  EXPECT_EQ(error.at("requestId"), "request-1");
  ASSERT_EQ(error.at("stackTrace").as_array().size(), 1U) << "only the function's own";
  EXPECT_THAT(std::string(error.at("stackTrace").at(0).as_string()),
              MatchesRegex("  File \".*/app.py\", line 2, in handler\n"
                           "    raise ValueError\\('too dear'\\)\n"));
  EXPECT_THAT(outcome.LogTail, HasSubstr("[ERROR] ValueError: too dear\nTraceback"));
}

TEST_F(ClientsTest, WhatPythonPrintsAndLogsIsInTheTail) {
  const auto outcome =
      call(python("import logging, sys\n"
                  "logging.getLogger().setLevel(logging.INFO)\n"
                  "def handler(event, context):\n"
                  "  print('printed')\n"
                  "  print('complained', file=sys.stderr)\n"
                  "  logging.info('logged')\n"));
  EXPECT_EQ(outcome.Payload, "null");
  EXPECT_THAT(outcome.LogTail,
              AllOf(HasSubstr("\nprinted\n"), HasSubstr("\ncomplained\n"),
                    testing::ContainsRegex("\\[INFO\\]\t[-0-9T:.]+Z\trequest-1\tlogged\n")));
}

TEST_F(ClientsTest, PythonSaysWhatIsWrongWithTheFunction) {
  EXPECT_EQ(failure(python("import no_such_thing")),
            "Runtime.ImportModuleError: Unable to import module 'app': No module named "
            "'no_such_thing'");
  EXPECT_EQ(failure(python("", "Empty")),
            "Runtime.HandlerNotFound: Handler 'handler' missing on module 'app'");
  EXPECT_THAT(failure(python("def handler(", "Broken")),
              StartsWith("Runtime.UserCodeSyntaxError: Syntax error in module 'app': "));
  EXPECT_EQ(failure(python("1 / 0", "Zero")), "ZeroDivisionError: division by zero");
  EXPECT_THAT(failure(function("Bad", "python3.9", {{"app.py", ""}}, "handler")),
              StartsWith("Runtime.MalformedHandlerName: Bad handler 'handler'"));
}

TEST_F(ClientsTest, WhatIsNoJsonIsNoAnswer) {
  EXPECT_EQ(failure(python("def handler(event, context): return {1, 2}")),
            "Runtime.MarshalError: Unable to marshal response: Object of type set is not JSON "
            "serializable");
  EXPECT_THAT(failure(python("def handler(event, context): return float('nan')", "Nan")),
              StartsWith("Runtime.MarshalError: Unable to marshal response: "));
  EXPECT_EQ(failure(node("exports.handler = async () => 10n")),
            "Error: Unable to stringify response body");
}

TEST_F(ClientsTest, AnAnswerHasItsLimit) {
  const auto deployment = python("def handler(event, context): return 'x' * event");
  EXPECT_EQ(answer(deployment, "6291554").as_string().size(), 6'291'554U);
  for (const char* size : {"6291555", "30000000"}) {
    EXPECT_EQ(failure(deployment, size),
              "Function.ResponseSizeTooLarge: Response payload size exceeded maximum allowed "
              "payload size (6291556 bytes).");
  }
  EXPECT_EQ(answer(deployment, "1"), "x");
}

TEST_F(ClientsTest, NodeGetsTheEventAndTheContext) {
  client_context = R"({"custom": {"shop": "north"}})";
  const auto result = answer(
      node("exports.handler = async (event, context) => [event.order, context.functionName,\n"
           "  context.functionVersion, context.memoryLimitInMB, context.awsRequestId,\n"
           "  context.invokedFunctionArn, context.clientContext.custom.shop,\n"
           "  context.getRemainingTimeInMillis() > 2000, process.env._X_AMZN_TRACE_ID, 'ü'];\n"),
      R"({"order": {"id": 1}})");
  EXPECT_EQ(boost::json::serialize(result),
            R"([{"id":1},"Node","$LATEST","128","request-1",)"
            R"("arn:aws:lambda:eu-west-1:111122223333:function:Node:live","north",true,)"
            R"("Root=1-2-3","ü"])");
}

TEST_F(ClientsTest, NodeHandlersComeInManyForms) {
  const auto of = [](const char* name, const char* file, const char* code) {
    return function(name, "nodejs20.x", {{file, code}}, "index.handler");
  };
  EXPECT_EQ(answer(of("A", "index.mjs", "export const handler = async () => 'esm'")), "esm");
  EXPECT_EQ(answer(of("B", "index.cjs", "exports.handler = async () => 'cjs'")), "cjs");
  EXPECT_EQ(answer(of("C", "index.js", "exports.handler = (e, c, done) => done(null, 'callback')")),
            "callback");
  EXPECT_EQ(failure(of("D", "index.js",
                       "exports.handler = (e, c, done) => setTimeout(() => done('no'), 5)")),
            "string: no");
  EXPECT_TRUE(answer(of("E", "index.js", "exports.handler = () => {}")).is_null());
  EXPECT_EQ(answer(function("F", "nodejs18.x",
                            {{"src/app.js", "export const api = {get: async () => 'module'}"},
                             {"package.json", R"({"type": "module"})"}},
                            "src/app.api.get")),
            "module");
}

TEST_F(ClientsTest, WhatTheInitialisationPrintsIsInTheFirstTail) {
  const auto deployment = python("print('early')\ndef handler(event, context): pass\n");
  EXPECT_THAT(call(deployment).LogTail, StartsWith("early\nSTART RequestId: "));
  EXPECT_THAT(call(deployment).LogTail, StartsWith("START RequestId: "));
  const auto dying =
      function("Dying", "python3.11",
               {{"app.py", "import os\nprint('dying', flush=True)\nos._exit(7)\n"}}, "app.handler");
  EXPECT_THAT(call(dying).LogTail, HasSubstr("dying\n"));
}

TEST_F(ClientsTest, NodeSaysWhatIsWrongWithTheFunction) {
  EXPECT_THAT(failure(node("require('no-such-thing')")),
              StartsWith("Runtime.ImportModuleError: Error: Cannot find module 'no-such-thing'"));
  EXPECT_EQ(failure(node("", "other.js")).substr(0, 48),
            "Runtime.ImportModuleError: Error: Cannot find mo");
  auto deployment = function("Empty", "nodejs20.x", {{"index.js", ""}}, "index.handler");
  EXPECT_EQ(failure(deployment),
            "Runtime.HandlerNotFound: index.handler is undefined or not exported");
  deployment =
      function("Broken", "nodejs20.x", {{"index.js", "exports.handler = ("}}, "index.handler");
  EXPECT_THAT(failure(deployment), StartsWith("Runtime.UserCodeSyntaxError: SyntaxError: "));
}

TEST_F(ClientsTest, AnExceptionInNodeIsDescribedAndLogged) {
  const auto outcome = call(
      node("exports.handler = async () => { console.log('before'); throw new TypeError('dear') }"));
  EXPECT_EQ(described(outcome), "TypeError: dear");
  EXPECT_THAT(outcome.LogTail,
              AllOf(testing::ContainsRegex("\n[-0-9T:.]+Z\trequest-1\tINFO\tbefore\n"),
                    HasSubstr("\tERROR\tInvoke Error\t{\"errorType\":\"TypeError\"")));
}

TEST_F(ClientsTest, WhatNobodyCatchesInNodeEndsTheProcess) {
  const auto deployment = node(
      "exports.handler = (event, context, done) => {\n"
      "  if (event === 'pid') return done(null, process.pid);\n"
      "  setTimeout(() => { throw new RangeError('far') }, 1);\n"
      "};\n");
  const auto pid = answer(deployment, "\"pid\"");
  EXPECT_EQ(failure(deployment), "RangeError: far");
  EXPECT_NE(answer(deployment, "\"pid\""), pid);
}

TEST_F(ClientsTest, AFunctionSeesWhatLambdaGivesItAndNothingElse) {
  setenv("DOORBUSTER_SECRET", "ours", 1);
  options.machine.endpoint = "http://127.0.0.1:4566";
  auto deployment = python(
      "import os\n"
      "def handler(event, context): return dict(os.environ)\n");
  deployment.Environment = {{"SHOP", "north"}, {"TZ", "Europe/Berlin"}, {"AWS_REGION", "mars"}};
  auto other = python("def handler(event, context): pass", "Other");
  other.Environment = {{"OTHERS_SECRET", "theirs"}};
  answer(other);
  auto seen = answer(deployment).as_object();
  for (const char* path : {"LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR", "LD_LIBRARY_PATH"}) {
    EXPECT_THAT(std::string(seen.at(path).as_string()), StartsWith(home.path().string())) << path;
    seen.erase(path);
  }
  EXPECT_THAT(std::string(seen.at("AWS_LAMBDA_RUNTIME_API").as_string()),
              MatchesRegex("127.0.0.1:[0-9]+"));
  seen.erase("AWS_LAMBDA_RUNTIME_API");
  seen.erase("LC_CTYPE");  // Python's own
  const std::map<std::string, std::string> given({{"AWS_ACCESS_KEY_ID", "111122223333"},
                                                  {"AWS_DEFAULT_REGION", "eu-west-1"},
                                                  {"AWS_ENDPOINT_URL", "http://127.0.0.1:4566"},
                                                  {"AWS_EXECUTION_ENV", "AWS_Lambda_python3.12"},
                                                  {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"},
                                                  {"AWS_LAMBDA_FUNCTION_NAME", "Py"},
                                                  {"AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"},
                                                  {"AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"},
                                                  {"AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/Py"},
                                                  {"AWS_LAMBDA_LOG_STREAM_NAME", "Py"},
                                                  {"AWS_REGION", "eu-west-1"},
                                                  {"AWS_SECRET_ACCESS_KEY", "111122223333"},
                                                  {"LANG", "en_US.UTF-8"},
                                                  {"PATH", "/usr/local/bin:/usr/bin:/bin"},
                                                  {"SHOP", "north"},
                                                  {"TZ", "Europe/Berlin"},
                                                  {"_HANDLER", "app.handler"},
                                                  {"_X_AMZN_TRACE_ID", "Root=1-2-3"}});
  std::map<std::string, std::string> rest;
  for (const auto& [name, value] : seen) rest[name] = value.as_string();
  EXPECT_EQ(rest, given);
}

TEST_F(ClientsTest, AFunctionSignsWithItsAccountsKey) {
  options.machine.keys = {{"111122223333", {"AKID", "key"}}, {"444455556666", {"OTHER", "other"}}};
  const auto deployment = python(
      "import os\n"
      "def handler(event, context):\n"
      "    return os.environ['AWS_ACCESS_KEY_ID'] + ' ' + os.environ['AWS_SECRET_ACCESS_KEY']\n");
  EXPECT_EQ(answer(deployment), "AKID key");
}

TEST_F(ClientsTest, MemoryHasItsLimit) {
  const auto deployment = python("def handler(event, context): return len(bytearray(event << 20))");
  EXPECT_EQ(failure(deployment, "300"), "MemoryError: ");
  EXPECT_EQ(answer(deployment, "50"), 50 << 20);
  auto leak = node(
      "exports.handler = async () => { const all = []; for (;;) all.push(Array(10000).fill({})) }");
  leak.Timeout = 60;
  EXPECT_THAT(failure(leak), HasSubstr("Runtime exited with error: signal: "));
}

}  // namespace
}  // namespace doorbuster::runtime
