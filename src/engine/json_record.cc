#include "engine/json_record.h"

#include <boost/json.hpp>

namespace doorbuster::engine {

boost::json::object read_json_record(std::string_view bytes) {
  boost::json::parse_options options;
  options.allow_invalid_utf8 = true;
  return std::move(boost::json::parse(bytes, {}, options).as_object());
}

}  // namespace doorbuster::engine
