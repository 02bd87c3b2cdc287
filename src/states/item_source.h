// The items of a distributed Map, out of what was read from S3.
// https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <cstddef>

#include "states/machine.h"
#include "states/scope.h"

namespace doorbuster::states {

// Bytes of JSON that a Map's items have together at the most, as they are read and as they are
// given to its parts: all are in memory at once, and written in one batch.
inline constexpr std::size_t kItemsBytesMax = std::size_t{64} << 20;

// `answer` is what Resource::Kind::reader says. Throws Failure (States.ItemReaderFailed).
boost::json::array read_items(const ItemReader& reader, const boost::json::value& answer,
                              const Scope& scope);

// Where they were read from: "S3://BUCKET/KEY", or of a listing "S3://BUCKET".
std::string source_of(const ItemReader& reader, const Scope& scope);

}  // namespace doorbuster::states
