#include "wire/rest.h"

#include <array>
#include <utility>

#include "wire/encoding.h"
#include "wire/rest_head.h"
#include "wire/s3_wording.h"
#include "wire/sigv4.h"
#include "wire/xml.h"

namespace doorbuster::wire {
namespace {

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

void write_document(std::string_view root, std::string_view content, Response& response) {
  std::string& out = response.body.bytes;
  out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<";
  ((out += root) += " xmlns=\"") += kS3Namespace;
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
  read_head(shape, route, head, s3_head_wording, to);
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
  write_head(shape, value, response);
  if (const Field* payload = find_place(shape, Place::payload)) {
    write_payload(*payload, value, rest, escape_keys, response);
  } else if (!rest.output.empty()) {
    std::string content;
    write_xml(shape, value, content, escape_keys);
    write_document(rest.output, content, response);
  }
}

}  // namespace doorbuster::wire
