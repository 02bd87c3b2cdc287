// The content encoding aws-chunked: a body in chunks, which may be signed, and behind them headers
// that may be signed too.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
//
//   body     = *chunk last-chunk trailer
//   chunk    = SIZE_IN_HEX [";chunk-signature=" SIGNATURE] CRLF SIZE_BYTES CRLF
//   trailer  = *(NAME ":" VALUE CRLF) ["x-amz-trailer-signature:" SIGNATURE CRLF] CRLF
#pragma once

#include <memory>

#include "cloud/byte_stream.h"
#include "cloud/s3_object.h"
#include "wire/sigv4.h"

namespace doorbuster::wire {

// The bytes in the chunks of `raw`. `trailer` gets the checksums behind them by the time that the
// end has been read. read() throws SignatureDoesNotMatch, IncompleteBody, InvalidChunkSizeError and
// MalformedTrailerError.
std::shared_ptr<cloud::ByteStream> dechunked(std::shared_ptr<cloud::ByteStream> raw, BodySeal seal,
                                             std::shared_ptr<cloud::Checksums> trailer);

}  // namespace doorbuster::wire
