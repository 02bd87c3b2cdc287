// A system behind an endpoint: doorbuster up, AWS, or whatever else speaks like it.
#pragma once

#include "aws/services.h"
#include "cli/books.h"
#include "cli/system.h"

namespace doorbuster::cli {

class Remote final : public System {
 public:
  // Asks who we are there. Throws CommandError if nobody answers.
  Remote(aws::Settings settings, std::optional<std::filesystem::path> books);
  ~Remote() override;

  cloud::S3& s3() override { return *s3_; }
  cloud::Sns& sns() override { return *sns_; }
  cloud::Sqs& sqs() override { return *sqs_; }
  cloud::Lambda& lambda() override { return *lambda_; }
  cloud::StepFunctions& step_functions() override { return *step_functions_; }
  cloud::Iam& iam() override { return *iam_; }
  cloud::Scope scope() const override { return scope_; }
  std::string where() const override { return where_; }

  bool has_books() const override { return books_.known(); }
  functions::ShippingDatabase& shipping() override { return books_.shipping(); }
  functions::SalesDatabase& sales() override { return books_.sales(); }
  functions::PaymentLedger& payments() override { return books_.payments(); }

  // Receives them all, and makes them visible again: for other consumers they are gone while that
  // lasts, and each has been received once more. At most 120,000, as SQS gives out.
  std::vector<SeenMessage> look(const std::string& queue_url,
                                const std::string& queue_arn) override;

 private:
  const cloud::SystemClock clock_;
  const std::string where_;
  cloud::Scope scope_;
  std::unique_ptr<cloud::Services> services_;
  std::unique_ptr<cloud::S3> s3_;
  std::unique_ptr<cloud::Sns> sns_;
  std::unique_ptr<cloud::Sqs> sqs_;
  std::unique_ptr<cloud::Lambda> lambda_;
  std::unique_ptr<cloud::StepFunctions> step_functions_;
  std::unique_ptr<cloud::Iam> iam_;
  Books books_;
};

}  // namespace doorbuster::cli
