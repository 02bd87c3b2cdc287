// What is wrong with a definition, and how it is told.
#include "states/definition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace doorbuster::states {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

// "CODE: message at location" of each, a line each; warnings with a "?" before them.
std::string diagnostics(std::string_view definition) {
  std::string text;
  for (const Diagnostic& diagnostic : validate(definition)) {
    if (diagnostic.severity == Diagnostic::Severity::warning) text += "?";
    text += diagnostic.code + ": " + diagnostic.message;
    if (!diagnostic.location.empty()) text += " at " + diagnostic.location;
    text += "\n";
  }
  return text;
}

// Of a machine of one state, "S", that ends.
std::string of_state(std::string_view type, std::string_view fields) {
  std::string state = R"({"StartAt": "S", "States": {"S": {"Type": ")" + std::string(type) + "\"";
  if (type != "Choice" && type != "Succeed" && type != "Fail") state += R"(, "End": true)";
  return diagnostics(state + std::string(fields) + "}}}");
}

std::string of_pass(std::string_view fields) {
  return of_state("Pass", fields);
}
std::string of_task(std::string_view fields) {
  return of_state("Task",
                  R"(, "Resource": "arn:aws:states:::lambda:invoke")" + std::string(fields));
}

TEST(Definition, ThatIsRightHasNothing) {
  EXPECT_EQ(diagnostics(R"({"Comment": "c", "Version": "1.0", "QueryLanguage": "JSONPath",
                            "TimeoutSeconds": 5, "StartAt": "S", "States": {
                              "S": {"Type": "Pass", "Comment": "c", "QueryLanguage": "JSONPath",
                                    "End": true}}})"),
            "");
}

TEST(Definition, ThatIsNoJson) {
  EXPECT_EQ(diagnostics(""), "SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object\n");
  EXPECT_EQ(diagnostics("[]"),
            "SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object\n");
  const auto found = validate("{\n  \"StartAt\": nil\n}");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].code, "INVALID_JSON_DESCRIPTION");
  EXPECT_THAT(found[0].location, HasSubstr("line: 2, column: 1"));
  EXPECT_THAT(diagnostics("{} x"), StartsWith("INVALID_JSON_DESCRIPTION"));
  constexpr std::string_view kWhere =
      R"j([Source: (String)"not a definition"; line: 1, column: 4])j";
  const auto word = validate("not a definition").at(0);
  EXPECT_EQ(word.message,
            "Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token "
            "'null', 'true' or 'false')\n at " +
                std::string(kWhere));
  EXPECT_EQ(word.location, kWhere);
  // What no double can hold could be given on, but never be read again.
  EXPECT_THAT(diagnostics(R"({"StartAt": "A", "States": {
                 "A": {"Type": "Pass", "Result": [1e400], "End": true}}})"),
              StartsWith("INVALID_JSON_DESCRIPTION: exponent overflow"));
}

TEST(Definition, ThatLacksFields) {
  EXPECT_EQ(diagnostics("{}"),
            "SCHEMA_VALIDATION_FAILED: These fields are required: [States, StartAt] at /\n");
  EXPECT_EQ(diagnostics(R"({"StartAt": "A", "States": {}})"),
            "SCHEMA_VALIDATION_FAILED: Value cannot be empty at /States\n");
  EXPECT_EQ(of_state("Choice", R"(, "Choices": [{"Variable": "$.a", "IsNull": true}])"),
            "SCHEMA_VALIDATION_FAILED: These fields are required: [Next] at "
            "/States/S/Choices[0]\n"
            "MISSING_END_STATE: Workflow has no terminal state\n");
  EXPECT_EQ(diagnostics(R"({"StartAt": "S", "States": {"S": {"End": true}}})"),
            "SCHEMA_VALIDATION_FAILED: These fields are required: [Type] at /States/S\n"
            "MISSING_END_STATE: Workflow has no terminal state\n");
}

TEST(Definition, WithFieldsThatThereAreNot) {
  EXPECT_EQ(of_pass(R"(, "Resource": "x", "Retry": [])"),
            "SCHEMA_VALIDATION_FAILED: Field is not supported at /States/S/Resource\n"
            "SCHEMA_VALIDATION_FAILED: Field is not supported at /States/S/Retry\n");
  EXPECT_EQ(of_state("Succeed", R"(, "Next": "S")"),
            "SCHEMA_VALIDATION_FAILED: Field is not supported at /States/S/Next\n");
  EXPECT_EQ(diagnostics(R"({"Coment": "c", "StartAt": "S",
                            "States": {"S": {"Type": "Succeed"}}})"),
            "SCHEMA_VALIDATION_FAILED: Field is not supported at /Coment\n");
}

TEST(Definition, WithATypeThatThereIsNot) {
  EXPECT_THAT(of_state("Pas", ""),
              StartsWith("SCHEMA_VALIDATION_FAILED: The field 'Type' should have one of these "
                         "values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map] at "
                         "/States/S/Type\n"));
}

TEST(Definition, ThatAsksForJsonata) {
  constexpr std::string_view kMessage =
      "SCHEMA_VALIDATION_FAILED: The QueryLanguage 'JSONata' is not supported: use 'JSONPath' at ";
  EXPECT_EQ(diagnostics(R"({"QueryLanguage": "JSONata", "StartAt": "S",
                            "States": {"S": {"Type": "Succeed"}}})"),
            std::string(kMessage) + "/QueryLanguage\n");
  EXPECT_EQ(of_pass(R"(, "QueryLanguage": "JSONata")"),
            std::string(kMessage) + "/States/S/QueryLanguage\n");
}

TEST(Definition, WithTransitionsThatLeadNowhere) {
  EXPECT_EQ(diagnostics(R"({"StartAt": "pass1", "States": {
                "pass1": {"Type": "Pass", "Next": "pass3"}, "pass2": {"Type": "Pass", "End": true}}})"),
            "MISSING_TRANSITION_TARGET: Missing 'Next' target: pass3 at /States/pass1/Next\n"
            "MISSING_TRANSITION_TARGET: State \"pass2\" is not reachable. at /States/pass2\n");
  EXPECT_EQ(diagnostics(R"({"StartAt": "Not sure", "States": {
                "Pass One": {"Type": "Pass", "Next": "Success"}, "Success": {"Type": "Succeed"}}})"),
            "MISSING_TRANSITION_TARGET: Missing 'Next' target: Not sure at /StartAt\n"
            "MISSING_TRANSITION_TARGET: State \"Pass One\" is not reachable. at "
            "/States/Pass One\n");
  EXPECT_EQ(diagnostics(R"({"StartAt": "C", "States": {
                "C": {"Type": "Choice", "Choices": [
                  {"Variable": "$.a", "IsNull": true, "Next": "X"}], "Default": "Y"},
                "End": {"Type": "Succeed"}}})"),
            "MISSING_TRANSITION_TARGET: Missing 'Next' target: Y at /States/C/Default\n"
            "MISSING_TRANSITION_TARGET: Missing 'Next' target: X at /States/C/Choices[0]/Next\n"
            "MISSING_TRANSITION_TARGET: State \"End\" is not reachable. at /States/End\n");
  EXPECT_EQ(of_task(R"(, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "X"}])"),
            "MISSING_TRANSITION_TARGET: Missing 'Next' target: X at /States/S/Catch[0]/Next\n");
}

TEST(Definition, WithoutAnEnd) {
  EXPECT_EQ(diagnostics(R"({"StartAt": "A", "States": {
                "A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}}})"),
            "MISSING_END_STATE: Workflow has no terminal state\n");
  EXPECT_EQ(diagnostics(R"({"StartAt": "A", "States": {"A": {"Type": "Pass"}}})"),
            "SCHEMA_VALIDATION_FAILED: One of these fields is required: [Next, End] at /States/A\n"
            "MISSING_END_STATE: Workflow has no terminal state\n");
}

TEST(Definition, WithStatesThatNobodyReaches) {
  EXPECT_EQ(diagnostics(R"({"StartAt": "A", "States": {"A": {"Type": "Succeed"},
                "B": {"Type": "Pass", "Next": "C"}, "C": {"Type": "Pass", "Next": "B"},
                "D": {"Type": "Pass", "Next": "E"}, "E": {"Type": "Succeed"}}})"),
            "MISSING_TRANSITION_TARGET: State \"D\" is not reachable. at /States/D\n"
            "MISSING_TRANSITION_TARGET: State \"B\" is not reachable. at /States/B\n");
}

TEST(Definition, WithNamesThatCannotBe) {
  const std::string long_name(81, 'x');
  EXPECT_THAT(diagnostics(R"({"StartAt": ")" + long_name + R"(", "States": {")" + long_name +
                          R"(": {"Type": "Succeed"}}})"),
              StartsWith("INVALID_STATE_NAME: "));
  EXPECT_EQ(diagnostics(R"({"StartAt": "A", "States": {"A": {"Type": "Parallel", "End": true,
                "Branches": [{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}]}}})"),
            "DUPLICATE_STATE_NAME: Duplicate State name: A at "
            "/States/A/Branches[0]/States/A\n");
}

TEST(Definition, WithPathsThatAreNone) {
  EXPECT_EQ(of_pass(R"(, "InputPath": "a", "OutputPath": "$.[", "ResultPath": "$.a[*]")"),
            "SCHEMA_VALIDATION_FAILED: Value is not a valid JSONPath at /States/S/InputPath\n"
            "SCHEMA_VALIDATION_FAILED: Value is not a valid JSONPath at /States/S/OutputPath\n"
            "SCHEMA_VALIDATION_FAILED: Value is not a Reference Path at /States/S/ResultPath\n");
  EXPECT_EQ(of_pass(R"(, "ResultPath": "$$.a")"),
            "SCHEMA_VALIDATION_FAILED: Value is not a Reference Path at /States/S/ResultPath\n");
  for (const std::string root : {"$$", "$$.a", "$a"}) {
    EXPECT_EQ(of_task(R"(, "Catch": [{"ErrorEquals": ["E"], "Next": "S", "ResultPath": ")" + root +
                      R"("}])"),
              "SCHEMA_VALIDATION_FAILED: Value is not a Reference Path at "
              "/States/S/Catch[0]/ResultPath\n");
  }
  EXPECT_EQ(of_pass(R"j(, "Parameters": {"a": [{"b.$": "x"}], "c.$": 1, "d.$": "States.X()"})j"),
            "SCHEMA_VALIDATION_FAILED: The value for the field 'b.$' must be a valid JSONPath or a "
            "valid intrinsic function call at /States/S/Parameters/a[0]/b.$\n"
            "SCHEMA_VALIDATION_FAILED: The value for the field 'c.$' must be a valid JSONPath or a "
            "valid intrinsic function call at /States/S/Parameters/c.$\n"
            "SCHEMA_VALIDATION_FAILED: The value for the field 'd.$' must be a valid JSONPath or a "
            "valid intrinsic function call at /States/S/Parameters/d.$\n");
}

TEST(Definition, WithValuesOfOtherTypes) {
  EXPECT_EQ(of_pass(R"(, "Comment": 1, "InputPath": 5)"),
            "SCHEMA_VALIDATION_FAILED: Expected value of type String at /States/S/Comment\n"
            "SCHEMA_VALIDATION_FAILED: Expected value of type String at /States/S/InputPath\n");
  EXPECT_EQ(of_task(R"(, "TimeoutSeconds": "5")"),
            "SCHEMA_VALIDATION_FAILED: Expected value of type Integer at "
            "/States/S/TimeoutSeconds\n");
  EXPECT_EQ(of_pass(R"(, "Assign": [])"),
            "SCHEMA_VALIDATION_FAILED: Expected value of type Object at /States/S/Assign\n");
  EXPECT_EQ(of_pass(R"(, "Parameters": [{"a.$": "a"}])"),
            "SCHEMA_VALIDATION_FAILED: The value for the field 'a.$' must be a valid JSONPath or a "
            "valid intrinsic function call at /States/S/Parameters[0]/a.$\n");
  EXPECT_THAT(of_task(R"(, "TimeoutSeconds": 0)"), HasSubstr("Value must be between 1 and"));
  EXPECT_EQ(of_task(R"(, "TimeoutSeconds": 5, "HeartbeatSeconds": 5)"),
            "SCHEMA_VALIDATION_FAILED: 'HeartbeatSeconds' must be smaller than 'TimeoutSeconds' at "
            "/States/S/HeartbeatSeconds\n");
}

TEST(Definition, WithFieldsThatExcludeEachOther) {
  EXPECT_EQ(of_task(R"(, "TimeoutSeconds": 5, "TimeoutSecondsPath": "$.t")"),
            "SCHEMA_VALIDATION_FAILED: Only one of these fields can be specified: "
            "[TimeoutSeconds, TimeoutSecondsPath] at /States/S\n");
  EXPECT_THAT(of_state("Fail", R"(, "Error": "E", "ErrorPath": "$.e")"),
              HasSubstr("[Error, ErrorPath] at /States/S\n"));
  EXPECT_EQ(of_state("Wait", ""),
            "SCHEMA_VALIDATION_FAILED: One of these fields is required: [Seconds, SecondsPath, "
            "Timestamp, TimestampPath] at /States/S\n");
  EXPECT_THAT(of_state("Wait", R"(, "Seconds": 1, "Timestamp": "2016-03-14T01:59:00Z")"),
              HasSubstr("Only one of these fields can be specified"));
  EXPECT_THAT(of_state("Wait", R"(, "Timestamp": "tomorrow")"),
              HasSubstr("Expected value of type Timestamp at /States/S/Timestamp"));
}

TEST(Definition, WithResourcesThatAreNone) {
  constexpr std::string_view kMessage =
      "SCHEMA_VALIDATION_FAILED: Value is not a valid resource ARN at /States/S/Resource\n";
  for (const auto arn :
       {"", "createToken", "arn:aws:states:::lambda", "arn:aws:states:::a:b:c",
        "arn:aws:sqs:us-east-1:123456789012:queue", "arn:aws:states:::aws-sdk:s3"}) {
    EXPECT_EQ(of_state("Task", R"(, "Resource": ")" + std::string(arn) + "\""), kMessage) << arn;
  }
  EXPECT_EQ(of_task(R"(, "Credentials": {})"),
            "SCHEMA_VALIDATION_FAILED: The field 'RoleArn' is required but was missing at "
            "/States/S/Credentials\n");
}

TEST(Definition, WithErrorsThatCannotBeHandled) {
  EXPECT_THAT(of_task(R"(, "Retry": [{"ErrorEquals": ["States.ALL", "E"]}])"),
              HasSubstr("States.ALL must appear alone"));
  EXPECT_THAT(of_task(R"(, "Retry": [{"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["E"]}])"),
              HasSubstr("States.ALL must appear alone"));
  EXPECT_THAT(of_task(R"(, "Retry": [{"ErrorEquals": ["States.Unknown"]}])"),
              HasSubstr("'States.Unknown' is not known"));
  EXPECT_THAT(of_task(R"(, "Retry": [{"ErrorEquals": []}])"),
              HasSubstr("Value cannot be empty at /States/S/Retry[0]/ErrorEquals"));
  EXPECT_THAT(of_task(R"(, "Retry": [{"ErrorEquals": ["E"], "BackoffRate": 0.5,
                                      "JitterStrategy": "SOME"}])"),
              HasSubstr("/States/S/Retry[0]/BackoffRate"));
  EXPECT_THAT(of_task(R"(, "Retry": [{"ErrorEquals": ["E"], "IntervalSeconds": 5,
                                      "MaxDelaySeconds": 5}])"),
              HasSubstr("'MaxDelaySeconds' must be greater than 'IntervalSeconds'"));
}

TEST(Definition, WithChoicesThatAreNone) {
  EXPECT_THAT(of_state("Choice", R"(, "Choices": [])"),
              StartsWith("SCHEMA_VALIDATION_FAILED: Value cannot be empty at /States/S/Choices\n"));
  const auto of_rule = [](std::string_view rule) {
    return diagnostics(R"({"StartAt": "C", "States": {"C": {"Type": "Choice", "Choices": [
        {"Next": "E", )" +
                       std::string(rule) + R"(}]}, "E": {"Type": "Succeed"}}})");
  };
  EXPECT_EQ(of_rule(R"("Variable": "$.a", "StringEquals": 1)"),
            "SCHEMA_VALIDATION_FAILED: Expected value of type String at "
            "/States/C/Choices[0]/StringEquals\n");
  EXPECT_EQ(of_rule(R"("Variable": "$.a")"),
            "SCHEMA_VALIDATION_FAILED: A condition must have a comparison at "
            "/States/C/Choices[0]\n");
  EXPECT_EQ(of_rule(R"("Variable": "$.a", "IsNull": true, "IsString": true)"),
            "SCHEMA_VALIDATION_FAILED: A condition can have one comparison only at "
            "/States/C/Choices[0]\n");
  EXPECT_EQ(of_rule(R"("And": [{"Variable": "$.a", "IsNul": true}])"),
            "SCHEMA_VALIDATION_FAILED: A condition must have a comparison at "
            "/States/C/Choices[0]/And[0]\n"
            "SCHEMA_VALIDATION_FAILED: Field is not supported at "
            "/States/C/Choices[0]/And[0]/IsNul\n");
  EXPECT_EQ(of_rule(R"("Not": {"Variable": "$.a", "IsNull": true, "Next": "E"})"),
            "SCHEMA_VALIDATION_FAILED: Field is not supported at "
            "/States/C/Choices[0]/Not/Next\n");
  EXPECT_EQ(of_rule(R"("Variable": "$.a", "TimestampEquals": "noon")"),
            "SCHEMA_VALIDATION_FAILED: Expected value of type Timestamp at "
            "/States/C/Choices[0]/TimestampEquals\n");
}

TEST(Definition, WithMapsThatCannotBe) {
  constexpr std::string_view kInline =
      R"(, "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Succeed"}}})";
  constexpr std::string_view kDistributed = R"(, "ItemProcessor": {
      "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
      "StartAt": "I", "States": {"I": {"Type": "Succeed"}}})";
  const auto of_map = [](std::string_view processor, std::string_view fields) {
    return of_state("Map", std::string(processor) + std::string(fields));
  };
  EXPECT_EQ(of_map(kInline, ""), "");
  EXPECT_EQ(of_map(kDistributed, R"(, "Label": "a-b_c")"), "");
  EXPECT_EQ(of_state("Map", ""),
            "SCHEMA_VALIDATION_FAILED: These fields are required: [ItemProcessor] at /States/S\n");
  EXPECT_THAT(of_map(kDistributed, R"(, "Label": "a b")"), StartsWith("INVALID_LABEL_NAME"));
  EXPECT_THAT(of_map(kDistributed, R"(, "Label": "")"), StartsWith("INVALID_LABEL_NAME"));
  EXPECT_THAT(of_map(kDistributed, R"(, "Label": "a/b")"), StartsWith("INVALID_LABEL_NAME"));
  EXPECT_THAT(of_map(kDistributed, R"(, "Label": "a\u0001b")"), StartsWith("INVALID_LABEL_NAME"));
  EXPECT_THAT(of_map(kDistributed, R"(, "Label": "a\u0085b")"), StartsWith("INVALID_LABEL_NAME"));
  EXPECT_THAT(of_map(kDistributed, R"(, "Label": ")" + std::string(41, 'a') + "\""),
              StartsWith("INVALID_LABEL_NAME"));
  EXPECT_EQ(of_map(kInline, R"(, "ItemReader": {}, "ItemBatcher": {}, "ResultWriter": {})"),
            "SCHEMA_VALIDATION_FAILED: Field is not supported at /States/S/ItemReader\n"
            "SCHEMA_VALIDATION_FAILED: Field is not supported at /States/S/ItemBatcher\n"
            "SCHEMA_VALIDATION_FAILED: Field is not supported at /States/S/ResultWriter\n");
  EXPECT_EQ(of_map(kDistributed, R"(, "ResultWriter": {})"),
            "SCHEMA_VALIDATION_FAILED: These fields are required: [Resource, Parameters] at "
            "/States/S/ResultWriter\n");
  EXPECT_THAT(of_map(kDistributed, R"(, "ResultWriter": {"WriterConfig": {
                                          "Transformation": "NONE", "OutputType": "JSONL"}})"),
              AllOf(HasSubstr("[COMPACT, FLATTEN] at /States/S/ResultWriter/WriterConfig"),
                    HasSubstr("[JSON] at /States/S/ResultWriter/WriterConfig")));
  EXPECT_THAT(of_map(kDistributed, R"(, "ItemReader": {"Resource": "arn:aws:states:::s3:x"})"),
              HasSubstr("/States/S/ItemReader/Resource"));
  EXPECT_THAT(of_map(kDistributed, R"(, "ItemBatcher": {})"),
              HasSubstr("[MaxItemsPerBatch, MaxInputBytesPerBatch] at /States/S/ItemBatcher"));
  EXPECT_THAT(of_map(kInline, R"(, "MaxConcurrency": -1)"), HasSubstr("/States/S/MaxConcurrency"));
}

TEST(Definition, WithBranchesThatCannotBe) {
  EXPECT_EQ(of_state("Parallel", R"(, "Branches": [])"),
            "SCHEMA_VALIDATION_FAILED: Value cannot be empty at /States/S/Branches\n");
  EXPECT_EQ(of_state("Parallel", R"(, "Branches": [{"StartAt": "B", "States": {
                "B": {"Type": "Pass", "Next": "S"}, "C": {"Type": "Succeed"}}}])"),
            "MISSING_TRANSITION_TARGET: Missing 'Next' target: S at "
            "/States/S/Branches[0]/States/B/Next\n"
            "MISSING_TRANSITION_TARGET: State \"C\" is not reachable. at "
            "/States/S/Branches[0]/States/C\n");
}

TEST(Definition, WithVariablesThatHideOthers) {
  EXPECT_EQ(diagnostics(R"({"StartAt": "A", "States": {
                "A": {"Type": "Pass", "Assign": {"x": 1}, "Next": "P"},
                "P": {"Type": "Parallel", "End": true, "Branches": [{"StartAt": "B", "States": {
                  "B": {"Type": "Pass", "Assign": {"x": 2, "y": 3}, "End": true}}}]}}})"),
            "SCHEMA_VALIDATION_FAILED: The variable 'x' is assigned in an outer scope already at "
            "/States/P/Branches[0]/States/B/Assign/x\n");
  EXPECT_EQ(of_pass(R"(, "Assign": {"1x": 1, "states": 2})"),
            "SCHEMA_VALIDATION_FAILED: '1x' is not a valid name of a variable at "
            "/States/S/Assign/1x\n"
            "SCHEMA_VALIDATION_FAILED: 'states' is not a valid name of a variable at "
            "/States/S/Assign/states\n");
}

TEST(Definition, TellsWhatItsStatesLookAt) {
  using References = std::map<std::string, std::vector<std::string>>;
  EXPECT_EQ(variable_references(R"j({"StartAt": "A", "States": {
                "A": {"Type": "Pass", "Parameters": {"x": "$a", "yPath": "$b"},
                      "Assign": {"a": 1, "b": 2, "n": [1], "s": 0}, "Next": "M"},
                "M": {"Type": "Map", "ItemsPath": "$n", "ItemSelector": {
                        "v.$": "States.Format('{}{}', $b, $a)"}, "Next": "C", "ItemProcessor": {
                  "StartAt": "I", "States": {"I": {"Type": "Pass", "OutputPath": "$s[0]",
                                                   "End": true}}}},
                "C": {"Type": "Choice", "Choices": [{"And": [{"Variable": "$b", "NumericEqualsPath":
                        "$a"}], "Next": "W"}]},
                "W": {"Type": "Wait", "SecondsPath": "$s", "End": true}}})j"),
            (References{{"C", {"a", "b"}}, {"I", {"s"}}, {"M", {"a", "b", "n"}}, {"W", {"s"}}}));
}

TEST(Definition, IsWarnedOfWhatLooksWrong) {
  EXPECT_EQ(of_pass(R"j(, "Parameters": {"a": "$.x", "b": {"c": "States.UUID()"}})j"),
            "?NO_DOLLAR: No .$ on a field that appears to be a JSONPath or Intrinsic Function. at "
            "/States/S/Parameters/a\n"
            "?NO_DOLLAR: No .$ on a field that appears to be a JSONPath or Intrinsic Function. at "
            "/States/S/Parameters/b/c\n");
  EXPECT_EQ(of_pass(R"(, "Result": "$.x")"),
            "?PASS_RESULT_IS_STATIC: Attempt to use a path in the result of a pass state. at "
            "/States/S/Result\n");
  EXPECT_NO_THROW(compile(
      R"({"StartAt": "S", "States": {"S": {"Type": "Pass", "Result": "$.x", "End": true}}})"));
}

TEST(Definition, ThatIsWrongIsNotCompiled) {
  try {
    compile(R"({"StartAt": "A", "States": {
        "A": {"Type": "Pass", "Next": "B"}, "C": {"Type": "Pass", "End": true}}})");
    FAIL();
  } catch (const InvalidDefinition& invalid) {
    EXPECT_EQ(invalid.diagnostics().size(), 2U);
    EXPECT_STREQ(invalid.what(),
                 "Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: Missing 'Next' "
                 "target: B at /States/A/Next, MISSING_TRANSITION_TARGET: State \"C\" is not "
                 "reachable. at /States/C'");
  }
}

// --- Limits ---

TEST(Definition, MayHaveAMebibyte) {
  const auto of_size = [](std::size_t size) {
    std::string text = R"({"StartAt": "S", "States": {"S": {"Type": "Succeed", "Comment": ""}}})";
    text.insert(text.find("\"\"}") + 1, size - text.size(), 'x');
    return diagnostics(text);
  };
  EXPECT_EQ(of_size(1'048'576), "");
  EXPECT_EQ(of_size(1'048'577),
            "SCHEMA_VALIDATION_FAILED: Definition must not be longer than 1048576 bytes\n");
}

TEST(Definition, IsNotNestedWithoutEnd) {
  std::string nested = R"({"Type": "Succeed"})";
  for (int i = 0; i < 30; ++i) {
    const std::string name = "S" + std::to_string(i);
    nested = R"({"Type": "Parallel", "End": true, "Branches": [{"StartAt": ")" + name +
             R"(", "States": {")" + name + "\": " + nested + "}}]}";
  }
  EXPECT_THAT(diagnostics(R"({"StartAt": "S", "States": {"S": )" + nested + "}}"),
              HasSubstr("TOO_DEEPLY_NESTED"));
  EXPECT_THAT(diagnostics(std::string(1'000'000, '[')), StartsWith("INVALID_JSON_DESCRIPTION"));
  std::string condition = R"({"Variable": "$.a", "IsNull": true})";
  for (int i = 0; i < 100; ++i) condition = R"({"Not": )" + condition + "}";
  EXPECT_THAT(of_state("Choice", R"(, "Choices": [{"Next": "S", "Not": )" + condition + "}]"),
              HasSubstr("TOO_DEEPLY_NESTED"));
}

TEST(Definition, TellsNoMoreThanAThousandThings) {
  std::string states;
  for (int i = 0; i < 2'000; ++i) {
    states += ", \"S" + std::to_string(i) + R"(": {"Type": "X"})";
  }
  EXPECT_EQ(
      validate(R"({"StartAt": "S", "States": {"S": {"Type": "Succeed"})" + states + "}}").size(),
      1'000U);
}

}  // namespace
}  // namespace doorbuster::states
