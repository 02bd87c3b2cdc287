#include "wire/document.h"

#include <boost/json.hpp>

#include "documents/json_text.h"
#include "wire/encoding.h"
#include "wire/operations.h"
#include "wire/scalar.h"
#include "wire/timestamps.h"

namespace doorbuster::wire {
namespace {

namespace json = boost::json;

std::string document_name(const Field& field) {
  std::string name(field.name);
  if (name[0] >= 'a' && name[0] <= 'z') name[0] = static_cast<char>(name[0] - 'a' + 'A');
  return name;
}

[[noreturn]] void refuse(const char* wanted) {
  throw cloud::Error("SerializationException", std::string("A value is not ") + wanted);
}

// Scalars may be given as text, or as what they are.
std::string text_of(const json::value& from) {
  if (from.is_structured()) refuse("a String");
  return from.is_string() ? std::string(from.get_string()) : documents::to_text(from);
}

void read_structure(const Shape& shape, const json::value& from, void* to, const Wording& wording) {
  const auto* object = from.if_object();
  if (object == nullptr) refuse("a Structure");
  for (const Field& field : shape.fields) {
    if (field.place == Place::trailer) continue;
    if (field.place == Place::inlined && field.shape->kind == Kind::structure) {
      read_structure(*field.shape, from, field.of(to), wording);
      continue;
    }
    const auto* member = object->if_contains(document_name(field));
    if (member != nullptr && !member->is_null()) {
      read_document(*field.shape, *member, field.of(to), wording);
    } else if (field.required || field.place == Place::bucket || field.place == Place::key) {
      throw wording.missing(field.name);
    }
  }
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

void write_structure(const Shape& shape, const void* value, json::object& to) {
  for (const Field& field : shape.fields) {
    const void* member = field.of(value);
    if (field.place == Place::trailer) continue;
    if (field.place == Place::inlined && field.shape->kind == Kind::structure) {
      write_structure(*field.shape, member, to);
    } else if (!is_absent(*field.shape, member)) {
      to[document_name(field)] = write_document(*field.shape, member);
    }
  }
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
  if (!body.rest) return json::value(body.bytes);
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
      as_body(to).bytes =
          from.is_string() ? std::string(from.get_string()) : documents::to_text(from);
      return;
    case Kind::document:
      as_document(to) = from;
      return;
    case Kind::string:
    case Kind::key:
    case Kind::escaped_text:
    case Kind::integer:
    case Kind::number:
    case Kind::boolean:
    case Kind::timestamp:
    case Kind::timestamp_ms:
      return read_scalar(shape, text_of(from), to, wording);
  }
}

json::value write_document(const Shape& shape, const void* value) {
  switch (shape.kind) {
    case Kind::structure: {
      json::object object;
      write_structure(shape, value, object);
      return object;
    }
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
      return json::value(as_string(value));
    case Kind::timestamp:
    case Kind::timestamp_ms:
      return json::value(iso8601(as_time(value)));
  }
  return nullptr;
}

cloud::Async<json::value> call_operation(cloud::Services& services, cloud::Caller caller,
                                         std::string service, std::string operation,
                                         json::value input) {
  const Service* known = find_service(service);
  const Operation* row = known == nullptr ? nullptr : known->find(operation);
  if (row == nullptr) {
    throw cloud::Error("UnknownOperationException",
                       "There is no operation " + service + ":" + operation);
  }
  DocumentExchange exchange(input, *known->wording);
  co_await row->call(services, caller, exchange);
  co_return exchange.take_output();
}

}  // namespace doorbuster::wire
