// A queue that is used through SQS alone, beside the flow of orders, and checked against a model.
//
// Each group has one sender, which sends its messages one after another and each until it has been
// acknowledged; several receivers work on all of them. What holds on any queue: a message that was
// acknowledged comes, again and again until somebody asks for its deletion, never while its
// visibility timeout lasts, and never once its deletion was acknowledged; its receipt handle
// outlives a restart; it knows how often it has come, and when first. On a FIFO queue: a message is
// taken once, however often it was sent, and comes when all before it in its group are gone or come
// with it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "world.h"

namespace doorbuster::simulator {

class SideLoad {
 public:
  SideLoad(World& world, std::string queue, int messages_of_group);

  void create_queue();
  // Begins or, after a restart, begins again.
  void start();

  const std::string& url() const { return url_; }
  bool done() const;
  void check_end() const;

 private:
  static constexpr int kGroups = 3;
  static constexpr int kReceivers = 2;

  struct Message {
    int group = 0;
    int number = 0;
    friend auto operator<=>(const Message&, const Message&) = default;
  };

  cloud::Async<void> send_all(int group);
  void age();
  cloud::Async<bool> send(Message message);
  cloud::Async<void> receive_all();
  cloud::Async<void> remove(cloud::Message received);
  cloud::Async<void> remove_hidden();
  void check_received(const std::vector<cloud::Message>& batch, cloud::Time asked);
  void check_return(const cloud::Message& received) const;
  void check_identity(Message message, const std::string& id);
  void check_order(Message message, const std::set<Message>& before_in_batch) const;

  static Message parse(const std::string& body);
  std::string text(Message message) const;

  // A message as it came last.
  struct Receipt {
    cloud::Message message;
    cloud::Time hidden_until{};  // or longer
  };

  World& world_;
  const std::string queue_;
  const bool fifo_;
  const int goal_;
  std::string url_;
  bool aged_ = false;
  std::map<int, int> next_;                       // of each group: the number to send next
  std::map<Message, cloud::Time> first_sent_;     // when its sender first tried
  std::set<Message> late_;                        // tried again when it could be taken again
  std::map<Message, std::set<std::string>> ids_;  // the MessageIds that it was given
  std::set<std::string> came_;                    // MessageIds received
  std::set<std::string> acknowledged_;            // MessageIds of sends
  std::set<std::string> removing_;                // MessageIds that we have asked to delete
  std::set<std::string> removed_;                 // MessageIds whose deletion was acknowledged
  std::map<std::string, Receipt> receipts_;       // of each MessageId: the latest
};

}  // namespace doorbuster::simulator
