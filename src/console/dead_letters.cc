#include "console/dead_letters.h"

#include <algorithm>
#include <boost/json.hpp>
#include <exception>
#include <limits>
#include <map>
#include <utility>

#include "cloud/error.h"
#include "console/workers.h"
#include "functions/dead_letters.h"
#include "functions/start_order_workflow.h"
#include "shop/answers.h"
#include "topology/checkout.h"
#include "wire/encoding.h"

namespace doorbuster::console {
namespace {

namespace json = boost::json;

constexpr std::size_t kChosenMax = 1'000;
constexpr std::size_t kLookMax = 20'000;  // letters that a search receives
constexpr std::size_t kSeenAtOnce = 1'000;
constexpr std::size_t kBatch = 10;  // messages that SQS gives or takes at once
constexpr int kHold_s = 120;        // far beyond what a search takes
constexpr std::chrono::seconds kRedrivePatience{60};
constexpr std::uint64_t kToTheEnd = std::numeric_limits<std::uint64_t>::max();

std::string with_suffix(const char* queue) {
  return std::string(queue) + topology::kDeadLetterSuffix;
}

std::vector<std::string> batch_of(std::vector<std::string>& receipts) {
  const auto count = static_cast<std::ptrdiff_t>(std::min(receipts.size(), kBatch));
  std::vector<std::string> batch(std::make_move_iterator(receipts.end() - count),
                                 std::make_move_iterator(receipts.end()));
  receipts.erase(receipts.end() - count, receipts.end());
  return batch;
}

cloud::SendMessageBatchRequest send_again(const std::vector<cloud::Message>& letters) {
  cloud::SendMessageBatchRequest request;
  for (const auto& letter : letters) {
    cloud::SendMessageBatchRequestEntry entry;
    entry.Id = std::to_string(request.Entries.size());
    entry.MessageBody = letter.Body;
    entry.MessageAttributes = letter.MessageAttributes;
    request.Entries.push_back(std::move(entry));
  }
  return request;
}

cloud::ReceiveMessageRequest receive_from(std::string queue_url) {
  cloud::ReceiveMessageRequest request;
  request.QueueUrl = std::move(queue_url);
  request.MaxNumberOfMessages = kBatch;
  request.VisibilityTimeout = kHold_s;
  request.WaitTimeSeconds = 0;
  request.MessageAttributeNames = {"All"};
  return request;
}

json::object with_reason(json::object letter, const std::string& reason) {
  letter["kind"] = kind_of(reason);
  letter["reason"] = reason;
  return letter;
}

void require_all(const std::vector<cloud::BatchResultErrorEntry>& failed) {
  if (!failed.empty()) throw cloud::Error(failed.front().Code, failed.front().Message, 503);
}

}  // namespace

DeadLetters::DeadLetters(cloud::Sqs& sqs, cloud::Scope scope, functions::InvoiceDatabase& shipping,
                         functions::InvoiceDatabase& sales, boost::asio::any_io_executor workers,
                         Browse browse)
    : sqs_(sqs),
      scope_(std::move(scope)),
      workers_(std::move(workers)),
      browse_(std::move(browse)),
      halves_{
          {"orders", topology::kOrdersQueue, topology::kOrdersDeadLetterQueue, nullptr},
          {"shipping", topology::kShippingQueue, with_suffix(topology::kShippingQueue), &shipping},
          {"analytics", topology::kAnalyticsQueue, with_suffix(topology::kAnalyticsQueue), &sales},
      } {}

const DeadLetters::Half& DeadLetters::half(std::string_view role) const {
  for (const Half& each : halves_) {
    if (each.role == role) return each;
  }
  throw shop::problem(400, "The queue must be orders, shipping or analytics.");
}

cloud::Async<std::string> DeadLetters::url_of(std::string queue) {
  cloud::GetQueueUrlRequest request;
  request.QueueName = std::move(queue);
  co_return (co_await sqs_.GetQueueUrl(std::move(request))).QueueUrl;
}

cloud::Async<std::uint64_t> DeadLetters::count(std::string queue_url) {
  cloud::GetQueueAttributesRequest request;
  request.QueueUrl = std::move(queue_url);
  request.AttributeNames = {"ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible",
                            "ApproximateNumberOfMessagesDelayed"};
  const auto result = co_await sqs_.GetQueueAttributes(std::move(request));
  std::uint64_t all = 0;
  for (const auto& [name, value] : result.Attributes) all += std::stoull(value);
  co_return all;
}

json::object DeadLetters::describe(const Half& half, const SeenMessage& message) const {
  json::object letter{{"message_id", message.id},
                      {"sent", message.sent.time_since_epoch().count()},
                      {"body", message.body}};
  if (half.database == nullptr) {
    if (const auto id = functions::order_id_in(message.body)) letter["order_id"] = *id;
    return with_reason(std::move(letter), functions::why_no_order(message.body));
  }
  const auto objects = functions::objects_in(message.body);
  if (!objects.empty()) {
    letter["bucket"] = objects[0].bucket;
    letter["key"] = objects[0].key;
  }
  return with_reason(std::move(letter),
                     functions::why_refused(*half.database, message.id, objects));
}

cloud::Async<json::array> DeadLetters::describe_all(const Half& half, SeenMessages page,
                                                    std::string kind) {
  std::function<json::array()> work = [this, &half, page = std::move(page),
                                       kind = std::move(kind)] {
    json::array letters;
    for (const auto& message : page.messages) {
      auto letter = describe(half, message);
      if (kind.empty() || letter.at("kind").as_string() == kind) {
        letters.push_back(std::move(letter));
      }
    }
    return letters;
  };
  co_return co_await on_workers(workers_, std::move(work));
}

cloud::Async<json::object> DeadLetters::list(std::string role, std::uint64_t from, std::size_t max,
                                             std::string kind) {
  const Half& chosen = half(role);
  const std::string url = co_await url_of(chosen.dead_letters);
  const auto total = co_await count(url);
  json::object answer{{"count", total}};
  json::array letters;
  for (std::size_t looked = 0; letters.size() < max && looked < kLookMax;) {
    auto page = co_await browse_(scope_.arn("sqs", chosen.dead_letters), from, kToTheEnd, max);
    const bool last = page.messages.size() < max;
    looked += page.messages.size();
    from = page.next;
    answer["end"] = std::to_string(page.end);
    auto found = co_await describe_all(chosen, std::move(page), kind);
    std::move(found.begin(), found.end(), std::back_inserter(letters));
    answer.erase("next");
    if (last) break;
    answer["next"] = std::to_string(from);
  }
  answer["letters"] = std::move(letters);
  co_return answer;
}

cloud::Async<json::object> DeadLetters::kinds(std::string role) {
  const Half& chosen = half(role);
  std::map<std::string, std::uint64_t> counts;
  std::uint64_t from = 0;
  for (std::size_t looked = 0; looked < kLookMax;) {
    auto page =
        co_await browse_(scope_.arn("sqs", chosen.dead_letters), from, kToTheEnd, kSeenAtOnce);
    if (page.messages.empty()) break;
    looked += page.messages.size();
    from = page.next;
    const auto letters = co_await describe_all(chosen, std::move(page), "");
    for (const auto& letter : letters) ++counts[std::string(letter.at("kind").as_string())];
  }
  std::vector<std::pair<std::string, std::uint64_t>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  json::array kinds;
  for (const auto& [kind, count] : sorted) kinds.push_back({{"kind", kind}, {"count", count}});
  co_return json::object{{"kinds", std::move(kinds)}};
}

cloud::Async<json::object> DeadLetters::redrive(ChosenLetters chosen) {
  const Half& from = half(chosen.role);
  if (!chosen.kind.empty()) chosen.messages = co_await ids_of(from, chosen);
  if (!chosen.all || !chosen.kind.empty()) {
    co_return co_await deal_with(from, std::move(chosen.messages), Deed::redrive);
  }
  const auto moved =
      co_await functions::redrive_all(sqs_, scope_.arn("sqs", from.dead_letters), kRedrivePatience);
  co_return json::object{{"moved", moved}, {"missing", json::array()}};
}

cloud::Async<json::object> DeadLetters::remove(ChosenLetters chosen) {
  const Half& from = half(chosen.role);
  if (chosen.all) {
    if (!chosen.before) {
      throw shop::problem(
          400, "With \"all\" or \"kind\", \"before\" must be the \"end\" of a list of them.");
    }
    chosen.messages = co_await ids_of(from, chosen);
  }
  co_return co_await deal_with(from, std::move(chosen.messages), Deed::remove);
}

// Of those that are meant among the first 20,000 before the place.
cloud::Async<std::set<std::string>> DeadLetters::ids_of(const Half& half,
                                                        const ChosenLetters& chosen) {
  std::set<std::string> ids;
  const auto until = chosen.before.value_or(kToTheEnd);
  std::uint64_t from = 0;
  for (std::size_t looked = 0; looked < kLookMax;) {
    auto page = co_await browse_(scope_.arn("sqs", half.dead_letters), from, until, kSeenAtOnce);
    if (page.messages.empty()) break;
    looked += page.messages.size();
    from = page.next;
    if (chosen.kind.empty()) {
      for (auto& message : page.messages) ids.insert(std::move(message.id));
      continue;
    }
    const auto letters = co_await describe_all(half, std::move(page), chosen.kind);
    for (const auto& letter : letters) ids.emplace(letter.at("message_id").as_string());
  }
  co_return ids;
}

// SQS gives out no message by its id: letters are received until those that are wanted have come,
// and the others are put back.
cloud::Async<json::object> DeadLetters::deal_with(const Half& half, std::set<std::string> wanted,
                                                  Deed deed) {
  const std::string url = co_await url_of(half.dead_letters);
  const std::size_t asked_for = wanted.size();
  std::vector<std::string> others;
  std::exception_ptr failure;
  try {
    for (std::size_t looked = 0; !wanted.empty() && looked < kLookMax;) {
      auto request = receive_from(url);
      auto received = co_await sqs_.ReceiveMessage(std::move(request));
      if (received.Messages.empty()) break;
      looked += received.Messages.size();
      std::vector<cloud::Message> found;
      for (auto& message : received.Messages) {
        if (wanted.contains(message.MessageId)) {
          found.push_back(std::move(message));
        } else {
          others.push_back(std::move(message.ReceiptHandle));
        }
      }
      for (const auto& letter : found) wanted.erase(letter.MessageId);
      if (!found.empty()) co_await carry_out(half, deed, std::move(found));
    }
  } catch (...) {
    failure = std::current_exception();
  }
  co_await put_back(url, std::move(others));
  if (failure) std::rethrow_exception(failure);
  const char* done = deed == Deed::redrive ? "moved" : "deleted";
  co_return json::object{{done, asked_for - wanted.size()}, {"missing", json::value_from(wanted)}};
}

// Sent before it is deleted: what comes twice is recognised, what is lost is lost.
cloud::Async<void> DeadLetters::carry_out(const Half& half, Deed deed,
                                          std::vector<cloud::Message> letters) {
  if (deed == Deed::redrive) {
    auto again = send_again(letters);
    again.QueueUrl = co_await url_of(half.queue);
    const auto sent = co_await sqs_.SendMessageBatch(std::move(again));
    require_all(sent.Failed);
  }
  cloud::DeleteMessageBatchRequest request;
  request.QueueUrl = co_await url_of(half.dead_letters);
  for (auto& letter : letters) {
    request.Entries.push_back({letter.MessageId, std::move(letter.ReceiptHandle)});
  }
  const auto deleted = co_await sqs_.DeleteMessageBatch(std::move(request));
  require_all(deleted.Failed);
}

// Those that were received last come first again. If it fails, they are only hidden for longer.
cloud::Async<void> DeadLetters::put_back(std::string queue_url, std::vector<std::string> receipts) {
  try {
    while (!receipts.empty()) {
      cloud::ChangeMessageVisibilityBatchRequest request;
      request.QueueUrl = queue_url;
      for (auto& receipt : batch_of(receipts)) {
        request.Entries.push_back({std::to_string(request.Entries.size()), std::move(receipt), 0});
      }
      co_await sqs_.ChangeMessageVisibilityBatch(std::move(request));
    }
  } catch (const cloud::Error&) {
    // They come back by themselves.
  }
}

namespace {

// How long a number is that the text begins with, with what joins its digits; 0 if it is none.
std::size_t number_at(std::string_view text) {
  constexpr std::string_view kOfNumbers = "0123456789.,:-+";
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const std::size_t sign = text.starts_with('-') ? 1 : 0;
  if (sign == text.size() || !is_digit(text[sign])) return 0;
  auto end = std::min(text.find_first_not_of(kOfNumbers), text.size());
  while (!is_digit(text[end - 1])) --end;
  return end;
}

// The same of what stands in quotation marks.
std::size_t quotation_at(std::string_view text) {
  if (!text.starts_with('"')) return 0;
  const auto end = text.find('"', 1);
  return end == std::string_view::npos ? 0 : end + 1;
}

// As a list writes it: a string, since not every reader of JSON has numbers of 64 bits.
std::uint64_t place_in(const json::value& value) {
  const auto number = value.is_string() ? wire::to_integer(value.get_string()) : std::nullopt;
  if (number && *number >= 0) return static_cast<std::uint64_t>(*number);
  throw shop::problem(400, "\"before\" must be the \"end\" of a list of letters.");
}

}  // namespace

std::string kind_of(std::string_view reason) {
  std::string kind;
  while (!reason.empty()) {
    const auto quoted = quotation_at(reason);
    const auto number = number_at(reason);
    const bool names_a_field = kind.empty() || kind.ends_with("; ") || kind.ends_with(": ");
    if (number > 0 || (quoted > 0 && !names_a_field)) {
      kind += "…";
      reason.remove_prefix(std::max(number, quoted));
    } else {
      const auto kept = std::max(quoted, std::size_t{1});
      kind += reason.substr(0, kept);
      reason.remove_prefix(kept);
    }
  }
  return kind;
}

ChosenLetters chosen_letters(const json::object& body) {
  ChosenLetters chosen;
  const auto* role = body.if_contains("queue");
  if (role == nullptr || !role->is_string()) {
    throw shop::problem(400, "\"queue\" must be orders, shipping or analytics.");
  }
  chosen.role = std::string(role->get_string());
  const auto* all = body.if_contains("all");
  const auto* kind = body.if_contains("kind");
  if (kind != nullptr && kind->is_string()) chosen.kind = kind->get_string();
  chosen.all = !chosen.kind.empty() || (all != nullptr && all->is_bool() && all->get_bool());
  if (chosen.all) {
    if (const auto* before = body.if_contains("before")) chosen.before = place_in(*before);
    return chosen;
  }
  const auto* ids = body.if_contains("message_ids");
  const auto fault = [] {
    return shop::problem(400, "\"message_ids\" must be a list of 1 to " +
                                  std::to_string(kChosenMax) +
                                  " ids of messages, or \"all\" true.");
  };
  if (ids == nullptr || !ids->is_array() || ids->get_array().empty()) throw fault();
  if (ids->get_array().size() > kChosenMax) throw fault();
  for (const auto& id : ids->get_array()) {
    if (!id.is_string()) throw fault();
    chosen.messages.emplace(id.get_string());
  }
  return chosen;
}

}  // namespace doorbuster::console
