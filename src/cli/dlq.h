// Dead letters: what failed three times, why, and what becomes of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/embedded.h"

namespace doorbuster::cli {

struct DeadLetter {
  std::string message_id;
  std::string body;
  std::vector<std::string> keys;  // of the objects that it tells of; empty if it tells of none
  cloud::Time sent{};
};

// All dead letters. Looking changes nothing.
std::vector<DeadLetter> dead_letters(Embedded& system, const std::string& queue_arn);

struct DlqOptions {
  std::filesystem::path data;
  std::string queue;  // "shipping", "analytics"; empty: both
  std::string id;     // of show: a message's id or its beginning, an invoice's number, a key
  bool json = false;
  bool yes = false;  // of purge: don't ask
};

// Each returns the program's exit code and throws CommandError.
int dlq_list(const DlqOptions& options);
int dlq_show(const DlqOptions& options);
int dlq_redrive(const DlqOptions& options);
int dlq_purge(const DlqOptions& options);

}  // namespace doorbuster::cli
