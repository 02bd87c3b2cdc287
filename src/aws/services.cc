#include "aws/services.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <random>
#include <type_traits>

#include "aws/http_client.h"
#include "aws/retry.h"
#include "wire/client.h"
#include "wire/digest.h"

namespace doorbuster::aws {
namespace {

namespace asio = boost::asio;

cloud::Error to_cloud_error(const HttpError& e, const Origin& origin) {
  constexpr int kUnavailable = 503;
  std::string message = e.what();
  switch (e.kind()) {
    case HttpError::Kind::unreachable:
      if (origin.loopback()) message += " (is doorbuster up running?)";
      return {"EndpointConnectionError", message, kUnavailable};
    case HttpError::Kind::insecure:
      return {"SSLError", message, kUnavailable};
    case HttpError::Kind::broken:
      return {"ConnectionClosedError", message, kUnavailable};
    case HttpError::Kind::timed_out:
      break;
  }
  return {"ReadTimeoutError", message, kUnavailable};
}

cloud::Async<void> pause(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor, time);
  co_await timer.async_wait(asio::use_awaitable);
}

// From 0 to 1, for the few times that something fails.
double chance() {
  std::random_device device;
  return std::uniform_real_distribution<double>(0, 1)(device);
}

// One operation after another, of any service, with the same credentials.
class Client {
 public:
  explicit Client(Options options)
      : settings_(std::move(options.settings)),
        clock_(options.clock),
        random_(options.random ? std::move(options.random) : chance) {}

  // `input` and `output` are of the types that the operation's row names, and live until it
  // completes.
  cloud::Async<void> call(const wire::Service& service, const wire::Operation& operation,
                          void* input, void* output);

 private:
  const Url& endpoint_of(const wire::Service& service) const;
  HttpRequest prepare(const wire::Service& service, const Url& endpoint,
                      const wire::Request& request) const;
  cloud::Async<void> attempt(const wire::Service& service, const wire::Operation& operation,
                             const wire::Request& request, void* output);

  const Settings settings_;
  const cloud::Clock& clock_;
  const std::function<double()> random_;
  HttpClient http_;
};

const Url& Client::endpoint_of(const wire::Service& service) const {
  const Endpoints& endpoints = settings_.endpoints;
  if (service.name == "sqs") return endpoints.sqs;
  if (service.name == "sns") return endpoints.sns;
  if (service.name == "sts") return endpoints.sts;
  if (service.name == "iam") return endpoints.iam;
  if (service.name == "lambda") return endpoints.lambda;
  if (service.name == "states") return endpoints.step_functions;
  return endpoints.s3;
}

HttpRequest Client::prepare(const wire::Service& service, const Url& endpoint,
                            const wire::Request& request) const {
  const std::string path = endpoint.target + request.path;
  const std::string host = endpoint.origin.authority();
  wire::RequestHead head;
  head.method = request.method;
  head.path = path;
  head.query = request.query;
  head.headers.push_back({"Host", host});
  for (const auto& [name, value] : request.headers) head.headers.push_back({name, value});
  const std::string hash =
      request.body.rest ? "UNSIGNED-PAYLOAD" : wire::sha256_hex(request.body.bytes);
  const std::string& region = service.name == "iam" ? settings_.iam_region : settings_.region;
  const wire::Signing signing{settings_.credentials, region, std::string(service.name),
                              clock_.now()};
  HttpRequest http;
  http.method = request.method;
  http.target = request.query.empty() ? path : path + '?' + request.query;
  http.headers = request.headers;
  for (auto& header : wire::sign(head, hash, signing)) http.headers.push_back(std::move(header));
  http.body = request.body;
  http.content_length = request.content_length;
  return http;
}

cloud::Async<void> Client::attempt(const wire::Service& service, const wire::Operation& operation,
                                   const wire::Request& request, void* output) {
  const Url& endpoint = endpoint_of(service);
  std::optional<cloud::Error> error;
  try {
    auto http = prepare(service, endpoint, request);
    auto response = co_await http_.send(endpoint.origin, std::move(http));
    co_await wire::read_response(service, operation, std::move(response), output);
    co_return;
  } catch (const HttpError& e) {
    error = to_cloud_error(e, endpoint.origin);
  }
  throw cloud::Error(*error);
}

cloud::Async<void> Client::call(const wire::Service& service, const wire::Operation& operation,
                                void* input, void* output) {
  const wire::Request request = wire::write_request(service, operation, input);
  for (int made = 1;; ++made) {
    std::chrono::milliseconds wait{};
    try {
      co_await attempt(service, operation, request, output);
      co_return;
    } catch (const cloud::Error& e) {
      const bool passing = is_passing(e.status(), e.code()) && e.code() != wire::invalid_response;
      if (!passing || made == kAttemptsMax || request.body.rest) throw;
      wait = backoff(made, is_throttling(e.code()), random_());
    }
    co_await pause(wait);
  }
}

// The types of an operation.
template <class Method>
struct Types;
template <class T, class O, class I>
struct Types<cloud::Async<O> (T::*)(I)> {
  using Service = T;
  using Input = I;
  using Output = O;
};
template <auto Method>
using Input = Types<decltype(Method)>::Input;
template <auto Method>
using Output = Types<decltype(Method)>::Output;

template <auto Method>
cloud::Async<Output<Method>> call(Client& client, const wire::Service& service, const char* name,
                                  Input<Method> input) {
  const wire::Operation& operation = *service.find(name);
  if constexpr (std::is_void_v<Output<Method>>) {
    co_await client.call(service, operation, &input, nullptr);
  } else {
    Output<Method> output;
    co_await client.call(service, operation, &input, &output);
    co_return output;
  }
}

// NOLINTBEGIN(bugprone-macro-parentheses): names can't stand in parentheses
#define SERVICE(Name, row)                                    \
  explicit Aws##Name(Client& client) : client_(client) {}     \
                                                              \
 private:                                                     \
  using Base = cloud::Name;                                   \
  static constexpr const wire::Service& kService = wire::row; \
  Client& client_;                                            \
                                                              \
 public:
#define OPERATION(Name)                                                       \
  cloud::Async<Output<&Base::Name>> Name(Input<&Base::Name> input) override { \
    return call<&Base::Name>(client_, kService, #Name, std::move(input));     \
  }
// NOLINTEND(bugprone-macro-parentheses)

class AwsSqs final : public cloud::Sqs {
 public:
  SERVICE(Sqs, sqs_service)
  OPERATION(CreateQueue)
  OPERATION(DeleteQueue)
  OPERATION(GetQueueUrl)
  OPERATION(ListQueues)
  OPERATION(ListDeadLetterSourceQueues)
  OPERATION(GetQueueAttributes)
  OPERATION(SetQueueAttributes)
  OPERATION(TagQueue)
  OPERATION(UntagQueue)
  OPERATION(ListQueueTags)
  OPERATION(AddPermission)
  OPERATION(RemovePermission)
  OPERATION(SendMessage)
  OPERATION(SendMessageBatch)
  OPERATION(ReceiveMessage)
  OPERATION(DeleteMessage)
  OPERATION(DeleteMessageBatch)
  OPERATION(ChangeMessageVisibility)
  OPERATION(ChangeMessageVisibilityBatch)
  OPERATION(PurgeQueue)
  OPERATION(StartMessageMoveTask)
  OPERATION(ListMessageMoveTasks)
  OPERATION(CancelMessageMoveTask)
};

class AwsSns final : public cloud::Sns {
 public:
  SERVICE(Sns, sns_service)
  OPERATION(CreateTopic)
  OPERATION(DeleteTopic)
  OPERATION(ListTopics)
  OPERATION(GetTopicAttributes)
  OPERATION(SetTopicAttributes)
  OPERATION(Subscribe)
  OPERATION(ConfirmSubscription)
  OPERATION(Unsubscribe)
  OPERATION(GetSubscriptionAttributes)
  OPERATION(SetSubscriptionAttributes)
  OPERATION(ListSubscriptions)
  OPERATION(ListSubscriptionsByTopic)
  OPERATION(TagResource)
  OPERATION(UntagResource)
  OPERATION(ListTagsForResource)
  OPERATION(AddPermission)
  OPERATION(RemovePermission)
  OPERATION(Publish)
  OPERATION(PublishBatch)
};

class AwsSts final : public cloud::Sts {
 public:
  SERVICE(Sts, sts_service)
  OPERATION(GetCallerIdentity)
};

class AwsIam final : public cloud::Iam {
 public:
  SERVICE(Iam, iam_service)
  OPERATION(CreateRole)
  OPERATION(GetRole)
  OPERATION(DeleteRole)
  OPERATION(ListRoles)
  OPERATION(AttachRolePolicy)
  OPERATION(DetachRolePolicy)
  OPERATION(ListAttachedRolePolicies)
  OPERATION(PutRolePolicy)
  OPERATION(GetRolePolicy)
  OPERATION(DeleteRolePolicy)
  OPERATION(ListRolePolicies)
  OPERATION(CreatePolicy)
  OPERATION(GetPolicy)
  OPERATION(DeletePolicy)
};

class AwsS3 final : public cloud::S3 {
 public:
  SERVICE(S3, s3_service)
  OPERATION(CreateBucket)
  OPERATION(DeleteBucket)
  OPERATION(HeadBucket)
  OPERATION(ListBuckets)
  OPERATION(GetBucketLocation)
  OPERATION(GetBucketVersioning)
  OPERATION(PutBucketTagging)
  OPERATION(GetBucketTagging)
  OPERATION(DeleteBucketTagging)
  OPERATION(PutBucketPolicy)
  OPERATION(GetBucketPolicy)
  OPERATION(DeleteBucketPolicy)
  OPERATION(PutBucketCors)
  OPERATION(GetBucketCors)
  OPERATION(DeleteBucketCors)
  OPERATION(OptionsObject)
  OPERATION(PutBucketNotificationConfiguration)
  OPERATION(GetBucketNotificationConfiguration)
  OPERATION(PutObject)
  OPERATION(GetObject)
  OPERATION(HeadObject)
  OPERATION(DeleteObject)
  OPERATION(DeleteObjects)
  OPERATION(CopyObject)
  OPERATION(ListObjects)
  OPERATION(ListObjectsV2)
  OPERATION(PutObjectTagging)
  OPERATION(GetObjectTagging)
  OPERATION(DeleteObjectTagging)
  OPERATION(CreateMultipartUpload)
  OPERATION(UploadPart)
  OPERATION(UploadPartCopy)
  OPERATION(CompleteMultipartUpload)
  OPERATION(AbortMultipartUpload)
  OPERATION(ListParts)
  OPERATION(ListMultipartUploads)
};

class AwsLambda final : public cloud::Lambda {
 public:
  SERVICE(Lambda, lambda_service)
  OPERATION(CreateFunction)
  OPERATION(GetFunction)
  OPERATION(GetFunctionConfiguration)
  OPERATION(UpdateFunctionCode)
  OPERATION(UpdateFunctionConfiguration)
  OPERATION(DeleteFunction)
  OPERATION(ListFunctions)
  OPERATION(Invoke)
  OPERATION(AddPermission)
  OPERATION(RemovePermission)
  OPERATION(GetPolicy)
  OPERATION(PutFunctionConcurrency)
  OPERATION(GetFunctionConcurrency)
  OPERATION(DeleteFunctionConcurrency)
  OPERATION(PutFunctionEventInvokeConfig)
  OPERATION(UpdateFunctionEventInvokeConfig)
  OPERATION(GetFunctionEventInvokeConfig)
  OPERATION(DeleteFunctionEventInvokeConfig)
  OPERATION(ListFunctionEventInvokeConfigs)
  OPERATION(CreateEventSourceMapping)
  OPERATION(GetEventSourceMapping)
  OPERATION(UpdateEventSourceMapping)
  OPERATION(DeleteEventSourceMapping)
  OPERATION(ListEventSourceMappings)
  OPERATION(TagResource)
  OPERATION(UntagResource)
  OPERATION(ListTags)
  OPERATION(GetAccountSettings)
};

class AwsStepFunctions final : public cloud::StepFunctions {
 public:
  SERVICE(StepFunctions, step_functions_service)
  OPERATION(CreateStateMachine)
  OPERATION(UpdateStateMachine)
  OPERATION(DescribeStateMachine)
  OPERATION(DeleteStateMachine)
  OPERATION(ListStateMachines)
  OPERATION(PublishStateMachineVersion)
  OPERATION(DeleteStateMachineVersion)
  OPERATION(ListStateMachineVersions)
  OPERATION(CreateStateMachineAlias)
  OPERATION(UpdateStateMachineAlias)
  OPERATION(DescribeStateMachineAlias)
  OPERATION(DeleteStateMachineAlias)
  OPERATION(ListStateMachineAliases)
  OPERATION(ValidateStateMachineDefinition)
  OPERATION(TestState)
  OPERATION(StartExecution)
  OPERATION(StartSyncExecution)
  OPERATION(StopExecution)
  OPERATION(RedriveExecution)
  OPERATION(DescribeExecution)
  OPERATION(DescribeStateMachineForExecution)
  OPERATION(ListExecutions)
  OPERATION(ListMapRuns)
  OPERATION(DescribeMapRun)
  OPERATION(UpdateMapRun)
  OPERATION(GetExecutionHistory)
  OPERATION(CreateActivity)
  OPERATION(DescribeActivity)
  OPERATION(DeleteActivity)
  OPERATION(ListActivities)
  OPERATION(GetActivityTask)
  OPERATION(SendTaskSuccess)
  OPERATION(SendTaskFailure)
  OPERATION(SendTaskHeartbeat)
  OPERATION(TagResource)
  OPERATION(UntagResource)
  OPERATION(ListTagsForResource)
};

class AwsServices final : public cloud::Services {
 public:
  explicit AwsServices(Options options) : client_(std::move(options)) {}

  std::unique_ptr<cloud::Sqs> sqs(const cloud::Caller&) override {
    return std::make_unique<AwsSqs>(client_);
  }
  std::unique_ptr<cloud::Sns> sns(const cloud::Caller&) override {
    return std::make_unique<AwsSns>(client_);
  }
  std::unique_ptr<cloud::S3> s3(const cloud::Caller&) override {
    return std::make_unique<AwsS3>(client_);
  }
  std::unique_ptr<cloud::Sts> sts(const cloud::Caller&) override {
    return std::make_unique<AwsSts>(client_);
  }
  std::unique_ptr<cloud::Iam> iam(const cloud::Caller&) override {
    return std::make_unique<AwsIam>(client_);
  }
  std::unique_ptr<cloud::Lambda> lambda(const cloud::Caller&) override {
    return std::make_unique<AwsLambda>(client_);
  }
  std::unique_ptr<cloud::StepFunctions> step_functions(const cloud::Caller&) override {
    return std::make_unique<AwsStepFunctions>(client_);
  }

 private:
  Client client_;
};

}  // namespace

std::unique_ptr<cloud::Services> make_services(Options options) {
  return std::make_unique<AwsServices>(std::move(options));
}

}  // namespace doorbuster::aws
