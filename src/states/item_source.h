// The items of a distributed Map, out of what was read from S3.
// https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "states/machine.h"
#include "states/scope.h"

namespace doorbuster::states {

// `answer` is what Resource::Kind::reader says. Throws Failure (States.ItemReaderFailed).
boost::json::array read_items(const ItemReader& reader, const boost::json::value& answer,
                              const Scope& scope);

// The records of delimited text by RFC 4180; empty lines are none. Throws Failure if a quoted field
// has no end.
std::vector<std::vector<std::string>> parse_csv(std::string_view text, char delimiter);

}  // namespace doorbuster::states
