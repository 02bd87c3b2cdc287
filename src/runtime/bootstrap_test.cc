#include "runtime/bootstrap.h"

#include "runtime/host_driver.h"

namespace doorbuster::runtime {
namespace {

using testing::HasSubstr;

using BootstrapTest = HostTest;

TEST_F(BootstrapTest, OurOwnHandlersRunAsOnLambda) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizer sets aside more memory than a function may have";
#endif
  auto deployment = provided(content(ECHO_BOOTSTRAP));
  deployment.Handler = "echo";
  const auto outcome = call(deployment, R"({"order":[1,2.5,"x"]})");
  EXPECT_EQ(outcome.Payload, R"({"order":[1,2.5,"x"]})") << outcome.LogTail;
  EXPECT_THAT(outcome.LogTail, HasSubstr("\nOwn was called\n"));
  EXPECT_EQ(failure(deployment, R"({"fail": "no stock"})"), "Error: no stock");
  EXPECT_EQ(answer(deployment, "[]"), boost::json::array());
  EXPECT_EQ(failure(deployment, R"({"exit": 4})"),
            "Runtime.ExitError: RequestId: request-4 Error: Runtime exited with error: exit status "
            "4");
  deployment.Handler = "shout";
  deployment.RevisionId = "second";
  EXPECT_EQ(failure(deployment), "Runtime.HandlerNotFound: There is no handler shout");
}

TEST_F(BootstrapTest, AHandlerThatCouldNotBeMadeIsMadeForTheNextCall) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizer sets aside more memory than a function may have";
#endif
  auto deployment = provided(content(ECHO_BOOTSTRAP));
  deployment.Handler = "late";
  const auto file = home.path() / "there";
  deployment.Environment["FILE"] = file;
  EXPECT_EQ(failure(deployment), "Busy: not yet");
  std::ofstream(file) << "now";
  EXPECT_EQ(answer(deployment, "[]"), boost::json::array());
}

TEST_F(BootstrapTest, ElsewhereItSaysWhoShouldRunIt) {
  EXPECT_EQ(run_bootstrap({}), 1);
}

}  // namespace
}  // namespace doorbuster::runtime
