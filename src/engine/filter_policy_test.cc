#include "engine/filter_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "cloud/error.h"

namespace doorbuster::engine {
namespace {

FilterPolicy on_attributes(std::string_view policy) {
  return FilterPolicy::parse(policy, FilterScope::kMessageAttributes);
}

FilterPolicy on_body(std::string_view policy) {
  return FilterPolicy::parse(policy, FilterScope::kMessageBody);
}

// The message of the error that parsing ends with.
std::string error_of(std::string_view policy, FilterScope scope = FilterScope::kMessageBody) {
  try {
    FilterPolicy::parse(policy, scope);
  } catch (const cloud::Error& error) {
    EXPECT_EQ(error.code(), "InvalidParameter");
    EXPECT_EQ(error.status(), 400);
    return error.message();
  }
  return "no error";
}

std::string repeat(std::string_view item, int count) {
  std::string list(item);
  for (int i = 1; i < count; ++i) list += "," + std::string(item);
  return list;
}

TEST(FilterPolicyTest, NoPolicyLetsEverythingThrough) {
  for (const std::string_view text : {"", "{}", " { } "}) {
    for (const FilterScope scope : {FilterScope::kMessageAttributes, FilterScope::kMessageBody}) {
      const FilterPolicy policy = FilterPolicy::parse(text, scope);
      EXPECT_TRUE(policy.empty());
      EXPECT_TRUE(policy.matches({}));
      EXPECT_TRUE(policy.matches_body("not JSON"));
    }
  }
}

TEST(FilterPolicyTest, AcceptsByScope) {
  const cloud::MessageAttributeMap attributes = {{"k", {"String", "attribute", ""}}};
  EXPECT_TRUE(on_attributes(R"({"k":["attribute"]})").accepts(R"({"k":"body"})", attributes));
  EXPECT_FALSE(on_attributes(R"({"k":["body"]})").accepts(R"({"k":"body"})", attributes));
  EXPECT_TRUE(on_body(R"({"k":["body"]})").accepts(R"({"k":"body"})", attributes));
  EXPECT_FALSE(on_body(R"({"k":["attribute"]})").accepts(R"({"k":"body"})", attributes));
}

// One key's array of the policy against one value of the body.
TEST(FilterPolicyTest, MatchesValues) {
  const struct {
    std::string_view matchers;
    std::string_view value;
    bool matches;
  } cases[] = {
      {R"(["rugby","tennis"])", R"("tennis")", true},
      {R"(["rugby","tennis"])", R"("Tennis")", false},
      {R"(["1"])", "1", false},
      {"[1]", R"("1")", false},
      {"[301.5]", "3.015e2", true},
      {"[1.000001]", "1.000002", true},
      {"[1.00001]", "1.00002", false},
      {"[123456789012]", "123456789012", true},
      {"[123456789012]", "123456789013", false},
      {"[true]", "true", true},
      {"[true]", "false", false},
      {"[true]", R"("true")", false},
      {"[null]", "null", true},
      {"[null]", R"("null")", false},
      {R"([""])", R"("")", true},

      {R"([{"prefix":"bas"}])", R"("baseball")", true},
      {R"([{"prefix":"bas"}])", R"("rugby")", false},
      {R"([{"prefix":"1"}])", "10", false},
      {R"([{"suffix":"ball"}])", R"("baseball")", true},
      {R"([{"suffix":"ball"}])", R"("balls")", false},
      {R"([{"equals-ignore-case":"TenNis"}])", R"("tEnnis")", true},
      {R"([{"equals-ignore-case":"tennis"}])", R"("tenni")", false},

      {R"([{"wildcard":"*ball"}])", R"("baseball")", true},
      {R"([{"wildcard":"*"}])", R"("")", true},
      {R"([{"wildcard":"b*s*l"}])", R"("baseball")", true},
      {R"([{"wildcard":"b*s*l"}])", R"("bowl")", false},
      {R"([{"wildcard":"a*a"}])", R"("a")", false},
      {R"([{"wildcard":"*ab*ab"}])", R"("xabyab")", true},
      {R"([{"wildcard":"*ab*ab"}])", R"("xab")", false},
      {R"([{"wildcard":"plain"}])", R"("plain")", true},
      {R"([{"wildcard":"50\\*off*"}])", R"("50*off today")", true},
      {R"([{"wildcard":"50\\*off*"}])", R"("50 off")", false},
      {R"([{"wildcard":"c:\\\\*"}])", R"("c:\\dir")", true},

      {R"([{"cidr":"10.0.0.0/24"}])", R"("10.0.0.255")", true},
      {R"([{"cidr":"10.0.0.0/24"}])", R"("10.1.1.0")", false},
      {R"([{"cidr":"10.0.0.0/24"}])", R"("ten")", false},
      {R"([{"cidr":"2001:db8::/32"}])", R"("2001:db8::1")", true},

      {R"([{"numeric":["=",301.5]}])", "301.5", true},
      {R"([{"numeric":["=",301.5]}])", R"("301.5")", false},
      {R"([{"numeric":["<",0]}])", "-0.00001", true},
      {R"([{"numeric":["<",0]}])", "0", false},
      {R"([{"numeric":["<=",0]}])", "0", true},
      {R"([{"numeric":[">",0]}])", "0", false},
      {R"([{"numeric":[">=",0]}])", "1e9", true},
      {R"([{"numeric":[">=",0]}])", "1.1e9", false},
      {R"([{"numeric":[">",0,"<=",150]}])", "150", true},
      {R"([{"numeric":[">",0,"<=",150]}])", "150.00001", false},
      {R"([{"numeric":[">=",0,"<",150]}])", "0", true},
      {R"([{"numeric":[">=",0,"<",150]}])", "150", false},
      {R"([{"numeric":[">",-1000000000,"<",1000000000]}])", "-1e9", false},

      {R"([{"anything-but":"rugby"}])", R"("tennis")", true},
      {R"([{"anything-but":"rugby"}])", R"("rugby")", false},
      {R"([{"anything-but":"rugby"}])", "7", true},
      {R"([{"anything-but":["rugby","tennis"]}])", R"("tennis")", false},
      {R"([{"anything-but":["rugby","tennis"]}])", R"(["rugby","baseball"])", true},
      {R"([{"anything-but":["rugby","tennis"]}])", R"(["rugby","tennis"])", false},
      {R"([{"anything-but":100}])", "1e2", false},
      {R"([{"anything-but":[100,500]}])", "100.1", true},
      {R"([{"anything-but":[100,500]}])", "[100,50]", true},
      {R"([{"anything-but":{"prefix":"order-"}}])", R"("data-entry")", true},
      {R"([{"anything-but":{"prefix":"order-"}}])", R"("order-cancelled")", false},
      {R"([{"anything-but":{"suffix":["ball","fish"]}}])", R"("baseball")", false},
      {R"([{"anything-but":{"suffix":["ball","fish"]}}])", R"("rugby")", true},
      {R"([{"anything-but":{"wildcard":"a*z"}}])", R"("abcz")", false},
      {R"([{"anything-but":{"equals-ignore-case":"A"}}])", R"("a")", false},

      {R"([{"exists":true}])", "null", true},
      {R"([{"exists":true}])", "[]", false},
      {R"([{"exists":true}])", R"({"nested":1})", false},
      {R"([{"exists":false}])", "1", false},
      {R"([{"exists":false}])", "[]", true},

      {R"(["a",{"prefix":"b"},{"numeric":["=",1]}])", "1", true},
      {R"(["a"])", R"(["b","a"])", true},
      {R"(["a"])", R"([["b",["a"]]])", true},
      {R"(["a"])", R"({"a":"a"})", false},
  };
  for (const auto& c : cases) {
    const FilterPolicy policy = on_body(R"({"k":)" + std::string(c.matchers) + "}");
    EXPECT_EQ(policy.matches_body(R"({"x":"a","k":)" + std::string(c.value) + "}"), c.matches)
        << c.matchers << " and " << c.value;
  }
}

TEST(FilterPolicyTest, MatchesBodies) {
  const struct {
    std::string_view policy;
    std::string_view body;
    bool matches;
  } cases[] = {
      // Every key must match.
      {R"({"a":["1"],"b":["2"]})", R"({"a":"1","b":"2"})", true},
      {R"({"a":["1"],"b":["2"]})", R"({"a":"1","b":"3"})", false},
      {R"({"a":["1"],"b":["2"]})", R"({"a":"1"})", false},
      {R"({"a":[{"anything-but":"1"}]})", R"({"b":"1"})", false},
      {R"({"a":[{"exists":false}]})", R"({"b":"1"})", true},
      {R"({"a":[{"exists":false},"1"]})", R"({"a":"1"})", true},
      {R"({"a":[{"exists":false},"1"]})", R"({"a":"2"})", false},

      // Nested keys, arrays in the body, dots.
      {R"({"a":{"b":{"c":["1"]}}})", R"({"a":{"b":{"c":"1"}}})", true},
      {R"({"a":{"b":{"c":["1"]}}})", R"({"a":{"c":"1"}})", false},
      {R"({"a":{"b":["1"]}})", R"({"a":[{"b":"0"},{"b":["2","1"]}]})", true},
      {R"({"a":{"b":["1"]}})", R"({"a":[[{"b":"1"}]]})", true},
      {R"({"a":{"b":["1"]}})", R"({"a":["1"]})", false},
      {R"({"a.b":["1"]})", R"({"a":{"b":"1"}})", true},
      {R"({"a":{"b":["1"]}})", R"({"a.b":"1"})", true},
      {R"({"a":{"b":["1"]}})", R"({"ab":"1"})", false},
      {R"({"a":{"b":[{"exists":false}]}})", R"({"a":{"c":"1"}})", true},
      {R"({"Records":{"s3":{"object":{"key":[{"prefix":"auto-"}]}},
                      "eventName":[{"prefix":"ObjectCreated:"}]}})",
       R"({"Records":[{"eventName":"ObjectCreated:Put","s3":{"object":{"key":"auto-1.xml"}}}]})",
       true},
      {R"({"Records":{"s3":{"object":{"key":[{"prefix":"auto-"}]}},
                      "eventName":[{"prefix":"ObjectCreated:"}]}})",
       R"({"Records":[{"eventName":"ObjectRemoved:Delete",
                       "s3":{"object":{"key":"auto-1.xml"}}}]})",
       false},

      // $or, nested, and where it is a key like any other.
      {R"({"s":["x"],"$or":[{"a":["1"]},{"b":["2"]}]})", R"({"s":"x","b":"2"})", true},
      {R"({"s":["x"],"$or":[{"a":["1"]},{"b":["2"]}]})", R"({"s":"x","b":"1"})", false},
      {R"({"s":["x"],"$or":[{"a":["1"]},{"b":["2"]}]})", R"({"a":"1","b":"2"})", false},
      {R"({"$or":[{"a":["1"]},{"b":["2"],"$or":[{"c":["3"]},{"d":["4"]}]}]})",
       R"({"b":"2","d":"4"})", true},
      {R"({"$or":[{"a":["1"]},{"b":["2"],"$or":[{"c":["3"]},{"d":["4"]}]}]})",
       R"({"b":"2","d":"3"})", false},
      {R"({"n":{"$or":[{"a":["1"]},{"b":["2"]}]}})", R"({"n":{"b":"2"}})", true},
      {R"({"n":{"$or":[{"a":["1"]},{"b":["2"]}]}})", R"({"b":"2"})", false},
      {R"({"$or":["x","y"]})", R"({"$or":"y"})", true},
      {R"({"$or":[{"prefix":"a"},{"suffix":"z"}]})", R"({"$or":"az"})", true},

      // What is not a JSON object has nothing to match.
      {R"({"a":["1"]})", "a", false},
      {R"({"a":["1"]})", "", false},
      {R"({"a":["1"]})", R"({"a":"1")", false},
      {R"({"a":["1"]})", R"([{"a":"1"}])", false},
      {R"({"a":[{"exists":false}]})", "not JSON", false},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(on_body(c.policy).matches_body(c.body), c.matches) << c.policy << " and " << c.body;
  }
}

TEST(FilterPolicyTest, ABodyTooDeepIsNoJson) {
  const std::string deep = R"({"a":)" + std::string(1000, '[') + std::string(1000, ']') + "}";
  EXPECT_FALSE(on_body(R"({"a":[{"exists":false}]})").matches_body(deep));
}

// One key's array of the policy against one attribute.
TEST(FilterPolicyTest, MatchesAttributes) {
  const struct {
    std::string_view matchers;
    cloud::MessageAttributeValue attribute;
    bool matches;
  } cases[] = {
      {R"(["rugby"])", {"String", "rugby", ""}, true},
      {R"(["rugby"])", {"String.sport", "rugby", ""}, true},
      {R"(["rugby"])", {"String", "Rugby", ""}, false},
      {"[1]", {"String", "1", ""}, false},
      {"[true]", {"String", "true", ""}, false},
      {R"([{"cidr":"10.0.0.0/24"}])", {"String", "10.0.0.9", ""}, true},

      {"[301.5]", {"Number", "3.015e2", ""}, true},
      {"[301.5]", {"Number.float", "301.5", ""}, true},
      {R"([{"numeric":[">=",100]}])", {"Number", "210.75", ""}, true},
      {R"([{"numeric":[">=",100]}])", {"Number", "+100", ""}, true},
      {R"([{"numeric":[">=",100]}])", {"Number", "99.99999", ""}, false},
      {R"([{"numeric":[">=",100]}])", {"Number", "many", ""}, false},
      {R"([{"numeric":[">=",100]}])", {"String", "210.75", ""}, false},
      {R"([{"anything-but":[100,500]}])", {"Number", "100", ""}, false},

      {R"(["rugby"])", {"String.Array", R"(["soccer","rugby"])", ""}, true},
      {R"(["rugby"])", {"String.Array", R"(["soccer"])", ""}, false},
      {R"(["rugby"])", {"String.Array", "rugby", ""}, false},
      {R"(["rugby"])", {"String.Array", R"([["rugby"]])", ""}, false},
      {"[true]", {"String.Array", "[false,true]", ""}, true},
      {"[null]", {"String.Array", "[null]", ""}, true},
      {R"([{"numeric":["<",5]}])", {"String.Array", "[9,4]", ""}, true},
      {R"([{"anything-but":["rugby","tennis"]}])",
       {"String.Array", R"(["rugby","baseball"])", ""},
       true},
      {R"([{"anything-but":[100,500]}])", {"Number.Array", "[100,50]", ""}, true},

      {R"([{"exists":true}])", {"String", "", ""}, true},
      {R"([{"exists":true}])", {"String.Array", "[]", ""}, true},
      {R"([{"exists":false}])", {"String", "x", ""}, false},
      {R"([{"exists":true}])", {"Binary", "", "x"}, false},
      {R"([{"exists":false}])", {"Binary.png", "", "x"}, true},
      {R"(["x"])", {"Binary", "x", "x"}, false},
  };
  for (const auto& c : cases) {
    const FilterPolicy policy = on_attributes(R"({"k":)" + std::string(c.matchers) + "}");
    EXPECT_EQ(policy.matches({{"a", {"String", "x", ""}}, {"k", c.attribute}}), c.matches)
        << c.matchers << " and " << c.attribute.DataType << " " << c.attribute.StringValue;
  }
}

// The example of the developer guide.
TEST(FilterPolicyTest, MatchesTheGuidesExample) {
  const cloud::MessageAttributeMap attributes = {
      {"customer_interests", {"String.Array", R"(["soccer","rugby","hockey"])", ""}},
      {"store", {"String", "example_corp", ""}},
      {"event", {"String", "order_placed", ""}},
      {"price_usd", {"Number", "210.75", ""}},
  };
  EXPECT_TRUE(on_attributes(R"({"store":["example_corp"],
      "event":[{"anything-but":"order_cancelled"}],
      "customer_interests":["rugby","football","baseball"],
      "price_usd":[{"numeric":[">=",100]}]})")
                  .matches(attributes));
  EXPECT_FALSE(on_attributes(R"({"store":["example_corp"],"event":["order_cancelled"],
      "encrypted":[false],"customer_interests":["basketball","baseball"]})")
                   .matches(attributes));
  EXPECT_TRUE(on_attributes(R"({"$or":[{"store":["other"]},{"event":[{"prefix":"order_"}]}]})")
                  .matches(attributes));
  EXPECT_FALSE(on_attributes(R"({"store":["example_corp"]})").matches({}));
}

TEST(FilterPolicyTest, RefusesWhatAwsRefuses) {
  const struct {
    std::string policy;
    std::string reason;
  } cases[] = {
      {"{", "failed to parse JSON."},
      {"[]", "Filter is not an object"},
      {R"({"k":"v"})", R"("k" must be an object or an array)"},
      {R"({"k":[]})", "Empty arrays are not allowed"},
      {R"({"k":{}})", "Empty objects are not allowed"},
      {R"({"$or":[{},{"a":["1"]}]})", "Empty objects are not allowed"},
      {R"({"k":[["v"]]})", "Match value must be String, number, true, false, or null"},
      {R"({"k":[{"wrong-operator":true}]})", "Unrecognized match type wrong-operator"},
      {R"({"k":[{"suffix":"a","prefix":"b"}]})", "Only one key allowed in match expression"},
      {R"({"k":[{}]})", "Match expression name not found"},
      {R"({"k":[{"suffix":100}]})", "suffix match pattern must be a string"},
      {R"({"k":[{"prefix":null}]})", "prefix match pattern must be a string"},
      {R"({"k":[{"equals-ignore-case":["a"]}]})",
       "equals-ignore-case match pattern must be a string"},
      {R"({"k":[{"wildcard":1}]})", "wildcard match pattern must be a string"},
      {R"({"k":[{"wildcard":"a**"}]})", "Consecutive wildcard characters at pos 1"},
      {R"({"k":[{"wildcard":"a\\b"}]})", "Invalid escape character at pos 1"},
      {R"({"k":[{"exists":null}]})", "exists match pattern must be either true or false."},
      {R"({"k":[{"cidr":1}]})", "prefix match pattern must be a string"},
      {R"({"k":[{"cidr":"10.0.0.0"}]})", "Malformed CIDR, one '/' required"},
      {R"({"k":[{"cidr":"10.0.0.0/x"}]})", "Malformed CIDR, mask bits must be an integer"},
      {R"({"k":[{"cidr":"10.0.0.x/8"}]})", "Nonstandard IP address: 10.0.0.x"},
      {R"({"k":[{"anything-but":true}]})",
       "Value of anything-but must be an array or single string/number value."},
      {R"({"k":[{"anything-but":["a",1]}]})",
       "Inside anything but list, either all values are number or string, mixed type is not "
       "supported"},
      {R"({"k":[{"anything-but":[null]}]})",
       "Inside anything but list, start|null|boolean is not supported."},
      {R"({"k":[{"anything-but":{"numeric":["=",1]}}]})",
       "Unsupported anything-but pattern: numeric"},
      {R"({"k":[{"anything-but":{"prefix":""}}]})", "Null prefix/suffix not allowed"},
      {R"({"k":[{"numeric":1}]})", "Value of numeric must be an array."},
      {R"({"k":[{"numeric":[]}]})", "Invalid member in numeric match: ]"},
      {R"({"k":[{"numeric":[1,"<="]}]})", "Invalid member in numeric match: 1"},
      {R"({"k":[{"numeric":["operator"]}]})", "Unrecognized numeric range operator: operator"},
      {R"({"k":[{"numeric":["=","000"]}]})", "Value of equals must be numeric"},
      {R"({"k":[{"numeric":[">="]}]})", "Value of >= must be numeric"},
      {R"({"k":[{"numeric":["<",100,">",10]}]})", "Too many elements in numeric expression"},
      {R"({"k":[{"numeric":[">=",1,">",2]}]})", "Bad numeric range operator: >"},
      {R"({"k":[{"numeric":[">",1,2]}]})", "Bad value in numeric range: 2"},
      {R"({"k":[{"numeric":[">",3,"<",1]}]})", "Bottom must be less than top"},
      {R"({"k":[{"numeric":[">",20,"<="]}]})", "Value of <= must be numeric"},
      {R"({"k":[{"numeric":[">",1,"<",3,"<",5]}]})", "Too many terms in numeric range expression"},
      {R"({"k":[{"numeric":["<",1000000001]}]})",
       "Value must be between -1.0E9 and 1.0E9, inclusive"},
      {R"({"a":["1"],"b":["1"],"c":["1"],"d":["1"],"e":["1"],"f":["1"]})",
       "Filter policy can not have more than 5 keys"},
      {R"({"n":{"a":["1"],"b":["1"],"c":["1"],"d":["1"],"e":["1"],"f":["1"]}})",
       "Filter policy can not have more than 5 keys"},
      {R"({"k":[)" + repeat("1", 151) + "]}", "Filter policy is too complex"},
      {R"({"k":[")" + std::string(kFilterPolicyBytesMax, 'a') + "\"]}",
       "Filter policy is too long"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(error_of(c.policy), "Invalid parameter: FilterPolicy: " + c.reason) << c.policy;
  }
}

TEST(FilterPolicyTest, NestsOnlyInTheBodysScope) {
  const std::string_view nested = R"({"a":{"b":["1"]}})";
  EXPECT_EQ(error_of(nested, FilterScope::kMessageBody), "no error");
  EXPECT_EQ(error_of(nested, FilterScope::kMessageAttributes),
            "Invalid parameter: Filter policy scope MessageAttributes does not support nested "
            "filter policy");
  EXPECT_EQ(error_of(R"({"$or":[{"a":["1"]},{"b":["1"]}]})", FilterScope::kMessageAttributes),
            "no error");
}

// Values multiply, times the depth of their key; alternatives add up.
TEST(FilterPolicyTest, CountsCombinations) {
  const std::string too_complex = "Invalid parameter: FilterPolicy: Filter policy is too complex";
  const auto values = [](int count) { return "[" + repeat("\"v\"", count) + "]"; };
  const struct {
    std::string policy;
    bool allowed;
  } cases[] = {
      {R"({"a":)" + values(150) + "}", true},
      {R"({"a":)" + values(15) + R"(,"b":)" + values(10) + "}", true},
      {R"({"a":)" + values(16) + R"(,"b":)" + values(10) + "}", false},
      {R"({"a":{"b":{"c":)" + values(50) + "}}}", true},
      {R"({"a":{"b":{"c":)" + values(51) + "}}}", false},
      {R"({"x":)" + values(10) + R"(,"$or":[{"a":)" + values(7) + R"(},{"b":)" + values(8) + "}]}",
       true},
      {R"({"x":)" + values(10) + R"(,"$or":[{"a":)" + values(8) + R"(},{"b":)" + values(8) + "}]}",
       false},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(error_of(c.policy), c.allowed ? "no error" : too_complex) << c.policy;
  }
}

// A key that several alternatives use counts once.
TEST(FilterPolicyTest, CountsKeysByName) {
  EXPECT_EQ(error_of(R"({"$or":[{"a":["1"],"b":["1"]},{"a":["2"],"c":["1"]},
                               {"b":["2"],"d":["1"],"e":["1"]}]})"),
            "no error");
}

}  // namespace
}  // namespace doorbuster::engine
