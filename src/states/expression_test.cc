#include "states/expression.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <string>
#include <string_view>

#include "states/failure.h"
#include "states/json_text.h"

namespace doorbuster::states {
namespace {

class TestEnvironment final : public Environment {
 public:
  const boost::json::value& context() override { return context_; }
  const boost::json::value* variable(std::string_view name) override {
    return variables_.if_contains(name);
  }
  std::uint64_t random() override { return random_++; }

 private:
  boost::json::value context_ = boost::json::parse(R"({"Execution": {"Name": "run"}})");
  boost::json::object variables_{{"rate", 3}};
  std::uint64_t random_ = 5;
};

std::string evaluate(std::string_view expression, std::string_view input = "{}") {
  TestEnvironment environment;
  const boost::json::value value = boost::json::parse(input);
  return to_text(Expression::parse(expression).evaluate("x.$", {value, environment}));
}

// "error: cause" of what goes wrong.
std::string failure(std::string_view expression, std::string_view input = "{}") {
  try {
    return evaluate(expression, input);
  } catch (const Failure& failed) {
    return failed.error + ": " + failed.cause.value_or("");
  }
}

TEST(Intrinsic, Format) {
  EXPECT_EQ(evaluate("States.Format('Hello, my name is {}.', $.name)", R"({"name": "Arnav"})"),
            R"("Hello, my name is Arnav.")");
  EXPECT_EQ(
      evaluate("States.Format($.template, $.name)", R"({"name": "Arnav", "template": "Hi {}"})"),
      R"("Hi Arnav")");
  EXPECT_EQ(evaluate("States.Format('{} {} {} {}', 1, 1.5, true, null)"), R"("1 1.5 true null")");
  EXPECT_EQ(evaluate("States.Format('plain')"), R"("plain")");
  // As AWS prints what is no text: like Java.
  EXPECT_EQ(evaluate("States.Format('{}', $)", R"({"a": 1, "b": ["x", {}]})"),
            R"("{a=1, b=[x, {}]}")");
  EXPECT_EQ(failure("States.Format('{}')"),
            "States.IntrinsicFailure: The function 'States.Format('{}')' had the following error: "
            "a {} has no argument.");
  EXPECT_EQ(failure("States.Format('a', 1)"),
            "States.IntrinsicFailure: The function 'States.Format('a', 1)' had the following "
            "error: an argument has no {}.");
}

TEST(Intrinsic, EscapesInStrings) {
  EXPECT_EQ(evaluate(R"(States.Array('it\'s', 'a\\b', '\{\}'))"), R"(["it's","a\\b","{}"])");
  EXPECT_EQ(evaluate(R"(States.Format('\{\} {} it\'s \\', 1))"), R"("{} 1 it's \\")");
  EXPECT_THROW(Expression::parse(R"(States.Array('a\nb'))"), InvalidExpression);
}

TEST(Intrinsic, StringToJson) {
  EXPECT_EQ(evaluate("States.StringToJson($.s)", R"({"s": "{\"number\": 20}"})"),
            R"({"number":20})");
  EXPECT_EQ(evaluate("States.StringToJson('')"), "null");
  EXPECT_EQ(evaluate("States.StringToJson(' ')"), "null");
  EXPECT_EQ(failure("States.StringToJson('{')"),
            "States.IntrinsicFailure: The function 'States.StringToJson('{')' had the following "
            "error: the string is not valid JSON.");
}

TEST(Intrinsic, JsonToString) {
  EXPECT_EQ(evaluate("States.JsonToString($)", R"({"a": [1, "b"], "c": 1.0})"),
            R"("{\"a\":[1,\"b\"],\"c\":1.0}")");
  EXPECT_EQ(evaluate("States.JsonToString('a')"), R"("\"a\"")");
}

TEST(Intrinsic, Array) {
  EXPECT_EQ(evaluate("States.Array($.id)", R"({"id": 123456})"), "[123456]");
  EXPECT_EQ(evaluate("States.Array()"), "[]");
  EXPECT_EQ(evaluate("States.Array('a', $, null, 1.25, States.Array(1))"),
            R"(["a",{},null,1.25,[1]])");
}

TEST(Intrinsic, ArrayPartition) {
  EXPECT_EQ(evaluate("States.ArrayPartition($, 4)", "[1,2,3,4,5,6,7,8,9]"),
            "[[1,2,3,4],[5,6,7,8],[9]]");
  EXPECT_EQ(evaluate("States.ArrayPartition($, 1.6)", "[1,2,3]"), "[[1,2],[3]]");
  EXPECT_EQ(evaluate("States.ArrayPartition($, 4)", "[]"), "[]");
  EXPECT_NE(failure("States.ArrayPartition($, 0)", "[1]").find("positive"), std::string::npos);
}

TEST(Intrinsic, ArrayContains) {
  EXPECT_EQ(evaluate("States.ArrayContains($.all, $.one)", R"({"all": [1, 2, 5], "one": 5.0})"),
            "true");
  EXPECT_EQ(evaluate("States.ArrayContains($, 'x')", R"(["y"])"), "false");
  EXPECT_EQ(evaluate("States.ArrayContains($.all, $.one)",
                     R"({"all": [{"a": 1, "b": 2}], "one": {"b": 2, "a": 1}})"),
            "true");
  EXPECT_EQ(failure("States.ArrayContains(1, 2)"),
            "States.IntrinsicFailure: The function 'States.ArrayContains(1, 2)' had the following "
            "error: argument 1 must be an array.");
}

TEST(Intrinsic, ArrayRange) {
  EXPECT_EQ(evaluate("States.ArrayRange(1, 9, 2)"), "[1,3,5,7,9]");
  EXPECT_EQ(evaluate("States.ArrayRange(3, 1, -1)"), "[3,2,1]");
  EXPECT_EQ(evaluate("States.ArrayRange(3, 1, 1)"), "[]");
  EXPECT_NE(failure("States.ArrayRange(1, 9, 0)").find("zero"), std::string::npos);
  EXPECT_NE(failure("States.ArrayRange(1, 1001, 1)").find("1000"), std::string::npos);
  EXPECT_NE(failure("States.ArrayRange(0, 9223372036854775807, 1)").find("too large"),
            std::string::npos);
}

TEST(Intrinsic, ArrayGetItem) {
  EXPECT_EQ(evaluate("States.ArrayGetItem($, 5)", "[1,2,3,4,5,6,7]"), "6");
  EXPECT_NE(failure("States.ArrayGetItem($, 1)", "[1]").find("beyond"), std::string::npos);
  EXPECT_NE(failure("States.ArrayGetItem($, -1)", "[1]").find("negative"), std::string::npos);
}

TEST(Intrinsic, ArrayLength) {
  EXPECT_EQ(evaluate("States.ArrayLength($)", "[1,2,3]"), "3");
  EXPECT_NE(failure("States.ArrayLength('a')").find("array"), std::string::npos);
}

TEST(Intrinsic, ArrayUnique) {
  EXPECT_EQ(evaluate("States.ArrayUnique($)", "[1,2,3,3,1.0,\"1\",null,null]"),
            R"([1,2,3,"1",null])");
  EXPECT_EQ(
      evaluate("States.ArrayUnique($)", R"([{"a":1,"b":[1.0]},{"b":[1],"a":1},[1],[1,2],{}])"),
      R"([{"a":1,"b":[1.0]},[1],[1,2],{}])");
}

TEST(Intrinsic, Base64) {
  EXPECT_EQ(evaluate("States.Base64Encode('Data to encode')"), R"("RGF0YSB0byBlbmNvZGU=")");
  EXPECT_EQ(evaluate("States.Base64Decode('RGF0YSB0byBlbmNvZGU=')"), R"("Data to encode")");
  EXPECT_EQ(evaluate("States.Base64Encode('')"), R"("")");
  EXPECT_EQ(evaluate("States.Base64Decode('')"), R"("")");
  EXPECT_EQ(evaluate("States.Base64Decode('YQ==')"), R"("a")");
  EXPECT_NE(failure("States.Base64Decode('a')").find("Base64"), std::string::npos);
  const std::string long_text(10'001, 'a');
  EXPECT_NE(failure("States.Base64Encode('" + long_text + "')").find("10000"), std::string::npos);
}

// Bytes that are no text could be given on, but never be read again.
TEST(Intrinsic, Base64OfNoText) {
  EXPECT_EQ(evaluate("States.Base64Decode('w6k=')"), "\"\xc3\xa9\"");
  EXPECT_NE(failure("States.Base64Decode('/w==')").find("UTF-8"), std::string::npos);
}

TEST(Intrinsic, CountsCharacters) {
  std::string most;
  for (int i = 0; i < 10'000; ++i) most += "\xc3\xa9";
  EXPECT_EQ(failure("States.Hash('" + most + "', 'MD5')").size(), 34U);
  EXPECT_NE(failure("States.Hash('" + most + "a', 'MD5')").find("10000"), std::string::npos);
}

TEST(Intrinsic, Hash) {
  EXPECT_EQ(evaluate("States.Hash('input data', 'MD5')"), R"("812f45842bc6d66ee14572ce20db8e86")");
  EXPECT_EQ(evaluate("States.Hash('input data', 'SHA-1')"),
            R"("aaff4a450a104cd177d28d18d74485e8cae074b7")");
  EXPECT_EQ(evaluate("States.Hash('input data', 'SHA-256')"),
            R"("b4a697a057313163aee33cd8d40c66e9f0f177e00cac2de32475ffff6169c3e3")");
  EXPECT_EQ(evaluate("States.Hash('input data', 'SHA-384')").substr(0, 13), R"("d28a7d5cf25a)");
  EXPECT_EQ(evaluate("States.Hash('input data', 'SHA-512')").substr(0, 13), R"("6ce4adb34854)");
  EXPECT_NE(failure("States.Hash('a', 'SHA-3')").find("algorithm"), std::string::npos);
}

TEST(Intrinsic, JsonMerge) {
  EXPECT_EQ(evaluate("States.JsonMerge($.json1, $.json2, false)", R"({
              "json1": {"a": {"a1": 1, "a2": 2}, "b": 2},
              "json2": {"a": {"a3": 1, "a4": 2}, "c": 3}})"),
            R"({"a":{"a3":1,"a4":2},"b":2,"c":3})");
  EXPECT_NE(failure("States.JsonMerge($, $, true)").find("deep"), std::string::npos);
  EXPECT_NE(failure("States.JsonMerge(1, $, false)").find("object"), std::string::npos);
}

TEST(Intrinsic, MathAdd) {
  EXPECT_EQ(evaluate("States.MathAdd($.a, $.b)", R"({"a": 111, "b": -1})"), "110");
  EXPECT_EQ(evaluate("States.MathAdd(1.5, 1.51)"), "4");
  EXPECT_EQ(evaluate("States.MathAdd(-1.5, -1.51)"), "-3");
  EXPECT_EQ(evaluate("States.MathAdd(2147483647, 1)"), "2147483648");
  EXPECT_NE(failure("States.MathAdd(2147483648, 1)").find("2147483647"), std::string::npos);
}

TEST(Intrinsic, MathRandom) {
  EXPECT_EQ(evaluate("States.MathRandom(10, 20)"), "15");
  const std::string seeded = evaluate("States.MathRandom(1, 1000, 7)");
  EXPECT_EQ(evaluate("States.MathRandom(1, 1000, 7)"), seeded);
  EXPECT_NE(evaluate("States.MathRandom(1, 1000, 8)"), seeded);
  EXPECT_NE(failure("States.MathRandom(2, 2)").find("below"), std::string::npos);
}

TEST(Intrinsic, StringSplit) {
  EXPECT_EQ(evaluate("States.StringSplit('1,2,3,4,5', ',')"), R"(["1","2","3","4","5"])");
  EXPECT_EQ(evaluate("States.StringSplit('This.is+a,test=string', '.+,=')"),
            R"(["This","is","a","test","string"])");
  EXPECT_EQ(evaluate("States.StringSplit(', , ,', ',')"), R"([" "," "])");
  EXPECT_EQ(evaluate("States.StringSplit('', ',')"), "[]");
  // \u00e9 and \u00e8 begin with the same byte.
  EXPECT_EQ(evaluate("States.StringSplit($, '\xc3\xa9,')", "\"a\xc3\xa9\xc3\xa8,b\""),
            "[\"a\",\"\xc3\xa8\",\"b\"]");
}

TEST(Intrinsic, Uuid) {
  EXPECT_EQ(evaluate("States.UUID()"), R"("00000000-0000-4005-8000-000000000006")");
}

TEST(Intrinsic, SeesPathsTheContextAndVariables) {
  EXPECT_EQ(evaluate("States.Array($.a[0,1], $$.Execution.Name, $rate, $['b,c'])",
                     R"({"a": [1, 2], "b,c": 4})"),
            R"([[1,2],"run",3,4])");
  EXPECT_EQ(failure("States.Array($.a)"),
            "States.Runtime: The JSONPath '$.a' specified for the field 'x.$' could not be found "
            "in the input '{}'");
}

TEST(Intrinsic, NestsUpToTen) {
  std::string nested = "1";
  for (int i = 0; i < 10; ++i) nested = "States.Array(" + nested + ")";
  EXPECT_EQ(evaluate(nested), "[[[[[[[[[[1]]]]]]]]]]");
  EXPECT_THROW(Expression::parse("States.Array(" + nested + ")"), InvalidExpression);
  EXPECT_THROW(Expression::parse(std::string(1'000'000, 'S')), InvalidPath);
}

TEST(Intrinsic, RefusesWhatIsNoCall) {
  for (const auto text : {"States.Nothing()", "States.Array(", "States.Array)", "States.Array(1,)",
                          "States.Array(a)", "States.Array('a)", "States.Array(1) x",
                          "States.Array(1 2)", "States.Array({})", "States.", "States.Array(,1)"}) {
    EXPECT_THROW(Expression::parse(text), InvalidExpression) << text;
  }
}

}  // namespace
}  // namespace doorbuster::states
