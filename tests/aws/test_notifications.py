"""Topics that post to HTTP: the subscription is confirmed, the message is signed, failures are tried
again, and what was published before a restart arrives after it."""

import base64
import http.server
import json
import queue
import subprocess
import threading
import time
import urllib.request

import pytest

from door import DEADLINE_S

# What SNS signs of a notification, in this order.
# https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
SIGNED = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")


class Hook(http.server.ThreadingHTTPServer):
    """Keeps what is posted to it; answers 503 as often as it is told to."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.posts = queue.Queue()
        self.refusals = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/hook"

    def next(self):
        """The next post: its type and its body."""
        return self.posts.get(timeout=DEADLINE_S)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        refused = self.server.refusals > 0
        self.server.refusals -= refused
        self.server.posts.put((self.headers["x-amz-sns-message-type"], body))
        self.send_response(503 if refused else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


@pytest.fixture
def hook():
    with Hook() as running:
        yield running
        running.shutdown()


def subscribed(sns, hook, **attributes):
    """A topic that posts to the hook, after the hook has followed the link to confirm."""
    topic = sns.create_topic(Name="News")["TopicArn"]
    pending = sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=hook.url,
                            Attributes=attributes)
    assert pending["SubscriptionArn"] == "pending confirmation"
    kind, body = hook.next()
    assert (kind, body["Type"]) == ("SubscriptionConfirmation", "SubscriptionConfirmation")
    with urllib.request.urlopen(body["SubscribeURL"], timeout=DEADLINE_S) as answer:
        assert b"<SubscriptionArn>" + topic.encode() in answer.read()
    return topic


def test_a_message_is_posted_and_signed(cloud, sns, hook, tmp_path):
    topic = subscribed(sns, hook)
    sent = sns.publish(TopicArn=topic, Message="Doors open at 5", Subject="Black Friday")
    kind, body = hook.next()
    assert (kind, body["Message"], body["Subject"], body["MessageId"]) == (
        "Notification", "Doors open at 5", "Black Friday", sent["MessageId"])
    text = "".join(f"{name}\n{body[name]}\n" for name in SIGNED)
    with urllib.request.urlopen(body["SigningCertURL"], timeout=DEADLINE_S) as answer:
        (tmp_path / "certificate.pem").write_bytes(answer.read())
    key = subprocess.run(["openssl", "x509", "-pubkey", "-noout", "-in", "certificate.pem"],
                         cwd=tmp_path, check=True, stdout=subprocess.PIPE).stdout
    (tmp_path / "key.pem").write_bytes(key)
    (tmp_path / "signature").write_bytes(base64.b64decode(body["Signature"]))
    verify = ["openssl", "dgst", "-sha1", "-verify", "key.pem", "-signature", "signature"]
    assert subprocess.run(verify, cwd=tmp_path, input=text.encode()).returncode == 0
    assert subprocess.run(verify, cwd=tmp_path, input=text.encode() + b"!").returncode != 0
    with urllib.request.urlopen(body["UnsubscribeURL"], timeout=DEADLINE_S):
        assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []


def test_what_fails_is_posted_again(sns, hook):
    again_at_once = {"healthyRetryPolicy": {"numRetries": 3, "numNoDelayRetries": 3,
                                            "minDelayTarget": 1, "maxDelayTarget": 1}}
    topic = subscribed(sns, hook, DeliveryPolicy=json.dumps(again_at_once))
    hook.refusals = 2
    sns.publish(TopicArn=topic, Message="again")
    assert [hook.next()[1]["Message"] for _ in range(3)] == ["again"] * 3


def test_a_message_outlives_the_server(cloud, sns, hook):
    topic = subscribed(sns, hook)
    hook.refusals = 1
    sns.publish(TopicArn=topic, Message="kept")
    assert hook.next()[1]["Message"] == "kept"  # refused; the next try is 20 seconds away
    cloud.kill()
    cloud.start()
    begin = time.monotonic()
    assert hook.next()[1]["Message"] == "kept"
    assert time.monotonic() - begin < 25
