// The commands on a system that is there, as they are typed.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>

#include "cli/producer.h"

namespace CLI {
class App;
}

namespace doorbuster::cli {

// What the chosen command does; set by its callback, so that parsing ends before it begins.
using Action = std::function<int()>;

// Which orders there are to be: made up, or the invoices of a file.
void add_orders(CLI::App& command, GeneratedOrders& orders,
                std::optional<std::filesystem::path>& from);

void add_setup(CLI::App& app, Action& action);
void add_teardown(CLI::App& app, Action& action);
void add_produce(CLI::App& app, Action& action);
void add_work(CLI::App& app, Action& action);
void add_trace(CLI::App& app, Action& action);
void add_report(CLI::App& app, Action& action);
void add_reconcile(CLI::App& app, Action& action);
void add_dlq(CLI::App& app, Action& action);

}  // namespace doorbuster::cli
