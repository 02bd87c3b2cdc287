#include "cli/commands.h"

#include <CLI/CLI.hpp>

#include "cli/dlq.h"
#include "cli/produce.h"
#include "cli/reconcile.h"
#include "cli/report.h"
#include "cli/setup.h"
#include "cli/trace.h"
#include "cli/work.h"

namespace doorbuster::cli {
namespace {

constexpr std::uint64_t kOrdersMax = 100'000'000;

constexpr const char* kLookNote =
    "Through AWS_ENDPOINT_URL, to look at a queue is to receive its messages and to give them "
    "back\n"
    "at once: each has then been received once more.\n\n";

void add_place(CLI::App& command, Place& place) {
  command.add_option("--data", place.data,
                     "The directory of the system; where AWS_ENDPOINT_URL is set, of its databases "
                     "alone");
}

void add_dlq_command(CLI::App& dlq, Action& action, const char* name, const char* what,
                     int (*run)(const DlqOptions&), const std::string& example) {
  auto* command = dlq.add_subcommand(name, what);
  auto options = std::make_shared<DlqOptions>();
  add_place(*command, options->place);
  command->add_option("--queue", options->queue, "shipping, analytics or checkout (default: all)")
      ->check(CLI::IsMember({"shipping", "analytics", "checkout"}));
  if (run == dlq_show) {
    command
        ->add_option("id", options->id,
                     "A message's id or its beginning, an invoice's number, an object's key, or an "
                     "order's id")
        ->required();
  } else if (run == dlq_purge) {
    command->add_flag("--yes", options->yes, "Don't ask");
  } else {
    command->add_flag("--json", options->json, "Print JSON and nothing else");
  }
  command->footer(std::string(kLookNote) + "Example:\n  doorbuster dlq " + example);
  command->callback([options, run, &action] { action = [options, run] { return run(*options); }; });
}

}  // namespace

void add_orders(CLI::App& command, GeneratedOrders& orders,
                std::optional<std::filesystem::path>& from) {
  auto* count =
      command.add_option("--orders", orders.orders, "How many orders to make up (default 10000)")
          ->check(CLI::Range(std::uint64_t{1}, kOrdersMax));
  command
      .add_option("--from", from,
                  "Take the invoices of a CSV file instead, plain or gzip (docs/invoice.md)")
      ->excludes(count);
  command.add_option("--seed", orders.seed, "Make up other orders (default 1)");
  command
      .add_option_function<double>(
          "--corrupt", [&orders](double percent) { orders.corrupt_share = percent / 100; },
          "Percentage of orders that are corrupt (default 0.5)")
      ->check(CLI::Range(0.0, 100.0));
  command.add_option("--lines", orders.lines_max, "Lines of an order at the most (default 12)")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000}));
}

void add_setup(CLI::App& app, Action& action) {
  auto* command =
      app.add_subcommand("setup",
                         "Make the bucket, queues, topics, functions and the workflow; what "
                         "is there stays");
  auto options = std::make_shared<SetupOptions>();
  add_place(*command, options->place);
  command->add_flag("--json", options->json, "Print one JSON object and nothing else");
  command->footer(
      "Examples:\n"
      "  doorbuster setup --data /tmp/black-friday\n"
      "  AWS_ENDPOINT_URL=http://127.0.0.1:4566 doorbuster setup --json");
  command->callback([options, &action] { action = [options] { return setup(*options); }; });
}

void add_teardown(CLI::App& app, Action& action) {
  auto* command =
      app.add_subcommand("teardown", "Remove all that setup makes, with all that is in it");
  auto options = std::make_shared<SetupOptions>();
  add_place(*command, options->place);
  command->add_flag("--yes", options->yes, "Don't ask");
  command->add_flag("--json", options->json, "Print one JSON object and nothing else");
  command->footer(
      "The functions' databases are left alone.\n\n"
      "Examples:\n"
      "  doorbuster teardown --data /tmp/black-friday\n"
      "  AWS_ENDPOINT_URL=http://127.0.0.1:4566 doorbuster teardown --yes");
  command->callback([options, &action] { action = [options] { return teardown(*options); }; });
}

void add_produce(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand(
      "produce", "Put orders into the bucket as invoices, or into the checkout's queue");
  auto options = std::make_shared<ProduceOptions>();
  add_place(*command, options->place);
  add_orders(*command, options->orders, options->from);
  command
      ->add_flag("--checkout", options->checkout,
                 "Send orders of one product each to orders-queue, to be paid first")
      ->excludes("--from")
      ->excludes("--lines");
  command->add_option("--concurrency", options->concurrency, "Requests under way (default 64)")
      ->check(CLI::Range(1, 256));
  command->add_flag("--json", options->json, "Print one JSON object and nothing else");
  command->footer(
      "An order whose object is in the bucket already, or that the checkout has seen, is left as "
      "it "
      "is.\n\n"
      "Examples:\n"
      "  doorbuster produce --checkout --orders 1000\n"
      "  doorbuster produce --data /tmp/black-friday --orders 1000\n"
      "  AWS_ENDPOINT_URL=http://127.0.0.1:4566 doorbuster produce --from invoices.csv.gz");
  command->callback([options, &action] { action = [options] { return produce(*options); }; });
}

void add_work(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand(
      "work",
      "Run one consumer: shipping (ShipInvoices), analytics (RecordSales) or checkout "
      "(StartOrderWorkflow)");
  auto options = std::make_shared<WorkOptions>();
  command->add_option("consumer", options->half, "shipping, analytics or checkout")
      ->required()
      ->check(CLI::IsMember({"shipping", "analytics", "checkout"}));
  add_place(*command, options->place);
  command->add_option("--database", options->database,
                      "The file that it writes to (default: shipping.db or sales.db in --data)");
  command->add_option("--concurrency", options->concurrency, "Batches under way (default 2)")
      ->check(CLI::Range(1, 64));
  command->add_option("--batch", options->batch, "Messages of a batch at the most (default 100)")
      ->check(CLI::Range(1, 10'000));
  command->add_flag("--once", options->once, "End when the queue is empty");
  command
      ->add_option("--stock", options->opening_stock,
                   "Opening stock of each product that is new (default 1000000)")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1'000'000'000'000}));
  command->add_flag("--json", options->json, "Print one JSON object at the end and nothing else");
  command->footer(
      "Ends at Ctrl-C, when the batches under way are finished.\n\n"
      "Examples:\n"
      "  doorbuster work shipping --data /tmp/black-friday --once\n"
      "  AWS_ENDPOINT_URL=http://127.0.0.1:4566 doorbuster work analytics --database sales.db");
  command->callback([options, &action] { action = [options] { return work(*options); }; });
}

void add_trace(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("trace", "Show one order's way through the system");
  auto options = std::make_shared<TraceOptions>();
  command->add_option("id", options->id, "An invoice's number or an object's key")->required();
  add_place(*command, options->place);
  command->add_flag("--json", options->json, "Print one JSON object and nothing else");
  command->footer(std::string(kLookNote) +
                  "Examples:\n"
                  "  doorbuster trace 10000123 --data /tmp/black-friday\n"
                  "  doorbuster trace invoices/10000123.json --data /tmp/black-friday --json");
  command->callback([options, &action] { action = [options] { return trace(*options); }; });
}

void add_report(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("report", "Show the sales by hour, day, country and product");
  auto options = std::make_shared<ReportOptions>();
  add_place(*command, options->place);
  command->add_option("--by", options->by, "All of one table: hour, day, country or product")
      ->check(CLI::IsMember({"hour", "day", "country", "product"}));
  command->add_flag("--json", options->json, "Print one JSON object and nothing else");
  command->footer(
      "Examples:\n"
      "  doorbuster report --data /tmp/black-friday\n"
      "  doorbuster report --data /tmp/black-friday --by country --json");
  command->callback([options, &action] { action = [options] { return report(*options); }; });
}

void add_reconcile(CLI::App& app, Action& action) {
  auto* command =
      app.add_subcommand("reconcile", "Compare every object in the bucket with what became of it");
  auto options = std::make_shared<ReconcileOptions>();
  add_place(*command, options->place);
  command->add_flag("--json", options->json, "Print one JSON object and nothing else");
  command->footer(
      "Exits with 1 if an invoice is missing or was counted twice.\n\n"
      "Examples:\n"
      "  doorbuster reconcile --data /tmp/black-friday");
  command->callback([options, &action] { action = [options] { return reconcile(*options); }; });
}

void add_dlq(CLI::App& app, Action& action) {
  auto* dlq = app.add_subcommand("dlq", "See, send back or delete what failed three times");
  dlq->require_subcommand(1);
  add_dlq_command(*dlq, action, "list", "List the dead letters with their reasons", dlq_list,
                  "list --data /tmp/black-friday --queue shipping");
  add_dlq_command(*dlq, action, "show", "Show one dead letter, its reason and its invoice",
                  dlq_show, "show 10000123 --data /tmp/black-friday");
  add_dlq_command(*dlq, action, "redrive", "Move the dead letters back to where they failed",
                  dlq_redrive, "redrive --data /tmp/black-friday --queue analytics");
  add_dlq_command(*dlq, action, "purge", "Delete the dead letters for good", dlq_purge,
                  "purge --data /tmp/black-friday --queue shipping --yes");
}

}  // namespace doorbuster::cli
