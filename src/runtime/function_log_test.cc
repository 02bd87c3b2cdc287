#include "runtime/function_log.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "runtime/temporary.h"

namespace doorbuster::runtime {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class StoppedClock final : public cloud::Clock {
 public:
  cloud::Time now() const override {
    return cloud::Time(std::chrono::milliseconds(1'795'766'400'007));
  }
};

class FunctionLogTest : public testing::Test {
 protected:
  static std::string content(const std::filesystem::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  const Temporary home;
  const StoppedClock clock;
  const std::filesystem::path path = home.path() / "logs" / "Echo.log";
};

TEST_F(FunctionLogTest, EachLineHasItsTime) {
  FunctionLog log(path, clock);
  Output output(log);
  output.write("one\ntw");
  output.write("o\n\nno end");
  output.flush();
  EXPECT_EQ(content(path),
            "2026-11-27T08:00:00.007Z\tone\n"
            "2026-11-27T08:00:00.007Z\ttwo\n"
            "2026-11-27T08:00:00.007Z\t\n"
            "2026-11-27T08:00:00.007Z\tno end\n");
}

TEST_F(FunctionLogTest, GoesOnWhereItWas) {
  FunctionLog(path, clock).add("lost, as it was never flushed");
  for (const char* line : {"first", "second"}) {
    FunctionLog log(path, clock);
    log.add(line);
    log.flush();
  }
  EXPECT_THAT(content(path), EndsWith("first\n2026-11-27T08:00:00.007Z\tsecond\n"));
}

TEST_F(FunctionLogTest, TwoFilesAreAllItEverTakes) {
  FunctionLog log(path, clock, 100);
  for (int i = 0; i < 100; ++i) {
    log.add("line " + std::to_string(i));
    log.flush();
  }
  EXPECT_LE(content(path).size(), 100U);
  EXPECT_LE(content(path.string() + ".1").size(), 100U);
  EXPECT_THAT(content(path), HasSubstr("line 99"));
  EXPECT_THAT(content(path.string() + ".1"), HasSubstr("line 96"));
}

TEST_F(FunctionLogTest, TheTailIsTheEndOfTheCall) {
  FunctionLog log(path, clock);
  Output output(log);
  output.begin_call();
  output.write("of the call before\n");
  output.begin_call();
  output.say("START");
  output.write("printed\n");
  EXPECT_EQ(output.tail(), "START\nprinted\n");
  output.write(std::string(100'000, 'x'));
  output.say("END");
  EXPECT_THAT(output.tail(), SizeIs(Output::kTailMax));
  EXPECT_THAT(output.tail(), EndsWith("xxxEND\n"));
}

TEST_F(FunctionLogTest, AFloodIsCutOffForItsCallOnly) {
  FunctionLog log(path, clock);
  Output output(log);
  output.begin_call();
  std::string line(99, 'x');
  line += '\n';
  for (std::uint64_t i = 0; i < 3 * Output::kCallMax / line.size(); ++i) output.write(line);
  output.say("END");
  const auto size = content(path).size();
  EXPECT_GT(size, Output::kCallMax);
  EXPECT_LT(size, 2 * Output::kCallMax);
  EXPECT_THAT(content(path), HasSubstr("The rest of what this call prints is not kept"));
  EXPECT_THAT(content(path), EndsWith("\tEND\n"));
  output.begin_call();
  output.write("heard again\n");
  EXPECT_THAT(content(path), EndsWith("\theard again\n"));
}

TEST_F(FunctionLogTest, ALineWithoutEndBecomesSeveral) {
  FunctionLog log(path, clock);
  Output output(log);
  output.write(std::string(Output::kLineMax + 1, 'x'));
  output.flush();
  EXPECT_THAT(content(path), EndsWith("\tx\n"));
}

TEST_F(FunctionLogTest, ItsLastLinesCanBeRead) {
  EXPECT_FALSE(last_lines(path, 10));
  FunctionLog log(path, clock);
  for (int i = 0; i < 5; ++i) log.add("line " + std::to_string(i));
  log.flush();
  const auto two = last_lines(path, 2);
  ASSERT_TRUE(two);
  EXPECT_THAT(*two, testing::ElementsAre(EndsWith("\tline 3"), EndsWith("\tline 4")));
  EXPECT_THAT(*last_lines(path, 10), SizeIs(5));
  EXPECT_THAT(*last_lines(path, 0), SizeIs(0));
}

TEST_F(FunctionLogTest, NoLineIsReadInPart) {
  FunctionLog log(path, clock);
  log.add(std::string(600 << 10, 'a'));
  log.add(std::string(600 << 10, 'b'));
  log.flush();
  const auto lines = last_lines(path, 10);
  ASSERT_THAT(*lines, SizeIs(1));
  EXPECT_THAT(lines->front(), HasSubstr("Z\tb"));
}

TEST_F(FunctionLogTest, ADirectoryThatCantBeWrittenStopsNobody) {
  std::ofstream(home.path() / "logs") << "a file";
  FunctionLog log(path, clock);
  log.add("lost");
  log.flush();
  EXPECT_THAT(content(path), Not(HasSubstr("lost")));
}

}  // namespace
}  // namespace doorbuster::runtime
