// All event-source mappings: which queues feed which functions, on the writer's thread.
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
//
// They poll elsewhere (engine/event_source_pollers.h), by plans that say what a mapping is at the
// moment; a change ends the polls under way and makes another plan. Operations throw cloud::Error
// with Lambda's codes and then have changed nothing; whoever asks must be the owner.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/filter_policy.h"
#include "engine/functions.h"
#include "engine/queues.h"

namespace doorbuster::engine {

// What a poller does. A plan is never changed: another has another revision.
struct PollingPlan {
  std::string uuid;
  std::uint64_t revision = 0;
  std::string queue_arn;
  std::string function_arn;
  int batch_size = 10;                 // messages
  std::chrono::seconds window{};       // to wait for that many
  int concurrency = 5;                 // calls at the same time
  bool reports_failures = false;       // ReportBatchItemFailures
  std::vector<FilterPolicy> patterns;  // a message must match one, if there are any
};
struct PollingPlans {
  std::uint64_t version = 0;  // one more with every change, from 1 on
  std::vector<std::shared_ptr<const PollingPlan>> plans;
};

class EventSourceMappings {
 public:
  using Mapping = cloud::EventSourceMappingConfiguration;

  EventSourceMappings(Queues& queues, Functions& functions)
      : queues_(queues), functions_(functions) {}

  void open(const Store& store);

  Mapping create(Turn& turn, const cloud::Caller& caller,
                 const cloud::CreateEventSourceMappingRequest& request);
  Mapping update(Turn& turn, const cloud::Caller& caller,
                 const cloud::UpdateEventSourceMappingRequest& request);
  Mapping destroy(Turn& turn, const cloud::Caller& caller, const std::string& uuid);
  Mapping get(const cloud::Caller& caller, const std::string& uuid) const;
  cloud::ListEventSourceMappingsResult list(
      const cloud::Caller& caller, const cloud::ListEventSourceMappingsRequest& request) const;

  std::map<std::string, std::string> tags(const cloud::Caller& caller,
                                          const std::string& uuid) const;
  void set_tags(Turn& turn, const cloud::Caller& caller, const std::string& uuid,
                std::map<std::string, std::string> tags);

  void begin_turn(Turn& turn);
  // Mappings whose queue or function was gone are polled again once there is one of that name.
  void finish_turn(Turn& turn);
  std::optional<cloud::Time> alarm() const;

  // --- For whoever polls

  // Answers when there is another version than `known`.
  void watch(Turn& turn, std::uint64_t known, std::unique_ptr<Reply<PollingPlans>>& reply);
  // Answers whoever watches, with what there is, and ends all pauses.
  void dismiss(Turn& turn);

  // Answers at that time, or when mappings change.
  void pause(cloud::Time until, std::unique_ptr<Reply<Done>>& reply);
  // As Queues::receive(). Throws ResourceNotFoundException if the plan doesn't hold any more, or if
  // there is no queue or no function, and answers with nothing once the plan doesn't hold.
  void receive(Turn& turn, const PollingPlan& plan, ReceiveOrder order,
               std::unique_ptr<Reply<std::vector<Delivery>>>& reply);
  // Deletes messages, and says how a batch went: LastProcessingResult.
  void processed(Turn& turn, const PollingPlan& plan, const std::vector<ReceiptHandle>& done,
                 const std::string& result);

 private:
  struct Entry {
    Mapping mapping;
    std::map<std::string, std::string> tags;
    std::shared_ptr<const PollingPlan> plan;      // null while it is disabled
    std::vector<std::weak_ptr<Ticket>> receives;  // that wait
  };

  Entry& at(const cloud::Caller& caller, const std::string& uuid);
  const Entry& at(const cloud::Caller& caller, const std::string& uuid) const;
  const Function& function_of(const cloud::Caller& caller, const std::string& name) const;
  void check(const Mapping& mapping, const Function& function) const;
  void check_is_new(const Mapping& mapping) const;
  void begin_plan(Entry& entry);
  void renew_plan(Turn& turn, Entry& entry);
  void end_plan(Turn& turn, Entry& entry);
  void put(Turn& turn, Entry& entry);
  void write(Turn& turn, const Entry& entry) const;

  Queues& queues_;
  Functions& functions_;
  std::map<std::string, Entry> mappings_;  // by UUID
  std::set<std::string> stranded_;  // those whose queue or function is gone, as a poller has found
  std::uint64_t version_ = 1;
  std::vector<std::unique_ptr<Reply<PollingPlans>>> watchers_;
  std::multimap<cloud::Time, std::unique_ptr<Reply<Done>>> pauses_;
};

}  // namespace doorbuster::engine
