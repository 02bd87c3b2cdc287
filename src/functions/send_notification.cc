#include "functions/send_notification.h"

#include <array>
#include <boost/json.hpp>

#include "cloud/error.h"
#include "functions/json_fields.h"
#include "functions/order_event.h"
#include "orders/invoice.h"
#include "orders/json_values.h"

namespace doorbuster::functions {
namespace {

namespace json = boost::json;

// How an outcome is told: BEFORE the order AFTER. With the longest id it must be a subject that SNS
// takes, which has 100 characters at the most.
struct Wording {
  std::string_view outcome;
  std::string_view before;
  std::string_view after;
};

constexpr std::array<Wording, 4> kWordings = {{
    {"OrderCompleted", "", "is paid and on its way"},
    {"PaymentDeclined", "The payment of", "was declined"},
    {"PaymentFailed", "The payment of", "has failed"},
    {"OrderInvalid", "", "can't be taken"},
}};

const Wording& wording_of(const json::value& event) {
  const auto outcome = text(event, "outcome");
  for (const Wording& wording : kWordings) {
    if (outcome == wording.outcome) return wording;
  }
  throw cloud::Error("NotificationInvalid",
                     "A notification is of one of the outcomes OrderCompleted, PaymentDeclined, "
                     "PaymentFailed and OrderInvalid.");
}

// An id that is none stays out of subjects and attributes, which can't hold everything.
std::string order_id(const json::value& event) {
  std::string id(text(event, "orderId").value_or(""));
  return orders::number_fault(id).empty() ? id : "";
}

std::string amount(const json::value& event) {
  const json::value* value = field(event, "amount");
  const auto money = value == nullptr ? std::nullopt : orders::read_money(*value);
  return money ? money->str() : "";
}

std::string subject_of(const Wording& wording, const std::string& id) {
  const bool first = wording.before.empty();
  std::string subject = first ? "" : std::string(wording.before) + ' ';
  if (id.empty()) {
    subject += first ? "An order" : "an order";
  } else {
    subject += (first ? "Order " : "order ") + id;
  }
  return subject + ' ' + std::string(wording.after);
}

// Causes and the like may hold what no message may.
void append_line(std::string& message, const char* name, std::string_view value) {
  if (value.empty()) return;
  message += std::string(name) + ": ";
  for (const char c : value) message += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  message += '\n';
}

std::string message_of(const std::string& subject, const json::value& event) {
  std::string message = subject + ".\n\n";
  append_line(message, "Customer", text(order_in(event), "customerName").value_or(""));
  append_line(message, "Product", text(order_in(event), "product").value_or(""));
  append_line(message, "Amount", amount(event));
  append_line(message, "Transaction", text(event, "transactionId").value_or(""));
  append_line(message, "Reason", text(event, "reason").value_or(""));
  return message;
}

cloud::PublishRequest publication_of(const json::value& event) {
  const Wording& wording = wording_of(event);
  const std::string id = order_id(event);
  cloud::PublishRequest request;
  request.Subject = subject_of(wording, id);
  request.Message = message_of(request.Subject, event);
  const auto attribute = [&](const char* name, const char* type, std::string value) {
    if (!value.empty()) request.MessageAttributes[name] = {type, std::move(value), {}};
  };
  attribute("outcome", "String", std::string(wording.outcome));
  attribute("orderId", "String", id);
  attribute("amount", "Number", amount(event));
  attribute("email", "String", std::string(text(order_in(event), "email").value_or("")));
  return request;
}

cloud::Async<json::value> notify(cloud::Sns& sns, std::string topic_arn, json::value event) {
  cloud::PublishRequest request = publication_of(event);
  request.TopicArn = std::move(topic_arn);
  const cloud::PublishResult result = co_await sns.Publish(std::move(request));
  json::object answer;
  answer["messageId"] = result.MessageId;
  co_return answer;
}

}  // namespace

cloud::Async<json::value> SendNotification::operator()(json::value event, cloud::Context) const {
  return notify(*sns_, topic_arn_, std::move(event));
}

}  // namespace doorbuster::functions
