"""Who may do what: policies between services, and the signatures of who calls."""

import hashlib
import io
import json
import socket
import zipfile

import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.exceptions import ClientError

from conftest import HOME, receive_all, serving
from raw import send, signed

ALICE = ("AKIAALICEEXAMPLE", "alice's secret/+=")
BOB = ("AKIABOBEXAMPLE", "bobs-secret")
JSON = {"Content-Type": "application/x-amz-json-1.0"}


def allow(service, action, resource):
    return json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": service}, "Action": action,
        "Resource": resource}]})


def test_without_a_policy_nothing_is_delivered(sqs, sns, queue, account):
    queue_arn = f"arn:aws:sqs:{HOME}:{account}:orders"
    topic = sns.create_topic(Name="events")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn,
                  Attributes={"RawMessageDelivery": "true"})
    sns.publish(TopicArn=topic, Message="held back")
    assert "Messages" not in sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1)
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={
        "Policy": allow("sns.amazonaws.com", "sqs:SendMessage", queue_arn)})
    sns.publish(TopicArn=topic, Message="let in")
    assert receive_all(sqs, queue, 1) == ["let in"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": ""})
    sns.publish(TopicArn=topic, Message="held back again")
    assert "Messages" not in sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1)


def test_a_notification_needs_a_policy_before_it_can_be_set_up(s3, sqs, bucket, queue, account):
    queue_arn = f"arn:aws:sqs:{HOME}:{account}:orders"
    notification = {"Bucket": bucket, "NotificationConfiguration": {"QueueConfigurations": [
        {"QueueArn": queue_arn, "Events": ["s3:ObjectCreated:*"]}]}}
    with pytest.raises(ClientError) as refused:
        s3.put_bucket_notification_configuration(**notification)
    assert refused.value.response["Error"]["Code"] == "InvalidArgument"
    assert refused.value.response["Error"]["Message"].startswith(
        "Unable to validate the following destination configurations")
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={
        "Policy": allow("s3.amazonaws.com", "sqs:SendMessage", queue_arn)})
    s3.put_bucket_notification_configuration(**notification)
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    test_event, event = map(json.loads, receive_all(sqs, queue, 2))
    assert test_event["Event"] == "s3:TestEvent"
    assert event["Records"][0]["s3"]["object"]["key"] == "k"


@pytest.fixture
def guarded(door, data, tmp_path):
    """It knows Alice, and Bob who is of another account."""
    credentials = tmp_path / "credentials"
    credentials.write_text(f"""[alice]
aws_access_key_id = {ALICE[0]}
aws_secret_access_key = {ALICE[1]}
account = 111111111111

[bob]
aws_access_key_id={BOB[0]}
aws_secret_access_key={BOB[1]}
account=222222222222
""")
    with serving(door, data, "--credentials", credentials) as cloud:
        yield cloud


def test_each_is_who_he_says(guarded):
    for keys, account in ((ALICE, "111111111111"), (BOB, "222222222222")):
        identity = guarded.client("sts", keys=keys).get_caller_identity()
        assert identity["Account"] == account
        assert f":{account}:" in identity["Arn"]


@pytest.mark.parametrize("keys, account", [(ALICE, "111111111111"), (BOB, "222222222222")])
def test_functions_sign_with_their_accounts_key(guarded, keys, account):
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("app.py", "import os\ndef handler(event, context):\n"
                                   "    return [os.environ['AWS_ACCESS_KEY_ID'],\n"
                                   "            os.environ['AWS_SECRET_ACCESS_KEY']]\n")
    functions = guarded.client("lambda", keys=keys)
    functions.create_function(FunctionName="Keys", Runtime="python3.11", Handler="app.handler",
                              Role=f"arn:aws:iam::{account}:role/r",
                              Code={"ZipFile": package.getvalue()})
    answer = functions.invoke(FunctionName="Keys")
    assert json.load(answer["Payload"]) == list(keys)


def test_accounts_do_not_see_each_other(guarded):
    alice, bob = (guarded.client("sqs", keys=keys) for keys in (ALICE, BOB))
    queue = alice.create_queue(QueueName="orders")["QueueUrl"]
    assert "QueueUrls" not in bob.list_queues()
    with pytest.raises(ClientError):
        bob.send_message(QueueUrl=queue, MessageBody="from a stranger")
    guarded.client("s3", keys=ALICE).create_bucket(Bucket="invoices")
    with pytest.raises(ClientError) as refused:
        guarded.client("s3", keys=BOB).put_object(Bucket="invoices", Key="k", Body=b"x")
    assert refused.value.response["Error"]["Code"] == "AccessDenied"
    assert "Messages" not in alice.receive_message(QueueUrl=queue)


WRONG = [("a wrong secret", (ALICE[0], "other"), "SignatureDoesNotMatch", "SignatureDoesNotMatch",
          "InvalidSignatureException"),
         ("an unknown key", ("AKIANOBODY", "x"), "InvalidClientTokenId", "InvalidAccessKeyId",
          "UnrecognizedClientException")]


@pytest.mark.parametrize("keys, code, s3_code, json_code", [row[1:] for row in WRONG],
                         ids=[row[0] for row in WRONG])
def test_who_is_not_known_gets_in_nowhere(guarded, keys, code, s3_code, json_code):
    calls = [("sqs", "create_queue", {"QueueName": "orders"}, code),
             ("sns", "create_topic", {"Name": "events"}, code),
             ("sts", "get_caller_identity", {}, code),
             ("s3", "create_bucket", {"Bucket": "invoices"}, s3_code),
             ("lambda", "list_functions", {}, json_code),
             ("stepfunctions", "list_state_machines", {}, json_code)]
    for service, operation, parameters, expected in calls:
        with pytest.raises(ClientError) as refused:
            getattr(guarded.client(service, keys=keys), operation)(**parameters)
        assert refused.value.response["Error"]["Code"] == expected, service
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403, service
    assert_nothing_changed(guarded)


def assert_nothing_changed(guarded):
    assert "QueueUrls" not in guarded.client("sqs", keys=ALICE).list_queues()
    assert guarded.client("sns", keys=ALICE).list_topics()["Topics"] == []
    assert guarded.client("s3", keys=ALICE).list_buckets()["Buckets"] == []


def create_queue(guarded, **options):
    return signed(guarded, "sqs", "POST", "/", b'{"QueueName": "orders"}',
                  {**JSON, "X-Amz-Target": "AmazonSQS.CreateQueue"}, keys=ALICE, **options)


def error_type(answer):
    return json.loads(answer)["__type"].rpartition("#")[2]


def test_a_right_signature_and_each_way_to_spoil_it(guarded):
    for options, body, code in [
        ({"age_s": 1200}, None, "SignatureDoesNotMatch"),
        ({"age_s": -1200}, None, "SignatureDoesNotMatch"),
        ({}, b'{"QueueName": "changed"}', "SignatureDoesNotMatch"),
    ]:
        status, answer = send(guarded, create_queue(guarded, **options), body)
        assert (status, error_type(answer)) == (403, code), answer
    tampered = create_queue(guarded)
    tampered.headers["X-Amz-Target"] = "AmazonSQS.ListQueues"
    assert send(guarded, tampered)[0] == 403
    unsigned = create_queue(guarded)
    del unsigned.headers["Authorization"]
    status, answer = send(guarded, unsigned)
    assert (status, error_type(answer)) in ((403, "MissingAuthenticationToken"),
                                            (403, "MissingAuthenticationTokenException"))
    assert_nothing_changed(guarded)
    assert send(guarded, create_queue(guarded, age_s=60))[0] == 200


def test_a_put_whose_body_was_changed_puts_nothing(guarded):
    s3 = guarded.client("s3", keys=ALICE)
    s3.create_bucket(Bucket="invoices")
    request = signed(guarded, "s3", "PUT", "/invoices/k", b"100.00", {
        "X-Amz-Content-SHA256": hashlib.sha256(b"100.00").hexdigest()}, keys=ALICE)
    status, answer = send(guarded, request, b"999.99")
    assert status == 400 and b"<Code>XAmzContentSHA256Mismatch</Code>" in answer, answer
    old = signed(guarded, "s3", "PUT", "/invoices/k", b"x", keys=ALICE, age_s=1200)
    status, answer = send(guarded, old)
    assert status == 403 and b"<Code>RequestTimeTooSkewed</Code>" in answer
    assert s3.list_objects_v2(Bucket="invoices")["KeyCount"] == 0
    status, answer = send(guarded, signed(guarded, "s3", "PUT", "/invoices/k", b"x", keys=ALICE))
    assert status == 200, answer


def test_presigned_urls_are_checked(guarded):
    s3 = guarded.client("s3", keys=ALICE)
    s3.create_bucket(Bucket="invoices")
    s3.put_object(Bucket="invoices", Key="k", Body=b"content")
    url = s3.generate_presigned_url("get_object", {"Bucket": "invoices", "Key": "k"})
    assert guarded.status(url) == (200, b"content")
    status, body = guarded.status(url.replace("/invoices/k", "/invoices/other"))
    assert status == 403 and b"<Code>SignatureDoesNotMatch</Code>" in body
    expired = signed(guarded, "s3", "GET", "/invoices/k", auth=S3SigV4QueryAuth, expires=60,
                     age_s=120, keys=ALICE)
    status, body = guarded.status(expired.url)
    assert status == 403 and b"<Message>Request has expired</Message>" in body


@pytest.fixture
def old_s3(guarded):
    """As boto3 is in us-east-1 unless somebody sets its configuration: its URLs have version 2."""
    s3 = guarded.client("s3", keys=ALICE, signature_version=None, s3={})
    s3.create_bucket(Bucket="invoices")
    return s3


def test_presigned_urls_of_signature_version_2_are_checked(guarded, old_s3):
    def url(operation, keys=None, expires=60, **parameters):
        s3 = old_s3 if keys is None else guarded.client(
            "s3", keys=keys, signature_version=None, s3={})
        presigned = s3.generate_presigned_url(
            operation, {"Bucket": "invoices", "Key": "a b/ใบ+.json", **parameters},
            ExpiresIn=expires)
        assert "AWSAccessKeyId=" in presigned and "X-Amz" not in presigned
        return presigned

    put = url("put_object", ContentType="text/plain", Metadata={"shop": "7"})
    headers = ("--header", "Content-Type: text/plain", "--header", "x-amz-meta-shop: 7")
    assert guarded.status("--request", "PUT", "--data-binary", "content", *headers, put)[0] == 200
    status, body = guarded.status("--request", "PUT", "--data-binary", "other", "--header",
                                  "Content-Type: text/html", *headers[2:], put)
    assert status == 403 and b"<Code>SignatureDoesNotMatch</Code>" in body
    assert guarded.status("--head", url("head_object"))[0] == 200
    get = url("get_object", ResponseContentType="text/csv; charset=utf-8")
    assert guarded.status(get) == (200, b"content")
    for wrong, code in [
        (get.replace("csv", "html"), b"<Code>SignatureDoesNotMatch</Code>"),
        (get.replace("invoices/a", "invoices/b"), b"<Code>SignatureDoesNotMatch</Code>"),
        (url("get_object", expires=-1), b"<Message>Request has expired</Message>"),
        (url("get_object", keys=("AKIANOBODY", "x")), b"<Code>InvalidAccessKeyId</Code>"),
        (url("get_object", keys=(ALICE[0], "x")), b"<Code>SignatureDoesNotMatch</Code>"),
    ]:
        status, body = guarded.status(wrong)
        assert status == 403 and code in body, body
    assert guarded.status("--request", "DELETE", get)[0] == 403
    assert guarded.status("--request", "DELETE", url("delete_object"))[0] == 204
    assert guarded.status(get)[0] == 404


def test_requests_of_signature_version_2_are_checked(guarded, old_s3):
    s3 = guarded.client("s3", keys=ALICE, signature_version="s3")
    s3.put_object(Bucket="invoices", Key="k", Body=b"content", Metadata={"shop": "7"})
    assert s3.get_object(Bucket="invoices", Key="k")["Body"].read() == b"content"
    assert s3.list_objects_v2(Bucket="invoices", Prefix="k")["KeyCount"] == 1
    stranger = guarded.client("s3", keys=(ALICE[0], "x"), signature_version="s3")
    with pytest.raises(ClientError) as refused:
        stranger.delete_object(Bucket="invoices", Key="k")
    assert refused.value.response["Error"]["Code"] == "SignatureDoesNotMatch"


def test_who_has_no_credentials_is_judged_by_the_policy(guarded):
    s3, bucket = guarded.client("s3", keys=ALICE), "invoices"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="public/k", Body=b"content")
    url = f"{guarded.endpoint}/{bucket}/public/k"
    status, body = guarded.status(url)
    assert status == 403 and b"<Code>AccessDenied</Code>" in body
    policy = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/public/*"}]}
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
    assert json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"]) == policy
    assert guarded.status(url) == (200, b"content")
    assert guarded.status("--upload-file", __file__, url)[0] == 403
    s3.delete_bucket_policy(Bucket=bucket)
    assert guarded.status(url)[0] == 403


def test_only_loopback_is_open_to_everybody(door, data):
    result = door.refuses("up", "--data", data, "--port", "0", "--address", "0.0.0.0", code=2,
                          saying=["--credentials", "0.0.0.0"])
    assert not data.exists(), result.stderr


def test_a_port_of_the_shop_that_is_taken(door, data):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        door.refuses("up", "--data", data, "--port", "0", "--shop-port", port, code=2,
                     saying=[f"port {port}", "another port for the shop, with --shop-port"])
    assert not data.exists()


@pytest.mark.parametrize("text", ["", "[a]\naws_access_key_id = X\n",
                                  "[a]\naws_access_key_id = X\naws_secret_access_key = Y\n"
                                  "account = 12\n", "nonsense"])
def test_credentials_that_are_none(door, data, tmp_path, text):
    path = tmp_path / "credentials"
    path.write_text(text)
    door.refuses("up", "--data", data, "--port", "0", "--credentials", path, code=2,
                 saying=[str(path)])
