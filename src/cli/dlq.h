// Dead letters: what failed three times, why, and what becomes of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/system.h"

namespace doorbuster::cli {

struct DeadLetter {
  std::string message_id;
  std::string body;
  std::vector<functions::ObjectVersion> objects;  // that it tells of; without their etags
  cloud::Time sent{};
  std::optional<int> receives;  // if the look was a receive
};

// All dead letters, as System::look() shows them.
std::vector<DeadLetter> dead_letters(System& system, const topology::QueueWithDeadLetters& queue);

struct DlqOptions {
  Place place;
  std::string queue;  // "shipping", "analytics", "checkout"; empty: all
  std::string
      id;  // of show: a message's id or its beginning, an invoice's number, a key, an order's id
  bool json = false;
  bool yes = false;  // of purge: don't ask
};

// Each returns the program's exit code and throws CommandError.
int dlq_list(const DlqOptions& options);
int dlq_show(const DlqOptions& options);
int dlq_redrive(const DlqOptions& options);
int dlq_purge(const DlqOptions& options);

}  // namespace doorbuster::cli
