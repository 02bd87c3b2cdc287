#include "runtime/process.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <array>
#include <csignal>
#include <fstream>

#include "runtime/temporary.h"

namespace doorbuster::runtime {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
    read = Descriptor(ends[0]);
    write = Descriptor(ends[1]);
  }
  // Until the last writer is gone.
  std::string all() {
    write = Descriptor();
    std::string text;
    std::array<char, 4096> piece{};
    for (ssize_t size = 1; size > 0;) {
      size = ::read(read.get(), piece.data(), piece.size());
      if (size > 0) text.append(piece.data(), static_cast<std::size_t>(size));
    }
    return text;
  }
  // What the next line says, which is written at once.
  int number() const {
    std::array<char, 16> line{};
    return ::read(read.get(), line.data(), line.size() - 1) > 0 ? std::stoi(line.data()) : 0;
  }
  Descriptor read;
  Descriptor write;
};

class ProcessTest : public testing::Test {
 protected:
  ProcessOptions shell(const std::string& script) const {
    ProcessOptions options;
    options.command = {"/bin/sh", "-c", script};
    options.environment = {"ONLY=this"};
    options.directory = home.path();
    return options;
  }
  std::string end_of(const std::string& script) const {
    Pipe pipe;
    return Process(shell(script), pipe.write).wait();
  }

  // Whether the system lets processes be isolated; a container's may not.
  bool can_isolate() const { return !isolation.refusal(home.path()); }

  const Temporary home;
  const Isolation isolation{home.path() / "hidden"};
};

TEST_F(ProcessTest, SaysHowItEnded) {
  EXPECT_EQ(end_of("exit 0"), "");
  EXPECT_EQ(end_of("exit 3"), "exit status 3");
  EXPECT_EQ(end_of("kill -9 $$"), "signal: killed");
  EXPECT_EQ(end_of("kill -11 $$"), "signal: segmentation fault");
}

TEST_F(ProcessTest, HasNothingOfOurs) {
  const Descriptor ours(open("/etc/hostname", O_RDONLY));  // without O_CLOEXEC
  Pipe pipe;
  Process process(shell("env; pwd; ls -l /proc/self/fd; ulimit -c; cat"), pipe.write);
  const std::string text = pipe.all();
  EXPECT_EQ(process.wait(), "");
  EXPECT_THAT(text, HasSubstr("ONLY=this\n"));
  EXPECT_THAT(text, Not(HasSubstr("HOME=")));
  EXPECT_THAT(text, HasSubstr(home.path().string() + '\n'));
  EXPECT_THAT(text, Not(HasSubstr("hostname")));
  EXPECT_THAT(text, HasSubstr("\n0\n")) << "no core files";
}

TEST_F(ProcessTest, IsolatedItSeesIntoNobody) {
  std::filesystem::create_directory(home.path() / "hidden");
  std::ofstream(home.path() / "hidden" / "file") << "text";
  if (!can_isolate()) GTEST_SKIP() << "the system refuses namespaces";
  Pipe other;
  auto options = shell("echo $$; exec sleep 1000");
  options.isolation = &isolation;
  const Process beside(options, other.write);
  const std::string number = std::to_string(other.number());
  Pipe pipe;
  options = shell(
      "cd /proc/$PID && cat stat && cat environ; cat environ mem maps;"
      "cat /proc/$PPID/environ; ls -A $HIDDEN; umount $HIDDEN; grep Cap..f: /proc/self/status");
  options.environment = {"PID=" + number, "HIDDEN=" + (home.path() / "hidden").string()};
  options.isolation = &isolation;
  Process process(options, pipe.write);
  const std::string text = pipe.all();
  EXPECT_EQ(process.wait(), "");
  EXPECT_THAT(text, HasSubstr("(sleep) S"));
  EXPECT_THAT(text, Not(HasSubstr("ONLY=this")));
  EXPECT_THAT(text, ContainsRegex("/proc/[0-9]+/environ: Permission denied\n"));
  EXPECT_THAT(text, Not(HasSubstr("file"))) << "what is hidden";
  EXPECT_THAT(text, HasSubstr("CapEff:\t0000000000000000\n"));
  EXPECT_TRUE(std::filesystem::exists(home.path() / "hidden" / "file"));
}

TEST_F(ProcessTest, IsolatedItWorksWithItsFilesAsItsUser) {
  std::filesystem::create_directory(home.path() / "hidden");
  if (!can_isolate()) GTEST_SKIP() << "the system refuses namespaces";
  Pipe pipe;
  auto options = shell("id -u; id -g; echo well > file; cat file");
  options.isolation = &isolation;
  Process process(options, pipe.write);
  EXPECT_EQ(pipe.all(), std::to_string(geteuid()) + '\n' + std::to_string(getegid()) + "\nwell\n");
  EXPECT_EQ(process.wait(), "");
}

TEST_F(ProcessTest, WhatCantBeIsolatedIsNotStarted) {
  EXPECT_TRUE(isolation.refusal(home.path())) << "there is no such directory to hide";
  Pipe pipe;
  auto options = shell("echo out");
  options.isolation = &isolation;
  EXPECT_THROW(Process(options, pipe.write), std::system_error);
  EXPECT_EQ(pipe.all(), "");
}

TEST_F(ProcessTest, WhatCantBeExecutedIsSaidToBeSo) {
  Pipe pipe;
  ProcessOptions options = shell("");
  options.command = {home.path() / "bootstrap"};
  std::ofstream(options.command.front()) << "neither a program nor a script";
  const auto refusal = [&] {
    try {
      const Process process(options, pipe.write);
      return std::string();
    } catch (const std::system_error& e) {
      EXPECT_EQ(e.code().category(), Process::exec_category());
      return std::string(e.what());
    }
  };
  EXPECT_EQ(refusal(), options.command.front() + ": permission denied");
  chmod(options.command.front().c_str(), 0755);
  EXPECT_EQ(refusal(), options.command.front() + ": exec format error");
}

TEST_F(ProcessTest, ItsChildrenEndWithIt) {
  Pipe pipe;
  { const Process process(shell("sleep 1000 & sleep 1000 & wait"), pipe.write); }
  EXPECT_EQ(pipe.all(), "") << "whoever has the pipe is gone, or this would never return";
}

// A daemon: its parent has ended, and its session is its own. It says its number.
constexpr const char* kDaemon = "(setsid sh -c 'echo $$; exec sleep 1000' &);";

TEST_F(ProcessTest, ItsDaemonsEndWithIt) {
  Pipe pipe;
  {
    const Process process(shell(std::string(kDaemon) + "exec sleep 1000"), pipe.write);
    EXPECT_GT(pipe.number(), 0);
  }
  EXPECT_EQ(pipe.all(), "") << "whoever has the pipe is gone, or this would never return";
}

TEST_F(ProcessTest, ItsDaemonsEndWhenItHasEndedItself) {
  Pipe pipe;
  // It ends when its daemon says that it is there.
  Process process(shell("trap 'exit 3' USR1;"
                        "(setsid sh -c \"echo \\$\\$; kill -USR1 $$; exec sleep 1000\" &);"
                        "sleep 1000 >/dev/null 2>&1 & wait"),
                  pipe.write);
  EXPECT_EQ(process.wait(), "exit status 3");
  EXPECT_GT(std::stoi(pipe.all()), 0) << "as above";
}

TEST_F(ProcessTest, NobodyElsesDaemonsEndWithIt) {
  Pipe pipe;
  Pipe others;
  const Process other(shell(std::string(kDaemon) + "exec sleep 1000"), others.write);
  const pid_t daemon = others.number();
  const pid_t ours = fork();
  if (ours == 0) {
    execl("/bin/sleep", "sleep", "1000", nullptr);
    _exit(127);
  }
  Process(shell(std::string(kDaemon) + "exit 0"), pipe.write).wait();
  EXPECT_EQ(kill(daemon, 0), 0);
  EXPECT_EQ(waitpid(ours, nullptr, WNOHANG), 0);
  kill(ours, SIGKILL);
  EXPECT_EQ(waitpid(ours, nullptr, 0), ours);
}

TEST_F(ProcessTest, EndsWithTheThreadThatMadeIt) {
  Pipe pipe;
  const pid_t killed = fork();
  if (killed == 0) {
    const Process process(shell("exec sleep 1000"), pipe.write);
    raise(SIGKILL);
  }
  EXPECT_EQ(waitpid(killed, nullptr, 0), killed);
  EXPECT_EQ(pipe.all(), "") << "whoever has the pipe is gone, or this would never return";
}

TEST_F(ProcessTest, TheLimitOfMemoryHolds) {
  Pipe pipe;
  ProcessOptions options = shell("");
  options.command = {"/usr/bin/python3", "-c", "print(len(bytearray(200 << 20)))"};
  options.data_bytes = 100 << 20;
  Process process(options, pipe.write);
  EXPECT_THAT(pipe.all(), HasSubstr("MemoryError"));
  EXPECT_EQ(process.wait(), "exit status 1");
}

TEST_F(ProcessTest, MeasuresMemory) {
  Pipe pipe;
  Process process(shell("echo up; sleep 1000; :"), pipe.write);
  std::array<char, 3> up{};
  ASSERT_EQ(read(pipe.read.get(), up.data(), up.size()), 3);
  EXPECT_GT(process.memory_peak(), 1U << 16);
  process.kill();
  EXPECT_EQ(process.wait(), "signal: killed");
  EXPECT_EQ(process.memory_peak(), 0U);
}

}  // namespace
}  // namespace doorbuster::runtime
