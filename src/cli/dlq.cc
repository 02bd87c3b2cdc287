#include "cli/dlq.h"

#include <boost/json.hpp>
#include <iostream>
#include <thread>

#include "cli/terminal.h"
#include "cloud/error.h"
#include "functions/invoice_events.h"
#include "functions/start_order_workflow.h"

namespace doorbuster::cli {
namespace {

constexpr std::size_t kListed = 50;  // letters that the text spells out

// One of the queues, with what belongs to it.
struct Half {
  std::string name;
  topology::QueueWithDeadLetters queues;
  functions::InvoiceDatabase* database;  // null if it is not known where it is, or there is none
};

constexpr const char* kCheckout = "checkout";

std::vector<Half> halves(System& system, const topology::Resources& resources,
                         const std::string& wanted) {
  std::vector<Half> all;
  const bool books = system.has_books();
  const auto is_wanted = [&](const char* name) { return wanted.empty() || wanted == name; };
  if (is_wanted("shipping")) {
    all.push_back({"shipping", resources.shipping, books ? &system.shipping() : nullptr});
  }
  if (is_wanted("analytics")) {
    all.push_back({"analytics", resources.analytics, books ? &system.sales() : nullptr});
  }
  if (wanted == kCheckout) all.push_back({kCheckout, system.checkout().orders, nullptr});
  if (wanted.empty()) {
    const auto checkout = system.find_checkout();
    if (checkout) all.push_back({kCheckout, checkout->orders, nullptr});
  }
  return all;
}

std::vector<std::string> keys_in(const std::string& body) {
  std::vector<std::string> keys;
  try {
    for (const auto& object : functions::parse_s3_event(body)) keys.push_back(object.key);
  } catch (const functions::NotAnS3Event&) {
    // Somebody else's message: it tells of no object.
  }
  return keys;
}

std::string reason_for(const Half& half, const std::string& bucket, const DeadLetter& letter) {
  if (half.name == kCheckout) return functions::why_no_order(letter.body);
  if (half.database == nullptr) return "in the database: give --data DIR";
  const auto rejection = letter.keys.empty()
                             ? half.database->find_rejection("", letter.message_id)
                             : half.database->find_rejection(bucket, letter.keys[0]);
  return rejection ? rejection->reason : "not recorded";
}

std::string key_of(const DeadLetter& letter) {
  return letter.keys.empty() ? "(no object)" : letter.keys[0];
}

bool matches(const DeadLetter& letter, const std::string& id) {
  if (letter.message_id.starts_with(id)) return true;
  if (letter.keys.empty() && functions::order_id_in(letter.body) == id) return true;
  return std::any_of(letter.keys.begin(), letter.keys.end(), [&id](const std::string& key) {
    return key == id || key == "invoices/" + id + ".json";
  });
}

std::uint64_t redrive(System& system, const Half& half) {
  cloud::StartMessageMoveTaskRequest start;
  start.SourceArn = half.queues.dead_letter_arn;
  system.wait(system.sqs().StartMessageMoveTask(start));
  for (;;) {
    cloud::ListMessageMoveTasksRequest list;
    list.SourceArn = half.queues.dead_letter_arn;
    const auto task = system.wait(system.sqs().ListMessageMoveTasks(list)).Results.at(0);
    system.check();
    if (task.Status == "FAILED") throw CommandError(1, "the redrive failed: " + task.FailureReason);
    if (task.Status != "RUNNING") {
      return static_cast<std::uint64_t>(task.ApproximateNumberOfMessagesMoved);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

}  // namespace

std::vector<DeadLetter> dead_letters(System& system, const topology::QueueWithDeadLetters& queue) {
  std::vector<DeadLetter> letters;
  for (auto& message : system.look(queue.dead_letter_url, queue.dead_letter_arn)) {
    auto keys = keys_in(message.body);
    letters.push_back({std::move(message.id), std::move(message.body), std::move(keys),
                       message.sent, message.receives});
  }
  return letters;
}

int dlq_list(const DlqOptions& options) {
  const auto opened = open_system(options.place);
  System& system = *opened;
  const auto resources = system.resources();
  boost::json::array json;
  for (const auto& half : halves(system, resources, options.queue)) {
    const auto letters = dead_letters(system, half.queues);
    Table table({"message", "object", "reason"});
    std::size_t listed = 0;
    for (const auto& letter : letters) {
      const auto reason = reason_for(half, resources.bucket, letter);
      json.push_back({{"queue", half.queues.dead_letter_name},
                      {"message_id", letter.message_id},
                      {"key", key_of(letter)},
                      {"reason", reason}});
      if (listed++ < kListed) {
        table.row({letter.message_id.substr(0, 8), key_of(letter), reason});
      }
    }
    if (options.json) continue;
    std::cout << half.queues.dead_letter_name << ": "
              << grouped(static_cast<std::int64_t>(letters.size())) << " dead letter(s)\n";
    if (!letters.empty()) std::cout << table.str();
    if (letters.size() > kListed) {
      std::cout << "  … and " << grouped(static_cast<std::int64_t>(letters.size() - kListed))
                << " more (--json names them all)\n";
    }
  }
  if (options.json) std::cout << boost::json::serialize(json) << '\n';
  return 0;
}

int dlq_show(const DlqOptions& options) {
  const auto opened = open_system(options.place);
  System& system = *opened;
  const auto resources = system.resources();
  bool found = false;
  for (const auto& half : halves(system, resources, options.queue)) {
    for (const auto& letter : dead_letters(system, half.queues)) {
      if (!matches(letter, options.id)) continue;
      found = true;
      std::cout << "queue    " << half.queues.dead_letter_name << "\nmessage  " << letter.message_id
                << "\nobject   " << key_of(letter) << "\nreason   "
                << reason_for(half, resources.bucket, letter) << "\nbody     " << letter.body
                << '\n';
      for (const auto& key : letter.keys) {
        try {
          std::cout << "invoice  " << system.invoice(resources.bucket, key).body << '\n';
        } catch (const cloud::Error& e) {
          std::cout << "invoice  " << e.what() << '\n';
        }
      }
      std::cout << '\n';
    }
  }
  if (found) return 0;
  throw CommandError(1, "no dead letter has the id, key or invoice number " + options.id +
                            ": doorbuster dlq list shows them all");
}

int dlq_redrive(const DlqOptions& options) {
  const auto opened = open_system(options.place);
  System& system = *opened;
  const auto resources = system.resources();
  boost::json::object json;
  for (const auto& half : halves(system, resources, options.queue)) {
    const auto moved = redrive(system, half);
    json[half.name] = moved;
    if (options.json) continue;
    std::cout << grouped(static_cast<std::int64_t>(moved)) << " message(s) moved back to "
              << half.queues.name << '\n';
  }
  if (options.json) {
    std::cout << boost::json::serialize(json) << '\n';
  } else {
    const std::string consumer =
        options.queue.empty() ? "shipping|analytics|checkout" : options.queue;
    std::cout << "doorbuster work " << consumer << in_words(options.place)
              << " --once works them off.\n";
  }
  return 0;
}

int dlq_purge(const DlqOptions& options) {
  const auto opened = open_system(options.place);
  System& system = *opened;
  const auto resources = system.resources();
  for (const auto& half : halves(system, resources, options.queue)) {
    const auto count = dead_letters(system, half.queues).size();
    const std::string what = grouped(static_cast<std::int64_t>(count)) + " dead letter(s) of " +
                             half.queues.dead_letter_name;
    if (!options.yes && !confirmed("Delete " + what + " for good?", "dlq purge deletes for good")) {
      std::cout << "nothing was deleted\n";
      return 1;
    }
    system.wait([](cloud::Sqs& sqs, std::string url) -> cloud::Async<bool> {
      cloud::PurgeQueueRequest request{std::move(url)};
      co_await sqs.PurgeQueue(std::move(request));
      co_return true;
    }(system.sqs(), half.queues.dead_letter_url));
    std::cout << what << " deleted\n";
  }
  return 0;
}

}  // namespace doorbuster::cli
