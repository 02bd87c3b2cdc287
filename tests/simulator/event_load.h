// Calls of a function that nobody waits for, each of which leaves a record at its end: in one queue
// if it has succeeded, in another if it was given up.
//
// What holds: a call that was acknowledged was made, and has one record; one that always fails is
// tried three times and given up, one that never does succeeds.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "function_host.h"
#include "world.h"

namespace doorbuster::simulator {

class EventLoad {
 public:
  EventLoad(World& world, FunctionHost& host);

  void set_up();
  // Begins or, after a restart, begins again.
  void start();

  void send_next();

  bool done();
  void check_end();

 private:
  enum class Kind { succeeds, fails, either };
  struct Event {
    Kind kind = Kind::succeeds;
    bool in_the_air = false;
    int tried = 0;
    int acknowledged = 0;
    int calls = 0;
  };
  // What the records say of the events with a number, by condition.
  using Records = std::map<int, std::map<std::string, int>>;

  cloud::Async<void> send(int number);
  cloud::Async<boost::json::value> handle(boost::json::value event, cloud::Context context);
  Records records();

  World& world_;
  FunctionHost& host_;
  const int goal_;
  std::map<int, Event> events_;  // by number
};

}  // namespace doorbuster::simulator
