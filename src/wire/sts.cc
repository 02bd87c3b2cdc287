// AWS STS: its shapes and operations.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html
#include "cloud/sts.h"

#include "wire/operations.h"
#include "wire/validation.h"

namespace doorbuster::wire {

EMPTY_STRUCTURE(cloud::GetCallerIdentityRequest);
STRUCTURE(cloud::GetCallerIdentityResult, FIELD(Arn), FIELD(UserId), FIELD(Account));

namespace {

constexpr Operation operations[] = {
    Bound<&cloud::Sts::GetCallerIdentity>::row("GetCallerIdentity")};

}  // namespace

constinit const Service sts_service{
    .name = "sts",
    .version = "2011-06-15",
    .namespace_ = "https://sts.amazonaws.com/doc/2011-06-15/",
    .wording = &validation_wording,
    .operations = operations,
};

}  // namespace doorbuster::wire
