"""Object storage as browsers and curl see it: presigned URLs, CORS, the wire's own matters."""

import base64
import hashlib
import http.client
import socket
import zlib

import pytest
from botocore.exceptions import ClientError

from conftest import HOME
from raw import send, signed

CONTENT = b"an invoice\r\n\x00\xff" * 100


def test_presigned_put_and_get(cloud, s3, bucket, tmp_path):
    path = tmp_path / "content"
    path.write_bytes(CONTENT)
    key = "2010/ใบ +&%.json"
    put = s3.generate_presigned_url("put_object", {"Bucket": bucket, "Key": key})
    assert cloud.status("--upload-file", path, put) == (200, b"")
    get = s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": key})
    assert cloud.status(get) == (200, CONTENT)
    status, body = cloud.status(s3.generate_presigned_url("get_object", {
        "Bucket": bucket, "Key": "none"}))
    assert status == 404 and b"<Code>NoSuchKey</Code>" in body
    assert cloud.status("--request", "DELETE", s3.generate_presigned_url(
        "delete_object", {"Bucket": bucket, "Key": key})) == (204, b"")
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


CORS = {"CORSRules": [{"AllowedOrigins": ["http://shop.example"], "AllowedMethods": ["PUT", "GET"],
                       "AllowedHeaders": ["content-type", "x-amz-*"], "ExposeHeaders": ["ETag"],
                       "MaxAgeSeconds": 600}]}


def test_cors(cloud, s3, bucket):
    with pytest.raises(ClientError) as refused:
        s3.get_bucket_cors(Bucket=bucket)
    assert refused.value.response["Error"]["Code"] == "NoSuchCORSConfiguration"
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration=CORS)
    assert s3.get_bucket_cors(Bucket=bucket)["CORSRules"] == CORS["CORSRules"]
    url = f"{cloud.endpoint}/{bucket}/k"

    def preflight(origin, method="PUT", header="Content-Type"):
        shown = cloud.curl("--include", "--request", "OPTIONS", url, "--header",
                           f"Origin: {origin}", "--header",
                           f"Access-Control-Request-Method: {method}", "--header",
                           f"Access-Control-Request-Headers: {header}").stdout.decode().lower()
        return shown.split(" ", 2)[1], shown

    status, shown = preflight("http://shop.example")
    assert status == "200"
    for header in ("access-control-allow-origin: http://shop.example",
                   "access-control-allow-methods: put, get", "access-control-max-age: 600",
                   "access-control-allow-headers: content-type"):
        assert header in shown
    assert preflight("http://other.example")[0] == "403"
    assert preflight("http://shop.example", method="DELETE")[0] == "403"
    assert preflight("http://shop.example", header="x-other")[0] == "403"

    s3.put_object(Bucket=bucket, Key="k", Body=CONTENT)
    get = s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "k"})
    shown = cloud.curl("--include", "--header", "Origin: http://shop.example", get).stdout.lower()
    assert b"access-control-allow-origin: http://shop.example" in shown
    assert b"access-control-expose-headers: etag" in shown


def test_pages_of_other_sites(cloud, s3, sqs, bucket, queue):
    """What a browser sends for a page somewhere else: it can change nothing, but where CORS allows."""
    def page(method, target, host=None, service="s3", **headers):
        scope = f"test/20261127/{HOME}/{service}/aws4_request"
        connection = http.client.HTTPConnection("127.0.0.1", cloud.port, timeout=10)
        connection.request(method, target, body=b"content" if method == "PUT" else None, headers={
            "Host": host or f"localhost:{cloud.port}",
            "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
            **{name.replace("_", "-"): value for name, value in headers.items()}})
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers

    send = f"/?Action=SendMessage&MessageBody=m&QueueUrl={queue}"
    assert page("GET", send, service="sqs", Sec_Fetch_Site="cross-site")[0] == 403
    assert page("POST", send, service="sqs", Origin="http://shop.example")[0] == 403
    assert page("GET", send, service="sqs", host="shop.example")[0] == 403
    assert page("POST", "/2015-03-31/functions", service="lambda",
                Origin="http://shop.example")[0] == 403
    assert "Messages" not in sqs.receive_message(QueueUrl=queue)
    assert page("GET", send, service="sqs", host="host.docker.internal")[0] == 200

    key = f"/{bucket}/k"
    assert page("PUT", key, Origin="http://shop.example")[0] == 403
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration=CORS)
    status, headers = page("PUT", key, Origin="http://shop.example")
    assert status == 200 and "Origin" in headers["Vary"]
    assert page("DELETE", key, Origin="http://shop.example")[0] == 403
    status, headers = page("GET", key, Origin="http://shop.example")
    assert status == 200 and headers["Access-Control-Allow-Origin"] == "http://shop.example"


def test_what_is_not_modified_says_which_one_it_is(cloud, s3, bucket):
    tag = s3.put_object(Bucket=bucket, Key="k", Body=CONTENT, CacheControl="no-cache")["ETag"]
    get = s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "k"})
    shown = cloud.curl("--include", "--header", f"If-None-Match: {tag}", get).stdout.decode()
    assert shown.startswith("HTTP/1.1 304 ")
    assert f"ETag: {tag}" in shown and "Cache-Control: no-cache" in shown


def test_whose_bucket_is_expected(s3, bucket, account):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", ExpectedBucketOwner=account)
    for call in (s3.get_object, s3.delete_object):
        with pytest.raises(ClientError) as refused:
            call(Bucket=bucket, Key="k", ExpectedBucketOwner="999999999999")
        assert refused.value.response["Error"]["Code"] == "AccessDenied"
    with pytest.raises(ClientError):
        s3.delete_bucket(Bucket=bucket, ExpectedBucketOwner="999999999999")
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 1


CHUNKED = {"Content-Encoding": "aws-chunked", "X-Amz-Trailer": "x-amz-checksum-crc32",
           "X-Amz-Decoded-Content-Length": str(len(CONTENT))}


def chunked(content, size):
    checksum = base64.b64encode(zlib.crc32(content).to_bytes(4, "big"))
    pieces = [content[at:at + size] for at in range(0, len(content), size)] + [b""]
    return b"".join(b"%x\r\n%s%s" % (len(piece), piece, b"\r\n" if piece else b"")
                    for piece in pieces) + b"x-amz-checksum-crc32:%s\r\n\r\n" % checksum


@pytest.mark.parametrize("size", [7, 1000, 1_000_000])
def test_chunks_with_a_checksum_behind_them(cloud, s3, bucket, size):
    body = chunked(CONTENT, size)
    status, answer = send(cloud, signed(cloud, "s3", "PUT", f"/{bucket}/k", body, CHUNKED))
    assert status == 200, answer
    got = s3.get_object(Bucket=bucket, Key="k")
    assert got["Body"].read() == CONTENT
    assert "aws-chunked" not in got.get("ContentEncoding", "")


def test_a_body_that_is_shorter_than_said_puts_nothing(cloud, s3, bucket):
    body = chunked(CONTENT[:-1], 1000)
    status, answer = send(cloud, signed(cloud, "s3", "PUT", f"/{bucket}/k", body, CHUNKED))
    assert status == 400 and b"<Code>IncompleteBody</Code>" in answer, answer
    with socket.create_connection(("127.0.0.1", cloud.port)) as connection:
        connection.sendall(b"PUT /%s/k HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf"
                           % bucket.encode())
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_expect_100_continue(cloud, s3, bucket):
    url = s3.generate_presigned_url("put_object", {"Bucket": bucket, "Key": "k"})
    result = cloud.curl("--verbose", "--upload-file", "-", "--header", "Expect: 100-continue",
                        "--header", "Transfer-Encoding:", "--header",
                        f"Content-Length: {len(CONTENT)}", url, input=CONTENT)
    assert b"HTTP/1.1 100 Continue" in result.stderr
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == CONTENT


def test_every_answer_has_a_request_id(cloud, s3, bucket):
    connection = http.client.HTTPConnection("127.0.0.1", cloud.port, timeout=10)
    ids = set()
    for path in (f"/{bucket}/none", f"/{bucket}/none", "/none"):
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        ids.add(answer.headers["x-amz-request-id"])
    assert len(ids) == 3 and None not in ids


def test_the_body_of_a_head_is_not_sent(cloud, s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=CONTENT)
    url = s3.generate_presigned_url("head_object", {"Bucket": bucket, "Key": "k"})
    shown = cloud.curl("--head", url).stdout.lower()
    assert b"content-length: %d" % len(CONTENT) in shown
    digest = hashlib.md5(CONTENT).hexdigest().encode()
    assert b'etag: "%s"' % digest in shown
