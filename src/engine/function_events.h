// What becomes of the calls of functions that nobody waits for, on the writer's thread.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
//
// They wait in a hidden queue of their function's (engine/functions.h). A call that fails is tried
// again after one and after two minutes; one that could not begin, because too many are under way,
// after a second, then two, up to five minutes, until it is too old. What is given up goes to the
// function's dead-letter queue and to its destination on failure.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cloud/function_host.h"
#include "engine/functions.h"
#include "engine/topics.h"

namespace doorbuster::engine {

// The functions there are.
struct FunctionList {
  std::uint64_t version = 0;                       // see Functions::version()
  std::map<std::string, std::uint64_t> creations;  // see Functions::creations()
};

class FunctionEvents {
 public:
  FunctionEvents(Queues& queues, Topics& topics, Functions& functions)
      : queues_(queues), topics_(topics), functions_(functions) {}

  // Answers when there is another version than `known`; after every change of the functions,
  // changed() has to follow.
  void watch(Turn& turn, std::uint64_t known, std::unique_ptr<Reply<FunctionList>>& reply);
  void changed(Turn& turn);
  // Answers whoever watches, with what there is.
  void dismiss(Turn& turn);

  // Events of the function, as Queues::receive() gives them, while few enough of its calls are
  // under way. Throws ResourceNotFoundException, also if it has been made again since.
  void receive(Turn& turn, const std::string& arn, std::uint64_t creation,
               std::unique_ptr<Reply<std::vector<Delivery>>>& reply);

  // Begins the call that the event asks for: finished() or refused() must follow. Nothing if it
  // came to something else: the event is too old, too many calls are under way.
  std::optional<cloud::Deployment> begin(Turn& turn, const std::string& arn,
                                         const Delivery& delivery);
  void finished(Turn& turn, const std::string& arn, const Delivery& delivery,
                const cloud::InvocationOutcome& outcome);
  // No host could begin the call.
  void refused(Turn& turn, const std::string& arn, const Delivery& delivery);

 private:
  void no_longer_under_way(const std::string& arn);
  void delay(Turn& turn, const Function& function, const Delivery& delivery);
  void settle(Turn& turn, const std::string& arn, const Delivery& delivery);
  void give_up(Turn& turn, const Function& function, const FunctionEvent& event,
               const char* condition, const cloud::InvocationOutcome* outcome);
  bool send(Turn& turn, const Function& from, const std::string& to, std::string body,
            cloud::MessageAttributeMap attributes);
  void serve(Turn& turn, const Function& function);

  Queues& queues_;
  Topics& topics_;
  Functions& functions_;
  std::vector<std::unique_ptr<Reply<FunctionList>>> watchers_;
  std::map<std::string, int> under_way_;  // calls, by ARN
  // Receives that wait until fewer are.
  std::map<std::string, std::unique_ptr<Reply<std::vector<Delivery>>>> parked_;
};

}  // namespace doorbuster::engine
