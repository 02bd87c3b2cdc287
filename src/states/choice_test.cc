// The Choice state: every comparison, and how they are joined.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "states/choice_rule.h"
#include "states/testing.h"

namespace doorbuster::states {
namespace {

// Whether a Choice with the one condition goes where it says.
bool holds(std::string_view condition, std::string_view input) {
  std::string rule(condition);
  rule.insert(1, R"("Next": "Yes", )");
  const std::string definition = R"({"StartAt": "C", "States": {
      "C": {"Type": "Choice", "Choices": [)" +
                                 rule + R"(], "Default": "No"},
      "Yes": {"Type": "Pass", "Result": true, "End": true},
      "No": {"Type": "Pass", "Result": false, "End": true}}})";
  return result_of(definition, input) == "true";
}

// A comparison of $.a with a constant.
bool compares(std::string_view comparison, std::string_view a) {
  return holds(R"({"Variable": "$.a", )" + std::string(comparison) + "}",
               R"({"a": )" + std::string(a) + "}");
}

// Of $.a with $.b.
bool compares_path(std::string_view comparison, std::string_view a, std::string_view b) {
  return holds(R"({"Variable": "$.a", ")" + std::string(comparison) + R"(": "$.b"})",
               R"({"a": )" + std::string(a) + R"(, "b": )" + std::string(b) + "}");
}

TEST(Choice, ComparesStrings) {
  EXPECT_TRUE(compares(R"("StringEquals": "x")", R"("x")"));
  EXPECT_FALSE(compares(R"("StringEquals": "x")", R"("X")"));
  EXPECT_FALSE(compares(R"("StringEquals": "1")", "1"));
  EXPECT_TRUE(compares(R"("StringLessThan": "b")", R"("a")"));
  EXPECT_FALSE(compares(R"("StringLessThan": "b")", R"("b")"));
  EXPECT_TRUE(compares(R"("StringGreaterThan": "b")", R"("c")"));
  EXPECT_FALSE(compares(R"("StringGreaterThan": "b")", R"("b")"));
  EXPECT_TRUE(compares(R"("StringLessThanEquals": "b")", R"("b")"));
  EXPECT_FALSE(compares(R"("StringLessThanEquals": "b")", R"("c")"));
  EXPECT_TRUE(compares(R"("StringGreaterThanEquals": "b")", R"("b")"));
  EXPECT_FALSE(compares(R"("StringGreaterThanEquals": "b")", R"("a")"));
  EXPECT_TRUE(compares_path("StringEqualsPath", R"("x")", R"("x")"));
  EXPECT_TRUE(compares_path("StringLessThanPath", R"("a")", R"("b")"));
  EXPECT_TRUE(compares_path("StringGreaterThanPath", R"("b")", R"("a")"));
  EXPECT_TRUE(compares_path("StringLessThanEqualsPath", R"("a")", R"("a")"));
  EXPECT_TRUE(compares_path("StringGreaterThanEqualsPath", R"("a")", R"("a")"));
  EXPECT_FALSE(compares_path("StringEqualsPath", R"("1")", "1"));
}

TEST(Choice, ComparesNumbers) {
  EXPECT_TRUE(compares(R"("NumericEquals": 1)", "1.0"));
  EXPECT_FALSE(compares(R"("NumericEquals": 1)", R"("1")"));
  EXPECT_TRUE(compares(R"("NumericLessThan": 1)", "0.5"));
  EXPECT_FALSE(compares(R"("NumericLessThan": 1)", "1"));
  EXPECT_TRUE(compares(R"("NumericGreaterThan": 1)", "18446744073709551615"));
  EXPECT_FALSE(compares(R"("NumericGreaterThan": 1)", "1"));
  EXPECT_TRUE(compares(R"("NumericLessThanEquals": 1)", "1"));
  EXPECT_FALSE(compares(R"("NumericLessThanEquals": 1)", "2"));
  EXPECT_TRUE(compares(R"("NumericGreaterThanEquals": 1.5)", "1.5"));
  EXPECT_FALSE(compares(R"("NumericGreaterThanEquals": 1.5)", "1"));
  EXPECT_TRUE(compares_path("NumericEqualsPath", "1", "1.0"));
  EXPECT_TRUE(compares_path("NumericLessThanPath", "1", "2"));
  EXPECT_TRUE(compares_path("NumericGreaterThanPath", "2", "1"));
  EXPECT_TRUE(compares_path("NumericLessThanEqualsPath", "1", "1"));
  EXPECT_TRUE(compares_path("NumericGreaterThanEqualsPath", "1", "1"));
  EXPECT_FALSE(compares_path("NumericEqualsPath", "1", "null"));
}

TEST(Choice, ComparesBooleans) {
  EXPECT_TRUE(compares(R"("BooleanEquals": true)", "true"));
  EXPECT_FALSE(compares(R"("BooleanEquals": true)", "false"));
  EXPECT_FALSE(compares(R"("BooleanEquals": true)", R"("true")"));
  EXPECT_TRUE(compares_path("BooleanEqualsPath", "false", "false"));
}

TEST(Choice, ComparesTimestamps) {
  constexpr std::string_view kNoon = R"("2016-03-14T12:00:00Z")";
  EXPECT_TRUE(compares(R"("TimestampEquals": "2016-03-14T12:00:00Z")",
                       R"("2016-03-14T14:00:00.000+02:00")"));
  EXPECT_TRUE(compares(R"("TimestampLessThan": "2016-03-14T12:00:01Z")", kNoon));
  EXPECT_FALSE(compares(R"("TimestampLessThan": "2016-03-14T12:00:00Z")", kNoon));
  EXPECT_TRUE(compares(R"("TimestampGreaterThan": "2016-03-14T11:59:59.999Z")", kNoon));
  EXPECT_TRUE(compares(R"("TimestampLessThanEquals": "2016-03-14T12:00:00Z")", kNoon));
  EXPECT_TRUE(compares(R"("TimestampGreaterThanEquals": "2016-03-14T12:00:00Z")", kNoon));
  EXPECT_FALSE(compares(R"("TimestampEquals": "2016-03-14T12:00:00Z")", R"("noon")"));
  EXPECT_TRUE(compares_path("TimestampEqualsPath", kNoon, kNoon));
  EXPECT_TRUE(compares_path("TimestampLessThanPath", kNoon, R"("2017-03-14T12:00:00Z")"));
  EXPECT_TRUE(compares_path("TimestampGreaterThanPath", kNoon, R"("2015-03-14T12:00:00Z")"));
  EXPECT_TRUE(compares_path("TimestampLessThanEqualsPath", kNoon, kNoon));
  EXPECT_TRUE(compares_path("TimestampGreaterThanEqualsPath", kNoon, kNoon));
}

TEST(Choice, MatchesPatterns) {
  EXPECT_TRUE(compares(R"("StringMatches": "log-*.txt")", R"("log-2026.txt")"));
  EXPECT_TRUE(string_matches("foo23.log", "foo*.log"));
  EXPECT_TRUE(string_matches("zebra.log", "*.log"));
  EXPECT_TRUE(string_matches("foobar.zebra", "foo*.*"));
  EXPECT_FALSE(string_matches("foo", "foo?"));
  EXPECT_TRUE(string_matches("*", R"(\*)"));
  EXPECT_FALSE(string_matches("x", R"(\*)"));
  EXPECT_TRUE(string_matches(R"(\x)", R"(\\*)"));
  EXPECT_TRUE(string_matches("", "*"));
  EXPECT_TRUE(string_matches("aXbXc", "a*X*c"));
  EXPECT_FALSE(string_matches("aXb", "a*X*c"));
  EXPECT_FALSE(string_matches(std::string(10'000, 'a'), "*a*a*a*a*a*a*b"));
  EXPECT_FALSE(compares(R"("StringMatches": "*")", "1"));
}

TEST(Choice, AsksWhatThereIs) {
  EXPECT_TRUE(compares(R"("IsNull": true)", "null"));
  EXPECT_TRUE(compares(R"("IsNull": false)", "0"));
  EXPECT_TRUE(compares(R"("IsString": true)", R"("")"));
  EXPECT_FALSE(compares(R"("IsString": true)", "1"));
  EXPECT_TRUE(compares(R"("IsNumeric": true)", "1.5"));
  EXPECT_FALSE(compares(R"("IsNumeric": true)", R"("1")"));
  EXPECT_TRUE(compares(R"("IsBoolean": true)", "false"));
  EXPECT_TRUE(compares(R"("IsBoolean": false)", "null"));
  EXPECT_TRUE(compares(R"("IsTimestamp": true)", R"("2016-03-14T12:00:00Z")"));
  EXPECT_FALSE(compares(R"("IsTimestamp": true)", R"("2016-03-14 12:00:00Z")"));
  EXPECT_TRUE(compares(R"("IsPresent": true)", "null"));
  EXPECT_TRUE(holds(R"({"Variable": "$.b", "IsPresent": false})", R"({"a": 1})"));
  EXPECT_FALSE(holds(R"({"Variable": "$.b.c", "IsPresent": true})", R"({"b": 1})"));
  EXPECT_TRUE(
      holds(R"({"Variable": "$.b[?(@.c == 2)]", "IsPresent": false})", R"({"b": [{"c": 1}]})"));
}

TEST(Choice, JoinsConditions) {
  constexpr std::string_view kBoth = R"({"And": [
      {"Variable": "$.a", "IsPresent": true}, {"Variable": "$.a", "NumericGreaterThan": 1}]})";
  EXPECT_TRUE(holds(kBoth, R"({"a": 2})"));
  EXPECT_FALSE(holds(kBoth, R"({"a": 1})"));
  EXPECT_FALSE(holds(kBoth, "{}"));  // the second is not asked
  constexpr std::string_view kEither = R"({"Or": [
      {"Variable": "$.a", "NumericEquals": 1}, {"Not": {"Variable": "$.a", "IsNumeric": true}}]})";
  EXPECT_TRUE(holds(kEither, R"({"a": 1})"));
  EXPECT_TRUE(holds(kEither, R"({"a": "1"})"));
  EXPECT_FALSE(holds(kEither, R"({"a": 2})"));
}

constexpr std::string_view kOneRule = R"({"StartAt": "C", "States": {
    "C": {"Type": "Choice", "Choices": [{"Variable": "$.a", "NumericEquals": 1, "Next": "Yes"}]},
    "Yes": {"Type": "Succeed"}}})";

TEST(Choice, FailsWithoutARuleThatHolds) {
  const TestRun run = run_both_ways(kOneRule, R"({"a": 2})");
  EXPECT_EQ(run.result(),
            "FAILED States.NoChoiceMatched: An error occurred while executing the state 'C' "
            "(entered at the event id #2). Failed to transition out of the state 'C'. The state "
            "does not point to a next state.");
  EXPECT_EQ(run.events(),
            "1<0 ExecutionStarted\n"
            "2<0 ChoiceStateEntered\n"
            "3<2 ExecutionFailed\n");
}

TEST(Choice, FailsOverAVariableThatIsNotThere) {
  EXPECT_EQ(result_of(kOneRule, "{}"),
            "FAILED States.Runtime: An error occurred while executing the state 'C' (entered at "
            "the event id #2). Invalid path '$.a': The choice state's condition path references "
            "an invalid value.");
}

TEST(Choice, WritesThatItWasEnteredAndLeft) {
  EXPECT_EQ(run_both_ways(kOneRule, R"({"a": 1})").events(),
            "1<0 ExecutionStarted\n"
            "2<0 ChoiceStateEntered\n"
            "3<2 ChoiceStateExited\n"
            "4<3 SucceedStateEntered\n"
            "5<4 SucceedStateExited\n"
            "6<5 ExecutionSucceeded\n");
}

TEST(Choice, FiltersItsInputAndOutput) {
  EXPECT_EQ(result_of(R"({"StartAt": "C", "States": {
                "C": {"Type": "Choice", "InputPath": "$.in", "OutputPath": "$.out",
                      "Choices": [{"Variable": "$.n", "NumericEquals": 1, "Next": "Yes"}]},
                "Yes": {"Type": "Succeed"}}})",
                      R"({"in": {"n": 1, "out": "x"}})"),
            R"("x")");
}

}  // namespace
}  // namespace doorbuster::states
