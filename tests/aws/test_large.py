"""A large object passes in constant memory: put, got whole and got by ranges.

Of 300 MB, unless DOORBUSTER_LARGE_BYTES says how many bytes.
"""

import http.client
import os
import random

SIZE = int(os.environ.get("DOORBUSTER_LARGE_BYTES", 300_000_000))
BLOCK = 1 << 20
MEMORY_MAX = 128 << 20  # bytes, whatever the object's size
BLOCKS = -(-SIZE // BLOCK)
NOISE = random.Random(1).randbytes(BLOCK)
DEADLINE_S = 60 + SIZE // 2_000_000


def block(index):
    """The bytes from index * BLOCK, which no other block has."""
    mark = b"%016d" % index
    return (mark + NOISE[len(mark):])[:SIZE - index * BLOCK]


def blocks():
    return (block(index) for index in range(BLOCKS))


def peak_memory(cloud):
    with open(f"/proc/{cloud.process.pid}/status") as status:
        line, = (line for line in status if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def ask(cloud, method, body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", cloud.port, timeout=DEADLINE_S)
    connection.request(method, "/invoices/large", body, headers)
    return connection.getresponse()


def test_a_large_object_in_constant_memory(cloud, s3, bucket):
    answer = ask(cloud, "PUT", blocks(), **{"Content-Length": str(SIZE)})
    assert answer.status == 200, answer.read()
    answer = ask(cloud, "GET")
    assert (answer.status, int(answer.headers["Content-Length"])) == (200, SIZE)
    for expected in blocks():
        assert answer.read(len(expected)) == expected
    assert answer.read() == b""
    for index in (0, BLOCKS // 2, BLOCKS - 1):
        first, expected = index * BLOCK, block(index)
        answer = ask(cloud, "GET", Range=f"bytes={first}-{first + len(expected) - 1}")
        assert (answer.status, answer.read()) == (206, expected)
    s3.delete_object(Bucket=bucket, Key="large")
    peak = peak_memory(cloud)
    print(f"{SIZE} bytes in {peak >> 20} MiB at the most")
    assert peak < MEMORY_MAX
