#include "wire/prometheus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace doorbuster::wire {
namespace {

using cloud::MetricKind;
using cloud::MetricTotal;
using testing::HasSubstr;
using testing::Not;

MetricTotal total(const char* space, const char* name, const char* resource, const char* unit,
                  MetricKind kind, double value) {
  MetricTotal t;
  t.Metric = cloud::metric_of({}, space, name, resource);
  t.Unit = unit;
  t.Kind = kind;
  t.Value = value;
  return t;
}

TEST(Prometheus, NamesCountersAndGaugesAsItWantsThem) {
  const std::vector totals{
      total("AWS/SQS", "NumberOfMessagesSent", "orders-queue", "Count", MetricKind::counter, 12),
      total("AWS/SQS", "NumberOfMessagesSent", "ShippingQueue", "Count", MetricKind::counter, 3),
      total("AWS/SQS", "ApproximateAgeOfOldestMessage", "orders-queue", "Seconds",
            MetricKind::gauge, 1.5),
      total("Doorbuster", "CPUUtilization", "", "Percent", MetricKind::gauge, 0.25),
      total("Doorbuster", "BytesWritten", "", "Bytes", MetricKind::counter, 1e15),
      total("Doorbuster", "DatabaseSize", "", "Bytes", MetricKind::gauge, 4096),
  };
  EXPECT_EQ(
      prometheus_text(totals),
      R"(# HELP doorbuster_aws_sqs_approximate_age_of_oldest_message_seconds AWS/SQS ApproximateAgeOfOldestMessage
# TYPE doorbuster_aws_sqs_approximate_age_of_oldest_message_seconds gauge
doorbuster_aws_sqs_approximate_age_of_oldest_message_seconds{queue_name="orders-queue"} 1.5
# HELP doorbuster_aws_sqs_number_of_messages_sent_total AWS/SQS NumberOfMessagesSent
# TYPE doorbuster_aws_sqs_number_of_messages_sent_total counter
doorbuster_aws_sqs_number_of_messages_sent_total{queue_name="orders-queue"} 12
doorbuster_aws_sqs_number_of_messages_sent_total{queue_name="ShippingQueue"} 3
# HELP doorbuster_bytes_written_total Doorbuster BytesWritten
# TYPE doorbuster_bytes_written_total counter
doorbuster_bytes_written_total 1e+15
# HELP doorbuster_cpu_utilization_percent Doorbuster CPUUtilization
# TYPE doorbuster_cpu_utilization_percent gauge
doorbuster_cpu_utilization_percent 0.25
# HELP doorbuster_database_size_bytes Doorbuster DatabaseSize
# TYPE doorbuster_database_size_bytes gauge
doorbuster_database_size_bytes 4096
)");
}

TEST(Prometheus, MakesADistributionAHistogram) {
  auto duration =
      total("AWS/Lambda", "Duration", "ShipInvoices", "Milliseconds", MetricKind::distribution, 0);
  for (const double ms : {0.5, 1.0, 1.5, 2.0, 2.1, 2'000'000.0}) duration.Distribution.add(ms);
  const std::string text = prometheus_text({duration});
  const std::string name = "doorbuster_aws_lambda_duration_milliseconds";
  EXPECT_THAT(text, HasSubstr("# TYPE " + name + " histogram\n"));
  const auto bucket = [&](const char* le, const char* count) {
    return name + "_bucket{function_name=\"ShipInvoices\",le=\"" + le + "\"} " + count + '\n';
  };
  // Each bucket has what is not greater than its end, and what the ones before it have.
  EXPECT_THAT(text, HasSubstr(bucket("1", "2")));
  EXPECT_THAT(text, HasSubstr(bucket("2", "4")));
  EXPECT_THAT(text, HasSubstr(bucket("4", "5")));
  EXPECT_THAT(text, HasSubstr(bucket("1048576", "5")));
  EXPECT_THAT(text, HasSubstr(bucket("+Inf", "6")));
  EXPECT_THAT(text, HasSubstr(name + "_sum{function_name=\"ShipInvoices\"} 2000007.1\n"));
  EXPECT_THAT(text, HasSubstr(name + "_count{function_name=\"ShipInvoices\"} 6\n"));
}

TEST(Prometheus, EscapesWhatNamesMayContain) {
  auto strange = total("My Space", "2nd try", "", "None", MetricKind::gauge, -1);
  strange.Metric.Dimensions = {{"1 of", "a \"b\" \\ c\nd"}};
  const std::string text = prometheus_text({strange});
  EXPECT_THAT(text,
              HasSubstr("doorbuster_my_space_2nd_try{_1_of=\"a \\\"b\\\" \\\\ c\\nd\"} -1\n"));
}

TEST(Prometheus, GivesASeriesOnceAndANameOneType) {
  const auto first = total("AWS/SQS", "Depth", "q", "Count", MetricKind::gauge, 1);
  const auto again = total("AWS/SQS", "Depth", "q", "Count", MetricKind::gauge, 2);
  const auto other = total("AWS/SQS", "depth", "r", "Count", MetricKind::distribution, 3);
  const std::string text = prometheus_text({first, again, other});
  EXPECT_THAT(text, HasSubstr("doorbuster_aws_sqs_depth{queue_name=\"q\"} 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("} 2\n")));
  EXPECT_THAT(text, Not(HasSubstr("_bucket")));
}

TEST(Prometheus, SaysNothingOfNothing) {
  EXPECT_EQ(prometheus_text({}), "");
}

}  // namespace
}  // namespace doorbuster::wire
