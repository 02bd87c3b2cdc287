"""Functions of Lambda through boto3 and the aws command: those that are built into the program."""

import json
import time

import pytest
from botocore.exceptions import ClientError

from door import DEADLINE_S

ROLE = "arn:aws:iam::000000000000:role/lambda"
IMAGE = "doorbuster/ShipInvoices"
ARN = "arn:aws:lambda:us-east-1:000000000000:function:"
RESULTS = "arn:aws:sqs:us-east-1:000000000000:results"


@pytest.fixture
def functions(cloud):
    return cloud.client("lambda")


def create(functions, name="f", **more):
    return functions.create_function(FunctionName=name, Role=ROLE, PackageType="Image",
                                     Code={"ImageUri": IMAGE}, **more)


def eventually(check):
    """What check() answers once that is true."""
    end = time.monotonic() + DEADLINE_S
    while time.monotonic() < end:
        if found := check():
            return found
        time.sleep(0.05)
    raise AssertionError("it never came")


def code_of(call, **parameters):
    with pytest.raises(ClientError) as error:
        call(**parameters)
    return error.value.response["Error"]["Code"], error.value.response


def test_a_function_from_its_making_to_its_end(functions):
    made = create(functions, Description="ships", Timeout=10, Tags={"a": "1"},
                  Environment={"Variables": {"KEY": "value"}})
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert (made["State"], made["FunctionArn"]) == ("Active", ARN + "f")
    functions.get_waiter("function_active_v2").wait(FunctionName="f")
    found = functions.get_function(FunctionName=made["FunctionArn"])
    assert found["Code"]["ImageUri"] == IMAGE and found["Tags"] == {"a": "1"}
    assert found["Configuration"]["Environment"] == {"Variables": {"KEY": "value"}}
    changed = functions.update_function_configuration(FunctionName="f", Timeout=20)
    assert (changed["Timeout"], changed["Description"]) == (20, "ships")
    assert changed["RevisionId"] != made["RevisionId"]
    functions.update_function_code(FunctionName="f", ImageUri="doorbuster/RecordSales")
    assert [f["FunctionName"] for f in functions.list_functions()["Functions"]] == ["f"]
    functions.tag_resource(Resource=ARN + "f", Tags={"b": "2"})
    functions.untag_resource(Resource=ARN + "f", TagKeys=["a"])
    assert functions.list_tags(Resource=ARN + "f")["Tags"] == {"b": "2"}
    assert functions.get_account_settings()["AccountUsage"]["FunctionCount"] == 1
    assert functions.delete_function(FunctionName="f")["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert functions.list_functions()["Functions"] == []


def test_functions_outlive_a_kill(cloud, functions):
    made = create(functions)
    functions.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=5)
    cloud.kill()
    cloud.start()
    found = cloud.client("lambda").get_function(FunctionName="f")
    assert found["Configuration"]["RevisionId"] == made["RevisionId"]
    assert found["Concurrency"] == {"ReservedConcurrentExecutions": 5}


def test_calling(functions):
    create(functions)
    answer = functions.invoke(FunctionName="f", Payload=b'{"Records": []}', LogType="Tail")
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    assert "FunctionError" not in answer
    assert json.load(answer["Payload"]) == {"batchItemFailures": []}
    failed = functions.invoke(FunctionName="f", Payload=b'[]')
    assert failed["FunctionError"] == "Unhandled"
    assert set(json.load(failed["Payload"])) == {"errorMessage", "errorType"}
    assert functions.invoke(FunctionName="f", InvocationType="Event")["StatusCode"] == 202
    assert functions.invoke(FunctionName="f", InvocationType="DryRun")["StatusCode"] == 204


def test_what_is_wrong_is_said_in_lambdas_words(functions):
    code, answer = code_of(functions.get_function, FunctionName="none")
    assert code == "ResourceNotFoundException"
    assert answer["Error"]["Message"] == f"Function not found: {ARN}none"
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 404
    create(functions)
    code, answer = code_of(create, functions=functions)
    assert (code, answer["ResponseMetadata"]["HTTPStatusCode"]) == ("ResourceConflictException",
                                                                    409)
    assert code_of(functions.invoke, FunctionName="f",
                   Payload=b"{")[0] == "InvalidRequestContentException"
    code, answer = code_of(functions.invoke, FunctionName="f", Payload=b'"' + b"x" * 7_000_000)
    assert code == "RequestTooLargeException"
    functions.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    code, answer = code_of(functions.invoke, FunctionName="f")
    assert code == "TooManyRequestsException"
    assert answer["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    assert code_of(functions.create_function, FunctionName="g", Role=ROLE, PackageType="Image",
                   Code={"ImageUri": "none"})[0] == "InvalidParameterValueException"
    assert code_of(functions.list_layers)[0] == "UnknownOperationException"


def test_permissions(functions):
    create(functions)
    functions.add_permission(FunctionName="f", StatementId="s", Action="lambda:InvokeFunction",
                             Principal="s3.amazonaws.com", SourceArn="arn:aws:s3:::b",
                             SourceAccount="000000000000")
    policy = json.loads(functions.get_policy(FunctionName="f")["Policy"])
    assert policy["Statement"] == [{
        "Sid": "s", "Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "lambda:InvokeFunction", "Resource": ARN + "f",
        "Condition": {"StringEquals": {"AWS:SourceAccount": "000000000000"},
                      "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::b"}}}]
    functions.remove_permission(FunctionName="f", StatementId="s")
    assert code_of(functions.get_policy, FunctionName="f")[0] == "ResourceNotFoundException"


def test_what_becomes_of_calls_that_nobody_waits_for(cloud, functions):
    sqs = cloud.client("sqs")
    queue = sqs.create_queue(QueueName="results")["QueueUrl"]
    create(functions)
    functions.put_function_event_invoke_config(
        FunctionName="f", MaximumRetryAttempts=0,
        DestinationConfig={"OnSuccess": {"Destination": RESULTS},
                           "OnFailure": {"Destination": RESULTS}})

    def result_of(payload):
        functions.invoke(FunctionName="f", InvocationType="Event", Payload=payload)
        message = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)["Messages"][0]
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return json.loads(message["Body"])

    good = result_of(b'{"Records": []}')
    assert good["requestContext"]["condition"] == "Success"
    assert good["responsePayload"] == {"batchItemFailures": []}
    bad = result_of(b'[1]')
    assert bad["requestContext"]["condition"] == "RetriesExhausted"
    assert (bad["requestPayload"], bad["responseContext"]["functionError"]) == ([1], "Unhandled")


def test_a_queue_feeds_a_function_until_it_is_told_not_to(cloud, functions):
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    create(functions)
    made = functions.create_event_source_mapping(
        FunctionName="f", EventSourceArn="arn:aws:sqs:us-east-1:000000000000:q", BatchSize=5,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        FilterCriteria={"Filters": [{"Pattern": '{"body": {"Event": ["s3:TestEvent"]}}'}]})
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 202 and made["State"] == "Creating"

    def state():
        return functions.get_event_source_mapping(UUID=made["UUID"])

    def depth():
        counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        return int(counts["ApproximateNumberOfMessages"]) + int(
            counts["ApproximateNumberOfMessagesNotVisible"])

    assert state()["State"] == "Enabled"
    sqs.send_message(QueueUrl=url, MessageBody="filtered out")
    eventually(lambda: depth() == 0)
    assert state()["LastProcessingResult"] == "No records processed"
    sqs.send_message(QueueUrl=url, MessageBody='{"Event": "s3:TestEvent"}')
    eventually(lambda: depth() == 0 and state()["LastProcessingResult"] == "OK")
    cloud.kill()
    cloud.start()
    functions, sqs = cloud.client("lambda"), cloud.client("sqs")
    sqs.send_message(QueueUrl=url, MessageBody='{"Event": "s3:TestEvent"}')
    eventually(lambda: depth() == 0)
    functions.update_event_source_mapping(UUID=made["UUID"], Enabled=False)
    sqs.send_message(QueueUrl=url, MessageBody="stays")
    assert depth() == 1 and state()["State"] == "Disabled"
    assert functions.delete_event_source_mapping(UUID=made["UUID"])["State"] == "Deleting"
    assert functions.list_event_source_mappings()["EventSourceMappings"] == []


def test_a_bucket_and_a_topic_call_a_function(cloud, functions):
    sqs, s3, sns = (cloud.client(service) for service in ("sqs", "s3", "sns"))
    results = sqs.create_queue(QueueName="results")["QueueUrl"]
    create(functions)
    functions.put_function_event_invoke_config(
        FunctionName="f", MaximumRetryAttempts=0,
        DestinationConfig={"OnSuccess": {"Destination": RESULTS},
                           "OnFailure": {"Destination": RESULTS}})
    for service in ("s3", "sns"):
        functions.add_permission(FunctionName="f", StatementId=service,
                                 Action="lambda:InvokeFunction",
                                 Principal=f"{service}.amazonaws.com")
    s3.create_bucket(Bucket="invoices")
    s3.put_bucket_notification_configuration(
        Bucket="invoices", NotificationConfiguration={"LambdaFunctionConfigurations": [
            {"LambdaFunctionArn": ARN + "f", "Events": ["s3:ObjectCreated:*"]}]})
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=ARN + "f")

    def request():
        message = sqs.receive_message(QueueUrl=results, WaitTimeSeconds=20)["Messages"][0]
        sqs.delete_message(QueueUrl=results, ReceiptHandle=message["ReceiptHandle"])
        return json.loads(message["Body"])["requestPayload"]["Records"][0]

    s3.put_object(Bucket="invoices", Key="a.json", Body=b"{}")
    assert request()["s3"]["object"]["key"] == "a.json"
    sns.publish(TopicArn=topic, Message="hello")
    assert request()["Sns"]["Message"] == "hello"


def test_the_aws_command(cloud, tmp_path):
    result = cloud.aws("lambda", "create-function", "--function-name", "f", "--role", ROLE,
                       "--package-type", "Image", "--code", f"ImageUri={IMAGE}")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["State"] == "Active"
    out = tmp_path / "out.json"
    result = cloud.aws("lambda", "invoke", "--function-name", "f", "--cli-binary-format",
                       "raw-in-base64-out", "--payload", '{"Records": []}', out)
    assert result.returncode == 0, result.stderr
    assert json.loads(out.read_text()) == {"batchItemFailures": []}
    result = cloud.aws("lambda", "list-functions")
    assert [f["FunctionName"] for f in json.loads(result.stdout)["Functions"]] == ["f"]
    result = cloud.aws("lambda", "delete-function", "--function-name", "none")
    assert "(ResourceNotFoundException)" in result.stderr
