"""The digests that SQS answers, as its developer guide defines them.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
"""

import hashlib
import struct


def of_body(body):
    return hashlib.md5(body.encode()).hexdigest()


def of_attributes(attributes):
    digest = hashlib.md5()

    def add(content):
        digest.update(struct.pack(">I", len(content)) + content)

    for name in sorted(attributes):
        value = attributes[name]
        add(name.encode())
        add(value["DataType"].encode())
        binary = value["DataType"].startswith("Binary")
        digest.update(b"\x02" if binary else b"\x01")
        add(value["BinaryValue"] if binary else value["StringValue"].encode())
    return digest.hexdigest()
