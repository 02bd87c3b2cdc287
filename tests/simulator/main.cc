// The crash simulator: one seed, one run. See simulation.h.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>

#include "simulation.h"

namespace doorbuster::simulator {
namespace {

// A run is the same whatever ran before it. That is checked for one seed in so many.
constexpr std::uint64_t kCheckTwiceEvery = 20;

// A directory in memory if the machine has one: the databases sync after each batch.
class Workplace {
 public:
  Workplace() {
    const std::filesystem::path memory = "/dev/shm";
    const bool usable = access(memory.c_str(), W_OK) == 0;
    const auto parent = usable ? memory : std::filesystem::temp_directory_path();
    std::string name = (parent / "doorbuster-simulator.XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("can't make a directory in " + name);
    path_ = name;
  }
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;
  ~Workplace() { std::filesystem::remove_all(path_); }

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct Result {
  std::uint64_t hash = 0;
  int crashes = 0;
};

Result run(std::uint64_t seed, bool verbose) {
  const Workplace workplace;
  Simulation simulation(seed, verbose, workplace.path());
  simulation.run();
  return {simulation.trace().hash(), simulation.crashes()};
}

Result check(std::uint64_t seed, bool verbose, bool twice) {
  const Result first = run(seed, verbose);
  if (twice) require(run(seed, false).hash == first.hash, "a second run was another");
  return first;
}

struct Options {
  std::uint64_t seeds = 250;
  std::uint64_t first_seed = 1;
  std::optional<std::uint64_t> seed;
};

// What to print if a run doesn't end, or ends the program.
constexpr unsigned kRunMax_s = 60;
char last_words[200];
std::size_t last_words_size = 0;

extern "C" void say_last_words(int /*signal*/) {
  const auto written = write(STDOUT_FILENO, last_words, last_words_size);
  _exit(written > 0 ? 1 : 2);
}

void watch(std::uint64_t seed) {
  const int size =
      std::snprintf(last_words, sizeof last_words,
                    "seed %llu: it crashed or took too long\n  replay: simulator --seed %llu\n",
                    static_cast<unsigned long long>(seed), static_cast<unsigned long long>(seed));
  last_words_size = static_cast<std::size_t>(size);
  for (const int signal : {SIGSEGV, SIGABRT, SIGALRM}) std::signal(signal, say_last_words);
  alarm(kRunMax_s);
}

bool run_one(std::uint64_t seed, bool verbose, bool twice, int& crashes) {
  watch(seed);
  try {
    crashes += check(seed, verbose, twice).crashes;
    return true;
  } catch (const std::exception& e) {
    std::cout << "seed " << seed << ": " << e.what() << "\n  replay: simulator --seed " << seed
              << std::endl;
    return false;
  }
}

int run_all(const Options& options) {
  const auto begin = std::chrono::steady_clock::now();
  std::uint64_t failed = 0;
  int crashes = 0;
  if (options.seed) {
    failed = run_one(*options.seed, true, true, crashes) ? 0 : 1;
  } else {
    for (std::uint64_t i = 0; i < options.seeds; ++i) {
      const bool twice = i % kCheckTwiceEvery == 0;
      if (!run_one(options.first_seed + i, false, twice, crashes)) ++failed;
    }
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::cout << (options.seed ? 1 : options.seeds) << " seeds, " << crashes << " crashes, " << failed
            << " seeds failed, " << took.count() << " s" << std::endl;
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace doorbuster::simulator

int main(int argc, char** argv) {
  doorbuster::simulator::Options options;
  CLI::App app{
      "Runs orders through the engine, its functions and its workflows while disks, processes,\n"
      "handlers and payments fail, and checks that nothing was lost, doubled or stuck. Each seed "
      "is\n"
      "a run of its own.\n"
      "Example: simulator --seeds 10000 --first-seed 301"};
  app.add_option("--seeds", options.seeds, "How many seeds to run")->capture_default_str();
  app.add_option("--first-seed", options.first_seed, "The first of them")->capture_default_str();
  app.add_option("--seed", options.seed, "Run this one alone and show all that happens");
  CLI11_PARSE(app, argc, argv);
  return doorbuster::simulator::run_all(options);
}
