// Where a ResultWriter writes what has become of a distributed Map's children.
// https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "states/machine.h"

namespace doorbuster::states {

// What a writer is given (Resource::Kind::writer). `parameters` are the ResultWriter's: a Bucket
// and maybe a Prefix. Throws Failure (States.ResultWriterFailed) without a Bucket.
boost::json::value results_to_write(const std::string& run_arn, const ResultWriter& writer,
                                    const boost::json::value& parameters);

// The Map's result, once that is written: where the manifest is.
boost::json::value results_written(const boost::json::value& order);

// What a child has given, as the Transformation has it: FLATTEN takes an array's items one by one.
void add_result(boost::json::array& results, boost::json::value output,
                std::string_view transformation);

}  // namespace doorbuster::states
