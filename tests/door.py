"""The built program, called as a person or a script would. DOORBUSTER says where it is."""

import hashlib
import json
import os
import pathlib
import subprocess

import pytest

DEADLINE_S = 150  # far beyond what anything here takes, even with sanitizers; whoever passes it hangs


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
