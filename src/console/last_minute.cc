#include "console/last_minute.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>
#include <exception>
#include <string_view>
#include <utility>

namespace doorbuster::console {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kEvery{1};
constexpr milliseconds kTooSoon{900};  // a look that comes early is one, too
constexpr seconds kOldest{70};         // a minute, and by how much one count can lag behind another
constexpr seconds kStep{5};
constexpr seconds kKept = kOldest + kStep;

}  // namespace

void LastMinute::take(cloud::Time at, const json::object& metrics) {
  const std::lock_guard held(mutex_);
  if (!times_.empty() && at < times_.back() + kTooSoon) return;
  times_.push_back(at);
  for (const auto& [name, value] : metrics) {
    auto& values = values_[std::string(name)];
    values.resize(times_.size() - 1);
    values.push_back(value.to_number<double>());
  }
  std::erase_if(values_, [this](const auto& each) { return each.second.size() < times_.size(); });
  while (times_.front() < at - kKept) {
    times_.pop_front();
    for (auto& [name, values] : values_) values.pop_front();
  }
}

// The newest that is as old as each step; of a program that is younger, its first.
std::vector<std::size_t> LastMinute::looks_before(cloud::Time at) const {
  std::vector<std::size_t> looks;
  for (auto age = kOldest; age >= kStep; age -= kStep) {
    const auto younger = std::upper_bound(times_.begin(), times_.end(), at - age);
    const auto look = std::max<std::ptrdiff_t>(younger - times_.begin() - 1, 0);
    const auto index = static_cast<std::size_t>(look);
    if (index >= times_.size() || times_[index] > at - kEvery) continue;
    if (looks.empty() || looks.back() != index) looks.push_back(index);
  }
  return looks;
}

json::object LastMinute::before(cloud::Time at, const json::object& metrics) const {
  const std::lock_guard held(mutex_);
  const auto looks = looks_before(at);
  if (looks.empty()) return {};
  json::array times;
  for (const auto look : looks) times.push_back(times_[look].time_since_epoch().count());
  json::object changed;
  for (const auto& [name, value] : metrics) {
    const auto known = values_.find(std::string_view(name));
    json::array row;
    bool other = false;
    for (const auto look : looks) {
      const double then = known == values_.end() ? 0 : known->second[look];
      other = other || then != value.to_number<double>();
      row.emplace_back(then);
    }
    if (other) changed[name] = std::move(row);
  }
  return {{"at", std::move(times)}, {"metrics", std::move(changed)}};
}

struct Lookout::State {
  State(const asio::any_io_executor& executor, Look all, const cloud::Clock& now,
        std::shared_ptr<LastMinute> into)
      : look(std::move(all)),
        clock(now),
        minute(std::move(into)),
        timer(asio::make_strand(executor)) {}

  const Look look;
  const cloud::Clock& clock;
  const std::shared_ptr<LastMinute> minute;
  asio::steady_timer timer;  // on a strand, where all of this is used
  bool stopped = false;
};

Lookout::Lookout(asio::any_io_executor executor, Look look, const cloud::Clock& clock,
                 std::shared_ptr<LastMinute> minute)
    : state_(std::make_shared<State>(executor, std::move(look), clock, std::move(minute))) {
  asio::co_spawn(state_->timer.get_executor(), watch(state_), asio::detached);
}

cloud::Async<void> Lookout::watch(std::shared_ptr<State> state) {
  while (!state->stopped) {
    try {
      const auto metrics = co_await state->look();
      state->minute->take(state->clock.now(), metrics);
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the next may succeed
    }
    if (state->stopped) break;
    state->timer.expires_after(kEvery);
    co_await state->timer.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

void Lookout::stop() {
  asio::post(state_->timer.get_executor(), [state = state_] {
    state->stopped = true;
    state->timer.cancel();
  });
}

}  // namespace doorbuster::console
