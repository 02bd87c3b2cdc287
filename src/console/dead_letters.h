// Dead letters as the console shows and mends them.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cloud/arn.h"
#include "cloud/sqs.h"
#include "functions/database.h"

namespace doorbuster::console {

// A look into a queue that receives nothing, in the order in which the messages came.
struct SeenMessage {
  std::string id;
  std::string body;
  cloud::Time sent{};
};
struct SeenMessages {
  std::vector<SeenMessage> messages;  // none: it was the last page
  std::uint64_t next = 0;             // where the next page begins
  std::uint64_t end = 0;              // behind the newest message there is
};
// Of the places from `from` on and before `until`. Throws cloud::Error QueueDoesNotExist.
using Browse = std::function<cloud::Async<SeenMessages>(std::string queue_arn, std::uint64_t from,
                                                        std::uint64_t until, std::size_t max)>;

// Which of a queue's dead letters are meant.
struct ChosenLetters {
  std::string role;                // "orders", "shipping", "analytics"
  std::set<std::string> messages;  // by their ids
  bool all = false;                // whatever is in `messages`
  std::string kind;  // of all, those that failed for such a reason; empty: whatever for
  // Of all: those that stand before this place, which a list gave as its "end".
  std::optional<std::uint64_t> before = std::nullopt;
};

// May be used from any thread. What it is given outlives it and its operations, which throw
// shop::Problem or cloud::Error.
class DeadLetters {
 public:
  DeadLetters(cloud::Sqs& sqs, cloud::Scope scope, functions::InvoiceDatabase& shipping,
              functions::InvoiceDatabase& sales, boost::asio::any_io_executor workers,
              Browse browse);

  // {"letters": [...], "next": "...", "end": "...", "count": 2}. Of one kind only, if it isn't
  // empty: then there may be more than `max`, but less than twice as many.
  cloud::Async<boost::json::object> list(std::string role, std::uint64_t from, std::size_t max,
                                         std::string kind = {});

  // {"kinds": [{"kind": "line …: unit price … is below 0", "count": 30}, ...]}, the most frequent
  // first, of the first 20,000.
  cloud::Async<boost::json::object> kinds(std::string role);

  // Back to the queue where they failed. {"moved": 1, "missing": ["ID"]}: those that aren't there,
  // or that somebody has received. Of one kind, those that stand before a place, at most 20,000.
  cloud::Async<boost::json::object> redrive(ChosenLetters chosen);

  // {"deleted": 1, "missing": []}. Of all, at most 20,000 at once; what came since they were listed
  // is left.
  cloud::Async<boost::json::object> remove(ChosenLetters chosen);

 private:
  struct Half {
    std::string_view role;
    std::string queue;
    std::string dead_letters;
    functions::InvoiceDatabase* database;  // null: the body says all
  };
  enum class Deed { redrive, remove };

  const Half& half(std::string_view role) const;
  cloud::Async<std::string> url_of(std::string queue);
  cloud::Async<std::uint64_t> count(std::string queue_url);
  cloud::Async<std::set<std::string>> ids_of(const Half& half, const ChosenLetters& chosen);
  cloud::Async<boost::json::array> describe_all(const Half& half, SeenMessages page,
                                                std::string kind);
  boost::json::object describe(const Half& half, const SeenMessage& message) const;
  cloud::Async<boost::json::object> deal_with(const Half& half, std::set<std::string> wanted,
                                              Deed deed);
  cloud::Async<void> carry_out(const Half& half, Deed deed, std::vector<cloud::Message> letters);
  cloud::Async<void> put_back(std::string queue_url, std::vector<std::string> receipts);

  cloud::Sqs& sqs_;
  const cloud::Scope scope_;
  const boost::asio::any_io_executor workers_;
  const Browse browse_;
  const std::vector<Half> halves_;
};

// What letters have in common that failed for the same: the reason, with "…" for each number and
// each text in quotes but the names of fields.
std::string kind_of(std::string_view reason);

// Reads {"queue": ROLE, "message_ids": [...]}, {"queue": ROLE, "all": true, "before": "..."} or
// {"queue": ROLE, "kind": "...", "before": "..."}. Throws shop::Problem (400).
ChosenLetters chosen_letters(const boost::json::object& body);

}  // namespace doorbuster::console
