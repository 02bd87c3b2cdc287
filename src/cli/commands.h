// The commands on a system that is there, as they are typed.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace doorbuster::cli {

// What the chosen command does; set by its callback, so that parsing ends before it begins.
using Action = std::function<int()>;

void add_setup(CLI::App& app, Action& action);
void add_teardown(CLI::App& app, Action& action);
void add_produce(CLI::App& app, Action& action);
void add_work(CLI::App& app, Action& action);
void add_trace(CLI::App& app, Action& action);
void add_report(CLI::App& app, Action& action);
void add_reconcile(CLI::App& app, Action& action);
void add_dlq(CLI::App& app, Action& action);

}  // namespace doorbuster::cli
