"""What the end-to-end tests share: the built program, called as a person or a script would.

DOORBUSTER is the program; DOORBUSTER_SHARED_DATA, which may be absent, a directory that holds the
file of real invoices.
"""

import hashlib
import json
import os
import pathlib
import subprocess

import pytest

REAL_FILE = "online-retail-2010-12-to-2011-09.csv.gz"
DEADLINE_S = 60  # far beyond what anything here takes; whoever passes it hangs


class Door:
    def __init__(self, program):
        self.program = str(program)
        self.before = []  # a command that runs the program, such as nsenter

    def command(self, *arguments):
        return [*self.before, self.program, *map(str, arguments)]

    def run(self, *arguments, **options):
        options.setdefault("stdin", subprocess.DEVNULL)
        return subprocess.run(self.command(*arguments), stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.PIPE, timeout=DEADLINE_S, **options)

    def start(self, *arguments):
        return subprocess.Popen(self.command(*arguments), stdin=subprocess.DEVNULL, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def json(self, *arguments, code=0, **options):
        result = self.run(*arguments, "--json", **options)
        assert result.returncode == code, result.stderr + result.stdout
        return json.loads(result.stdout)

    def numbers(self, *arguments, **options):
        """Those of demo that do not depend on the machine."""
        return numbers_of(self.json("demo", *arguments, **options))

    def refuses(self, *arguments, code, saying, **options):
        """One sentence on standard error, nothing on standard output, and the exit code."""
        result = self.run(*arguments, **options)
        assert result.returncode == code, result.stderr + result.stdout
        assert result.stdout == ""
        lines = result.stderr.splitlines()
        assert lines and lines[-1].startswith("doorbuster: "), result.stderr
        for words in saying:
            assert words in lines[-1], result.stderr
        for noise in ("terminate called", "Aborted", "what():", "sqlite3_statement"):
            assert noise not in result.stderr
        return result


def numbers_of(demo):
    machine = ("seconds", "orders_per_second", "peak_rss_bytes")
    return {name: value for name, value in demo.items() if name not in machine}


def contents(directory):
    """Every file under the directory with its digest."""
    return {str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(pathlib.Path(directory).rglob("*")) if path.is_file()}


def program():
    return Door(pathlib.Path(os.environ["DOORBUSTER"]).resolve())


@pytest.fixture
def door():
    return program()


@pytest.fixture
def data(tmp_path):
    """A directory for --data, not made yet."""
    return tmp_path / "data"


@pytest.fixture
def real_file():
    path = pathlib.Path(os.environ.get("DOORBUSTER_SHARED_DATA", "/nonexistent")) / REAL_FILE
    if not path.exists():
        pytest.skip(f"the file of real invoices is not there: set DOORBUSTER_SHARED_DATA to the "
                    f"directory that holds {REAL_FILE}")
    return path


REAL_NUMBERS = {
    "invoices_uploaded": 18786,
    "shipped": 14873,
    "cancelled": 2887,
    "recorded": 17760,
    "dead_lettered": {"shipping": 1026, "analytics": 1026},
    "lost": 0,
    "duplicated": 0,
}

REAL_REPORT = {
    "sales": {"invoices": 14873, "units": 3945583, "amount": "7352354.174"},
    "refunds": {"invoices": 2887, "amount": "-559673.11"},
}

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"


def row(invoice="536365", code="85123A", text="WHITE LANTERN", quantity=6,
        date="2010-12-01 08:26:00", price="2.55", customer="17850.0", country="United Kingdom"):
    return f"{invoice},{code},{text},{quantity},{date},{price},{customer},{country}\n"
