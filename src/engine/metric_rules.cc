#include "engine/metric_rules.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "cloud/error.h"
#include "engine/metric_history.h"

namespace doorbuster::engine {
namespace {

constexpr std::size_t kNameMax = 255;
constexpr std::size_t kDimensionValueMax = 1'024;
constexpr std::size_t kDimensionsMax = 30;
constexpr std::size_t kDataMax = 1'000;
constexpr std::size_t kValuesMax = 150;
constexpr std::size_t kQueriesMax = 500;
constexpr int kPeriod_s = 60;
constexpr int kPeriodMax_s = 86'400;

cloud::Error invalid_parameter_value(const std::string& what) {
  return {"InvalidParameterValue", what};
}
cloud::Error invalid_combination(const std::string& what) {
  return {"InvalidParameterCombination", what};
}
cloud::Error validation_error(const std::string& what) {
  return {"ValidationError", what};
}

void check_text(const std::string& text, std::size_t max, const char* parameter) {
  const bool printable = std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
  if (!text.empty() && text.size() <= max && printable) return;
  throw invalid_parameter_value(std::string("The value for parameter ") + parameter +
                                " must be 1 to " + std::to_string(max) +
                                " printable ASCII characters.");
}

// What CloudWatch can hold.
void check_number(double value, const char* parameter) {
  constexpr int kExponentMax = 360;
  if (std::isfinite(value) && std::abs(value) <= std::ldexp(1.0, kExponentMax)) return;
  throw invalid_parameter_value(std::string("The value for parameter ") + parameter +
                                " must be a number from -2^360 to 2^360.");
}

void check_timestamp(cloud::Time time, cloud::Time now) {
  if (time >= now - kMetricRetention && time <= now + kMetricAheadMax) return;
  throw invalid_parameter_value(
      "The value for parameter Timestamp must be from eight days ago to two hours from now.");
}

void add_values(const cloud::MetricDatum& datum, cloud::Distribution& sum) {
  if (datum.Values.size() > kValuesMax) {
    throw invalid_parameter_value(
        "The collection MetricData.Values must not have a size greater than 150.");
  }
  if (!datum.Counts.empty() && datum.Counts.size() != datum.Values.size()) {
    throw invalid_combination("The parameters Values and Counts must have the same size.");
  }
  for (std::size_t i = 0; i < datum.Values.size(); ++i) {
    const double count = datum.Counts.empty() ? 1 : datum.Counts[i];
    check_number(datum.Values[i], "Values");
    if (!(count > 0) || !std::isfinite(count)) {
      throw invalid_parameter_value("The value for parameter Counts must be greater than 0.");
    }
    sum.add(datum.Values[i], count);
  }
}

void add_summary(const cloud::StatisticSet& set, cloud::Distribution& sum) {
  for (const double value : {set.SampleCount, set.Sum, set.Minimum, set.Maximum}) {
    check_number(value, "StatisticValues");
  }
  if (set.SampleCount <= 0 || set.Minimum > set.Maximum) {
    throw invalid_parameter_value(
        "The value for parameter StatisticValues is invalid: SampleCount must be greater than 0, "
        "and Minimum not greater than Maximum.");
  }
  sum.add_summary(set.SampleCount, set.Sum, set.Minimum, set.Maximum);
}

void check_period(int period_s) {
  if (period_s > 0 && period_s % kPeriod_s == 0 && period_s <= kPeriodMax_s) return;
  throw validation_error("The parameter Period must be a multiple of 60, from 60 to 86400.");
}

void check_times(cloud::Time start, cloud::Time end) {
  if (start < end) return;
  throw validation_error("The parameter StartTime must be less than the parameter EndTime.");
}

bool is_id(const std::string& id) {
  const auto inner = [](unsigned char c) { return std::isalnum(c) || c == '_'; };
  return !id.empty() && id.size() <= kNameMax && id.front() >= 'a' && id.front() <= 'z' &&
         std::ranges::all_of(id, inner);
}

}  // namespace

cloud::Metric checked_metric(std::string namespace_name, std::string name,
                             std::vector<cloud::Dimension> dimensions) {
  check_text(namespace_name, kNameMax, "Namespace");
  if (namespace_name.starts_with(':')) {
    throw invalid_parameter_value("The value for parameter Namespace must not begin with a colon.");
  }
  check_text(name, kNameMax, "MetricName");
  if (dimensions.size() > kDimensionsMax) {
    throw invalid_parameter_value(
        "The collection Dimensions must not have a size greater than 30.");
  }
  for (const auto& dimension : dimensions) {
    check_text(dimension.Name, kNameMax, "Dimensions.Name");
    check_text(dimension.Value, kDimensionValueMax, "Dimensions.Value");
  }
  std::ranges::sort(dimensions);
  const auto twice = std::ranges::adjacent_find(dimensions, {}, &cloud::Dimension::Name);
  if (twice != dimensions.end()) {
    throw invalid_parameter_value("The dimension " + twice->Name + " is there more than once.");
  }
  return {std::move(namespace_name), std::move(name), std::move(dimensions)};
}

void check_put(const cloud::PutMetricDataRequest& request) {
  if (request.Namespace.starts_with("AWS/")) {
    throw invalid_parameter_value("The value AWS/ for parameter Namespace is invalid.");
  }
  if (request.MetricData.empty()) {
    throw cloud::Error("MissingParameter", "The parameter MetricData is required.");
  }
  if (request.MetricData.size() > kDataMax) {
    throw invalid_parameter_value(
        "The collection MetricData must not have a size greater than 1000.");
  }
}

cloud::Distribution checked_values(const cloud::MetricDatum& datum, cloud::Time now) {
  const int given = static_cast<int>(datum.Value.has_value()) +
                    static_cast<int>(datum.StatisticValues.has_value()) +
                    static_cast<int>(!datum.Values.empty());
  if (given != 1) {
    throw invalid_combination(
        "One of the parameters MetricData.Value, MetricData.StatisticValues and MetricData.Values "
        "must be there, and no more.");
  }
  if (datum.Timestamp) check_timestamp(*datum.Timestamp, now);
  cloud::Distribution values;
  if (datum.StatisticValues) {
    add_summary(*datum.StatisticValues, values);
  } else if (datum.Value) {
    check_number(*datum.Value, "Value");
    values.add(*datum.Value);
  } else {
    add_values(datum, values);
  }
  return values;
}

Statistic checked_statistic(const std::string& name) {
  if (const auto statistic = Statistic::parse(name)) return *statistic;
  throw validation_error("The value " + name +
                         " for parameter Stat is not supported: it must be Sum, Average, Minimum, "
                         "Maximum, SampleCount or a percentile, p0 to p100.");
}

void check_queries(const cloud::GetMetricDataRequest& request) {
  const auto& queries = request.MetricDataQueries;
  check_times(request.StartTime, request.EndTime);
  if (queries.empty() || queries.size() > kQueriesMax) {
    throw validation_error("The collection MetricDataQueries must have a size from 1 to 500.");
  }
  if (!request.ScanBy.empty() && request.ScanBy != "TimestampAscending" &&
      request.ScanBy != "TimestampDescending") {
    throw validation_error("The value " + request.ScanBy + " for parameter ScanBy is invalid.");
  }
  if (request.MaxDatapoints.value_or(1) < 1) {
    throw validation_error("The parameter MaxDatapoints must be greater than 0.");
  }
  std::set<std::string> ids;
  for (const auto& query : queries) {
    if (!is_id(query.Id) || !ids.insert(query.Id).second) {
      throw validation_error(
          "The value " + query.Id +
          " for parameter Id is invalid: it must begin with a lower-case "
          "letter, have only letters, digits and underscores, and be there once.");
    }
    if (!query.Expression.empty()) {
      throw validation_error("There is no metric math: " + query.Id + " must have a MetricStat.");
    }
    if (!query.MetricStat) throw validation_error(query.Id + " must have a MetricStat.");
    check_period(query.MetricStat->Period);
    checked_statistic(query.MetricStat->Stat);
  }
}

void check_statistics(const cloud::GetMetricStatisticsRequest& request) {
  check_times(request.StartTime, request.EndTime);
  check_period(request.Period);
  if (request.Statistics.empty() == request.ExtendedStatistics.empty()) {
    throw invalid_combination(
        "Either the parameter Statistics or the parameter ExtendedStatistics must be there.");
  }
  for (const auto& name : request.Statistics) {
    if (checked_statistic(name).is_percentile()) {
      throw invalid_parameter_value("The percentile " + name + " belongs to ExtendedStatistics.");
    }
  }
  for (const auto& name : request.ExtendedStatistics) {
    if (!checked_statistic(name).is_percentile()) {
      throw invalid_parameter_value(name + " belongs to Statistics.");
    }
  }
  const auto points = (request.EndTime - request.StartTime) / std::chrono::seconds(request.Period);
  if (static_cast<std::size_t>(points) > kStatisticsPointsMax) {
    throw invalid_combination("You have requested up to " + std::to_string(points) +
                              " datapoints, which exceeds the limit of 1440. You may reduce the "
                              "datapoints requested by increasing Period, or decreasing the time "
                              "range.");
  }
}

}  // namespace doorbuster::engine
