#include "engine/function_rules.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace doorbuster::engine {
namespace {

constexpr std::size_t kNameMax = 64;
constexpr std::size_t kDescriptionMax = 256;
constexpr std::size_t kHandlerMax = 128;
constexpr std::size_t kEnvironmentMax = 4'096;  // bytes of names and values
constexpr std::size_t kTagsMax = 50;
constexpr int kTimeoutMax_s = 900;
constexpr int kMemoryMin_mb = 128;
constexpr int kMemoryMax_mb = 10'240;
constexpr int kEventAgeMin_s = 60;
constexpr int kEventAgeMax_s = 21'600;
constexpr std::string_view kNamePattern =
    R"((arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?)";
constexpr std::string_view kRolePattern =
    R"(arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+)";

bool is_word(std::string_view text, std::string_view more = "-_") {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](unsigned char c) {
    return std::isalnum(c) || more.find(static_cast<char>(c)) != std::string_view::npos;
  });
}

cloud::Error not_of_pattern(std::string_view value, std::string_view member,
                            std::string_view pattern) {
  return violation(value, member,
                   "Member must satisfy regular expression pattern: " + std::string(pattern));
}

void check_length(std::string_view value, std::size_t max, std::string_view member) {
  if (value.size() <= max) return;
  throw violation(value, member,
                  "Member must have length less than or equal to " + std::to_string(max));
}

void check_one_of(const std::string& value, std::initializer_list<std::string_view> known,
                  std::string_view member) {
  if (std::find(known.begin(), known.end(), value) != known.end()) return;
  std::string all;
  for (const auto one : known) (all += all.empty() ? "" : ", ") += one;
  throw violation(value, member, "Member must satisfy enum value set: [" + all + "]");
}

void check_role(const std::string& role) {
  const auto arn = cloud::Arn::parse(role);
  const bool good = arn && arn->service == "iam" && arn->account.size() == 12 &&
                    arn->resource.starts_with("role/") &&
                    is_word(std::string_view(arn->resource).substr(5), "_+=,.@-/");
  if (!good) throw not_of_pattern(role, "role", kRolePattern);
}

// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
bool is_reserved_variable(std::string_view variable) {
  constexpr std::array<std::string_view, 9> kReserved = {
      "AWS_ACCESS_KEY",    "AWS_ACCESS_KEY_ID",  "AWS_DEFAULT_REGION",
      "AWS_EXECUTION_ENV", "AWS_REGION",         "AWS_SECRET_ACCESS_KEY",
      "AWS_SESSION_TOKEN", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT"};
  return variable.starts_with("AWS_LAMBDA_") ||
         std::ranges::find(kReserved, variable) != kReserved.end();
}

void check_environment(const cloud::Environment& environment) {
  std::size_t size = 0;
  for (const auto& [name, value] : environment.Variables) {
    size += name.size() + value.size();
    if (name.empty() || std::isalpha(static_cast<unsigned char>(name[0])) == 0 ||
        !is_word(name, "_")) {
      throw violation(name, "environment.variables",
                      "Map keys must satisfy constraint: [Member must satisfy regular expression "
                      "pattern: [a-zA-Z]([a-zA-Z0-9_])+]");
    }
    if (is_reserved_variable(name)) {
      throw invalid_value(
          "Lambda was unable to configure your environment variables because the environment "
          "variables you have provided contains reserved keys that are currently not supported "
          "for modification. Reserved keys used in this request: " +
          name);
    }
  }
  if (size > kEnvironmentMax) {
    throw invalid_value(
        "Lambda was unable to configure your environment variables because the environment "
        "variables you have provided exceeded the 4KB limit.");
  }
}

void check_target(const std::string& arn, std::initializer_list<std::string_view> services,
                  const std::string& error) {
  if (arn.empty()) return;
  const auto parsed = cloud::Arn::parse(arn);
  const bool good =
      parsed && std::find(services.begin(), services.end(), parsed->service) != services.end();
  if (!good) throw invalid_value(error);
}

void check_dead_letters(const cloud::DeadLetterConfig& config) {
  check_target(config.TargetArn, {"sqs", "sns"},
               "The provided target ARN " + config.TargetArn +
                   " is invalid: it must be that of an SQS queue or an SNS topic");
}

void check_architectures(const std::vector<std::string>& architectures) {
  for (const auto& one : architectures) check_one_of(one, {"x86_64", "arm64"}, "architectures");
}

void check_layers(const std::vector<std::string>& layers) {
  if (!layers.empty()) throw invalid_value("Layers are not available here.");
}

}  // namespace

cloud::Error invalid_value(const std::string& what) {
  return {"InvalidParameterValueException", what};
}

cloud::Error no_function(const std::string& arn) {
  return {"ResourceNotFoundException", "Function not found: " + arn, 404};
}

cloud::Error violation(std::string_view value, std::string_view member,
                       std::string_view constraint) {
  constexpr std::size_t kShown = 512;
  return {"ValidationException",
          "1 validation error detected: Value '" + std::string(value.substr(0, kShown)) + "' at '" +
              std::string(member) + "' failed to satisfy constraint: " + std::string(constraint)};
}

void check_range(std::optional<int> value, int min, int max, std::string_view member) {
  if (!value || (*value >= min && *value <= max)) return;
  const bool low = *value < min;
  throw violation(std::to_string(*value), member,
                  std::string("Member must have value ") + (low ? "greater" : "less") +
                      " than or equal to " + std::to_string(low ? min : max));
}

// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html: NAME, ARN, ACCOUNT:function:NAME,
// each with a qualifier behind it.
std::string function_arn(const cloud::Caller& caller, const std::string& name,
                         const std::string& qualifier) {
  cloud::Scope scope = caller.scope;
  std::string_view rest = name;
  if (const auto arn = cloud::Arn::parse(name)) {
    if (arn->service != "lambda" || !arn->resource.starts_with("function:")) {
      throw not_of_pattern(name, "functionName", kNamePattern);
    }
    scope = {arn->account, arn->region};
    rest.remove_prefix(name.size() - arn->resource.size());
  } else if (const auto mark = rest.find(":function:"); mark != std::string_view::npos) {
    scope.account = rest.substr(0, mark);
    rest.remove_prefix(mark + 1);
  }
  if (rest.starts_with("function:")) rest.remove_prefix(std::string_view("function:").size());
  const auto colon = rest.find(':');
  const std::string_view plain = rest.substr(0, colon);
  const std::string_view own = colon == std::string_view::npos ? "" : rest.substr(colon + 1);
  if (!is_word(plain)) throw not_of_pattern(name, "functionName", kNamePattern);
  const std::string arn = scope.arn("lambda", "function:" + std::string(plain));
  if (!own.empty() && !qualifier.empty() && own != qualifier) {
    throw invalid_value(
        "The derived qualifier from the function name does not match the "
        "specified qualifier.");
  }
  const std::string asked(own.empty() ? std::string_view(qualifier) : own);
  if (!asked.empty() && asked != "$LATEST") throw no_function(arn + ':' + asked);
  return arn;
}

std::string name_in(std::string_view function_arn) {
  return std::string(function_arn.substr(function_arn.rfind(':') + 1));
}

void check_code(const cloud::FunctionCode& code, const std::string& package_type) {
  constexpr int kTooLarge = 413;
  const bool of_object = !code.S3Bucket.empty() || !code.S3Key.empty();
  if (package_type == "Image") {
    if (code.ImageUri.empty())
      throw invalid_value(
          "Please provide ImageUri when updating a function with packageType Image.");
    if (of_object || !code.ZipFile.empty()) {
      throw invalid_value("Please don't provide ZipFile or S3 location when packageType is Image.");
    }
    return;
  }
  if (!code.ImageUri.empty()) {
    throw invalid_value("Please don't provide ImageUri when packageType is Zip.");
  }
  if (of_object == !code.ZipFile.empty()) {
    throw invalid_value(of_object ? "Please do not provide other FunctionCode parameters when "
                                    "providing a ZipFile."
                                  : "Please provide a source for function code.");
  }
  if (of_object && (code.S3Bucket.empty() || code.S3Key.empty())) {
    throw invalid_value("Please provide both S3Bucket and S3Key.");
  }
  if (code.ZipFile.size() > kZipMax) {
    throw cloud::Error("RequestEntityTooLargeException",
                       "Zipped size must be smaller than " + std::to_string(kZipMax) + " bytes",
                       kTooLarge);
  }
}

void check(const cloud::CreateFunctionRequest& request) {
  const std::string name = name_in(function_arn({}, request.FunctionName));
  if (name.size() > kNameMax) {
    throw violation(name, "functionName",
                    "Member must have length less than or equal to " + std::to_string(kNameMax));
  }
  check_one_of(request.PackageType, {"Zip", "Image"}, "packageType");
  check_role(request.Role);
  check_length(request.Description, kDescriptionMax, "description");
  check_length(request.Handler, kHandlerMax, "handler");
  check_range(request.Timeout, 1, kTimeoutMax_s, "timeout");
  check_range(request.MemorySize, kMemoryMin_mb, kMemoryMax_mb, "memorySize");
  check_range(request.EphemeralStorage.Size, 512, kMemoryMax_mb, "ephemeralStorage.size");
  check_environment(request.Environment);
  check_dead_letters(request.DeadLetterConfig);
  check_one_of(request.TracingConfig.Mode, {"Active", "PassThrough"}, "tracingConfig.mode");
  check_architectures(request.Architectures);
  check_layers(request.Layers);
  check_tags(request.Tags);
  if (request.PackageType == "Zip" && (request.Runtime.empty() || request.Handler.empty())) {
    throw invalid_value(
        "Runtime and Handler are mandatory parameters for functions created with deployment "
        "packages.");
  }
  if (request.PackageType == "Image" && !(request.Runtime.empty() && request.Handler.empty())) {
    throw invalid_value(
        "Runtime and Handler are not supported for functions created with container images.");
  }
  check_code(request.Code, request.PackageType);
}

void check(const cloud::UpdateFunctionConfigurationRequest& request) {
  if (request.Role) check_role(*request.Role);
  check_length(request.Description.value_or(""), kDescriptionMax, "description");
  check_length(request.Handler.value_or(""), kHandlerMax, "handler");
  check_range(request.Timeout, 1, kTimeoutMax_s, "timeout");
  check_range(request.MemorySize, kMemoryMin_mb, kMemoryMax_mb, "memorySize");
  if (request.EphemeralStorage) {
    check_range(request.EphemeralStorage->Size, 512, kMemoryMax_mb, "ephemeralStorage.size");
  }
  if (request.Environment) check_environment(*request.Environment);
  if (request.DeadLetterConfig) check_dead_letters(*request.DeadLetterConfig);
  if (request.TracingConfig) {
    check_one_of(request.TracingConfig->Mode, {"Active", "PassThrough"}, "tracingConfig.mode");
  }
  check_layers(request.Layers);
}

void check(const cloud::PutFunctionEventInvokeConfigRequest& request) {
  check_range(request.MaximumRetryAttempts, 0, 2, "maximumRetryAttempts");
  check_range(request.MaximumEventAgeInSeconds, kEventAgeMin_s, kEventAgeMax_s,
              "maximumEventAgeInSeconds");
  if (!request.DestinationConfig) return;
  for (const auto* to :
       {&request.DestinationConfig->OnSuccess, &request.DestinationConfig->OnFailure}) {
    check_target(to->Destination, {"sqs", "sns", "lambda"},
                 "The destination ARN " + to->Destination + " is invalid.");
  }
}

void check_tags(const std::map<std::string, std::string>& tags) {
  if (tags.size() > kTagsMax) {
    throw invalid_value("The number of tags exceeds the limit of " + std::to_string(kTagsMax));
  }
  for (const auto& [key, value] : tags) {
    if (key.empty() || key.size() > 128 || key.starts_with("aws:") || value.size() > 256) {
      throw invalid_value("The tag " + key +
                          " is not valid: a key has 1 to 128 characters and "
                          "doesn't begin with aws:, a value has up to 256.");
    }
  }
}

}  // namespace doorbuster::engine
