// What the tasks of executions call: the services of the same system.
#pragma once

#include "cloud/services.h"
#include "engine/task_runner.h"

namespace doorbuster::cli {

// The services must outlive the calls.
engine::TaskServices task_services(cloud::Services& services);

}  // namespace doorbuster::cli
