"""kill -9 at any moment, any number of times; then the same command ends with the same numbers.

When the program is struck is drawn from a fixed seed; no test says how far it was by then.
"""

import random
import subprocess
import time

import pytest

from conftest import REAL_NUMBERS, REAL_REPORT
from door import numbers_of, program

ORDERS = ("--orders", 3000, "--corrupt", 5)
NUMBERS = {
    "invoices_uploaded": 3000,
    "shipped": 2810,
    "cancelled": 51,
    "recorded": 2861,
    "dead_lettered": {"shipping": 139, "analytics": 139},
    "lost": 0,
    "duplicated": 0,
}


def strike(door, after_s, *arguments):
    """Starts the program and kills it after that time, unless it is quicker."""
    process = door.start(*arguments)
    try:
        out, error = process.communicate(timeout=after_s)
        assert process.returncode == 0, error
    except subprocess.TimeoutExpired:
        process.kill()
        out, error = process.communicate()
    assert error == ""
    return out


def assert_clean(door, data, objects):
    reconciled = door.json("reconcile", "--data", data)
    assert (reconciled["objects"], reconciled["lost"], reconciled["duplicated"]) == (objects, 0, 0)
    for half in ("shipping", "analytics"):
        assert reconciled[half]["missing"] == reconciled[half]["doubled"] == []
        assert reconciled[half]["waiting"] == 0
        assert reconciled[half]["recorded"] + reconciled[half]["dead_lettered"] == objects


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """How long it takes, and what is sold."""
    data = tmp_path_factory.mktemp("undisturbed") / "data"
    demo = program().json("demo", *ORDERS, "--data", data)
    assert numbers_of(demo) == NUMBERS
    return demo["seconds"], program().json("report", "--data", data, "--by", "product")


@pytest.mark.parametrize("seed", range(5))
def test_killed_again_and_again(door, data, undisturbed, seed):
    seconds, report = undisturbed
    dice = random.Random(seed)
    for _ in range(7):
        strike(door, dice.uniform(0, 0.5) * (seconds + 0.1),
               "demo", *ORDERS, "--data", data, "--json")
    assert door.numbers(*ORDERS, "--data", data) == NUMBERS
    assert_clean(door, data, 3000)
    assert door.json("report", "--data", data, "--by", "product") == report


@pytest.mark.parametrize("milestone", ["engine", "engine/FORMAT", "engine/db", "engine/db/CURRENT",
                                       "shipping.db", "shipping.db-wal", "sales.db",
                                       "sales.db-wal"])
def test_killed_in_the_very_first_start(door, data, milestone):
    process = door.start("demo", "--orders", 200, "--data", data, "--json")
    deadline = time.monotonic() + 30
    while not (data / milestone).exists() and process.poll() is None:
        assert time.monotonic() < deadline
    process.kill()
    process.communicate()
    numbers = door.numbers("--orders", 200, "--data", data)
    assert numbers["invoices_uploaded"] == 200
    assert numbers["recorded"] + numbers["dead_lettered"]["shipping"] == 200
    assert_clean(door, data, 200)


def test_killed_while_looking(door, data):
    """Whoever looks into a dead-letter queue and dies leaves the letters to be seen by the next."""
    numbers = door.numbers("--orders", 2000, "--corrupt", 50, "--data", data)
    dice = random.Random(1)
    for _ in range(4):
        strike(door, dice.uniform(0.02, 0.3), "reconcile", "--data", data)
        strike(door, dice.uniform(0.02, 0.3), "dlq", "list", "--data", data)
        strike(door, dice.uniform(0.02, 0.3), "demo", "--orders", 2000, "--corrupt", 50,
               "--data", data, "--json")
    assert_clean(door, data, 2000)
    letters = door.json("dlq", "list", "--data", data)
    assert len(letters) == sum(numbers["dead_lettered"].values())
    assert door.numbers("--orders", 2000, "--corrupt", 50, "--data", data) == numbers


def test_killed_while_redriving(door, data):
    numbers = door.numbers("--orders", 2000, "--corrupt", 50, "--data", data)
    dice = random.Random(2)
    for _ in range(4):
        strike(door, dice.uniform(0.02, 0.2), "dlq", "redrive", "--data", data)
        strike(door, dice.uniform(0.02, 0.2), "demo", "--orders", 2000, "--corrupt", 50,
               "--data", data, "--json")
    assert door.numbers("--orders", 2000, "--corrupt", 50, "--data", data) == numbers
    assert_clean(door, data, 2000)


def test_the_real_file_killed_again_and_again(door, data, real_file):
    dice = random.Random(3)
    for _ in range(4):
        strike(door, dice.uniform(0.8, 2.5), "demo", "--from", real_file, "--data", data, "--json")
    assert door.numbers("--from", real_file, "--data", data) == REAL_NUMBERS
    assert_clean(door, data, 18786)
    report = door.json("report", "--data", data)
    assert report["sales"] == REAL_REPORT["sales"]
    assert {name: report["refunds"][name] for name in ("invoices", "amount")} == \
        REAL_REPORT["refunds"]
    text = door.run("report", "--data", data).stdout
    assert "7,352,354.174" in text and "3,945,583" in text and "-559,673.11" in text
