// What is kept of metrics, minute by minute, and what CloudWatch's operations make of it.
#include <chrono>

#include "engine/metric_history.h"
#include "engine/metric_sampler.h"
#include "engine/queue_driver.h"

namespace doorbuster::engine {
namespace {

using cloud::Time;
using std::chrono::hours;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class CloudWatchTest : public testing::Test {
 protected:
  static Time at(std::chrono::minutes minute) { return kBegin + minute; }
  static cloud::MetricDatum datum(const std::string& name, double value,
                                  std::optional<Time> time = std::nullopt) {
    cloud::MetricDatum datum;
    datum.MetricName = name;
    datum.Value = value;
    datum.Timestamp = time;
    return datum;
  }
  void put(const cloud::MetricDatum& datum, const std::string& space = "Shop") {
    bed.run(bed.cloud_watch().PutMetricData({space, {datum}}));
  }
  std::string error_of_put(const cloud::MetricDatum& datum, const std::string& space = "Shop") {
    return bed.error_of(bed.cloud_watch().PutMetricData({space, {datum}}));
  }
  static cloud::MetricDataQuery query(const std::string& name, const std::string& stat,
                                      int period_s = 60, const std::string& space = "Shop") {
    cloud::MetricDataQuery query;
    query.Id = "q";
    query.MetricStat = {{space, name, {}}, period_s, stat, ""};
    return query;
  }
  static cloud::GetMetricDataRequest request(cloud::MetricDataQuery query, Time from, Time to) {
    cloud::GetMetricDataRequest request;
    request.MetricDataQueries = {std::move(query)};
    request.StartTime = from;
    request.EndTime = to;
    request.ScanBy = "TimestampAscending";
    return request;
  }
  cloud::MetricDataResult get(cloud::MetricDataQuery query, Time from = kBegin - hours(24),
                              Time to = kBegin + hours(24)) {
    auto data = bed.run(bed.cloud_watch().GetMetricData(request(std::move(query), from, to)));
    return data.MetricDataResults.at(0);
  }
  std::vector<std::string> names() {
    std::vector<std::string> all;
    for (const auto& metric : bed.run(bed.cloud_watch().ListMetrics({})).Metrics) {
      all.push_back(metric.MetricName);
    }
    return all;
  }
  // What the sampler sends when a minute has ended.
  void record_minute(Time minute) {
    auto op = [minute](Machine& m, Turn& turn) { m.record_minute(turn, minute, {}); };
    bed.run(bed.engine().call<Done>(std::move(op)));
  }

  static constexpr Time kBegin{std::chrono::sys_days{std::chrono::year{2026} / 11 / 27}};
  TestBed bed;
};

// --- Putting and getting ----------------------------------------------------------------------

TEST_F(CloudWatchTest, WhatIsPutCanBeAskedForByPeriodsAndOutlivesARestart) {
  put(datum("Sold", 3, at(minutes(-5))));
  put(datum("Sold", 4, at(minutes(-5)) + seconds(59)));
  put(datum("Sold", 10, at(minutes(-2))));
  bed.reopen();
  const auto sums = get(query("Sold", "Sum"));
  EXPECT_EQ(sums.Id, "q");
  EXPECT_EQ(sums.Label, "Sold");
  EXPECT_EQ(sums.StatusCode, "Complete");
  EXPECT_THAT(sums.Timestamps, ElementsAre(at(minutes(-5)), at(minutes(-2))));
  EXPECT_THAT(sums.Values, ElementsAre(7, 10));
  EXPECT_THAT(get(query("Sold", "Sum", 300)).Timestamps, ElementsAre(at(minutes(-5))));
  EXPECT_THAT(get(query("Sold", "SampleCount", 300)).Values, ElementsAre(3));
  EXPECT_THAT(get(query("Sold", "Minimum", 300)).Values, ElementsAre(3));
  EXPECT_THAT(get(query("Sold", "Maximum", 300)).Values, ElementsAre(10));
  EXPECT_THAT(get(query("Sold", "Average", 3'600)).Values, ElementsAre(17.0 / 3));
  EXPECT_THAT(get(query("Sold", "p100", 300)).Values, ElementsAre(10));
  EXPECT_THAT(get(query("Sold", "p0", 300)).Values, ElementsAre(3));
}

TEST_F(CloudWatchTest, TheNewestComesFirstUnlessAskedOtherwise) {
  put(datum("Sold", 1, at(minutes(-3))));
  put(datum("Sold", 2, at(minutes(-2))));
  auto newest_first = request(query("Sold", "Sum"), at(minutes(-10)), kBegin);
  newest_first.ScanBy = "";
  const auto data = bed.run(bed.cloud_watch().GetMetricData(newest_first));
  EXPECT_THAT(data.MetricDataResults.at(0).Values, ElementsAre(2, 1));
}

TEST_F(CloudWatchTest, TheEndIsNotAskedFor) {
  put(datum("Sold", 1, at(minutes(-3))));
  put(datum("Sold", 2, at(minutes(-2))));
  EXPECT_THAT(get(query("Sold", "Sum"), at(minutes(-3)), at(minutes(-2))).Values, ElementsAre(1));
  EXPECT_THAT(get(query("Sold", "Sum"), at(minutes(-2)), at(minutes(-1))).Values, ElementsAre(2));
  EXPECT_THAT(get(query("Sold", "Sum"), at(minutes(-1)), kBegin).Values, IsEmpty());
}

TEST_F(CloudWatchTest, ValuesOfAllSortsAreKeptExactly) {
  for (const double value : {0.0, -1.5, 1e-9, 123456789.25, 9007199254740993.0, 1e100}) {
    const std::string name = "V" + std::to_string(value).substr(0, 200);
    put(datum(name, value, at(minutes(-1))));
    EXPECT_THAT(get(query(name, "Sum")).Values, ElementsAre(value));
  }
}

TEST_F(CloudWatchTest, ManyValuesAtOnceHavePercentilesAndASummaryHasNone) {
  auto many = datum("Time", 0, at(minutes(-1)));
  many.Value.reset();
  many.Values = {10, 20};
  many.Counts = {98, 2};
  put(many);
  EXPECT_THAT(get(query("Time", "SampleCount")).Values, ElementsAre(100));
  EXPECT_THAT(get(query("Time", "Sum")).Values, ElementsAre(1'020));
  EXPECT_NEAR(get(query("Time", "p50")).Values.at(0), 10, 1);
  EXPECT_NEAR(get(query("Time", "p99")).Values.at(0), 20, 2);
  auto summary = datum("Time", 0, at(minutes(-1)));
  summary.Value.reset();
  summary.StatisticValues = {{2, 50, 5, 45}};
  put(summary);
  EXPECT_THAT(get(query("Time", "SampleCount")).Values, ElementsAre(102));
  EXPECT_THAT(get(query("Time", "Maximum")).Values, ElementsAre(45));
  EXPECT_THAT(get(query("Time", "p50")).Values, IsEmpty());
}

TEST_F(CloudWatchTest, DimensionsMakeAMetricInWhateverOrder) {
  auto sold = datum("Sold", 5, at(minutes(-1)));
  sold.Dimensions = {{"Kind", "book"}, {"Country", "FR"}};
  put(sold);
  EXPECT_THAT(get(query("Sold", "Sum")).Values, IsEmpty());
  auto asked = query("Sold", "Sum");
  asked.MetricStat->Metric.Dimensions = {{"Country", "FR"}, {"Kind", "book"}};
  EXPECT_THAT(get(asked).Values, ElementsAre(5));
}

TEST_F(CloudWatchTest, AnotherUnitHasNoData) {
  auto size = datum("Size", 5, at(minutes(-1)));
  size.Unit = "Bytes";
  put(size);
  auto asked = query("Size", "Sum");
  asked.MetricStat->Unit = "Bytes";
  EXPECT_THAT(get(asked).Values, ElementsAre(5));
  asked.MetricStat->Unit = "Count";
  EXPECT_THAT(get(asked).Values, IsEmpty());
}

TEST_F(CloudWatchTest, AnAccountSeesItsOwnMetricsOnly) {
  put(datum("Sold", 5, at(minutes(-1))));
  cloud::Caller other;
  other.scope.account = "111122223333";
  const auto theirs = make_cloud_watch(bed.engine(), other);
  EXPECT_THAT(bed.run(theirs->ListMetrics({})).Metrics, IsEmpty());
  const auto data =
      bed.run(theirs->GetMetricData(request(query("Sold", "Sum"), kBegin - hours(1), kBegin)));
  EXPECT_THAT(data.MetricDataResults.at(0).Values, IsEmpty());
  cloud::Caller nobody;
  nobody.anonymous = true;
  EXPECT_EQ(bed.error_of(make_cloud_watch(bed.engine(), nobody)->ListMetrics({})),
            "MissingAuthenticationToken");
}

TEST_F(CloudWatchTest, APageEndsAtTheMostPointsThatAreWanted) {
  for (int i = 1; i <= 5; ++i) put(datum("A", i, at(minutes(-i))));
  for (int i = 1; i <= 2; ++i) put(datum("B", 10 * i, at(minutes(-i))));
  auto both = request(query("A", "Sum"), kBegin - hours(1), kBegin);
  both.MetricDataQueries.push_back(query("B", "Sum"));
  both.MetricDataQueries[1].Id = "b";
  both.MaxDatapoints = 3;
  const auto first = bed.run(bed.cloud_watch().GetMetricData(both));
  ASSERT_THAT(first.MetricDataResults, SizeIs(1));
  EXPECT_THAT(first.MetricDataResults[0].Values, ElementsAre(5, 4, 3));
  EXPECT_EQ(first.MetricDataResults[0].StatusCode, "PartialData");
  both.NextToken = first.NextToken;
  const auto second = bed.run(bed.cloud_watch().GetMetricData(both));
  ASSERT_THAT(second.MetricDataResults, SizeIs(2));
  EXPECT_THAT(second.MetricDataResults[0].Values, ElementsAre(2, 1));
  EXPECT_EQ(second.MetricDataResults[0].StatusCode, "Complete");
  EXPECT_THAT(second.MetricDataResults[1].Values, ElementsAre(20));
  both.NextToken = second.NextToken;
  const auto third = bed.run(bed.cloud_watch().GetMetricData(both));
  ASSERT_THAT(third.MetricDataResults, SizeIs(1));
  EXPECT_THAT(third.MetricDataResults[0].Values, ElementsAre(10));
  EXPECT_EQ(third.NextToken, "");
  both.NextToken = "nonsense";
  EXPECT_EQ(bed.error_of(bed.cloud_watch().GetMetricData(both)), "InvalidNextToken");
}

TEST_F(CloudWatchTest, StatisticsAreAskedForTogether) {
  put(datum("Sold", 3, at(minutes(-2))));
  put(datum("Sold", 5, at(minutes(-2))));
  cloud::GetMetricStatisticsRequest asked;
  asked.Namespace = "Shop";
  asked.MetricName = "Sold";
  asked.StartTime = at(minutes(-10));
  asked.EndTime = kBegin;
  asked.Period = 60;
  asked.Statistics = {"Sum", "Maximum"};
  const auto result = bed.run(bed.cloud_watch().GetMetricStatistics(asked));
  EXPECT_EQ(result.Label, "Sold");
  ASSERT_THAT(result.Datapoints, SizeIs(1));
  EXPECT_EQ(result.Datapoints[0].Timestamp, at(minutes(-2)));
  EXPECT_EQ(result.Datapoints[0].Sum, 8);
  EXPECT_EQ(result.Datapoints[0].Maximum, 5);
  EXPECT_FALSE(result.Datapoints[0].Average.has_value());
  EXPECT_EQ(result.Datapoints[0].Unit, "None");
  asked.StartTime = kBegin - hours(25);
  EXPECT_EQ(bed.error_of(bed.cloud_watch().GetMetricStatistics(asked)),
            "InvalidParameterCombination");
  asked.Period = 3'600;
  asked.Statistics = {"p99"};
  EXPECT_EQ(bed.error_of(bed.cloud_watch().GetMetricStatistics(asked)), "InvalidParameterValue");
  asked.Statistics.clear();
  asked.ExtendedStatistics = {"p99"};
  EXPECT_NEAR(bed.run(bed.cloud_watch().GetMetricStatistics(asked))
                  .Datapoints.at(0)
                  .ExtendedStatistics.at("p99"),
              5, 0.5);
}

// --- What is refused --------------------------------------------------------------------------

TEST_F(CloudWatchTest, RefusesWhatCanNotBeKept) {
  EXPECT_EQ(error_of_put(datum("", 1)), "InvalidParameterValue");
  EXPECT_EQ(error_of_put(datum(std::string(256, 'x'), 1)), "InvalidParameterValue");
  EXPECT_EQ(error_of_put(datum("a\nb", 1)), "InvalidParameterValue");
  EXPECT_EQ(error_of_put(datum("Sold", 1), "AWS/SQS"), "InvalidParameterValue");
  EXPECT_EQ(error_of_put(datum("Sold", 1), ":Shop"), "InvalidParameterValue");
  EXPECT_EQ(error_of_put(datum("Sold", 1), ""), "InvalidParameterValue");
  EXPECT_EQ(error_of_put(datum("Sold", std::nan(""))), "InvalidParameterValue");
  EXPECT_EQ(error_of_put(datum("Sold", 1e300)), "InvalidParameterValue");
  EXPECT_EQ(error_of_put(datum("Sold", 1, kBegin - hours(8 * 24 + 1))), "InvalidParameterValue");
  EXPECT_EQ(error_of_put(datum("Sold", 1, kBegin + hours(3))), "InvalidParameterValue");
  auto nothing = datum("Sold", 1);
  nothing.Value.reset();
  EXPECT_EQ(error_of_put(nothing), "InvalidParameterCombination");
  auto twice = datum("Sold", 1);
  twice.Values = {1};
  EXPECT_EQ(error_of_put(twice), "InvalidParameterCombination");
  auto counts = nothing;
  counts.Values = {1, 2};
  counts.Counts = {1};
  EXPECT_EQ(error_of_put(counts), "InvalidParameterCombination");
  counts.Counts = {1, 0};
  EXPECT_EQ(error_of_put(counts), "InvalidParameterValue");
  counts.Values.assign(151, 1);
  EXPECT_EQ(error_of_put(counts), "InvalidParameterValue");
  auto summary = nothing;
  summary.StatisticValues = {{1, 1, 2, 1}};
  EXPECT_EQ(error_of_put(summary), "InvalidParameterValue");
  auto same = datum("Sold", 1);
  same.Dimensions = {{"A", "1"}, {"A", "2"}};
  EXPECT_EQ(error_of_put(same), "InvalidParameterValue");
  EXPECT_EQ(bed.error_of(bed.cloud_watch().PutMetricData({"Shop", {}})), "MissingParameter");
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(CloudWatchTest, RefusesWhatCanNotBeAnswered) {
  const auto error_of = [&](const cloud::MetricDataQuery& query, Time from = kBegin - hours(1)) {
    return bed.error_of(bed.cloud_watch().GetMetricData(request(query, from, kBegin)));
  };
  EXPECT_EQ(error_of(query("Sold", "Sum")), "");
  EXPECT_EQ(error_of(query("Sold", "Sum"), kBegin), "ValidationError");
  for (const char* stat : {"", "sum", "p", "p101", "p-1", "p1x", "tm99"}) {
    EXPECT_EQ(error_of(query("Sold", stat)), "ValidationError") << stat;
  }
  for (const int period : {0, -60, 59, 90, 86'460}) {
    EXPECT_EQ(error_of(query("Sold", "Sum", period)), "ValidationError") << period;
  }
  auto math = query("Sold", "Sum");
  math.Expression = "a + b";
  EXPECT_EQ(error_of(math), "ValidationError");
  auto id = query("Sold", "Sum");
  id.Id = "Q";
  EXPECT_EQ(error_of(id), "ValidationError");
  auto twice = request(query("Sold", "Sum"), kBegin - hours(1), kBegin);
  twice.MetricDataQueries.push_back(twice.MetricDataQueries[0]);
  EXPECT_EQ(bed.error_of(bed.cloud_watch().GetMetricData(twice)), "ValidationError");
}

// --- Listing ----------------------------------------------------------------------------------

TEST_F(CloudWatchTest, ListsByNamespaceNameAndDimensions) {
  put(datum("Sold", 1, at(minutes(-1))));
  auto book = datum("Sold", 1, kBegin - hours(5));
  book.Dimensions = {{"Kind", "book"}};
  put(book);
  put(datum("Sold", 1, at(minutes(-1))), "Other");
  const auto count = [&](const cloud::ListMetricsRequest& request) {
    return bed.run(bed.cloud_watch().ListMetrics(request)).Metrics.size();
  };
  EXPECT_EQ(count({}), 3U);
  EXPECT_EQ(count({.Namespace = "Shop"}), 2U);
  EXPECT_EQ(count({.MetricName = "sold"}), 0U);
  EXPECT_EQ(count({.Dimensions = {{"Kind", ""}}}), 1U);
  EXPECT_EQ(count({.Dimensions = {{"Kind", "toy"}}}), 0U);
  EXPECT_EQ(count({.RecentlyActive = "PT3H"}), 2U);
  EXPECT_EQ(bed.error_of(bed.cloud_watch().ListMetrics({.RecentlyActive = "PT1H"})),
            "InvalidParameterValue");
  EXPECT_EQ(bed.error_of(bed.cloud_watch().ListMetrics({.NextToken = "?"})), "InvalidNextToken");
}

TEST_F(CloudWatchTest, ListsByPages) {
  for (int first = 0; first < 700; first += 100) {
    cloud::PutMetricDataRequest some{"Shop", {}};
    for (int i = first; i < first + 100; ++i) {
      some.MetricData.push_back(datum("M" + std::to_string(1'000 + i), 1));
    }
    bed.run(bed.cloud_watch().PutMetricData(some));
  }
  const auto first = bed.run(bed.cloud_watch().ListMetrics({}));
  EXPECT_THAT(first.Metrics, SizeIs(500));
  const auto second = bed.run(bed.cloud_watch().ListMetrics({.NextToken = first.NextToken}));
  EXPECT_THAT(second.Metrics, SizeIs(200));
  EXPECT_EQ(second.Metrics.front().MetricName, "M1500");
  EXPECT_EQ(second.NextToken, "");
}

// --- What is bounded --------------------------------------------------------------------------

TEST_F(CloudWatchTest, ThereCanNotBeTooManyMetrics) {
  for (std::size_t first = 0; first < kMetricsMax; first += 1'000) {
    cloud::PutMetricDataRequest some{"Shop", {}};
    for (std::size_t i = first; i < first + 1'000; ++i) {
      some.MetricData.push_back(datum("M" + std::to_string(i), 1));
    }
    bed.run(bed.cloud_watch().PutMetricData(some));
  }
  EXPECT_EQ(error_of_put(datum("One more", 1)), "LimitExceeded");
  EXPECT_EQ(error_of_put(datum("M0", 1)), "");
  // What the engine itself counts is left out, and that is said once.
  QueueDriver queue(bed, "Q");
  record_minute(at(minutes(-1)));
  record_minute(kBegin);
  EXPECT_THAT(bed.log(), ElementsAre(HasSubstr("more than 2000 metrics")));
}

TEST_F(CloudWatchTest, AfterEightDaysAMetricIsGone) {
  put(datum("Old", 1, at(minutes(-1))));
  put(datum("Kept", 1, at(minutes(-1))));
  bed.advance(hours(7 * 24));
  put(datum("Kept", 2));
  record_minute(bed.clock().now());
  EXPECT_THAT(names(), ElementsAre("Kept", "Old"));
  EXPECT_THAT(get(query("Old", "Sum"), kBegin - hours(1), bed.clock().now()).Values, SizeIs(1));
  bed.advance(hours(2 * 24));
  bed.reopen();  // it is removed, however long nobody was there to see to it
  record_minute(bed.clock().now());
  EXPECT_THAT(names(), ElementsAre("Kept"));
  EXPECT_THAT(get(query("Kept", "Sum"), kBegin - hours(24), bed.clock().now()).Values,
              ElementsAre(2));
  std::size_t records = 0;
  bed.engine().store().scan(Family::metrics, "", "\xff", [&](auto, auto) { return ++records > 0; });
  EXPECT_EQ(records, 1U);
}

TEST_F(CloudWatchTest, AMinuteThatIsPutWithoutEndStaysSmall) {
  for (int i = 0; i < 200; ++i) {
    cloud::PutMetricDataRequest many{"Shop", {}};
    for (int j = 0; j < 100; ++j) many.MetricData.push_back(datum("Sold", 1.5, at(minutes(-1))));
    bed.run(bed.cloud_watch().PutMetricData(many));
  }
  EXPECT_THAT(get(query("Sold", "Sum")).Values, ElementsAre(30'000));
  EXPECT_THAT(get(query("Sold", "SampleCount")).Values, ElementsAre(20'000));
  std::size_t bytes = 0;
  bed.engine().store().scan(Family::metrics, "", "\xff", [&](auto, std::string_view value) {
    bytes += value.size();
    return true;
  });
  EXPECT_LT(bytes, 40'000U);
}

// --- What can't be read -----------------------------------------------------------------------

TEST_F(CloudWatchTest, AHourThatCanNotBeReadIsLeftOut) {
  put(datum("Sold", 1, kBegin - hours(2)));
  put(datum("Sold", 2, kBegin - hours(1)));
  auto damage = [](Machine&, Turn& turn) {
    std::string key;
    turn.store.scan(Family::metrics, "", "\xff", [&](std::string_view found, auto) {
      key = found;
      return false;
    });
    turn.batch.put(Family::metrics, key, "\x05\x07 damaged");
    std::string metric;
    turn.store.scan(Family::config, "N", "O", [&](std::string_view found, auto) {
      metric = found;
      return false;
    });
    turn.batch.put(Family::config, metric + "x", "");
  };
  bed.run(bed.engine().call<Done>(std::move(damage)));
  EXPECT_THAT(get(query("Sold", "Sum")).Values, ElementsAre(2));
  EXPECT_EQ(get(query("Sold", "Sum")).StatusCode, "InternalError");
  bed.reopen();  // nor does it keep the engine from starting
  put(datum("Sold", 3, at(minutes(-1))));
  EXPECT_THAT(get(query("Sold", "Sum")).Values, ElementsAre(2, 3));
}

// --- What the engine itself counts ------------------------------------------------------------

TEST_F(CloudWatchTest, CountingWritesNothingUntilAMinuteIsRecorded) {
  QueueDriver queue(bed, "Q");
  queue.send("a");
  EXPECT_THAT(names(), IsEmpty());
  record_minute(at(minutes(-1)));
  EXPECT_THAT(names(), SizeIs(7));
}

TEST_F(CloudWatchTest, WhatIsRemovedStaysReadable) {
  auto asked = query("NumberOfMessagesSent", "Sum", 60, "AWS/SQS");
  asked.MetricStat->Metric.Dimensions = {{"QueueName", "Q"}};
  QueueDriver queue(bed, "Q");
  queue.send("a");
  record_minute(at(minutes(0)));
  queue.send("b");
  bed.run(bed.sqs().DeleteQueue({queue.url()}));
  record_minute(at(minutes(1)));
  record_minute(at(minutes(2)));
  const auto result = get(asked);
  EXPECT_THAT(result.Timestamps, ElementsAre(at(minutes(0)), at(minutes(1))));
  EXPECT_THAT(result.Values, ElementsAre(1, 1));
}

}  // namespace
}  // namespace doorbuster::engine
