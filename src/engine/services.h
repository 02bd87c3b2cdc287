// The engine as each of AWS's services, for requests made in one account and region.
//
// What can be done without the engine's state (checking, digests, text) is done on the caller's
// thread; the writer gets what it needs and no more.
#pragma once

#include "cloud/arn.h"
#include "cloud/s3.h"
#include "cloud/sns.h"
#include "cloud/sqs.h"
#include "engine/engine.h"

namespace doorbuster::engine {

// Each may be used from any thread and refers to the engine, which must outlive it.
// `in_process`: who receives through it lives in this process, see ReceiveOrder in engine/queue.h.
std::unique_ptr<cloud::Sqs> make_sqs(Engine& engine, cloud::Scope scope, bool in_process = false);
std::unique_ptr<cloud::Sns> make_sns(Engine& engine, cloud::Scope scope);
std::unique_ptr<cloud::S3> make_s3(Engine& engine, cloud::Scope scope);

}  // namespace doorbuster::engine
