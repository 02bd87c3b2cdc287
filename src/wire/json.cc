#include "wire/json.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cmath>

#include "documents/json_text.h"
#include "wire/encoding.h"
#include "wire/scalar.h"
#include "wire/timestamps.h"

namespace doorbuster::wire {
namespace {

namespace json = boost::json;

constexpr std::size_t depth_max = 32;

[[noreturn]] void refuse(const std::string& why) {
  throw cloud::Error("SerializationException", why);
}

// As AWS's own services name what came.
const char* kind_name(const json::value& from) {
  switch (from.kind()) {
    case json::kind::null:
      return "NULL_VALUE";
    case json::kind::bool_:
      return from.get_bool() ? "TRUE_VALUE" : "FALSE_VALUE";
    case json::kind::int64:
    case json::kind::uint64:
      return "NUMBER_VALUE";
    case json::kind::double_:
      return "DECIMAL_VALUE";
    case json::kind::string:
      return "STRING_VALUE";
    case json::kind::array:
      return "Start of list";
    case json::kind::object:
      return "Start of structure or map";
  }
  return "";
}

[[noreturn]] void refuse_type(const json::value& from, const char* wanted) {
  if (from.is_structured()) refuse(std::string(kind_name(from)) + " found where not expected.");
  refuse(std::string(kind_name(from)) + " can not be converted to " + wanted);
}

std::string_view view_of(const json::value& from) {
  if (const auto* text = from.if_string()) return {text->data(), text->size()};
  refuse_type(from, "a String");
}

double number_of(const json::value& from, const char* wanted) {
  if (!from.is_number()) refuse_type(from, wanted);
  return from.to_number<double>();
}

std::int64_t integer_of(const json::value& from) {
  if (from.is_int64()) return from.get_int64();
  const double number = number_of(from, "an Integer");
  if (!(std::abs(number) < 9.2e18)) refuse(std::string(kind_name(from)) + " is out of range");
  return static_cast<std::int64_t>(number);
}

cloud::Time time_from_ms(double ms) {
  if (!(std::abs(ms) < 9e15)) refuse("The timestamp is out of range");
  return cloud::Time(std::chrono::milliseconds(std::llround(ms)));
}

class Reader {
 public:
  explicit Reader(const Wording& wording) : wording_(wording) {}

  void read(const Shape& shape, const json::value& from, void* to) const {
    switch (shape.kind) {
      case Kind::structure:
        return read_structure(shape, from, to);
      case Kind::list:
        return read_list(shape, from, to);
      case Kind::map:
        return read_map(shape, from, to);
      case Kind::optional:
        return read(*shape.element, from, shape.emplace(to));
      case Kind::converted: {
        const auto other = shape.make();
        read(*shape.element, from, other.get());
        return shape.store(other.get(), to, wording_);
      }
      case Kind::string:
      case Kind::key:
      case Kind::escaped_text:
        as_string(to) = view_of(from);
        return;
      case Kind::blob:
        return read_blob(from, to);
      case Kind::integer:
        if (!shape.from_int(to, integer_of(from))) refuse("The number is out of range");
        return;
      case Kind::number:
        as_number(to) = number_of(from, "a Double");
        return;
      case Kind::boolean:
        if (!from.is_bool()) refuse_type(from, "a Boolean");
        as_bool(to) = from.get_bool();
        return;
      case Kind::timestamp:
        as_time(to) = time_from_ms(number_of(from, "a Timestamp") * 1000);
        return;
      case Kind::timestamp_ms:
        as_time(to) = time_from_ms(static_cast<double>(integer_of(from)));
        return;
      case Kind::body:
        as_body(to).bytes = view_of(from);
        return;
      case Kind::document:
        as_document(to) = json::value(from, json::storage_ptr());  // `from` goes with the request
        return;
    }
  }

 private:
  void read_structure(const Shape& shape, const json::value& from, void* to) const {
    const auto* object = from.if_object();
    if (object == nullptr) refuse_type(from, "a Structure");
    for (const Field& field : shape.fields) {
      if (field.place == Place::inlined) {
        read_others(shape, field, *object, to);
        continue;
      }
      if (field.place != Place::body) continue;
      const auto* member = object->if_contains({field.name.data(), field.name.size()});
      if (member != nullptr && !member->is_null()) {
        read(*field.shape, *member, field.of(to));
      } else if (field.required) {
        throw wording_.missing(field.name);
      }
    }
  }

  // An inlined map.
  void read_others(const Shape& shape, const Field& map, const json::object& from, void* to) const {
    for (const auto& entry : from) {
      const auto is_key = [&entry](const Field& field) { return field.name == entry.key(); };
      if (entry.value().is_null() || std::ranges::any_of(shape.fields, is_key)) continue;
      void* const place = map.shape->insert(map.of(to), std::string(entry.key()));
      read(*map.shape->element, entry.value(), place);
    }
  }

  void read_list(const Shape& shape, const json::value& from, void* to) const {
    const auto* array = from.if_array();
    if (array == nullptr) refuse_type(from, "a List");
    for (const json::value& item : *array) {
      if (!item.is_null()) read(*shape.element, item, shape.append(to));
    }
  }

  void read_map(const Shape& shape, const json::value& from, void* to) const {
    const auto* object = from.if_object();
    if (object == nullptr) refuse_type(from, "a Map");
    for (const auto& [key, value] : *object) {
      if (!value.is_null()) read(*shape.element, value, shape.insert(to, std::string(key)));
    }
  }

  static void read_blob(const json::value& from, void* to) {
    auto bytes = from_base64(view_of(from));
    if (!bytes) refuse("The value is not base64");
    as_string(to) = std::move(*bytes);
  }

  const Wording& wording_;
};

void write_entries(const Shape& shape, const void* value, char& before, std::string& out) {
  for (const auto& [key, element] : shape.entries(value)) {
    out += before;
    before = ',';
    append_json_string(out, *key);
    out += ':';
    write_json(*shape.element, element, out);
  }
}

void write_structure(const Shape& shape, const void* value, std::string& out) {
  char before = '{';
  for (const Field& field : shape.fields) {
    const void* member = field.of(value);
    if (field.place == Place::inlined) {
      write_entries(*field.shape, member, before, out);
      continue;
    }
    if (field.place != Place::body) continue;
    const bool absent = is_absent(*field.shape, member);
    if (absent && (field.shape->kind == Kind::optional || !(field.always || field.required))) {
      continue;
    }
    out += before;
    before = ',';
    out += '"';
    out += field.name;
    out += "\":";
    write_json(*field.shape, member, out);
  }
  if (before == '{') out += before;
  out += '}';
}

void write_list(const Shape& shape, const void* value, std::string& out) {
  out += '[';
  const std::size_t size = shape.size(value);
  for (std::size_t i = 0; i < size; ++i) {
    if (i > 0) out += ',';
    write_json(*shape.element, shape.at(value, i), out);
  }
  out += ']';
}

void write_map(const Shape& shape, const void* value, std::string& out) {
  char before = '{';
  write_entries(shape, value, before, out);
  if (before == '{') out += before;
  out += '}';
}

}  // namespace

void read_json(const Shape& shape, std::string_view document, void* to, const Wording& wording) {
  if (document.empty()) document = "{}";
  std::array<unsigned char, 8192> buffer;  // enough for most requests; the rest is allocated
  json::monotonic_resource memory(buffer.data(), buffer.size());
  json::parse_options options;
  options.max_depth = depth_max;
  json::error_code error;
  const json::value parsed =
      json::parse({document.data(), document.size()}, error, &memory, options);
  if (error) refuse("The request's body is not valid JSON: " + error.message());
  Reader(wording).read(shape, parsed, to);
}

void write_json(const Shape& shape, const void* value, std::string& out) {
  switch (shape.kind) {
    case Kind::structure:
      return write_structure(shape, value, out);
    case Kind::list:
      return write_list(shape, value, out);
    case Kind::map:
      return write_map(shape, value, out);
    case Kind::optional:
      return write_json(*shape.element, shape.get(value), out);
    case Kind::converted: {
      const auto other = shape.make();
      shape.load(value, other.get());
      return write_json(*shape.element, other.get(), out);
    }
    case Kind::string:
    case Kind::key:
    case Kind::escaped_text:
      return append_json_string(out, as_string(value));
    case Kind::blob:
      return append_json_string(out, base64(as_string(value)));
    case Kind::integer:
      out += std::to_string(shape.to_int(value));
      return;
    case Kind::number:
      out += number_text(as_number(value));
      return;
    case Kind::boolean:
      out += as_bool(value) ? "true" : "false";
      return;
    case Kind::timestamp:
      out += epoch_seconds(as_time(value));
      return;
    case Kind::timestamp_ms:
      out += std::to_string(as_time(value).time_since_epoch().count());
      return;
    case Kind::body:
      return append_json_string(out, static_cast<const cloud::Body*>(value)->bytes);
    case Kind::document:
      out += documents::to_text(as_document(value));
      return;
  }
}

}  // namespace doorbuster::wire
