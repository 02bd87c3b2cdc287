#include "wire/prometheus.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <string_view>

#include "wire/scalar.h"

namespace doorbuster::wire {
namespace {

using cloud::Distribution;
using cloud::MetricKind;
using cloud::MetricTotal;

// A histogram's buckets end at 1, 2, 4 ... 2^20: of milliseconds, a quarter of an hour.
constexpr int kHistogramDoublings = 20;

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// "CPUUtilization" becomes "cpu_utilization", and what no name may have, an underscore.
std::string snake_case(std::string_view name) {
  std::string snake;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const char before = i > 0 ? name[i - 1] : '\0';
    const char after = i + 1 < name.size() ? name[i + 1] : '\0';
    const bool word = is_upper(c) && (is_lower(before) || is_digit(before) ||
                                      (is_upper(before) && is_lower(after)));
    if (word) snake += '_';
    if (is_upper(c)) {
      snake += static_cast<char>(c - 'A' + 'a');
    } else {
      snake += is_lower(c) || is_digit(c) ? c : '_';
    }
  }
  return snake;
}

std::string family_name(const MetricTotal& total) {
  constexpr std::array kUnits{"Bytes", "Milliseconds", "Percent", "Seconds"};
  std::string name = "doorbuster_";
  if (total.Metric.Namespace != cloud::kOwnMetrics) {
    name += snake_case(total.Metric.Namespace) + '_';
  }
  name += snake_case(total.Metric.MetricName);
  for (const char* unit : kUnits) {
    const std::string suffix = snake_case(unit);
    if (total.Unit == unit && name.find(suffix) == std::string::npos) name += '_' + suffix;
  }
  return total.Kind == MetricKind::counter ? name + "_total" : name;
}

const char* type_of(MetricKind kind) {
  switch (kind) {
    case MetricKind::counter:
      return "counter";
    case MetricKind::gauge:
      return "gauge";
    case MetricKind::distribution:
      return "histogram";
  }
  return "untyped";
}

std::string escaped_label(std::string_view text, bool quoted) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\\' || (quoted && c == '"')) {
      out += '\\';
      out += c;
    } else {
      out += c;
    }
  }
  return out;
}

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return number_text(value);
}

std::string labels_of(const cloud::Metric& metric) {
  std::string labels;
  for (const auto& dimension : metric.Dimensions) {
    std::string name = snake_case(dimension.Name);
    if (name.empty() || is_digit(name.front())) name.insert(0, 1, '_');
    labels +=
        (labels.empty() ? "" : ",") + name + "=\"" + escaped_label(dimension.Value, true) + '"';
  }
  return labels;
}

std::string sample(const std::string& name, const std::string& labels, double value) {
  return name + (labels.empty() ? "" : '{' + labels + '}') + ' ' + number(value) + '\n';
}

std::string histogram(const std::string& name, const std::string& labels,
                      const Distribution& values) {
  std::string text;
  double count = 0;
  auto next = values.buckets().begin();
  const std::string before_le = labels.empty() ? "le=\"" : labels + ",le=\"";
  for (int doubling = 0; doubling <= kHistogramDoublings; ++doubling) {
    const int last = doubling * Distribution::kBucketsPerDoubling;
    for (; next != values.buckets().end() && next->first <= last; ++next) count += next->second;
    text += sample(name + "_bucket", before_le + number(std::exp2(doubling)) + '"', count);
  }
  text += sample(name + "_bucket", before_le + "+Inf\"", values.count());
  text += sample(name + "_sum", labels, values.sum());
  return text + sample(name + "_count", labels, values.count());
}

// All lines of one name, which stand together.
struct Family {
  MetricKind kind;
  std::string samples;
  std::string help;
  std::set<std::string> given;  // labels
};

}  // namespace

std::string prometheus_text(const std::vector<MetricTotal>& totals) {
  std::map<std::string, Family> families;
  for (const auto& total : totals) {
    const std::string name = family_name(total);
    const auto& metric = total.Metric;
    Family& family = families.try_emplace(name, Family{total.Kind, "", "", {}}).first->second;
    if (family.help.empty()) family.help = metric.Namespace + ' ' + metric.MetricName;
    const std::string labels = labels_of(metric);
    if (family.kind != total.Kind || !family.given.insert(labels).second) continue;
    family.samples += total.Kind == MetricKind::distribution
                          ? histogram(name, labels, total.Distribution)
                          : sample(name, labels, total.Value);
  }
  std::string text;
  for (const auto& [name, family] : families) {
    text += "# HELP " + name + ' ' + escaped_label(family.help, false) + '\n';
    text += "# TYPE " + name + ' ' + type_of(family.kind) + '\n';
    text += family.samples;
  }
  return text;
}

}  // namespace doorbuster::wire
