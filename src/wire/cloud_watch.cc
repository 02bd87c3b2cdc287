// Amazon CloudWatch: its shapes and operations.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Operations.html
#include "cloud/cloud_watch.h"

#include "wire/operations.h"
#include "wire/validation.h"

namespace doorbuster::wire {

STRUCTURE(cloud::Dimension, FIELD(Name, .required = true), FIELD(Value, .required = true));
STRUCTURE(cloud::DimensionFilter, FIELD(Name, .required = true), FIELD(Value));
STRUCTURE(cloud::Metric, FIELD(Namespace), FIELD(MetricName), FIELD(Dimensions, .always = true));
STRUCTURE(cloud::ListMetricsRequest, FIELD(Namespace), FIELD(MetricName), FIELD(Dimensions),
          FIELD(NextToken), FIELD(RecentlyActive));
STRUCTURE(cloud::ListMetricsResult, FIELD(Metrics, .always = true), FIELD(NextToken));

STRUCTURE(cloud::StatisticSet, FIELD(SampleCount), FIELD(Sum), FIELD(Minimum), FIELD(Maximum));
STRUCTURE(cloud::MetricDatum, FIELD(MetricName, .required = true), FIELD(Dimensions),
          FIELD(Timestamp), FIELD(Value), FIELD(StatisticValues), FIELD(Values), FIELD(Counts),
          FIELD(Unit), FIELD(StorageResolution));
STRUCTURE(cloud::PutMetricDataRequest, FIELD(Namespace, .required = true), FIELD(MetricData));

STRUCTURE(cloud::MetricStat, FIELD(Metric, .required = true), FIELD(Period, .required = true),
          FIELD(Stat, .required = true), FIELD(Unit));
STRUCTURE(cloud::MetricDataQuery, FIELD(Id, .required = true), FIELD(MetricStat), FIELD(Expression),
          FIELD(Label), FIELD(ReturnData));
STRUCTURE(cloud::GetMetricDataRequest, FIELD(MetricDataQueries, .required = true),
          FIELD(StartTime, .required = true), FIELD(EndTime, .required = true), FIELD(NextToken),
          FIELD(ScanBy), FIELD(MaxDatapoints));
STRUCTURE(cloud::MetricDataResult, FIELD(Id), FIELD(Label), FIELD(Timestamps, .always = true),
          FIELD(Values, .always = true), FIELD(StatusCode));
STRUCTURE(cloud::GetMetricDataResult, FIELD(MetricDataResults, .always = true), FIELD(NextToken));

STRUCTURE(cloud::GetMetricStatisticsRequest, FIELD(Namespace, .required = true),
          FIELD(MetricName, .required = true), FIELD(Dimensions),
          FIELD(StartTime, .required = true), FIELD(EndTime, .required = true),
          FIELD(Period, .required = true), FIELD(Statistics), FIELD(ExtendedStatistics),
          FIELD(Unit));
STRUCTURE(cloud::Datapoint, FIELD(Timestamp), FIELD(SampleCount), FIELD(Average), FIELD(Sum),
          FIELD(Minimum), FIELD(Maximum), FIELD(Unit), FIELD(ExtendedStatistics));
STRUCTURE(cloud::GetMetricStatisticsResult, FIELD(Label), FIELD(Datapoints, .always = true));

namespace {

#define ROW(Name) Bound<&cloud::CloudWatch::Name>::row(#Name)
constexpr Operation operations[] = {
    ROW(PutMetricData),
    ROW(ListMetrics),
    ROW(GetMetricData),
    ROW(GetMetricStatistics),
};

}  // namespace

constinit const Service cloud_watch_service{
    .name = "monitoring",
    .target = "GraniteServiceVersion20100801",
    .space = "com.amazonaws.cloudwatch.v2010_08_01",
    .version = "2010-08-01",
    .namespace_ = "http://monitoring.amazonaws.com/doc/2010-08-01/",
    .wording = &validation_wording,
    .operations = operations,
};

}  // namespace doorbuster::wire
