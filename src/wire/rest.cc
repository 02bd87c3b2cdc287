#include "wire/rest.h"

namespace doorbuster::wire {

Route s3_route(const RequestHead&, std::string_view) {
  Route route;
  route.service = "s3";
  route.error = cloud::Error("NotImplemented", "S3 is not implemented.", 501);
  return route;
}

std::unique_ptr<Exchange> s3_exchange(const Route&, const RequestHead&, cloud::Body,
                                      const std::string&) {
  throw cloud::Error("NotImplemented", "S3 is not implemented.", 501);
}

Response s3_error(const Route&, const RequestHead&, const cloud::Error& error, const std::string&) {
  Response response;
  response.status = error.status();
  return response;
}

}  // namespace doorbuster::wire
