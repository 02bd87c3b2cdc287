"""Over TLS boto3 does what it doesn't without: a body goes out in chunks, unsigned, with its
checksum behind it."""

import io
import random
import subprocess

import pytest

from conftest import serving

CONTENT = random.Random(3).randbytes(3_000_000)


@pytest.fixture
def cloud(door, data, tmp_path):
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    subprocess.run(["/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1", "-subj",
                    "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key,
                    "-out", certificate], check=True, stderr=subprocess.DEVNULL)
    with serving(door, data, "--certificate", certificate, "--private-key", key,
                 certificate=str(certificate)) as running:
        yield running


def note_headers(s3):
    """What each request said of its body."""
    noted = []
    s3.meta.events.register("before-send.s3", lambda request, **_: noted.append([
        value.decode() if isinstance(value, bytes) else value for value in (
            request.headers.get("X-Amz-Content-SHA256"), request.headers.get("X-Amz-Trailer"))]))
    return noted


def test_a_checksum_behind_the_body(s3, bucket):
    noted = note_headers(s3)
    for algorithm in ("CRC32", "SHA256", "CRC64NVME"):
        s3.put_object(Bucket=bucket, Key=algorithm, Body=io.BytesIO(CONTENT),
                      ChecksumAlgorithm=algorithm)
        assert noted[-1] == ["STREAMING-UNSIGNED-PAYLOAD-TRAILER",
                             f"x-amz-checksum-{algorithm.lower()}"]
        got = s3.get_object(Bucket=bucket, Key=algorithm, ChecksumMode="ENABLED")
        assert got["Body"].read() == CONTENT
        assert got[f"Checksum{algorithm}"]


def test_parts_with_checksums_behind_them(s3, bucket):
    s3.upload_fileobj(io.BytesIO(CONTENT * 4), bucket, "k")
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == CONTENT * 4


def test_messages(sqs, queue):
    sqs.send_message(QueueUrl=queue, MessageBody="m")
    assert sqs.receive_message(QueueUrl=queue)["Messages"][0]["Body"] == "m"
