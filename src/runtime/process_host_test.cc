#include "runtime/process_host.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <set>
#include <thread>

#include "runtime/host_driver.h"

namespace doorbuster::runtime {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ContainsRegex;
using testing::EndsWith;
using testing::Eq;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

constexpr const char* kPid = "import os\ndef handler(event, context): return os.getpid()\n";
constexpr const char* kSleep =
    "import os, time\n"
    "def handler(event, context):\n"
    "  time.sleep(event['sleep'])\n"
    "  return os.getpid()\n";

class ProcessHostTest : public HostTest {
 protected:
  // Until it does; a test that waits for nothing is ended by ctest.
  template <class Condition>
  static void until(Condition condition) {
    while (!condition()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  static bool is_gone(std::int64_t pid) { return kill(static_cast<pid_t>(pid), 0) != 0; }
  std::size_t unpacked() {
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator(options.code)) {
      if (entry.path().filename() != ".clients") ++count;
    }
    return count;
  }
};

TEST_F(ProcessHostTest, AProcessServesOneCallAfterAnother) {
  const auto deployment = python(kPid);
  const auto first = call(deployment);
  const auto second = call(deployment);
  EXPECT_EQ(first.Payload, second.Payload);
  EXPECT_THAT(first.LogTail,
              MatchesRegex("START RequestId: request-1 Version: \\$LATEST\n"
                           "END RequestId: request-1\n"
                           "REPORT RequestId: request-1\tDuration: [0-9.]+ ms\tBilled Duration: "
                           "[0-9]+ ms\tMemory Size: 128 MB\tMax Memory Used: [0-9]+ MB\tInit "
                           "Duration: [0-9.]+ ms\n"));
  EXPECT_THAT(second.LogTail,
              AllOf(StartsWith("START RequestId: request-2 "), Not(HasSubstr("Init Duration"))));
  EXPECT_GE(second.Duration.count(), 1);
}

TEST_F(ProcessHostTest, CallsAtOnceHaveAProcessEach) {
  const auto deployment = python(kSleep);
  auto one = begin(deployment, R"({"sleep": 0.3})");
  auto other = begin(deployment, R"({"sleep": 0.3})");
  EXPECT_NE(one.get().Payload, other.get().Payload);
}

TEST_F(ProcessHostTest, NoMoreProcessesThanCallsAreAllowed) {
  options.calls_max = 2;
  std::vector<std::future<cloud::InvocationOutcome>> calls;
  for (int i = 0; i < 8; ++i) calls.push_back(begin(python(kSleep), R"({"sleep": 0.02})"));
  std::set<std::string> processes;
  for (auto& each : calls) processes.insert(each.get().Payload);
  EXPECT_LE(processes.size(), 2U);
  // The process of another function has to make room.
  EXPECT_TRUE(answer(python(kPid, "Other")).is_int64());
}

TEST_F(ProcessHostTest, WhoeverComesTooLateIsRefused) {
  options.calls_max = 1;
  options.waiting_max = 1;
  auto busy = begin(python(kSleep), R"({"sleep": 0.3})");
  auto waiting = begin(python(kSleep), R"({"sleep": 0})");
  std::vector<std::future<cloud::InvocationOutcome>> calls;
  for (int i = 0; i < 2; ++i) calls.push_back(begin(python(kSleep), R"({"sleep": 0})"));
  int refused = 0;
  for (auto& each : calls) {
    try {
      each.get();
    } catch (const cloud::Error& e) {
      ++refused;
      EXPECT_STREQ(e.what(), "ServiceException: The call can't be begun: too many others wait.");
      EXPECT_EQ(e.status(), 500);
    }
  }
  EXPECT_GE(refused, 1);
  EXPECT_EQ(busy.get().FunctionError, "");
}

TEST_F(ProcessHostTest, WithoutDescriptorsACallIsRefused) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizer itself can't do without";
#endif
  const auto deployment = python(
      "import os, pathlib, time\n"
      "def handler(event, context):\n"
      "  pathlib.Path(event).touch()\n"
      "  while os.path.exists(event): time.sleep(0.01)\n");
  const fs::path under_way = home.path() / "under_way";
  auto busy = begin(deployment, '"' + under_way.string() + '"');
  until([&] { return fs::exists(under_way); });
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const int next = dup(STDIN_FILENO);
  close(next);
  const rlimit none{static_cast<rlim_t>(next), before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &none);
  std::string refusal;
  try {
    call(deployment);
  } catch (const cloud::Error& e) {
    refusal = e.what();
  }
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_THAT(refusal, StartsWith("ServiceException: The call can't be begun: "));
  fs::remove(under_way);
  EXPECT_EQ(busy.get().FunctionError, "");
}

TEST_F(ProcessHostTest, AnIdleProcessEndsAndItsCodeGoes) {
  options.idle_max = std::chrono::milliseconds(50);
  const auto pid = answer(python(kPid)).as_int64();
  until([&] { return is_gone(pid); });
  until([&] { return unpacked() == 0; });
  EXPECT_NE(answer(python(kPid)).as_int64(), pid);
}

TEST_F(ProcessHostTest, ARetiredFunctionsProcessesEndAfterTheirCalls) {
  const auto deployment = python(
      "import os, pathlib, time\n"
      "def handler(event, context):\n"
      "  pathlib.Path(event).touch()\n"
      "  while os.path.exists(event): time.sleep(0.01)\n"
      "  return os.getpid()\n");
  const fs::path under_way = home.path() / "under_way";
  auto busy = begin(deployment, '"' + under_way.string() + '"');
  until([&] { return fs::exists(under_way); });
  host().retire(deployment.FunctionArn);
  fs::remove(under_way);
  const auto pid = boost::json::parse(busy.get().Payload).as_int64();
  until([&] { return is_gone(pid); });
  until([&] { return unpacked() == 0; });
}

TEST_F(ProcessHostTest, ARetiredFunctionsIdleProcessesEnd) {
  const auto pid = answer(python(kPid)).as_int64();
  host().retire(python(kPid).FunctionArn);
  until([&] { return is_gone(pid); });
  EXPECT_NE(answer(python(kPid)).as_int64(), pid);
}

TEST_F(ProcessHostTest, AProcessWhoseCallThrewEnds) {
  const auto pid = answer(python(kPid)).as_int64();
  clock.fails = true;
  EXPECT_THROW(call(python(kPid)), std::bad_alloc);
  clock.fails = false;
  until([&] { return is_gone(pid); });
  EXPECT_NE(answer(python(kPid)).as_int64(), pid);
}

TEST_F(ProcessHostTest, AnotherRevisionIsAnotherProcess) {
  auto deployment = python("def handler(event, context): return 'old'");
  EXPECT_EQ(answer(deployment), "old");
  deployment = python("def handler(event, context): return 'new'");
  deployment.RevisionId = "second";
  EXPECT_EQ(answer(deployment), "new");
}

// Whatever can be read of the environments and memories of this machine's processes.
constexpr const char* kSnoop =
    "import os, pathlib\n"
    "def handler(event, context):\n"
    "  found = []\n"
    "  for process in pathlib.Path('/proc').glob('[0-9]*'):\n"
    "    if process.name == str(os.getpid()): continue\n"
    "    try:\n"
    "      if b'SECRET=' in (process / 'environ').read_bytes(): found.append(process.name)\n"
    "    except OSError: pass\n"
    "    try:\n"
    "      with open(process / 'mem', 'rb'): found.append(process.name)\n"
    "    except OSError: pass\n"
    "  return {'found': found, 'hidden': os.listdir(event)}\n";

TEST_F(ProcessHostTest, AFunctionNeverSeesAnothersEnvironment) {
  options.hidden = home.path() / "hidden";
  std::string refused;
  options.log = [&refused](std::string_view line) { refused = line; };
  host();
  if (!refused.empty()) GTEST_SKIP() << refused;
  std::ofstream(options.hidden / "configurations") << "SECRET=kept";
  auto rich = python(kPid, "Rich");
  rich.Environment = {{"SECRET", "kept"}};
  const auto pid = answer(rich).as_int64();
  EXPECT_EQ(
      answer(python(kSnoop), '"' + options.hidden.string() + '"'),
      (boost::json::value{{"found", boost::json::array{}}, {"hidden", boost::json::array{}}}));
  EXPECT_EQ(answer(rich).as_int64(), pid) << "which was there all the time";
}

TEST_F(ProcessHostTest, WithoutNamespacesFunctionsRunAndItIsSaidOnce) {
  options.hidden = "/dev/null/none";
  std::vector<std::string> said;
  options.log = [&said](std::string_view line) { said.emplace_back(line); };
  EXPECT_TRUE(answer(python(kPid)).is_int64());
  EXPECT_TRUE(answer(python(kPid, "Other")).is_int64());
  EXPECT_THAT(said,
              testing::ElementsAre(StartsWith("functions can read each other's environment")));
}

// Makes a daemon, and returns its number.
constexpr const char* kDaemon =
    "import os, time\n"
    "def handler(event, context):\n"
    "  reader, writer = os.pipe()\n"
    "  if os.fork() == 0:\n"
    "    os.setsid()\n"
    "    if os.fork() != 0: os._exit(0)\n"
    "    os.write(writer, str(os.getpid()).encode())\n"
    "    time.sleep(1000)\n"
    "  os.wait()\n"
    "  return int(os.read(reader, 16))\n";

TEST_F(ProcessHostTest, AFunctionsDaemonsEndWithIt) {
  const auto deployment = python(kDaemon);
  const auto daemon = answer(deployment).as_int64();
  EXPECT_FALSE(is_gone(daemon)) << "it may go on between calls";
  host().retire(deployment.FunctionArn);
  until([&] { return is_gone(daemon); });
}

TEST_F(ProcessHostTest, AFunctionsDaemonsEndWithTheHost) {
  const auto daemon = answer(python(kDaemon)).as_int64();
  host().stop();
  until([&] { return is_gone(daemon); });
}

TEST_F(ProcessHostTest, ACallIsKilledAtItsTimeout) {
  auto deployment = python(
      "import os, signal, subprocess, time\n"
      "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
      "def handler(event, context):\n"
      "  if event == 'pid': return os.getpid()\n"
      "  print('forever', flush=True)\n"
      "  subprocess.run(['sleep', '1000'])\n");
  deployment.Timeout = 1;
  const auto pid = answer(deployment, R"("pid")").as_int64();
  const auto outcome = call(deployment);
  EXPECT_EQ(described(outcome),
            "Sandbox.Timedout: RequestId: request-2 Error: Task timed out after 1.00 seconds");
  EXPECT_THAT(outcome.LogTail,
              AllOf(HasSubstr("forever\n"), HasSubstr("Task timed out after 1.00"),
                    EndsWith("\tStatus: timeout\tError Type: Sandbox.Timedout\n")));
  EXPECT_GE(outcome.Duration.count(), 1000);
  until([&] { return is_gone(pid); });
  EXPECT_NE(answer(deployment, R"("pid")").as_int64(), pid);
}

TEST_F(ProcessHostTest, AProcessThatExitsFailsItsCallOnly) {
  const auto deployment = python(
      "import os\n"
      "def handler(event, context):\n"
      "  if event == 'killed': os.kill(os.getpid(), 9)\n"
      "  if event is not None: os._exit(event)\n");
  EXPECT_EQ(failure(deployment, "1"),
            "Runtime.ExitError: RequestId: request-1 Error: Runtime exited with error: exit status "
            "1");
  EXPECT_EQ(failure(deployment, "\"killed\""),
            "Runtime.ExitError: RequestId: request-2 Error: Runtime exited with error: signal: "
            "killed");
  EXPECT_EQ(failure(deployment, "0"),
            "Runtime.ExitError: RequestId: request-3 Error: Runtime exited without providing a "
            "reason");
  EXPECT_TRUE(answer(deployment, "null").is_null());
}

TEST_F(ProcessHostTest, AProcessThatEndsBetweenCallsIsReplaced) {
  const auto deployment = python(
      "import os, threading\n"
      "def handler(event, context):\n"
      "  threading.Timer(0.05, os._exit, [1]).start()\n"
      "  return os.getpid()\n");
  const auto pid = answer(deployment).as_int64();
  until([&] { return is_gone(pid); });
  EXPECT_NE(answer(deployment).as_int64(), pid);
}

TEST_F(ProcessHostTest, TheInitialisationHasALimitToo) {
  options.init_max = std::chrono::milliseconds(100);
  EXPECT_EQ(failure(provided("#!/bin/sh\nsleep 1000\n")),
            "Sandbox.Timedout: RequestId: request-1 Error: Task timed out after 0.10 seconds");
}

TEST_F(ProcessHostTest, ABootstrapThatCantRunSaysWhy) {
  const std::string id = "Runtime.InvalidEntrypoint: RequestId: request-";
  EXPECT_THAT(
      failure(function("Own", "provided.al2023", {{"main", "#!/bin/sh"}}, "x")),
      MatchesRegex(id + "1 Error: Couldn't find valid bootstrap\\(s\\): \\[.*/bootstrap\\]"));
  EXPECT_THAT(failure(function("Two", "provided.al2023", {{"bootstrap", "#!/bin/sh"}}, "x")),
              MatchesRegex(id + "2 Error: fork/exec .*/bootstrap: permission denied"));
  EXPECT_THAT(failure(function("Three", "provided", {executable("bootstrap", "text")}, "x")),
              MatchesRegex(id + "3 Error: fork/exec .*/bootstrap: exec format error"));
  EXPECT_THAT(
      failure(function("Four", "provided", {executable("bootstrap", "#!/bin/sh\nexit 7")}, "x")),
      Eq("Runtime.ExitError: RequestId: request-4 Error: Runtime exited with error: exit "
         "status 7"));
}

TEST_F(ProcessHostTest, AFloodOfOutputBlocksNobodyAndFillsNoDisk) {
  auto deployment = python(
      "def handler(event, context):\n"
      "  for i in range(40): print('x' * 1_000_000)\n"
      "  print('the end')\n"
      "  return 'dry'\n");
  deployment.Timeout = 60;
  auto flood = begin(deployment);
  EXPECT_TRUE(answer(python(kPid, "Other")).is_int64());
  const auto outcome = flood.get();
  EXPECT_EQ(outcome.Payload, "\"dry\"");
  EXPECT_THAT(outcome.LogTail, HasSubstr("x\nthe end\nEND RequestId: request-1\nREPORT "));
  const auto lines = content(log_path("Py"));
  EXPECT_LT(lines.size(), 2U << 20);
  EXPECT_THAT(lines, AllOf(HasSubstr("Z\tSTART RequestId: request-1"),
                           HasSubstr("Z\tREPORT RequestId: request-1")));
}

TEST_F(ProcessHostTest, StopsWithoutWaitingForItsFunctions) {
  auto deployment = python(kSleep);
  deployment.Timeout = 900;
  auto endless = begin(deployment, R"({"sleep": 800})");
  until([&] { return fs::exists(log_path("Py")); });
  host().stop();
  const auto refusal_of = [](const auto& outcome) {
    try {
      return outcome().Payload;
    } catch (const cloud::Error& e) {
      return std::string(e.what());
    }
  };
  constexpr const char* kStopped =
      "ServiceException: The call can't be begun: functions are being stopped.";
  EXPECT_EQ(refusal_of([&] { return endless.get(); }), kStopped);
  EXPECT_EQ(refusal_of([&] { return call(deployment); }), kStopped);
}

TEST_F(ProcessHostTest, ChecksWhetherItCouldRunAFunction) {
  EXPECT_EQ(refusal(python(kPid)), "");
  until([&] { return unpacked() == 0; });  // it was only tried
  auto deployment = python(kPid);
  deployment.Runtime = "java21";
  EXPECT_EQ(refusal(deployment),
            "InvalidParameterValueException: The runtime java21 is not run here: use provided.*, "
            "python3.* or nodejs*.");
  deployment.ImageUri = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/image";
  EXPECT_THAT(refusal(deployment), HasSubstr("Container images are not run here"));
  deployment = python(kPid);
  deployment.code = []() -> cloud::Async<std::string> { co_return "no zip"; };
  EXPECT_THAT(refusal(deployment), HasSubstr("Could not unzip uploaded file."));
}

TEST_F(ProcessHostTest, AMissingInterpreterIsSaidAtTheCheck) {
  options.machine.path = "/nowhere";
  EXPECT_EQ(
      refusal(node("")),
      "InvalidParameterValueException: The runtime nodejs20.x needs node on this machine, and "
      "there is none in /nowhere.");
}

}  // namespace
}  // namespace doorbuster::runtime
