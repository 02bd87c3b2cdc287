"""How the program answers who does not know it yet."""

import pytest

COMMANDS = [("demo",), ("up",), ("setup",), ("teardown",), ("produce",), ("work",), ("trace",),
            ("report",), ("reconcile",), ("dlq", "list"), ("dlq", "show"),
            ("dlq", "redrive"), ("dlq", "purge")]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_has_an_example(door, command):
    result = door.run(*command, "--help")
    assert result.returncode == 0
    assert result.stderr == ""
    assert "Example" in result.stdout
    assert "\n  doorbuster " + " ".join(command) in result.stdout
    assert "--data" in result.stdout


@pytest.mark.parametrize("arguments", [("--help",), ("dlq", "--help")], ids=" ".join)
def test_help_lists_the_commands(door, arguments):
    result = door.run(*arguments)
    assert result.returncode == 0
    for command in COMMANDS:
        if len(command) == len(arguments):
            assert command[-1] in result.stdout
    assert arguments != ("--help",) or "bootstrap" in result.stdout


def test_a_bootstrap_is_for_lambda_to_run(door):
    help_ = door.run("bootstrap", "--help")
    assert help_.returncode == 0
    assert "Example" in help_.stdout and "provided.al2023" in help_.stdout
    run = door.run("bootstrap", env={})
    assert run.returncode == 1
    assert run.stderr == \
        "bootstrap: AWS_LAMBDA_RUNTIME_API is not set: this is for Lambda to run\n"


def test_version(door):
    result = door.run("--version")
    assert result.returncode == 0
    assert result.stdout.startswith("doorbuster ")


@pytest.mark.parametrize("orders", ["0", "-1", "abc", "1e3", "1.5", "", "99999999999999999999",
                                    "100000001"])
def test_a_number_of_orders_that_cannot_be(door, data, orders):
    door.refuses("demo", f"--orders={orders}", "--data", data, code=2,
                 saying=["--orders", orders, "1 to 100000000", "doorbuster demo --help"])
    assert not data.exists()


@pytest.mark.parametrize("arguments, saying", [
    ((), ["a command is missing", "doorbuster --help"]),
    (("frobnicate",), ["there is no command frobnicate", "doorbuster --help"]),
    (("dlq",), ["a command is missing", "doorbuster dlq --help"]),
    (("dlq", "frobnicate"), ["there is no command frobnicate", "doorbuster dlq --help"]),
    (("demo", "--frobnicate"), ["--frobnicate", "doorbuster demo --help"]),
    (("demo", "frobnicate"), ["frobnicate", "doorbuster demo --help"]),
    (("demo", "--orders", "5", "--from", "x.csv"), ["--orders", "--from"]),
    (("demo", "--corrupt", "101"), ["--corrupt", "101"]),
    (("demo", "--lines", "0"), ["--lines", "0"]),
    (("demo", "--data"), ["--data"]),
    (("report", "--data", "x", "--by", "year"), ["--by", "year"]),
    (("work", "--data", "x"), ["consumer", "doorbuster work --help"]),
    (("work", "billing", "--data", "x"), ["billing", "doorbuster work --help"]),
    (("trace", "--data", "x"), ["id", "doorbuster trace --help"]),
    (("produce", "--data", "x", "--orders", "0"), ["--orders", "doorbuster produce --help"]),
    (("dlq", "list", "--data", "x", "--queue", "sales"), ["--queue", "sales"]),
    (("dlq", "show", "--data", "x"), ["id", "doorbuster dlq show --help"]),
])
def test_bad_usage(door, arguments, saying):
    door.refuses(*arguments, code=2, saying=saying)
