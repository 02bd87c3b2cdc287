"""State machines through boto3 and the aws command: started, answered, stopped, refused."""

import json
import threading
import time

import pytest
from botocore.exceptions import ClientError

from door import DEADLINE_S

ROLE = "arn:aws:iam::000000000000:role/Orders"


def states(start, **states):
    return json.dumps({"StartAt": start, "States": states})


PASS = states("A", A={"Type": "Pass", "End": True})
WAIT = states("A", A={"Type": "Wait", "Seconds": 1_000, "End": True})


@pytest.fixture
def sfn(cloud):
    # The real thing would be sent to sync-HOST: no name that a test could find.
    return cloud.client("stepfunctions", inject_host_prefix=False)


def create(sfn, definition, name="Orders", **more):
    return sfn.create_state_machine(name=name, definition=definition, roleArn=ROLE,
                                    **more)["stateMachineArn"]


def start(sfn, machine, **more):
    return sfn.start_execution(stateMachineArn=machine, **more)["executionArn"]


def ended(sfn, execution):
    deadline = time.monotonic() + DEADLINE_S
    while (seen := sfn.describe_execution(executionArn=execution))["status"] == "RUNNING":
        assert time.monotonic() < deadline, "it runs and runs"
        time.sleep(0.02)
    return seen


def refused(call, **parameters):
    with pytest.raises(ClientError) as raised:
        call(**parameters)
    return raised.value.response["Error"]["Code"]


def types(sfn, execution):
    pages = sfn.get_paginator("get_execution_history").paginate(
        executionArn=execution, PaginationConfig={"PageSize": 2})
    return [event["type"] for page in pages for event in page["events"]]


def test_by_the_command_as_people_do(cloud, tmp_path):
    definition = tmp_path / "orders.asl.json"
    definition.write_text(states(
        "Amount", Amount={"Type": "Pass", "InputPath": "$.order", "End": True}))

    def aws(*arguments):
        result = cloud.aws("stepfunctions", *arguments)
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)

    machine = aws("create-state-machine", "--name", "Orders", "--role-arn", ROLE,
                  "--definition", f"file://{definition}")["stateMachineArn"]
    execution = aws("start-execution", "--state-machine-arn", machine, "--name", "test-123",
                    "--input", '{"order":{"orderId":"test-123","amount":100}}')["executionArn"]
    seen = aws("describe-execution", "--execution-arn", execution)
    assert seen["status"] == "SUCCEEDED"
    assert json.loads(seen["output"]) == {"orderId": "test-123", "amount": 100}
    events = aws("get-execution-history", "--execution-arn", execution)["events"]
    assert [event["type"] for event in events] == [
        "ExecutionStarted", "PassStateEntered", "PassStateExited", "ExecutionSucceeded"]
    assert events[0]["executionStartedEventDetails"]["roleArn"] == ROLE
    assert aws("list-executions", "--state-machine-arn", machine)["executions"][0][
        "name"] == "test-123"


def test_the_same_start_again_is_the_same_execution(sfn):
    machine = create(sfn, WAIT)
    first = sfn.start_execution(stateMachineArn=machine, name="order-1", input='{"a": 1}')
    again = sfn.start_execution(stateMachineArn=machine, name="order-1", input='{"a": 1}')
    assert again["executionArn"] == first["executionArn"]
    assert again["startDate"] == first["startDate"]
    assert refused(sfn.start_execution, stateMachineArn=machine, name="order-1",
                   input='{"a": 2}') == "ExecutionAlreadyExists"


def test_history_page_by_page(sfn):
    execution = start(sfn, create(sfn, PASS))
    assert types(sfn, execution) == ["ExecutionStarted", "PassStateEntered", "PassStateExited",
                                     "ExecutionSucceeded"]
    last = sfn.get_execution_history(executionArn=execution, reverseOrder=True, maxResults=1)
    assert last["events"][0]["type"] == "ExecutionSucceeded"


def test_a_worker_of_an_activity(sfn):
    activity = sfn.create_activity(name="Pack")["activityArn"]
    machine = create(sfn, states("A", A={"Type": "Task", "Resource": activity, "End": True}))
    fetched = []
    worker = threading.Thread(
        target=lambda: fetched.append(sfn.get_activity_task(activityArn=activity,
                                                            workerName="me")), daemon=True)
    worker.start()
    execution = start(sfn, machine, input='{"box": 1}')
    worker.join(DEADLINE_S)
    assert json.loads(fetched[0]["input"]) == {"box": 1}
    token = fetched[0]["taskToken"]
    sfn.send_task_heartbeat(taskToken=token)
    sfn.send_task_success(taskToken=token, output='"packed"')
    assert ended(sfn, execution)["output"] == '"packed"'
    assert refused(sfn.send_task_success, taskToken=token, output="{}") == "TaskTimedOut"
    assert refused(sfn.send_task_success, taskToken="guess", output="{}") == "InvalidToken"


def test_a_token_by_way_of_a_queue(sfn, sqs, queue, cloud):
    machine = create(sfn, states("Ask", Ask={
        "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": {"QueueUrl": queue, "MessageBody": {"token.$": "$$.Task.Token"}},
        "End": True}))
    execution = start(sfn, machine)
    message = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)["Messages"][0]
    cloud.kill()
    cloud.start()
    sfn = cloud.client("stepfunctions")
    assert sfn.describe_execution(executionArn=execution)["status"] == "RUNNING"
    sfn.send_task_failure(taskToken=json.loads(message["Body"])["token"], error="No",
                          cause="not today")
    seen = ended(sfn, execution)
    assert (seen["status"], seen["error"], seen["cause"]) == ("FAILED", "No", "not today")


def test_an_invoice_goes_into_the_bucket(sfn, s3, bucket):
    machine = create(sfn, states("Put", Put={
        "Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:putObject",
        "Parameters": {"Bucket": bucket, "Key.$": "$.id", "Body.$": "$",
                       "ContentType": "application/json"},
        "ResultPath": "$.put", "Next": "Get"}, Get={
        "Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
        "Parameters": {"Bucket": bucket, "Key": "nothing"}, "End": True}))
    seen = ended(sfn, start(sfn, machine, input='{"id": "536365"}'))
    assert seen["error"] == "S3.NoSuchKeyException"
    got = s3.get_object(Bucket=bucket, Key="536365")
    assert json.loads(got["Body"].read()) == {"id": "536365"}
    assert got["ContentType"] == "application/json"


def sdk(action, parameters):
    return states("Call", Call={"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:" + action,
                                "Parameters": parameters, "End": True})


def test_s3_is_called_by_its_apis_names(sfn, s3, sqs, queue, bucket):
    s3.put_object(Bucket=bucket, Key="old", Body=b"\xff\xfe")
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])[
        "Attributes"]["QueueArn"]

    def called(action, name, **parameters):
        machine = create(sfn, sdk("s3:" + action, {"Bucket": bucket, **parameters}), name=name)
        seen = ended(sfn, start(sfn, machine))
        assert seen["status"] == "SUCCEEDED", seen
        return json.loads(seen["output"])

    assert called("getObject", "Get", Key="old")["Body"] == "\ufffd\ufffd"
    assert "ETag" in called("copyObject", "Copy", Key="new",
                            CopySource=bucket + "/old")["CopyObjectResult"]
    called("deleteObjects", "Delete", Delete={"Objects": [{"Key": "old"}]})
    assert [each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["new"]
    called("putBucketNotificationConfiguration", "Notify", SkipDestinationValidation=True,
           NotificationConfiguration={"QueueConfigurations": [
               {"Id": "x", "QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]})
    told = s3.get_bucket_notification_configuration(Bucket=bucket)["QueueConfigurations"]
    assert [(each["Id"], each["QueueArn"]) for each in told] == [("x", arn)]


def test_what_a_task_lacks_or_has_too_much(sfn, bucket):
    send = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage",
            "Parameters": {"QueueUrl": "u"}, "End": True}
    with pytest.raises(ClientError) as error:
        create(sfn, states("A", A=send))
    assert error.value.response["Error"]["Message"].endswith(
        "The field 'MessageBody' is required but was missing at /States/A/Parameters'")
    assert refused(create, sfn=sfn, definition=sdk("s3:getobject", {})) == "InvalidDefinition"
    seen = ended(sfn, start(sfn, create(sfn, sdk("s3:listObjectsV2", {
        "Bucket": bucket, "bucket": bucket}))))
    assert (seen["error"], seen["cause"]) == (
        "States.Runtime", 'The field "bucket" is not supported by Step Functions')


def test_one_execution_starts_another(sfn):
    inner = create(sfn, PASS, name="Inner")
    outer = create(sfn, states("Run", Run={
        "Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Parameters": {"StateMachineArn": inner, "Input": {"a": 1}}, "End": True}), name="Outer")
    seen = ended(sfn, start(sfn, outer))
    assert json.loads(seen["output"])["Output"] == {"a": 1}


def test_express_answers_with_the_outcome(sfn):
    machine = create(sfn, PASS, type="EXPRESS")
    result = sfn.start_sync_execution(stateMachineArn=machine, input='{"a": 1}')
    assert result["status"] == "SUCCEEDED"
    assert json.loads(result["output"]) == {"a": 1}
    assert result["billingDetails"]["billedMemoryUsedInMB"] == 64


def test_stop_and_redrive(sfn):
    machine = create(sfn, WAIT)
    execution = start(sfn, machine)
    sfn.stop_execution(executionArn=execution, error="Enough", cause="of it")
    seen = sfn.describe_execution(executionArn=execution)
    assert (seen["status"], seen["error"], seen["redriveStatus"]) == (
        "ABORTED", "Enough", "REDRIVABLE")
    sfn.redrive_execution(executionArn=execution)
    seen = sfn.describe_execution(executionArn=execution)
    assert (seen["status"], seen["redriveCount"]) == ("RUNNING", 1)
    assert "ExecutionRedriven" in types(sfn, execution)


def test_a_map_run_is_described_and_limited(sfn, s3, bucket):
    s3.put_object(Bucket=bucket, Key="items.csv", Body="id\n1\n2\n3\n")
    machine = create(sfn, states("All", All={
        "Type": "Map", "MaxConcurrency": 1, "Label": "Each", "End": True,
        "ItemReader": {"Resource": "arn:aws:states:::s3:getObject",
                       "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"},
                       "Parameters": {"Bucket": bucket, "Key": "items.csv"}},
        "ResultWriter": {"Resource": "arn:aws:states:::s3:putObject",
                         "Parameters": {"Bucket": bucket, "Prefix": "results"}},
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 1, "End": True}}}}))
    execution = start(sfn, machine)
    deadline = time.monotonic() + DEADLINE_S
    while not (runs := sfn.list_map_runs(executionArn=execution)["mapRuns"]) or sfn.describe_map_run(
            mapRunArn=runs[0]["mapRunArn"])["itemCounts"]["running"] == 0:
        assert time.monotonic() < deadline, "its children aren't begun"
        time.sleep(0.02)
    run = runs[0]["mapRunArn"]
    assert runs[0]["stateMachineArn"] == machine + "/Each"
    sfn.update_map_run(mapRunArn=run, maxConcurrency=3, toleratedFailurePercentage=12.5)
    seen = sfn.describe_map_run(mapRunArn=run)
    assert (seen["status"], seen["maxConcurrency"], seen["toleratedFailurePercentage"]) == (
        "RUNNING", 3, 12.5)
    output = json.loads(ended(sfn, execution)["output"])
    seen = sfn.describe_map_run(mapRunArn=run)
    assert seen["status"] == "SUCCEEDED"
    assert seen["executionCounts"]["succeeded"] == seen["itemCounts"]["resultsWritten"] == 3
    children = sfn.list_executions(mapRunArn=run)["executions"]
    assert [child["itemCount"] for child in children] == [1, 1, 1]

    def read(key):
        return json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())

    manifest = read(output["ResultWriterDetails"]["Key"])
    results = read(manifest["ResultFiles"]["SUCCEEDED"][0]["Key"])
    assert {result["ExecutionArn"] for result in results} == {
        child["executionArn"] for child in children}
    assert refused(sfn.update_map_run, mapRunArn=run, maxConcurrency=1) == "ValidationException"


def test_a_state_is_tested_alone(sfn, sqs, queue):
    state = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage",
             "Parameters": {"QueueUrl": queue, "MessageBody.$": "$.text"},
             "ResultSelector": {"id.$": "$.MessageId"}, "Next": "After",
             "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 3}]}
    tested = sfn.test_state(definition=json.dumps(state), roleArn=ROLE, input='{"text": "hello"}',
                            inspectionLevel="DEBUG", variables='{"v": 1}')
    assert (tested["status"], tested["nextState"]) == ("SUCCEEDED", "After")
    message = sqs.receive_message(QueueUrl=queue)["Messages"][0]
    assert message["Body"] == "hello"
    assert json.loads(tested["output"]) == {"id": message["MessageId"]}
    data = tested["inspectionData"]
    assert json.loads(data["afterParameters"])["MessageBody"] == "hello"
    assert json.loads(data["result"])["MessageId"] == message["MessageId"]
    assert json.loads(data["variables"]) == {"v": 1}
    mocked = sfn.test_state(definition=json.dumps(state), input='{"text": "hello"}',
                            inspectionLevel="DEBUG", stateConfiguration={"retrierRetryCount": 1},
                            mock={"errorOutput": {"error": "Busy", "cause": "wait"}})
    assert (mocked["status"], mocked["error"]) == ("RETRIABLE", "Busy")
    assert mocked["inspectionData"]["errorDetails"] == {
        "retryIndex": 0, "retryBackoffIntervalSeconds": 6}
    assert refused(sfn.test_state, definition="{}", roleArn=ROLE) == "InvalidDefinition"


def test_a_map_is_tested_alone(sfn):
    each = {"StartAt": "Each", "States": {"Each": {"Type": "Pass", "End": True}},
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
    machine = states("All", All={
        "Type": "Map", "ItemProcessor": each, "MaxConcurrency": 2, "ToleratedFailureCount": 1,
        "ItemReader": {"Resource": "arn:aws:states:::s3:getObject",
                       "ReaderConfig": {"InputType": "JSON"},
                       "Parameters": {"Bucket": "b", "Key": "k"}},
        "ItemSelector": {"item.$": "$$.Map.Item.Value", "run.$": "$$.Execution.Name"}, "End": True})
    tested = sfn.test_state(
        definition=machine, stateName="All", inspectionLevel="DEBUG", mock={"result": "[0, 1]"},
        context='{"Execution": {"Name": "mine"}}',
        stateConfiguration={"mapItemReaderData": "[5, 6]", "mapIterationFailureCount": 1})
    assert (tested["status"], tested["output"]) == ("SUCCEEDED", "[0,1]")
    data = tested["inspectionData"]
    assert json.loads(data["afterItemSelector"]) == [{"item": 5, "run": "mine"},
                                                     {"item": 6, "run": "mine"}]
    assert (data["maxConcurrency"], data["toleratedFailureCount"]) == (2, 1)
    failed = sfn.test_state(definition=machine, stateName="All", mock={"result": "[0, 0]"},
                            stateConfiguration={"mapIterationFailureCount": 2})
    assert failed["error"] == "States.ExceedToleratedFailureThreshold"


def test_versions_and_an_alias(sfn):
    def result(value):
        return states("A", A={"Type": "Pass", "Result": value, "End": True})

    made = sfn.create_state_machine(name="Orders", definition=result("blue"), roleArn=ROLE,
                                    publish=True, versionDescription="as it was")
    machine, blue = made["stateMachineArn"], made["stateMachineVersionArn"]
    green = sfn.update_state_machine(stateMachineArn=machine, definition=result("green"),
                                     publish=True)["stateMachineVersionArn"]
    prod = sfn.create_state_machine_alias(name="PROD", routingConfiguration=[
        {"stateMachineVersionArn": blue, "weight": 100}])["stateMachineAliasArn"]
    execution = start(sfn, prod)
    seen = ended(sfn, execution)
    assert json.loads(seen["output"]) == "blue"
    assert (seen["stateMachineArn"], seen["stateMachineVersionArn"], seen["stateMachineAliasArn"]) \
        == (machine, blue, prod)
    sfn.update_state_machine_alias(stateMachineAliasArn=prod, routingConfiguration=[
        {"stateMachineVersionArn": green, "weight": 100}])
    assert json.loads(ended(sfn, start(sfn, prod))["output"]) == "green"
    assert json.loads(ended(sfn, start(sfn, blue))["output"]) == "blue"
    assert sfn.describe_state_machine(stateMachineArn=blue)["description"] == "as it was"
    assert [version["stateMachineVersionArn"] for version in sfn.list_state_machine_versions(
        stateMachineArn=machine)["stateMachineVersions"]] == [green, blue]
    assert refused(sfn.delete_state_machine_version,
                   stateMachineVersionArn=green) == "ConflictException"
    sfn.delete_state_machine_alias(stateMachineAliasArn=prod)
    sfn.delete_state_machine_version(stateMachineVersionArn=green)
    assert refused(sfn.start_execution, stateMachineArn=prod) == "StateMachineDoesNotExist"


@pytest.mark.parametrize("definition", [
    "{", "{}", states("A", A={"Type": "Pass"}), states("B", A={"Type": "Pass", "End": True}),
    states("A", A={"Type": "Task", "Resource": "arn:aws:states:::dynamodb:getItem",
                   "Parameters": {}, "End": True})])
def test_what_is_no_definition(sfn, definition):
    assert refused(create, sfn=sfn, definition=definition) == "InvalidDefinition"
    assert sfn.validate_state_machine_definition(definition=definition)["result"] == "FAIL"


def test_limits(sfn):
    with pytest.raises(ClientError):
        create(sfn, PASS[:-1] + " " * (1 << 20) + "}")
    machine = create(sfn, PASS)
    assert refused(sfn.start_execution, stateMachineArn=machine,
                   input='"' + "x" * (256 << 10) + '"') in (
        "InvalidExecutionInput", "ValidationException")


def test_a_cycle_without_end_is_stopped(sfn):
    execution = start(sfn, create(sfn, states(
        "Again", Again={"Type": "Choice", "Default": "Turn", "Choices": [
            {"Variable": "$.stop", "IsPresent": True, "Next": "Stop"}]},
        Turn={"Type": "Pass", "Next": "Again"}, Stop={"Type": "Succeed"})))
    seen = ended(sfn, execution)
    assert seen["status"] == "FAILED"
    last = sfn.get_execution_history(executionArn=execution, reverseOrder=True, maxResults=1)
    assert last["events"][0]["id"] == 25_000
    assert sfn.describe_execution(executionArn=start(sfn, create(sfn, PASS, name="Other")))[
        "status"] == "SUCCEEDED"


def test_a_killed_process_goes_on_where_it_was(sfn, cloud):
    machine = create(sfn, states("A", A={"Type": "Wait", "Seconds": 2, "End": True}))
    executions = [start(sfn, machine, name=f"n{i}") for i in range(20)]
    cloud.kill()
    cloud.start()
    sfn = cloud.client("stepfunctions")
    for execution in executions:
        assert ended(sfn, execution)["status"] == "SUCCEEDED"
        assert types(sfn, execution) == ["ExecutionStarted", "WaitStateEntered",
                                         "WaitStateExited", "ExecutionSucceeded"]
