// bench: what the machine can do, and how much of it the program gives.
//
//   bench [--from FILE] [--scale S] [--json | --markdown] [CASE …]
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <boost/json.hpp>
#include <cstdio>
#include <iostream>
#include <vector>

#include "cases.h"
#include "tables.h"

namespace {

using namespace doorbuster::bench;  // NOLINT(google-build-using-namespace): this is its front

struct Case {
  const char* name;
  boost::json::object (*run)(const Setting&);
  const char* what;
};

constexpr std::array<Case, 11> kCases = {{
    {"raw_writes", raw_writes, "RocksDB alone: synced 600-byte writes a second"},
    {"sends_and_receives", sends_and_receives, "messages a second, in batches of 10, durable"},
    {"drain_small", drain_small, "a backlog of 10 thousand, drained"},
    {"drain_large", drain_large, "a backlog of 5 million, drained"},
    {"drain_small_again", drain_small, "the small one after it, as the machine's speed may drift"},
    {"one_line_orders", one_line_orders, "orders through everything"},
    {"checkout", checkout, "orders, states, Maps and functions, durable"},
    {"door", door, "requests a second through the AWS door, one at a time on 128 connections"},
    {"shop", shop,
     "orders a second through the shop's door, durable, and latencies at half of that"},
    {"peers", peers,
     "the same load on other servers that speak like AWS, which keep all in memory"},
    {"real_invoices", real_invoices, "the file's invoices through everything"},
}};

std::filesystem::path make_directory() {
  std::string name = (std::filesystem::temp_directory_path() / "doorbuster-bench-XXXXXX").string();
  if (!mkdtemp(name.data())) throw std::runtime_error("no temporary directory can be made");
  return name;
}

// In a child, so that one case's memory is not another's.
boost::json::object run_alone(const Case& which, Setting setting) {
  std::array<int, 2> channel{};
  if (pipe(channel.data()) != 0) throw std::runtime_error("no pipe");
  setting.directory = make_directory();
  const pid_t child = fork();
  if (child == 0) {
    std::string answer;
    try {
      answer = boost::json::serialize(which.run(setting));
    } catch (const std::exception& e) {
      std::cerr << which.name << ": " << e.what() << '\n';
    }
    const bool told =
        write(channel[1], answer.data(), answer.size()) == static_cast<ssize_t>(answer.size());
    _exit(told && !answer.empty() ? 0 : 1);
  }
  close(channel[1]);
  std::string answer;
  std::array<char, 4096> buffer{};
  for (ssize_t n = 0; (n = read(channel[0], buffer.data(), buffer.size())) > 0;) {
    answer.append(buffer.data(), static_cast<std::size_t>(n));
  }
  close(channel[0]);
  int status = 0;
  waitpid(child, &status, 0);
  std::filesystem::remove_all(setting.directory);
  if (status != 0) throw std::runtime_error(std::string(which.name) + " failed");
  return boost::json::parse(answer).as_object();
}

std::string number(const boost::json::value& value, const std::string& name) {
  char text[64];
  const double v = value.to_number<double>();
  if (name.ends_with("_bytes")) {
    std::snprintf(text, sizeof text, "%.0f MiB", v / (1 << 20));
  } else if (name.ends_with("_ms") || name.ends_with("_share")) {
    std::snprintf(text, sizeof text, "%.2f", v);
  } else if (name.ends_with("seconds")) {
    std::snprintf(text, sizeof text, "%.2f s", v);
  } else {
    std::snprintf(text, sizeof text, "%.0f", v);
  }
  return text;
}

double at(const boost::json::object& all, const char* name, const char* figure) {
  const auto* found = all.if_contains(name);
  const auto* value = found ? found->as_object().if_contains(figure) : nullptr;
  return value ? value->to_number<double>() : 0;
}

// The figures that only mean something beside each other.
void print_ratios(const boost::json::object& all) {
  const auto ratio = [](const char* what, double a, double b) {
    if (a > 0 && b > 0) std::printf("  %-58s %6.2f\n", what, a / b);
  };
  const double raw = at(all, "raw_writes", "batches_of_1000");
  std::printf("ratios\n");
  ratio("sends / raw writes in batches of 1,000", at(all, "sends_and_receives", "sent_per_second"),
        raw);
  ratio("receives and deletes / raw writes in batches of 1,000",
        at(all, "sends_and_receives", "received_and_deleted_per_second"), raw);
  const double before = at(all, "drain_small", "drained_per_second");
  const double after = at(all, "drain_small_again", "drained_per_second");
  const double small = after > 0 ? (before + after) / 2 : before;
  ratio("drain of the large backlog / of the small one",
        at(all, "drain_large", "drained_per_second"), small);
  ratio("orders / raw writes one at a time", at(all, "one_line_orders", "orders_per_second"),
        at(all, "raw_writes", "batches_of_1"));
  const auto checkout = [&](const char* figure) { return at(all, "checkout", figure); };
  ratio("checkouts / raw writes one at a time", checkout("checkouts_per_second"),
        at(all, "raw_writes", "batches_of_1"));
  ratio("transitions / raw writes in batches of 1,000", checkout("transitions_per_second"), raw);
  ratio("items of an inline Map / transitions", checkout("inline_map_items_per_second"),
        checkout("transitions_per_second"));
  ratio("items of a distributed Map / raw writes in batches of 1,000",
        checkout("distributed_map_items_per_second"), raw);
  ratio("a cold call of a Python function / starting Python", checkout("cold_call_ms"),
        checkout("python_itself_ms"));
  ratio("a warm call of it / a raw write",
        checkout("warm_call_ms") * at(all, "raw_writes", "batches_of_1"), 1'000);
  ratio("memory of an execution that waits, bytes", checkout("open_executions_rss_bytes"),
        checkout("open_executions"));
  const double echo =
      (at(all, "door", "echo_per_second") + at(all, "door", "echo_again_per_second")) / 2;
  ratio("single sends / bare echo", at(all, "door", "send_per_second"), echo);
  ratio("single receives and deletes / bare echo", at(all, "door", "receive_or_delete_per_second"),
        echo);
  ratio("puts with their fan-out to two queues / bare echo",
        at(all, "door", "put_with_fan_out_per_second"), echo);
  ratio("gets / bare echo", at(all, "door", "get_per_second"), echo);
  const double shop_echo =
      (at(all, "shop", "echo_per_second") + at(all, "shop", "echo_again_per_second")) / 2;
  ratio("orders through the shop / bare echo", at(all, "shop", "submit_per_second"), shop_echo);
  const double more =
      at(all, "drain_large", "peak_rss_bytes") - at(all, "drain_small", "peak_rss_bytes");
  if (all.contains("drain_large") && all.contains("drain_small")) {
    std::printf("  %-58s %6.0f MiB\n", "memory of the large backlog above the small one",
                more / (1 << 20));
  }
}

}  // namespace

std::uint64_t doorbuster::bench::scaled(const Setting& setting, std::uint64_t count) {
  return std::max<std::uint64_t>(
      1'000, static_cast<std::uint64_t>(static_cast<double>(count) * setting.scale));
}

int main(int argc, char** argv) {
  CLI::App app("Measures doorbuster beside what the machine can do.", "bench");
  Setting setting;
  std::vector<std::string> names;
  bool json = false;
  bool markdown = false;
  app.add_option("--from", setting.file, "A file of real invoices for the case real_invoices");
  app.add_option("--scale", setting.scale, "Shrinks every case, for a quick look (default 1)");
  app.add_flag("--json", json, "Print one JSON object and nothing else");
  app.add_flag("--markdown", markdown, "Print the tables of door and peers and nothing else");
  app.add_option("case", names, "The cases to run (default: all)");
  CLI11_PARSE(app, argc, argv);
  const bool quiet = json || markdown;
  boost::json::object all;
  try {
    for (const auto& one : kCases) {
      const bool wanted =
          names.empty() || std::find(names.begin(), names.end(), one.name) != names.end();
      if (!wanted) continue;
      if (!quiet) std::printf("%s: %s\n", one.name, one.what);
      std::fflush(stdout);
      auto figures = run_alone(one, setting);
      for (const auto& [name, value] : figures) {
        if (!quiet) {
          std::printf("  %-58s %s\n", std::string(name).c_str(), number(value, name).c_str());
        }
      }
      all[one.name] = std::move(figures);
    }
  } catch (const std::exception& e) {
    std::cerr << "bench: " << e.what() << '\n';
    return 1;
  }
  if (json) {
    std::cout << boost::json::serialize(all) << '\n';
  } else if (markdown) {
    std::cout << markdown_tables(all);
  } else {
    print_ratios(all);
  }
  return 0;
}
