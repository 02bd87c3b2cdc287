// The messages of one queue that have been received and not deleted: who may delete each, and when
// it is visible again.
//
// On disk, what was received together stands together on a page, so that receiving ten messages,
// and deleting them, costs two writes and not twenty. Belongs to the writer's thread.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "engine/turn.h"

namespace doorbuster::engine {

struct Received {
  cloud::Time visible_at{};
  cloud::Time first_received{};
  cloud::Time last_received{};
  cloud::Time sent{};
  std::uint64_t receipt = 0;
  std::uint32_t count = 0;
  bool in_flight = false;   // not kept: it follows from visible_at
  bool in_process = false;  // see ReceiveOrder
  std::string group;
  std::uint64_t page = 0;
};

class ReceivedMessages {
 public:
  using Map = std::map<std::uint64_t, Received>;  // by sequence
  using iterator = Map::iterator;

  explicit ReceivedMessages(std::uint32_t queue) : queue_(queue) {}

  // Takes up what the store knows; in_flight is false on all.
  void open(const Store& store);

  iterator begin() { return messages_.begin(); }
  iterator end() { return messages_.end(); }
  iterator find(std::uint64_t sequence) { return messages_.find(sequence); }
  bool empty() const { return messages_.empty(); }
  // The first of all; there must be one.
  std::uint64_t first() const { return messages_.begin()->first; }
  bool any_between(std::uint64_t begin, std::uint64_t end) const;

  // One that is received, for the first time or again, with others until end_receive().
  iterator receive(std::uint64_t sequence);
  void end_receive() { open_page_ = 0; }

  // Must follow every change of what is kept.
  void changed(iterator it) { dirty_.insert(it->second.page); }
  void erase(iterator it);

  void clear(Turn& turn);
  void save(Turn& turn);

 private:
  std::string key(std::uint64_t page) const;
  void leave_page(iterator it);

  const std::uint32_t queue_;
  Map messages_;
  std::map<std::uint64_t, std::set<std::uint64_t>> pages_;  // the sequences on each
  std::uint64_t last_page_ = 0;
  std::uint64_t open_page_ = 0;    // 0: none
  std::set<std::uint64_t> dirty_;  // pages that differ from the store's
};

}  // namespace doorbuster::engine
