"""The program serving the AWS protocols, and clients of it that nobody told anything about it.

Each test has a server of its own, on a port and a directory of its own.
"""

import contextlib
import os
import re
import signal
import ssl
import subprocess
import threading
import time
import urllib.request

import boto3
import pytest
from botocore.config import Config

from door import DEADLINE_S, data, door  # noqa: F401

HOME = "us-east-1"
FAR = "ap-northeast-3"

# No test depends on what its caller has set up for the AWS he really uses, nor goes there.
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ.update(AWS_ACCESS_KEY_ID="key", AWS_SECRET_ACCESS_KEY="secret", AWS_REGION=HOME,
                  AWS_CONFIG_FILE="/nonexistent", AWS_SHARED_CREDENTIALS_FILE="/nonexistent",
                  AWS_EC2_METADATA_DISABLED="true", AWS_PAGER="", NO_PROXY="*")


class Cloud:
    """`doorbuster up` on a directory; it may be stopped, killed and started again."""

    def __init__(self, door, data, *options, certificate=None):
        self.door, self.data, self.options = door, data, options
        self.certificate = certificate  # with it, https; clients trust nobody else
        self.process = self.endpoint = None
        self.port = 0

    def start(self):
        """Returns once it serves."""
        self.process = self.door.start("up", "--data", self.data, "--port", self.port,
                                       "--shop-port", 0, *self.options)
        self.endpoint, self.port = self._announced()
        trust = ssl.create_default_context(cafile=self.certificate) if self.certificate else None
        with urllib.request.urlopen(self.endpoint + "/_doorbuster/health", context=trust,
                                    timeout=DEADLINE_S) as answer:
            assert answer.status == 200
        return self

    def _announced(self):
        watchdog = threading.Timer(DEADLINE_S, self.process.kill)
        watchdog.start()
        try:
            for line in self.process.stdout:
                if found := re.search(r"AWS +(https?://127\.0\.0\.1:(\d+))", line):
                    return found[1], int(found[2])
        finally:
            watchdog.cancel()
        raise AssertionError("it ended unserved: " + self.process.stderr.read())

    def stop(self, how=signal.SIGTERM):
        """Its exit code."""
        self.process.send_signal(how)
        self.process.communicate(timeout=DEADLINE_S)
        return self.process.returncode

    def kill(self):
        assert self.stop(signal.SIGKILL) == -signal.SIGKILL

    def client(self, service, region=HOME, keys=("key", "secret"), retries=False, **config):
        if not retries:
            config["retries"] = {"total_max_attempts": 1}
        config.setdefault("s3", {"addressing_style": "path"})
        config.setdefault("signature_version", "v4" if service != "s3" else "s3v4")
        session = boto3.session.Session(*keys, region_name=region)
        return session.client(service, endpoint_url=self.endpoint, verify=self.certificate,
                              config=Config(connect_timeout=5, read_timeout=40, **config))

    def curl(self, *arguments, **options):
        """What curl shows: standard output is bytes."""
        options.setdefault("timeout", DEADLINE_S)
        return subprocess.run(["/usr/bin/curl", "--silent", "--show-error", "--noproxy", "*",
                               *map(str, arguments)], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, **options)

    def status(self, *arguments, **options):
        """The HTTP status that curl gets, and the body."""
        result = self.curl(*arguments, "--write-out", "\n%{http_code}", **options)
        assert result.returncode == 0, result.stderr
        body, _, status = result.stdout.rpartition(b"\n")
        return int(status), body

    def aws(self, *arguments, region=HOME, **options):
        """Debian's own aws, whatever else is in the PATH."""
        options.setdefault("timeout", DEADLINE_S)
        return subprocess.run(
            ["/usr/bin/aws", "--endpoint-url", self.endpoint, "--region", region,
             "--output", "json", *map(str, arguments)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "AWS_MAX_ATTEMPTS": "1"}, **options)


@contextlib.contextmanager
def serving(door, data, *options, **more):
    cloud = Cloud(door, data, *options, **more)
    try:
        yield cloud.start()
    finally:
        if cloud.process.poll() is None:
            cloud.process.kill()
            cloud.process.communicate()


@pytest.fixture
def cloud(door, data):
    with serving(door, data) as running:
        yield running


@pytest.fixture
def s3(cloud):
    return cloud.client("s3")


@pytest.fixture
def sqs(cloud):
    return cloud.client("sqs")


@pytest.fixture
def sns(cloud):
    return cloud.client("sns")


@pytest.fixture
def account(cloud):
    return cloud.client("sts").get_caller_identity()["Account"]


@pytest.fixture
def bucket(s3):
    s3.create_bucket(Bucket="invoices")
    return "invoices"


@pytest.fixture
def queue(sqs):
    return sqs.create_queue(QueueName="orders")["QueueUrl"]


def receive_all(sqs, queue, count):
    """Bodies of that many messages, each deleted; fails when they are not there in time."""
    bodies = []
    deadline = time.monotonic() + DEADLINE_S
    while len(bodies) < count:
        assert time.monotonic() < deadline, f"{len(bodies)} of {count} messages came"
        for message in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10,
                                           WaitTimeSeconds=2).get("Messages", []):
            bodies.append(message["Body"])
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return bodies
