// reconcile_checkout() on an engine whose tasks nobody carries out, so that executions end as the
// test says.
#include "cli/checkout_reconcile.h"

#include <gmock/gmock.h>

#include "cli/embedded.h"

namespace doorbuster::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class CheckoutReconcile : public testing::Test {
 protected:
  std::string start(const std::string& order) {
    cloud::StartExecutionInput request;
    request.stateMachineArn = checkout_.state_machine_arn;
    request.name = order;
    request.input = R"({"order":{"orderId":")" + order + R"(","amount":5}})";
    return system_.wait(system_.step_functions().StartExecution(std::move(request))).executionArn;
  }
  // With the error that an end of the workflow has, or another.
  std::string end(const std::string& order, const std::string& error) {
    cloud::StopExecutionInput request;
    request.executionArn = start(order);
    request.error = error;
    system_.wait(system_.step_functions().StopExecution(request));
    return request.executionArn;
  }
  CheckoutReconciled reconciled() {
    return reconcile_checkout(system_, checkout_, resources_.bucket);
  }

  const DataDirectory directory_ = DataDirectory::temporary();
  Embedded system_{{directory_, {}}};
  const topology::Resources resources_ = system_.set_up();
  const topology::Checkout checkout_ = system_.set_up_checkout(resources_);
};

TEST_F(CheckoutReconcile, ARefusedOrderIsDealtWith) {
  end("o-1", "OrderInvalid");
  end("o-2", "PaymentFailed");
  const auto result = reconciled();
  EXPECT_EQ(result.refused, 2);
  EXPECT_THAT(result.stuck, IsEmpty());
  EXPECT_TRUE(result.clean());
}

TEST_F(CheckoutReconcile, AnOrderThatEndedInBetweenIsNot) {
  end("o-1", "Error");
  const auto stopped = end("o-2", "");
  auto result = reconciled();
  EXPECT_EQ(result.refused, 0);
  EXPECT_THAT(result.stuck, testing::UnorderedElementsAre("o-1", "o-2"));
  EXPECT_FALSE(result.clean());
  EXPECT_EQ(to_json(result).at("stuck").as_array().size(), 2);
  EXPECT_THAT(to_text(result), HasSubstr("stuck: o-1\n"));
  EXPECT_THAT(to_text(result), HasSubstr("redrive-execution"));
  EXPECT_THAT(to_text(result), Not(HasSubstr("Every order")));

  cloud::RedriveExecutionInput redrive;
  redrive.executionArn = stopped;
  system_.wait(system_.step_functions().RedriveExecution(redrive));
  result = reconciled();
  EXPECT_EQ(result.running, 1);
  EXPECT_THAT(result.stuck, ElementsAre("o-1"));
}

TEST_F(CheckoutReconcile, ADeclinedOrderIsKnownByItsPayment) {
  functions::Payment declined;
  declined.idempotency_key = declined.order_id = "o-1";
  declined.reason = "no funds";
  system_.payments().record({declined});
  end("o-1", "PaymentDeclined");
  const auto result = reconciled();
  EXPECT_EQ(result.declined, 1);
  EXPECT_TRUE(result.clean());
}

}  // namespace
}  // namespace doorbuster::cli
