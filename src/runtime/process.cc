#include "runtime/process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <string_view>

#include "runtime/family.h"

namespace doorbuster::runtime {
namespace {

constexpr rlim_t kDescriptorsMax = 1024;  // as on Lambda

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

class ExecCategory final : public std::error_category {
 public:
  const char* name() const noexcept override { return "exec"; }
  std::string message(int code) const override {
    return lower(std::generic_category().message(code));
  }
};

// What execve wants: pointers into strings that outlive it.
std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> all;
  all.reserve(strings.size() + 1);
  for (const auto& string : strings) all.push_back(const_cast<char*>(string.c_str()));
  all.push_back(nullptr);
  return all;
}

struct Launch {
  std::vector<char*> command;
  std::vector<char*> environment;
  const char* directory;
  int input;
  int output;
  rlim_t data_bytes;
  const Isolation* isolation;
  pid_t parent;
};

// Why the child has not become the command: errno, or 0. Volatile, because it is the child that
// writes it, into our memory.
struct StartFailure {
  volatile int isolation = 0;
  volatile int exec = 0;
};

void limit(__rlimit_resource resource, rlim_t value) {
  const rlimit both{value, value};
  setrlimit(resource, &both);
}

// Runs in the child, which still shares our memory: system calls only. Returns only if it can't.
StartFailure become(const Launch& launch) {
  for (int signal = 1; signal < NSIG; ++signal) {
    struct sigaction usual {};
    usual.sa_handler = SIG_DFL;
    sigaction(signal, &usual, nullptr);
  }
  setsid();
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  if (launch.isolation) {
    if (const int refused = launch.isolation->enter(); refused != 0) return {refused, 0};
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != launch.parent) return {0, ESRCH};  // it was killed before that
  if (dup2(launch.input, 0) < 0 || dup2(launch.output, 1) < 0 || dup2(launch.output, 2) < 0) {
    return {0, errno};
  }
  syscall(SYS_close_range, 3U, ~0U, 0U);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_NOFILE, kDescriptorsMax);
  if (launch.data_bytes > 0) limit(RLIMIT_DATA, launch.data_bytes);
  if (chdir(launch.directory) != 0) return {0, errno};
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);  // NOLINT(concurrency-mt-unsafe): it has one thread
  execve(launch.command.front(), launch.command.data(), launch.environment.data());
  return {0, errno};
}

// fork() would copy the page tables of a store that may have gigabytes; vfork() lends the child our
// memory until it has become the command. No signal may be handled in between.
pid_t launch_child(const Launch& launch, StartFailure* failure) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = vfork();  // NOLINT(clang-analyzer-security.insecureAPI.vfork)
  if (pid == 0) {
    *failure = become(launch);
    _exit(127);
  }
  const int fork_error = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = fork_error;
  return pid;
}

std::string end_of(const siginfo_t& info) {
  if (info.si_code != CLD_EXITED) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread starts all processes
    return "signal: " + lower(strsignal(info.si_status));
  }
  return info.si_status == 0 ? "" : "exit status " + std::to_string(info.si_status);
}

}  // namespace

const std::error_category& Process::exec_category() {
  static const ExecCategory category;
  return category;
}

Process::Process(const ProcessOptions& options, const Descriptor& output) {
  const Descriptor input(open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!input) throw std::system_error(errno, std::generic_category(), "/dev/null");
  const Launch launch{pointers(options.command),
                      pointers(options.environment),
                      options.directory.c_str(),
                      input.get(),
                      output.get(),
                      options.data_bytes,
                      options.isolation,
                      getpid()};
  StartFailure failure;
  pid_ = Family::ours().start([&] { return launch_child(launch, &failure); });
  if (pid_ < 0)
    throw std::system_error(errno, std::generic_category(), "no process can be started");
  if (failure.isolation == 0 && failure.exec == 0) {
    descriptor_ = Descriptor(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));
  }
  const int pidfd_error = errno;
  if (descriptor_) return;
  kill();
  wait();
  if (failure.isolation != 0) {
    throw std::system_error(failure.isolation, std::generic_category(),
                            "no process can be isolated");
  }
  if (failure.exec != 0) {
    throw std::system_error(failure.exec, exec_category(), options.command.front());
  }
  throw std::system_error(pidfd_error, std::generic_category(), "no process can be watched");
}

Process::~Process() {
  kill();
  wait();
}

// Until it has been waited for, its number is nobody else's.
void Process::kill() {
  if (pid_ > 0 && ::kill(-pid_, SIGKILL) != 0) ::kill(pid_, SIGKILL);
}

std::string Process::wait() {
  if (pid_ < 0) return end_;
  siginfo_t info{};
  while (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
  }
  ::kill(-pid_, SIGKILL);
  waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED);
  Family::ours().ended(pid_);
  pid_ = -1;
  end_ = end_of(info);
  return end_;
}

std::uint64_t Process::memory_peak() const {
  if (pid_ < 0) return 0;
  const Descriptor file(
      open(("/proc/" + std::to_string(pid_) + "/status").c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 2048> text{};
  const auto size = file ? read(file.get(), text.data(), text.size()) : 0;
  if (size <= 0) return 0;
  const std::string_view status(text.data(), static_cast<std::size_t>(size));
  constexpr std::string_view kPeak = "VmHWM:";
  const auto at = status.find(kPeak);
  if (at == std::string_view::npos) return 0;
  const auto digits = status.find_first_of("0123456789", at + kPeak.size());
  std::uint64_t kilobytes = 0;
  std::from_chars(status.data() + std::min(digits, status.size()), status.data() + status.size(),
                  kilobytes);
  return kilobytes << 10;
}

}  // namespace doorbuster::runtime
