#include "wire/rest_client.h"

#include <array>
#include <pugixml.hpp>

#include "wire/digest.h"
#include "wire/encoding.h"
#include "wire/json.h"
#include "wire/rest_head.h"
#include "wire/scalar.h"
#include "wire/validation.h"
#include "wire/xml.h"

namespace doorbuster::wire {
namespace {

constexpr std::size_t document_bytes_max = 16 << 20;

bool is_length(std::string_view header) {
  return header == "Content-Length" || header == "x-amz-decoded-content-length";
}

// Where a request goes and what its head says.
class RequestHeadWriter {
 public:
  explicit RequestHeadWriter(Request& request) : request_(request) {}

  void write(const Shape& shape, const void* input) {
    for (const Field& field : shape.fields) {
      const void* member = field.of(input);
      switch (field.place) {
        case Place::inlined:
          write(*field.shape, member);
          break;
        case Place::bucket:
        case Place::key:
          path(as_string(member), field.place == Place::key);
          break;
        case Place::query:
          parameters(field, member);
          break;
        case Place::header:
          header(field, member);
          break;
        case Place::header_prefix:
          for (const auto& [name, text] : field.shape->entries(member)) {
            request_.headers.emplace_back(std::string(field.at) + *name, as_string(text));
          }
          break;
        case Place::body:
        case Place::payload:
        case Place::trailer:
        case Place::label:
        case Place::status:
          break;
      }
    }
  }

  // The labels' values in their places.
  void write_path(std::string_view form, const Shape& shape, const void* input) {
    request_.path.clear();
    while (!form.empty()) {
      request_.path += take_until(form, '{');
      const auto name = take_until(form, '}');
      for (const Field& field : shape.fields) {
        if (field.place != Place::label || field.name != name) continue;
        const std::string value = scalar_text(*field.shape, field.of(input));
        if (value.empty()) throw validation_exception_wording.missing(name);
        append_escaped(request_.path, value);
      }
    }
  }

  void query(std::string_view name, std::string_view value) {
    if (!request_.query.empty()) request_.query += '&';
    append_escaped(request_.query, name);
    request_.query += '=';
    append_escaped(request_.query, value);
  }

 private:
  void parameters(const Field& field, const void* member) {
    const Shape& shape = *field.shape;
    if (is_absent(shape, member)) return;
    if (shape.kind != Kind::list) return query(field.at, scalar_text(shape, member));
    for (std::size_t i = 0; i < shape.size(member); ++i) {
      query(field.at, scalar_text(*shape.element, shape.at(member, i)));
    }
  }

  // An empty name would make it a request of another kind.
  void path(const std::string& name, bool key) {
    if (name.empty()) {
      throw cloud::Error(key ? "InvalidArgument" : "InvalidBucketName",
                         key ? "A key must not be empty." : "The specified bucket is not valid.");
    }
    if (key) request_.path += '/';
    append_escaped(request_.path, name, key);
  }

  void header(const Field& field, const void* member) {
    if (is_absent(*field.shape, member)) return;
    if (is_length(field.at)) {
      request_.content_length = to_integer(scalar_text(*field.shape, member));
      return;
    }
    std::string value = scalar_text(*field.shape, member, TimeFormat::http_date);
    for (char& c : value) {
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    }
    request_.headers.emplace_back(field.at, std::move(value));
  }

  Request& request_;
};

void write_document(std::string_view root, const Shape& shape, const void* value,
                    Request& request) {
  std::string content;
  write_xml(shape, value, content);
  // A bucket that is made where the endpoint is needs no words.
  if (content.empty() && root == "CreateBucketConfiguration") return;
  std::string& out = request.body.bytes;
  ((out = '<') += root).append(" xmlns=\"").append(kS3Namespace).append("\">");
  out += content;
  ((out += "</") += root) += '>';
  request.headers.emplace_back("Content-Type", "application/xml");
  request.headers.emplace_back("Content-MD5", base64(digest(DigestKind::md5, out)));
}

void write_body(const Operation& operation, void* input, Request& request) {
  const Shape& shape = *operation.input;
  const bool is_json = !operation.rest.path.empty();
  const Field* payload = find_place(shape, Place::payload);
  if (payload == nullptr) {
    if (find_place(shape, Place::body) == nullptr) return;
    if (is_json) {
      write_json(shape, input, request.body.bytes);
      request.headers.emplace_back("Content-Type", "application/json");
    } else {
      write_document(operation.rest.input, shape, input, request);
    }
  } else if (payload->shape->kind == Kind::body) {
    request.body = std::move(as_body(payload->of(input)));
    if (!request.body.rest) request.content_length.reset();
  } else if (payload->shape->kind == Kind::structure) {
    write_document(operation.rest.input, *payload->shape, payload->of(input), request);
  } else {
    request.body.bytes = as_string(payload->of(input));
  }
}

// What the head of an answer says.
class ResponseHeadReader {
 public:
  explicit ResponseHeadReader(const Response& response) : response_(response) {}

  void read(const Shape& shape, void* to) const {
    for (const Field& field : shape.fields) {
      if (field.place == Place::inlined) read(*field.shape, field.of(to));
      if (field.place == Place::status) field.shape->from_int(field.of(to), response_.status);
      if (field.place != Place::header && field.place != Place::header_prefix) continue;
      for (const auto& [name, value] : response_.headers) {
        if (field.place == Place::header_prefix) {
          read_prefixed(field, name, value, to);
        } else if (equal_ignoring_case(name, field.at) && !value.empty()) {
          read_scalar(*field.shape, value, field.of(to), answer_wording);
          break;
        }
      }
    }
  }

 private:
  static void read_prefixed(const Field& field, std::string_view name, std::string_view value,
                            void* to) {
    if (name.size() <= field.at.size()) return;
    if (!equal_ignoring_case(name.substr(0, field.at.size()), field.at)) return;
    as_string(field.shape->insert(field.of(to), lower(name.substr(field.at.size())))) = value;
  }

  const Response& response_;
};

// Whether the document's root says so.
bool is_error(std::string_view document) {
  if (document.starts_with("<?xml")) take_until(document, '>');
  const auto root = document.find('<');
  return root != std::string_view::npos && document.substr(root).starts_with("<Error>");
}

std::string root_text(const std::string& document) {
  pugi::xml_document parsed;
  if (!parsed.load_buffer(document.data(), document.size(), pugi::parse_default,
                          pugi::encoding_utf8)) {
    throw answer_wording.malformed("it is not XML");
  }
  return parsed.document_element().child_value();
}

}  // namespace

constinit const Wording answer_wording{
    .missing =
        [](std::string_view member) {
          return cloud::Error(invalid_response, "The answer has no " + std::string(member) + ".",
                              502);
        },
    .malformed =
        [](std::string_view what) {
          return cloud::Error(invalid_response, "The answer makes no sense: " + std::string(what),
                              502);
        },
};

cloud::Error unexplained(int status) {
  const char* code = "InternalError";
  if (status == 304) code = "NotModified";
  if (status == 403) code = "AccessDenied";
  if (status == 404) code = "NotFound";
  if (status == 412) code = "PreconditionFailed";
  if (status == 429) code = "TooManyRequestsException";
  if (status == 503) code = "ServiceUnavailable";
  return {code, "The service answered with status " + std::to_string(status) + ".", status};
}

cloud::Error xml_error_in(const std::string& body, int status) {
  pugi::xml_document parsed;
  if (!parsed.load_buffer(body.data(), body.size(), pugi::parse_default, pugi::encoding_utf8)) {
    return unexplained(status);
  }
  const auto root = parsed.document_element();
  const auto error = std::string_view(root.name()) == "Error" ? root : root.child("Error");
  const std::string code = error.child_value("Code");
  if (code.empty()) return unexplained(status);
  return {code, error.child_value("Message"), status};
}

Request rest_request(const Operation& operation, void* input) {
  const Rest& rest = operation.rest;
  Request request;
  request.method = rest.method;
  RequestHeadWriter writer(request);
  if (!rest.query.empty()) {
    std::string_view value = rest.query;
    const auto name = take_until(value, '=');
    const Field* said_by = nullptr;
    for (const Field& field : operation.input->fields) {
      if (field.place == Place::query && field.at == name) said_by = &field;
    }
    if (said_by == nullptr) writer.query(name, value);
  }
  if (!rest.path.empty()) writer.write_path(rest.path, *operation.input, input);
  writer.write(*operation.input, input);
  write_body(operation, input, request);
  return request;
}

cloud::Async<void> read_rest_response(const Operation& operation, Response response, void* output) {
  if (operation.output == nullptr) co_return;
  const Shape& shape = *operation.output;
  ResponseHeadReader(response).read(shape, output);
  const Field* payload = find_place(shape, Place::payload);
  if (payload != nullptr && payload->shape->kind == Kind::body) {
    as_body(payload->of(output)) = std::move(response.body);
    co_return;
  }
  const std::string_view root = operation.rest.output;
  const bool is_json = !operation.rest.path.empty();
  if (payload == nullptr && root.empty() && !is_json) co_return;
  const std::string document =
      co_await cloud::read_all(std::move(response.body), document_bytes_max);
  if (payload != nullptr) {
    std::string text = root.empty() ? document : root_text(document);
    as_string(payload->of(output)) = std::move(text);
    co_return;
  }
  if (is_json) co_return read_json(shape, document, output, answer_wording);
  // What takes long begins with 200 and may fail all the same.
  constexpr int failed = 500;
  if (is_error(document)) throw xml_error_in(document, failed);
  const std::array path = {root};
  read_xml(shape, document, path, output, answer_wording);
}

}  // namespace doorbuster::wire
