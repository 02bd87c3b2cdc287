"""The checkout, through the built program: orders from the queue to the invoice, whatever happens."""

import os
import re
import subprocess

import pytest

from checkouts import assert_each_once, ended
from systems import System, served


@pytest.fixture
def shop(data):
    with served(data, "--demo", "--payment-latency-ms", 0) as endpoint:
        yield System(data, endpoint)


def test_an_order_goes_all_the_way(shop):
    assert shop.json("produce", "--checkout", "--orders", 20, "--corrupt", 0)["sent"] == 20
    checkout = ended(shop, 20)
    assert_each_once(checkout)
    assert checkout["completed"] == 20
    trace = shop.json("trace", "order-10000003")
    steps = [step["state"] for step in trace["checkout"]["steps"]]
    assert steps == ["ValidateOrder", "IsOrderValid", "ProcessPayment", "WasPaymentTaken",
                     "PutInvoice", "NotifyOrderCompleted", "OrderCompleted"]
    assert trace["checkout"]["state"] == "completed"
    times = [trace["checkout"][name] for name in ("queued_at", "started_at", "ended_at")]
    assert times == sorted(times)
    assert trace["shipping"]["state"] == "shipped"
    assert trace["analytics"]["state"] == "recorded"
    text = shop.run("trace", "order-10000003").stdout
    assert re.search(r"^queued     \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", text, re.M)
    assert "NotifyOrderCompleted" in text and "shipped" in text
    report = shop.json("report")
    assert report["payments"]["taken"] == report["sales"]["invoices"] == 20
    assert report["payments"]["amount"] == report["sales"]["amount"]


def test_an_execution_that_is_started_by_hand(shop):
    """Its name is not its order's, and it is the order's all the same."""
    machine = "arn:aws:states:us-east-1:000000000000:stateMachine:OrderProcessingWorkflow"
    env = {**os.environ, "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
    subprocess.run(["/usr/bin/aws", "--endpoint-url", shop.env["AWS_ENDPOINT_URL"],
                    "--region", "us-east-1", "stepfunctions", "start-execution",
                    "--state-machine-arn", machine,
                    "--input", '{"order":{"orderId":"test-123","amount":100}}'],
                   env=env, check=True, stdout=subprocess.DEVNULL)
    checkout = ended(shop, 1)
    assert_each_once(checkout)
    assert checkout["completed"] == 1
    trace = shop.json("trace", "test-123")
    assert trace["checkout"]["state"] == "completed"
    assert trace["shipping"]["state"] == "shipped"


def test_what_is_sent_again_changes_nothing(shop):
    for _ in range(3):
        shop.json("produce", "--checkout", "--orders", 50, "--corrupt", 0)
    checkout = ended(shop, 50)
    assert_each_once(checkout)
    assert checkout["completed"] == 50


def test_what_is_no_order_ends_in_the_dead_letters(shop):
    shop.json("produce", "--checkout", "--orders", 100, "--corrupt", 20)
    checkout = ended(shop, 100)
    assert_each_once(checkout)
    assert checkout["dead_lettered"] > 0 and checkout["refused"] > 0
    letters = shop.json("dlq", "list", "--queue", "checkout")
    assert len(letters) == checkout["dead_lettered"]
    assert all(letter["queue"] == "orders-queue-dlq" and "not JSON" in letter["reason"]
               for letter in letters)


def test_declined_orders_end_in_a_state_of_their_own(data):
    with served(data, "--demo", "--payment-latency-ms", 0, "--decline-rate", 1) as endpoint:
        system = System(data, endpoint)
        system.json("produce", "--checkout", "--orders", 10, "--corrupt", 0)
        checkout = ended(system, 10)
        assert_each_once(checkout)
        assert (checkout["declined"], checkout["charged"]) == (10, 0)
        trace = system.json("trace", "order-10000000")["checkout"]
        assert (trace["state"], trace["error"]) == ("failed", "PaymentDeclined")
        assert trace["steps"][-1]["state"] == "PaymentDeclined"
        assert trace["cause"]


def test_retries_are_traced(data):
    with served(data, "--demo", "--payment-latency-ms", 0, "--outage-rate", 0.5) as endpoint:
        system = System(data, endpoint)
        system.json("produce", "--checkout", "--orders", 20, "--corrupt", 0)
        checkout = ended(system, 20)
        assert_each_once(checkout)
        traces = [system.json("trace", f"order-{10000000 + i}")["checkout"] for i in range(20)]
        failures = [failure for trace in traces for step in trace["steps"]
                    for failure in step.get("failures", [])]
        assert failures
        assert {failure["error"] for failure in failures} == {"PaymentProviderUnavailable"}


def test_teardown_leaves_nothing(shop):
    shop.json("produce", "--checkout", "--orders", 10, "--corrupt", 0)
    ended(shop, 10)
    removed = shop.json("teardown", "--yes")
    assert len(removed["queue_urls"]) == 6
    assert sorted(removed["functions"]) == ["ProcessPayment", "SendNotification",
                                            "StartOrderWorkflow", "ValidateOrder"]
    assert removed["state_machine_arn"].endswith(":stateMachine:OrderProcessingWorkflow")
    assert len(removed["event_source_mappings"]) == 1
    assert len(removed["roles"]) == 5
    assert "There is nothing to remove" in shop.run("teardown", "--yes").stdout


def test_a_system_that_is_set_up_anew_works_without_a_restart(shop):
    shop.run("teardown", "--yes")
    shop.json("setup")
    shop.json("produce", "--checkout", "--orders", 10, "--corrupt", 0)
    checkout = ended(shop, 10)
    assert_each_once(checkout)
    assert checkout["completed"] == 10
