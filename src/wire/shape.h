// What the types of cloud/ look like to a protocol: one description, which every codec reads and
// writes by, in both directions.
//
// A Shape describes a type, a Field a member of a structure. They are constants; the codecs are
// plain functions over (shape, address), so that no protocol is compiled once for every type.
//
//   STRUCTURE(cloud::GetQueueUrlRequest,
//             FIELD(QueueName, .required = true),
//             FIELD(QueueOwnerAWSAccountId));
//
// stands in one translation unit and defines Reflect<cloud::GetQueueUrlRequest>::shape.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cloud/async.h"
#include "cloud/byte_stream.h"
#include "cloud/error.h"

namespace doorbuster::wire {

enum class Kind : unsigned char {
  structure,
  list,
  map,       // from strings
  optional,  // of `element`
  string,
  converted,     // stands for a value of another type, of which `element` is the shape
  blob,          // a string of raw bytes, base64 where text is asked for
  escaped_text,  // a string that Query answers escaped (RFC 3986), as IAM its policy documents
  key,           // a string that S3's lists escape if they are asked to (encoding-type=url)
  integer,
  number,  // a double
  boolean,
  timestamp,     // as the protocol has it
  timestamp_ms,  // an integer: milliseconds since 1970
  body,          // cloud::Body
  document,      // boost::json::value: any JSON, where the protocol speaks it; null is nothing
};

struct Shape;

// Where a member travels, in protocols that use more of HTTP than the body.
enum class Place : unsigned char {
  body,
  payload,        // it is the body
  inlined,        // a structure whose members are as if they were the outer one's; in JSON also a
                  // map, whose keys are, and which takes what is no other member
  header,         // `at` names it
  header_prefix,  // a map: each entry is a header, `at` and its key
  query,          // a parameter of the URL, `at` names it; a list has one for each item
  label,          // stands in the path, where the operation's row has {the member's name}
  status,         // an integer: the answer's status
  bucket,
  key,
  trailer,  // std::shared_ptr<const cloud::Checksums>: what comes behind the body
};

struct Field {
  std::string_view name;
  const Shape* shape;
  void* (*address)(void* structure);

  bool required = false;  // a request without it is refused
  bool always = false;    // written even if it is empty

  // In Query and XML:
  std::string_view xml = {};   // the name, if another one
  bool flat = false;           // the items of a list or map stand beside the other members
  std::string_view item = {};  // an item's name, if not "member" or "entry"; not for flat ones
  std::string_view key = "key";
  std::string_view value = "value";

  Place place = Place::body;
  std::string_view at = {};

  // In documents:
  std::string_view document = {};  // the name, if not `name` with a capital
  std::string_view within = {};    // the member that it stands in, and all that it inlines

  std::string_view xml_name() const { return xml.empty() ? name : xml; }
  void* of(void* structure) const { return address(structure); }
  const void* of(const void* structure) const { return address(const_cast<void*>(structure)); }
};

// How a service words what is wrong with the form of an input.
struct Wording {
  cloud::Error (*missing)(std::string_view member);
  cloud::Error (*malformed)(std::string_view what);
};

// The functions that a kind has no use for are null.
struct Shape {
  Kind kind;
  std::span<const Field> fields = {};  // of a structure, at most 64
  const Shape* element = nullptr;      // of a list, a map's value, an optional, a converted

  // A converted's: makes an empty value of the other type, and takes the one from the other.
  std::shared_ptr<void> (*make)() = nullptr;
  void (*store)(const void* other, void* value, const Wording&) = nullptr;
  void (*load)(const void* value, void* other) = nullptr;

  // A list's; `append` gives the new element's address.
  std::size_t (*size)(const void*) = nullptr;
  const void* (*at)(const void*, std::size_t) = nullptr;
  void* (*append)(void*) = nullptr;

  // A map's. A key that is there already gives its value again.
  struct Entry {
    const std::string* key;
    const void* value;
  };
  std::vector<Entry> (*entries)(const void*) = nullptr;
  void* (*insert)(void*, std::string) = nullptr;

  // An optional's; `get` gives null if there is nothing.
  const void* (*get)(const void*) = nullptr;
  void* (*emplace)(void*) = nullptr;

  // An integer's; false if the value doesn't fit.
  std::int64_t (*to_int)(const void*) = nullptr;
  bool (*from_int)(void*, std::int64_t) = nullptr;
};

// Whether a member is left out when it is written: whatever is empty, and a time that is not set.
bool is_absent(const Shape& shape, const void* value);

inline std::string& as_string(void* value) {
  return *static_cast<std::string*>(value);
}
inline const std::string& as_string(const void* value) {
  return *static_cast<const std::string*>(value);
}
inline double& as_number(void* value) {
  return *static_cast<double*>(value);
}
inline double as_number(const void* value) {
  return *static_cast<const double*>(value);
}
inline bool& as_bool(void* value) {
  return *static_cast<bool*>(value);
}
inline bool as_bool(const void* value) {
  return *static_cast<const bool*>(value);
}
inline cloud::Time& as_time(void* value) {
  return *static_cast<cloud::Time*>(value);
}
inline cloud::Time as_time(const void* value) {
  return *static_cast<const cloud::Time*>(value);
}
inline boost::json::value& as_document(void* value) {
  return *static_cast<boost::json::value*>(value);
}
inline const boost::json::value& as_document(const void* value) {
  return *static_cast<const boost::json::value*>(value);
}
inline cloud::Body& as_body(void* value) {
  return *static_cast<cloud::Body*>(value);
}

// Structures: defined by STRUCTURE.
template <class T>
struct Reflect {
  static const Shape shape;
};

template <>
struct Reflect<std::string> {
  static constexpr Shape shape{.kind = Kind::string};
};
template <>
struct Reflect<bool> {
  static constexpr Shape shape{.kind = Kind::boolean};
};
template <>
struct Reflect<double> {
  static constexpr Shape shape{.kind = Kind::number};
};
template <>
struct Reflect<cloud::Time> {
  static constexpr Shape shape{.kind = Kind::timestamp};
};
template <>
struct Reflect<cloud::Body> {
  static constexpr Shape shape{.kind = Kind::body};
};

template <>
struct Reflect<boost::json::value> {
  static constexpr Shape shape{.kind = Kind::document};
};

inline constexpr Shape blob_shape{.kind = Kind::blob};
inline constexpr Shape escaped_text_shape{.kind = Kind::escaped_text};
inline constexpr Shape key_shape{.kind = Kind::key};
inline constexpr Shape timestamp_ms_shape{.kind = Kind::timestamp_ms};

template <class T>
struct ReflectInteger {
  static std::int64_t to_int(const void* p) {
    return static_cast<std::int64_t>(*static_cast<const T*>(p));
  }
  static bool from_int(void* p, std::int64_t value) {
    if (!std::in_range<T>(value)) return false;
    *static_cast<T*>(p) = static_cast<T>(value);
    return true;
  }
  static constexpr Shape shape{.kind = Kind::integer, .to_int = to_int, .from_int = from_int};
};
template <>
struct Reflect<int> : ReflectInteger<int> {};
template <>
struct Reflect<std::int64_t> : ReflectInteger<std::int64_t> {};
template <>
struct Reflect<std::uint64_t> : ReflectInteger<std::uint64_t> {};

template <class T>
struct Reflect<std::vector<T>> {
  using List = std::vector<T>;
  static std::size_t size(const void* p) { return static_cast<const List*>(p)->size(); }
  static const void* at(const void* p, std::size_t i) { return &(*static_cast<const List*>(p))[i]; }
  static void* append(void* p) { return &static_cast<List*>(p)->emplace_back(); }
  static constexpr Shape shape{
      .kind = Kind::list, .element = &Reflect<T>::shape, .size = size, .at = at, .append = append};
};

template <class T, class Less>
struct Reflect<std::map<std::string, T, Less>> {
  using Map = std::map<std::string, T, Less>;
  static std::vector<Shape::Entry> entries(const void* p) {
    std::vector<Shape::Entry> all;
    for (const auto& [key, value] : *static_cast<const Map*>(p)) all.push_back({&key, &value});
    return all;
  }
  static void* insert(void* p, std::string key) { return &(*static_cast<Map*>(p))[std::move(key)]; }
  static constexpr Shape shape{
      .kind = Kind::map, .element = &Reflect<T>::shape, .entries = entries, .insert = insert};
};

template <class T>
struct Reflect<std::optional<T>> {
  using Optional = std::optional<T>;
  static const void* get(const void* p) {
    const auto& optional = *static_cast<const Optional*>(p);
    return optional ? &*optional : nullptr;
  }
  static void* emplace(void* p) { return &static_cast<Optional*>(p)->emplace(); }
  static constexpr Shape shape{
      .kind = Kind::optional, .element = &Reflect<T>::shape, .get = get, .emplace = emplace};
};

// A shape for T that travels as what the two functions take it for:
// void store(const Other&, T&, const Wording&), void load(const T&, Other&).
template <auto Store, auto Load>
struct Converted;
template <class T, class Other, void (*Store)(const Other&, T&, const Wording&),
          void (*Load)(const T&, Other&)>
struct Converted<Store, Load> {
  static std::shared_ptr<void> make() { return std::make_shared<Other>(); }
  static void store(const void* other, void* value, const Wording& wording) {
    Store(*static_cast<const Other*>(other), *static_cast<T*>(value), wording);
  }
  static void load(const void* value, void* other) {
    Load(*static_cast<const T*>(value), *static_cast<Other*>(other));
  }
  static constexpr Shape shape{.kind = Kind::converted,
                               .element = &Reflect<Other>::shape,
                               .make = make,
                               .store = store,
                               .load = load};
};

inline void* itself(void* value) {
  return value;
}

// A list as its type has it, with another shape for its elements.
constexpr Shape list_of(const Shape& list, const Shape& element) {
  Shape shape = list;
  shape.element = &element;
  return shape;
}

// Through `Self`, because a member may be a base's.
template <class Self, auto Member>
void* member_address(void* structure) {
  return &(static_cast<Self*>(structure)->*Member);
}

}  // namespace doorbuster::wire

#define DOORBUSTER_CONCAT_(a, b) a##b
#define DOORBUSTER_CONCAT(a, b) DOORBUSTER_CONCAT_(a, b)

// FIELD's name is the member's and AWS's; FIELD_AS gives it a shape that its type doesn't.
#define FIELD(member, ...) \
  FIELD_AS(member, ::doorbuster::wire::Reflect<decltype(Self::member)>::shape, __VA_ARGS__)
#define FIELD_AS(member, member_shape, ...)                                                        \
  ::doorbuster::wire::Field {                                                                      \
    .name = #member, .shape = &(member_shape),                                                     \
    .address = &::doorbuster::wire::member_address<Self, &Self::member> __VA_OPT__(, ) __VA_ARGS__ \
  }

// In namespace doorbuster::wire.
#define STRUCTURE(Type, ...) STRUCTURE_AT(DOORBUSTER_CONCAT(Fields, __COUNTER__), Type, __VA_ARGS__)
#define STRUCTURE_AT(Fields, Type, ...)            \
  namespace {                                      \
  struct Fields {                                  \
    using Self = Type;                             \
    static constexpr Field all[] = {__VA_ARGS__};  \
  };                                               \
  }                                                \
  template <>                                      \
  constinit const Shape Reflect<Type>::shape {     \
    .kind = Kind::structure, .fields = Fields::all \
  }
#define EMPTY_STRUCTURE(Type)                  \
  template <>                                  \
  constinit const Shape Reflect<Type>::shape { \
    .kind = Kind::structure                    \
  }
