#include "wire/rest.h"

#include <algorithm>
#include <array>
#include <utility>

#include "wire/encoding.h"
#include "wire/s3_wording.h"
#include "wire/scalar.h"
#include "wire/sigv4.h"
#include "wire/timestamps.h"
#include "wire/xml.h"

namespace doorbuster::wire {
namespace {

constexpr std::string_view xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

bool is_time(const Shape& shape) {
  return shape.kind == Kind::timestamp || (shape.kind == Kind::optional && is_time(*shape.element));
}

class HeadReader {
 public:
  HeadReader(const Route& route, const RequestHead& head) : route_(route), head_(head) {}

  void read(const Shape& shape, void* to) const {
    for (const Field& field : shape.fields) {
      switch (field.place) {
        case Place::inlined:
          read(*field.shape, field.of(to));
          break;
        case Place::bucket:
          as_string(field.of(to)) = route_.bucket;
          break;
        case Place::key:
          as_string(field.of(to)) = route_.key;
          break;
        case Place::header:
          read_value(field, head_.header(field.at), to);
          break;
        case Place::query:
          if (const auto value = parameter(head_.query, field.at)) read_value(field, *value, to);
          break;
        case Place::header_prefix:
          read_headers(field, to);
          break;
        case Place::body:
        case Place::payload:
        case Place::trailer:
          break;
      }
    }
  }

 private:
  static void read_value(const Field& field, std::optional<std::string_view> value, void* to) {
    if (!value) {
      if (field.required) throw s3_head_wording.missing(field.at);
      return;
    }
    // A date that is none is no condition (RFC 9110), and an empty number is not given.
    if (is_time(*field.shape) && !from_http_date(*value) && !from_iso8601(*value)) return;
    if (value->empty()) return;
    read_scalar(*field.shape, *value, field.of(to), s3_head_wording);
  }

  void read_headers(const Field& field, void* to) const {
    for (const auto& header : head_.headers) {
      if (header.name.size() <= field.at.size() ||
          !equal_ignoring_case(header.name.substr(0, field.at.size()), field.at)) {
        continue;
      }
      auto& value =
          as_string(field.shape->insert(field.of(to), lower(header.name.substr(field.at.size()))));
      if (!value.empty()) value += ',';
      value += trimmed(header.value);
    }
  }

  const Route& route_;
  const RequestHead& head_;
};

// The field that is the body, or the one of what comes behind it; null if there is none.
const Field* find_place(const Shape& shape, Place place) {
  for (const Field& field : shape.fields) {
    if (field.place == place) return &field;
  }
  return nullptr;
}

bool has_members_in_body(const Shape& shape) {
  return find_place(shape, Place::body) != nullptr;
}

void read_stream(const Shape& shape, const Field& payload, cloud::Body body, void* to) {
  if (const Field* trailer = find_place(shape, Place::trailer)) {
    if (const auto* unwrapped = dynamic_cast<const Unwrapped*>(body.rest.get())) {
      *static_cast<std::shared_ptr<const cloud::Checksums>*>(trailer->of(to)) =
          unwrapped->trailer();
    }
  }
  as_body(payload.of(to)) = std::move(body);
}

void read_document(const Shape& shape, const Rest& rest, const std::string& document, bool required,
                   void* to) {
  if (document.empty()) {
    if (!required) return;
    throw cloud::Error("MissingRequestBodyError", "Request Body is empty");
  }
  const std::array path = {rest.input};
  read_xml(shape, document, path, to, s3_xml_wording);
}

class HeadWriter {
 public:
  explicit HeadWriter(Response& response) : response_(response) {}

  void write(const Shape& shape, const void* value) {
    for (const Field& field : shape.fields) {
      const void* member = field.of(value);
      if (field.place == Place::inlined) {
        write(*field.shape, member);
      } else if (field.place == Place::header && field.at == "Content-Length") {
        response_.content_length = static_cast<std::uint64_t>(field.shape->to_int(member));
      } else if (field.place == Place::header) {
        if (is_absent(*field.shape, member)) continue;
        add(field.at, scalar_text(*field.shape, member, TimeFormat::http_date));
      } else if (field.place == Place::header_prefix) {
        for (const auto& [key, text] : field.shape->entries(member)) {
          add(std::string(field.at) + *key, as_string(text));
        }
      }
    }
  }

 private:
  // A header's value is one line, whatever somebody has put.
  void add(std::string_view name, std::string value) {
    for (char& c : value) {
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    }
    response_.headers.emplace_back(name, std::move(value));
  }

  Response& response_;
};

void write_document(std::string_view root, std::string_view content, Response& response) {
  std::string& out = response.body.bytes;
  out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<";
  ((out += root) += " xmlns=\"") += xml_namespace;
  ((out += "\">") += content) += "</";
  (out += root) += '>';
  response.headers.emplace_back("Content-Type", "application/xml");
}

void write_payload(const Field& payload, void* value, const Rest& rest, bool escape_keys,
                   Response& response) {
  void* member = payload.of(value);
  if (payload.shape->kind == Kind::body) {
    response.body = std::move(as_body(member));
  } else if (payload.shape->kind == Kind::structure) {
    std::string content;
    write_xml(*payload.shape, member, content, escape_keys);
    write_document(rest.output, content, response);
  } else if (!rest.output.empty()) {
    std::string content;
    append_xml_text(content, as_string(member));
    write_document(rest.output, content, response);
  } else {
    response.body.bytes = as_string(member);
    response.headers.emplace_back("Content-Type", "application/json");
  }
}

}  // namespace

void read_rest(const Shape& shape, const Route& route, const RequestHead& head, cloud::Body body,
               void* to) {
  HeadReader(route, head).read(shape, to);
  const Rest& rest = route.operation->rest;
  const Field* payload = find_place(shape, Place::payload);
  if (payload == nullptr) {
    // Only a bucket's creation need not say anything.
    const bool required = rest.input != "CreateBucketConfiguration";
    if (has_members_in_body(shape)) read_document(shape, rest, body.bytes, required, to);
  } else if (payload->shape->kind == Kind::body) {
    read_stream(shape, *payload, std::move(body), to);
  } else if (payload->shape->kind == Kind::structure) {
    read_document(*payload->shape, rest, body.bytes, true, payload->of(to));
  } else {
    as_string(payload->of(to)) = std::move(body.bytes);
  }
}

void write_rest(const Shape& shape, void* value, const Rest& rest, bool escape_keys,
                Response& response) {
  HeadWriter(response).write(shape, value);
  if (const Field* payload = find_place(shape, Place::payload)) {
    write_payload(*payload, value, rest, escape_keys, response);
  } else if (!rest.output.empty()) {
    std::string content;
    write_xml(shape, value, content, escape_keys);
    write_document(rest.output, content, response);
  }
}

}  // namespace doorbuster::wire
