"""--data directories that can't be used, or stop being usable: said clearly, and left as they were."""

import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import tempfile

import pytest

from door import contents

IS_ROOT = os.geteuid() == 0
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


@pytest.fixture
def used(door, data):
    door.numbers("--orders", 300, "--data", data)
    return data


# --- Something else is there --------------------------------------------------------------------


def test_a_file(door, tmp_path):
    file = tmp_path / "file"
    file.write_text("mine\n")
    for command in (("demo", "--orders", 5), ("report",), ("reconcile",), ("dlq", "list")):
        door.refuses(*command, "--data", file, code=2, saying=[str(file), "is not a directory"])
    door.refuses("demo", "--orders", 5, "--data", file / "below", code=2,
                 saying=[str(file / "below"), "Not a directory"])
    assert file.read_text() == "mine\n"


def test_foreign_files(door, data):
    data.mkdir()
    (data / "letters").mkdir()
    (data / "letters" / "dear.txt").write_text("mine\n")
    before = contents(data)
    for command in (("demo", "--orders", 5), ("report",), ("reconcile",), ("dlq", "list"),
                    ("dlq", "purge", "--yes")):
        door.refuses(*command, "--data", data, code=2,
                     saying=[str(data), "not", "doorbuster's", "choose" if "demo" in command
                             else "give the directory of an earlier --data"])
        assert contents(data) == before


def test_a_foreign_engine_directory(door, data):
    (data / "engine").mkdir(parents=True)
    (data / "engine" / "piston.txt").write_text("mine\n")
    before = contents(data)
    door.refuses("demo", "--orders", 5, "--data", data, code=1,
                 saying=[str(data / "engine"), "piston.txt", "choose an empty directory"])
    assert contents(data) == before


def test_no_directory(door, data):
    for command in (("report",), ("reconcile",), ("dlq", "list"), ("dlq", "redrive"),
                    ("dlq", "show", "1"), ("dlq", "purge", "--yes")):
        door.refuses(*command, "--data", data, code=2,
                     saying=[str(data), "does not exist", "give the directory of an earlier"])
        assert not data.exists()


def test_an_empty_directory_will_do(door, data):
    data.mkdir()
    assert door.numbers("--orders", 5, "--data", data)["invoices_uploaded"] == 5


def test_an_awkward_name_will_do(door, tmp_path):
    data = tmp_path / "Black Friday; 'ünï' = 100% $HOME"
    numbers = door.numbers("--orders", 50, "--data", data)
    assert numbers["invoices_uploaded"] == 50
    assert door.numbers("--orders", 50, "--data", data) == numbers


# --- It is damaged, or of another version -------------------------------------------------------


def refused_untouched(door, data, saying):
    before = contents(data)
    for command in (("demo", "--orders", 300), ("report",), ("reconcile",), ("dlq", "list")):
        door.refuses(*command, "--data", data, code=1, saying=saying)
        assert contents(data) == before


def test_a_damaged_manifest(door, used):
    manifest = next((used / "engine" / "db").glob("MANIFEST-*"))
    damaged = bytearray(manifest.read_bytes())
    damaged[100:104] = bytes(255 - byte for byte in damaged[100:104])
    manifest.write_bytes(damaged)
    refused_untouched(door, used, [str(used / "engine"), "is damaged and was left as it is",
                                   "restore it from a backup"])


def test_an_empty_current(door, used):
    (used / "engine" / "db" / "CURRENT").write_bytes(b"")
    refused_untouched(door, used, [str(used / "engine"), "is damaged", "restore it from a backup"])


def test_another_format(door, used):
    (used / "engine" / "FORMAT").write_text("doorbuster 99\n")
    refused_untouched(door, used, [str(used / "engine"), '"doorbuster 99"',
                                   "use the version that made it"])


def foreign_database(path):
    path.unlink()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE recipes (name TEXT)")
    other.close()


@pytest.mark.parametrize("damage, saying", [
    (lambda path: path.write_bytes(b"not a database, but long enough to look at" * 100),
     "not a database"),
    (foreign_database, "it holds tables of something else"),
    (lambda path: shutil.copy(path.parent / "sales.db", path), "Doorbuster sales database"),
], ids=["garbage", "foreign", "the other one"])
def test_another_shipping_database(door, used, damage, saying):
    path = used / "shipping.db"
    damage(path)
    before = path.read_bytes()
    for command in (("demo", "--orders", 300), ("report",), ("reconcile",)):
        result = door.run(*command, "--data", used)
        assert result.returncode == 1
        assert result.stderr.startswith(f"doorbuster: {path} can't be used as the Doorbuster "
                                        "shipping database: ")
        assert saying in result.stderr
        assert "It has not been changed" in result.stderr
        assert path.read_bytes() == before


# --- It may not be written ----------------------------------------------------------------------


@pytest.fixture
def as_nobody(door):
    """The door as used by somebody without rights, and a place that they can see."""
    place = pathlib.Path(tempfile.mkdtemp(prefix="doorbuster-test-"))
    place.chmod(0o755)
    if IS_ROOT:
        if not shutil.which("setpriv"):
            pytest.skip("setpriv is not installed")
        shutil.copy(door.program, place / "doorbuster")
        door.program = str(place / "doorbuster")
        door.before = NOBODY
    yield place
    subprocess.run(["chmod", "-R", "u+w", place], check=True)
    shutil.rmtree(place)


def test_a_read_only_directory(door, as_nobody):
    shut = as_nobody / "shut"
    shut.mkdir()
    shut.chmod(0o555)
    door.refuses("demo", "--orders", 5, "--data", shut, code=2,
                 saying=[str(shut), "can't be written to", "Permission denied"])
    door.refuses("demo", "--orders", 5, "--data", shut / "new", code=2,
                 saying=[str(shut / "new"), "can't be made", "Permission denied"])
    assert list(shut.iterdir()) == []


def test_data_that_may_only_be_read(door, as_nobody):
    data = as_nobody / "data"
    as_somebody, door.before = door.before, []
    numbers = door.numbers("--orders", 300, "--data", data)
    subprocess.run(["chmod", "-R", "a+rX,a-w", data], check=True)
    door.before = as_somebody
    before = contents(data)
    for command in (("demo", "--orders", 300), ("report",), ("reconcile",), ("dlq", "list")):
        door.refuses(*command, "--data", data, code=2,
                     saying=[str(data), "can't be written to", "Permission denied"])
    assert contents(data) == before
    subprocess.run(["chmod", "-R", "u+w", data], check=True)
    door.before = []
    assert door.numbers("--orders", 300, "--data", data) == numbers


def test_a_file_that_may_not_be_read(door, as_nobody):
    file = as_nobody / "invoices.csv"
    file.write_text("secret\n")
    file.chmod(0)
    door.refuses("demo", "--from", file, code=2,
                 saying=[str(file), "may not be read", "check its permissions"])


# --- Somebody else uses it ----------------------------------------------------------------------


def test_a_second_process(door, data):
    first = door.start("demo", "--orders", 10000, "--data", data)
    assert "uploaded" in first.stderr.readline()  # it is at work
    first.send_signal(signal.SIGSTOP)
    _, status = os.waitpid(first.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status), "it was to be stopped in the middle"
    for command in (("demo", "--orders", 10000), ("report",), ("reconcile",), ("dlq", "list"),
                    ("dlq", "purge", "--yes")):
        door.refuses(*command, "--data", data, code=1,
                     saying=[str(data), "is in use by another doorbuster", "stop it first"])
    first.send_signal(signal.SIGCONT)
    out, error = first.communicate(timeout=60)
    assert first.returncode == 0, error
    assert "Every order is accounted for: none lost, none twice." in out
    reconciled = door.json("reconcile", "--data", data)
    assert (reconciled["objects"], reconciled["lost"], reconciled["duplicated"]) == (10000, 0, 0)


# --- The disk is full ---------------------------------------------------------------------------


class Disk:
    """A small disk of its own, seen by nobody but the processes that are run through it."""

    def __init__(self, place):
        self.place = place
        unshare = ["unshare", "-m"] if IS_ROOT else ["unshare", "-rm"]
        hold = f"mount -t tmpfs -o size=200m tmpfs '{place}' && echo ready && cat"
        self.holder = subprocess.Popen([*unshare, "sh", "-c", hold], stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        if self.holder.stdout.readline() != b"ready\n":
            self.close()
            pytest.skip("a disk of a test's own needs the right to mount a tmpfs")
        enter = ["-m"] if IS_ROOT else ["-U", "-m", "--preserve-credentials"]
        self.before = ["nsenter", "-t", str(self.holder.pid), *enter]

    def run(self, *command):
        subprocess.run([*self.before, *map(str, command)], check=True)

    def resize(self, size):
        self.run("mount", "-o", f"remount,size={size}", self.place)

    def close(self):
        self.holder.communicate()


@pytest.fixture
def disk(door, tmp_path):
    place = tmp_path / "disk"
    place.mkdir()
    disk = Disk(place)
    door.before = disk.before
    yield disk
    disk.close()


NUMBERS_3000 = {
    "invoices_uploaded": 3000,
    "shipped": 2936,
    "cancelled": 54,
    "recorded": 2990,
    "dead_lettered": {"shipping": 10, "analytics": 10},
    "lost": 0,
    "duplicated": 0,
}
FULL = ["the disk under ", " is full: free some space and run the same command again"]


# In the making, at the first uploads, with the functions at work, near the end.
@pytest.mark.parametrize("size", ["120k", "300k", "1m", "2m", "4600k"])
def test_a_full_disk(door, disk, size):
    data = disk.place / "data"
    disk.resize(size)
    for _ in range(2):  # still full
        door.refuses("demo", "--orders", 3000, "--data", data, "--json", code=1,
                     saying=[str(data), *FULL])
    disk.resize("200m")
    assert door.numbers("--orders", 3000, "--data", data) == NUMBERS_3000
    assert door.json("reconcile", "--data", data)["objects"] == 3000


@pytest.mark.parametrize("database", ["shipping.db", "sales.db"])
def test_a_full_disk_under_one_database(door, disk, data, database):
    """The engine has space. It must not take a full database for bad invoices."""
    door.numbers("--orders", 10, "--data", data)
    disk.run("mv", data / database, disk.place)
    (data / database).symlink_to(disk.place / database)
    disk.resize("200k")
    for _ in range(4):  # more often than a message is received
        door.refuses("demo", "--orders", 3000, "--data", data, "--json", code=1,
                     saying=[str(data / database), *FULL, "What was acknowledged is kept"])
    disk.resize("200m")
    assert door.numbers("--orders", 3000, "--data", data) == NUMBERS_3000
