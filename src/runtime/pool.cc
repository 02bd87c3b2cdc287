#include "runtime/pool.h"

namespace doorbuster::runtime {

std::shared_ptr<Sandbox> Pool::take() {
  while (!idle_.empty()) {
    auto sandbox = std::move(idle_.back());
    idle_.pop_back();
    if (sandbox->alive()) return sandbox;
  }
  return nullptr;
}

void Pool::give_back(std::shared_ptr<Sandbox> sandbox) {
  if (retired_) {
    sandbox->end();
  } else if (sandbox->alive()) {
    idle_.push_back(std::move(sandbox));
  }
}

void Pool::end_idle_since_before(SteadyTime time) {
  std::erase_if(idle_, [time](const auto& sandbox) {
    if (sandbox->alive() && sandbox->idle_since() >= time) return false;
    sandbox->end();
    return true;
  });
}

void Pool::retire() {
  retired_ = true;
  end_idle_since_before(SteadyTime::max());
}

}  // namespace doorbuster::runtime
