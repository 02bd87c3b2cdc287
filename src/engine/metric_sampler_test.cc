#include "engine/metric_sampler.h"

#include "engine/queue_driver.h"

namespace doorbuster::engine {
namespace {

using cloud::Time;
using std::chrono::hours;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class MetricSamplerTest : public testing::Test {
 protected:
  MetricSamplerTest() { bed.clock().advance(minutes(90)); }

  // Seconds go by, each with a tick.
  void sample(int seconds_to_go) {
    for (int i = 0; i < seconds_to_go; ++i) {
      bed.advance(seconds(1));
      bed.run(sampler().tick());
    }
  }
  MetricSampler& sampler() {
    if (!sampler_) sampler_.emplace(bed.engine(), [this] { return measures; });
    return *sampler_;
  }
  void reopen() {
    sampler_.reset();
    bed.reopen();
  }
  cloud::MetricDataResult get(const char* space, const char* name, const char* resource,
                              const char* stat) {
    cloud::GetMetricDataRequest request;
    auto& query = request.MetricDataQueries.emplace_back();
    query.Id = "q";
    query.MetricStat = {cloud::metric_of({}, space, name, resource), 60, stat, ""};
    request.StartTime = bed.clock().now() - hours(24);
    request.EndTime = bed.clock().now() + hours(1);
    request.ScanBy = "TimestampAscending";
    return bed.run(bed.cloud_watch().GetMetricData(request)).MetricDataResults.at(0);
  }
  std::vector<double> sent() { return get("AWS/SQS", "NumberOfMessagesSent", "Q", "Sum").Values; }

  TestBed bed;
  SystemMeasures measures;

 private:
  std::optional<MetricSampler> sampler_;
};

TEST_F(MetricSamplerTest, WritesDownAMinuteOnceItIsOver) {
  sampler();
  const Time begin = bed.clock().now();
  QueueDriver queue(bed, "Q");
  queue.send("a");
  sample(59);
  EXPECT_THAT(sent(), IsEmpty());
  sample(1);
  queue.send("b");
  queue.send("c");
  sample(60);
  const auto result = get("AWS/SQS", "NumberOfMessagesSent", "Q", "Sum");
  EXPECT_THAT(result.Timestamps, ElementsAre(begin, begin + minutes(1)));
  EXPECT_THAT(result.Values, ElementsAre(1, 2));
  EXPECT_THAT(get("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Q", "Maximum").Values,
              ElementsAre(1, 3));
}

TEST_F(MetricSamplerTest, LooksAtTheProcessEverySecond) {
  sampler();
  measures = {10.0, 100, 1'000, 5};
  sample(30);
  measures = {30.0, 200, 2'000, 25};
  sample(30);
  EXPECT_THAT(get("Doorbuster", "CPUUtilization", "", "SampleCount").Values, ElementsAre(60));
  EXPECT_THAT(get("Doorbuster", "CPUUtilization", "", "Average").Values, ElementsAre(20));
  EXPECT_THAT(get("Doorbuster", "MemoryUsed", "", "Maximum").Values, ElementsAre(200));
  EXPECT_THAT(get("Doorbuster", "BytesWritten", "", "Sum").Values, ElementsAre(25));
  measures.written_bytes = 30;
  sample(60);
  EXPECT_THAT(get("Doorbuster", "BytesWritten", "", "Sum").Values, ElementsAre(25, 5));
}

TEST_F(MetricSamplerTest, HasWhatFunctionsOfTheProcessRecord) {
  sampler();
  cloud::MetricRecorder& recorder = bed.engine().recorded();
  recorder.add("Revenue", 19.99, "None");
  recorder.add("Revenue", 5.01, "None");
  sample(60);
  recorder.add("Revenue", 1, "None");
  sample(60);
  EXPECT_THAT(get("Doorbuster", "Revenue", "", "Sum").Values, ElementsAre(25, 1));
  double total = 0;
  for (const auto& metric : bed.run(metric_totals(bed.engine(), {}))) {
    if (metric.Metric.MetricName == "Revenue") total = metric.Value;
  }
  EXPECT_EQ(total, 26);
}

TEST_F(MetricSamplerTest, WritesDownTheMinuteInWhichItStopsAndGoesOnAfterARestart) {
  QueueDriver queue(bed, "Q");
  sampler();
  queue.send("a");
  sample(30);
  bed.run(sampler().flush());
  reopen();
  EXPECT_THAT(sent(), ElementsAre(1));
  sampler();
  queue.send("b");
  queue.send("c");
  sample(30);
  // Both halves are of one minute.
  EXPECT_THAT(sent(), ElementsAre(3));
}

TEST_F(MetricSamplerTest, AClockThatJumpsLosesNothing) {
  QueueDriver queue(bed, "Q");
  sampler();
  const Time begin = bed.clock().now();
  queue.send("a");
  sample(30);
  bed.clock().advance(-hours(1));
  queue.send("b");
  sample(1);  // ends the minute before the jump
  queue.send("c");
  sample(60);
  bed.clock().advance(hours(1));
  sample(1);
  const auto result = get("AWS/SQS", "NumberOfMessagesSent", "Q", "Sum");
  double all = 0;
  for (const double value : result.Values) all += value;
  EXPECT_EQ(all, 3);
  EXPECT_EQ(result.Timestamps.back(), begin);
  EXPECT_EQ(result.Timestamps.front(), begin - hours(1));
}

// A week by the hour, as a chart asks for it: what is read is 168 records and not 10,080.
TEST_F(MetricSamplerTest, KeepsAWeekByTheMinute) {
  auto op = [](Machine& m, Turn& turn) {
    const std::string key = metric_key({}, cloud::metric_of({}, "Doorbuster", "Orders", ""));
    const Time now = std::chrono::floor<minutes>(turn.now);
    for (int i = 1; i <= 7 * 24 * 60; ++i) {
      MinuteValues values{key, "Count", {}};
      values.values.add(i);
      m.metric_history.add(turn, now - minutes(i), values);
    }
  };
  bed.run(bed.engine().call<Done>(std::move(op)));
  cloud::GetMetricDataRequest request;
  auto& query = request.MetricDataQueries.emplace_back();
  query.Id = "q";
  query.MetricStat = {cloud::metric_of({}, "Doorbuster", "Orders", ""), 3'600, "Sum", ""};
  request.StartTime = bed.clock().now() - hours(7 * 24);
  request.EndTime = bed.clock().now();
  const auto result = bed.run(bed.cloud_watch().GetMetricData(request)).MetricDataResults.at(0);
  EXPECT_THAT(result.Values, SizeIs(169));  // it begins and ends at half past
  double all = 0;
  for (const double value : result.Values) all += value;
  EXPECT_EQ(all, 10'080.0 * 10'081 / 2);
  std::size_t records = 0;
  bed.engine().store().scan(Family::metrics, "", "\xff", [&](auto, auto) { return ++records > 0; });
  EXPECT_EQ(records, 169U);
}

}  // namespace
}  // namespace doorbuster::engine
