// The engine as each of AWS's services, for the requests of one caller.
//
// What can be done without the engine's state (checking, digests, text) is done on the caller's
// thread; the writer gets what it needs and no more.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "cloud/services.h"
#include "engine/engine.h"

namespace doorbuster::engine {

// Each may be used from any thread and refers to the engine, which must outlive it.
std::unique_ptr<cloud::Sqs> make_sqs(Engine& engine, cloud::Caller caller);
std::unique_ptr<cloud::Sns> make_sns(Engine& engine, cloud::Caller caller);
std::unique_ptr<cloud::S3> make_s3(Engine& engine, cloud::Caller caller);
std::unique_ptr<cloud::Iam> make_iam(Engine& engine, cloud::Caller caller);
std::unique_ptr<cloud::StepFunctions> make_step_functions(Engine& engine, cloud::Caller caller);
std::unique_ptr<cloud::Lambda> make_lambda(Engine& engine, cloud::Caller caller);
std::unique_ptr<cloud::CloudWatch> make_cloud_watch(Engine& engine, cloud::Caller caller);
// Needs no engine.
std::unique_ptr<cloud::Sts> make_sts(cloud::Caller caller);

std::unique_ptr<cloud::Services> make_services(Engine& engine);

// The metrics of an account as they stand now: what GetMetricData answers of the last minute, but
// of this moment. Cheap enough to be asked every second. Of PutMetricData it has nothing.
cloud::Async<std::vector<cloud::MetricTotal>> metric_totals(Engine& engine, cloud::Scope scope);

// The certificate that the signatures of SNS are checked with, as PEM; a gateway serves it at
// kCertificatePath. Throws cloud::Error NotFound while nothing has been signed.
cloud::Async<std::string> signing_certificate(Engine& engine);

// Messages of a queue, in the order they came, as a look that receives nothing finds them: SQS
// itself has no such operation. A page has at most `max`, and an empty one is the last.
struct BrowseResult {
  struct Message {
    std::string id;
    std::string body;
    cloud::Time sent{};
  };
  std::vector<Message> messages;
  std::uint64_t next = 0;  // where the next page begins
  std::uint64_t end = 0;   // behind the newest message there is
};
inline constexpr std::uint64_t kToTheEnd = std::numeric_limits<std::uint64_t>::max();
// Of the places from `from` on and before `until`. Throws cloud::Error QueueDoesNotExist.
cloud::Async<BrowseResult> browse(Engine& engine, std::string queue_arn, std::uint64_t from,
                                  std::uint64_t until, std::size_t max);

}  // namespace doorbuster::engine
