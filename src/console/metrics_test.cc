#include "console/metrics.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "shop/answers.h"
#include "shop/testing.h"

namespace doorbuster::console {
namespace {

using shop::wait;
using std::chrono::seconds;

// Has 1 for the first minute that is asked for and 2 for the third, one value a page.
class FakeCloudWatch final : public cloud::CloudWatch {
 public:
  cloud::Async<cloud::ListMetricsResult> ListMetrics(cloud::ListMetricsRequest request) override {
    cloud::ListMetricsResult result;
    for (const char* queue : {"a", "b"}) {
      result.Metrics.push_back({request.Namespace, request.MetricName, {{"QueueName", queue}}});
    }
    co_return result;
  }
  cloud::Async<cloud::GetMetricDataResult> GetMetricData(
      cloud::GetMetricDataRequest request) override {
    asked = request;
    const bool second = !request.NextToken.empty();
    cloud::GetMetricDataResult result;
    for (const auto& query : request.MetricDataQueries) {
      cloud::MetricDataResult one;
      one.Id = query.Id;
      one.Timestamps = {request.StartTime + seconds(second ? 120 : 0)};
      one.Values = {second ? 2.0 : 1.0};
      result.MetricDataResults.push_back(std::move(one));
    }
    if (!second) result.NextToken = "more";
    co_return result;
  }

  cloud::GetMetricDataRequest asked;
};

class MetricsTest : public ::testing::Test {
 protected:
  boost::json::object ask(const std::string& query) {
    auto read = wait(read_metric_query(cloud_watch_, {}, query));
    return wait(metric_data(cloud_watch_, std::move(read)));
  }

  FakeCloudWatch cloud_watch_;
};

TEST_F(MetricsTest, GivesEachMinuteItsValueOrNone) {
  const auto answer = ask("from=65&to=240&period=60&metric=AWS/SQS/NumberOfMessagesSent/q/Sum");
  EXPECT_EQ(boost::json::serialize(answer.at("times")), "[60,120,180]");
  const auto& series = answer.at("series").at(0);
  EXPECT_EQ(series.at("metric").as_string(), "AWS/SQS/NumberOfMessagesSent/q/Sum");
  EXPECT_EQ(boost::json::serialize(series.at("values")), "[1E0,null,2E0]");
  const auto& stat = *cloud_watch_.asked.MetricDataQueries.at(0).MetricStat;
  EXPECT_EQ(stat.Metric.Namespace, "AWS/SQS");
  EXPECT_EQ(stat.Metric.Dimensions, (std::vector<cloud::Dimension>{{"QueueName", "q"}}));
  EXPECT_EQ(stat.Period, 60);
}

TEST_F(MetricsTest, KnowsMetricsOfNothingAndOfEverything) {
  const auto answer =
      ask("from=0&to=60&period=60&metric=Doorbuster/Revenue//Sum"
          "&metric=AWS%2FSQS/NumberOfMessagesSent/%2A/p99");
  std::string names;
  for (const auto& series : answer.at("series").as_array()) {
    names += std::string(series.at("metric").as_string()) + ' ';
  }
  EXPECT_EQ(names,
            "Doorbuster/Revenue//Sum AWS/SQS/NumberOfMessagesSent/a/p99 "
            "AWS/SQS/NumberOfMessagesSent/b/p99 ");
  EXPECT_TRUE(ask("from=0&to=60&period=60").at("series").as_array().empty());
}

TEST_F(MetricsTest, RefusesWhatMakesNoSense) {
  std::string many = "from=0&to=60&period=60";
  for (int i = 0; i < 101; ++i) many += "&metric=Doorbuster/Revenue//Sum";
  for (const std::string& query :
       {std::string(), many, std::string("from=0&to=60&period=61"),
        std::string("from=0&to=60&period=0"), std::string("from=60&to=60&period=60"),
        std::string("from=-1&to=60&period=60"), std::string("from=0&to=120060&period=60"),
        std::string("from=0&to=1e9&period=60"),
        std::string("from=0&to=60&period=60&metric=Revenue")}) {
    EXPECT_THROW(ask(query), shop::Problem) << query;
  }
}

TEST_F(MetricsTest, ShowsAllAsTheyStand) {
  std::vector<cloud::MetricTotal> totals(3);
  totals[0].Metric = {"AWS/SQS", "NumberOfMessagesSent", {{"QueueName", "q"}}};
  totals[0].Value = 3;
  totals[1].Metric = {"Doorbuster", "Revenue", {}};
  totals[1].Value = 1.5;
  totals[2].Metric = {"AWS/Lambda", "Duration", {{"FunctionName", "f"}}};
  totals[2].Kind = cloud::MetricKind::distribution;
  totals[2].Distribution.add(4, 2);
  EXPECT_EQ(boost::json::serialize(to_json(totals)),
            R"({"AWS/SQS/NumberOfMessagesSent/q":3E0,"Doorbuster/Revenue":1.5E0,)"
            R"("AWS/Lambda/Duration/f.count":2E0,"AWS/Lambda/Duration/f.sum":8E0})");
}

}  // namespace
}  // namespace doorbuster::console
