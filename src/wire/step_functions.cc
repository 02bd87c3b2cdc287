// AWS Step Functions: its shapes and operations.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_Operations.html
#include "cloud/step_functions.h"

#include "wire/operations.h"
#include "wire/validation.h"

namespace doorbuster::wire {

constinit const Service step_functions_service{
    .name = "states",
    .target = "AWSStepFunctions",
    .space = "com.amazonaws.swf.service.v2.model",
    .wording = &validation_wording,
    .operations = {},
};

}  // namespace doorbuster::wire
