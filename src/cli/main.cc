// doorbuster: the program. Exit codes: 0, it worked; 1, it was tried and failed; 2, what was asked
// for can't be.
#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/bootstrap.h"
#include "cli/commands.h"
#include "cli/data_directory.h"
#include "cli/demo.h"
#include "cli/up.h"

namespace {

using namespace doorbuster::cli;  // NOLINT(google-build-using-namespace): this is its front

constexpr int kUsage = 2;

// What is wrong with the words that were typed, and where to look it up.
std::string explain(const CLI::App* app, const CLI::Error& error) {
  std::string command = app->get_name();
  for (auto chosen = app->get_subcommands(); !chosen.empty(); chosen = app->get_subcommands()) {
    app = chosen.front();
    command += ' ' + app->get_name();
  }
  std::string what = error.what();
  if (app->get_require_subcommand_min() > 0) {
    const auto words = app->remaining();
    what = words.empty() ? "a command is missing" : "there is no command " + words.front();
  }
  return "doorbuster: " + what + ": see " + command + " --help\n";
}

void add_demo(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand(
      "demo", "Run orders through the whole system and prove that none was lost");
  auto options = std::make_shared<DemoOptions>();
  add_orders(*command, options->orders, options->from);
  command->add_option("--data", options->data,
                      "Keep everything in this directory, and go on where it stood");
  command
      ->add_option("--stock", options->opening_stock,
                   "Opening stock of each product (default 1000000)")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1'000'000'000'000}));
  command->add_flag("--json", options->json, "Print one JSON object and nothing else");
  command->footer(
      "Examples:\n"
      "  doorbuster demo\n"
      "  doorbuster demo --orders 100000 --data /tmp/black-friday\n"
      "  doorbuster demo --from invoices.csv.gz --json");
  command->callback([options, &action] { action = [options] { return demo(*options); }; });
}

void add_checkout_options(CLI::App& command, CheckoutOptions& options) {
  const auto milliseconds = [&options](int n) {
    options.payments.latency = std::chrono::milliseconds(n);
  };
  command
      .add_option_function<int>("--payment-latency-ms", milliseconds,
                                "How long the simulated payment provider takes (default 200)")
      ->check(CLI::Range(0, static_cast<int>(doorbuster::functions::kPaymentLatencyMax.count())));
  command
      .add_option("--decline-rate", options.payments.decline_rate,
                  "Share of payments that it declines, 0 to 1 (default 0)")
      ->check(CLI::Range(0.0, 1.0));
  command
      .add_option("--outage-rate", options.payments.outage_rate,
                  "Share of requests to it that meet an outage, 0 to 1 (default 0)")
      ->check(CLI::Range(0.0, 1.0));
  const auto below = [&options](int amount) {
    options.rules.amount_below =
        doorbuster::orders::Money::from_ten_thousandths(amount * doorbuster::orders::Money::kUnit);
  };
  command
      .add_option_function<int>("--amount-below", below,
                                "An order's amount must be below this (default 10000)")
      ->check(CLI::Range(1, 1'000'000'000));
}

void add_up(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand(
      "up",
      "Serve the shop, the console, and S3, SNS, SQS, Lambda, Step Functions, CloudWatch, STS and "
      "IAM for every AWS SDK");
  auto options = std::make_shared<UpOptions>();
  command->add_option("--data", options->data,
                      "Keep everything in this directory (default: a temporary one)");
  command->add_option("--port", options->port,
                      "Port to listen on; 0 takes a free one (default 4566)");
  command->add_option("--shop-port", options->shop_port,
                      "Port of the shop and the console; 0 takes a free one (default 8000)");
  command
      ->add_option("--orders-waiting-max", options->orders_waiting_max,
                   "Orders in orders-queue at which the shop takes no more (default 1000000)")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000'000}));
  command->add_option("--address", options->address,
                      "Address to listen on (default 127.0.0.1); any other than loopback wants "
                      "--credentials");
  command->add_option("--endpoint", options->endpoint,
                      "What queue URLs begin with, if clients reach it by another name");
  command->add_option(
      "--domain", options->domain,
      "What stands behind a bucket's name in virtual-host addresses (default "
      "localhost); without --credentials, the only public name that is answered to");
  command->add_option("--credentials", options->credentials,
                      "Check every signature against the keys in this file (its form is that of "
                      "~/.aws/credentials)");
  command->add_option("--certificate", options->certificate,
                      "Serve TLS with this certificate (PEM)");
  command->add_option("--private-key", options->private_key, "The certificate's key (PEM)");
  command->add_option("--smtp", options->smtp,
                      "Mail server for topics' e-mail subscriptions: smtp://[USER@]HOST[:PORT], or "
                      "smtps://…; the password is DOORBUSTER_SMTP_PASSWORD's");
  command->add_option("--mail-from", options->mail_from,
                      "Address that mail comes from (default no-reply@localhost)");
  command->add_option("--threads", options->threads, "Threads that serve connections (default 1)")
      ->check(CLI::Range(1, 64));
  command->add_flag("--demo", options->demo, "Set up the topology and run its consumers, too");
  add_checkout_options(*command, options->checkout);
  command->footer(
      "Stops at Ctrl-C, when every request under way has been answered.\n\n"
      "Examples:\n"
      "  doorbuster up --data /var/lib/doorbuster\n"
      "  aws --endpoint-url http://127.0.0.1:4566 sqs create-queue --queue-name orders-queue\n"
      "  doorbuster up --address 0.0.0.0 --credentials keys.ini");
  command->callback([options, &action] { action = [options] { return up(*options); }; });
}

void add_bootstrap(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand(
      "bootstrap", "Be a function on Lambda, as the bootstrap of a provided.* runtime");
  command->footer(
      "For Lambda to run. A zip that has this program by the name bootstrap needs no command.\n"
      "The function's Handler is ValidateOrder, ProcessPayment, SendNotification,\n"
      "StartOrderWorkflow, ShipInvoices or RecordSales; its environment says the rest: AWS_* as\n"
      "to the AWS CLI, and DATABASE the file of the database of one that keeps any.\n\n"
      "Example:\n"
      "  strip -o bootstrap $(which doorbuster) && zip function.zip bootstrap\n"
      "  aws lambda create-function --function-name ValidateOrder --handler ValidateOrder \\\n"
      "    --runtime provided.al2023 --zip-file fileb://function.zip --role ARN");
  command->callback([&action] { action = bootstrap; });
}

// As Lambda calls it.
bool is_bootstrap(const char* program) {
  return std::filesystem::path(program).filename() == "bootstrap";
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Doorbuster takes in a Black Friday's orders and sees every one of them through.",
               "doorbuster");
  app.set_version_flag("--version", "doorbuster " DOORBUSTER_VERSION);
  app.require_subcommand(1);
  app.failure_message(explain);
  app.footer("doorbuster COMMAND --help shows the options of a command, with examples.");
  Action action;
  add_demo(app, action);
  add_up(app, action);
  add_setup(app, action);
  add_teardown(app, action);
  add_produce(app, action);
  add_work(app, action);
  add_trace(app, action);
  add_report(app, action);
  add_reconcile(app, action);
  add_dlq(app, action);
  add_bootstrap(app, action);
  try {
    if (is_bootstrap(argv[0])) {
      action = bootstrap;
    } else {
      app.parse(argc, argv);
    }
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : kUsage;
  }
  try {
    const int code = action();
    if (!std::cout.flush()) throw CommandError(1, "the result can't be written: is the disk full?");
    return code;
  } catch (const CommandError& e) {
    std::cerr << "doorbuster: " << e.what() << '\n';
    return e.exit_code;
  } catch (const std::exception& e) {
    std::cerr << "doorbuster: " << e.what() << '\n';
    return 1;
  }
}
