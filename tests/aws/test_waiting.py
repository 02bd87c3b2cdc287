"""Long polls: who waits is woken at once, takes nothing when he goes, and does not hold up the end."""

import http.client
import json
import signal
import socket
import threading
import time

import pytest

from raw import signed

AT_ONCE_S = 2  # of the 20 that a poll may wait; what is awaited takes milliseconds


def in_flight(sqs, queue):
    attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    return int(attributes["ApproximateNumberOfMessagesNotVisible"])


class Poll(threading.Thread):
    """A receive that waits up to 20 seconds, in the background."""

    def __init__(self, cloud, queue):
        super().__init__(daemon=True)
        self.sqs, self.queue = cloud.client("sqs"), queue
        self.messages = self.error = self.ended = None
        self.start()

    def run(self):
        try:
            self.messages = self.sqs.receive_message(
                QueueUrl=self.queue, WaitTimeSeconds=20).get("Messages", [])
        except Exception as error:  # shown by whoever expected none
            self.error = error
        self.ended = time.monotonic()


def raw_poll(cloud, queue):
    """The same over a bare connection, sent and not yet answered."""
    request = signed(cloud, "sqs", "POST", "/",
                     b'{"QueueUrl": "%s", "WaitTimeSeconds": 20}' % queue.encode(),
                     {"Content-Type": "application/x-amz-json-1.0",
                      "X-Amz-Target": "AmazonSQS.ReceiveMessage"})
    head = [f"{request.method} / HTTP/1.1", f"Host: 127.0.0.1:{cloud.port}",
            f"Content-Length: {len(request.body)}"]
    head += [f"{name}: {value}" for name, value in request.headers.items()
             if name.lower() not in ("host", "content-length")]
    connection = socket.create_connection(("127.0.0.1", cloud.port), timeout=10)
    connection.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + request.body)
    return connection


def settle(sqs):
    """By when it is answered, what was sent before it has been taken up, too."""
    for _ in range(20):
        sqs.list_queues()


def test_a_message_wakes_who_waits(cloud, sqs, queue):
    polls = [Poll(cloud, queue) for _ in range(3)]
    settle(sqs)
    for poll_count in (1, 2, 3):
        sent = time.monotonic()
        sqs.send_message(QueueUrl=queue, MessageBody=str(poll_count))
        while sum(poll.ended is not None for poll in polls) < poll_count:
            assert time.monotonic() < sent + AT_ONCE_S
            time.sleep(0.002)
    assert sorted(poll.messages[0]["Body"] for poll in polls) == ["1", "2", "3"]


def test_an_empty_queue_is_waited_for_as_long_as_asked(sqs, queue):
    begun = time.monotonic()
    assert "Messages" not in sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1)
    assert 0.95 <= time.monotonic() - begun < 1 + AT_ONCE_S


def test_a_publish_wakes_who_waits(cloud, sqs, sns, queue, account):
    arn = f"arn:aws:sqs:us-east-1:{account}:orders"
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":'
        '{"Service":"sns.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"%s"}]}' % arn)})
    topic = sns.create_topic(Name="events")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    poll = Poll(cloud, queue)
    settle(sqs)
    sns.publish(TopicArn=topic, Message="hello")
    poll.join(AT_ONCE_S)
    assert poll.messages and "hello" in poll.messages[0]["Body"], poll.error


def test_a_message_that_becomes_visible_again_wakes_who_waits(cloud, sqs, queue):
    sqs.send_message(QueueUrl=queue, MessageBody="m")
    message, = sqs.receive_message(QueueUrl=queue, VisibilityTimeout=1)["Messages"]
    begun = time.monotonic()
    again, = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)["Messages"]
    assert time.monotonic() - begun < 1 + AT_ONCE_S
    assert again["MessageId"] == message["MessageId"]


@pytest.mark.parametrize("how", ["close", "shutdown", "reset"])
def test_who_goes_away_takes_nothing(cloud, sqs, queue, how):
    gone = [raw_poll(cloud, queue) for _ in range(5)]
    settle(sqs)
    for connection in gone:
        if how == "shutdown":
            connection.shutdown(socket.SHUT_RDWR)
        elif how == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.close()
    settle(sqs)
    sqs.send_message(QueueUrl=queue, MessageBody="m")
    begun = time.monotonic()
    message, = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20,
                                   AttributeNames=["All"])["Messages"]
    assert time.monotonic() - begun < AT_ONCE_S
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"
    assert in_flight(sqs, queue) == 1


def answer_of(connection):
    """What is answered; the connection stays open behind it or is closed."""
    connection.settimeout(AT_ONCE_S)
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    body = json.loads(answer.read())
    connection.close()
    return answer.status, body


def test_a_queue_deleted_under_who_waits(cloud, sqs, queue):
    poll = raw_poll(cloud, queue)
    settle(sqs)
    sqs.delete_queue(QueueUrl=queue)
    status, body = answer_of(poll)
    assert (status, body) == (200, {}) or body["__type"].endswith("#QueueDoesNotExist")


def test_the_end_answers_who_waits(cloud, sqs, queue):
    polls = [raw_poll(cloud, queue) for _ in range(10)]
    settle(sqs)
    begun = time.monotonic()
    assert cloud.stop(signal.SIGTERM) == 0
    assert time.monotonic() - begun < AT_ONCE_S
    for poll in polls:
        status, body = answer_of(poll)
        assert status == 200 and not body.get("Messages")
    cloud.start()
    assert sqs.get_queue_url(QueueName="orders")["QueueUrl"]
