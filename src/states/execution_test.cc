// The states that do their work at once, and Wait: what comes out and which events are written.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "states/testing.h"

namespace doorbuster::states {
namespace {

TEST(PassState, GivesOnItsInput) {
  const TestRun run = run_both_ways(
      R"({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}})", R"({"n": 1})");
  EXPECT_EQ(run.result(), R"({"n":1})");
  EXPECT_EQ(run.events(),
            "1<0 ExecutionStarted\n"
            "2<0 PassStateEntered\n"
            "3<2 PassStateExited\n"
            "4<3 ExecutionSucceeded\n");
  EXPECT_EQ(to_text(run.details("ExecutionStarted")),
            R"({"input":"{\"n\":1}",)"
            R"("roleArn":"arn:aws:iam::123456789012:role/states"})");
  EXPECT_EQ(to_text(run.details("PassStateEntered")), R"({"input":"{\"n\":1}","name":"A"})");
  EXPECT_EQ(to_text(run.details("PassStateExited")), R"({"output":"{\"n\":1}","name":"A"})");
}

TEST(PassState, PutsItsResultWhereResultPathSays) {
  EXPECT_EQ(result_of(R"({"StartAt": "A", "States": {"A": {
                "Type": "Pass", "Result": {"x": 0.5, "y": 2}, "ResultPath": "$.coords.at",
                "End": true}}})",
                      R"({"georefOf": "Home"})"),
            R"({"georefOf":"Home","coords":{"at":{"x":0.5,"y":2}}})");
}

// What is nested too deeply to be data, but not to be stored.
TEST(Restoring, WhatIsDamagedSaysSo) {
  TestRun run(R"({"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 1, "End": true}}})",
              "{}");
  run.begin();
  constexpr std::size_t kDepth = documents::kDepthMax + 1;
  run.stored["output"] = "[" + std::string(kDepth, '[') + std::string(kDepth, ']') + "]";
  const auto definition = compile(R"({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}})");
  EXPECT_THROW(Execution::restore(definition, {}, boost::json::object(),
                                  {run.stored.begin(), run.stored.end()}),
               std::runtime_error);
}

}  // namespace
}  // namespace doorbuster::states
