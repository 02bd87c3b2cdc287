"""Files of invoices that are not as they should be: refused whole, or their invoices one by one."""

import gzip
import os
import re

import pytest

from conftest import HEADER, row

GOOD = HEADER + row() + row("C536379", "D", "Discount", -1, price="27.5")
ZIPPED = gzip.compress((HEADER + "".join(row(str(i)) for i in range(2000))).encode(), mtime=0)


@pytest.mark.parametrize("content, saying", [
    (b"", ["is empty", "first line"]),
    (b"\x1f\x8bnonsense", ["is broken in its compressed data", "get an intact copy"]),
    (ZIPPED[:20] + b"\xff" * 60 + ZIPPED[80:], ["is broken in its compressed data"]),
    (ZIPPED[:len(ZIPPED) // 2], ["is cut off in its compressed data", "get a complete copy"]),
    (ZIPPED[:-4], ["is cut off in its compressed data"]),
    (HEADER.replace("Quantity,", "") + row(), ["line 1 lacks the column Quantity"]),
    (HEADER.replace("Quantity,", "Country,"), ["line 1 lacks the column Quantity"]),
    (row() + row(), ["line 1 lacks the columns InvoiceNo"]),
    (GOOD + "536366,85123A,WHITE", ["line 4 has 3 fields where the header has 8", "cut off"]),
    (GOOD + row(text='"WHITE'), ["line 4 has a quoted field whose closing quote is missing"]),
    (GOOD + row(text='WHITE "METAL"'), ["line 4", "quote"]),
    (GOOD.encode() + row(text="CAFÉ").encode("latin-1"), ["line 4 is not UTF-8", "save the file"]),
    (GOOD + row(quantity=9223372036854775808), ["line 4", "9223372036854775808", "too large"]),
    (GOOD + row(quantity="six"), ["line 4", "Quantity", "six", "not a whole number"]),
    (GOOD + row(quantity="1.5"), ["line 4", "Quantity", "1.5", "not a whole number"]),
    (GOOD + row(price="cheap"), ["line 4", "UnitPrice", "cheap", "at most 4 decimals"]),
    (GOOD + row(price="2.55555"), ["line 4", "UnitPrice", "2.55555", "at most 4 decimals"]),
    (GOOD + row(price="1e2"), ["line 4", "UnitPrice", "1e2"]),
    (GOOD + row(price="9" * 30), ["line 4", "UnitPrice", "9" * 30]),
    (GOOD + row(date="2011-02-29 08:26:00"), ["line 4", "InvoiceDate", "2011-02-29 08:26:00"]),
    (GOOD + row(invoice=""), ["line 4 has no InvoiceNo"]),
])
def test_a_file_is_refused_before_anything_is_done(door, tmp_path, data, content, saying):
    file = tmp_path / "invoices.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    door.refuses("demo", "--from", file, "--data", data, code=2, saying=[str(file), *saying])
    assert not data.exists()


def test_what_is_not_a_file(door, tmp_path, data):
    missing = tmp_path / "none.csv"
    door.refuses("demo", "--from", missing, "--data", data, code=2,
                 saying=[str(missing), "does not exist", "check the path"])
    door.refuses("demo", "--from", tmp_path, "--data", data, code=2,
                 saying=[str(tmp_path), "is a directory", "give a file"])
    os.mkfifo(tmp_path / "pipe")
    door.refuses("demo", "--from", tmp_path / "pipe", "--data", data, code=2,
                 saying=["is not a regular file", "copy it to a file"])
    assert not data.exists()


def test_a_refused_file_leaves_earlier_data_as_they_were(door, tmp_path, data):
    good = tmp_path / "good.csv"
    good.write_text(GOOD)
    numbers = door.numbers("--from", good, "--data", data)
    bad = tmp_path / "bad.csv"
    bad.write_text(GOOD + row("536999", quantity="six"))
    door.refuses("demo", "--from", bad, "--data", data, code=2, saying=["line 4"])
    assert door.numbers("--from", good, "--data", data) == numbers
    assert door.json("reconcile", "--data", data)["objects"] == 2


# What breaks a rule of docs/invoice.md is one invoice's fault, and costs the others nothing.
REJECTED = {
    "536400": (row("536400", quantity=-6), "line 1: quantity -6 on a sale, must be above 0"),
    "C536401": (row("C536401", quantity=6),
                "line 1: quantity 6 on a cancellation, must be below 0"),
    "536402": (row("536402", quantity=0), "line 1: quantity 0 on a sale, must be above 0"),
    "536403": (row("536403", price="-2.55"), "line 1: unit price -2.55, must not be below 0"),
    "A536404": (row("A536404"), "is an accounting adjustment, not an order"),
    "536405": (row("536405", code=""), "line 1: the stock code is empty"),
    "536406": (row("536406", quantity=1_000_000_001), "1000000001 is beyond 1000000000"),
    "536407": (row("536407", quantity=9223372036854775807), "is beyond 1000000000"),
    "536408": (row("536408", quantity=1_000_000_000, price="900000000000000"),
               "the total cannot be counted"),
    "536409": (row("536409", text="X" * 1001), "line 1: the description has 1001 bytes"),
    "N" * 65: (row("N" * 65), "the invoice number has 65 characters, at most 64 are allowed"),
    "53 64": (row("53 64"), "the invoice number may contain only letters"),
}


def test_an_invoice_that_breaks_a_rule_is_dead_lettered_with_its_reason(door, tmp_path, data):
    file = tmp_path / "invoices.csv"
    file.write_text(GOOD + "".join(text for text, _ in REJECTED.values()))
    assert door.numbers("--from", file, "--data", data) == {
        "invoices_uploaded": 2 + len(REJECTED),
        "shipped": 1,
        "cancelled": 1,
        "recorded": 2,
        "dead_lettered": {"shipping": len(REJECTED), "analytics": len(REJECTED)},
        "lost": 0,
        "duplicated": 0,
    }
    for queue in ("ShippingQueueDLQ", "AnalyticsQueueDLQ"):
        letters = {letter["key"]: letter["reason"]
                   for letter in door.json("dlq", "list", "--data", data)
                   if letter["queue"] == queue}
        assert sorted(letters) == sorted(f"invoices/{number}.json" for number in REJECTED)
        for number, (_, reason) in REJECTED.items():
            assert reason in letters[f"invoices/{number}.json"]


def test_an_invoice_of_100_000_lines_is_shipped_and_a_longer_one_dead_lettered(door, tmp_path,
                                                                              data):
    file = tmp_path / "invoices.csv"
    longest = row("1000", "85123A", "LANTERN", 2, price="0.01") * 100_000
    too_long = row("1001", "85123A", "LANTERN", 2, price="0.01") * 100_001
    file.write_text(HEADER + longest + too_long + row("1002", quantity=1, price="0.5"))
    numbers = door.numbers("--from", file, "--data", data)
    assert numbers["invoices_uploaded"] == 3
    assert numbers["shipped"] == numbers["recorded"] == 2
    assert numbers["dead_lettered"] == {"shipping": 1, "analytics": 1}
    assert (numbers["lost"], numbers["duplicated"]) == (0, 0)
    assert door.json("report", "--data", data)["sales"] == {
        "invoices": 2, "units": 200_001, "amount": "2000.50"}
    letters = door.json("dlq", "list", "--data", data)
    assert [letter["key"] for letter in letters] == ["invoices/1001.json"] * 2
    for letter in letters:
        assert re.search(r"100,?000 lines|100000", letter["reason"]), letter["reason"]


def test_rows_of_one_invoice_need_not_be_adjacent_and_numbers_count_once(door, tmp_path, data):
    file = tmp_path / "invoices.csv.gz"
    file.write_bytes(gzip.compress(
        (HEADER + row("1") + row("2") + row("1", quantity=1)).encode(), mtime=0))
    assert door.numbers("--from", file, "--data", data)["shipped"] == 2
    assert door.json("report", "--data", data)["sales"] == {
        "invoices": 2, "units": 13, "amount": "33.15"}
