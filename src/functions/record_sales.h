// RecordSales: the function that keeps the sales books from the invoices in the bucket.
#pragma once

#include "functions/invoice_function.h"
#include "functions/sales_database.h"

namespace doorbuster::functions {

// See InvoiceFunction for what it does with its messages, SalesDatabase for the effect.
class RecordSales : public InvoiceFunction {
 public:
  RecordSales(cloud::S3& s3, cloud::Sqs& sqs, SalesDatabase& database, const cloud::Clock& clock,
              Observer observer = {})
      : InvoiceFunction(s3, sqs, database, clock, std::move(observer)) {}
};

}  // namespace doorbuster::functions
