// What the engine counts, under CloudWatch's names, and what it has to say.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

namespace doorbuster::engine {

// A line for the operator. May be called from the writer's thread and from handlers' threads.
using Log = std::function<void(std::string_view line)>;

// https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
struct Metric {
  std::string namespace_name;  // "AWS/SNS"
  std::string name;            // "NumberOfNotificationsFailed"
  std::string resource;        // the value of its one dimension: a topic's or a bucket's name

  friend auto operator<=>(const Metric&, const Metric&) = default;
};

// Sums since the engine was opened. Belongs to the writer's thread.
class Metrics {
 public:
  // Returns the new sum.
  std::uint64_t add(const char* namespace_name, const char* name, std::string_view resource,
                    std::uint64_t count = 1) {
    const auto key =
        std::make_tuple(std::string_view(namespace_name), std::string_view(name), resource);
    auto it = sums_.find(key);
    if (it == sums_.end()) {
      it = sums_.emplace(Metric{namespace_name, name, std::string(resource)}, 0).first;
    }
    return it->second += count;
  }

  // Finds a metric by views of its parts, so that counting allocates once a metric.
  struct Order {
    using is_transparent = void;
    using View = std::tuple<std::string_view, std::string_view, std::string_view>;
    static View view(const Metric& m) { return {m.namespace_name, m.name, m.resource}; }
    static View view(const View& v) { return v; }
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      return view(a) < view(b);
    }
  };
  using Sums = std::map<Metric, std::uint64_t, Order>;

  const Sums& sums() const { return sums_; }

 private:
  Sums sums_;
};

}  // namespace doorbuster::engine
