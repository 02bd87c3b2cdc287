// What the functions have given up on: the messages in their queues' dead-letter queues.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "cloud/sqs.h"
#include "functions/database.h"

namespace doorbuster::functions {

// The objects that a message tells of; none if it is no event of S3's.
std::vector<ObjectVersion> objects_in(const std::string& body);

// Why the function that this database belongs to has refused a message, as it has noted it. Blocks
// its thread for as long as the database takes.
std::string why_refused(InvoiceDatabase& database, const std::string& message_id,
                        const std::vector<ObjectVersion>& objects);

// Moves all dead letters back to where they failed. Completes when that is done, or when `patience`
// is over, with how many have been moved by then. Throws cloud::Error. The service outlives it.
cloud::Async<std::uint64_t> redrive_all(cloud::Sqs& sqs, std::string dead_letter_arn,
                                        std::chrono::seconds patience);

}  // namespace doorbuster::functions
