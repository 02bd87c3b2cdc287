"""Metrics, by the aws command, which speaks the Query protocol, and by AWS JSON 1.0."""

import datetime
import json

import pytest

from adapters import Command, Refused
from conftest import HOME


@pytest.fixture
def aws(cloud):
    return Command(cloud, HOME)


def ago(minutes):
    now = datetime.datetime.now(datetime.timezone.utc)
    return (now - datetime.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def query(namespace, name, stat, period=60, **dimensions):
    return {"Id": "q1", "MetricStat": {
        "Metric": {"Namespace": namespace, "MetricName": name,
                   "Dimensions": [{"Name": n, "Value": v} for n, v in dimensions.items()]},
        "Period": period, "Stat": stat}}


def values(aws, *queries, since=60):
    answer = aws.call("cloudwatch", "GetMetricData", MetricDataQueries=list(queries),
                      StartTime=ago(since), EndTime=ago(-5))
    return answer["MetricDataResults"][0]["Values"]


def by_json(cloud, operation, **parameters):
    status, body = cloud.status(
        "--header", f"X-Amz-Target: GraniteServiceVersion20100801.{operation}",
        "--header", "Content-Type: application/x-amz-json-1.0",
        "--data", json.dumps(parameters), cloud.endpoint + "/")
    return status, json.loads(body) if body else None


def test_what_is_put_is_listed_and_answered(aws, cloud):
    when = ago(10)
    aws.call("cloudwatch", "PutMetricData", Namespace="Shop", MetricData=[
        {"MetricName": "Sold", "Value": 2.5, "Unit": "Count", "Timestamp": when,
         "Dimensions": [{"Name": "Country", "Value": "France"}]},
        {"MetricName": "Sold", "Values": [1, 4], "Counts": [3, 1], "Unit": "Count",
         "Timestamp": when, "Dimensions": [{"Name": "Country", "Value": "France"}]},
        {"MetricName": "Time", "Timestamp": ago(5), "StatisticValues": {
            "SampleCount": 2, "Sum": 30, "Minimum": 10, "Maximum": 20}}])
    listed = aws.call("cloudwatch", "ListMetrics", Namespace="Shop")["Metrics"]
    assert listed == [
        {"Namespace": "Shop", "MetricName": "Sold",
         "Dimensions": [{"Name": "Country", "Value": "France"}]},
        {"Namespace": "Shop", "MetricName": "Time", "Dimensions": []}]
    assert values(aws, query("Shop", "Sold", "Sum", Country="France")) == [9.5]
    assert values(aws, query("Shop", "Sold", "p100", 3600, Country="France")) == [4.0]
    assert values(aws, query("Shop", "Sold", "Sum")) == []

    statistics = aws.call("cloudwatch", "GetMetricStatistics", Namespace="Shop",
                          MetricName="Time", StartTime=ago(20), EndTime=ago(0), Period=60,
                          Statistics=["Average", "Maximum"])
    assert statistics["Label"] == "Time"
    point, = statistics["Datapoints"]
    assert (point["Average"], point["Maximum"]) == (15.0, 20.0)
    assert "Sum" not in point

    status, answer = by_json(
        cloud, "GetMetricData", StartTime=0, EndTime=4e9,
        MetricDataQueries=[query("Shop", "Sold", "SampleCount", Country="France")])
    assert status == 200
    assert answer["MetricDataResults"][0]["Values"] == [5]


def test_what_the_system_counts_outlives_a_restart(aws, cloud):
    queue = aws.call("sqs", "CreateQueue", QueueName="q")["QueueUrl"]
    for body in ("a", "b", "c"):
        aws.call("sqs", "SendMessage", QueueUrl=queue, MessageBody=body)
    assert cloud.stop() == 0  # writes down the minute that is not over
    cloud.start()
    names = {metric["MetricName"]
             for metric in aws.call("cloudwatch", "ListMetrics", Namespace="AWS/SQS",
                                    Dimensions=[{"Name": "QueueName", "Value": "q"}])["Metrics"]}
    assert {"NumberOfMessagesSent", "ApproximateNumberOfMessagesVisible",
            "ApproximateAgeOfOldestMessage"} <= names
    assert sum(values(aws, query("AWS/SQS", "NumberOfMessagesSent", "Sum", QueueName="q"))) == 3
    assert max(values(aws, query("Doorbuster", "MemoryUsed", "Maximum"))) > 1 << 20


def test_what_makes_no_sense_is_refused_in_awss_words(aws, cloud):
    with pytest.raises(Refused) as refused:
        aws.call("cloudwatch", "PutMetricData", Namespace="AWS/SQS",
                 MetricData=[{"MetricName": "Mine", "Value": 1}])
    assert refused.value.code == "InvalidParameterValue"
    with pytest.raises(Refused) as refused:
        values(aws, query("Shop", "Sold", "Mode"))
    assert refused.value.code == "ValidationError"
    assert "Mode" in refused.value.message
    status, answer = by_json(cloud, "PutMetricData", Namespace="Shop",
                             MetricData=[{"MetricName": "Sold", "Value": "many"}])
    assert status == 400
    assert "SerializationException" in answer["__type"]
    status, answer = by_json(cloud, "PutDashboard")
    assert status == 400
    assert "UnknownOperationException" in answer["__type"]
