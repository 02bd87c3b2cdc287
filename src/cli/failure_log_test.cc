#include "cli/failure_log.h"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "cli/data_directory.h"

namespace doorbuster::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;

// A function that fails if it is told to.
class FakeHost final : public cloud::FunctionHost {
 public:
  cloud::Async<void> check(cloud::Deployment) override { co_return; }
  cloud::Async<cloud::InvocationOutcome> invoke(cloud::Deployment,
                                                cloud::Invocation invocation) override {
    cloud::InvocationOutcome outcome;
    outcome.Payload = invocation.Payload;
    if (invocation.Payload != "{}") outcome.FunctionError = "Unhandled";
    co_return outcome;
  }
  void retire(const std::string&) override {}
};

void call(FailureLog& log, const std::string& payload) {
  cloud::Deployment deployment;
  deployment.FunctionName = "Pay";
  deployment.FunctionArn = "arn:aws:lambda:eu-west-1:111122223333:function:Pay";
  cloud::Invocation invocation;
  invocation.AwsRequestId = "id";
  invocation.Payload = payload;
  boost::asio::io_context context;
  auto called =
      boost::asio::co_spawn(context, log.invoke(deployment, invocation), boost::asio::use_future);
  context.run();
  EXPECT_EQ(called.get().Payload, payload);
}

TEST(FailureLogTest, KeepsWhatFailsAndNothingElse) {
  const auto home = DataDirectory::temporary();
  const cloud::SystemClock clock;
  FakeHost functions;
  FailureLog log(functions, home.functions(), clock);
  const auto path = home.functions() / "eu-west-1" / "111122223333" / "Pay.log";
  call(log, "{}");
  EXPECT_FALSE(runtime::last_lines(path, 10));
  call(log, R"({"errorType":"PaymentDeclined"})");
  EXPECT_THAT(*runtime::last_lines(path, 10),
              ElementsAre(EndsWith("\t[ERROR] RequestId: id {\"errorType\":\"PaymentDeclined\"}")));
}

std::ptrdiff_t open_files() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

TEST(FailureLogTest, LeavesNoFileOpen) {
  const auto home = DataDirectory::temporary();
  const cloud::SystemClock clock;
  FakeHost functions;
  FailureLog log(functions, home.functions(), clock);
  const auto before = open_files();
  call(log, R"({"errorType":"PaymentDeclined"})");
  EXPECT_EQ(open_files(), before);
}

TEST(FailureLogTest, KeepsNothingWhereThereIsNoPlace) {
  const cloud::SystemClock clock;
  FakeHost functions;
  FailureLog log(functions, {}, clock);
  call(log, R"({"errorType":"PaymentDeclined"})");
}

}  // namespace
}  // namespace doorbuster::cli
