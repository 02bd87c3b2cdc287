// What functions there are, and calling them.
#include "engine/functions.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

#include "engine/lambda_driver.h"

namespace doorbuster::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;
using testing::StartsWith;

class FunctionsTest : public LambdaTest {
 protected:
  cloud::FunctionConfiguration configuration(const std::string& name) {
    return bed.run(bed.lambda().GetFunctionConfiguration({name, ""}));
  }
  std::string code_of(const cloud::Deployment& deployment) { return bed.run(deployment.code()); }
  // The first call of "f" waits for the timer to be cancelled, and every one reads its code then.
  void let_first_call_wait(boost::asio::steady_timer& timer) {
    bed.functions.reads_code = true;
    bed.functions.waits["f"] = [this, &timer]() -> cloud::Async<void> {
      if (bed.functions.calls.size() > 1) co_return;
      boost::system::error_code stopped;
      co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, stopped));
    };
  }
  std::string error_of_create(const cloud::CreateFunctionRequest& request) {
    return message_of(bed.lambda().CreateFunction(request));
  }
};

TEST_F(FunctionsTest, WhatIsCreatedIsActiveAndOutlivesARestart) {
  auto request = function("f");
  request.Environment.Variables = {{"A", "b"}};
  request.Tags = {{"team", "x"}};
  const auto made = bed.run(bed.lambda().CreateFunction(request));
  EXPECT_EQ(made.FunctionArn, "arn:aws:lambda:us-east-1:000000000000:function:f");
  EXPECT_EQ(made.State, "Active");
  EXPECT_EQ(made.LastUpdateStatus, "Successful");
  EXPECT_EQ(made.LastModified, "2026-11-27T00:00:00.000+0000");
  EXPECT_EQ(made.CodeSize, request.Code.ZipFile.size());
  EXPECT_EQ(made.CodeSha256, sha256_base64(request.Code.ZipFile));
  EXPECT_EQ(made.RevisionId.size(), 36U);
  bed.reopen();
  const auto found = bed.run(bed.lambda().GetFunction({made.FunctionArn, "$LATEST"}));
  EXPECT_EQ(found.Configuration.RevisionId, made.RevisionId);
  EXPECT_EQ(found.Configuration.Environment->Variables.at("A"), "b");
  EXPECT_THAT(found.Tags, ElementsAre(Pair("team", "x")));
  EXPECT_EQ(found.Code.RepositoryType, "S3");
}

TEST_F(FunctionsTest, AHostGetsTheCodeAsItWasSent) {
  auto request = function("f");
  request.Code.ZipFile = std::string(3 << 20, 'z') + "end";  // more than a chunk
  create(request);
  ASSERT_THAT(bed.functions.checked, SizeIs(1));
  EXPECT_EQ(code_of(bed.functions.checked[0]), request.Code.ZipFile);
  bed.reopen();
  bool read = false;
  bed.functions.acts["f"] = [&](const auto&) { return read = true, answered("1"); };
  EXPECT_EQ(invoke(call("f")).Payload, "1");
  EXPECT_TRUE(read);
}

TEST_F(FunctionsTest, CodeCanLieInABucket) {
  cloud::CreateBucketRequest bucket;
  bucket.Bucket = "code";
  bed.run(bed.s3().CreateBucket(bucket));
  cloud::PutObjectRequest put;
  put.Bucket = "code";
  put.Key = "f.zip";
  put.Body = cloud::Body("bytes");
  bed.run(bed.s3().PutObject(put));
  auto request = function("f");
  request.Code = {};
  request.Code.S3Bucket = "code";
  request.Code.S3Key = "f.zip";
  create(request);
  EXPECT_EQ(configuration("f").CodeSha256, sha256_base64("bytes"));
  request.Code.S3Key = "none";
  EXPECT_THAT(error_of_create(request), HasSubstr("S3 Error Code: NoSuchKey"));
}

TEST_F(FunctionsTest, AnUpdateMakesAnotherRevision) {
  const std::string arn = create("f");
  const auto before = configuration("f");
  cloud::UpdateFunctionCodeRequest code;
  code.FunctionName = "f";
  code.ZipFile = "another zip";
  code.RevisionId = before.RevisionId;
  const auto after = bed.run(bed.lambda().UpdateFunctionCode(code));
  EXPECT_NE(after.RevisionId, before.RevisionId);
  EXPECT_EQ(after.CodeSha256, sha256_base64("another zip"));
  EXPECT_THAT(bed.functions.retired, ElementsAre(arn));
  EXPECT_THAT(message_of(bed.lambda().UpdateFunctionCode(code)),
              StartsWith("PreconditionFailedException"));
  cloud::UpdateFunctionConfigurationRequest change;
  change.FunctionName = "f";
  change.Timeout = 7;
  bed.run(bed.lambda().UpdateFunctionConfiguration(change));
  EXPECT_EQ(configuration("f").Timeout, 7);
  EXPECT_EQ(configuration("f").MemorySize, 128);
  EXPECT_EQ(code_of(bed.functions.checked.back()), "another zip");
}

TEST_F(FunctionsTest, WhatCanNotBeIsRefusedInLambdasWords) {
  create("f");
  EXPECT_EQ(error_of_create(function("f")), "ResourceConflictException: Function already exist: f");
  auto request = function("g");
  request.Timeout = 901;
  EXPECT_EQ(error_of_create(request),
            "ValidationException: 1 validation error detected: Value '901' at 'timeout' failed to "
            "satisfy constraint: Member must have value less than or equal to 900");
  request = function("g");
  request.Role = "nobody";
  EXPECT_THAT(error_of_create(request), HasSubstr("Value 'nobody' at 'role'"));
  request = function("g");
  request.Runtime = "cobol";
  EXPECT_THAT(error_of_create(request), StartsWith("InvalidParameterValueException"));
  request = function("g");
  request.Code = {};
  EXPECT_THAT(error_of_create(request), HasSubstr("Please provide a source for function code."));
  request = function("g");
  request.Environment.Variables = {{"BIG", std::string(5'000, 'x')}};
  EXPECT_THAT(error_of_create(request), HasSubstr("exceeded the 4KB limit"));
  request.Environment.Variables = {{"AWS_REGION", "mars-1"}};
  EXPECT_THAT(error_of_create(request),
              HasSubstr("Reserved keys used in this request: AWS_REGION"));
  EXPECT_THAT(error_of_create(function("a b")), StartsWith("ValidationException"));
  EXPECT_EQ(message_of(bed.lambda().GetFunction({"none", ""})),
            "ResourceNotFoundException: Function not found: "
            "arn:aws:lambda:us-east-1:000000000000:function:none");
  EXPECT_THAT(message_of(bed.lambda().GetFunction({"f", "7"})),
              StartsWith("ResourceNotFoundException"));
}

TEST_F(FunctionsTest, TheyAreListedByPages) {
  for (const char* name : {"c", "a", "b"}) create(name);
  cloud::ListFunctionsRequest request;
  request.MaxItems = 2;
  const auto first = bed.run(bed.lambda().ListFunctions(request));
  ASSERT_THAT(first.Functions, SizeIs(2));
  EXPECT_EQ(first.Functions[1].FunctionName, "b");
  request.Marker = first.NextMarker;
  const auto second = bed.run(bed.lambda().ListFunctions(request));
  ASSERT_THAT(second.Functions, SizeIs(1));
  EXPECT_EQ(second.Functions[0].FunctionName, "c");
  EXPECT_EQ(second.NextMarker, "");
}

TEST_F(FunctionsTest, WhatIsDeletedIsGoneWithItsCode) {
  create("f");
  bed.run(bed.lambda().DeleteFunction({"f", ""}));
  EXPECT_EQ(bed.error_of(bed.lambda().Invoke(call("f"))), "ResourceNotFoundException");
  std::size_t chunks = 0;
  bed.engine().store().scan(Family::bodies, "", "\xff", [&](auto, auto) { return ++chunks, true; });
  EXPECT_EQ(chunks, 0U);
  bed.reopen();
  create("f");
}

// --- Calls

TEST_F(FunctionsTest, ACallHandsThePayloadOverAndBack) {
  create("f");
  bed.functions.acts["f"] = [](const cloud::Invocation& invocation) {
    auto outcome = answered(R"({"got":)" + invocation.Payload + '}');
    outcome.LogTail = "a line";
    return outcome;
  };
  auto request = call("f", "[1]");
  request.LogType = "Tail";
  request.ClientContext = base64(R"({"custom":1})");
  const auto result = invoke(request);
  EXPECT_EQ(result.StatusCode, 200);
  EXPECT_EQ(result.Payload, R"({"got":[1]})");
  EXPECT_EQ(result.LogResult, base64("a line"));
  EXPECT_EQ(result.ExecutedVersion, "$LATEST");
  EXPECT_EQ(result.FunctionError, "");
  const auto& invocation = bed.functions.calls.at(0).second;
  EXPECT_EQ(invocation.ClientContext, R"({"custom":1})");
  EXPECT_EQ(invocation.AwsRequestId.size(), 36U);
}

TEST_F(FunctionsTest, AFunctionThatFailsIsAnAnswer) {
  create("f");
  bed.functions.acts["f"] = [](const auto&) { return failed("out of cheese"); };
  const auto result = invoke(call("f"));
  EXPECT_EQ(result.StatusCode, 200);
  EXPECT_EQ(result.FunctionError, "Unhandled");
  EXPECT_THAT(result.Payload, HasSubstr("out of cheese"));
}

TEST_F(FunctionsTest, ADryRunCallsNothing) {
  create("f");
  EXPECT_EQ(invoke(call("f", "{}", "DryRun")).StatusCode, 204);
  EXPECT_THAT(bed.functions.calls, IsEmpty());
}

TEST_F(FunctionsTest, PayloadsHaveLimits) {
  create("f");
  const auto error = [&](std::string payload, const char* type) {
    return message_of(bed.lambda().Invoke(call("f", std::move(payload), type)));
  };
  const auto text = [](std::size_t size) { return '"' + std::string(size - 2, 'x') + '"'; };
  EXPECT_EQ(error(text(6'291'456), ""), "");
  EXPECT_THAT(error(text(6'291'457), ""), StartsWith("RequestTooLargeException"));
  EXPECT_EQ(error(text(1'048'576), "Event"), "");
  EXPECT_THAT(error(text(1'048'577), "Event"), StartsWith("RequestTooLargeException"));
  EXPECT_THAT(error("{", ""), StartsWith("InvalidRequestContentException"));
  EXPECT_THAT(error("{}", "Sometimes"), StartsWith("ValidationException"));
  bed.functions.acts["f"] = [&](const auto&) { return answered(text(6'291'457)); };
  EXPECT_THAT(invoke(call("f")).Payload, HasSubstr("Function.ResponseSizeTooLarge"));
}

TEST_F(FunctionsTest, ReservedConcurrencyIsALimit) {
  create("f");
  bed.run(bed.lambda().PutFunctionConcurrency({"f", 1}));
  boost::asio::steady_timer going_on(bed.context(), std::chrono::hours(1));
  bed.functions.waits["f"] = [&]() -> cloud::Async<void> {
    boost::system::error_code stopped;
    co_await going_on.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, stopped));
  };
  const auto first = bed.begin(bed.lambda().Invoke(call("f")));
  EXPECT_FALSE(first->done());
  try {
    invoke(call("f"));
    FAIL();
  } catch (const cloud::Error& e) {
    EXPECT_EQ(e.code(), "TooManyRequestsException");
    EXPECT_EQ(e.status(), 429);
    EXPECT_EQ(e.reason(), "ReservedFunctionConcurrentInvocationLimitExceeded");
  }
  going_on.cancel();
  bed.settle();
  EXPECT_TRUE(first->value);
  bed.functions.waits.clear();
  invoke(call("f"));
  EXPECT_THAT(message_of(bed.lambda().PutFunctionConcurrency({"f", 19'901})),
              HasSubstr("below its minimum value of [100]"));
  EXPECT_EQ(bed.error_of(bed.lambda().PutFunctionConcurrency({"f", 2'000'000'000})),
            "InvalidParameterValueException");
  bed.run(bed.lambda().DeleteFunctionConcurrency({"f"}));
  EXPECT_FALSE(bed.run(bed.lambda().GetFunctionConcurrency({"f"})).ReservedConcurrentExecutions);
}

TEST_F(FunctionsTest, ACallThatWaitsRunsTheCodeThatThereIsThen) {
  create("f");
  boost::asio::steady_timer waiting(bed.context(), std::chrono::hours(1));
  let_first_call_wait(waiting);
  const auto outcome = bed.begin(bed.lambda().Invoke(call("f")));
  cloud::UpdateFunctionCodeRequest code;
  code.FunctionName = "f";
  code.ZipFile = "another zip";
  bed.run(bed.lambda().UpdateFunctionCode(code));
  waiting.cancel();
  bed.settle();
  ASSERT_TRUE(outcome->value);
  EXPECT_THAT(bed.functions.codes, ElementsAre("another zip"));
  EXPECT_EQ(bed.functions.calls.at(0).second.AwsRequestId,
            bed.functions.calls.at(1).second.AwsRequestId);
}

TEST_F(FunctionsTest, ACallThatWaitsEndsWithItsFunction) {
  create("f");
  boost::asio::steady_timer waiting(bed.context(), std::chrono::hours(1));
  let_first_call_wait(waiting);
  const auto outcome = bed.begin(bed.lambda().Invoke(call("f")));
  bed.run(bed.lambda().DeleteFunction({"f", ""}));
  waiting.cancel();
  bed.settle();
  EXPECT_TRUE(outcome->error);
}

TEST_F(FunctionsTest, AnotherAccountNeedsThePolicy) {
  const std::string arn = create("f");
  cloud::Caller other;
  other.scope.account = "111111111111";
  const auto theirs = make_lambda(bed.engine(), other);
  EXPECT_EQ(bed.error_of(theirs->Invoke(call(arn))), "AccessDeniedException");
  EXPECT_EQ(bed.error_of(theirs->GetFunction({"000000000000:function:f", ""})),
            "AccessDeniedException");
  cloud::AddFunctionPermissionRequest permission;
  permission.FunctionName = "f";
  permission.StatementId = "them";
  permission.Action = "lambda:InvokeFunction";
  permission.Principal = "111111111111";
  bed.run(bed.lambda().AddPermission(permission));
  EXPECT_EQ(bed.error_of(theirs->Invoke(call(arn))), "");
  EXPECT_EQ(bed.error_of(bed.lambda().AddPermission(permission)), "ResourceConflictException");
  bed.run(bed.lambda().RemovePermission({"f", "them", "", ""}));
  EXPECT_EQ(bed.error_of(theirs->Invoke(call(arn))), "AccessDeniedException");
  EXPECT_EQ(bed.error_of(bed.lambda().GetPolicy({"f", ""})), "ResourceNotFoundException");
}

TEST_F(FunctionsTest, TagsComeAndGo) {
  const std::string arn = create("f");
  bed.run(bed.lambda().TagResource({arn, {{"a", "1"}, {"b", "2"}}}));
  bed.run(bed.lambda().UntagResource({arn, {"a"}}));
  EXPECT_THAT(bed.run(bed.lambda().ListTags({arn})).Tags, ElementsAre(Pair("b", "2")));
}

TEST_F(FunctionsTest, TagsThatMeetAreAllKept) {
  const std::string arn = create("f");
  const auto tag = [&](std::string key) -> cloud::Async<Done> {
    auto tagging = bed.lambda().TagResource({arn, {{key, "1"}}});
    co_await std::move(tagging);
    co_return Done{};
  };
  bed.begin_later(tag("a"));
  bed.begin_later(tag("b"));
  bed.settle();
  EXPECT_THAT(bed.run(bed.lambda().ListTags({arn})).Tags,
              ElementsAre(Pair("a", "1"), Pair("b", "1")));
}

}  // namespace
}  // namespace doorbuster::engine
