// The resources of the checkout half, declared once.
//
//   orders-queue (dead letters after 3 receives: orders-queue-dlq)
//     --> function StartOrderWorkflow --> state machine OrderProcessingWorkflow
//           --> functions ValidateOrder, ProcessPayment, SendNotification
//           --> an invoice in the bucket, where the fulfilment half goes on
//           --> topic OrderNotifications
//
// each with a role that lets it do what it has to do, and no more.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "topology/topology.h"

namespace doorbuster::topology {

inline constexpr const char* kOrdersQueue = "orders-queue";
inline constexpr const char* kOrdersDeadLetterQueue = "orders-queue-dlq";
inline constexpr const char* kNotificationsTopic = "OrderNotifications";
inline constexpr const char* kStateMachine = "OrderProcessingWorkflow";
inline constexpr const char* kStartOrderWorkflow = "StartOrderWorkflow";
inline constexpr const char* kValidateOrder = "ValidateOrder";
inline constexpr const char* kProcessPayment = "ProcessPayment";
inline constexpr const char* kSendNotification = "SendNotification";
inline constexpr std::array kFunctions = {kValidateOrder, kProcessPayment, kSendNotification,
                                          kStartOrderWorkflow};

inline constexpr int kFunctionTimeout_s = 30;  // beyond what any payment takes

// A function's image is called by its name, too.
inline constexpr const char* kImagePrefix = "doorbuster/";

struct Checkout {
  QueueWithDeadLetters orders;
  std::string notifications_arn;
  std::string state_machine_arn;
};

// The ARNs follow from the names, whether there is anything by them or not.
std::string notifications_arn(const cloud::Scope& scope);
std::string state_machine_arn(const cloud::Scope& scope);
std::string execution_arn(const cloud::Scope& scope, const std::string& order_id);

// The state machine's definition in the States Language, which puts invoices into the bucket. AWS
// takes the file it is made from, OrderProcessingWorkflow.asl.json, with the definition
// substitution InvoiceBucket.
std::string workflow_definition(const std::string& bucket);

// As set_up() does for the fulfilment half, whose bucket it needs. An event source mapping that is
// there stays as it is: whoever operates the system may have paused it, or changed how it works.
cloud::Async<Checkout> set_up_checkout(Account account, std::string bucket);

// The checkout, if it has been set up.
cloud::Async<std::optional<Checkout>> find_checkout(Account account);

// Adds to the inventory what there is of the checkout; tear_down() does the rest.
cloud::Async<void> survey_checkout(Account account, Inventory& inventory);

class Removals;  // pieces.h

// Removes what the inventory names of the checkout, but for its queues. Executions that are under
// way are stopped. What can't be removed is kept in `removals`, for its check().
cloud::Async<void> tear_down_checkout(Account account, Inventory inventory, Removals& removals);

}  // namespace doorbuster::topology
