"""boto3 and the aws command, called alike: an operation's name and its parameters, as AWS has them.

An error is Refused with AWS's code, whichever of the two it came through.
"""

import base64
import json
import re

from botocore import xform_name
from botocore.exceptions import ClientError


class Refused(Exception):
    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code, self.message = code, message


class Boto3:
    def __init__(self, cloud, region):
        self.region = region
        self.clients = {service: cloud.client(service, region) for service in
                        ("s3", "sns", "sqs", "sts")}

    def call(self, service, operation, **parameters):
        try:
            return getattr(self.clients[service], xform_name(operation))(**parameters)
        except ClientError as error:
            raise Refused(error.response["Error"]["Code"],
                          error.response["Error"]["Message"]) from error

    def put(self, bucket, key, content):
        return self.call("s3", "PutObject", Bucket=bucket, Key=key, Body=content)

    def get(self, bucket, key):
        return self.call("s3", "GetObject", Bucket=bucket, Key=key)["Body"].read()

    def redrive(self, source):
        return self.call("sqs", "StartMessageMoveTask", SourceArn=source)["TaskHandle"]


class Command:
    """Debian's aws: its SQS speaks the Query protocol, and is older than message move tasks."""

    def __init__(self, cloud, region):
        self.cloud, self.region = cloud, region

    def call(self, service, operation, **parameters):
        name = xform_name(operation, "-").replace("v-2", "v2")
        return self._run("s3api" if service == "s3" else service, name, "--cli-input-json",
                         json.dumps(parameters, default=lambda b: base64.b64encode(b).decode()))

    def _run(self, *arguments, **options):
        result = self.cloud.aws(*arguments, region=self.region, **options)
        if result.returncode != 0:
            error = re.search(r"An error occurred \((\S+)\) when calling the \w+ operation"
                              r"(?: \(reached max retries: \d+\))?: (.*)",
                              result.stderr)
            assert error, result.stderr
            raise Refused(error[1], error[2])
        return json.loads(result.stdout) if result.stdout.strip() else {}

    def put(self, bucket, key, content):
        path = self.cloud.data.parent / "to-put"
        path.write_bytes(content)
        return self._run("s3api", "put-object", "--bucket", bucket, "--key", key, "--body", path)

    def get(self, bucket, key):
        path = self.cloud.data.parent / "got"
        self._run("s3api", "get-object", "--bucket", bucket, "--key", key, path)
        return path.read_bytes()

    def redrive(self, source):
        status, body = self.cloud.status(
            "--user", "key:secret", "--aws-sigv4", f"aws:amz:{self.region}:sqs",
            "--data", "Action=StartMessageMoveTask&Version=2012-11-05",
            "--data-urlencode", f"SourceArn={source}", self.cloud.endpoint + "/")
        assert status == 200, body
        return re.search(rb"<TaskHandle>(.+?)</TaskHandle>", body)[1].decode()
