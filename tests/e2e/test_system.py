"""The commands on a running system: on one in a directory, and on one behind doorbuster up."""

import os
import pty
import re
import signal
import socket
import subprocess
import time

import pytest

from door import DEADLINE_S
from systems import System, served


@pytest.fixture(params=["embedded", "up"])
def system(request, data):
    if request.param == "embedded":
        yield System(data)
        return
    with served(data) as endpoint:
        yield System(data, endpoint)


# --- setup and teardown -------------------------------------------------------------------------


def test_setup_makes_everything_once(system):
    first = system.json("setup")
    assert re.fullmatch(r"black-friday-orders-[0-9a-f]{8}", first["bucket"])
    assert first["topic_arn"] == "arn:aws:sns:us-east-1:000000000000:NewOrderEvents"
    assert first["shipping"]["arn"] == "arn:aws:sqs:us-east-1:000000000000:ShippingQueue"
    assert first["shipping"]["dead_letter_arn"].endswith(":ShippingQueueDLQ")
    assert first["analytics"]["url"].endswith("/000000000000/AnalyticsQueue")
    assert system.json("setup") == first
    text = system.run("setup")
    assert text.returncode == 0
    for half in ("shipping", "analytics"):
        for value in first[half].values():
            assert value in text.stdout
    assert first["bucket"] in text.stdout and first["topic_arn"] in text.stdout


def test_teardown_leaves_nothing(system):
    before = system.json("setup")
    system.json("produce", "--orders", 1100)
    removed = system.json("teardown", "--yes")
    assert removed["buckets"] == [before["bucket"]]
    assert removed["objects"] == 1100
    assert removed["topic_arn"] == before["topic_arn"]
    assert len(removed["subscription_arns"]) == 2
    assert len(removed["queue_urls"]) == 6
    again = system.run("teardown", "--yes")
    assert again.returncode == 0
    assert "There is nothing to remove" in again.stdout
    system.refuses("produce", code=2, saying=["nothing has been set up", "doorbuster setup"])
    assert system.json("setup")["bucket"] != before["bucket"]


def test_teardown_asks(system):
    system.json("setup")
    result = system.run("teardown")
    assert result.returncode == 2
    assert "confirm it with --yes" in result.stderr
    assert "ShippingQueueDLQ" in result.stdout
    ours, theirs = pty.openpty()
    os.write(ours, b"n\n")
    result = system.run("teardown", stdin=theirs)
    os.close(ours)
    os.close(theirs)
    assert result.returncode == 1
    assert "nothing was removed" in result.stdout
    ours, theirs = pty.openpty()
    os.write(ours, b"y\n")
    result = system.run("teardown", "--json", stdin=theirs)
    os.close(ours)
    os.close(theirs)
    assert (result.returncode, result.stdout) == (2, "")
    assert "confirm it with --yes" in result.stderr
    assert system.json("teardown", "--yes")["queue_urls"]


# --- an order's way -----------------------------------------------------------------------------

ORDERS = ("--orders", 200, "--corrupt", 5)


def test_orders_go_all_the_way(system):
    bucket = system.json("setup")["bucket"]
    produced = system.json("produce", *ORDERS)
    assert (produced["uploaded"], produced["bucket"]) == (200, bucket)
    shipped = system.json("work", "shipping", "--once")
    recorded = system.json("work", "analytics", "--once", "--batch", 7, "--concurrency", 3)
    assert shipped["function"] == "ShipInvoices"
    assert recorded["function"] == "RecordSales"
    assert shipped["done"] == recorded["done"] > 150
    assert shipped["received"] == shipped["done"] + shipped["failed"]
    reconciled = system.json("reconcile")
    assert (reconciled["objects"], reconciled["lost"], reconciled["duplicated"]) == (200, 0, 0)
    # One message is the test that S3 sends when notifications are set up.
    assert reconciled["shipping"]["recorded"] == shipped["done"] - 1
    assert reconciled["shipping"]["dead_lettered"] == 201 - shipped["done"]
    assert reconciled["analytics"]["waiting"] == 0
    report = system.json("report")
    assert report["sales"]["invoices"] + report["refunds"]["invoices"] == recorded["done"] - 1
    letters = system.json("dlq", "list", "--queue", "shipping")
    assert len(letters) == 201 - shipped["done"]
    assert not any("not recorded" in letter["reason"] for letter in letters)
    trace_a_dead_letter(system, letters[0])
    trace_a_shipment(system, bucket, {letter["key"] for letter in letters})
    redrive_and_purge(system, len(letters))


def trace_a_dead_letter(system, letter):
    trace = system.json("trace", letter["key"])
    assert trace["object"]["bytes"] > 0
    for half, queue in (("shipping", "ShippingQueueDLQ"), ("analytics", "AnalyticsQueueDLQ")):
        assert trace[half]["state"] == "dead-lettered"
        assert trace[half]["queue"] == queue
        assert trace[half]["reason"] == letter["reason"]
        assert trace[half]["receives"] >= 3
    text = system.run("trace", letter["key"]).stdout
    assert "dead-lettered in ShippingQueueDLQ" in text and letter["reason"] in text


def trace_a_shipment(system, bucket, dead):
    number = next(number for number in range(10000000, 10001000)
                  if f"invoices/{number}.json" not in dead and
                  system.run("trace", number).returncode == 0)
    trace = system.json("trace", number)
    assert trace["key"] == f"invoices/{number}.json"
    assert trace["object"]["bucket"] == bucket
    assert re.fullmatch(r'"[0-9a-f]{32}"', trace["object"]["etag"])
    assert trace["shipping"]["state"] == "shipped"
    assert len(trace["shipping"]["shipment"]) == trace["shipping"]["lines"]
    assert trace["analytics"]["state"] == "recorded"
    assert trace["analytics"]["amount"] == trace["shipping"]["amount"]
    text = system.run("trace", number).stdout
    assert f"object     invoices/{number}.json in {bucket}" in text
    for line in trace["shipping"]["shipment"]:
        assert line["stock_code"] in text
    system.refuses("trace", "no-such-order", code=1, saying=["nothing is known of no-such-order"])


def redrive_and_purge(system, letters):
    result = system.run("dlq", "redrive", "--queue", "analytics")
    assert f"{letters} message(s) moved back to AnalyticsQueue" in result.stdout
    assert "doorbuster work analytics" in result.stdout
    worked = system.json("work", "analytics", "--once")
    assert (worked["done"], worked["failed"]) == (0, 3 * letters)
    assert len(system.json("dlq", "list", "--queue", "analytics")) == letters
    shown = system.run("dlq", "show", system.json("dlq", "list")[0]["message_id"])
    assert shown.returncode == 0 and "invoice  " in shown.stdout
    result = system.run("dlq", "purge", "--yes")
    assert result.returncode == 0
    assert f"{letters} dead letter(s) of ShippingQueueDLQ deleted" in result.stdout


def test_what_waits_is_traced(system):
    system.json("setup")
    system.json("produce", "--orders", 3, "--corrupt", 0)
    assert system.json("reconcile", code=1)["shipping"]["waiting"] == 4
    keys = system.json("reconcile", code=1)["shipping"]["missing"]
    trace = system.json("trace", keys[0])
    assert trace["shipping"] == {"state": "waiting", "queue": "ShippingQueue"}
    assert trace["analytics"]["state"] == "waiting"


def test_produce_goes_on_where_it_stood(system):
    system.json("setup")
    assert system.json("produce", "--orders", 20)["uploaded"] == 20
    again = system.json("produce", "--orders", 20)
    assert (again["uploaded"], again["orders_per_second"]) == (20, 0)
    text = system.run("produce", "--orders", 25, "--concurrency", 4)
    assert re.search(r"25 orders are in black-friday-orders-[0-9a-f]{8}, 20 of them already, after",
                     text.stdout)
    assert system.json("reconcile", code=1)["objects"] == 25


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_work_ends_in_order(system, sent):
    system.json("setup")
    system.json("produce", "--orders", 50, "--corrupt", 0)
    worker = system.start("work", "shipping")
    for line in iter(worker.stderr.readline, ""):
        if "done 51" in line:
            break
    worker.send_signal(sent)
    out, err = worker.communicate(timeout=DEADLINE_S)
    assert worker.returncode == 0, err
    assert "ShipInvoices  received 51  done 51  failed 0" in out
    assert system.json("reconcile", code=1)["shipping"]["waiting"] == 0


def test_work_once_that_is_stopped_early_says_so(system):
    if "AWS_ENDPOINT_URL" not in system.env:
        pytest.skip("nobody else can hold a message of a system in a directory")
    queue = system.json("setup")["shipping"]["url"]
    system.json("produce", "--orders", 1, "--corrupt", 0)
    env = {**system.env, "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
    subprocess.run(["/usr/bin/aws", "--region", "us-east-1", "--endpoint-url",
                    system.env["AWS_ENDPOINT_URL"], "sqs", "receive-message", "--queue-url", queue,
                    "--visibility-timeout", "600"],
                   env=env, check=True, stdout=subprocess.DEVNULL)
    worker = system.start("work", "shipping", "--once")
    assert "ShipInvoices" in worker.stderr.readline()  # it is at work, and waits
    worker.send_signal(signal.SIGTERM)
    out, err = worker.communicate(timeout=DEADLINE_S)
    assert worker.returncode == 128 + signal.SIGTERM
    assert "stopped before all was done" in err
    assert "ShipInvoices  received" in out


def test_up_outlives_whoever_reads_what_it_says(door, data):
    server = door.start("up", "--port", 0, "--shop-port", 0, "--data", data)
    try:
        next(line for line in server.stdout if "Stop" in line)
        server.stdout.close()
        server.send_signal(signal.SIGTERM)
        assert "the result can't be written" in server.stderr.read()  # its last words
        assert server.wait(timeout=DEADLINE_S) == 1
    finally:
        server.kill()
        server.wait()
        server.stderr.close()


# --- where the system is ------------------------------------------------------------------------

NEED_A_PLACE = [("setup",), ("teardown", "--yes"), ("produce",), ("work", "shipping"),
                ("trace", "1"), ("report",), ("reconcile",), ("dlq", "list"), ("dlq", "redrive")]


@pytest.mark.parametrize("command", NEED_A_PLACE, ids=" ".join)
def test_a_place_is_needed(door, command):
    door.refuses(*command, code=2, saying=["--data DIR", "AWS_ENDPOINT_URL"])


@pytest.mark.parametrize("command", [("setup",), ("trace", "1"), ("dlq", "list")], ids=" ".join)
def test_nobody_answers(door, command):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{taken.getsockname()[1]}"
        env = dict(os.environ, AWS_ENDPOINT_URL=endpoint)
        door.refuses(*command, code=1, env=env,
                     saying=[f"nothing answers at {endpoint}", "is doorbuster up running?"])


def test_the_environment_makes_no_sense(door):
    env = dict(os.environ, AWS_ENDPOINT_URL="localhost:4566")
    door.refuses("setup", code=2, env=env, saying=["AWS_ENDPOINT_URL", "localhost:4566"])
    env = dict(os.environ, AWS_ENDPOINT_URL="http://127.0.0.1:1", AWS_PROFILE="none")
    door.refuses("setup", code=2, env=env, saying=["AWS_PROFILE", "none"])


def test_the_books_of_another_directory(system, tmp_path):
    if "AWS_ENDPOINT_URL" not in system.env:
        pytest.skip("the books of a system in a directory are in that directory")
    system.json("setup")
    system.json("produce", "--orders", 10, "--corrupt", 0)
    door, env = system.door, system.env
    door.refuses("work", "shipping", "--once", code=2, env=env, saying=["--database", "--data"])
    database = tmp_path / "mine.db"
    worked = door.json("work", "shipping", "--once", "--database", database, env=env)
    assert worked["done"] == 11 and database.exists()
    door.refuses("reconcile", code=2, env=env, saying=["shipping.db", "--data DIR"])
    door.refuses("report", code=2, env=env, saying=["sales.db", "--data DIR"])
    assert door.json("dlq", "list", env=env) == []


def test_signatures_are_checked(door, data, tmp_path):
    keys = tmp_path / "keys.ini"
    keys.write_text("[default]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = s3cr/et\n")
    with served(data, "--credentials", keys) as endpoint:
        system = System(data, endpoint)
        system.env["AWS_SHARED_CREDENTIALS_FILE"] = str(keys)
        system.json("setup")
        assert system.json("produce", "--orders", 5)["uploaded"] == 5
        assert system.json("work", "shipping", "--once")["received"] >= 6
        system.env["AWS_ACCESS_KEY_ID"] = "AKIDEXAMPLE"
        system.env["AWS_SECRET_ACCESS_KEY"] = "another"
        system.refuses("setup", code=1, saying=["signature"])


def test_tls(door, data, tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", certificate,
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
                   check=True, capture_output=True)
    with served(data, "--certificate", certificate, "--private-key", key) as endpoint:
        assert endpoint.startswith("https://127.0.0.1:")
        system = System(data, endpoint.replace("127.0.0.1", "localhost"))
        system.refuses("setup", code=1, saying=["no TLS with https://localhost:", "certificate"])
        system.env["SSL_CERT_FILE"] = str(certificate)
        system.json("setup")
        assert system.json("produce", "--orders", 5)["uploaded"] == 5
        # The certificate is not for this name.
        other = System(data, endpoint)
        other.env["SSL_CERT_FILE"] = str(certificate)
        other.refuses("setup", code=1, saying=["no TLS with https://127.0.0.1:"])
