"""Objects through boto3: keys, ranges, conditions, copies, listings, tags, checksums, parts."""

import base64
import hashlib
import io
import random
import urllib.parse
import zlib

import pytest
from botocore.exceptions import ClientError

from conftest import serving
from door import program

KEYS = [
    "plain.json", "a folder/with spaces.json", "a+b", "100%", "%41", "a&b=c", "#fragment", "what?",
    "quote'\"quote", "a/../b", "../up", "./here", "a//b", "/leading", "trailing/", "<tag>&amp;",
    "back\\slash", "ใบแจ้งหนี้/๒๕๕๓.json", "🚂.json", "~tilde*star!(paren)", "semi;colon:at@,$=",
    "a\tb\nc", "x" * 1024,
]


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One server for the tests that each keep to a key."""
    with serving(program(), tmp_path_factory.mktemp("shared") / "data") as cloud:
        s3 = cloud.client("s3")
        s3.create_bucket(Bucket="invoices")
        yield s3, "invoices"


def code_of(refused):
    return refused.value.response["Error"]["Code"]


def status_of(refused):
    return refused.value.response["ResponseMetadata"]["HTTPStatusCode"]


@pytest.mark.parametrize("key", KEYS, ids=lambda key: ascii(key)[:20])
def test_a_key_that_needs_care(shared, key):
    s3, bucket = shared
    content = key.encode()
    s3.put_object(Bucket=bucket, Key=key, Body=content, Metadata={"of": "key"})
    got = s3.get_object(Bucket=bucket, Key=key)
    assert got["Body"].read() == content
    assert got["Metadata"] == {"of": "key"}
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=key)["Contents"]
    assert key in [entry["Key"] for entry in listed]
    s3.copy_object(Bucket=bucket, Key="copy of it", CopySource={"Bucket": bucket, "Key": key})
    assert s3.get_object(Bucket=bucket, Key="copy of it")["Body"].read() == content
    s3.delete_object(Bucket=bucket, Key=key)
    with pytest.raises(ClientError) as refused:
        s3.head_object(Bucket=bucket, Key=key)
    assert code_of(refused) == "404"


def test_ranges(s3, bucket):
    content = random.Random(1).randbytes(3_000_000)
    s3.put_object(Bucket=bucket, Key="k", Body=content)

    def ranged(text):
        got = s3.get_object(Bucket=bucket, Key="k", Range=text)
        return got["ResponseMetadata"]["HTTPStatusCode"], got.get("ContentRange"), got["Body"].read()

    assert ranged("bytes=0-0") == (206, "bytes 0-0/3000000", content[:1])
    assert ranged("bytes=1000000-2000000") == \
        (206, "bytes 1000000-2000000/3000000", content[1000000:2000001])
    assert ranged("bytes=2999999-") == (206, "bytes 2999999-2999999/3000000", content[-1:])
    assert ranged("bytes=-10") == (206, "bytes 2999990-2999999/3000000", content[-10:])
    assert ranged("bytes=0-99999999") == (206, "bytes 0-2999999/3000000", content)
    with pytest.raises(ClientError) as refused:
        ranged("bytes=3000000-")
    assert (code_of(refused), status_of(refused)) == ("InvalidRange", 416)


def test_conditions(s3, bucket):
    first = s3.put_object(Bucket=bucket, Key="k", Body=b"first")
    assert s3.get_object(Bucket=bucket, Key="k", IfMatch=first["ETag"])["Body"].read() == b"first"
    for condition, code, status in [({"IfMatch": '"0"'}, "PreconditionFailed", 412),
                                    ({"IfNoneMatch": first["ETag"]}, "304", 304)]:
        with pytest.raises(ClientError) as refused:
            s3.get_object(Bucket=bucket, Key="k", **condition)
        assert (code_of(refused), status_of(refused)) == (code, status)
    with pytest.raises(ClientError) as refused:
        s3.put_object(Bucket=bucket, Key="k", Body=b"second", IfNoneMatch="*")
    assert (code_of(refused), status_of(refused)) == ("PreconditionFailed", 412)
    s3.put_object(Bucket=bucket, Key="new", Body=b"", IfNoneMatch="*")
    s3.put_object(Bucket=bucket, Key="k", Body=b"second", IfMatch=first["ETag"])
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"second"


def test_what_is_said_of_an_object_comes_back(s3, bucket):
    said = {"ContentType": "application/json", "CacheControl": "no-cache",
            "ContentDisposition": "attachment; filename=\"a.json\"", "ContentEncoding": "identity",
            "ContentLanguage": "th", "Metadata": {"invoice": "536365", "who": "a b"}}
    s3.put_object(Bucket=bucket, Key="k", Body=b"{}", **said)
    head = s3.head_object(Bucket=bucket, Key="k")
    assert {name: head[name] for name in said} == said
    assert head["ETag"] == f'"{hashlib.md5(b"{}").hexdigest()}"'
    s3.copy_object(Bucket=bucket, Key="same", CopySource=f"{bucket}/k")
    same = s3.head_object(Bucket=bucket, Key="same")
    assert {name: same[name] for name in said} == said
    s3.copy_object(Bucket=bucket, Key="other", CopySource=f"{bucket}/k",
                   MetadataDirective="REPLACE", ContentType="text/plain", Metadata={"new": "1"})
    other = s3.head_object(Bucket=bucket, Key="other")
    assert (other["ContentType"], other["Metadata"]) == ("text/plain", {"new": "1"})
    shown = s3.get_object(Bucket=bucket, Key="k", ResponseContentType="text/csv")
    assert shown["ContentType"] == "text/csv"


def test_listings(s3, bucket):
    keys = [f"2010/{month:02}/{n:03}.json" for month in range(1, 4) for n in range(20)] + ["top"]
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=b"")

    def listed(operation="list_objects_v2", size=7, **parameters):
        pages = list(s3.get_paginator(operation).paginate(
            Bucket=bucket, PaginationConfig={"PageSize": size}, **parameters))
        for page in pages:
            entries = len(page.get("Contents", [])) + len(page.get("CommonPrefixes", []))
            assert entries <= size
        return ([entry["Key"] for page in pages for entry in page.get("Contents", [])],
                [entry["Prefix"] for page in pages for entry in page.get("CommonPrefixes", [])])

    for operation in ("list_objects_v2", "list_objects"):
        assert listed(operation) == (keys, [])
        assert listed(operation, Prefix="2010/02/") == (keys[20:40], [])
        assert listed(operation, Delimiter="/") == (["top"], ["2010/"])
        assert listed(operation, size=2, Delimiter="/", Prefix="2010/") == \
            ([], ["2010/01/", "2010/02/", "2010/03/"])
        assert listed(operation, Prefix="nothing") == ([], [])
    assert listed(StartAfter="2010/03/018.json") == (["2010/03/019.json", "top"], [])


def test_a_thousand_deleted_at_once(s3, bucket):
    for n in range(60):
        s3.put_object(Bucket=bucket, Key=f"a+b &{n}", Body=b"")
    deleted = s3.delete_objects(Bucket=bucket, Delete={"Objects": [
        {"Key": f"a+b &{n}"} for n in range(1000)]})
    assert len(deleted["Deleted"]) == 1000 and not deleted.get("Errors")
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    quiet = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "k"}], "Quiet": True})
    assert not quiet.get("Deleted")
    with pytest.raises(ClientError) as refused:
        s3.delete_objects(Bucket=bucket, Delete={"Objects": [
            {"Key": str(n)} for n in range(1001)]})
    assert code_of(refused) == "MalformedXML"


def test_tags(s3, bucket):
    tags = [{"Key": "kind", "Value": "invoice + co"}, {"Key": "year", "Value": "2010"}]
    s3.put_object(Bucket=bucket, Key="k", Body=b"", Tagging=urllib.parse.urlencode(
        {tag["Key"]: tag["Value"] for tag in tags}))
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == tags
    assert s3.get_object(Bucket=bucket, Key="k")["TagCount"] == 2
    s3.put_object_tagging(Bucket=bucket, Key="k", Tagging={"TagSet": tags[1:]})
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == tags[1:]
    s3.delete_object_tagging(Bucket=bucket, Key="k")
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == []
    with pytest.raises(ClientError) as refused:
        s3.get_bucket_tagging(Bucket=bucket)
    assert code_of(refused) == "NoSuchTagSet"
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tags})
    assert s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == tags


CONTENT = b"checked " * 5000


def crc32(content):
    return base64.b64encode(zlib.crc32(content).to_bytes(4, "big")).decode()


def test_checksums_that_the_sdk_makes(s3, bucket):
    for algorithm in ("CRC32", "CRC32C", "SHA1", "SHA256", "CRC64NVME"):
        put = s3.put_object(Bucket=bucket, Key=algorithm, Body=CONTENT, ChecksumAlgorithm=algorithm)
        name = "Checksum" + algorithm
        assert put[name]
        head = s3.head_object(Bucket=bucket, Key=algorithm, ChecksumMode="ENABLED")
        assert head[name] == put[name]
        got = s3.get_object(Bucket=bucket, Key=algorithm, ChecksumMode="ENABLED")
        assert got["Body"].read() == CONTENT
        assert got[name] == put[name]
    assert s3.put_object(Bucket=bucket, Key="k", Body=CONTENT)["ChecksumCRC32"] == crc32(CONTENT)


def test_a_wrong_checksum_puts_nothing(s3, bucket):
    for wrong in ({"ChecksumCRC32": crc32(b"other")},
                  {"ChecksumSHA256": base64.b64encode(bytes(32)).decode()},
                  {"ContentMD5": base64.b64encode(bytes(16)).decode()}):
        with pytest.raises(ClientError) as refused:
            s3.put_object(Bucket=bucket, Key="k", Body=CONTENT, **wrong)
        assert code_of(refused) == "BadDigest"
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


class Pipe(io.RawIOBase):
    """A stream that can neither be rewound nor measured."""

    def __init__(self, content):
        self.content = io.BytesIO(content)

    def readable(self):
        return True

    def readinto(self, buffer):
        return self.content.readinto(buffer)


def test_a_stream_that_cannot_seek(s3, bucket):
    content = random.Random(2).randbytes(20_000_000)  # in parts of 8 MiB
    s3.upload_fileobj(io.BufferedReader(Pipe(content)), bucket, "k")
    got = io.BytesIO()
    s3.download_fileobj(bucket, "k", got)
    assert got.getvalue() == content
    assert s3.head_object(Bucket=bucket, Key="k")["ETag"].endswith('-3"')


def test_an_upload_in_parts(s3, bucket):
    size = 5 << 20
    parts = [random.Random(n).randbytes(size if n < 2 else 17) for n in range(3)]
    upload = {"Bucket": bucket, "Key": "big", "UploadId": s3.create_multipart_upload(
        Bucket=bucket, Key="big", ContentType="text/csv")["UploadId"]}
    tags = [s3.upload_part(PartNumber=n + 1, Body=part, **upload)["ETag"]
            for n, part in enumerate(parts)]
    listed = s3.list_parts(**upload)["Parts"]
    assert [(p["PartNumber"], p["ETag"], p["Size"]) for p in listed] == \
        [(n + 1, tags[n], len(part)) for n, part in enumerate(parts)]
    assert [u["Key"] for u in s3.list_multipart_uploads(Bucket=bucket)["Uploads"]] == ["big"]
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    entries = [{"PartNumber": n + 1, "ETag": tag} for n, tag in enumerate(tags)]
    for wrong, code in ((entries[::-1], "InvalidPartOrder"),
                        ([{"PartNumber": 9, "ETag": tags[0]}], "InvalidPart")):
        with pytest.raises(ClientError) as refused:
            s3.complete_multipart_upload(MultipartUpload={"Parts": wrong}, **upload)
        assert code_of(refused) == code
    done = s3.complete_multipart_upload(MultipartUpload={"Parts": entries}, **upload)
    digest = hashlib.md5(b"".join(hashlib.md5(part).digest() for part in parts)).hexdigest()
    assert done["ETag"] == f'"{digest}-3"'
    again = s3.complete_multipart_upload(MultipartUpload={"Parts": entries}, **upload)
    assert (again["ETag"], again["Location"]) == (done["ETag"], done["Location"])
    got = s3.get_object(Bucket=bucket, Key="big")
    assert got["Body"].read() == b"".join(parts) and got["ContentType"] == "text/csv"
    with pytest.raises(ClientError) as refused:
        s3.list_parts(**upload)
    assert code_of(refused) == "NoSuchUpload"


@pytest.mark.parametrize("algorithm", ["CRC32", "CRC32C", "CRC64NVME"])
def test_the_checksum_of_an_object_sent_in_parts(s3, bucket, algorithm):
    """The SDK computes each part's, and says for itself what the whole object's must be."""
    field = f"Checksum{algorithm}"
    parts = [random.Random(n).randbytes(size) for n, size in enumerate((5 << 20, 17))]
    whole = s3.put_object(Bucket=bucket, Key="whole", Body=b"".join(parts),
                          ChecksumAlgorithm=algorithm)[field]
    upload = {"Bucket": bucket, "Key": "big", "UploadId": s3.create_multipart_upload(
        Bucket=bucket, Key="big", ChecksumAlgorithm=algorithm,
        ChecksumType="FULL_OBJECT")["UploadId"]}
    entries = [{"PartNumber": n + 1, "ETag": sent["ETag"], field: sent[field]} for n, sent in (
        (n, s3.upload_part(PartNumber=n + 1, Body=part, ChecksumAlgorithm=algorithm, **upload))
        for n, part in enumerate(parts))]
    completion = {"MultipartUpload": {"Parts": entries}, "ChecksumType": "FULL_OBJECT", **upload}
    with pytest.raises(ClientError) as refused:
        s3.complete_multipart_upload(**completion, **{field: entries[0][field]})
    assert code_of(refused) == "BadDigest"
    done = s3.complete_multipart_upload(**completion, **{field: whole})
    assert (done[field], done["ChecksumType"]) == (whole, "FULL_OBJECT")
    head = s3.head_object(Bucket=bucket, Key="big", ChecksumMode="ENABLED")
    assert (head[field], head["ChecksumType"]) == (whole, "FULL_OBJECT")


def test_an_upload_given_up(s3, bucket):
    upload = {"Bucket": bucket, "Key": "big", "UploadId": s3.create_multipart_upload(
        Bucket=bucket, Key="big")["UploadId"]}
    s3.upload_part(PartNumber=1, Body=b"x", **upload)
    s3.abort_multipart_upload(**upload)
    with pytest.raises(ClientError) as refused:
        s3.upload_part(PartNumber=2, Body=b"x", **upload)
    assert code_of(refused) == "NoSuchUpload"
    assert not s3.list_multipart_uploads(Bucket=bucket).get("Uploads")
    s3.delete_bucket(Bucket=bucket)


def test_a_bucket_by_its_host_name(cloud, bucket):
    host = f"{bucket}.localhost"
    for name in (host, f"{bucket}.s3.localhost"):
        status, _ = cloud.status(
            "--resolve", f"{name}:{cloud.port}:127.0.0.1", "--user", "key:secret",
            "--aws-sigv4", "aws:amz:us-east-1:s3", "--data-binary", "content", "--request", "PUT",
            f"http://{name}:{cloud.port}/k")
        assert status == 200
        got = cloud.client("s3").get_object(Bucket=bucket, Key="k")
        assert got["Body"].read() == b"content"
        cloud.client("s3").delete_object(Bucket=bucket, Key="k")
