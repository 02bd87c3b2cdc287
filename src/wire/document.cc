#include "wire/document.h"

#include <array>
#include <boost/json.hpp>
#include <functional>
#include <map>
#include <set>

#include "documents/json_text.h"
#include "documents/utf8.h"
#include "wire/encoding.h"
#include "wire/operations.h"
#include "wire/scalar.h"
#include "wire/timestamps.h"

namespace doorbuster::wire {
namespace {

namespace json = boost::json;

std::string document_name(const Field& field) {
  std::string name(field.document.empty() ? field.name : field.document);
  if (name[0] >= 'a' && name[0] <= 'z') name[0] = static_cast<char>(name[0] - 'a' + 'A');
  return name;
}

// A structure's members as a document has them, those of inlined structures among its own:
// visit(field, within, address), where `within` names the member of the document that it stands in;
// empty: none. Without a structure the address is null.
template <class Visit>
void for_each_member(const Shape& shape, void* structure, std::string_view within,
                     const Visit& visit) {
  for (const Field& field : shape.fields) {
    if (field.place == Place::trailer) continue;
    const std::string_view place = field.within.empty() ? within : field.within;
    void* address = structure == nullptr ? nullptr : field.of(structure);
    if (field.place == Place::inlined && field.shape->kind == Kind::structure) {
      for_each_member(*field.shape, address, place, visit);
    } else {
      visit(field, place, address);
    }
  }
}

bool is_required(const Field& field) {
  return field.required || field.place == Place::bucket || field.place == Place::key ||
         field.place == Place::label;
}

[[noreturn]] void refuse(const char* wanted) {
  throw cloud::Error("SerializationException", std::string("A value is not ") + wanted);
}

// What the service wants as text may be given as any JSON.
std::string text_of(const json::value& from) {
  return from.is_string() ? std::string(from.get_string()) : documents::to_text(from);
}

// Numbers, times and truths may be given as text, or as what they are.
std::string scalar_text_of(const json::value& from) {
  if (from.is_structured()) refuse("a String");
  return text_of(from);
}

const json::object& object_of(const json::value& from) {
  const auto* object = from.if_object();
  if (object == nullptr) refuse("a Structure");
  return *object;
}

// Null if there is none.
const json::object* object_in(const json::object& object, std::string_view member) {
  if (member.empty()) return &object;
  const auto* inner = object.if_contains(member);
  return inner == nullptr || inner->is_null() ? nullptr : &object_of(*inner);
}

// What would be ignored is refused: it was meant to have an effect.
void check_members(const Shape& shape, const json::object& object) {
  std::map<std::string_view, std::set<std::string, std::less<>>> known;  // by what they stand in
  for_each_member(shape, nullptr, "", [&](const Field& field, std::string_view within, void*) {
    known[within].insert(document_name(field));
    if (!within.empty()) known[""].emplace(within);
  });
  for (const auto& [within, names] : known) {
    const auto* inner = object_in(object, within);
    if (inner == nullptr) continue;
    for (const auto& member : *inner) {
      if (names.contains(std::string_view(member.key()))) continue;
      throw UnsupportedField(std::string(member.key()));
    }
  }
}

void read_structure(const Shape& shape, const json::value& from, void* to, const Wording& wording) {
  const json::object& object = object_of(from);
  check_members(shape, object);
  for_each_member(shape, to, "", [&](const Field& field, std::string_view within, void* address) {
    const auto* holder = object_in(object, within);
    const auto* member = holder == nullptr ? nullptr : holder->if_contains(document_name(field));
    if (member != nullptr && !member->is_null()) {
      read_document(*field.shape, *member, address, wording);
    } else if (is_required(field)) {
      throw wording.missing(field.name);
    }
  });
}

void read_list(const Shape& shape, const json::value& from, void* to, const Wording& wording) {
  const auto* array = from.if_array();
  if (array == nullptr) refuse("a List");
  for (const auto& item : *array) {
    read_document(*shape.element, item, shape.append(to), wording);
  }
}

void read_map(const Shape& shape, const json::value& from, void* to, const Wording& wording) {
  const auto* object = from.if_object();
  if (object == nullptr) refuse("a Map");
  for (const auto& [key, value] : *object) {
    read_document(*shape.element, value, shape.insert(to, std::string(key)), wording);
  }
}

json::object write_structure(const Shape& shape, const void* value) {
  json::object object;
  const auto write = [&](const Field& field, std::string_view within, const void* member) {
    if (is_absent(*field.shape, member)) return;
    json::object* holder = &object;
    if (!within.empty()) {
      auto& inner = object[within];
      holder = inner.is_object() ? &inner.get_object() : &inner.emplace_object();
    }
    (*holder)[document_name(field)] = write_document(*field.shape, member);
  };
  for_each_member(shape, const_cast<void*>(value), "", write);
  return object;
}

json::value write_list(const Shape& shape, const void* value) {
  json::array array;
  for (std::size_t i = 0; i < shape.size(value); ++i) {
    array.push_back(write_document(*shape.element, shape.at(value, i)));
  }
  return array;
}

json::value write_map(const Shape& shape, const void* value) {
  json::object object;
  for (const auto& [key, element] : shape.entries(value)) {
    object[*key] = write_document(*shape.element, element);
  }
  return object;
}

json::value write_body(const cloud::Body& body) {
  if (!body.rest) return json::value(documents::to_utf8(body.bytes));
  throw cloud::Error("DataLimitExceeded", "The body is too large for a state's data.");
}

// One operation that is called with a document, and answers with one.
class DocumentExchange final : public Exchange {
 public:
  DocumentExchange(const json::value& input, const Wording& wording)
      : input_(input), wording_(wording) {}

  void read(const Shape& shape, void* input) override {
    read_document(shape, input_, input, wording_);
  }
  void write(const Shape& shape, void* output, std::shared_ptr<void>) override {
    output_ = write_document(shape, output);
  }
  Response response() override { return {}; }

  json::value take_output() { return std::move(output_); }

 private:
  const json::value& input_;
  const Wording& wording_;
  json::value output_ = json::object();
};

// A browser's preflight is none of the API's.
const Operation* find_operation(std::string_view service, std::string_view name) {
  const Service* known = find_service(service);
  const Operation* row = known == nullptr ? nullptr : known->find(name);
  return row != nullptr && row->rest.method == "OPTIONS" ? nullptr : row;
}

// What S3's requests say of what it doesn't have here: in headers it isn't heeded either.
void drop_not_heeded(json::value& input) {
  constexpr std::array<std::string_view, 8> kNotHeeded = {
      "ACL",         "BucketKeyEnabled",    "ChecksumAlgorithm",
      "ContentMD5",  "ExpectedBucketOwner", "RequestPayer",
      "SSEKMSKeyId", "ServerSideEncryption"};
  if (!input.is_object()) return;
  for (const auto name : kNotHeeded) input.get_object().erase(name);
}

}  // namespace

void read_document(const Shape& shape, const json::value& from, void* to, const Wording& wording) {
  switch (shape.kind) {
    case Kind::structure:
      return read_structure(shape, from, to, wording);
    case Kind::list:
      return read_list(shape, from, to, wording);
    case Kind::map:
      return read_map(shape, from, to, wording);
    case Kind::optional:
      return read_document(*shape.element, from, shape.emplace(to), wording);
    case Kind::converted: {
      const auto other = shape.make();
      read_document(*shape.element, from, other.get(), wording);
      return shape.store(other.get(), to, wording);
    }
    case Kind::blob:
      as_string(to) = text_of(from);
      return;
    case Kind::body:
      as_body(to).bytes = text_of(from);
      return;
    case Kind::document:
      as_document(to) = from;
      return;
    case Kind::string:
    case Kind::key:
    case Kind::escaped_text:
      return read_scalar(shape, text_of(from), to, wording);
    case Kind::integer:
    case Kind::number:
    case Kind::boolean:
    case Kind::timestamp:
    case Kind::timestamp_ms:
      return read_scalar(shape, scalar_text_of(from), to, wording);
  }
}

json::value write_document(const Shape& shape, const void* value) {
  switch (shape.kind) {
    case Kind::structure:
      return write_structure(shape, value);
    case Kind::list:
      return write_list(shape, value);
    case Kind::map:
      return write_map(shape, value);
    case Kind::optional:
      return write_document(*shape.element, shape.get(value));
    case Kind::converted: {
      const auto other = shape.make();
      shape.load(value, other.get());
      return write_document(*shape.element, other.get());
    }
    case Kind::integer:
      return shape.to_int(value);
    case Kind::number:
      return as_number(value);
    case Kind::boolean:
      return as_bool(value);
    case Kind::document:
      return as_document(value);
    case Kind::body:
      return write_body(*static_cast<const cloud::Body*>(value));
    case Kind::string:
    case Kind::key:
    case Kind::escaped_text:
    case Kind::blob:
      return json::value(documents::to_utf8(as_string(value)));
    case Kind::timestamp:
    case Kind::timestamp_ms:
      return json::value(iso8601(as_time(value)));
  }
  return nullptr;
}

UnsupportedField::UnsupportedField(const std::string& name)
    : std::runtime_error("The field \"" + name + "\" is not supported by Step Functions") {}

std::optional<std::vector<std::string>> required_members(std::string_view service,
                                                         std::string_view operation) {
  const Operation* row = find_operation(service, operation);
  if (row == nullptr) return std::nullopt;
  std::vector<std::string> names;
  for_each_member(*row->input, nullptr, "",
                  [&](const Field& field, std::string_view within, void*) {
                    if (!is_required(field)) return;
                    names.push_back(within.empty() ? document_name(field) : std::string(within));
                  });
  return names;
}

cloud::Async<json::value> call_operation(cloud::Services& services, cloud::Caller caller,
                                         std::string service, std::string operation,
                                         json::value input) {
  const Operation* row = find_operation(service, operation);
  if (row == nullptr) {
    throw cloud::Error("UnknownOperationException",
                       "There is no operation " + service + ":" + operation);
  }
  if (service == s3_service.name) drop_not_heeded(input);
  DocumentExchange exchange(input, *find_service(service)->wording);
  co_await row->call(services, caller, exchange);
  co_return exchange.take_output();
}

}  // namespace doorbuster::wire
