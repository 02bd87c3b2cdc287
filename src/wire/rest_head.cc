#include "wire/rest_head.h"

#include <utility>

#include "wire/encoding.h"
#include "wire/scalar.h"
#include "wire/timestamps.h"

namespace doorbuster::wire {
namespace {

bool is_time(const Shape& shape) {
  return shape.kind == Kind::timestamp || (shape.kind == Kind::optional && is_time(*shape.element));
}

class HeadReader {
 public:
  HeadReader(const Route& route, const RequestHead& head, const Wording& wording)
      : route_(route), head_(head), wording_(wording) {}

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
          read_parameter(field, to);
          break;
        case Place::label:
          read_label(field, to);
          break;
        case Place::header_prefix:
          read_headers(field, to);
          break;
        case Place::body:
        case Place::payload:
        case Place::trailer:
        case Place::status:
          break;
      }
    }
  }

 private:
  void read_parameter(const Field& field, void* to) const {
    if (field.shape->kind != Kind::list) {
      if (const auto value = parameter(head_.query, field.at)) read_value(field, *value, to);
      return;
    }
    for (const auto& value : parameters(head_.query, field.at)) {
      read_scalar(*field.shape->element, value, field.shape->append(field.of(to)), wording_);
    }
  }

  void read_label(const Field& field, void* to) const {
    for (const auto& [name, value] : route_.labels) {
      if (name == field.name) read_scalar(*field.shape, value, field.of(to), wording_);
    }
  }

  void read_value(const Field& field, std::optional<std::string_view> value, void* to) const {
    if (!value) {
      if (field.required) throw wording_.missing(field.at);
      return;
    }
    // A date that is none is no condition (RFC 9110), and an empty number is not given.
    if (is_time(*field.shape) && !from_http_date(*value) && !from_iso8601(*value)) return;
    if (value->empty()) return;
    read_scalar(*field.shape, *value, field.of(to), wording_);
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
      value += read_text(trimmed(header.value), wording_);
    }
  }

  const Route& route_;
  const RequestHead& head_;
  const Wording& wording_;
};

class HeadWriter {
 public:
  explicit HeadWriter(Response& response) : response_(response) {}

  void write(const Shape& shape, const void* value) {
    for (const Field& field : shape.fields) {
      const void* member = field.of(value);
      if (field.place == Place::inlined) {
        write(*field.shape, member);
      } else if (field.place == Place::status) {
        response_.status = static_cast<int>(field.shape->to_int(member));
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

}  // namespace

const Field* find_place(const Shape& shape, Place place) {
  for (const Field& field : shape.fields) {
    if (field.place == place) return &field;
  }
  return nullptr;
}

void read_head(const Shape& shape, const Route& route, const RequestHead& head,
               const Wording& wording, void* to) {
  HeadReader(route, head, wording).read(shape, to);
}

void write_head(const Shape& shape, const void* value, Response& response) {
  HeadWriter(response).write(shape, value);
}

}  // namespace doorbuster::wire
