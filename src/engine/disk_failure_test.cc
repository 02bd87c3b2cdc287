// A disk that stops taking writes: nothing is acknowledged that is not kept, and nothing is kept of
// what was refused.
#include <rocksdb/file_system.h>

#include "engine/queue_driver.h"

namespace doorbuster::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class FailingFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  using FileSystemWrapper::FileSystemWrapper;

  bool failing = false;

  static const char* kClassName() { return "FailingFileSystem"; }
  const char* Name() const override { return kClassName(); }

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override {
    std::unique_ptr<rocksdb::FSWritableFile> inner;
    auto status = FileSystemWrapper::NewWritableFile(name, options, &inner, debug);
    if (status.ok()) *file = std::make_unique<File>(std::move(inner), failing);
    return status;
  }

 private:
  class File final : public rocksdb::FSWritableFileOwnerWrapper {
   public:
    File(std::unique_ptr<rocksdb::FSWritableFile> inner, const bool& failing)
        : FSWritableFileOwnerWrapper(std::move(inner)), failing_(failing) {}

    using FSWritableFileOwnerWrapper::Append;
    rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* debug) override {
      if (failing_) return rocksdb::IOStatus::IOError("the disk is gone");
      return FSWritableFileOwnerWrapper::Append(data, options, debug);
    }
    rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
      if (failing_) return rocksdb::IOStatus::IOError("the disk is gone");
      return FSWritableFileOwnerWrapper::Sync(options, debug);
    }

   private:
    const bool& failing_;
  };
};

class DiskFailureTest : public testing::Test {
 protected:
  std::shared_ptr<rocksdb::Env> memory = TestBed::memory();
  std::shared_ptr<FailingFileSystem> disk =
      std::make_shared<FailingFileSystem>(memory->GetFileSystem());
  TestBed bed{1, rocksdb::NewCompositeEnv(disk)};
};

TEST_F(DiskFailureTest, AFailedWriteIsAnsweredAndEndsTheEngineUntilItIsOpenedAgain) {
  QueueDriver queue(bed, "Q", {{"VisibilityTimeout", "5"}});
  queue.send("acknowledged");
  queue.send("received");
  const auto received = queue.receive().at(0);
  auto delayed = queue.message("delayed");
  delayed.DelaySeconds = 3;
  queue.send(delayed);
  QueueDriver idle(bed, "Idle");
  const auto poll = idle.poll();

  disk->failing = true;
  EXPECT_EQ(queue.error_of_send(queue.message("lost")), "ServiceUnavailable");
  EXPECT_TRUE(bed.engine().failure());
  EXPECT_THAT(bed.log().back(), HasSubstr("the engine has stopped"));
  ASSERT_TRUE(poll->error) << "whoever waits is told";
  EXPECT_EQ(queue.error_of_send(queue.message("lost")), "ServiceUnavailable");
  EXPECT_EQ(queue.error_of_remove(received), "ServiceUnavailable");
  EXPECT_EQ(bed.error_of(bed.sqs().ReceiveMessage(queue.order())), "ServiceUnavailable");

  // The disk recovers, but memory is ahead of it: nothing may be written from there.
  disk->failing = false;
  bed.advance(minutes(5));
  EXPECT_EQ(queue.error_of_send(queue.message("lost")), "ServiceUnavailable");

  bed.reopen();
  bed.settle();
  EXPECT_FALSE(bed.engine().failure());
  EXPECT_EQ(queue.counts(), "3 0 0");
  EXPECT_THAT(queue.bodies(), ElementsAre("acknowledged", "received", "delayed"));
  queue.send("after");
  EXPECT_THAT(queue.bodies(), ElementsAre("after"));
}

TEST_F(DiskFailureTest, EveryCommandOfTheTurnIsRefused) {
  QueueDriver queue(bed, "Q.fifo");
  queue.send_to("a", "acknowledged");
  disk->failing = true;
  std::vector<std::shared_ptr<TestBed::Outcome<cloud::SendMessageResult>>> outcomes;
  for (const char* body : {"1", "2", "3"}) {
    outcomes.push_back(bed.begin_later(bed.sqs().SendMessage(queue.message(body, "a", body))));
  }
  bed.settle();
  for (const auto& outcome : outcomes) EXPECT_TRUE(outcome->error);
  disk->failing = false;
  bed.reopen();
  EXPECT_EQ(queue.counts(), "1 0 0");
  EXPECT_THAT(queue.bodies(), ElementsAre("acknowledged"));
}

TEST_F(DiskFailureTest, ACommandThatBreaksTheTurnTakesNobodyWithItUnanswered) {
  QueueDriver queue(bed, "Q");
  const auto before = bed.begin_later(bed.sqs().SendMessage(queue.message("before")));
  auto broken = [](Machine&, Turn&) -> int { throw StoreError("can't read"); };
  const auto breaking = bed.begin_later(bed.engine().call<int>(std::move(broken)));
  const auto behind = bed.begin_later(bed.sqs().SendMessage(queue.message("behind")));
  bed.settle();
  EXPECT_TRUE(before->error);
  EXPECT_TRUE(breaking->error);
  EXPECT_TRUE(behind->error);
  bed.reopen();
  EXPECT_EQ(queue.counts(), "0 0 0");
}

}  // namespace
}  // namespace doorbuster::engine
