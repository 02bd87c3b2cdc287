// ShipInvoices: the function that ships what the invoices in the bucket say.
#pragma once

#include "functions/invoice_function.h"
#include "functions/shipping_database.h"

namespace doorbuster::functions {

// See InvoiceFunction for what it does with its messages, ShippingDatabase for the effect.
class ShipInvoices : public InvoiceFunction {
 public:
  ShipInvoices(cloud::S3& s3, cloud::Sqs& sqs, ShippingDatabase& database,
               const cloud::Clock& clock, Observer observer = {})
      : InvoiceFunction(s3, sqs, database, clock, std::move(observer)) {}
};

}  // namespace doorbuster::functions
