// Inline Maps whose iterations call a function that fails at times and is called again after a
// while; as standard executions and as express ones, whose caller waits for their outcome.
//
// What holds: an execution that was started succeeds, and has a result for each item, in their
// order; no more iterations run at once than the Map allows, and each that a standard execution
// begins ends once; a retry isn't earlier than its delay has passed; what an express one answers
// was made by a call for each item.
#pragma once

#include <map>
#include <set>
#include <string>

#include "function_host.h"
#include "history.h"
#include "world.h"

namespace doorbuster::simulator {

class MapLoad {
 public:
  MapLoad(World& world, FunctionHost& host);

  void set_up();
  // Begins or, after a restart, begins again.
  void start();

  void start_next();

  bool done();
  void check_end();

 private:
  struct Started {
    bool express = false;
    bool in_the_air = false;
    bool acknowledged = false;
    int items = 0;
    std::string arn;
  };

  static std::string input_of(const std::string& name, const Started& started);
  static std::string output_of(const std::string& name, const Started& started);
  cloud::Async<void> start_execution(std::string name);
  cloud::Async<void> run(Started& started, const std::string& name);
  boost::json::value handle(const boost::json::value& event);
  void check_iterations(const History& history, int items) const;
  void check_retries(const History& history) const;

  World& world_;
  FunctionHost& host_;
  const int goal_;
  std::string standard_arn_;
  std::string express_arn_;
  std::map<std::string, Started> started_;        // by name
  std::map<std::string, std::set<int>> handled_;  // items that the function has worked on
};

}  // namespace doorbuster::simulator
