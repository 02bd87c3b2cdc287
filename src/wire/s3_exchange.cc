// One request of S3, its errors and its CORS headers.
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "wire/encoding.h"
#include "wire/rest.h"
#include "wire/rest_head.h"
#include "wire/s3_wording.h"

namespace doorbuster::wire {
namespace {

// `rest`, and what it needs as long as it is there.
std::shared_ptr<cloud::ByteStream> keeping(std::shared_ptr<cloud::ByteStream> rest,
                                           std::shared_ptr<void> service) {
  auto* const stream = rest.get();
  return {stream, [rest = std::move(rest), service = std::move(service)](auto*) mutable {
            rest.reset();
            service.reset();
          }};
}

// What the answer to a page depends on, so that a cache gives it to no other.
constexpr const char* cors_vary =
    "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";

bool has_header(const Response& response, std::string_view name) {
  for (const auto& header : response.headers) {
    if (equal_ignoring_case(header.first, name)) return true;
  }
  return false;
}

class S3Exchange final : public Exchange {
 public:
  S3Exchange(const Route& route, const RequestHead& head, cloud::Body body)
      : route_(route), head_(head), rest_(route.operation->rest), body_(std::move(body)) {
    response_.status = rest_.status;
  }

  void read(const Shape& shape, void* input) override {
    const auto encoding = parameter(head_.query, "encoding-type");
    if (encoding && *encoding != "url" && !encoding->empty()) {
      throw cloud::Error("InvalidArgument", "Invalid Encoding Method specified in Request");
    }
    escape_keys_ = encoding == "url";
    read_rest(shape, route_, head_, std::move(body_), input);
  }

  void write(const Shape& shape, void* output, std::shared_ptr<void> service) override {
    write_rest(shape, output, rest_, escape_keys_, response_);
    if (response_.body.rest) {
      response_.body.rest = keeping(std::move(response_.body.rest), std::move(service));
    }
  }

  Response response() override {
    const std::string_view operation = route_.operation->name;
    if (operation == "GetObject" || operation == "HeadObject") finish_object();
    if (operation == "OptionsObject") response_.headers.emplace_back("Vary", cors_vary);
    if (rest_.locates) locate();
    return std::move(response_);
  }

 private:
  void finish_object() {
    response_.headers.emplace_back("Accept-Ranges", "bytes");
    if (has_header(response_, "Content-Range")) response_.status = 206;
    if (!has_header(response_, "Content-Type")) {
      response_.headers.emplace_back("Content-Type", "binary/octet-stream");
    }
  }

  void locate() {
    if (rest_.output.empty()) {
      response_.headers.emplace_back("Location", '/' + route_.bucket);
      return;
    }
    std::string where = "<Location>";
    append_xml_text(where, "http://" + std::string(head_.header("host").value_or("localhost")) +
                               std::string(head_.path));
    where += "</Location>";
    std::string& bytes = response_.body.bytes;
    bytes.insert(bytes.rfind("</" + std::string(rest_.output)), where);
  }

  const Route& route_;
  const RequestHead& head_;
  const Rest& rest_;
  cloud::Body body_;
  bool escape_keys_ = false;
  Response response_;
};

void append_element(std::string& out, std::string_view name, std::string_view text) {
  ((out += '<') += name) += '>';
  append_xml_text(out, text);
  ((out += "</") += name) += '>';
}

// The account's own buckets are those that it can list. Of one that isn't there, or isn't to be
// seen, the bucket itself says so.
cloud::Async<void> require_owner(std::string bucket, std::string_view account,
                                 cloud::Services& services, const cloud::Caller& caller) {
  cloud::Caller owner;
  owner.scope = caller.scope;
  owner.scope.account = account;
  cloud::ListBucketsRequest request;
  request.Prefix = bucket;
  request.MaxBuckets = 1;
  const auto its = services.s3(owner);
  const auto listed = co_await its->ListBuckets(std::move(request));
  if (!listed.Buckets.empty() && listed.Buckets.front().Name == bucket) co_return;
  const auto s3 = services.s3(caller);
  cloud::HeadBucketRequest head;
  head.Bucket = std::move(bucket);
  co_await s3->HeadBucket(std::move(head));
  throw cloud::Error("AccessDenied", "Access Denied", 403);
}

// What the bucket's CORS rules say of the request itself; nothing if none is about it.
cloud::Async<std::optional<cloud::OptionsObjectResult>> ask_cors(const Route& route,
                                                                 const RequestHead& head,
                                                                 cloud::Services& services,
                                                                 const cloud::Caller& caller) {
  cloud::OptionsObjectRequest request;
  request.Bucket = route.bucket;
  request.Origin = head.header("origin").value_or("");
  request.Method = head.method;
  const auto s3 = services.s3(caller);
  try {
    co_return co_await s3->OptionsObject(std::move(request));
  } catch (const cloud::Error&) {
  }
  co_return std::nullopt;
}

}  // namespace

std::unique_ptr<Exchange> s3_exchange(const Route& route, const RequestHead& head,
                                      cloud::Body body) {
  return std::make_unique<S3Exchange>(route, head, std::move(body));
}

cloud::Async<bool> is_allowed_by_cors(const Route& route, const RequestHead& head,
                                      cloud::Services& services, const cloud::Caller& caller) {
  const auto result = co_await ask_cors(route, head, services, caller);
  co_return result.has_value();
}

cloud::Async<Response> s3_cors(const Route& route, const RequestHead& head,
                               cloud::Services& services, const cloud::Caller& caller) {
  Response response;
  if (route.bucket.empty()) co_return response;
  auto result = co_await ask_cors(route, head, services, caller);
  response.headers.emplace_back("Vary", cors_vary);
  if (!result) co_return response;
  // What only a preflight asks for.
  result->AllowHeaders.clear();
  result->MaxAgeSeconds.reset();
  const Operation* row = s3_service.find("OptionsObject");
  write_rest(*row->output, &*result, row->rest, false, response);
  co_return response;
}

cloud::Async<void> s3_check_owners(const Route& route, const RequestHead& head,
                                   cloud::Services& services, const cloud::Caller& caller) {
  if (const auto account = head.header("x-amz-expected-bucket-owner")) {
    co_await require_owner(route.bucket, *account, services, caller);
  }
  if (const auto account = head.header("x-amz-source-expected-bucket-owner")) {
    std::string source = unescaped(head.header("x-amz-copy-source").value_or(""), false);
    std::string_view path = source;
    if (path.starts_with('/')) path.remove_prefix(1);
    co_await require_owner(std::string(take_until(path, '/')), *account, services, caller);
  }
}

// https://www.rfc-editor.org/rfc/rfc9110#section-15.4.5
cloud::Async<Response> s3_not_modified(const Route& route, const RequestHead& head,
                                       cloud::Services& services, const cloud::Caller& caller) {
  constexpr std::array<std::string_view, 4> kept = {"Cache-Control", "ETag", "Expires",
                                                    "Last-Modified"};
  const Operation* row = s3_service.find("HeadObject");
  cloud::HeadObjectRequest request;
  read_head(*row->input, route, head, s3_head_wording, &request);
  request.Conditions = {};
  request.Range.clear();
  const auto s3 = services.s3(caller);
  auto object = co_await s3->HeadObject(std::move(request));
  Response whole;
  write_rest(*row->output, &object, row->rest, false, whole);
  Response response;
  response.status = 304;
  for (auto& header : whole.headers) {
    const bool is_kept = std::find(kept.begin(), kept.end(), header.first) != kept.end();
    if (is_kept) response.headers.push_back(std::move(header));
  }
  co_return response;
}

Response s3_error(const Route& route, const RequestHead& head, const cloud::Error& error,
                  const std::string& request_id) {
  Response response;
  response.status = error.status();
  if (head.method == "HEAD" || error.status() == 304) return response;
  std::string& out = response.body.bytes;
  out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>";
  append_element(out, "Code", error.code());
  append_element(out, "Message", error.message());
  if (error.code() == "NoSuchKey") append_element(out, "Key", route.key);
  if (error.code().find("Bucket") != std::string::npos) {
    append_element(out, "BucketName", route.bucket);
  }
  if (error.code() == "NoSuchUpload") {
    append_element(out, "UploadId", parameter(head.query, "uploadId").value_or(""));
  }
  append_element(out, "Resource", head.path);
  append_element(out, "RequestId", request_id);
  out += "</Error>";
  response.headers.emplace_back("Content-Type", "application/xml");
  return response;
}

}  // namespace doorbuster::wire
