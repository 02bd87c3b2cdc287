"""An invoice's whole way, in two regions at once, told through boto3 and through the aws command.

story.test.mjs tells the same through the AWS SDK for JavaScript.
"""

import base64
import json
import urllib.parse

import pytest

import digests
from adapters import Boto3, Command, Refused
from conftest import FAR, HOME

KEY = "2010/ใบ 536365+.json"
INVOICE = json.dumps({"InvoiceNo": "536365", "CustomerID": "17850"}).encode()


@pytest.fixture(params=[Boto3, Command], ids=["boto3", "aws"])
def client(request, cloud):
    return lambda region: request.param(cloud, region)


def allow(principal, action, resource, source):
    return json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": principal}, "Action": action,
        "Resource": resource, "Condition": {"ArnLike": {"aws:SourceArn": source}}}]})


class Shop:
    """Bucket, topic and queues of one region, under the same names in each."""

    def __init__(self, aws, account):
        self.aws, self.region = aws, aws.region
        self.bucket = f"black-friday-{aws.region}"
        self.topic = f"arn:aws:sns:{aws.region}:{account}:NewOrderEvents"
        self.dlq = self.queue("ShippingQueueDLQ", account)
        redrive = json.dumps({"deadLetterTargetArn": self.arn("ShippingQueueDLQ", account),
                              "maxReceiveCount": 3})
        self.dlq_arn = self.arn("ShippingQueueDLQ", account)
        self.shipping = self.queue("ShippingQueue", account, RedrivePolicy=redrive)
        self.analytics = self.queue("AnalyticsQueue", account)
        self.make_topic(account)
        self.make_bucket()

    def arn(self, name, account):
        return f"arn:aws:sqs:{self.region}:{account}:{name}"

    def queue(self, name, account, **attributes):
        policy = allow("sns.amazonaws.com", "sqs:SendMessage", self.arn(name, account), self.topic)
        return self.aws.call("sqs", "CreateQueue", QueueName=name,
                             Attributes={"Policy": policy, **attributes})["QueueUrl"]

    def make_topic(self, account):
        policy = allow("s3.amazonaws.com", "sns:Publish", self.topic,
                       f"arn:aws:s3:::{self.bucket}")
        made = self.aws.call("sns", "CreateTopic", Name="NewOrderEvents",
                             Attributes={"Policy": policy})
        assert made["TopicArn"] == self.topic
        for name in ("ShippingQueue", "AnalyticsQueue"):
            self.aws.call("sns", "Subscribe", TopicArn=self.topic, Protocol="sqs",
                          Endpoint=self.arn(name, account))

    def make_bucket(self):
        where = {} if self.region == HOME else {
            "CreateBucketConfiguration": {"LocationConstraint": self.region}}
        self.aws.call("s3", "CreateBucket", Bucket=self.bucket, **where)
        self.aws.call("s3", "PutBucketNotificationConfiguration", Bucket=self.bucket,
                      NotificationConfiguration={"TopicConfigurations": [
                          {"TopicArn": self.topic, "Events": ["s3:ObjectCreated:*"]}]})

    def receive(self, queue, wait=20, count=1, **parameters):
        return self.aws.call("sqs", "ReceiveMessage", QueueUrl=queue, WaitTimeSeconds=wait,
                             MaxNumberOfMessages=count, **parameters).get("Messages", [])

    def take(self, queue):
        """The one message that comes, deleted: what S3 said, out of the topic's envelope."""
        message, = self.receive(queue)
        self.delete(queue, message)
        assert message["MD5OfBody"] == digests.of_body(message["Body"])
        return self.opened(message)

    def opened(self, message):
        envelope = json.loads(message["Body"])
        assert envelope["Type"] == "Notification"
        assert envelope["TopicArn"] == self.topic
        assert envelope["Subject"] == "Amazon S3 Notification"
        return json.loads(envelope["Message"])

    def delete(self, queue, message):
        self.aws.call("sqs", "DeleteMessage", QueueUrl=queue,
                      ReceiptHandle=message["ReceiptHandle"])

    def tear_down(self):
        self.aws.call("s3", "DeleteObject", Bucket=self.bucket, Key=KEY)
        self.aws.call("s3", "DeleteBucket", Bucket=self.bucket)
        for subscription in self.aws.call("sns", "ListSubscriptionsByTopic",
                                          TopicArn=self.topic)["Subscriptions"]:
            self.aws.call("sns", "Unsubscribe", SubscriptionArn=subscription["SubscriptionArn"])
        self.aws.call("sns", "DeleteTopic", TopicArn=self.topic)
        for queue in (self.shipping, self.analytics, self.dlq):
            self.aws.call("sqs", "DeleteQueue", QueueUrl=queue)

    def assert_nothing_left(self):
        assert not self.aws.call("sqs", "ListQueues").get("QueueUrls")
        assert not self.aws.call("sns", "ListTopics")["Topics"]
        assert not self.aws.call("sns", "ListSubscriptions")["Subscriptions"]
        assert not self.aws.call("s3", "ListBuckets").get("Buckets")


def assert_unseen_from(far, shop):
    """Everything of one region is unknown in the other; names, not URLs, are what is asked for."""
    assert not far.call("sqs", "ListQueues").get("QueueUrls")
    assert not far.call("sns", "ListTopics")["Topics"]
    with pytest.raises(Refused) as refused:
        far.call("sqs", "GetQueueUrl", QueueName="ShippingQueue")
    assert refused.value.code == "AWS.SimpleQueueService.NonExistentQueue" or \
        refused.value.code == "QueueDoesNotExist"
    with pytest.raises(Refused) as refused:
        far.call("sns", "GetTopicAttributes",
                 TopicArn=shop.topic.replace(shop.region, far.region))
    assert refused.value.code in ("NotFound", "NotFoundException")


def record_of(shop, event):
    record, = event["Records"]
    assert record["eventSource"] == "aws:s3"
    assert record["eventName"] == "ObjectCreated:Put"
    assert record["awsRegion"] == shop.region
    assert record["s3"]["bucket"]["name"] == shop.bucket
    assert record["s3"]["bucket"]["arn"] == f"arn:aws:s3:::{shop.bucket}"
    return record["s3"]["object"]


def fail_three_times(shop):
    """Receives, and gives back at once; the fourth receive finds it gone."""
    for attempt in (1, 2, 3):
        message, = shop.receive(shop.shipping, AttributeNames=["All"])
        assert message["Attributes"]["ApproximateReceiveCount"] == str(attempt)
        shop.aws.call("sqs", "ChangeMessageVisibility", QueueUrl=shop.shipping,
                      ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    assert shop.receive(shop.shipping, wait=0) == []


def test_an_invoice_through_everything(client):
    home, far = client(HOME), client(FAR)
    account = home.call("sts", "GetCallerIdentity")["Account"]
    shop = Shop(home, account)
    assert_unseen_from(far, shop)
    branch = Shop(far, account)
    for each in (shop, branch):
        for queue in (each.shipping, each.analytics):
            test_event = each.take(queue)
            assert test_event["Event"] == "s3:TestEvent"
            assert test_event["Service"] == "Amazon S3"
            assert test_event["Bucket"] == each.bucket

    etag = home.put(shop.bucket, KEY, INVOICE)["ETag"]
    put = record_of(shop, shop.take(shop.analytics))
    assert (urllib.parse.unquote_plus(put["key"]), put["size"]) == (KEY, len(INVOICE))
    assert put["eTag"] == etag.strip('"')
    assert home.get(shop.bucket, KEY) == INVOICE
    far.put(branch.bucket, KEY, INVOICE)
    record_of(branch, branch.take(branch.analytics))
    record_of(branch, branch.take(branch.shipping))

    fail_three_times(shop)
    letter, = shop.receive(shop.dlq, VisibilityTimeout=0, AttributeNames=["All"])
    assert letter["Attributes"]["DeadLetterQueueSourceArn"] == shop.arn("ShippingQueue", account)
    assert home.redrive(shop.dlq_arn)
    assert record_of(shop, shop.take(shop.shipping)) == put
    assert shop.receive(shop.dlq, wait=0) == []

    shop.tear_down()
    with pytest.raises(Refused):
        shop.receive(shop.shipping)
    assert branch.aws.call("sqs", "ListQueues")["QueueUrls"]
    branch.tear_down()
    shop.assert_nothing_left()
    branch.assert_nothing_left()


ATTRIBUTES = {
    "Kind": {"DataType": "String", "StringValue": "รถไฟ 🚂 <&>\"'"},
    "Amount": {"DataType": "Number", "StringValue": "-12.50"},
    "Digest": {"DataType": "Binary", "BinaryValue": bytes(range(256))},
    "Currency": {"DataType": "String.currency", "StringValue": "GBP"},
    "Count": {"DataType": "Number.int", "StringValue": "7"},
    "Picture": {"DataType": "Binary.png", "BinaryValue": b"\x00\xff"},
}


def plain(attributes):
    """Binary values as bytes: the aws command shows them in base64."""
    return {name: {key: base64.b64decode(field) if key == "BinaryValue" and isinstance(field, str)
                   else field for key, field in value.items()}
            for name, value in attributes.items()}


def test_attributes_of_all_types(client):
    aws = client(HOME)
    queue = aws.call("sqs", "CreateQueue", QueueName="orders")["QueueUrl"]
    body = "tab\t newline\n é 🚂 <tag> & ]]>"
    sent = aws.call("sqs", "SendMessage", QueueUrl=queue, MessageBody=body,
                    MessageAttributes=ATTRIBUTES)
    assert sent["MD5OfMessageBody"] == digests.of_body(body)
    assert sent["MD5OfMessageAttributes"] == digests.of_attributes(ATTRIBUTES)
    message, = aws.call("sqs", "ReceiveMessage", QueueUrl=queue, AttributeNames=["All"],
                        MessageAttributeNames=["All"])["Messages"]
    assert message["Body"] == body
    assert message["MessageId"] == sent["MessageId"]
    assert message["MD5OfMessageAttributes"] == sent["MD5OfMessageAttributes"]
    assert plain(message["MessageAttributes"]) == ATTRIBUTES
    assert {"SenderId", "SentTimestamp", "ApproximateReceiveCount",
            "ApproximateFirstReceiveTimestamp"} <= message["Attributes"].keys()


def test_batches(client):
    aws = client(HOME)
    queue = aws.call("sqs", "CreateQueue", QueueName="orders")["QueueUrl"]
    sent = aws.call("sqs", "SendMessageBatch", QueueUrl=queue, Entries=[
        {"Id": f"id-{n}", "MessageBody": f"order {n}"} for n in range(9)] + [
        {"Id": "late", "MessageBody": "order 9", "DelaySeconds": 901}])
    assert {entry["Id"]: entry["MD5OfMessageBody"] for entry in sent["Successful"]} == \
        {f"id-{n}": digests.of_body(f"order {n}") for n in range(9)}
    failed, = sent["Failed"]
    assert (failed["Id"], failed["SenderFault"], failed["Code"]) == \
        ("late", True, "InvalidParameterValue")

    received = []
    for _ in range(20):
        received += aws.call("sqs", "ReceiveMessage", QueueUrl=queue, MaxNumberOfMessages=10,
                             WaitTimeSeconds=5).get("Messages", [])
        if len(received) == 9:
            break
    assert sorted(message["Body"] for message in received) == [f"order {n}" for n in range(9)]
    entries = [{"Id": str(n), "ReceiptHandle": message["ReceiptHandle"]}
               for n, message in enumerate(received)]
    changed = aws.call("sqs", "ChangeMessageVisibilityBatch", QueueUrl=queue, Entries=[
        {**entry, "VisibilityTimeout": 600} for entry in entries])
    assert len(changed["Successful"]) == 9 and not changed.get("Failed")
    deleted = aws.call("sqs", "DeleteMessageBatch", QueueUrl=queue, Entries=[
        *entries, {"Id": "bad", "ReceiptHandle": "nonsense"}])
    assert len(deleted["Successful"]) == 9
    failed, = deleted["Failed"]
    assert (failed["Id"], failed["SenderFault"], failed["Code"]) == \
        ("bad", True, "ReceiptHandleIsInvalid")


def test_groups_and_deduplication(client):
    aws = client(HOME)
    queue = aws.call("sqs", "CreateQueue", QueueName="orders.fifo",
                     Attributes={"FifoQueue": "true"})["QueueUrl"]
    sent = aws.call("sqs", "SendMessageBatch", QueueUrl=queue, Entries=[
        {"Id": body, "MessageBody": body, "MessageGroupId": body[0],
         "MessageDeduplicationId": body} for body in ("a1", "a2", "b1")])["Successful"]
    numbers = [int(entry["SequenceNumber"]) for entry in sent]
    assert numbers == sorted(set(numbers)) and len(numbers) == 3
    again = aws.call("sqs", "SendMessage", QueueUrl=queue, MessageBody="a1 again",
                     MessageGroupId="a", MessageDeduplicationId="a1")
    assert again["MessageId"] == next(e["MessageId"] for e in sent if e["Id"] == "a1")

    def receive(count):
        return aws.call("sqs", "ReceiveMessage", QueueUrl=queue, MaxNumberOfMessages=count,
                        AttributeNames=["All"]).get("Messages", [])

    first, = receive(1)
    assert first["Body"] == "a1" and first["Attributes"]["MessageGroupId"] == "a"
    assert [message["Body"] for message in receive(10)] == ["b1"], "group a waits for a1"
    aws.call("sqs", "DeleteMessage", QueueUrl=queue, ReceiptHandle=first["ReceiptHandle"])
    assert [message["Body"] for message in receive(10)] == ["a2"]
    assert receive(10) == []
