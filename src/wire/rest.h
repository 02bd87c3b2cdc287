// S3's REST protocol.
// https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAPI.html
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "wire/operations.h"
#include "wire/server.h"

namespace doorbuster::wire {

Route s3_route(const RequestHead& head, std::string_view domain);

std::unique_ptr<Exchange> s3_exchange(const Route& route, const RequestHead& head, cloud::Body body,
                                      const std::string& request_id);

Response s3_error(const Route& route, const RequestHead& head, const cloud::Error& error,
                  const std::string& request_id);

}  // namespace doorbuster::wire
