// The examples of the States Language's specification, each as it stands there: the machines run,
// the states within a machine that has only them.
// https://states-language.net/spec.html
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "states/choice_rule.h"
#include "states/testing.h"

namespace doorbuster::states {
namespace {

using testing::HasSubstr;

// A machine that begins with a state of the specification and has the others it leads to.
std::string machine(std::string_view name, std::string_view state,
                    std::initializer_list<std::string_view> others = {}) {
  std::string text = R"({"StartAt": ")" + std::string(name) + R"(", "States": {")" +
                     std::string(name) + "\": " + std::string(state);
  for (const auto other : others) {
    text += ", \"" + std::string(other) + R"(": {"Type": "Pass", "Parameters": {")" +
            std::string(other) + R"(.$": "$"}, "End": true})";
  }
  return text + "}}";
}

TEST(Specification, HelloWorld) {
  EXPECT_EQ(result_of(R"({
      "Comment": "A simple minimal example of the States language",
      "StartAt": "Hello World",
      "States": {
        "Hello World": {
          "Type": "Task",
          "Resource": "arn:aws:lambda:us-east-1:123456789012:function:HelloWorld",
          "End": true
        }
      }})",
                      "{}", {{"Hello World", {gives(R"("Hello!")")}}}),
            R"("Hello!")");
}

TEST(Specification, ParametersWithFlaggedParts) {
  EXPECT_EQ(result_of(machine("X", R"({
      "Type": "Task",
      "Resource": "arn:aws:lambda:us-east-1:123456789012:function:X",
      "Next": "Y",
      "Parameters": {
        "flagged": true,
        "parts": {"first.$": "$.vals[0]", "last3.$": "$.vals[-3:]"}
      }})",
                              {"Y"}),
                      R"({"flagged": 7, "vals": [0, 10, 20, 30, 40, 50]})"),
            R"({"Y":{"flagged":true,"parts":{"first":0,"last3":[30,40,50]}}})");
}

TEST(Specification, ParametersFromTheContextObject) {
  EXPECT_EQ(result_of(machine("X", R"({
      "Type": "Task",
      "Resource": "arn:aws:lambda:us-east-1:123456789012:function:X",
      "End": true,
      "Parameters": {"execution.$": "$$.Execution.Name", "token": 1}})"),
                      "{}"),
            R"({"execution":"run","token":1})");
}

TEST(Specification, ResultSelectorOfACluster) {
  EXPECT_EQ(result_of(machine("X", R"({
      "Type": "Task",
      "Resource": "arn:aws:lambda:us-east-1:123456789012:function:X",
      "Next": "Y",
      "ResultSelector": {
        "flagged": true,
        "parts": {"first.$": "$.vals[0]", "last3.$": "$.vals[-3:]"}
      }})",
                              {"Y"}),
                      "{}", {{"X", {gives(R"({"vals": [0, 10, 20, 30, 40, 50]})")}}}),
            R"({"Y":{"flagged":true,"parts":{"first":0,"last3":[30,40,50]}}})");
}

TEST(Specification, InputPathAndResultPathOfASum) {
  EXPECT_EQ(result_of(machine("Add", R"({
      "Type": "Task",
      "Resource": "arn:aws:lambda:us-east-1:123456789012:function:Add",
      "InputPath": "$.numbers",
      "ResultPath": "$.sum",
      "End": true})"),
                      R"({"title": "Numbers to add", "numbers": {"val1": 3, "val2": 4}})",
                      {{"Add", {gives("7")}}}),
            R"({"title":"Numbers to add","numbers":{"val1":3,"val2":4},"sum":7})");
}

TEST(Specification, IntrinsicFunctions) {
  EXPECT_EQ(result_of(machine("X", R"j({
      "Type": "Pass",
      "End": true,
      "Parameters": {
        "greeting.$": "States.Format('Welcome to {} {}\\'s playlist.', $.firstName, $.lastName)",
        "template.$": "States.Format($.template, $.firstName, $.lastName)",
        "nested.$": "States.ArrayGetItem(States.StringSplit($.csv, ','), 1)"
      }})j"),
                      R"({"firstName": "John", "lastName": "Doe", "csv": "a,b,c",
                          "template": "Hello {} {}."})"),
            R"({"greeting":"Welcome to John Doe's playlist.","template":"Hello John Doe.",)"
            R"("nested":"b"})");
}

constexpr std::string_view kRetries = R"({
    "Type": "Task",
    "Resource": "arn:aws:lambda:us-east-1:123456789012:function:X",
    "Next": "Y",
    "Retry": [
      {"ErrorEquals": ["ErrorA", "ErrorB"], "IntervalSeconds": 1, "BackoffRate": 2.0,
       "MaxAttempts": 2},
      {"ErrorEquals": ["ErrorC"], "IntervalSeconds": 5}
    ],
    "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Z"}]})";

TEST(Specification, ErrorAIsRetriedTwice) {
  const TestRun run =
      run_both_ways(machine("X", kRetries, {"Y", "Z"}), "{}",
                    {{"X", {fails("ErrorA"), fails("ErrorB"), fails("ErrorC"), gives("1")}}});
  EXPECT_EQ(run.result(), R"({"Y":1})");
  EXPECT_EQ(run.elapsed(), std::chrono::seconds(1 + 2 + 5));
}

TEST(Specification, AThirdErrorIsCaught) {
  const TestRun run =
      run_both_ways(machine("X", kRetries, {"Y", "Z"}), "{}",
                    {{"X", {fails("ErrorA"), fails("ErrorB"), fails("ErrorC"), fails("ErrorB")}}});
  EXPECT_EQ(run.result(), R"({"Z":{"Error":"ErrorB","Cause":""}})");
}

TEST(Specification, OneRetrierForTimeoutAndOneForAll) {
  EXPECT_EQ(result_of(machine("X", R"({
      "Type": "Task",
      "Resource": "arn:aws:lambda:us-east-1:123456789012:function:X",
      "Next": "Y",
      "Retry": [
        {"ErrorEquals": ["States.Timeout"], "MaxAttempts": 0},
        {"ErrorEquals": ["States.ALL"]}
      ]})",
                              {"Y"}),
                      "{}", {{"X", {fails("E"), fails("States.Timeout")}}}),
            "FAILED States.Timeout: ");
}

TEST(Specification, CatchersInOrder) {
  constexpr std::string_view kState = R"({
      "Type": "Task",
      "Resource": "arn:aws:lambda:us-east-1:123456789012:function:X",
      "Next": "Y",
      "Catch": [
        {"ErrorEquals": ["java.lang.Exception"], "ResultPath": "$.error-info",
         "Next": "RecoveryState"},
        {"ErrorEquals": ["States.ALL"], "Next": "EndMachine"}
      ]})";
  const std::string definition = machine("X", kState, {"Y", "RecoveryState", "EndMachine"});
  EXPECT_EQ(
      result_of(definition, R"({"a": 1})", {{"X", {fails("java.lang.Exception", "c")}}}),
      R"({"RecoveryState":{"a":1,"error-info":{"Error":"java.lang.Exception","Cause":"c"}}})");
  EXPECT_EQ(result_of(definition, R"({"a": 1})", {{"X", {fails("Other", "c")}}}),
            R"({"EndMachine":{"Error":"Other","Cause":"c"}})");
}

TEST(Specification, PassStateWithCoordinates) {
  EXPECT_EQ(result_of(machine("No-op", R"({
      "Type": "Pass",
      "Result": {"x-datum": 0, "y-datum": 600},
      "ResultPath": "$.coords",
      "Next": "End"})",
                              {"End"}),
                      R"({"georefOf": "Home"})"),
            R"({"End":{"georefOf":"Home","coords":{"x-datum":0,"y-datum":600}}})");
}

TEST(Specification, TaskStateWithTimes) {
  constexpr std::string_view kConstant = R"({
      "Comment": "Task State example",
      "Type": "Task",
      "Resource": "arn:aws:states:us-east-1:123456789012:activity:HelloWorld",
      "Next": "NextState",
      "TimeoutSeconds": 300,
      "HeartbeatSeconds": 60})";
  EXPECT_EQ(run_both_ways(machine("TaskState", kConstant, {"NextState"}), "{}",
                          {{"TaskState", {says_nothing()}}})
                .elapsed(),
            std::chrono::seconds(300));
  constexpr std::string_view kPaths = R"({
      "Type": "Task",
      "Resource": "arn:aws:states:us-east-1:123456789012:activity:HelloWorld",
      "Next": "NextState",
      "TimeoutSecondsPath": "$.params.timeout",
      "HeartbeatSecondsPath": "$.params.heartbeat"})";
  EXPECT_EQ(run_both_ways(machine("TaskState", kPaths, {"NextState"}),
                          R"({"params": {"timeout": 20, "heartbeat": 10}})",
                          {{"TaskState", {says_nothing()}}})
                .elapsed(),
            std::chrono::seconds(20));
}

constexpr std::string_view kDispatch = R"({
    "Type": "Choice",
    "Choices": [
      {"Not": {"Variable": "$.type", "StringEquals": "Private"}, "Next": "Public"},
      {"And": [
         {"Variable": "$.value", "IsPresent": true},
         {"Variable": "$.value", "IsNumeric": true},
         {"Variable": "$.value", "NumericGreaterThanEquals": 20},
         {"Variable": "$.value", "NumericLessThan": 30}
       ], "Next": "ValueInTwenties"},
      {"Variable": "$.rating", "NumericGreaterThanPath": "$.auditThreshold",
       "Next": "StartAudit"}
    ],
    "Default": "RecordEvent"})";

TEST(Specification, ChoiceDispatchesEvents) {
  const std::string definition = machine(
      "DispatchEvent", kDispatch, {"Public", "ValueInTwenties", "StartAudit", "RecordEvent"});
  EXPECT_THAT(result_of(definition, R"({"type": "Public"})"), HasSubstr(R"({"Public":)"));
  EXPECT_THAT(result_of(definition, R"({"type": "Private", "value": 22})"),
              HasSubstr(R"({"ValueInTwenties":)"));
  EXPECT_THAT(
      result_of(definition, R"({"type": "Private", "value": 7, "rating": 5, "auditThreshold": 4})"),
      HasSubstr(R"({"StartAudit":)"));
  EXPECT_THAT(
      result_of(definition, R"({"type": "Private", "value": 7, "rating": 4, "auditThreshold": 4})"),
      HasSubstr(R"({"RecordEvent":)"));
}

TEST(Specification, StringMatchesWithWildcards) {
  EXPECT_TRUE(string_matches("log-2026.txt", "log-*.txt"));
  EXPECT_TRUE(string_matches("log-*.txt", R"(log-\*.txt)"));
  EXPECT_FALSE(string_matches("log-2026.txt", R"(log-\*.txt)"));
  EXPECT_TRUE(string_matches(R"(a\b)", R"(a\\b)"));
}

TEST(Specification, WaitStates) {
  using std::chrono::seconds;
  EXPECT_EQ(
      run_both_ways(machine("W", R"({"Type": "Wait", "Seconds": 10, "Next": "N"})", {"N"}), "{}")
          .elapsed(),
      seconds(10));
  EXPECT_EQ(run_both_ways(machine("W", R"({"Type": "Wait", "Timestamp": "2026-11-27T00:00:09Z",
                                           "Next": "N"})",
                                  {"N"}),
                          "{}")
                .elapsed(),
            seconds(9));
  EXPECT_EQ(run_both_ways(machine("W", R"({"Type": "Wait", "TimestampPath": "$.expirydate",
                                           "Next": "N"})",
                                  {"N"}),
                          R"({"expirydate": "2026-11-27T00:00:08Z"})")
                .elapsed(),
            seconds(8));
  EXPECT_EQ(
      run_both_ways(machine("W", R"({"Type": "Wait", "SecondsPath": "$.s", "Next": "N"})", {"N"}),
                    R"({"s": 7})")
          .elapsed(),
      seconds(7));
}

TEST(Specification, SucceedAndFail) {
  EXPECT_EQ(result_of(machine("SuccessState", R"({"Type": "Succeed"})"), R"({"a": 1})"),
            R"({"a":1})");
  EXPECT_EQ(result_of(machine("FailState", R"({"Type": "Fail", "Error": "ErrorA",
                                              "Cause": "Kaiju attack"})"),
                      "{}"),
            "FAILED ErrorA: Kaiju attack");
  EXPECT_EQ(result_of(machine("FailState", R"({"Type": "Fail", "ErrorPath": "$.Error",
                                              "CausePath": "$.Cause"})"),
                      R"({"Error": "ErrorA", "Cause": "Kaiju attack"})"),
            "FAILED ErrorA: Kaiju attack");
}

TEST(Specification, ParallelLookUpOfACustomer) {
  EXPECT_EQ(
      result_of(R"({"StartAt": "LookupCustomerInfo", "States": {
      "LookupCustomerInfo": {
        "Type": "Parallel",
        "Branches": [
          {"StartAt": "LookupAddress", "States": {"LookupAddress": {
            "Type": "Task", "End": true,
            "Resource": "arn:aws:lambda:us-east-1:123456789012:function:AddressFinder"}}},
          {"StartAt": "LookupPhone", "States": {"LookupPhone": {
            "Type": "Task", "End": true,
            "Resource": "arn:aws:lambda:us-east-1:123456789012:function:PhoneFinder"}}}
        ],
        "Next": "NextState"},
      "NextState": {"Type": "Succeed"}}})",
                "{}", {{"LookupAddress", {gives(R"("here")")}}, {"LookupPhone", {gives("555")}}}),
      R"(["here",555])");
}

TEST(Specification, ParallelOfAddAndSubtract) {
  EXPECT_EQ(result_of(R"({"StartAt": "FunWithMath", "States": {"FunWithMath": {
      "Type": "Parallel",
      "Branches": [
        {"StartAt": "Add", "States": {"Add": {"Type": "Task", "End": true,
          "Resource": "arn:aws:states:us-east-1:123456789012:activity:Add"}}},
        {"StartAt": "Subtract", "States": {"Subtract": {"Type": "Task", "End": true,
          "Resource": "arn:aws:states:us-east-1:123456789012:activity:Subtract"}}}
      ],
      "End": true}}})",
                      "[3, 2]", {{"Add", {gives("5")}}, {"Subtract", {gives("1")}}}),
            "[5,1]");
}

constexpr std::string_view kShipment = R"({
    "ship-date": "2016-03-14T01:59:00Z",
    "detail": {
      "delivery-partner": "UQS",
      "shipped": [
        {"prod": "R31", "dest-code": 9511, "quantity": 1344},
        {"prod": "S39", "dest-code": 9511, "quantity": 40}
      ]
    }})";

TEST(Specification, MapValidatesAllThatIsShipped) {
  const TestRun run = run_both_ways(machine("Validate-All", R"({
      "Type": "Map",
      "InputPath": "$.detail",
      "ItemsPath": "$.shipped",
      "MaxConcurrency": 0,
      "ResultPath": "$.detail.shipped",
      "ItemProcessor": {
        "StartAt": "Validate",
        "States": {"Validate": {
          "Type": "Task",
          "Resource": "arn:aws:lambda:us-east-1:123456789012:function:ship-val",
          "End": true}}
      },
      "End": true})"),
                                    kShipment, {{"Validate", {gives("true"), gives("false")}}});
  EXPECT_EQ(run.result(),
            R"({"ship-date":"2016-03-14T01:59:00Z","detail":{"delivery-partner":"UQS",)"
            R"("shipped":[true,false]}})");
  EXPECT_EQ(to_text(run.inputs.at(0)), R"({"prod":"R31","dest-code":9511,"quantity":1344})");
}

TEST(Specification, MapSelectsParcelAndCourier) {
  const TestRun run = run_both_ways(machine("Validate-All", R"({
      "Type": "Map",
      "InputPath": "$.detail",
      "ItemsPath": "$.shipped",
      "MaxConcurrency": 0,
      "ResultPath": "$.detail.shipped",
      "ItemSelector": {"parcel.$": "$$.Map.Item.Value", "courier.$": "$.delivery-partner"},
      "ItemProcessor": {
        "StartAt": "Validate",
        "States": {"Validate": {
          "Type": "Task",
          "Resource": "arn:aws:lambda:us-east-1:123456789012:function:ship-val",
          "End": true}}
      },
      "End": true})"),
                                    kShipment);
  EXPECT_EQ(to_text(run.inputs.at(1)),
            R"({"parcel":{"prod":"S39","dest-code":9511,"quantity":40},"courier":"UQS"})");
}

}  // namespace
}  // namespace doorbuster::states
