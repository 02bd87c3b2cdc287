// Reads the fields of one object of a definition, and says what is wrong with them.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "states/diagnostics.h"
#include "states/json_path.h"
#include "states/machine.h"
#include "states/payload_template.h"

namespace doorbuster::states {

// Every method gives nothing for a field that is absent or wrong; what is wrong goes to the
// diagnostics. Lives no longer than the object and the diagnostics.
class FieldReader {
 public:
  static constexpr std::int64_t kIntegerMax = 99'999'999;

  FieldReader(const boost::json::object& object, std::string location, Diagnostics& diagnostics)
      : object_(object), location_(std::move(location)), diagnostics_(diagnostics) {}

  const std::string& location() const { return location_; }
  std::string location(std::string_view field) const;
  Diagnostics& diagnostics() { return diagnostics_; }

  bool has(std::string_view field) const { return object_.contains(field); }
  // As it is, whatever its type.
  const boost::json::value* any(std::string_view field);
  const boost::json::object* object(std::string_view field);
  const boost::json::array* array(std::string_view field);
  std::optional<std::string> string(std::string_view field);
  std::optional<bool> boolean(std::string_view field);
  std::optional<std::int64_t> integer(std::string_view field, std::int64_t least,
                                      std::int64_t most = kIntegerMax);
  std::optional<double> number(std::string_view field, double least, double most);
  std::optional<std::vector<std::string>> strings(std::string_view field);
  // One of a few words.
  std::optional<std::string> word(std::string_view field,
                                  std::initializer_list<std::string_view> words);

  std::optional<JsonPath> path(std::string_view field);
  std::optional<JsonPath> reference_path(std::string_view field);
  DataFilter filter(std::string_view field);
  // Of an object; any_payload() of any JSON.
  std::optional<PayloadTemplate> payload(std::string_view field);
  std::optional<PayloadTemplate> any_payload(std::string_view field);
  // A path or an intrinsic function: "ErrorPath".
  std::optional<Expression> expression(std::string_view field);
  // `field`, or the path that `field` with "Path" after it is.
  std::optional<Amount> amount(const std::string& field, std::int64_t least,
                               std::int64_t most = kIntegerMax);
  // The same of 0 to 100, maybe with a fraction.
  std::optional<Amount> percentage(const std::string& field);

  void require(std::initializer_list<std::string_view> fields);
  void at_most_one(std::initializer_list<std::string_view> fields);
  // Reports whatever nobody asked for.
  void finish();

 private:
  void expect_type(std::string_view type, std::string_view field);
  std::optional<Amount> constant_or_path(const std::string& field, std::optional<double> constant);
  void warn_of_paths(const boost::json::value& value, const std::string& location);

  const boost::json::object& object_;
  std::string location_;
  Diagnostics& diagnostics_;
  std::set<std::string, std::less<>> known_;
};

// "[A, B]"
std::string list_of(const std::vector<std::string_view>& words);

}  // namespace doorbuster::states
