#include "cli/dlq.h"

#include <boost/json.hpp>
#include <iostream>

#include "cli/terminal.h"
#include "cloud/error.h"
#include "functions/dead_letters.h"
#include "functions/start_order_workflow.h"

namespace doorbuster::cli {
namespace {

constexpr std::size_t kListed = 50;  // letters that the text spells out
constexpr std::chrono::hours kRedrivePatience{24};

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

std::string reason_for(const Half& half, const DeadLetter& letter) {
  if (half.name == kCheckout) return functions::why_no_order(letter.body);
  if (half.database == nullptr) return "in the database: give --data DIR";
  return functions::why_refused(*half.database, letter.message_id, letter.objects);
}

std::string key_of(const DeadLetter& letter) {
  return letter.objects.empty() ? "(no object)" : letter.objects[0].key;
}

bool matches(const DeadLetter& letter, const std::string& id) {
  if (letter.message_id.starts_with(id)) return true;
  const auto& objects = letter.objects;
  if (objects.empty() && functions::order_id_in(letter.body) == id) return true;
  return std::any_of(objects.begin(), objects.end(), [&id](const auto& object) {
    return object.key == id || object.key == topology::invoice_key(id);
  });
}

}  // namespace

std::vector<DeadLetter> dead_letters(System& system, const topology::QueueWithDeadLetters& queue) {
  std::vector<DeadLetter> letters;
  for (auto& message : system.look(queue.dead_letter_url, queue.dead_letter_arn)) {
    auto objects = functions::objects_in(message.body);
    letters.push_back({std::move(message.id), std::move(message.body), std::move(objects),
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
      const auto reason = reason_for(half, letter);
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
                << "\nobject   " << key_of(letter) << "\nreason   " << reason_for(half, letter)
                << "\nbody     " << letter.body << '\n';
      for (const auto& object : letter.objects) {
        try {
          std::cout << "invoice  " << system.invoice(object.bucket, object.key).body << '\n';
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
    const auto moved = system.wait(
        functions::redrive_all(system.sqs(), half.queues.dead_letter_arn, kRedrivePatience));
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

// Asks queue by queue.
int dlq_purge(const DlqOptions& options) {
  const auto opened = open_system(options.place);
  System& system = *opened;
  const auto resources = system.resources();
  bool deleted = false;
  for (const auto& half : halves(system, resources, options.queue)) {
    const auto count = dead_letters(system, half.queues).size();
    const std::string what = grouped(static_cast<std::int64_t>(count)) + " dead letter(s) of " +
                             half.queues.dead_letter_name;
    if (!options.yes && !confirmed("Delete " + what + " for good?", "dlq purge deletes for good")) {
      std::cout << "nothing was deleted from " << half.queues.dead_letter_name << '\n';
      continue;
    }
    system.wait([](cloud::Sqs& sqs, std::string url) -> cloud::Async<bool> {
      cloud::PurgeQueueRequest request{std::move(url)};
      co_await sqs.PurgeQueue(std::move(request));
      co_return true;
    }(system.sqs(), half.queues.dead_letter_url));
    std::cout << what << " deleted\n";
    deleted = true;
  }
  return deleted ? 0 : 1;
}

}  // namespace doorbuster::cli
