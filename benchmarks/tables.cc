#include "tables.h"

#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <cstdio>
#include <optional>

#include "cli/terminal.h"

namespace doorbuster::bench {
namespace {

struct Row {
  const char* name;  // of the figures
  const char* title;
};

constexpr std::array<Row, 5> kDoorRows = {{
    {"send", "`SendMessage`, 500 bytes"},
    {"receive_or_delete", "`ReceiveMessage` and `DeleteMessage`, in turn"},
    {"send_batch", "`SendMessageBatch` of 10"},
    {"put_with_fan_out", "`PutObject`, 1 KB, with its fan-out to two queues"},
    {"get", "`GetObject`, 1 KB"},
}};
constexpr std::array<Row, 6> kPeerRows = {{
    {"send", "`SendMessage`, 500 bytes"},
    {"receive_or_delete", "`ReceiveMessage` and `DeleteMessage`, in turn"},
    {"send_batch", "`SendMessageBatch` of 10"},
    {"put", "`PutObject`, 1 KB"},
    {"get", "`GetObject`, 1 KB"},
    {"executions", "`StartExecution` of ten Pass states, to their end"},
}};
constexpr std::array<Row, 3> kPeers = {{
    {"doorbuster", "Doorbuster, durable"},
    {"elasticmq", "ElasticMQ, in memory"},
    {"moto", "moto_server, in memory"},
}};

std::optional<double> figure(const boost::json::object& figures, const std::string& name) {
  const auto* value = figures.if_contains(name);
  if (value == nullptr) return std::nullopt;
  return value->to_number<double>();
}

std::string count(double value) {
  return cli::grouped(std::llround(value));
}

std::string decimals(const char* format, double value) {
  char text[32];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string latencies(const boost::json::object& figures, const std::string& name) {
  std::string cells;
  for (const char* share : {"_p50_ms", "_p99_ms", "_p999_ms"}) {
    const auto ms = figure(figures, name + share);
    cells += " | " + (ms ? decimals(*ms < 10 ? "%.1f" : "%.0f", *ms) : "");
  }
  return cells;
}

std::string door_table(const boost::json::object& figures) {
  const double echo = (figure(figures, "echo_per_second").value_or(0) +
                       figure(figures, "echo_again_per_second").value_or(0)) /
                      2;
  std::string table = "A bare echo of the same request: " + count(echo) +
                      "/s.\n\n| request, durable | a second | of the echo | p50 ms | p99 ms | "
                      "p99.9 ms |\n| --- | --- | --- | --- | --- | --- |\n";
  for (const Row& row : kDoorRows) {
    const double rate = figure(figures, std::string(row.name) + "_per_second").value_or(0);
    table += std::string("| ") + row.title + " | " + count(rate);
    if (row.name == std::string("send_batch")) table += ": " + count(10 * rate) + " messages";
    table += " | " + decimals("%.2f", rate / echo) + latencies(figures, row.name) + " |\n";
  }
  return table;
}

std::string peers_table(const boost::json::object& figures) {
  std::string table =
      "| request | server | a second | p50 ms | p99 ms | p99.9 ms |\n"
      "| --- | --- | --- | --- | --- | --- |\n";
  for (const Row& row : kPeerRows) {
    for (const Row& peer : kPeers) {
      const std::string name = std::string(peer.name) + '_' + row.name;
      const auto rate = figure(figures, name + "_per_second");
      if (!rate) continue;
      table += std::string("| ") + row.title + " | " + peer.title + " | " + count(*rate) +
               latencies(figures, name) + " |\n";
    }
  }
  return table;
}

}  // namespace

std::string markdown_tables(const boost::json::object& all) {
  std::string text;
  if (const auto* door = all.if_contains("door")) text += door_table(door->as_object());
  if (const auto* peers = all.if_contains("peers")) {
    if (!text.empty()) text += '\n';
    text += peers_table(peers->as_object());
  }
  return text;
}

}  // namespace doorbuster::bench
