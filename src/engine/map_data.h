// The items of a distributed Map, out of S3, and its results into it.
// https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
// https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
#pragma once

#include <boost/json/value.hpp>

#include "cloud/s3.h"
#include "engine/store.h"
#include "states/execution.h"

namespace doorbuster::engine {

// What an order of Kind::reader asks for. Throws cloud::Error as S3 does, EntityTooLarge for an
// object of more than 64 MiB. S3 must live until it completes.
cloud::Async<boost::json::value> read_items(cloud::S3& s3, const states::TaskOrder& order);

// Bytes: a file of results that has grown beyond it is followed by another.
inline constexpr std::size_t kResultFileMax = std::size_t{64} << 20;

// What an order of Kind::writer asks for: what has become of the children, as the store has it, and
// a manifest. No more than one file of each kind, and one child, is in memory.
cloud::Async<boost::json::value> write_results(cloud::S3& s3, const Store& store, cloud::Time now,
                                               const states::TaskOrder& order,
                                               std::size_t file_max = kResultFileMax);

}  // namespace doorbuster::engine
