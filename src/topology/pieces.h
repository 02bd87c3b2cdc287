// What both halves of the system are made of, and how each piece is had: made if it is missing, set
// right if it differs, left alone if it is as wanted.
#pragma once

#include <functional>
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

// What is gone already is no error.
cloud::Async<void> unless_gone(cloud::Async<void> removal);

}  // namespace doorbuster::topology
