"""What is wrong, as SDKs and the bare protocols say it."""

import base64
import hashlib
import json
import socket

import pytest
from botocore.exceptions import ClientError

from adapters import Command, Refused
from conftest import FAR, HOME
from raw import send, signed

LEGACY = "AWS.SimpleQueueService."


@pytest.fixture
def command(cloud):
    return Command(cloud, HOME)


def refused(call, *arguments, **parameters):
    with pytest.raises(ClientError) as error:
        call(*arguments, **parameters)
    return error.value.response


def code(call, **parameters):
    return refused(call, **parameters)["Error"]["Code"]


def test_a_queue_that_does_not_exist(sqs, command):
    with pytest.raises(sqs.exceptions.QueueDoesNotExist) as error:
        sqs.get_queue_url(QueueName="none")
    response = error.value.response
    assert response["Error"]["Code"] == LEGACY + "NonExistentQueue"
    assert response["Error"]["Message"] == "The specified queue does not exist."
    assert response["Error"]["Type"] == "Sender"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    with pytest.raises(Refused) as error:
        command.call("sqs", "GetQueueUrl", QueueName="none")
    assert error.value.code == LEGACY + "NonExistentQueue"
    assert error.value.message.startswith("The specified queue does not exist")


def test_a_queue_of_another_region(cloud, sqs, queue):
    far = cloud.client("sqs", FAR)
    with pytest.raises(far.exceptions.QueueDoesNotExist):
        far.get_queue_url(QueueName="orders")
    far_queue = far.create_queue(QueueName="orders")["QueueUrl"]
    arn = far.get_queue_attributes(QueueUrl=far_queue, AttributeNames=["QueueArn"])
    assert arn["Attributes"]["QueueArn"].startswith(f"arn:aws:sqs:{FAR}:")


def test_a_queue_that_differs_from_the_one_there(sqs, queue, command):
    assert sqs.create_queue(QueueName="orders")["QueueUrl"] == queue
    with pytest.raises(sqs.exceptions.QueueNameExists):
        sqs.create_queue(QueueName="orders", Attributes={"VisibilityTimeout": "5"})
    with pytest.raises(Refused) as error:
        command.call("sqs", "CreateQueue", QueueName="orders",
                     Attributes={"VisibilityTimeout": "5"})
    assert error.value.code == "QueueAlreadyExists"


def test_values_that_cannot_be(sqs, queue):
    for call, parameters, expected in [
        (sqs.create_queue, {"QueueName": "a b"}, "InvalidParameterValue"),
        (sqs.create_queue, {"QueueName": "x" * 81}, "InvalidParameterValue"),
        (sqs.create_queue, {"QueueName": "q", "Attributes": {"VisibilityTimeout": "43201"}},
         "InvalidAttributeValue"),
        (sqs.create_queue, {"QueueName": "q", "Attributes": {"Colour": "red"}},
         "InvalidAttributeName"),
        (sqs.receive_message, {"QueueUrl": queue, "MaxNumberOfMessages": 11},
         "InvalidParameterValue"),
        (sqs.receive_message, {"QueueUrl": queue, "WaitTimeSeconds": 21},
         "InvalidParameterValue"),
        (sqs.send_message, {"QueueUrl": queue, "MessageBody": "m", "DelaySeconds": 901},
         "InvalidParameterValue"),
        (sqs.send_message, {"QueueUrl": queue, "MessageBody": "\x01"}, "InvalidMessageContents"),
        (sqs.send_message, {"QueueUrl": queue, "MessageBody": ""}, "MissingParameter"),
    ]:
        assert code(call, **parameters) in (expected, LEGACY + expected), parameters


def test_handles(sqs, queue):
    assert code(sqs.delete_message, QueueUrl=queue, ReceiptHandle="nonsense") == \
        "ReceiptHandleIsInvalid"
    assert code(sqs.change_message_visibility, QueueUrl=queue, ReceiptHandle="nonsense",
                VisibilityTimeout=1) == "ReceiptHandleIsInvalid"
    sqs.send_message(QueueUrl=queue, MessageBody="m")
    message, = sqs.receive_message(QueueUrl=queue)["Messages"]
    given = {"QueueUrl": queue, "ReceiptHandle": message["ReceiptHandle"]}
    sqs.change_message_visibility(VisibilityTimeout=0, **given)
    with pytest.raises(sqs.exceptions.MessageNotInflight):
        sqs.change_message_visibility(VisibilityTimeout=1, **given)


def test_messages_and_batches_beyond_the_limits(sqs, queue):
    message = refused(sqs.send_message, QueueUrl=queue, MessageBody="x" * 1048577)["Error"]
    assert message["Code"] == "InvalidParameterValue"
    assert message["Message"].startswith("One or more parameters are invalid. Reason: Message must"
                                         " be shorter than ")

    def entries(count, size=1, name=str):
        return {"QueueUrl": queue, "Entries": [
            {"Id": name(n), "MessageBody": "x" * size} for n in range(count)]}

    big = {"Attributes": {"MaximumMessageSize": "1048576"}}
    sqs.set_queue_attributes(QueueUrl=queue, **big)
    for parameters, name in [
        (entries(11), "TooManyEntriesInBatchRequest"),
        (entries(0), "EmptyBatchRequest"),
        (entries(2, name=lambda n: "same"), "BatchEntryIdsNotDistinct"),
        (entries(1, name=lambda n: "a b"), "InvalidBatchEntryId"),
        (entries(10, 110_000), "BatchRequestTooLong"),
    ]:
        with pytest.raises(getattr(sqs.exceptions, name)) as error:
            sqs.send_message_batch(**parameters)
        assert error.value.response["Error"]["Code"] == LEGACY + name


def test_topics(cloud, sns, account):
    arn = f"arn:aws:sns:{HOME}:{account}:none"
    with pytest.raises(sns.exceptions.NotFoundException) as error:
        sns.publish(TopicArn=arn, Message="m")
    assert error.value.response["Error"].items() >= {
        "Type": "Sender", "Code": "NotFound", "Message": "Topic does not exist"}.items()
    assert code(sns.get_topic_attributes, TopicArn=arn) == "NotFound"
    assert code(sns.create_topic, Name="a b") == "InvalidParameter"
    topic = sns.create_topic(Name="events")["TopicArn"]
    assert code(sns.publish, TopicArn=topic, Message="") == "InvalidParameter"
    assert code(sns.subscribe, TopicArn=topic, Protocol="pigeon", Endpoint="x") == \
        "InvalidParameter"
    assert code(cloud.client("sns", FAR).get_topic_attributes, TopicArn=topic) == \
        "InvalidParameter"


def test_buckets_and_keys(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    missing = refused(s3.get_object, Bucket=bucket, Key="none")
    assert missing["Error"].items() >= {"Code": "NoSuchKey", "Key": "none",
                                        "Message": "The specified key does not exist."}.items()
    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.get_object(Bucket=bucket, Key="none")
    missing = refused(s3.get_object, Bucket="none-here", Key="k")
    assert missing["Error"].items() >= {
        "Code": "NoSuchBucket", "BucketName": "none-here",
        "Message": "The specified bucket does not exist"}.items()
    assert code(s3.list_objects_v2, Bucket="none-here") == "NoSuchBucket"
    assert code(s3.put_object, Bucket="none-here", Key="k", Body=b"x") == "NoSuchBucket"
    assert code(s3.head_bucket, Bucket="none-here") == "404"
    assert code(s3.delete_bucket, Bucket=bucket) == "BucketNotEmpty"
    assert code(s3.put_object, Bucket=bucket, Key="x" * 1025, Body=b"") == "KeyTooLongError"
    assert code(s3.create_bucket, Bucket="UPPER_case") == "InvalidBucketName"
    assert code(s3.get_bucket_policy, Bucket=bucket) == "NoSuchBucketPolicy"
    s3.delete_object(Bucket=bucket, Key="none")


def test_a_bucket_that_is_there_already(cloud, s3, bucket):
    s3.create_bucket(Bucket=bucket)  # in us-east-1 alone this succeeds
    far = cloud.client("s3", FAR)
    where = {"CreateBucketConfiguration": {"LocationConstraint": FAR}}
    far.create_bucket(Bucket="far-away", **where)
    assert code(far.create_bucket, Bucket="far-away", **where) == "BucketAlreadyOwnedByYou"
    assert code(far.create_bucket, Bucket="no-constraint") == \
        "IllegalLocationConstraintException"
    assert far.get_bucket_location(Bucket="far-away")["LocationConstraint"] == FAR
    assert s3.get_bucket_location(Bucket=bucket).get("LocationConstraint") is None


def test_what_is_left_out_says_so(s3, bucket, command):
    with pytest.raises(ClientError) as error:
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    assert error.value.response["Error"]["Code"] == "NotImplemented"
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
    with pytest.raises(Refused) as error:
        command.call("s3", "PutBucketAccelerateConfiguration", Bucket=bucket,
                     AccelerateConfiguration={"Status": "Enabled"})
    assert error.value.code == "NotImplemented"


def sent(cloud, service, body, headers, path="/", method="POST"):
    return send(cloud, signed(cloud, service, method, path, body, headers))


def test_an_operation_that_nobody_knows(cloud):
    for target in ("AmazonSQS.Frobnicate", "AmazonSQS."):
        status, body = sent(cloud, "sqs", b"{}", {"Content-Type": "application/x-amz-json-1.0",
                                                  "X-Amz-Target": target})
        assert status == 400
        assert json.loads(body)["__type"].endswith("UnknownOperationException")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for service, version in (("sqs", "2012-11-05"), ("sns", "2010-03-31")):
        status, body = sent(cloud, service, f"Action=Frobnicate&Version={version}".encode(), form)
        assert status == 400 and b"<Code>InvalidAction</Code>" in body
        status, body = sent(cloud, service, f"Version={version}".encode(), form)
        assert status == 400 and b"<Code>MissingAction</Code>" in body


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"QueueName":', b"\xff\xfe", b"nonsense",
                                  b"[" * 100_000], ids=lambda body: ascii(body)[:12])
def test_json_that_is_none(cloud, body):
    status, answer = sent(cloud, "sqs", body, {"Content-Type": "application/x-amz-json-1.0",
                                               "X-Amz-Target": "AmazonSQS.CreateQueue"})
    assert status == 400
    assert json.loads(answer)["__type"].endswith("SerializationException")


def test_json_of_another_type(cloud):
    status, answer = sent(cloud, "sqs", b'{"QueueName": 7}',
                          {"Content-Type": "application/x-amz-json-1.0",
                           "X-Amz-Target": "AmazonSQS.CreateQueue"})
    assert status == 400
    assert json.loads(answer)["__type"].endswith("SerializationException")


@pytest.mark.parametrize("body", [b"<", b"<Delete><Object>", b"<Other/>", b"", b"\x00",
                                  b"<a>" * 100_000,
                                  b'<!DOCTYPE d [<!ENTITY e "x">]><Delete>&e;</Delete>'],
                         ids=lambda body: ascii(body)[:12])
def test_xml_that_is_none(cloud, s3, bucket, body):
    digest = base64.b64encode(hashlib.md5(body).digest()).decode()
    status, answer = sent(cloud, "s3", body, {"Content-MD5": digest}, f"/{bucket}?delete")
    assert status == 400
    assert b"<Code>MalformedXML</Code>" in answer or b"<Code>MissingRequestBodyError</Code>" in answer


def test_what_is_no_http_is_refused_and_hurts_nobody(cloud, sqs, queue):
    for nonsense in (b"\x16\x03\x01\x02\x00\x01", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
                     b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                     b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20_000 + b"\r\n"):
        with socket.create_connection(("127.0.0.1", cloud.port), timeout=10) as connection:
            try:
                connection.sendall(nonsense)
                answer = connection.recv(65536)
            except ConnectionError:
                continue
            assert answer == b"" or answer.startswith(b"HTTP/1.1 4") or \
                answer.startswith(b"HTTP/1.1 5"), nonsense[:40]
    assert sqs.get_queue_url(QueueName="orders")["QueueUrl"] == queue
