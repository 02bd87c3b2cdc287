// Other servers that speak like AWS, under the same load in the same run. They keep in memory what
// this program has on the disk before it answers.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <thread>
#include <vector>

#include "aws_requests.h"
#include "cases.h"
#include "child.h"
#include "sdk_load.h"
#include "states_language.h"
#include "up.h"

namespace doorbuster::bench {
namespace {

constexpr std::chrono::seconds kStartMax{60};
constexpr std::uint64_t kMotoRequests = 500;  // each takes it much longer than the others
constexpr std::chrono::milliseconds kKnockAgain{100};

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// One that nobody listens on at the moment.
std::uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  const bool bound = bind(socket, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  close(socket);
  if (!bound) throw std::runtime_error("no port is free");
  return ntohs(address.sin_port);
}

void wait_for(const std::string& name, std::uint16_t port) {
  const auto deadline = std::chrono::steady_clock::now() + kStartMax;
  while (std::chrono::steady_clock::now() < deadline) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in address = loopback(port);
    const bool open =
        connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    close(socket);
    if (open) return;
    std::this_thread::sleep_for(kKnockAgain);
  }
  throw std::runtime_error(name + " did not start");
}

// Where scripts/bench-peers put it; empty if it could not.
std::filesystem::path home_of(const std::string& name) {
  const auto build = std::filesystem::canonical("/proc/self/exe").parent_path().parent_path();
  const auto home = build / "peers" / name;
  if (std::filesystem::exists(home)) return home;
  std::cerr << "peers: " << name << " is not there; scripts/bench-peers gets it\n";
  return {};
}

void add_under(boost::json::object& all, const std::string& name,
               const boost::json::object& figures) {
  for (const auto& [figure, value] : figures) {
    all[name + '_' + std::string(figure)] = value;
  }
}

void measure_objects(boost::json::object& figures, std::uint16_t port, std::uint64_t count) {
  ask(port, aws_request("PUT", "/orders", "s3", "", ""));
  put_load(figures, "put", put_objects(port, count));
  put_load(figures, "get", get_object(port, count));
}

// State machines of ten Pass states.
std::vector<std::string> make_machines(std::uint16_t port, std::uint64_t count) {
  constexpr int kPasses = 10;
  const std::string definition = boost::json::serialize(pass_chain(kPasses));
  std::vector<std::string> arns;
  while (arns.size() < count) {
    const boost::json::object machine{{"name", "Passes" + std::to_string(arns.size())},
                                      {"definition", definition},
                                      {"roleArn", "arn:aws:iam::000000000000:role/bench"}};
    const auto made = boost::json::parse(
        ask(port, states_request("CreateStateMachine", boost::json::serialize(machine))));
    arns.emplace_back(made.at("stateMachineArn").as_string());
  }
  return arns;
}

// Starts executions of the machines in turn, each by a name of its own.
class Starter final : public Visitor {
 public:
  Starter(const std::vector<std::string>& machines, std::uint64_t& left)
      : machines_(machines), left_(left) {}
  std::string_view next() override {
    if (left_ == 0) return {};
    --left_;
    const boost::json::object start{{"stateMachineArn", machines_[left_ % machines_.size()]},
                                    {"name", std::to_string(left_)}};
    request_ = states_request("StartExecution", boost::json::serialize(start));
    return request_;
  }

 private:
  const std::vector<std::string>& machines_;
  std::uint64_t& left_;
  std::string request_;
};

bool is_running(std::uint16_t port, const std::string& machine_arn) {
  const boost::json::object list{{"stateMachineArn", machine_arn}, {"statusFilter", "RUNNING"}};
  const auto found = ask(port, states_request("ListExecutions", boost::json::serialize(list)));
  return !boost::json::parse(found).at("executions").as_array().empty();
}

// From the first execution's start to the last one's end. Asking takes its time, too: it counts
// only as long as something runs. The machines whose executions began last come first.
void measure_executions(boost::json::object& figures, std::uint16_t port,
                        const std::vector<std::string>& machines, std::uint64_t count) {
  std::uint64_t left = count;
  std::vector<std::unique_ptr<Visitor>> starters;
  for (int i = 0; i < kConnections; ++i) {
    starters.push_back(std::make_unique<Starter>(machines, left));
  }
  const Stopwatch watch;
  load(port, std::move(starters));
  double seconds = watch.seconds();
  for (const auto& machine : machines) {
    while (is_running(port, machine)) {
      std::this_thread::sleep_for(kKnockAgain);
      seconds = watch.seconds();
    }
  }
  figures["executions_per_second"] = static_cast<double>(count) / seconds;
}

boost::json::object measure_doorbuster(const Setting& setting) {
  const Door door(setting.directory / "data");
  boost::json::object figures;
  measure_queue(figures, door.port(), make_queue(door.port(), "Load", {}),
                scaled(setting, 100'000));
  measure_objects(figures, door.port(), scaled(setting, 50'000));
  measure_executions(figures, door.port(), make_machines(door.port(), 1), scaled(setting, 20'000));
  return figures;
}

boost::json::object measure_elasticmq(const Setting& setting, const std::filesystem::path& home) {
  const auto port = free_port();
  const auto file = setting.directory / "elasticmq.conf";
  std::ofstream(file) << "include classpath(\"application.conf\")\n"
                         "rest-sqs { bind-hostname = \"127.0.0.1\", bind-port = "
                      << port << " }\nrest-stats { enabled = false }\n";
  const Child child({"/usr/bin/java", "-cp", (home / "jars").string() + "/*",
                     "-Dconfig.file=" + file.string(), "org.elasticmq.server.Main"},
                    true);
  wait_for("ElasticMQ", port);
  boost::json::object figures;
  const auto queue = make_queue(port, "Load", {});
  // A virtual machine compiles what it has run for a while.
  boost::json::object first;
  measure_queue(first, port, queue, scaled(setting, 20'000));
  measure_queue(figures, port, make_queue(port, "Warm", {}), scaled(setting, 100'000));
  return figures;
}

boost::json::object measure_moto(const std::filesystem::path& home) {
  const auto port = free_port();
  const std::string python = home / "bin" / "python";
  const Child child(
      {python, home / "bin" / "moto_server", "-H", "127.0.0.1", "-p", std::to_string(port)}, true);
  wait_for("moto_server", port);
  boost::json::object figures;
  measure_queue(figures, port, make_queue(port, "Load", {}), kMotoRequests);
  measure_objects(figures, port, kMotoRequests);
  // Without being told so, it starts executions and never goes on with them.
  ask(port, aws_request("POST", "/moto-api/config", "moto", "Content-Type: application/json\r\n",
                        R"({"stepfunctions": {"execute_state_machine": true}})"));
  // A machine that has had an execution can't have another: it fails to copy the first one's
  // thread.
  measure_executions(figures, port, make_machines(port, kMotoRequests), kMotoRequests);
  return figures;
}

}  // namespace

boost::json::object peers(const Setting& setting) {
  boost::json::object all;
  add_under(all, "doorbuster", measure_doorbuster(setting));
  if (const auto home = home_of("elasticmq"); !home.empty()) {
    add_under(all, "elasticmq", measure_elasticmq(setting, home));
  }
  if (const auto home = home_of("moto"); !home.empty()) {
    add_under(all, "moto", measure_moto(home));
  }
  return all;
}

}  // namespace doorbuster::bench
