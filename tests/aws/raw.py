"""Requests that no SDK would send: signed by botocore, then sent as they are."""

import datetime
import http.client
import unittest.mock
import urllib.parse

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from conftest import HOME
from door import DEADLINE_S


def signed(cloud, service, method, path, body=b"", headers=(), keys=("key", "secret"),
           region=HOME, auth=None, age_s=0, **options):
    """A request as it would have been signed `age_s` ago; it may still be tampered with."""
    request = AWSRequest(method, cloud.endpoint + path, data=body, headers=dict(headers))
    if request.headers.get("X-Amz-Trailer"):  # said so, botocore takes the body for chunks
        request.context["checksum"] = {"request_algorithm": {"in": "trailer"}}
    then = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=age_s)
    auth = auth or (S3SigV4Auth if service == "s3" else SigV4Auth)
    with unittest.mock.patch("botocore.auth.get_current_datetime",
                             lambda remove_tzinfo=True: then.replace(tzinfo=None)):
        auth(Credentials(*keys), service, region, **options).add_auth(request)
    return request.prepare()


def send(cloud, request, body=None):
    """The status and the body of the answer."""
    url = urllib.parse.urlsplit(request.url)
    target = url.path + ("?" + url.query if url.query else "")
    connection = http.client.HTTPConnection("127.0.0.1", cloud.port, timeout=DEADLINE_S)
    try:
        connection.request(request.method, target, request.body if body is None else body,
                           dict(request.headers.items()))
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
