// The client's side of REST, with S3's XML and with JSON, and what it shares with Query's: errors
// in XML.
#pragma once

#include <string>

#include "wire/client.h"

namespace doorbuster::wire {

// How it is told that an answer makes no sense.
extern const Wording answer_wording;

// An answer that has only a status to say.
cloud::Error unexplained(int status);

// <ErrorResponse><Error><Code>… of Query, <Error><Code>… of S3.
cloud::Error xml_error_in(const std::string& body, int status);

Request rest_request(const Operation& operation, void* input);
cloud::Async<void> read_rest_response(const Operation& operation, Response response, void* output);

}  // namespace doorbuster::wire
