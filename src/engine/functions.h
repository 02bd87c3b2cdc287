// All functions: what AWS Lambda knows of them, on the writer's thread.
//
// Operations throw cloud::Error with Lambda's codes and then have changed nothing; whoever asks
// must be permitted to. A function's code runs elsewhere (cloud/function_host.h): what is here says
// whether a call may begin, and counts those that are under way. A call that nobody waits for is a
// message in a hidden queue of the function's; engine/function_events.h says what becomes of it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cloud/caller.h"
#include "engine/bodies.h"
#include "engine/function.h"
#include "engine/queues.h"
#include "engine/service_caller.h"

namespace doorbuster::engine {

// A call for which nobody waits.
struct FunctionEvent {
  std::string request_id;
  std::string payload;  // JSON
  std::string client_context;
  std::string trace_header;
  cloud::Time accepted{};
  int calls = 0;   // that failed
  int delays = 0;  // because no call could begin

  StoredMessage to_message() const;
  static FunctionEvent of(const StoredMessage& message);
};

// A call that has begun: Functions::end() must follow.
struct BegunCall {
  std::string function_arn;
  std::string request_id;
  cloud::Deployment deployment;  // without its code
  std::optional<Piece> code;     // of a zip
};

class Functions {
 public:
  Functions(Queues& queues, Bodies& bodies, Metrics& metrics)
      : queues_(queues), bodies_(bodies), metrics_(metrics) {}

  void open(const Store& store);

  // Throws ResourceNotFoundException, or AccessDeniedException: `action` is without "lambda:".
  const Function& permitted(const cloud::Caller& caller, const std::string& arn,
                            const char* action) const;
  // Null if there is none.
  const Function* find(std::string_view arn) const;
  // The caller's own, by name, after the one that is named.
  std::vector<const Function*> list(const cloud::Caller& caller, const std::string& after,
                                    std::size_t max) const;
  cloud::GetAccountSettingsResult account(const cloud::Caller& caller) const;

  // --- What they are

  // There must be none of that name. Takes it as it is, but for what only a turn gives:
  // LastModified and RevisionId.
  const Function& create(Turn& turn, Function function);
  // Its changes make another revision. `revision` is what it must have been, unless it is empty.
  template <class Change>
  const Function& update(Turn& turn, const std::string& arn, const std::string& revision,
                         Change change) {
    Function next = at(arn, revision);
    change(next);
    return put(turn, std::move(next));
  }
  // The same of what makes no other revision: tags, concurrency, what becomes of its events.
  template <class Change>
  const Function& amend(Turn& turn, const std::string& arn, Change change) {
    Function next = at(arn, "");
    change(next);
    return write(turn, std::move(next));
  }
  void destroy(Turn& turn, const std::string& arn);

  // --- Calls

  // A call begins: end() must follow. Throws ResourceNotFoundException, and
  // TooManyRequestsException while too many are under way.
  cloud::Deployment begin(const std::string& arn);
  // The same on behalf of a caller, who must be permitted to, or of the service itself.
  BegunCall begin(Turn& turn, const std::optional<cloud::Caller>& caller, const std::string& arn);
  // How long it took; nothing if it could not be begun after all.
  void end(const std::string& arn, bool failed, std::optional<std::chrono::milliseconds> took);

  // Whether the function exists and its policy lets the service call it; if not, `why` says so.
  bool allows(const std::string& arn, const ServiceCaller& caller, std::string* why) const;
  // Takes a call that nobody waits for, after the delay. The function must be there.
  void enqueue(Turn& turn, const std::string& arn, const FunctionEvent& event, int delay_s = 0);
  // By a service; false, with what allows() says, if it may not.
  bool enqueue_for(Turn& turn, const ServiceCaller& caller, const std::string& arn,
                   std::string payload, std::string* why);

  // --- For whoever works on the calls that nobody waits for

  // The functions there are: their `creation`, by ARN.
  std::map<std::string, std::uint64_t> creations() const;
  // One more with every function that comes or goes, from 1 on.
  std::uint64_t version() const { return version_; }

 private:
  const Function& at(const std::string& arn, const std::string& revision) const;
  // Gives it metrics, if it has none yet.
  void measure(Function& function);
  const Function& put(Turn& turn, Function function);
  const Function& write(Turn& turn, Function function);
  std::uint64_t stored(const std::string& account) const;
  int reserved(const std::string& account) const;
  // Of the calls under way, those of functions that have no concurrency reserved.
  int unreserved(const std::string& account) const;

  Queues& queues_;
  Bodies& bodies_;
  Metrics& metrics_;
  std::map<std::string, Function, std::less<>> functions_;  // by ARN
  // A function that is deleted and made again while calls run has the same gauge.
  struct Running {
    int calls = 0;
    std::shared_ptr<Gauge> gauge;
  };
  std::map<std::string, Running> running_;  // by ARN
  std::map<std::string, int> running_of_;   // calls, by account
  std::uint64_t version_ = 1;
};

}  // namespace doorbuster::engine
