// Executions that wait: for the time, for whoever has a task token, for an activity's workers and
// for an execution of another machine, all at once; beside the flow of orders, and checked against
// what their clients and workers were told.
//
// Tokens are answered late, twice, by failures, and after a crash that came between. What holds: a
// token is good once, and the answer that was acknowledged is the task's; an execution that was
// started is there, ends, and as it must; a nested one is started once.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "function_host.h"
#include "history.h"
#include "world.h"

namespace doorbuster::simulator {

class ExecutionLoad {
 public:
  ExecutionLoad(World& world, FunctionHost& host);

  void set_up();
  // Begins or, after a restart, begins again.
  void start();

  void start_next();
  // Somebody answers a token, whether it has been answered or not.
  void answer_any();
  // Each that may still be good.
  void answer_all();
  void stop_any();

  bool done();
  void check_end();

 private:
  struct Started {
    bool in_the_air = false;
    bool acknowledged = false;
    bool stopping = false;  // somebody has asked for it
    std::string arn;
  };
  struct Token {
    std::string execution;
    bool in_the_air = false;
    bool good = true;       // as far as we have been told
    std::string succeeded;  // the output that was acknowledged; empty: none was
    int tried = 0;
  };

  void have_machines();
  cloud::Async<void> start_execution(std::string name);
  cloud::Async<void> stop(std::string name);
  cloud::Async<void> work(int worker);
  void take_token(const std::string& token, const std::string& execution);
  cloud::Async<void> answer(std::string token);
  int running(const std::string& machine);
  void check_tokens(const std::string& name, const History& history);

  static constexpr int kWorkers = 2;

  World& world_;
  FunctionHost& host_;
  const int goal_;
  std::string outer_arn_;
  std::string inner_arn_;
  std::string activity_arn_;
  std::map<std::string, Started> started_;  // by name
  std::map<std::string, Token> tokens_;     // by token
};

}  // namespace doorbuster::simulator
