#include "checkout_load.h"

#include <boost/json.hpp>

#include "cloud/error.h"
#include "engine/async_invocations.h"
#include "engine/event_source_pollers.h"
#include "engine/task_runner.h"
#include "functions/process_payment.h"
#include "functions/send_notification.h"
#include "functions/start_order_workflow.h"
#include "functions/validate_order.h"
#include "history.h"
#include "orders/chance.h"
#include "orders/order_json.h"

namespace doorbuster::simulator {
namespace {

namespace json = boost::json;

constexpr double kCorruptShare = 0.2;
constexpr double kDeclinedShare = 0.15;
constexpr double kUnreachableShare = 0.1;
// Other numbers than the makers of orders draw by.
enum Purpose : std::uint64_t { kFate = 1'000, kWay };

constexpr int kSlowPayment_ms = 5'000;
// Both together are so few that nine attempts in a row don't fail.
constexpr int kRefused = 8;
constexpr int kAnswerLost = 8;

// --- What tasks call --------------------------------------------------------------------------

// The one operation that the workflow asks for.
cloud::Async<json::value> put_object(cloud::Services& services, cloud::Caller caller,
                                     json::value input) {
  const auto s3 = services.s3(caller);
  cloud::PutObjectRequest request;
  request.Bucket = input.at("Bucket").as_string();
  request.Key = input.at("Key").as_string();
  request.Body = json::serialize(input.at("Body"));
  const auto result = co_await s3->PutObject(std::move(request));
  co_return json::object{{"ETag", result.ETag}};
}

cloud::Async<json::value> call_operation(cloud::Services& services, cloud::Caller caller,
                                         std::string service, std::string operation,
                                         json::value input) {
  require(service == "s3" && operation == "PutObject", "a task calls " + service + operation);
  return put_object(services, std::move(caller), std::move(input));
}

}  // namespace

// --- The payment provider ---------------------------------------------------------------------

class CheckoutLoad::Provider final : public functions::PaymentProvider {
 public:
  explicit Provider(CheckoutLoad& load) : load_(load), world_(load.world_) {}

  cloud::Async<functions::Payment> charge(functions::PaymentRequest request) override {
    const Fate fate = load_.orders_.at(request.order_id).fate;
    if (fate == Fate::unreachable || world_.happens(kRefused)) throw unavailable("refused");
    if (world_.happens(50)) {
      co_await world_.sleep(milliseconds(world_.chance.between(1, kSlowPayment_ms)));
    }
    functions::Payment payment;
    payment.idempotency_key = request.idempotency_key;
    payment.order_id = request.order_id;
    payment.amount = request.amount;
    payment.taken = fate == Fate::paid;
    if (!payment.taken) payment.reason = "no funds";
    payment.transaction_id = "TXN-" + std::to_string(++transactions_);
    payment.at = world_.bed.clock().now();
    payment = load_.ledger_->record({payment}).front();
    world_.trace("payment of " + payment.order_id + " is " + payment.transaction_id);
    if (world_.happens(kAnswerLost)) throw unavailable("its answer was lost");
    co_return payment;
  }

 private:
  static cloud::Error unavailable(const char* why) {
    constexpr int kStatus = 503;
    return {functions::kProviderUnavailable, why, kStatus};
  }

  CheckoutLoad& load_;
  World& world_;
  int transactions_ = 0;
};

// --- The process ------------------------------------------------------------------------------

CheckoutLoad::CheckoutLoad(World& world, FunctionHost& host, std::uint64_t seed,
                           std::filesystem::path ledger)
    : world_(world),
      host_(host),
      seed_(seed),
      ledger_path_(std::move(ledger)),
      generator_(seed, kCorruptShare),
      goal_(2 + world.chance.below(6)),
      provider_(std::make_unique<Provider>(*this)) {}

void CheckoutLoad::set_up(const topology::Account& account, const std::string& bucket) {
  checkout_ = world_.bed.run(topology::set_up_checkout(account, bucket));
  tune_mapping();
}

void CheckoutLoad::tune_mapping() {
  cloud::Lambda& lambda = world_.bed.lambda();
  cloud::ListEventSourceMappingsRequest list;
  list.EventSourceArn = checkout_.orders.arn;
  const auto mappings = world_.bed.run(lambda.ListEventSourceMappings(list)).EventSourceMappings;
  require(mappings.size() == 1, "there isn't one mapping of the orders' queue");
  cloud::UpdateEventSourceMappingRequest update;
  update.UUID = mappings.front().UUID;
  update.BatchSize = world_.chance.between(1, 10);
  update.ScalingConfig = cloud::ScalingConfig{world_.chance.between(2, 3)};
  world_.bed.run(lambda.UpdateEventSourceMapping(update));
}

void CheckoutLoad::start() {
  engine::TestBed& bed = world_.bed;
  for (auto& [id, order] : orders_) order.in_the_air = false;
  functions::DatabaseOptions options;
  options.path = ledger_path_;
  ledger_.reset();
  ledger_ = std::make_unique<functions::PaymentLedger>(options);
  const orders::OrderRules rules;
  host_.add(topology::kValidateOrder, functions::ValidateOrder(rules));
  host_.add(topology::kProcessPayment,
            functions::ProcessPayment(*provider_, rules, bed.engine().recorded()),
            FunctionHost::Late::sometimes);
  host_.add(topology::kSendNotification,
            functions::SendNotification(bed.sns(), checkout_.notifications_arn),
            FunctionHost::Late::sometimes);
  host_.add(
      topology::kStartOrderWorkflow,
      functions::StartOrderWorkflow(bed.step_functions(), bed.sqs(), checkout_.state_machine_arn),
      FunctionHost::Late::sometimes);
  services_ = engine::make_services(bed.engine());
  const engine::TaskRunner tasks(bed.engine(), *services_, call_operation, bed.executor());
  const engine::EventSourcePollers pollers(bed.engine(), bed.executor());
  const engine::AsyncInvocations events(bed.engine(), bed.executor());
}

// --- Customers --------------------------------------------------------------------------------

CheckoutLoad::Fate CheckoutLoad::fate_of(const orders::OrderDraft& draft) const {
  if (draft.corrupt) return draft.text.starts_with('{') ? Fate::invalid : Fate::no_order;
  const auto hash = orders::hash_of(seed_, kFate, draft.id, 0);
  if (orders::chance(hash, kDeclinedShare)) return Fate::declined;
  if (orders::chance(hash, kDeclinedShare + kUnreachableShare)) return Fate::unreachable;
  return Fate::paid;
}

CheckoutLoad::Order CheckoutLoad::order(std::uint64_t number) const {
  const orders::OrderDraft draft = generator_.draft(number);
  Order order;
  order.number = number;
  order.id = draft.id;
  order.text = draft.text;
  order.fate = fate_of(draft);
  order.by_hand = order.fate != Fate::no_order &&
                  orders::chance(orders::hash_of(seed_, kWay, draft.id, 0), 0.4);
  return order;
}

void CheckoutLoad::send_next() {
  for (auto& [id, order] : orders_) {
    if (order.acknowledged == 0 && !order.in_the_air) return world_.spawn(send(order));
  }
  if (orders_.size() == goal_) return;
  Order next = order(orders_.size());
  const std::string id = next.id;
  world_.spawn(send(orders_.emplace(id, std::move(next)).first->second));
}

void CheckoutLoad::send_again() {
  if (orders_.empty()) return;
  const auto it =
      std::next(orders_.begin(), static_cast<std::ptrdiff_t>(world_.chance.below(orders_.size())));
  if (!it->second.in_the_air) world_.spawn(send(it->second));
}

cloud::Async<void> CheckoutLoad::send(Order& order) {
  order.in_the_air = true;
  ++order.tried;
  cloud::SendMessageRequest message;
  message.QueueUrl = checkout_.orders.url;
  message.MessageBody = order.text;
  try {
    if (order.by_hand) {
      co_await start_execution(order);
    } else {
      co_await world_.bed.sqs().SendMessage(std::move(message));
    }
    ++order.acknowledged;
    world_.trace("took " + order.id);
  } catch (const cloud::Error& e) {
    world_.trace("did not take " + order.id + ": " + e.code());
  }
  order.in_the_air = false;
}

// Whoever asks again is told that it has been started, or that it has ended.
cloud::Async<void> CheckoutLoad::start_execution(const Order& order) {
  cloud::StartExecutionInput request;
  request.stateMachineArn = checkout_.state_machine_arn;
  request.name = order.id;
  request.input = R"({"order":)" + order.text + '}';
  try {
    co_await world_.bed.step_functions().StartExecution(std::move(request));
  } catch (const cloud::Error& e) {
    if (e.code() != "ExecutionAlreadyExists") throw;
    require(order.tried > 1, order.id + " exists before it was started");
  }
}

// --- The end ----------------------------------------------------------------------------------

std::vector<cloud::ExecutionListItem> CheckoutLoad::executions(const std::string& status) {
  cloud::ListExecutionsInput request;
  request.stateMachineArn = checkout_.state_machine_arn;
  request.statusFilter = status;
  return world_.bed.run(world_.bed.step_functions().ListExecutions(request)).executions;
}

bool CheckoutLoad::done() {
  if (orders_.size() < goal_) return false;
  for (const auto& [id, order] : orders_) {
    if (order.acknowledged == 0 || order.in_the_air) return false;
  }
  return executions("RUNNING").empty();
}

void CheckoutLoad::check_end() {
  std::size_t startable = 0;
  for (const auto& [id, order] : orders_) {
    if (order.fate == Fate::no_order) continue;
    ++startable;
    check_order(order);
    check_payment(order);
  }
  require(executions("").size() == startable, "there are executions of nobody's orders");
  check_dead_letters();
}

void CheckoutLoad::check_order(const Order& order) {
  const auto history = checked_history(world_, topology::execution_arn(cloud::Scope{}, order.id));
  const std::string ended = history.execution.status +
                            (history.execution.error.empty() ? "" : " ") + history.execution.error;
  static const std::map<Fate, std::string> kEnds = {{Fate::invalid, "FAILED OrderInvalid"},
                                                    {Fate::declined, "FAILED PaymentDeclined"},
                                                    {Fate::unreachable, "FAILED PaymentFailed"},
                                                    {Fate::paid, "SUCCEEDED"}};
  require(ended == kEnds.at(order.fate), order.id + " has ended as " + ended);
}

// The ledger has one payment at most by each key, so an order of two would have two keys.
void CheckoutLoad::check_payment(const Order& order) {
  std::vector<functions::Payment> payments;
  ledger_->for_each([&](const functions::Payment& payment) {
    require(orders_.contains(payment.order_id), "a payment of nobody's order");
    if (payment.order_id == order.id) payments.push_back(payment);
  });
  const bool asked = order.fate == Fate::paid || order.fate == Fate::declined;
  require(payments.size() == (asked ? 1U : 0U),
          order.id + " was charged " + std::to_string(payments.size()) + " times");
  if (!asked) return;
  require(payments[0].taken == (order.fate == Fate::paid) &&
              payments[0].amount == generator_.order(order.number).amount,
          order.id + " has another payment than it should");
}

std::map<std::string, orders::Invoice> CheckoutLoad::invoices() {
  std::map<std::string, orders::Invoice> all;
  for (const auto& [id, order] : orders_) {
    if (order.fate != Fate::paid) continue;
    const auto payment = ledger_->find(id);
    require(payment.has_value(), id + " is not paid");
    const auto parsed = orders::parse_order(json::parse(order.text), {});
    all.emplace(topology::invoice_key(id), orders::invoice_of(*parsed.order, payment->at));
  }
  return all;
}

// What is no order is there as often as it was sent, and nothing else is.
void CheckoutLoad::check_dead_letters() {
  std::map<std::string, int> letters;
  for (;;) {
    cloud::ReceiveMessageRequest request;
    request.QueueUrl = checkout_.orders.dead_letter_url;
    request.MaxNumberOfMessages = 10;
    const auto messages = world_.bed.run(world_.bed.sqs().ReceiveMessage(request)).Messages;
    if (messages.empty()) break;
    for (const auto& message : messages) {
      ++letters[message.Body];
      world_.bed.run(world_.bed.sqs().DeleteMessage({request.QueueUrl, message.ReceiptHandle}));
    }
  }
  for (const auto& [id, order] : orders_) {
    if (order.fate != Fate::no_order) continue;
    const int found = letters[order.text];
    require(found >= order.acknowledged && found <= order.tried,
            "the dead letters have " + id + ' ' + std::to_string(found) + " times");
    letters.erase(order.text);
  }
  if (!letters.empty()) throw Violation("the dead letters hold " + letters.begin()->first);
}

}  // namespace doorbuster::simulator
