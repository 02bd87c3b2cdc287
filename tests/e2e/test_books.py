"""report, reconcile and dlq: what they say of a system that has run."""

import collections
import json
import os
import pty
import re
import shutil
import sqlite3
from decimal import Decimal

import pytest

from door import program

ORDERS = ("--orders", 2000, "--corrupt", 5)


@pytest.fixture(scope="module")
def run_once(tmp_path_factory):
    data = tmp_path_factory.mktemp("once") / "data"
    numbers = program().numbers(*ORDERS, "--data", data)
    assert numbers["dead_lettered"] == {"shipping": 103, "analytics": 103}
    return data


@pytest.fixture
def used(run_once, data):
    return shutil.copytree(run_once, data)


def tamper(database, *statements):
    with sqlite3.connect(database) as connection:
        for statement in statements:
            assert connection.execute(statement).rowcount == 1
    connection.close()


# --- report -------------------------------------------------------------------------------------


def test_report_json(door, used):
    report = door.json("report", "--data", used)
    assert list(report) == ["sales", "refunds", "payments"]
    assert report["payments"]["taken"] == 0, "nobody came through the checkout"
    for part in (report["sales"], report["refunds"]):
        assert list(part) == ["invoices", "units", "amount"]
        assert isinstance(part["invoices"], int) and isinstance(part["units"], int)
        assert re.fullmatch(r"-?[0-9]+\.[0-9]{2,4}", part["amount"])
    with sqlite3.connect(used / "sales.db") as sales:
        for kind, name in (("sale", "sales"), ("cancellation", "refunds")):
            lines = sales.execute("SELECT invoice, quantity, unit_price FROM facts WHERE kind = ?",
                                  (kind,)).fetchall()
            assert report[name]["invoices"] == len({line[0] for line in lines})
            assert report[name]["units"] == sum(line[1] for line in lines)
            assert Decimal(report[name]["amount"]) == sum(
                line[1] * Decimal(line[2]) / 10_000 for line in lines)
    sales.close()


@pytest.mark.parametrize("by, rows, name", [("hour", "hours", "hour"), ("day", "days", "day"),
                                            ("country", "countries", "country"),
                                            ("product", "products", "stock_code")])
def test_report_by(door, used, by, rows, name):
    report = door.json("report", "--data", used, "--by", by)
    assert list(report) == ["sales", "refunds", rows, "payments"]
    for part in ("sales", "refunds"):
        assert sum(row[part]["units"] for row in report[rows]) == report[part]["units"]
        assert sum(Decimal(row[part]["amount"]) for row in report[rows]) == \
            Decimal(report[part]["amount"])
        if by != "product":  # an invoice has several
            assert sum(row[part]["invoices"] for row in report[rows]) == report[part]["invoices"]
    assert len({row[name] for row in report[rows]}) == len(report[rows])
    text = door.run("report", "--data", used, "--by", by)
    assert text.returncode == 0
    for row in report[rows]:
        assert row[name] in text.stdout
    assert len(text.stdout.splitlines()) == len(report[rows]) + 1


def test_report_for_people(door, used):
    report = door.json("report", "--data", used)
    result = door.run("report", "--data", used)
    assert result.returncode == 0 and result.stderr == ""
    sales, refunds = report["sales"], report["refunds"]
    assert re.search(rf"^ *sales +{sales['invoices']:,} +{sales['units']:,} +"
                     rf"{Decimal(sales['amount']):,}$", result.stdout, re.M)
    assert re.search(rf"^ *refunds +{refunds['invoices']:,} +{refunds['units']:,} +"
                     rf"{Decimal(refunds['amount']):,}$", result.stdout, re.M)
    assert "2026-11-27" in result.stdout and "█" in result.stdout
    assert "\x1b" not in result.stdout


# --- reconcile ----------------------------------------------------------------------------------


def test_reconcile_clean(door, used):
    result = door.run("reconcile", "--data", used)
    assert result.returncode == 0
    assert "Every invoice in the bucket is accounted for, once." in result.stdout
    assert re.search(r"^ *shipping +2,000 +1,897 +103 +0 +0 +0$", result.stdout, re.M)
    assert re.search(r"^ *analytics +2,000 +1,897 +103 +0 +0 +0$", result.stdout, re.M)
    half = {"recorded": 1897, "dead_lettered": 103, "waiting": 0, "missing": [], "doubled": []}
    assert door.json("reconcile", "--data", used) == {
        "objects": 2000, "lost": 0, "duplicated": 0, "shipping": half, "analytics": half}


def first_recorded(database, table):
    with sqlite3.connect(database) as connection:
        row = connection.execute(
            f"SELECT invoice, object_key FROM {table} ORDER BY invoice").fetchone()
    connection.close()
    return row


def test_reconcile_names_what_is_missing(door, used):
    invoice, key = first_recorded(used / "shipping.db", "shipments")
    tamper(used / "shipping.db", f"DELETE FROM shipments WHERE invoice = '{invoice}'")
    result = door.run("reconcile", "--data", used)
    assert result.returncode == 1
    assert f"missing in shipping: {key}\n" in result.stdout
    assert "accounted for" not in result.stdout
    reconciled = door.json("reconcile", "--data", used, code=1)
    assert (reconciled["lost"], reconciled["duplicated"]) == (1, 0)
    assert reconciled["shipping"]["missing"] == [key]
    assert reconciled["analytics"]["missing"] == []
    demo = door.json("demo", *ORDERS, "--data", used, code=1)
    assert (demo["lost"], demo["duplicated"]) == (1, 0)


def test_reconcile_names_what_is_doubled(door, used):
    invoice, key = first_recorded(used / "sales.db", "invoices")
    with sqlite3.connect(used / "sales.db") as connection:
        columns = [column[1] for column in connection.execute("PRAGMA table_info(invoices)")]
    connection.close()
    others = ", ".join(columns[1:])
    assert columns[0] == "invoice"
    tamper(used / "sales.db", f"INSERT INTO invoices (invoice, {others}) "
                              f"SELECT 'ANOTHER', {others} FROM invoices "
                              f"WHERE invoice = '{invoice}'")
    result = door.run("reconcile", "--data", used)
    assert result.returncode == 1
    assert f"doubled in analytics: {key}\n" in result.stdout
    reconciled = door.json("reconcile", "--data", used, code=1)
    assert (reconciled["lost"], reconciled["duplicated"]) == (0, 1)
    assert reconciled["analytics"]["doubled"] == [key]
    assert reconciled["shipping"]["doubled"] == []


def test_reconcile_after_a_database_is_gone(door, used):
    (used / "shipping.db").unlink()
    result = door.run("reconcile", "--data", used)
    assert result.returncode == 1
    assert result.stdout.count("missing in shipping: ") == 20
    assert "and 1,877 more missing in shipping (--json names them all)" in result.stdout
    reconciled = door.json("reconcile", "--data", used, code=1)
    assert len(reconciled["shipping"]["missing"]) == reconciled["lost"] == 1897
    assert len(set(reconciled["shipping"]["missing"])) == 1897


# --- dlq ----------------------------------------------------------------------------------------

# Everything that the generator can break, as told to whoever must mend it.
REASONS = [
    r"is not JSON: incomplete JSON at byte [0-9]+",
    r"is not JSON: syntax error at byte 0",
    r"has no lines, at least one is needed",
    r"line [0-9]+: unit price -[0-9.]+, must not be below 0",
    r"line [0-9]+: quantity -[0-9]+ on a sale, must be above 0",
]
RARE_REASONS = [r"line [0-9]+: quantity [0-9]+ on a cancellation, must be below 0"]


def test_dlq_list(door, used):
    letters = door.json("dlq", "list", "--data", used)
    by_queue = collections.defaultdict(dict)
    for letter in letters:
        assert list(letter) == ["queue", "message_id", "key", "reason"]
        by_queue[letter["queue"]][letter["key"]] = letter["reason"]
    assert sorted(by_queue) == ["AnalyticsQueueDLQ", "ShippingQueueDLQ"]
    assert by_queue["AnalyticsQueueDLQ"] == by_queue["ShippingQueueDLQ"]
    reasons = list(by_queue["ShippingQueueDLQ"].values())
    assert len(reasons) == 103
    for reason in reasons:
        assert any(re.fullmatch(kind, reason) for kind in REASONS + RARE_REASONS), reason
    for kind in REASONS:
        assert any(re.fullmatch(kind, reason) for reason in reasons), kind
    # It is a look: a second one sees the same.
    assert sorted(door.json("dlq", "list", "--data", used), key=str) == sorted(letters, key=str)


def test_dlq_list_of_one_queue_for_people(door, used):
    result = door.run("dlq", "list", "--data", used, "--queue", "shipping")
    assert result.returncode == 0
    assert "ShippingQueueDLQ: 103 dead letter(s)" in result.stdout
    assert "AnalyticsQueueDLQ" not in result.stdout
    listed = re.findall(r"^ +[0-9a-f]{8} +invoices/C?[0-9]+\.json +\S", result.stdout, re.M)
    assert len(listed) == 50
    assert "53" in result.stdout.splitlines()[-1]  # the rest


def test_dlq_show(door, used):
    letters = door.json("dlq", "list", "--data", used, "--queue", "shipping")
    letter = next(letter for letter in letters if "must not be below 0" in letter["reason"])
    by_id = door.run("dlq", "show", letter["message_id"], "--data", used)
    assert by_id.returncode == 0
    assert f"queue    ShippingQueueDLQ\nmessage  {letter['message_id']}\n" in by_id.stdout
    assert f"reason   {letter['reason']}\n" in by_id.stdout
    invoice = json.loads(re.search(r"^invoice  (.*)$", by_id.stdout, re.M).group(1))
    assert f"invoices/{invoice['invoice']}.json" == letter["key"]
    assert any(line["unit_price"].startswith("-") for line in invoice["lines"])
    by_beginning = door.run("dlq", "show", letter["message_id"][:13], "--data", used)
    assert by_beginning.stdout == by_id.stdout
    by_number = door.run("dlq", "show", invoice["invoice"], "--data", used)
    assert by_id.stdout in by_number.stdout
    assert by_number.stdout.count("reason   " + letter["reason"]) == 2
    assert "queue    AnalyticsQueueDLQ\n" in by_number.stdout
    assert door.run("dlq", "show", letter["key"], "--data", used).stdout == by_number.stdout
    door.refuses("dlq", "show", "no-such-letter", "--data", used, code=1,
                 saying=["no dead letter", "no-such-letter", "doorbuster dlq list"])


def test_dlq_redrive(door, used):
    before = door.json("dlq", "list", "--data", used)
    assert door.json("dlq", "redrive", "--data", used) == {"shipping": 103, "analytics": 103}
    assert door.json("dlq", "list", "--data", used) == []
    waiting = door.json("reconcile", "--data", used, code=1)
    assert waiting["shipping"]["waiting"] == waiting["analytics"]["waiting"] == 103
    numbers = door.numbers(*ORDERS, "--data", used)
    assert numbers["recorded"] == 1897
    assert numbers["dead_lettered"] == {"shipping": 103, "analytics": 103}
    assert (numbers["lost"], numbers["duplicated"]) == (0, 0)
    after = door.json("dlq", "list", "--data", used)
    told = lambda letters: sorted((one["queue"], one["key"], one["reason"]) for one in letters)
    assert told(after) == told(before)


def test_dlq_redrive_of_one_queue_for_people(door, used):
    result = door.run("dlq", "redrive", "--data", used, "--queue", "analytics")
    assert result.returncode == 0
    assert "103 message(s) moved back to AnalyticsQueue" in result.stdout
    assert "ShippingQueue" not in result.stdout
    assert len(door.json("dlq", "list", "--data", used)) == 103


def test_dlq_purge_asks(door, used):
    door.refuses("dlq", "purge", "--data", used, code=2, saying=["confirm it with --yes"])
    assert len(door.json("dlq", "list", "--data", used)) == 206


@pytest.mark.parametrize("answer, code, left", [("n\n", 1, 206), ("\n", 1, 206), ("y\n", 0, 103)])
def test_dlq_purge_on_a_terminal(door, used, answer, code, left):
    ours, theirs = pty.openpty()
    os.write(ours, answer.encode())
    result = door.run("dlq", "purge", "--data", used, "--queue", "shipping", stdin=theirs)
    os.close(ours)
    os.close(theirs)
    assert "Delete 103 dead letter(s) of ShippingQueueDLQ for good? [y/N]" in result.stderr
    assert result.returncode == code
    assert ("nothing was deleted" in result.stdout) == (code == 1)
    assert len(door.json("dlq", "list", "--data", used)) == left


def test_dlq_purge_asks_queue_by_queue(door, used):
    ours, theirs = pty.openpty()
    os.write(ours, b"y\nn\n")
    result = door.run("dlq", "purge", "--data", used, stdin=theirs)
    os.close(ours)
    os.close(theirs)
    assert result.returncode == 0
    assert result.stdout == ("103 dead letter(s) of ShippingQueueDLQ deleted\n"
                             "nothing was deleted from AnalyticsQueueDLQ\n")
    assert len(door.json("dlq", "list", "--data", used)) == 103


def test_dlq_purge_with_yes(door, used):
    result = door.run("dlq", "purge", "--data", used, "--yes")
    assert result.returncode == 0
    assert "103 dead letter(s) of ShippingQueueDLQ deleted" in result.stdout
    assert "103 dead letter(s) of AnalyticsQueueDLQ deleted" in result.stdout
    assert door.json("dlq", "list", "--data", used) == []
    # Whoever deletes them for good has lost them, and is told so.
    assert door.json("reconcile", "--data", used, code=1)["lost"] == 103
