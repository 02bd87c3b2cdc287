#include "shop/order_desk.h"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "cloud/error.h"
#include "orders/order_json.h"
#include "shop/order_number.h"

namespace doorbuster::shop {
namespace {

namespace json = boost::json;
using Standing = RecentOrders::Standing;

// A short key might be another client's, or be guessed by one who wants to see the order.
constexpr std::size_t kKeyMin = 16;
constexpr std::size_t kKeyMax = 255;
constexpr std::string_view kNoQueue = "QueueDoesNotExist";
constexpr std::chrono::seconds kAskQueueEvery{1};
constexpr std::chrono::seconds kSoon{2};    // for those who are under way to be through
constexpr std::chrono::seconds kLater{30};  // for the checkout to catch up

Problem try_again(std::string error, std::chrono::seconds after) {
  return problem(503, std::move(error), after);
}

void check_key(const std::string& key) {
  const bool visible =
      std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (visible && key.size() >= kKeyMin && key.size() <= kKeyMax) return;
  throw problem(400, "Idempotency-Key must be " + std::to_string(kKeyMin) + " to " +
                         std::to_string(kKeyMax) +
                         " visible ASCII characters, such as a UUID: one for each order.");
}

Problem already_used() {
  return problem(422, "This Idempotency-Key has come with another order before: use a new one.");
}

// The reasons by their fields, each of which its reason begins with, in quotation marks.
json::object by_field(const std::vector<std::string>& reasons) {
  json::object fields;
  for (const std::string& reason : reasons) {
    const auto end = reason.find('"', 1);
    if (!reason.starts_with('"') || end == std::string::npos) continue;
    const std::string field = reason.substr(1, end - 1);
    if (!fields.contains(field)) fields[field] = reason;
  }
  return fields;
}

Problem invalid(const std::vector<std::string>& reasons, const orders::OrderRules& rules) {
  Problem result = problem(400, "The order can't be taken: ");
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    result.error += (i == 0 ? "" : "; ") + reasons[i];
  }
  result.error += '.';
  result.fields = by_field(reasons);
  result.limits["amountBelow"] = rules.amount_below.ten_thousandths() / orders::Money::kUnit;
  return result;
}

// What a customer pays is paid in cents; invoices' unit prices may be finer.
constexpr std::int64_t kOfACent = orders::Money::kUnit / 100;

json::object parse_object(const std::string& body) {
  json::error_code error;
  json::value value = json::parse(body, error);
  if (error) throw problem(400, "The body is not JSON: " + error.message() + '.');
  if (json::object* object = value.if_object()) return std::move(*object);
  throw problem(400, "The body must be a JSON object.");
}

// The order as it goes into the queue: the same for the same body and number, byte for byte, since
// an order that comes twice is known by it. So it doesn't say when it was submitted.
std::string text_of(const std::string& body, const std::string& number,
                    const orders::OrderRules& rules) {
  json::object object = parse_object(body);
  object["orderId"] = number;
  object.erase("submittedAt");
  const auto parsed = orders::parse_order(object, rules);
  if (!parsed.order) throw invalid(parsed.reasons, rules);
  const auto& amount = parsed.order->amount;
  if (amount.ten_thousandths() % kOfACent != 0) {
    throw invalid({"\"amount\" is " + amount.str() + ", must have at most 2 decimals"}, rules);
  }
  return orders::to_json(*parsed.order);
}

// An error that is over by and by, and not about what was sent.
bool passes(const cloud::Error& error) {
  return !error.is_sender_fault() || error.code() == "RequestThrottled" ||
         error.code() == "ThrottlingException" || error.code() == "OverLimit";
}

// Throws Problem if it is over by and by.
void explain(const cloud::Error& error, const char* what) {
  if (error.code() == kNoQueue) {
    throw try_again("The shop isn't open yet: doorbuster setup makes what it needs.", kLater);
  }
  if (passes(error)) throw try_again(what, kSoon);
}

// Counts an order that is under way.
class UnderWay {
 public:
  explicit UnderWay(std::atomic<std::size_t>& count) : count_(count), before_(count_++) {}
  UnderWay(const UnderWay&) = delete;
  UnderWay& operator=(const UnderWay&) = delete;
  ~UnderWay() { --count_; }
  std::size_t before() const { return before_; }

 private:
  std::atomic<std::size_t>& count_;
  const std::size_t before_;
};

}  // namespace

OrderDesk::OrderDesk(OrderDeskOptions options, cloud::Sqs& sqs, const OrderTracker& tracker,
                     const cloud::Clock& clock, std::function<std::string(std::size_t)> random)
    : options_(std::move(options)),
      sqs_(sqs),
      tracker_(tracker),
      clock_(clock),
      random_(std::move(random)),
      recent_(options_.waiting_max + options_.under_way_max, options_.recent_max) {}

cloud::Async<std::string> OrderDesk::take(std::string body,
                                          std::optional<std::string> idempotency_key) {
  if (idempotency_key) check_key(*idempotency_key);
  const std::string number =
      idempotency_key ? order_number_for(*idempotency_key) : order_number(random_(kNumberBytes));
  orders::OrderRules rules = options_.rules;
  rules.name_and_product = true;
  const std::string text = text_of(body, number, rules);
  if (idempotency_key) {
    const bool there = co_await is_there(number, text);
    if (there) co_return number;
  }
  const UnderWay mine(under_way_);
  if (mine.before() >= options_.under_way_max) {
    throw try_again("The shop is taking as many orders as it can.", kSoon);
  }
  co_await require_room();
  if (recent_.claim(number, text) == Standing::foreign) throw already_used();
  co_await send(number, text);
  recent_.take(number, clock_.now());
  const std::lock_guard held(mutex_);
  ++taken_since_;
  co_return number;
}

// Two that come at the same time may both be sent: the checkout knows the second by its text.
cloud::Async<bool> OrderDesk::is_there(const std::string& number, const std::string& text) {
  const Standing standing = recent_.look(number, text);
  if (standing == Standing::foreign) throw already_used();
  if (standing != Standing::unknown) co_return standing == Standing::taken;
  const auto input = co_await tracker_.input(number);
  if (!input) co_return false;
  if (!is_started_for(*input, text)) throw already_used();
  co_return true;
}

cloud::Async<std::string> OrderDesk::queue_url() {
  {
    const std::lock_guard held(mutex_);
    if (!queue_url_.empty()) co_return queue_url_;
  }
  cloud::GetQueueUrlRequest request;
  request.QueueName = options_.queue;
  const auto result = co_await sqs_.GetQueueUrl(std::move(request));
  const std::lock_guard held(mutex_);
  co_return queue_url_ = result.QueueUrl;
}

cloud::Async<bool> OrderDesk::is_set_up() {
  try {
    co_await queue_url();
    co_return true;
  } catch (const cloud::Error& e) {
    if (e.code() != kNoQueue) throw;
  }
  co_return false;
}

cloud::Async<std::uint64_t> OrderDesk::ask_waiting() {
  cloud::GetQueueAttributesRequest request;
  request.QueueUrl = co_await queue_url();
  request.AttributeNames = {"ApproximateNumberOfMessages"};
  const auto result = co_await sqs_.GetQueueAttributes(std::move(request));
  const auto found = result.Attributes.find("ApproximateNumberOfMessages");
  co_return found == result.Attributes.end() ? 0 : std::stoull(found->second);
}

cloud::Async<std::uint64_t> OrderDesk::waiting() {
  const auto now = clock_.now();
  std::uint64_t counted = 0;  // taken before the queue is asked, whose answer has them
  {
    const std::lock_guard held(mutex_);
    if (now - waiting_at_ < kAskQueueEvery) co_return waiting_ + taken_since_;
    waiting_at_ = now;  // the others go by what there is meanwhile
    counted = taken_since_;
  }
  try {
    const auto waiting = co_await ask_waiting();
    const std::lock_guard held(mutex_);
    taken_since_ -= std::min(counted, taken_since_);
    waiting_ = waiting;
    co_return waiting_ + taken_since_;
  } catch (const cloud::Error& e) {
    {
      const std::lock_guard held(mutex_);
      waiting_at_ = {};
    }
    explain(e, "The shop can't reach its queue at the moment.");
    throw;
  }
}

cloud::Async<void> OrderDesk::require_room() {
  const auto waiting_now = co_await waiting();
  if (waiting_now < options_.waiting_max) co_return;
  throw try_again("Too many orders are waiting for the checkout.", kLater);
}

cloud::Async<void> OrderDesk::send(const std::string& number, std::string text) {
  try {
    cloud::SendMessageRequest request;
    request.QueueUrl = co_await queue_url();
    request.MessageBody = std::move(text);
    co_await sqs_.SendMessage(std::move(request));
  } catch (const cloud::Error& e) {
    // Whatever comes next with its key, the queue has no order of that number.
    if (!passes(e)) recent_.release(number);
    explain(e, "The shop can't keep the order at the moment.");
    throw;
  }
}

void OrderDesk::recall(const std::string& text, cloud::Time sent) {
  const auto order = order_in(text);
  if (!order || !is_order_number(order->id)) return;
  recent_.claim(order->id, text);
  recent_.take(order->id, sent);
}

std::optional<OrderStatus> OrderDesk::recent(const std::string& number) const {
  const auto found = recent_.find(number);
  if (!found || !found->taken_at) return std::nullopt;
  OrderStatus status;
  status.number = number;
  status.order = order_in(found->text);
  status.events.push_back({OrderState::accepted, *found->taken_at, {}});
  return status;
}

}  // namespace doorbuster::shop
