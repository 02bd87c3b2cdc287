#include "engine/execution_history.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "cloud/error.h"
#include "engine/codec.h"
#include "engine/execution_record.h"
#include "engine/state_machine_rules.h"
#include "engine/text.h"

namespace doorbuster::engine {
namespace {

namespace json = boost::json;

constexpr std::size_t kPageBytesMax = 1 << 20;

// What is left out if the execution's data is not asked for.
constexpr std::array kData = {"input",         "inputDetails", "output",
                              "outputDetails", "parameters",   "assignedVariables"};

cloud::HistoryEvent decode(std::uint64_t id, std::string_view bytes, bool with_data) {
  Decoder in(bytes);
  cloud::HistoryEvent event;
  event.id = static_cast<std::int64_t>(id);
  event.timestamp = from_ms(static_cast<std::int64_t>(in.varint()));
  event.previousEventId = static_cast<std::int64_t>(in.varint());
  event.type = in.text();
  const std::string name(in.text());
  if (name.empty()) return event;
  json::object details = json::parse(in.rest()).as_object();
  if (!with_data) {
    for (const char* member : kData) details.erase(member);
  }
  event.details.emplace(name, std::move(details));
  return event;
}

std::uint64_t event_of(const std::string& token) {
  const std::string after = from_token(token);
  const auto event = to_integer(after);
  if (!event || *event < 0) throw cloud::Error("InvalidToken", "Invalid Token: 'Invalid token'");
  return static_cast<std::uint64_t>(*event);
}

}  // namespace

std::string encode(const states::HistoryEvent& event) {
  Encoder out;
  out.varint(static_cast<std::uint64_t>(to_ms(event.timestamp)));
  out.varint(static_cast<std::uint64_t>(event.previous)).text(event.type).text(event.details_name);
  if (!event.details_name.empty()) out.raw(json::serialize(event.details));
  return std::move(out).bytes();
}

cloud::GetExecutionHistoryOutput read_history(const Store& store,
                                              const cloud::GetExecutionHistoryInput& request) {
  const auto number = find_execution(store, request.executionArn);
  if (!number) {
    throw cloud::Error("ExecutionDoesNotExist",
                       "Execution Does Not Exist: '" + request.executionArn + "'");
  }
  const std::size_t max = page_size(request.maxResults);
  const std::uint64_t after = request.nextToken.empty() ? 0 : event_of(request.nextToken);
  cloud::GetExecutionHistoryOutput page;
  std::size_t bytes = 0;
  const auto add = [&](std::string_view key, std::string_view value) {
    if (page.events.size() == max || bytes > kPageBytesMax) {
      page.nextToken = to_token(std::to_string(page.events.back().id));
      return false;
    }
    bytes += value.size();
    const std::uint64_t id = Decoder(key.substr(sizeof(std::uint64_t))).u64();
    page.events.push_back(decode(id, value, request.includeExecutionData));
    return true;
  };
  if (!request.reverseOrder) {
    store.scan_intact(Family::history, event_key(*number, after + 1), event_key(*number + 1, 0),
                      add);
  } else {
    const std::string end = after == 0 ? event_key(*number + 1, 0) : event_key(*number, after);
    store.scan_back(Family::history, event_key(*number, 0), end, add);
  }
  return page;
}

}  // namespace doorbuster::engine
