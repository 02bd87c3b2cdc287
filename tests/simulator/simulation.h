// One run: an engine that takes in orders and functions that work them off, on a disk that loses
// power, in a process that is killed, with deliveries that come late, twice or in part; and at the
// end the proof that nothing of it shows.
//
// Everything follows from the seed. All of it happens on the caller's thread.
#pragma once

#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "checkout_load.h"
#include "cloud/lambda.h"
#include "engine/event_source_mapping.h"
#include "event_load.h"
#include "execution_load.h"
#include "function_host.h"
#include "functions/sales_database.h"
#include "functions/shipping_database.h"
#include "map_load.h"
#include "orders/generator.h"
#include "side_load.h"
#include "topology/topology.h"
#include "world.h"

namespace doorbuster::simulator {

class Simulation {
 public:
  // The functions' databases are made in `directory`, which must be empty.
  Simulation(std::uint64_t seed, bool verbose, std::filesystem::path directory);

  // Throws Violation, or whatever else shouldn't be thrown.
  void run();

  const Trace& trace() const { return world_.trace; }
  int crashes() const { return crashes_; }

 private:
  friend class Inspection;

  // An object as its producer knows it.
  struct Upload {
    std::uint64_t order = 0;
    std::string body;
    bool corrupt = false;
    bool in_the_air = false;
    int tried = 0;
    int acknowledged = 0;
  };

  // How often an event was sent to a queue by hand.
  struct Copies {
    int tried = 0;
    int acknowledged = 0;
  };

  // A function, its queue and what its messages have been.
  struct Worker {
    topology::QueueWithDeadLetters queue;
    std::function<cloud::Handler()> make;  // for an engine that has just been opened
    cloud::Handler function;
    std::unique_ptr<engine::EventSourceMapping> mapping;
    std::vector<std::string> bodies;       // of messages that have come
    std::map<std::string, Copies> copies;  // by the object's key
  };

  void open();
  void set_up();
  void open_databases();
  void start_workers();
  void restart();
  void lose_power();

  void run_with_faults();
  void step();
  void act();
  void act_on_checkout();
  void check_power();
  void pass_some_time();
  void break_something();

  void upload_next();
  void upload_again();
  cloud::Async<void> put(std::string key);
  void copy_message();
  cloud::Async<void> send_copy(Worker& worker, std::string body, std::string key);
  void redrive(const topology::QueueWithDeadLetters& queue);
  std::vector<topology::QueueWithDeadLetters> queues() const;

  cloud::Async<boost::json::value> handle(Worker& worker, boost::json::value event,
                                          cloud::Context context);
  cloud::Async<boost::json::value> handle_part(Worker& worker, boost::json::value event,
                                               cloud::Context context);
  void note(Worker& worker, const boost::json::value& event);

  void run_until_quiet();
  bool quiet();
  std::string backlog();
  bool redriving();
  cloud::AttributeMap attributes(const std::string& url);

  World world_;
  const std::filesystem::path directory_;
  orders::Generator generator_;
  const std::uint64_t orders_;
  const int opening_stock_;
  std::unique_ptr<functions::ShippingDatabase> shipping_;
  std::unique_ptr<functions::SalesDatabase> sales_;
  topology::Resources resources_;
  std::vector<Worker> workers_;
  SideLoad standard_;
  SideLoad fifo_;
  FunctionHost host_;
  CheckoutLoad checkout_;
  ExecutionLoad executions_;
  EventLoad events_;
  MapLoad maps_;

  std::uint64_t next_order_ = 0;
  std::map<std::string, Upload> uploads_;  // by key
  int crashes_ = 0;
  std::size_t logged_ = 0;
};

}  // namespace doorbuster::simulator
