#include "functions/group_commit.h"

#include <gmock/gmock.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <stdexcept>

namespace doorbuster::functions {
namespace {

using testing::ElementsAre;
namespace asio = boost::asio;

using Numbers = GroupCommit<int, int>;

cloud::Async<void> add(Numbers& group, int n, std::vector<int>& answers) {
  answers.push_back(co_await group.add(n));
}

std::vector<int> negated(const std::vector<int>& ins) {
  std::vector<int> outs;
  for (const int n : ins) outs.push_back(-n);
  return outs;
}

TEST(GroupCommit, WritesTogetherWhatCameTogether) {
  std::vector<std::vector<int>> groups;
  std::vector<int> answers;
  asio::io_context context;
  Numbers group(3, [&](const std::vector<int>& ins) {
    groups.push_back(ins);
    return negated(ins);
  });
  for (int i = 1; i <= 7; ++i) asio::co_spawn(context, add(group, i, answers), asio::detached);
  context.run();
  EXPECT_THAT(groups, ElementsAre(ElementsAre(1, 2, 3), ElementsAre(4, 5, 6), ElementsAre(7)));
  EXPECT_THAT(answers, ElementsAre(-1, -2, -3, -4, -5, -6, -7));
}

TEST(GroupCommit, FailsAllOfAGroupAndGoesOn) {
  bool broken = true;
  asio::io_context context;
  Numbers group(10, [&](const std::vector<int>& ins) {
    if (std::exchange(broken, false)) throw std::runtime_error("the disk is full");
    return negated(ins);
  });
  auto first = asio::co_spawn(context, group.add(1), asio::use_future);
  auto second = asio::co_spawn(context, group.add(2), asio::use_future);
  context.run();
  EXPECT_THROW(first.get(), std::runtime_error);
  EXPECT_THROW(second.get(), std::runtime_error);
  context.restart();
  auto third = asio::co_spawn(context, group.add(3), asio::use_future);
  context.run();
  EXPECT_EQ(third.get(), -3);
}

TEST(GroupCommit, NeverWritesTwiceAtTheSameTime) {
  std::atomic<int> writing = 0;
  std::atomic<int> written = 0;
  asio::thread_pool pool(4);
  Numbers group(5, [&](const std::vector<int>& ins) {
    EXPECT_EQ(++writing, 1);
    written += static_cast<int>(ins.size());
    --writing;
    return negated(ins);
  });
  std::vector<std::future<int>> answers;
  for (int i = 0; i < 2'000; ++i) {
    answers.push_back(asio::co_spawn(pool, group.add(i), asio::use_future));
  }
  for (int i = 0; i < 2'000; ++i) EXPECT_EQ(answers[static_cast<std::size_t>(i)].get(), -i);
  pool.join();
  EXPECT_EQ(written, 2'000);
}

}  // namespace
}  // namespace doorbuster::functions
