// A queue against a model so simple that it can be seen to be right: random operations under a
// seed, restarts among them, and after each the counts must agree exactly.
#include <algorithm>
#include <map>
#include <random>

#include "engine/queue_driver.h"

namespace doorbuster::engine {
namespace {

constexpr int kVisibility_s = 20;

// What SQS promises of a queue without retention or dead letters, in the plainest words.
class Model {
 public:
  explicit Model(bool fifo) : fifo_(fifo) {}

  struct Message {
    std::string body;
    std::string group;
    cloud::Time visible_at{};
    std::string handle;  // of the last receive
    int receives = 0;
  };

  void send(const std::string& body, const std::string& group, cloud::Time now, int delay_s) {
    messages_.push_back({body, group, now + seconds(delay_s), "", 0});
  }

  // Whether SQS may hand this one out now, after what it has handed out in the same receive.
  bool may_receive(const std::string& body, cloud::Time now,
                   const std::vector<std::string>& same_receive) const {
    const Message& wanted = find(body);
    bool before = true;
    for (const auto& m : messages_) {
      if (m.body == body) before = false;
      if (!fifo_ || m.group != wanted.group || contains(same_receive, m.body)) continue;
      const bool in_flight = m.receives > 0 && m.visible_at > now;
      if (before || in_flight) return false;
    }
    return wanted.visible_at <= now;
  }
  // Whether anything can be had.
  bool anything(cloud::Time now) const {
    return std::any_of(messages_.begin(), messages_.end(),
                       [&](const auto& m) { return may_receive(m.body, now, {}); });
  }
  void received(const std::string& body, const std::string& handle, cloud::Time until) {
    Message& m = find(body);
    m.handle = handle;
    m.visible_at = until;
    ++m.receives;
  }
  Message& find(const std::string& body) {
    return *std::find_if(messages_.begin(), messages_.end(),
                         [&](const auto& m) { return m.body == body; });
  }
  const Message& find(const std::string& body) const {
    return const_cast<Model*>(this)->find(body);
  }
  bool holds(const std::string& handle) const {
    return std::any_of(messages_.begin(), messages_.end(),
                       [&](const auto& m) { return m.handle == handle; });
  }
  Message& by_handle(const std::string& handle) {
    return *std::find_if(messages_.begin(), messages_.end(),
                         [&](const auto& m) { return m.handle == handle; });
  }
  void remove(const std::string& handle) {
    std::erase_if(messages_, [&](const auto& m) { return m.handle == handle; });
  }
  void purge() { messages_.clear(); }

  std::string counts(cloud::Time now) const {
    int visible = 0;
    int in_flight = 0;
    int delayed = 0;
    for (const auto& m : messages_) {
      ++(m.visible_at <= now ? visible : m.receives > 0 ? in_flight : delayed);
    }
    return std::to_string(visible) + ' ' + std::to_string(in_flight) + ' ' +
           std::to_string(delayed);
  }

 private:
  static bool contains(const std::vector<std::string>& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
  }

  const bool fifo_;
  std::vector<Message> messages_;
};

class Trial {
 public:
  Trial(bool fifo, unsigned seed)
      : fifo_(fifo),
        random_(seed),
        bed_(seed),
        queue_(bed_, fifo ? "Q.fifo" : "Q", {{"VisibilityTimeout", std::to_string(kVisibility_s)}}),
        model_(fifo) {}

  void step() {
    switch (up_to(20)) {
      case 0:
        bed_.reopen();
        break;
      case 1:
        bed_.advance(milliseconds(up_to(12'000)));
        break;
      case 2:
        if (up_to(40) == 0) purge();
        break;
      case 3:
      case 4:
      case 5:
        remove();
        break;
      case 6:
      case 7:
        change_visibility();
        break;
      case 8:
      case 9:
      case 10:
      case 11:
      case 12:
        receive();
        break;
      default:
        send();
    }
    ASSERT_EQ(queue_.counts(), model_.counts(now()));
  }

  // Everything must come out in the end.
  void drain() {
    while (model_.counts(now()) != "0 0 0") {
      bed_.advance(seconds(kVisibility_s));
      const auto before = handles_.size();
      receive();
      while (handles_.size() > before) {
        const std::string handle = handles_.back();
        handles_.pop_back();
        if (bed_.error_of(bed_.sqs().DeleteMessage({queue_.url(), handle})).empty()) {
          model_.remove(handle);
        }
      }
      if (testing::Test::HasFailure()) return;
    }
    bed_.reopen();
    EXPECT_EQ(queue_.counts(), "0 0 0");
  }

 private:
  unsigned up_to(unsigned n) { return static_cast<unsigned>(random_() % n); }
  cloud::Time now() const { return const_cast<Trial*>(this)->bed_.clock().now(); }

  void send() {
    for (unsigned left = 1 + up_to(4); left > 0; --left) {
      const std::string body = std::to_string(next_++);
      const std::string group = fifo_ ? std::string(1, static_cast<char>('a' + up_to(4))) : "";
      auto message = queue_.message(body, group, fifo_ ? body : "");
      int delay_s = 0;
      if (!fifo_ && up_to(4) == 0) message.DelaySeconds = delay_s = static_cast<int>(up_to(30));
      queue_.send(message);
      model_.send(body, group, now(), delay_s);
    }
  }

  void receive() {
    auto order = queue_.order(1 + static_cast<int>(up_to(10)));
    int timeout_s = kVisibility_s;
    if (up_to(3) == 0) order.VisibilityTimeout = timeout_s = static_cast<int>(up_to(10));
    const auto messages = queue_.receive(order);
    if (messages.empty()) {
      EXPECT_FALSE(model_.anything(now()));
    }
    std::vector<std::string> same_receive;
    for (const auto& message : messages) {
      ASSERT_TRUE(model_.may_receive(message.Body, now(), same_receive)) << message.Body;
      same_receive.push_back(message.Body);
    }
    for (const auto& message : messages) {
      model_.received(message.Body, message.ReceiptHandle, now() + seconds(timeout_s));
      EXPECT_EQ(message.Attributes.at("ApproximateReceiveCount"),
                std::to_string(model_.find(message.Body).receives));
      handles_.push_back(message.ReceiptHandle);
    }
  }

  void remove() {
    if (handles_.empty()) return;
    const std::string handle = handles_[up_to(static_cast<unsigned>(handles_.size()))];
    const bool holds = model_.holds(handle);
    const bool visible = holds && model_.by_handle(handle).visible_at <= now();
    const bool expired = fifo_ && (!holds || visible);
    EXPECT_EQ(bed_.error_of(bed_.sqs().DeleteMessage({queue_.url(), handle})),
              expired ? "InvalidParameterValue" : "");
    if (!expired) model_.remove(handle);
  }

  void change_visibility() {
    if (handles_.empty()) return;
    const std::string handle = handles_[up_to(static_cast<unsigned>(handles_.size()))];
    const int timeout_s = static_cast<int>(up_to(3) * 10);
    const bool in_flight = model_.holds(handle) && model_.by_handle(handle).visible_at > now();
    EXPECT_EQ(bed_.error_of(bed_.sqs().ChangeMessageVisibility({queue_.url(), handle, timeout_s})),
              in_flight ? "" : "MessageNotInflight");
    if (in_flight) model_.by_handle(handle).visible_at = now() + seconds(timeout_s);
  }

  void purge() {
    if (bed_.error_of(bed_.sqs().PurgeQueue({queue_.url()})).empty()) model_.purge();
  }

  const bool fifo_;
  std::mt19937 random_;
  TestBed bed_;
  QueueDriver queue_;
  Model model_;
  std::vector<std::string> handles_;
  int next_ = 0;
};

class QueueModelTest : public testing::TestWithParam<bool> {};

TEST_P(QueueModelTest, AnyRunOfOperationsAgreesWithTheModel) {
  for (unsigned seed = 1; seed <= 24; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Trial trial(GetParam(), seed);
    for (int step = 0; step < 300; ++step) {
      SCOPED_TRACE("step " + std::to_string(step));
      trial.step();
      if (HasFailure()) return;
    }
    trial.drain();
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, QueueModelTest, testing::Bool(),
                         [](const auto& kind) { return kind.param ? "Fifo" : "Standard"; });

}  // namespace
}  // namespace doorbuster::engine
