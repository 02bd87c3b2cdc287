#include "child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "cases.h"

namespace doorbuster::bench {

Child::Child(const std::vector<std::string>& arguments, bool quiet) {
  std::array<int, 2> channel{};
  if (pipe(channel.data()) != 0) throw std::runtime_error("no pipe");
  std::vector<char*> argv;
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  id_ = fork();
  if (id_ == 0) {
    const int nothing = open("/dev/null", O_WRONLY);
    dup2(quiet ? nothing : channel[1], STDOUT_FILENO);
    if (quiet) dup2(nothing, STDERR_FILENO);
    execv(argv[0], argv.data());
    _exit(127);
  }
  close(channel[1]);
  output_ = channel[0];
}

Child::~Child() {
  kill(id_, SIGTERM);
  waitpid(id_, nullptr, 0);
  close(output_);
}

std::uint64_t Child::rss_bytes() const {
  return bench::rss_bytes(std::to_string(id_));
}

double Child::cpu_seconds() const {
  std::ifstream in("/proc/" + std::to_string(id_) + "/stat");
  const std::vector<std::string> fields{std::istream_iterator<std::string>(in), {}};
  return (std::stod(fields.at(13)) + std::stod(fields.at(14))) /
         static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace doorbuster::bench
