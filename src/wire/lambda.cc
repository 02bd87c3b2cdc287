// AWS Lambda: its shapes and operations.
// https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html
#include "cloud/lambda.h"

#include "wire/operations.h"
#include "wire/validation.h"

namespace doorbuster::wire {

constinit const Service lambda_service{
    .name = "lambda",
    .wording = &validation_wording,
    .operations = {},
};

}  // namespace doorbuster::wire
