"""doorbuster demo, when all goes well: its numbers, what it prints and where."""

import json
import os
import pty
import re
import signal
import subprocess

import pytest

from conftest import REAL_NUMBERS
from door import numbers_of

# Made up orders are the same everywhere, so these are exact.
NUMBERS_2000 = {
    "invoices_uploaded": 2000,
    "shipped": 1959,
    "cancelled": 32,
    "recorded": 1991,
    "dead_lettered": {"shipping": 9, "analytics": 9},
    "lost": 0,
    "duplicated": 0,
}


def test_json_is_one_object_with_the_documented_keys(door):
    result = door.run("demo", "--orders", 2000, "--json")
    assert result.returncode == 0
    assert result.stderr == ""
    assert result.stdout.count("\n") == 1
    demo = json.loads(result.stdout)
    assert list(demo) == ["invoices_uploaded", "shipped", "cancelled", "recorded", "dead_lettered",
                          "lost", "duplicated", "seconds", "orders_per_second", "peak_rss_bytes"]
    assert numbers_of(demo) == NUMBERS_2000
    assert demo["seconds"] > 0
    assert demo["orders_per_second"] == pytest.approx(2000 / demo["seconds"])
    assert demo["peak_rss_bytes"] > 1 << 20


@pytest.mark.parametrize("options", [
    ("--orders", 1),
    ("--orders", 500, "--corrupt", 100),
    ("--orders", 500, "--corrupt", 0),
    ("--orders", 300, "--corrupt", 20, "--seed", 7, "--lines", 1),
    ("--orders", 300, "--stock", 0),
])
def test_every_order_ends_somewhere(door, options):
    demo = door.json("demo", *options)
    assert demo["invoices_uploaded"] == options[1]
    assert demo["shipped"] + demo["cancelled"] == demo["recorded"]
    for half in ("shipping", "analytics"):
        assert demo["recorded"] + demo["dead_lettered"][half] == options[1]
    assert (demo["lost"], demo["duplicated"]) == (0, 0)


def test_ten_thousand_orders_unless_told_otherwise(door):
    numbers = door.numbers()
    assert numbers["invoices_uploaded"] == 10_000
    assert numbers["recorded"] + numbers["dead_lettered"]["shipping"] == 10_000
    assert (numbers["lost"], numbers["duplicated"]) == (0, 0)


def test_human_output(door, data):
    result = door.run("demo", "--orders", 2000, "--data", data)
    assert result.returncode == 0
    assert re.search(r"^ *uploaded +2,000 ", result.stdout, re.M)
    assert re.search(r"^ *shipped +1,959 ", result.stdout, re.M)
    assert re.search(r"^ *cancelled +32 ", result.stdout, re.M)
    assert re.search(r"^ *recorded +1,991 ", result.stdout, re.M)
    assert re.search(r"^ *dead letters +9 \+ 9 ", result.stdout, re.M)
    assert re.search(r"^ *lost +0$", result.stdout, re.M)
    assert re.search(r"^ *duplicated +0$", result.stdout, re.M)
    assert "Every order is accounted for: none lost, none twice." in result.stdout
    assert str(data) in result.stdout
    assert "uploaded" in result.stderr  # progress, for whoever keeps a log
    assert "\x1b" not in result.stdout + result.stderr
    assert "\r" not in result.stdout + result.stderr


def on_a_terminal(door, *arguments, **environment):
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.pop("NO_COLOR", None)
        os.environ.update(environment)
        os.execv(door.program, door.command(*arguments))
    shown = b""
    while True:
        try:
            some = os.read(terminal, 65536)
        except OSError:  # the other end is closed
            break
        if not some:
            break
        shown += some
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()


def test_a_terminal_sees_progress_and_colour(door):
    code, shown = on_a_terminal(door, "demo", "--orders", "2000")
    assert code == 0
    drawn = re.findall(r"\r\x1b\[K([^\r\n]*)", shown)
    assert any(re.match(r" .*uploaded [0-9,]+ of 2,000  shipped ", line) for line in drawn), shown
    assert "\x1b[32mEvery order is accounted for" in shown
    # The line is gone when the result is printed.
    assert re.search(r"\r\x1b\[K *stage +invoices", shown)


def test_no_color(door):
    code, shown = on_a_terminal(door, "demo", "--orders", "200", NO_COLOR="1")
    assert code == 0
    assert "Every order is accounted for" in shown
    assert not re.search(r"\x1b\[[0-9;]*m", shown)


def test_json_on_a_terminal_is_json_only(door):
    code, shown = on_a_terminal(door, "demo", "--orders", "2000", "--json")
    assert code == 0
    assert numbers_of(json.loads(shown)) == NUMBERS_2000


def test_the_same_data_again_goes_on_where_it_stood(door, data):
    assert door.numbers("--orders", 2000, "--data", data) == NUMBERS_2000
    report = door.json("report", "--data", data)
    again = door.json("demo", "--orders", 2000, "--data", data)
    assert numbers_of(again) == NUMBERS_2000
    assert again["orders_per_second"] == 0  # of its own: there was nothing left to do
    assert door.json("report", "--data", data) == report
    more = door.numbers("--orders", 2500, "--data", data)
    assert more["invoices_uploaded"] == 2500
    assert more["recorded"] + more["dead_lettered"]["analytics"] == 2500
    assert (more["lost"], more["duplicated"]) == (0, 0)


def test_fewer_orders_than_before(door, data):
    """The numbers are of everything that is there, so they add up."""
    numbers = door.numbers("--orders", 2000, "--data", data)
    assert door.numbers("--orders", 300, "--data", data) == numbers


def test_a_result_that_cannot_be_written_was_not_given(door, data):
    with open("/dev/full", "w") as full:
        result = subprocess.run(door.command("demo", "--orders", 100, "--data", data, "--json"),
                                stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert result.returncode == 1
    assert result.stderr == "doorbuster: the result can't be written: is the disk full?\n"
    assert door.numbers("--orders", 100, "--data", data)["invoices_uploaded"] == 100


def test_the_temporary_directory_is_removed(door, tmp_path):
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    assert door.numbers("--orders", 100, env=environment)["invoices_uploaded"] == 100
    assert list(tmp_path.iterdir()) == []
    door.refuses("demo", "--orders", 100, env={**environment, "TMPDIR": str(tmp_path / "none")},
                 code=1, saying=["no temporary directory can be made", "TMPDIR", "--data"])


def test_the_real_file(door, real_file, tmp_path):
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    assert door.numbers("--from", real_file, env=environment) == REAL_NUMBERS
    assert list(tmp_path.iterdir()) == []


def test_stopped_before_the_end_it_leaves_nothing_behind(door, tmp_path):
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    demo = subprocess.Popen(door.command("demo", "--orders", 5_000_000), env=environment,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for line in demo.stderr:
        if "uploaded" in line:
            break
    demo.send_signal(signal.SIGINT)
    output, errors = demo.communicate(timeout=60)
    assert demo.returncode == 130
    assert "doorbuster: stopped before the end" in errors
    assert output == ""
    assert list(tmp_path.iterdir()) == []
