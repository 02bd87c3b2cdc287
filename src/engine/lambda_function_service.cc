// Lambda's operations on functions and their code.
#include <boost/asio/use_awaitable.hpp>

#include "engine/body_upload.h"
#include "engine/function_calls.h"
#include "engine/function_rules.h"
#include "engine/lambda_service.h"
#include "engine/services.h"

namespace doorbuster::engine {
namespace {

constexpr std::size_t kFunctionsListedMax = 50;

Function to_function(const cloud::Caller& caller, const std::string& arn,
                     const cloud::CreateFunctionRequest& request) {
  Function function;
  function.account = caller.scope.account;
  function.image_uri = request.Code.ImageUri;
  function.tags = request.Tags;
  cloud::FunctionConfiguration& to = function.configuration;
  to.FunctionArn = arn;
  to.FunctionName = name_in(arn);
  to.Runtime = request.Runtime;
  to.Role = request.Role;
  to.Handler = request.Handler;
  to.Description = request.Description;
  to.Timeout = request.Timeout;
  to.MemorySize = request.MemorySize;
  if (!request.DeadLetterConfig.TargetArn.empty()) to.DeadLetterConfig = request.DeadLetterConfig;
  if (!request.Environment.Variables.empty()) to.Environment = request.Environment;
  to.TracingConfig = request.TracingConfig;
  to.PackageType = request.PackageType;
  to.Architectures = request.Architectures;
  if (to.Architectures.empty()) to.Architectures = {"x86_64"};
  to.EphemeralStorage = request.EphemeralStorage;
  to.LoggingConfig.LogGroup = "/aws/lambda/" + to.FunctionName;
  return function;
}

void apply(const cloud::UpdateFunctionConfigurationRequest& request,
           cloud::FunctionConfiguration& to) {
  if (request.Role) to.Role = *request.Role;
  if (request.Handler) to.Handler = *request.Handler;
  if (request.Description) to.Description = *request.Description;
  if (request.Timeout) to.Timeout = *request.Timeout;
  if (request.MemorySize) to.MemorySize = *request.MemorySize;
  if (request.Runtime) to.Runtime = *request.Runtime;
  if (request.Environment) to.Environment = request.Environment;
  if (to.Environment && to.Environment->Variables.empty()) to.Environment.reset();
  if (request.DeadLetterConfig) to.DeadLetterConfig = request.DeadLetterConfig;
  if (to.DeadLetterConfig && to.DeadLetterConfig->TargetArn.empty()) to.DeadLetterConfig.reset();
  if (request.TracingConfig) to.TracingConfig = *request.TracingConfig;
  if (request.EphemeralStorage) to.EphemeralStorage = *request.EphemeralStorage;
}

// What is about to be the function's code.
void describe_code(Function& function, const std::string& zip) {
  const bool image = !function.image_uri.empty();
  function.configuration.CodeSize = zip.size();
  function.configuration.CodeSha256 = sha256_base64(image ? function.image_uri : zip);
}

cloud::Async<std::string> ready(std::shared_ptr<const std::string> zip) {
  co_return *zip;
}

// Before it is stored anywhere.
cloud::Deployment deployment_of(const Function& function, std::shared_ptr<const std::string> zip) {
  cloud::Deployment deployment = function.deployment();
  deployment.code = [zip = std::move(zip)] { return ready(zip); };
  return deployment;
}

void check_new(const Functions& functions, const cloud::Caller& caller, const Function& function,
               std::uint64_t code_size) {
  constexpr int kConflict = 409;
  if (functions.find(function.arn())) {
    throw cloud::Error("ResourceConflictException", "Function already exist: " + function.name(),
                       kConflict);
  }
  if (functions.account(caller).AccountUsage.TotalCodeSize + code_size > kStorageMax) {
    throw cloud::Error("CodeStorageExceededException", "Code storage limit exceeded.");
  }
}

cloud::FunctionCodeLocation location_of(const Function& function) {
  cloud::FunctionCodeLocation location;
  location.RepositoryType = function.image_uri.empty() ? "S3" : "ECR";
  location.ImageUri = function.image_uri;
  return location;
}

}  // namespace

std::unique_ptr<cloud::Lambda> make_lambda(Engine& engine, cloud::Caller caller) {
  return std::make_unique<LambdaService>(engine, std::move(caller));
}

std::string LambdaService::arn_of(const std::string& name, const std::string& qualifier) const {
  return function_arn(caller_, name, qualifier);
}

void LambdaService::check_own(const std::string& arn, const char* action) const {
  constexpr int kForbidden = 403;
  if (!caller_.anonymous && cloud::Arn::parse(arn)->account == caller_.scope.account) return;
  throw cloud::Error("AccessDeniedException",
                     "User: " + (caller_.anonymous ? "anonymous" : caller_.principal()) +
                         " is not authorized to perform: lambda:" + action + " on resource: " + arn,
                     kForbidden);
}

// An object is read as the caller, who must be allowed to.
cloud::Async<std::string> LambdaService::zip_of(cloud::FunctionCode code) const {
  if (code.S3Bucket.empty()) co_return std::move(code.ZipFile);
  cloud::GetObjectRequest get;
  get.Bucket = code.S3Bucket;
  get.Key = code.S3Key;
  std::optional<cloud::Error> failure;
  try {
    const auto s3 = make_s3(engine_, caller_);
    auto object = co_await s3->GetObject(std::move(get));
    co_return co_await cloud::read_all(std::move(object.Body), kZipOfObjectMax);
  } catch (const cloud::Error& e) {
    failure = e;
  }
  if (!failure->is_sender_fault()) throw cloud::Error(*failure);
  throw invalid_value("Error occurred while GetObject. S3 Error Code: " + failure->code() +
                      ". S3 Error Message: " + failure->message());
}

cloud::Async<cloud::FunctionConfiguration> LambdaService::CreateFunction(
    cloud::CreateFunctionRequest request) {
  check(request);
  const std::string arn = arn_of(request.FunctionName);
  check_own(arn, "CreateFunction");
  Function function = to_function(caller_, arn, request);
  std::string bytes = co_await zip_of(std::move(request.Code));
  const auto zip = std::make_shared<const std::string>(std::move(bytes));
  describe_code(function, *zip);
  auto deployment = deployment_of(function, zip);
  co_await engine_.functions().check(std::move(deployment));
  cloud::Body whole(*zip);
  UploadedBody body = co_await upload(engine_, std::move(whole), kZipOfObjectMax);
  const auto written = body.written;
  auto op = [caller = caller_, function = std::move(function), body = std::move(body)](
                Machine& m, Turn& turn) mutable {
    check_new(m.functions, caller, function, body.size);
    if (function.image_uri.empty()) function.code = keep(m, turn, body);
    const Function& made = m.functions.create(turn, std::move(function));
    m.function_events.changed(turn);
    return made.configuration;
  };
  co_return co_await commit<cloud::FunctionConfiguration>(engine_, written, std::move(op));
}

cloud::Async<cloud::GetFunctionResult> LambdaService::GetFunction(
    cloud::GetFunctionRequest request) {
  auto op = [](Machine&, Turn&, const Function& function) {
    cloud::GetFunctionResult result;
    result.Configuration = function.configuration;
    result.Code = location_of(function);
    result.Tags = function.tags;
    if (function.reserved_concurrency) {
      result.Concurrency.emplace().ReservedConcurrentExecutions = function.reserved_concurrency;
    }
    return result;
  };
  co_return co_await with_function<cloud::GetFunctionResult>(
      arn_of(request.FunctionName, request.Qualifier), "GetFunction", op);
}

cloud::Async<cloud::FunctionConfiguration> LambdaService::GetFunctionConfiguration(
    cloud::GetFunctionConfigurationRequest request) {
  auto op = [](Machine&, Turn&, const Function& function) { return function.configuration; };
  co_return co_await with_function<cloud::FunctionConfiguration>(
      arn_of(request.FunctionName, request.Qualifier), "GetFunctionConfiguration", op);
}

cloud::Async<cloud::FunctionConfiguration> LambdaService::UpdateFunctionCode(
    cloud::UpdateFunctionCodeRequest request) {
  const std::string arn = arn_of(request.FunctionName);
  auto look = [](Machine&, Turn&, const Function& now) { return now; };
  Function next = co_await with_function<Function>(arn, "UpdateFunctionCode", look);
  check_code(request, next.configuration.PackageType);
  next.image_uri = request.ImageUri;
  if (!request.Architectures.empty()) next.configuration.Architectures = request.Architectures;
  const std::string revision = request.RevisionId;
  const bool dry_run = request.DryRun;
  std::string bytes = co_await zip_of(std::move(request));
  const auto zip = std::make_shared<const std::string>(std::move(bytes));
  describe_code(next, *zip);
  auto deployment = deployment_of(next, zip);
  co_await engine_.functions().check(std::move(deployment));
  if (dry_run) co_return next.configuration;
  cloud::Body whole(*zip);
  UploadedBody body = co_await upload(engine_, std::move(whole), kZipOfObjectMax);
  const auto written = body.written;
  auto op = [arn, revision, next = std::move(next), body = std::move(body)](Machine& m,
                                                                            Turn& turn) {
    const auto change = [&](Function& function) {
      function.image_uri = next.image_uri;
      function.configuration.Architectures = next.configuration.Architectures;
      function.configuration.CodeSize = next.configuration.CodeSize;
      function.configuration.CodeSha256 = next.configuration.CodeSha256;
      if (next.image_uri.empty()) function.code = keep(m, turn, body);
    };
    return m.functions.update(turn, arn, revision, change).configuration;
  };
  auto made = co_await commit<cloud::FunctionConfiguration>(engine_, written, std::move(op));
  engine_.functions().retire(arn);
  co_return made;
}

cloud::Async<cloud::FunctionConfiguration> LambdaService::UpdateFunctionConfiguration(
    cloud::UpdateFunctionConfigurationRequest request) {
  check(request);
  const std::string arn = arn_of(request.FunctionName);
  auto look = [this](Machine&, Turn&, const Function& now) {
    Function copy = now;
    cloud::Deployment deployment = copy.deployment();
    attach_code(engine_, now.code, deployment);
    return std::make_pair(std::move(copy), std::move(deployment));
  };
  auto [next, before] = co_await with_function<std::pair<Function, cloud::Deployment>>(
      arn, "UpdateFunctionConfiguration", look);
  apply(request, next.configuration);
  cloud::Deployment deployment = next.deployment();
  deployment.code = before.code;
  co_await engine_.functions().check(std::move(deployment));
  auto op = [arn, request = std::move(request)](Machine& m, Turn& turn) {
    const auto change = [&](Function& function) { apply(request, function.configuration); };
    return m.functions.update(turn, arn, request.RevisionId, change).configuration;
  };
  auto made = co_await engine_.call<cloud::FunctionConfiguration>(std::move(op));
  engine_.functions().retire(arn);
  co_return made;
}

cloud::Async<void> LambdaService::DeleteFunction(cloud::DeleteFunctionRequest request) {
  if (!request.Qualifier.empty()) {
    throw invalid_value(
        "$LATEST version cannot be deleted without deleting the function, and there is no other.");
  }
  const std::string arn = arn_of(request.FunctionName);
  auto op = [arn](Machine& m, Turn& turn, const Function&) {
    m.functions.destroy(turn, arn);
    m.function_events.changed(turn);
  };
  co_await with_function<Done>(arn, "DeleteFunction", op);
  engine_.functions().retire(arn);
}

cloud::Async<cloud::ListFunctionsResult> LambdaService::ListFunctions(
    cloud::ListFunctionsRequest request) {
  check_range(request.MaxItems, 1, 10'000, "maxItems");
  check_own(arn_of("all"), "ListFunctions");
  auto op = [caller = caller_, request = std::move(request)](Machine& m, Turn&) {
    const auto wanted = static_cast<std::size_t>(request.MaxItems.value_or(kFunctionsListedMax));
    const std::size_t max = std::min(wanted, kFunctionsListedMax);
    auto found = m.functions.list(caller, request.Marker, max + 1);
    cloud::ListFunctionsResult result;
    if (found.size() > max) {
      found.pop_back();
      result.NextMarker = found.back()->name();
    }
    for (const auto* function : found) result.Functions.push_back(function->configuration);
    return result;
  };
  co_return co_await engine_.call<cloud::ListFunctionsResult>(std::move(op));
}

}  // namespace doorbuster::engine
