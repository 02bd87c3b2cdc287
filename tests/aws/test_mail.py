"""Topics that mail, through a real SMTP conversation: the address confirms by the link it was sent, gets
what is published, also what was published while the mail server was away, and ends it by a link."""

import email
import email.policy
import queue
import re
import socketserver
import threading
import urllib.request

import pytest

from conftest import serving
from door import DEADLINE_S


class Conversation(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a mail server needs."""

    def handle(self):
        self.say("220 test")
        recipient = None
        for line in self.rfile:
            word = line.split()[0].upper() if line.strip() else b""
            if word == b"DATA":
                self.say("354 go on")
                self.server.mails.put((recipient, self.read_mail()))
                self.say("250 taken")
            elif word == b"QUIT":
                return self.say("221 bye")
            elif self.server.refusals > 0 and word == b"RCPT":
                self.server.refusals -= 1
                self.say("451 later")
            else:
                if word == b"RCPT":
                    recipient = re.search(rb"<(.*)>", line)[1].decode()
                self.say("250 ok")

    def say(self, reply):
        self.wfile.write(reply.encode() + b"\r\n")

    def read_mail(self):
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line.removeprefix(b"."))
        return email.message_from_bytes(b"".join(lines), policy=email.policy.default)


class MailServer(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Conversation)
        self.mails = queue.Queue()
        self.refusals = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def next(self):
        return self.mails.get(timeout=DEADLINE_S)


@pytest.fixture
def mail_server():
    with MailServer() as running:
        yield running
        running.shutdown()


def text_of(mail):
    return mail.get_body(("plain",)).get_content()


def visit(text, action):
    link = re.search(rf"http://\S*Action={action}\S*", text)[0]
    with urllib.request.urlopen(link, timeout=DEADLINE_S) as answer:
        assert answer.status == 200


def test_an_address_gets_what_is_published(door, data, mail_server):
    with serving(door, data, "--smtp", mail_server.url, "--mail-from", "shop@example.com") as cloud:
        sns = cloud.client("sns")
        topic = sns.create_topic(Name="OrderNotifications")["TopicArn"]
        shown = cloud.aws("sns", "subscribe", "--topic-arn", topic, "--protocol", "email",
                          "--notification-endpoint", "ada@example.com")
        assert shown.returncode == 0, shown.stderr
        recipient, mail = mail_server.next()
        assert recipient == "ada@example.com"
        assert mail["From"].addresses[0].addr_spec == "shop@example.com"
        visit(text_of(mail), "ConfirmSubscription")

        mail_server.refusals = 1  # it is tried again, after the policy's ten seconds
        sns.publish(TopicArn=topic, Subject="Paid", Message="สั่งซื้อ 7 จ่ายแล้ว\n.\nThank you.")
        recipient, mail = mail_server.next()
        assert (recipient, mail["Subject"]) == ("ada@example.com", "Paid")
        assert text_of(mail).startswith("สั่งซื้อ 7 จ่ายแล้ว\n.\nThank you.\n\n--\n")

        visit(text_of(mail), "Unsubscribe")
        assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []


def test_a_mail_server_that_is_no_url(door, data):
    door.refuses("up", "--data", data, "--port", 0, "--smtp", "carrier pigeon", code=2,
                 saying=["carrier pigeon", "--smtp smtp://HOST:PORT"])
