// JSONPath as Step Functions has it: what the fields of a definition that are paths say.
// https://docs.aws.amazon.com/step-functions/latest/dg/amazon-states-language-paths.html
// https://states-language.net/spec.html#path
#pragma once

#include <boost/json/value.hpp>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace doorbuster::states {

// It says what is wrong with the value of the field that the path stands in.
class InvalidPath : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

inline constexpr const char* kNotValid = "Value is not a valid JSONPath";

struct PathStep;

// A path, parsed once. Immutable and cheap to copy.
class JsonPath {
 public:
  enum class Root : unsigned char {
    input,     // $
    context,   // $$, the context object
    variable,  // $name
  };

  // Throws InvalidPath.
  static JsonPath parse(std::string_view text);

  const std::string& text() const { return text_; }
  Root root() const { return root_; }
  const std::string& variable() const { return variable_; }

  // Whether it stands for one place at most (no *, .., slices, unions, filters) and nothing is
  // computed: what the specification calls a Reference Path.
  bool is_reference() const;
  // Whether it is the root itself.
  bool is_root() const;

  // What it selects of `root`: the value itself of a path that stands for one place, or nothing if
  // there is none; an array of all it finds, maybe none, of any other. Names that are joined at its
  // end (['a','b']) stand for one object of those that there are; elsewhere they find nothing.
  // Throws Failure if it would select more than there is room for.
  std::optional<boost::json::value> evaluate(const boost::json::value& root) const;

  // Of a reference path: the place itself, or nullptr.
  const boost::json::value* find(const boost::json::value& root) const;

  // Why a path finds nothing, as AWS words it: "No results for path: $['a']", "Missing property in
  // path $['a']" or "Multi properties can only be used as path leafs: $['a', 'b']".
  std::string missing(const boost::json::value& root) const;

  // `root` with `value` put at the place of a reference path. Members that aren't there are made.
  // Throws Failure (States.ResultPathMatchFailure) if there is no such place.
  void assign(boost::json::value& root, boost::json::value value) const;

 private:
  // Of a path whose last step joins members.
  std::optional<boost::json::value> joined(const boost::json::value& root) const;
  // Whether it comes to a place where members are joined before its end.
  bool joins_on_its_way(const boost::json::value& root) const;

  std::string text_;
  Root root_ = Root::input;
  std::string variable_;
  std::shared_ptr<const std::vector<PathStep>> steps_;
};

}  // namespace doorbuster::states
