// How data go through a state: InputPath, Parameters, ResultSelector, ResultPath, OutputPath, the
// context object and variables.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <string_view>

#include "states/testing.h"

namespace doorbuster::states {
namespace {

using testing::HasSubstr;

constexpr std::string_view kFunction = "arn:aws:lambda:us-east-1:123456789012:function:F";

// A machine of one state "S", which ends it.
std::string machine(std::string_view type, std::string_view fields) {
  std::string state =
      R"({"StartAt": "S", "States": {"S": {"Type": ")" + std::string(type) + R"(", "End": true)";
  if (type == "Task") state += R"(, "Resource": ")" + std::string(kFunction) + "\"";
  if (!fields.empty()) state += ", " + std::string(fields);
  return state + "}}}";
}

std::string pass(std::string_view fields, std::string_view input) {
  return result_of(machine("Pass", fields), input);
}

TEST(DataFlow, InputPathSelectsWhatTheStateSees) {
  EXPECT_EQ(pass(R"("InputPath": "$.a")", R"({"a": {"b": 1}, "c": 2})"), R"({"b":1})");
  EXPECT_EQ(pass(R"("InputPath": null)", R"({"a": 1})"), "{}");
  EXPECT_EQ(pass(R"("InputPath": "$.a[*].b")", R"({"a": [{"b": 1}, {"b": 2}]})"), "[1,2]");
  EXPECT_EQ(pass(R"("InputPath": "$$.Execution.Name")", "{}"), R"("run")");
  EXPECT_EQ(pass(R"("InputPath": "$.NoSuchInputPath")", "{}"),
            "FAILED States.Runtime: An error occurred while executing the state 'S' (entered at "
            "the event id #2). Invalid path '$.NoSuchInputPath' : No results for path: "
            "$['NoSuchInputPath']");
}

TEST(DataFlow, OutputPathSelectsWhatItGivesOn) {
  EXPECT_EQ(pass(R"("OutputPath": "$.a")", R"({"a": {"b": 1}, "c": 2})"), R"({"b":1})");
  EXPECT_EQ(pass(R"("OutputPath": null)", R"({"a": 1})"), "{}");
  EXPECT_EQ(pass(R"("OutputPath": "$.NoSuchOutputPath")", "{}"),
            "FAILED States.Runtime: An error occurred while executing the state 'S' (entered at "
            "the event id #2). Invalid path '$.NoSuchOutputPath' : No results for path: "
            "$['NoSuchOutputPath']");
}

TEST(DataFlow, ResultPathCombinesResultAndRawInput) {
  EXPECT_EQ(pass(R"("Result": 1, "ResultPath": "$.b")", R"({"a": 0})"), R"({"a":0,"b":1})");
  EXPECT_EQ(pass(R"("Result": 1, "ResultPath": "$.a.b.c")", R"({"a": {}})"),
            R"({"a":{"b":{"c":1}}})");
  EXPECT_EQ(pass(R"("Result": 1, "ResultPath": null)", R"({"a": 0})"), R"({"a":0})");
  EXPECT_EQ(pass(R"("Result": 1, "ResultPath": "$")", R"({"a": 0})"), "1");
  EXPECT_EQ(pass(R"("InputPath": "$.a", "ResultPath": "$.b")", R"({"a": 0})"), R"({"a":0,"b":0})");
  EXPECT_EQ(pass(R"("Result": 1, "ResultPath": "$.a[1]")", R"({"a": [5, 6]})"), R"({"a":[5,1]})");
}

TEST(DataFlow, ResultPathThatFitsNowhereFails) {
  EXPECT_THAT(pass(R"("Result": 1, "ResultPath": "$.a.b")", R"({"a": 0})"),
              HasSubstr("FAILED States.ResultPathMatchFailure: An error occurred while executing "
                        "the state 'S' (entered at the event id #2). Unable to apply step ['b']"));
  EXPECT_EQ(result_of(machine("Task", R"("ResultPath": "$.a.b",
                "Catch": [{"ErrorEquals": ["States.ResultPathMatchFailure"], "Next": "T"}]},
                "T": {"Type": "Pass", "Result": "caught", "End": true)"),
                      R"({"a": 0})"),
            R"("caught")");
}

// However far its output had been made.
TEST(DataFlow, AStateThatFailsAfterItsWorkHasItsInputStill) {
  const std::string input = R"({"a":{"b":[1,"x"]},"n":0.5})";
  EXPECT_EQ(result_of(machine("Task", R"("ResultPath": "$.n.m", "Catch": [
                {"ErrorEquals": ["States.ResultPathMatchFailure"], "ResultPath": null,
                 "Next": "T"}]},
                "T": {"Type": "Pass", "End": true)"),
                      input),
            input);
  const std::string large = '"' + std::string(kPayloadMax - 10, 'x') + '"';
  const TestRun run = run_both_ways(machine("Task", R"("ResultPath": "$.a",
                  "Retry": [{"ErrorEquals": ["States.DataLimitExceeded"]}])"),
                                    input, {{"S", {gives(large), gives("1")}}});
  EXPECT_EQ(run.result(), R"({"a":1,"n":0.5})");
  ASSERT_EQ(run.inputs.size(), 2U);
  EXPECT_EQ(to_text(run.inputs[1]), input);
}

TEST(DataFlow, ParametersMakeTheInputOfTheWork) {
  EXPECT_EQ(pass(R"("Parameters": {"flagged": true, "parts": {"first.$": "$.vals[0]",
                 "last3.$": "$.vals[-3:]"}, "list": [{"x.$": "$.flag"}, 1]})",
                 R"({"flag": 7, "vals": [0, 10, 20, 30, 40, 50]})"),
            R"({"flagged":true,"parts":{"first":0,"last3":[30,40,50]},"list":[{"x":7},1]})");
  EXPECT_EQ(pass(R"j("Parameters": {"m.$": "States.Format('{}-{}', $.a, $$.Execution.Name)"})j",
                 R"({"a": 1})"),
            R"({"m":"1-run"})");
  EXPECT_EQ(pass(R"("Parameters": {"m.$": "$.nope"})", R"({"x": "a"})"),
            "FAILED States.Runtime: An error occurred while executing the state 'S' (entered at "
            "the event id #2). The JSONPath '$.nope' specified for the field 'm.$' could not be "
            "found in the input '{\"x\":\"a\"}'");
}

TEST(DataFlow, ParametersMayBeAnyJson) {
  EXPECT_EQ(pass(R"("Parameters": [1, {"a.$": "$.x"}])", R"({"x": 2})"), R"([1,{"a":2}])");
  EXPECT_EQ(pass(R"("Parameters": 5)", "{}"), "5");
}

TEST(DataFlow, ResultSelectorTransformsTheResult) {
  EXPECT_EQ(result_of(machine("Task", R"("ResultSelector": {"id.$": "$.order.id", "n": 1},
                                         "ResultPath": "$.result")"),
                      R"({"a": 1})", {{"S", {gives(R"({"order": {"id": "7", "x": 2}})")}}}),
            R"({"a":1,"result":{"id":"7","n":1}})");
}

TEST(DataFlow, KeepsNumbersAsTheyAre) {
  EXPECT_EQ(pass("", R"({"a": 9007199254740993, "b": 1.0, "c": 1e-7, "d": 18446744073709551615,
                        "e": -0.1, "f": 1e300})"),
            R"({"a":9007199254740993,"b":1.0,"c":1e-07,"d":18446744073709551615,)"
            R"("e":-0.1,"f":1e+300})");
}

TEST(DataFlow, ShowsTheContextObject) {
  EXPECT_EQ(
      pass(R"("Parameters": {"c.$": "$$"})", R"({"n": 1})"),
      R"({"c":{"Execution":{"Id":"arn:aws:states:us-east-1:123456789012:execution:machine:run",)"
      R"("Input":{"n":1},"StartTime":"2026-11-27T00:00:00.000Z","Name":"run",)"
      R"("RoleArn":"arn:aws:iam::123456789012:role/states","RedriveCount":0},)"
      R"("StateMachine":{"Id":"arn:aws:states:us-east-1:123456789012:stateMachine:machine",)"
      R"("Name":"machine"},)"
      R"("State":{"Name":"S","EnteredTime":"2026-11-27T00:00:00.000Z"}}})");
}

// What a state works on stays, though each look at $$ makes the context object anew.
TEST(DataFlow, TakesItsInputFromTheContextObject) {
  EXPECT_EQ(result_of(R"({"StartAt": "M", "States": {"M": {"Type": "Map", "End": true,
      "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": true,
        "InputPath": "$$.Map.Item.Value",
        "Parameters": {"state.$": "$$.State.Name", "id.$": "$.id"}}}}}}})",
                      R"([{"id": "an id that is too long for a small string"}])"),
            R"([{"state":"I","id":"an id that is too long for a small string"}])");
  EXPECT_EQ(result_of(R"({"StartAt": "C", "States": {
      "C": {"Type": "Choice", "InputPath": "$$.State", "Choices": [
        {"Variable": "$$.State.Name", "StringEquals": "X", "Next": "E"},
        {"Variable": "$.Name", "StringEquals": "C", "Next": "E"}]},
      "E": {"Type": "Pass", "OutputPath": "$.Name", "End": true}}})",
                      "{}"),
            R"("C")");
}

TEST(DataFlow, CountsRetriesInTheContextObject) {
  const TestRun run = run_both_ways(machine("Task", R"("Parameters": {"n.$": "$$.State.RetryCount"},
                         "Retry": [{"ErrorEquals": ["States.ALL"]}])"),
                                    "{}", {{"S", {fails("E"), fails("E"), gives("1")}}});
  EXPECT_EQ(to_text(boost::json::array(run.inputs.begin(), run.inputs.end())),
            R"([{"n":0},{"n":1},{"n":2}])");
}

TEST(DataFlow, GivesATokenToWhoWaitsForOne) {
  const TestRun run = run_both_ways(R"({"StartAt": "S", "States": {"S": {"Type": "Task",
      "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
      "Parameters": {"Body": {"Token.$": "$$.Task.Token"}}, "End": true}}})",
                                    "{}");
  EXPECT_EQ(run.result(), R"({"Body":{"Token":"token-1"}})");
}

// --- Variables ---

TEST(Variables, AreAssignedWhenTheStateIsLeft) {
  const TestRun run = run_both_ways(R"j({"StartAt": "A", "States": {
      "A": {"Type": "Pass", "Result": {"n": 1}, "Next": "B",
            "Assign": {"whole.$": "$", "n.$": "$.n", "fixed": "x", "name.$": "$$.State.Name"}},
      "B": {"Type": "Pass", "Parameters": {"w.$": "$whole", "n.$": "$whole.n", "s.$":
            "States.Format('{} {} {}', $fixed, $n, $name)"}, "End": true}}})j",
                                    "{}");
  EXPECT_EQ(run.result(), R"({"w":{"n":1},"n":1,"s":"x 1 A"})");
  const auto& exited = run.host.history[2];
  EXPECT_EQ(exited.type, "PassStateExited");
  EXPECT_EQ(to_text(exited.details.at("assignedVariables")),
            R"({"whole":"{\"n\":1}","n":"1","fixed":"\"x\"","name":"\"A\""})");
}

TEST(Variables, AreReadBeforeAnyIsSet) {
  EXPECT_EQ(result_of(R"({"StartAt": "A", "States": {
      "A": {"Type": "Pass", "Assign": {"a": 1, "b": 2}, "Next": "B"},
      "B": {"Type": "Pass", "Assign": {"a.$": "$b", "b.$": "$a"}, "Next": "C"},
      "C": {"Type": "Pass", "Parameters": {"a.$": "$a", "b.$": "$b"}, "End": true}}})",
                      "{}"),
            R"({"a":2,"b":1})");
}

TEST(Variables, AreAssignedFromTheResultOfATask) {
  EXPECT_EQ(result_of(R"({"StartAt": "A", "States": {
      "A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Next": "B",
            "ResultSelector": {"other": 1}, "Assign": {"id.$": "$.Payload.id"}},
      "B": {"Type": "Pass", "InputPath": "$id", "End": true}}})",
                      "{}", {{"A", {gives(R"({"Payload": {"id": 5}})")}}}),
            "5");
}

TEST(Variables, AreAssignedByTheRuleOfAChoiceAndByACatch) {
  constexpr std::string_view kMachine = R"({"StartAt": "C", "States": {
      "C": {"Type": "Choice", "Default": "T", "Assign": {"way": "default"},
            "Choices": [{"Variable": "$.n", "NumericEquals": 1, "Next": "T",
                         "Assign": {"way.$": "$.n"}}]},
      "T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "End", "ResultPath": null,
                       "Assign": {"error.$": "$.Error"}}]},
      "End": {"Type": "Pass", "Parameters": {"way.$": "$way", "error.$": "$error"},
              "End": true}}})";
  EXPECT_EQ(result_of(kMachine, R"({"n": 1})", {{"T", {fails("Oops")}}}),
            R"({"way":1,"error":"Oops"})");
  EXPECT_EQ(result_of(kMachine, R"({"n": 2})", {{"T", {fails("Oops")}}}),
            R"({"way":"default","error":"Oops"})");
}

TEST(Variables, AreSeenWithinButNotSetOutside) {
  EXPECT_EQ(result_of(R"({"StartAt": "A", "States": {
      "A": {"Type": "Pass", "Assign": {"outer": 1}, "Next": "M"},
      "M": {"Type": "Map", "ItemsPath": "$.items", "Next": "B", "ItemProcessor": {
        "StartAt": "X", "States": {
          "X": {"Type": "Pass", "Assign": {"inner.$": "$"}, "Next": "Y"},
          "Y": {"Type": "Pass", "End": true,
                "Parameters": {"o.$": "$outer", "i.$": "$inner"}}}}},
      "B": {"Type": "Choice", "Choices": [
        {"Variable": "$inner", "IsPresent": true, "Next": "Wrong"}], "Default": "Right"},
      "Wrong": {"Type": "Fail"}, "Right": {"Type": "Succeed"}}})",
                      R"({"items": [7, 8]})"),
            R"([{"o":1,"i":7},{"o":1,"i":8}])");
}

TEST(Variables, ThatAreNotSetFail) {
  EXPECT_THAT(pass(R"("InputPath": "$nothing")", "{}"),
              HasSubstr("FAILED States.Runtime: An error occurred while executing the state 'S' "
                        "(entered at the event id #2). The variable '$nothing' has no value."));
}

TEST(Variables, HaveALimit) {
  const std::string input = "\"" + std::string(200'000, 'x') + "\"";
  EXPECT_EQ(pass(R"j("Assign": {"a.$": "$"}, "Result": 1)j", "1"), "1");
  for (const auto assign :
       {R"j({"a.$": "States.Array($, $)"})j", R"j({"a.$": "$", "b.$": "$"})j"}) {
    EXPECT_THAT(pass(std::string("\"Assign\": ") + assign, input),
                HasSubstr("The variables that are assigned are larger than 262144 bytes."));
  }
}

TEST(Variables, AreAPieceOfTheirOwn) {
  TestRun run(R"({"StartAt": "A", "States": {
      "A": {"Type": "Pass", "Assign": {"large.$": "$", "n": 0}, "OutputPath": null, "Next": "W"},
      "W": {"Type": "Wait", "Seconds": 1, "Next": "B"},
      "B": {"Type": "Pass", "Parameters": {"large.$": "$large"}, "End": true}}})",
              '"' + std::string(100'000, 'x') + '"');
  run.restoring().begin();
  EXPECT_GT(run.stored.at("v/1").size(), 100'000U);
  EXPECT_EQ(run.stored.at("d/1"), "[{}]");
  run.step();
  EXPECT_EQ(run.result(), R"({"large":")" + std::string(100'000, 'x') + R"("})");
}

// S1, S2 ...: each assigns 200 KB to the variable that `name` says.
std::string assigning(int states, const std::function<std::string(int)>& name) {
  std::string definition = R"({"StartAt": "S1", "States": {)";
  for (int i = 1; i <= states; ++i) {
    definition += "\"S" + std::to_string(i) + R"(": {"Type": "Pass", "Assign": {")" + name(i) +
                  R"(.$": "$"}, "Next": "S)" + std::to_string(i + 1) + "\"},";
  }
  definition +=
      "\"S" + std::to_string(states + 1) + R"(": {"Type": "Succeed", "OutputPath": null}}})";
  return TestRun(definition, '"' + std::string(200'000, 'x') + '"').run().result();
}

TEST(Variables, OfAnExecutionHaveALimit) {
  EXPECT_EQ(assigning(60, [](int) { return "v"; }), "{}");
  EXPECT_THAT(
      assigning(60, [](int i) { return "v" + std::to_string(i); }),
      HasSubstr("executing the state 'S53' (entered at the event id #106). The variables of "
                "the execution are larger than 10485760 bytes."));
}

}  // namespace
}  // namespace doorbuster::states
