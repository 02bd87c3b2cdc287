// How long an execution can be asked for after it has ended, and until when it can be redriven.
// https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
#pragma once

#include <string>
#include <string_view>

#include "engine/execution_record.h"
#include "engine/turn.h"

namespace doorbuster::engine {

inline constexpr std::chrono::days kRetention{90};

// Of the execution that an end_key() is of.
cloud::Time end_of_retention(std::string_view end_key);

// All that the store has of an execution's pieces, whatever is damaged of them.
void erase_pieces(Turn& turn, std::uint64_t execution);

// Why RedriveExecution can't go on with it, or with its Map's run if it is a child of one; empty if
// it can.
// https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
std::string not_redrivable(const ExecutionRecord& record, cloud::Time now);

}  // namespace doorbuster::engine
