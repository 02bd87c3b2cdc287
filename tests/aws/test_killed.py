"""kill -9 while several clients write: what was acknowledged is there after the next start."""

import http.client
import random
import threading

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from conftest import receive_all

ENOUGH = 5000  # a writer ends by itself, killed or not


class Writer(threading.Thread):
    """Writes until the server is gone and keeps what was acknowledged."""

    def __init__(self, cloud, name):
        super().__init__(daemon=True, name=name)
        self.acknowledged = {}
        self.enough = threading.Event()
        self.prepare(cloud)

    def run(self):
        for n in range(ENOUGH):
            try:
                self.write(f"{self.name}-{n}")
            except (BotoCoreError, ClientError):
                self.enough.set()
                return
            if len(self.acknowledged) >= 20:
                self.enough.set()


class Sender(Writer):
    def prepare(self, cloud):
        self.sqs = cloud.client("sqs")
        self.queue = self.sqs.get_queue_url(QueueName="orders")["QueueUrl"]

    def write(self, name):
        sent = self.sqs.send_message_batch(QueueUrl=self.queue, Entries=[
            {"Id": str(n), "MessageBody": f"{name}.{n}"} for n in range(3)])
        assert len(sent["Successful"]) == 3
        self.acknowledged.update({f"{name}.{n}": None for n in range(3)})


class Putter(Writer):
    def prepare(self, cloud):
        self.s3 = cloud.client("s3")

    def write(self, name):
        content = random.Random(name).randbytes(2000)
        self.s3.put_object(Bucket="invoices", Key=name, Body=content)
        self.acknowledged[name] = content


def killed_under_load(cloud, round_):
    writers = [Sender(cloud, f"sender-{round_}-{n}") for n in range(3)] + \
        [Putter(cloud, f"putter-{round_}-{n}") for n in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        assert writer.enough.wait(30)
    cloud.kill()
    for writer in writers:
        writer.join(30)
        assert not writer.is_alive()
    cloud.start()
    sent, put = {}, {}
    for writer in writers:
        (sent if isinstance(writer, Sender) else put).update(writer.acknowledged)
    return sent, put


@pytest.fixture
def watched(s3, sqs, bucket, queue, account):
    """Each put is an event on a queue of its own."""
    arn = f"arn:aws:sqs:us-east-1:{account}:events"
    events = sqs.create_queue(QueueName="events", Attributes={"Policy": (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":'
        '{"Service":"s3.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"%s"}]}' % arn)})
    s3.put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration={"QueueConfigurations": [
            {"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]})
    return events["QueueUrl"]


def test_nothing_that_was_acknowledged_is_lost(cloud, s3, sqs, bucket, queue, watched):
    sent, put = {}, {}
    for round_ in range(3):
        more_sent, more_put = killed_under_load(cloud, round_)
        sent.update(more_sent)
        put.update(more_put)
    assert len(sent) > 100 and len(put) > 100
    keys = [entry["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
            for entry in page.get("Contents", [])]
    assert put.keys() <= set(keys)
    for key, content in put.items():
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == content
    left = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    there = int(left["ApproximateNumberOfMessages"])
    received = receive_all(sqs, queue, there)
    assert len(set(received)) == len(received)
    assert sent.keys() <= set(received)
    left = sqs.get_queue_attributes(QueueUrl=watched, AttributeNames=["All"])["Attributes"]
    assert int(left["ApproximateNumberOfMessages"]) == len(keys) + 1, "each put has its event"


def test_a_large_upload_cut_short_leaves_nothing(cloud, s3, bucket):
    upload = s3.create_multipart_upload(Bucket=bucket, Key="big")["UploadId"]
    part = s3.upload_part(Bucket=bucket, Key="big", UploadId=upload, PartNumber=1,
                          Body=b"x" * (5 << 20))
    under_way = threading.Event()
    cutting = threading.Thread(target=put_until_cut, args=(cloud, bucket, under_way), daemon=True)
    cutting.start()
    assert under_way.wait(30)
    cloud.kill()
    cutting.join(30)
    cloud.start()
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    s3.complete_multipart_upload(Bucket=bucket, Key="big", UploadId=upload, MultipartUpload={
        "Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
    assert s3.head_object(Bucket=bucket, Key="big")["ContentLength"] == 5 << 20


def put_until_cut(cloud, bucket, under_way):
    """A put whose last byte never comes. Sets the event when all others have been sent."""
    connection = http.client.HTTPConnection("127.0.0.1", cloud.port, timeout=10)
    url = cloud.client("s3").generate_presigned_url("put_object", {"Bucket": bucket, "Key": "cut"})
    try:
        connection.putrequest("PUT", url[len(cloud.endpoint):])
        connection.putheader("Content-Length", str(50 << 20))
        connection.endheaders()
        for _ in range(49):
            connection.send(bytes(1 << 20))
        under_way.set()
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        pass
