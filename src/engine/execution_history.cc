#include "engine/execution_history.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "cloud/error.h"
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

// Of these it is said that they are not cut.
constexpr std::array kWhole = {"input", "output", "assignedVariables"};

// What most rows need.
constexpr std::size_t kHistoryRowBytes = 2'048;

// The strings of a row, by their numbers.
using Texts = std::vector<std::string_view>;

constexpr std::uint64_t kJson = 0;
constexpr std::uint64_t kNewText = 1;
constexpr std::uint64_t kFirstText = 2;

json::value decode_member(Decoder& in, Texts& texts) {
  const std::uint64_t kind = in.varint();
  if (kind == kJson) return json::parse(in.text());
  if (kind == kNewText) return json::value(texts.emplace_back(in.text()));
  if (kind - kFirstText >= texts.size()) throw CorruptRecord();
  return json::value(texts[kind - kFirstText]);
}

cloud::HistoryEvent decode_event(Decoder& in, Texts& texts) {
  cloud::HistoryEvent event;
  event.timestamp = from_ms(static_cast<std::int64_t>(in.varint()));
  event.previousEventId = static_cast<std::int64_t>(in.varint());
  event.type = in.text();
  const std::string details_name(in.text());
  if (details_name.empty()) return event;
  json::object details;
  for (auto members = in.varint(); members > 0; --members) {
    const auto name = in.text();
    details.insert_or_assign(name, decode_member(in, texts));
    if (std::ranges::find(kWhole, name) == kWhole.end()) continue;
    details.emplace(std::string(name) + "Details", json::object{{"truncated", false}});
  }
  event.details.emplace(details_name, std::move(details));
  return event;
}

std::vector<cloud::HistoryEvent> decode_row(std::uint64_t last, std::string_view bytes) {
  Decoder in(bytes);
  std::vector<cloud::HistoryEvent> events;
  Texts texts;
  while (!in.done()) {
    if (events.size() == std::min<std::uint64_t>(last, kRowEventsMax)) throw CorruptRecord();
    events.push_back(decode_event(in, texts));
  }
  auto id = static_cast<std::int64_t>(last - events.size());
  for (auto& event : events) event.id = ++id;
  return events;
}

std::size_t size_of(const cloud::HistoryEvent& event) {
  std::size_t bytes = event.type.size();
  for (const auto& [name, details] : event.details) {
    for (const auto& [member, value] : details.as_object()) {
      const auto* string = value.if_string();
      bytes += member.size() + (string ? string->size() : sizeof(json::value));
    }
  }
  return bytes;
}

// Takes events from where the page begins, until it is full.
class Page {
 public:
  Page(const cloud::GetExecutionHistoryInput& request, cloud::GetExecutionHistoryOutput& out)
      : with_data_(request.includeExecutionData), max_(page_size(request.maxResults)), out_(out) {}

  // False if it is full.
  bool add(cloud::HistoryEvent event) {
    if (out_.events.size() == max_ || bytes_ > kPageBytesMax) {
      out_.nextToken = to_token(std::to_string(out_.events.back().id));
      return false;
    }
    bytes_ += size_of(event);
    if (!with_data_) forget_data(event);
    out_.events.push_back(std::move(event));
    return true;
  }

 private:
  static void forget_data(cloud::HistoryEvent& event) {
    for (auto& [name, details] : event.details) {
      for (const char* member : kData) details.as_object().erase(member);
    }
  }

  const bool with_data_;
  const std::size_t max_;
  cloud::GetExecutionHistoryOutput& out_;
  std::size_t bytes_ = 0;
};

std::uint64_t event_of(const std::string& token) {
  const std::string after = from_token(token);
  const auto event = to_integer(after);
  if (!event || *event < 0) throw cloud::Error("InvalidToken", "Invalid Token: 'Invalid token'");
  return static_cast<std::uint64_t>(*event);
}

std::uint64_t last_event_in(std::string_view key) {
  return Decoder(key.substr(sizeof(std::uint64_t))).u64();
}

void read_forward(const Store& store, std::uint64_t execution, std::uint64_t after, Page& page) {
  const auto add = [&](std::string_view key, std::string_view value) {
    for (auto& event : decode_row(last_event_in(key), value)) {
      if (event.id <= static_cast<std::int64_t>(after)) continue;
      if (!page.add(std::move(event))) return false;
    }
    return true;
  };
  store.scan_intact(Family::history, event_key(execution, after + 1), event_key(execution + 1, 0),
                    add);
}

void read_back(const Store& store, std::uint64_t execution, std::uint64_t before, Page& page) {
  const auto add = [&](std::string_view key, std::string_view value) {
    auto events = decode_row(last_event_in(key), value);
    for (auto event = events.rbegin(); event != events.rend(); ++event) {
      if (before != 0 && event->id >= static_cast<std::int64_t>(before)) continue;
      if (!page.add(std::move(*event))) return false;
    }
    return true;
  };
  const std::string end =
      before == 0 ? event_key(execution + 1, 0) : event_key(execution, before + kRowEventsMax);
  store.scan_back(Family::history, event_key(execution, 0), end, add);
}

}  // namespace

void HistoryRow::add(const states::HistoryEvent& event) {
  if (events_++ == 0) out_.reserve(kHistoryRowBytes);
  out_.varint(static_cast<std::uint64_t>(to_ms(event.timestamp)));
  out_.varint(static_cast<std::uint64_t>(event.previous));
  out_.text(event.type).text(event.details_name);
  if (event.details_name.empty()) return;
  out_.varint(event.details.size());
  for (const auto& [name, value] : event.details) {
    out_.text(name);
    if (const auto* text = std::get_if<std::string_view>(&value)) {
      add_text(*text);
    } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
      out_.varint(kJson).text(std::to_string(*number));
    } else {
      out_.varint(kJson).text(json::serialize(*std::get<const json::object*>(value)));
    }
  }
}

void HistoryRow::add_text(std::string_view text) {
  const std::string_view written = out_.bytes();
  const auto known = std::ranges::find_if(
      texts_, [&](const Place& place) { return written.substr(place.begin, place.size) == text; });
  if (known != texts_.end()) {
    out_.varint(kFirstText + static_cast<std::uint64_t>(known - texts_.begin()));
  } else {
    out_.varint(kNewText).text(text);
    texts_.push_back({out_.bytes().size() - text.size(), text.size()});
  }
}

std::string HistoryRow::take() {
  texts_.clear();
  events_ = 0;
  return std::exchange(out_, {}).bytes();
}

cloud::GetExecutionHistoryOutput read_history(const Store& store,
                                              const cloud::GetExecutionHistoryInput& request) {
  const auto number = find_execution(store, request.executionArn);
  if (!number) {
    throw cloud::Error("ExecutionDoesNotExist",
                       "Execution Does Not Exist: '" + request.executionArn + "'");
  }
  const std::uint64_t from = request.nextToken.empty() ? 0 : event_of(request.nextToken);
  cloud::GetExecutionHistoryOutput out;
  Page page(request, out);
  const auto read = request.reverseOrder ? read_back : read_forward;
  read(store, *number, from, page);
  return out;
}

}  // namespace doorbuster::engine
