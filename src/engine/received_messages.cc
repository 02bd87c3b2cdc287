#include "engine/received_messages.h"

#include <algorithm>

#include "engine/codec.h"
#include "engine/text.h"

namespace doorbuster::engine {
namespace {

// Deleting one message writes the rest of its page again, so a page must not be long.
constexpr std::size_t kPageMessages = 16;

void encode(Encoder& out, std::uint64_t sequence, const Received& received) {
  const auto time = [&out](cloud::Time t) { out.varint(static_cast<std::uint64_t>(to_ms(t))); };
  out.varint(sequence);
  time(received.visible_at);
  time(received.first_received);
  time(received.last_received);
  time(received.sent);
  out.u64(received.receipt)
      .varint(received.count)
      .byte(received.in_process ? 1 : 0)
      .text(received.group);
}

std::pair<std::uint64_t, Received> decode(Decoder& in) {
  const auto time = [&in] { return from_ms(static_cast<std::int64_t>(in.varint())); };
  const std::uint64_t sequence = in.varint();
  Received received;
  received.visible_at = time();
  received.first_received = time();
  received.last_received = time();
  received.sent = time();
  received.receipt = in.u64();
  received.count = static_cast<std::uint32_t>(in.varint());
  received.in_process = in.byte() != 0;
  received.group = in.text();
  return {sequence, received};
}

}  // namespace

std::string ReceivedMessages::key(std::uint64_t page) const {
  return Encoder().raw("f").u32(queue_).u64(page).bytes();
}

void ReceivedMessages::open(const Store& store) {
  const std::string prefix = Encoder().raw("f").u32(queue_).bytes();
  store.scan(Family::state, prefix, after_prefix(prefix),
             [&](std::string_view page_key, std::string_view value) {
               last_page_ = Decoder(page_key.substr(prefix.size())).u64();
               for (Decoder in(value); !in.done();) {
                 auto [sequence, received] = decode(in);
                 received.page = last_page_;
                 pages_[last_page_].insert(sequence);
                 messages_.insert_or_assign(sequence, std::move(received));
               }
               return true;
             });
}

bool ReceivedMessages::any_between(std::uint64_t begin, std::uint64_t end) const {
  const auto it = messages_.lower_bound(begin);
  return it != messages_.end() && it->first < end;
}

ReceivedMessages::iterator ReceivedMessages::receive(std::uint64_t sequence) {
  const auto [it, first_time] = messages_.try_emplace(sequence);
  if (!first_time) leave_page(it);
  if (open_page_ == 0 || pages_[open_page_].size() == kPageMessages) open_page_ = ++last_page_;
  it->second.page = open_page_;
  pages_[open_page_].insert(sequence);
  dirty_.insert(open_page_);
  return it;
}

void ReceivedMessages::leave_page(iterator it) {
  const auto page = pages_.find(it->second.page);
  dirty_.insert(page->first);
  page->second.erase(it->first);
  if (page->second.empty()) pages_.erase(page);
}

void ReceivedMessages::erase(iterator it) {
  leave_page(it);
  messages_.erase(it);
}

void ReceivedMessages::clear(Turn& turn) {
  const std::string prefix = Encoder().raw("f").u32(queue_).bytes();
  turn.batch.remove_range(Family::state, prefix, after_prefix(prefix));
  messages_.clear();
  pages_.clear();
  dirty_.clear();
}

void ReceivedMessages::save(Turn& turn) {
  for (const std::uint64_t number : dirty_) {
    const auto page = pages_.find(number);
    if (page == pages_.end()) {
      turn.batch.remove(Family::state, key(number));
      continue;
    }
    Encoder out;
    for (const std::uint64_t sequence : page->second) {
      encode(out, sequence, messages_.at(sequence));
    }
    turn.batch.put(Family::state, key(number), out.bytes());
  }
  dirty_.clear();
}

}  // namespace doorbuster::engine
