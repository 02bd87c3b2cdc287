// Where the cloud is and who asks, as the AWS CLI takes it from its environment and its files.
// https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html
// https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
//
//   AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SQS and so on
//   AWS_REGION, AWS_DEFAULT_REGION
//   AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
//   AWS_PROFILE, AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE
#pragma once

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "aws/url.h"
#include "wire/sigv4.h"

namespace doorbuster::aws {

// A variable's value; one that is set to nothing counts as not set.
using Variables = std::function<std::optional<std::string>(const char* name)>;
Variables process_variables();

// The settings contradict themselves or say too little. The message is for whoever makes them.
class SettingsError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Of each service.
struct Endpoints {
  Url sqs;
  Url sns;
  Url s3;
  Url sts;
  Url iam;
  Url lambda;
  Url step_functions;
};

struct Settings {
  Endpoints endpoints;
  std::string region;
  std::string iam_region;  // that requests to IAM are signed for
  wire::Credentials credentials;
};

// Whether a variable says where the cloud is, for all services or for one.
bool names_endpoint(const Variables& variables);

// What no variable says is AWS's own; where every endpoint is on this machine, credentials and
// region have defaults. Throws SettingsError.
Settings read_settings(const Variables& variables);

}  // namespace doorbuster::aws
