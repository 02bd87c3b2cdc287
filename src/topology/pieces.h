// What both halves of the system are made of, and how each piece is had: made if it is missing, set
// right if it differs, left alone if it is as wanted.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "cloud/error.h"
#include "topology/topology.h"

namespace doorbuster::topology {

// A policy that lets one resource of this account act on another through its service.
std::string let_service(const std::string& service, const std::string& action,
                        const std::string& resource, const std::string& source_arn,
                        const std::string& account);

// The names of a queue and of that of its dead letters.
struct QueueNames {
  std::string name;
  std::string dead_letters;
};

// `policy` may be empty: then only the account itself may send.
cloud::Async<QueueWithDeadLetters> have_queues(Account account, QueueNames names,
                                               std::string policy);

// Throws cloud::Error QueueDoesNotExist.
cloud::Async<QueueWithDeadLetters> find_queues(Account account, QueueNames names);

// Whether the error says that something isn't there, in the words of any of the services.
bool says_gone(const cloud::Error& error);

// Takes one thing away after the other. What is gone already is no error, and what can't be removed
// keeps nothing else from going.
class Removals {
 public:
  // Throws only what would happen to all others as well.
  cloud::Async<void> take(cloud::Async<void> removal);
  // At the end: throws why the first one couldn't be.
  void check() const;

 private:
  std::optional<cloud::Error> first_failure_;
};

}  // namespace doorbuster::topology
