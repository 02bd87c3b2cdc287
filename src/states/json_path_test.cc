#include "states/json_path.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <string>
#include <string_view>

#include "states/failure.h"
#include "states/json_text.h"

namespace doorbuster::states {
namespace {

constexpr std::string_view kStore = R"({
  "store": {
    "book": [
      {"category": "reference", "author": "Nigel Rees", "title": "Sayings", "price": 8.95},
      {"category": "fiction", "author": "Evelyn Waugh", "title": "Sword", "price": 12.99},
      {"category": "fiction", "author": "Herman Melville", "title": "Moby Dick",
       "isbn": "0-553-21311-3", "price": 8.99},
      {"category": "fiction", "author": "J. R. R. Tolkien", "title": "Rings",
       "isbn": "0-395-19395-8", "price": 22.99}
    ],
    "bicycle": {"color": "red", "price": 19.95}
  },
  "expensive": 10,
  "a b": {"it's": 1}
})";

std::string select(std::string_view path) {
  const auto found = JsonPath::parse(path).evaluate(boost::json::parse(kStore));
  return found ? to_text(*found) : "nothing";
}

TEST(JsonPath, LeadsToOnePlace) {
  EXPECT_EQ(select("$.expensive"), "10");
  EXPECT_EQ(select("$.store.bicycle.color"), R"("red")");
  EXPECT_EQ(select("$['store']['bicycle']['color']"), R"("red")");
  EXPECT_EQ(select(R"($["store"].bicycle["color"])"), R"("red")");
  EXPECT_EQ(select("$.store.book[1].title"), R"("Sword")");
  EXPECT_EQ(select("$.store.book[-1].title"), R"("Rings")");
  EXPECT_EQ(select(R"($['a b']['it\'s'])"), "1");
  // A backslash before anything but a quote is one.
  const auto named = JsonPath::parse(R"($['a\"b'])").evaluate({{R"(a\"b)", 1}});
  EXPECT_EQ(named, boost::json::value(1));
  EXPECT_EQ(select("$.nothing"), "nothing");
  EXPECT_EQ(select("$.store.book[4]"), "nothing");
  EXPECT_EQ(select("$.store.book.title"), "nothing");
}

TEST(JsonPath, LeadsToManyPlaces) {
  EXPECT_EQ(select("$.store.book[*].author"),
            R"(["Nigel Rees","Evelyn Waugh","Herman Melville","J. R. R. Tolkien"])");
  EXPECT_EQ(select("$.store..price"), "[8.95,12.99,8.99,22.99,19.95]");
  EXPECT_EQ(select("$.store.bicycle.*"), R"(["red",19.95])");
  EXPECT_EQ(select("$.store.book[0,2].price"), "[8.95,8.99]");
  EXPECT_EQ(select("$.store.book[1:3].price"), "[12.99,8.99]");
  EXPECT_EQ(select("$.store.book[:2].price"), "[8.95,12.99]");
  EXPECT_EQ(select("$.store.book[-2:].price"), "[8.99,22.99]");
  EXPECT_EQ(select("$.store.book[::2].price"), "[8.95,8.99]");
  EXPECT_EQ(select("$..book[2].title"), R"(["Moby Dick"])");
  EXPECT_EQ(select("$.store.book[*].nothing"), "[]");
}

// As AWS has it, whose JSONPath is that of Jayway JsonPath 2.0.
TEST(JsonPath, JoinsMembersAtItsEnd) {
  EXPECT_EQ(select("$.store.bicycle['price','color']"), R"({"price":19.95,"color":"red"})");
  EXPECT_EQ(select("$.store.bicycle['price','weight']"), R"({"price":19.95})");
  EXPECT_EQ(select("$.store.bicycle['weight','height']"), "{}");
  EXPECT_EQ(select("$.store.book[:2]['isbn','price']"), R"([{"price":8.95},{"price":12.99}])");
  EXPECT_EQ(select("$..['isbn','price'].price"), "nothing");
  EXPECT_EQ(select("$..book[2:]['isbn','title'].title"), "nothing");
  EXPECT_EQ(select("$..['color','price']"), R"([{"color":"red","price":19.95}])");
  EXPECT_EQ(select("$.store.book['title','price']"), "nothing");
  EXPECT_EQ(select("$.none['a','b']"), "nothing");
  EXPECT_EQ(select("$['a','b'].v"), "nothing");
  EXPECT_EQ(select("$.store.book[9:]['isbn','title'].x"), "[]");
}

// Likewise.
TEST(JsonPath, FindsNothingOfManyBehindWhatIsMissing) {
  EXPECT_EQ(select("$.none[*]"), "[]");
  EXPECT_EQ(select("$.none.none[?(@.a)].b"), "[]");
}

TEST(JsonPath, Filters) {
  EXPECT_EQ(select("$.store.book[?(@.price < 10)].title"), R"(["Sayings","Moby Dick"])");
  EXPECT_EQ(select("$.store.book[?(@.price <= 8.95)].title"), R"(["Sayings"])");
  EXPECT_EQ(select("$.store.book[?(@.price > $.expensive)].title"), R"(["Sword","Rings"])");
  EXPECT_EQ(select("$.store.book[?(@.price >= 22.99)].title"), R"(["Rings"])");
  EXPECT_EQ(select("$..book[?(@.isbn)].title"), R"(["Moby Dick","Rings"])");
  EXPECT_EQ(select("$..book[?(!@.isbn)].title"), R"(["Sayings","Sword"])");
  EXPECT_EQ(select("$..book[?(@.category == 'fiction' && @.price < 10)].title"),
            R"(["Moby Dick"])");
  EXPECT_EQ(select("$..book[?(@.author == \"Nigel Rees\" || @['price'] > 20)].title"),
            R"(["Sayings","Rings"])");
  EXPECT_EQ(select("$..book[?((@.price > 20 || @.price < 8.96) && @.category != 'x')].title"),
            R"(["Sayings","Rings"])");
  EXPECT_EQ(select("$..book[?(@.title in ['Sword', 'Rings'])].price"), "[12.99,22.99]");
  EXPECT_EQ(select("$..book[?(@.title nin ['Sword', 'Rings'])].price"), "[8.95,8.99]");
}

TEST(JsonPath, ComputesAtItsEnd) {
  EXPECT_EQ(select("$.store.book.length()"), "4");
  EXPECT_EQ(select("$..book.length()"), "1");
  EXPECT_EQ(select("$.store.book[*].price.max()"), "22.99");
  EXPECT_EQ(select("$.store.book[*].price.min()"), "8.95");
  EXPECT_EQ(select("$.store.book[0:1].price.sum()"), "8.95");
  EXPECT_EQ(select("$.store.bicycle.keys()"), R"(["color","price"])");
  EXPECT_THROW(select("$.expensive.length()"), Failure);
}

TEST(JsonPath, ComputesNothingBeyondWhatANumberCanBe) {
  const auto numbers = boost::json::parse("[1e308, 1e308, -1e308]");
  for (const auto* path : {"$.sum()", "$.avg()", "$.stddev()", "$[0:2].avg()"}) {
    EXPECT_THROW(JsonPath::parse(path).evaluate(numbers), Failure) << path;
  }
  EXPECT_EQ(JsonPath::parse("$.max()").evaluate(numbers), 1e308);
}

TEST(JsonPath, KnowsReferencePaths) {
  EXPECT_TRUE(JsonPath::parse("$.store.book[0]['title']").is_reference());
  EXPECT_TRUE(JsonPath::parse("$").is_reference());
  for (const auto path : {"$..a", "$.a[*]", "$.*", "$.a[1:2]", "$.a[0,1]", "$.a[?(@.b)]",
                          "$['a','b']", "$.a.length()"}) {
    EXPECT_FALSE(JsonPath::parse(path).is_reference()) << path;
  }
}

TEST(JsonPath, StartsFromOneOfThree) {
  EXPECT_EQ(JsonPath::parse("$.a").root(), JsonPath::Root::input);
  EXPECT_EQ(JsonPath::parse("$$.Execution.Id").root(), JsonPath::Root::context);
  EXPECT_EQ(JsonPath::parse("$order.id").root(), JsonPath::Root::variable);
  EXPECT_EQ(JsonPath::parse("$order.id").variable(), "order");
  EXPECT_EQ(JsonPath::parse("$order[0]").variable(), "order");
}

TEST(JsonPath, RefusesWhatIsNone) {
  for (const auto path : {"", "a", ".a", "$.", "$.a.", "$.a[", "$.a[]", "$.a[x]", "$.a['b]",
                          "$...a", "$.a[?(@.b ==)]", "$.a[?(1)]", "$.a[?(@.b]", "$.a b",
                          "$.a[0:1:0]", "$.a[?(@.b =~ /x/)]", "$.length().a"}) {
    EXPECT_THROW(JsonPath::parse(path), InvalidPath) << path;
  }
}

TEST(JsonPath, RefusesConditionsWithinConditionsWithoutEnd) {
  std::string path;
  for (int i = 0; i < 100'000; ++i) path += "$[?(@";
  EXPECT_THROW(JsonPath::parse(path), InvalidPath);
  EXPECT_THROW(JsonPath::parse("$[?(" + std::string(100'000, '!') + "@.a)]"), InvalidPath);
}

TEST(JsonPath, StopsBeforeItSelectsTooMuch) {
  std::string text = "[";
  for (int i = 0; i < 1'000; ++i) text += i == 0 ? "[1,2]" : ",[1,2]";
  const auto value = boost::json::parse(text + "]");
  EXPECT_NO_THROW(JsonPath::parse("$..*").evaluate(value));
  boost::json::value deep = 1;
  for (int i = 0; i < 700; ++i) deep = boost::json::array{std::move(deep)};
  EXPECT_THROW(JsonPath::parse("$..*..*").evaluate(deep), Failure);
}

TEST(JsonPath, SaysWhatIsMissing) {
  const auto value = boost::json::parse(R"({"a": {"b": [1]}})");
  EXPECT_EQ(JsonPath::parse("$.x").missing(value), "No results for path: $['x']");
  EXPECT_EQ(JsonPath::parse("$.x.y").missing(value), "Missing property in path $['x']");
  EXPECT_EQ(JsonPath::parse("$.a.b[1]").missing(value), "No results for path: $['a']['b'][1]");
  EXPECT_EQ(JsonPath::parse("$.a['b','c'].d").missing(value),
            "Multi properties can only be used as path leafs: $['a']['b', 'c']");
}

std::string assign(std::string_view path, std::string_view into) {
  boost::json::value root = boost::json::parse(into);
  JsonPath::parse(path).assign(root, 7);
  return to_text(root);
}

TEST(JsonPath, PutsAValueInItsPlace) {
  EXPECT_EQ(assign("$", R"({"a":1})"), "7");
  EXPECT_EQ(assign("$.a", R"({"a":1,"b":2})"), R"({"a":7,"b":2})");
  EXPECT_EQ(assign("$.c.d", R"({"a":1})"), R"({"a":1,"c":{"d":7}})");
  EXPECT_EQ(assign("$.a[1]", R"({"a":[1,2]})"), R"({"a":[1,7]})");
  EXPECT_EQ(assign("$.a[-1].b", R"({"a":[1,{}]})"), R"({"a":[1,{"b":7}]})");
  EXPECT_THROW(assign("$.a.b", R"({"a":1})"), Failure);
  EXPECT_THROW(assign("$.a[2]", R"({"a":[1,2]})"), Failure);
  EXPECT_THROW(assign("$.a", "[1]"), Failure);
}

}  // namespace
}  // namespace doorbuster::states
