#include "side_load.h"

#include <algorithm>

#include "cloud/error.h"

namespace doorbuster::simulator {
namespace {

// Less than the five minutes for which a FIFO queue knows what it has taken.
constexpr seconds kRetriesMax{280};
constexpr int kVisibility_s = 20;

// A standard queue removes bodies by chunks of 256. With so many messages before the first of ours,
// ours are in two of them.
constexpr int kSentBefore = 245;

const std::string& attribute(const cloud::Message& message, const char* name) {
  return message.Attributes.at(name);
}

}  // namespace

SideLoad::SideLoad(World& world, std::string queue, int messages_of_group)
    : world_(world),
      queue_(std::move(queue)),
      fifo_(queue_.ends_with(".fifo")),
      goal_(messages_of_group) {}

void SideLoad::create_queue() {
  cloud::CreateQueueRequest request;
  request.QueueName = queue_;
  if (fifo_) request.Attributes["FifoQueue"] = "true";
  url_ = world_.bed.run(world_.bed.sqs().CreateQueue(request)).QueueUrl;
  if (!fifo_ && !aged_) age();
  aged_ = true;
}

// Sends and purges, in a turn each.
void SideLoad::age() {
  engine::TestBed& bed = world_.bed;
  std::vector<std::shared_ptr<engine::TestBed::Outcome<cloud::SendMessageResult>>> sent;
  for (int i = 0; i < kSentBefore; ++i) {
    cloud::SendMessageRequest request;
    request.QueueUrl = url_;
    request.MessageBody = "before";
    sent.push_back(bed.begin_later(bed.sqs().SendMessage(std::move(request))));
  }
  bed.settle();
  for (const auto& outcome : sent) {
    if (outcome->error) std::rethrow_exception(outcome->error);
  }
  bed.run(bed.sqs().PurgeQueue({url_}));
}

void SideLoad::start() {
  for (int group = 0; group < kGroups; ++group) world_.spawn(send_all(group));
  for (int i = 0; i < kReceivers; ++i) world_.spawn(receive_all());
  world_.spawn(remove_hidden());
}

std::string SideLoad::text(Message message) const {
  return std::to_string(message.group) + ':' + std::to_string(message.number);
}

SideLoad::Message SideLoad::parse(const std::string& body) {
  const auto colon = body.find(':');
  return {std::stoi(body.substr(0, colon)), std::stoi(body.substr(colon + 1))};
}

// --- Sending ----------------------------------------------------------------------------------

cloud::Async<void> SideLoad::send_all(int group) {
  while (next_[group] < goal_) {
    const Message message{group, next_[group]};
    if (!co_await send(message)) co_return;
    ++next_[group];
    if (world_.happens(30)) co_await world_.sleep(seconds(world_.chance.between(1, 20)));
  }
}

cloud::Async<bool> SideLoad::send(Message message) {
  first_sent_.try_emplace(message, world_.bed.clock().now());
  cloud::SendMessageRequest request;
  request.QueueUrl = url_;
  request.MessageBody = text(message);
  if (fifo_) {
    request.MessageGroupId = std::to_string(message.group);
    request.MessageDeduplicationId = request.MessageBody;
  } else if (world_.happens(20)) {
    request.DelaySeconds = world_.chance.between(1, 30);
  }
  try {
    const auto sent = co_await world_.bed.sqs().SendMessage(std::move(request));
    acknowledged_.insert(sent.MessageId);
    world_.trace(queue_ + " took " + text(message) + " as " + sent.MessageId);
    if (world_.bed.clock().now() > first_sent_[message] + kRetriesMax) late_.insert(message);
    check_identity(message, sent.MessageId);
    co_return true;
  } catch (const cloud::Error& e) {
    world_.trace(queue_ + " did not take " + text(message) + ": " + e.code());
    co_return false;
  }
}

// --- Receiving --------------------------------------------------------------------------------

cloud::Async<void> SideLoad::receive_all() {
  for (;;) {
    cloud::ReceiveMessageRequest request;
    request.QueueUrl = url_;
    request.MaxNumberOfMessages = world_.chance.between(1, 10);
    request.VisibilityTimeout = kVisibility_s;
    request.WaitTimeSeconds = world_.chance.between(1, 20);
    request.MessageSystemAttributeNames = {"All"};
    const cloud::Time asked = world_.bed.clock().now();
    std::vector<cloud::Message> batch;
    try {
      batch = (co_await world_.bed.sqs().ReceiveMessage(std::move(request))).Messages;
    } catch (const cloud::Error&) {
      co_return;
    }
    check_received(batch, asked);
    // Sometimes too slow, so that somebody else gets them too.
    if (world_.happens(20)) co_await world_.sleep(seconds(world_.chance.between(1, 40)));
    for (cloud::Message& message : batch) {
      if (!world_.happens(20)) co_await remove(std::move(message));
    }
  }
}

cloud::Async<void> SideLoad::remove(cloud::Message received) {
  const std::string id = received.MessageId;
  cloud::DeleteMessageRequest request;
  request.QueueUrl = url_;
  request.ReceiptHandle = received.ReceiptHandle;
  removing_.insert(id);
  // A handle that is no longer the latest deletes nothing, on a standard queue without a word.
  const std::string latest_before = receipts_[id].message.ReceiptHandle;
  try {
    co_await world_.bed.sqs().DeleteMessage(std::move(request));
  } catch (const cloud::Error&) {
    co_return;
  }
  const std::string& latest = receipts_[id].message.ReceiptHandle;
  if (latest_before == received.ReceiptHandle && latest == received.ReceiptHandle) {
    removed_.insert(id);
  }
  world_.trace(queue_ + " deleted " + received.Body);
}

// Some of those received before a restart, while nobody else can have received them since.
cloud::Async<void> SideLoad::remove_hidden() {
  std::vector<Receipt> receipts;
  for (const auto& [id, receipt] : receipts_) receipts.push_back(receipt);
  for (Receipt& receipt : receipts) {
    const bool hidden = world_.bed.clock().now() < receipt.hidden_until;
    if (hidden && world_.chance.percent(50)) co_await remove(std::move(receipt.message));
  }
}

void SideLoad::check_received(const std::vector<cloud::Message>& batch, cloud::Time asked) {
  std::set<Message> before;
  for (const cloud::Message& received : batch) {
    const Message message = parse(received.Body);
    world_.trace(queue_ + " gave " + received.Body + " as " + received.MessageId);
    require(!removed_.contains(received.MessageId),
            queue_ + " has given message " + received.Body + " again after its deletion");
    require(received.MD5OfBody == engine::hex(engine::md5(received.Body)),
            queue_ + " has given another body than its digest says");
    if (receipts_.contains(received.MessageId)) check_return(received);
    const bool first = attribute(received, "ApproximateReceiveCount") == "1";
    const cloud::Time received_at =
        first ? engine::from_ms(std::stoll(attribute(received, "ApproximateFirstReceiveTimestamp")))
              : asked;
    receipts_[received.MessageId] = {received, received_at + seconds(kVisibility_s)};
    came_.insert(received.MessageId);
    check_identity(message, received.MessageId);
    if (fifo_) check_order(message, before);
    before.insert(message);
  }
}

// A receive whose answer got lost counts, too.
void SideLoad::check_return(const cloud::Message& received) const {
  const Receipt& last = receipts_.at(received.MessageId);
  constexpr const char* kCount = "ApproximateReceiveCount";
  require(std::stoi(attribute(received, kCount)) > std::stoi(attribute(last.message, kCount)),
          queue_ + " has forgotten how often it gave " + received.Body);
  for (const char* name : {"SentTimestamp", "ApproximateFirstReceiveTimestamp"}) {
    require(attribute(received, name) == attribute(last.message, name),
            queue_ + " has given " + received.Body + " with another " + name);
  }
  require(world_.bed.clock().now() >= last.hidden_until,
          queue_ + " has given " + received.Body + " again before its visibility timeout ended");
}

void SideLoad::check_identity(Message message, const std::string& id) {
  ids_[message].insert(id);
  require(!fifo_ || late_.contains(message) || ids_[message].size() == 1,
          queue_ + " has taken message " + text(message) + " twice");
}

void SideLoad::check_order(Message message, const std::set<Message>& before_in_batch) const {
  for (Message earlier{message.group, 0}; earlier < message; ++earlier.number) {
    const auto ids = ids_.find(earlier);
    const bool gone =
        ids != ids_.end() && std::ranges::any_of(ids->second, [this](const std::string& id) {
          return removing_.contains(id);
        });
    require(gone || before_in_batch.contains(earlier),
            queue_ + " has given " + text(message) + " before " + text(earlier) + " was gone");
  }
}

// --- The end ----------------------------------------------------------------------------------

bool SideLoad::done() const {
  return std::ranges::all_of(next_, [this](const auto& group) { return group.second == goal_; });
}

void SideLoad::check_end() const {
  for (const std::string& id : acknowledged_) {
    require(came_.contains(id), queue_ + " has lost the acknowledged message " + id);
    require(removing_.contains(id), queue_ + " has removed message " + id + " by itself");
  }
}

}  // namespace doorbuster::simulator
