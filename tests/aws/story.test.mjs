// An invoice's whole way, in two regions at once, through the AWS SDK for JavaScript, which checks
// the digests of what it sends and receives. test_story.py tells the same through other clients.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { test } from "node:test";

import { clients, sdk, serve } from "./doors.mjs";

const HOME = "us-east-1";
const FAR = "ap-northeast-3";
const INVOICE = JSON.stringify({ InvoiceNo: "536365", CustomerID: "17850" });
const KEY = "2010/ใบ 536365+.json";

function allow(service, action, resource, source) {
  return JSON.stringify({ Version: "2012-10-17", Statement: [{
    Effect: "Allow", Principal: { Service: service }, Action: action, Resource: resource,
    Condition: { ArnLike: { "aws:SourceArn": source } } }] });
}

// Bucket, topic and queues of one region, under the same names in each.
async function setUp(aws) {
  const { Account } = await aws.sts.getCallerIdentity({});
  const arn = (name) => `arn:aws:sqs:${aws.region}:${Account}:${name}`;
  const shop = { aws, arn, bucket: `black-friday-${aws.region}` };
  shop.topic = `arn:aws:sns:${aws.region}:${Account}:NewOrderEvents`;
  const queue = async (name, attributes = {}) => (await aws.sqs.createQueue({
    QueueName: name,
    Attributes: { ...attributes,
      Policy: allow("sns.amazonaws.com", "sqs:SendMessage", arn(name), shop.topic) },
  })).QueueUrl;
  shop.dlq = await queue("ShippingQueueDLQ");
  shop.shipping = await queue("ShippingQueue", { RedrivePolicy: JSON.stringify(
    { deadLetterTargetArn: arn("ShippingQueueDLQ"), maxReceiveCount: 3 }) });
  shop.analytics = await queue("AnalyticsQueue");
  const { TopicArn } = await aws.sns.createTopic({ Name: "NewOrderEvents", Attributes: {
    Policy: allow("s3.amazonaws.com", "sns:Publish", shop.topic,
                  `arn:aws:s3:::${shop.bucket}`) } });
  assert.equal(TopicArn, shop.topic);
  for (const name of ["ShippingQueue", "AnalyticsQueue"])
    await aws.sns.subscribe({ TopicArn, Protocol: "sqs", Endpoint: arn(name) });
  await aws.s3.createBucket({ Bucket: shop.bucket, ...(aws.region !== HOME &&
    { CreateBucketConfiguration: { LocationConstraint: aws.region } }) });
  await aws.s3.putBucketNotificationConfiguration({ Bucket: shop.bucket,
    NotificationConfiguration: { TopicConfigurations: [
      { TopicArn, Events: ["s3:ObjectCreated:*"] }] } });
  return shop;
}

async function tearDown({ aws, bucket, topic, shipping, analytics, dlq }) {
  for (const { Key } of (await aws.s3.listObjectsV2({ Bucket: bucket })).Contents ?? [])
    await aws.s3.deleteObject({ Bucket: bucket, Key });
  await aws.s3.deleteBucket({ Bucket: bucket });
  const { Subscriptions } = await aws.sns.listSubscriptionsByTopic({ TopicArn: topic });
  for (const { SubscriptionArn } of Subscriptions) await aws.sns.unsubscribe({ SubscriptionArn });
  await aws.sns.deleteTopic({ TopicArn: topic });
  for (const QueueUrl of [shipping, analytics, dlq]) await aws.sqs.deleteQueue({ QueueUrl });
}

async function receive(shop, QueueUrl, options = {}) {
  const { Messages = [] } = await shop.aws.sqs.receiveMessage({
    QueueUrl, WaitTimeSeconds: 20, MessageSystemAttributeNames: ["All"],
    MessageAttributeNames: ["All"], ...options });
  return Messages;
}

// The one message that comes, deleted: what S3 said, out of the topic's envelope.
async function take(shop, QueueUrl) {
  const [message] = await receive(shop, QueueUrl);
  assert(message, `nothing came to ${QueueUrl}`);
  await shop.aws.sqs.deleteMessage({ QueueUrl, ReceiptHandle: message.ReceiptHandle });
  const envelope = JSON.parse(message.Body);
  assert.equal(envelope.Type, "Notification");
  assert.equal(envelope.TopicArn, shop.topic);
  return JSON.parse(envelope.Message);
}

// The object that the one event of that queue is about.
async function takeObject(shop, queue) {
  const { Records: [record] } = await take(shop, queue);
  assert.equal(record.eventName, "ObjectCreated:Put");
  assert.equal(record.awsRegion, shop.aws.region);
  assert.equal(record.s3.bucket.name, shop.bucket);
  return record.s3.object;
}

async function assertEmpty({ aws }) {
  assert.equal((await aws.sqs.listQueues({})).QueueUrls ?? undefined, undefined);
  assert.deepEqual((await aws.sns.listTopics({})).Topics ?? [], []);
  assert.deepEqual((await aws.sns.listSubscriptions({})).Subscriptions ?? [], []);
}

test("an invoice through everything", async (t) => {
  const endpoint = await serve(t);
  const home = await setUp(clients(endpoint, HOME));
  const elsewhere = clients(endpoint, FAR);
  await assertEmpty({ aws: elsewhere });
  await assert.rejects(elsewhere.sqs.getQueueUrl({ QueueName: "ShippingQueue" }),
                       { name: "QueueDoesNotExist" });
  const far = await setUp(elsewhere);
  for (const shop of [home, far])
    for (const queue of [shop.shipping, shop.analytics])
      assert.equal((await take(shop, queue)).Event, "s3:TestEvent");

  const { ETag } = await home.aws.s3.putObject({ Bucket: home.bucket, Key: KEY, Body: INVOICE });
  const object = await takeObject(home, home.analytics);
  assert.equal(decodeURIComponent(object.key.replaceAll("+", " ")), KEY);
  assert.equal(`"${object.eTag}"`, ETag);
  const got = await home.aws.s3.getObject({ Bucket: home.bucket, Key: KEY });
  assert.equal(await got.Body.transformToString(), INVOICE);
  await far.aws.s3.putObject({ Bucket: far.bucket, Key: KEY, Body: INVOICE });
  await takeObject(far, far.analytics);
  await takeObject(far, far.shipping);

  for (const attempt of ["1", "2", "3"]) {
    const [message] = await receive(home, home.shipping);
    assert.equal(message.Attributes.ApproximateReceiveCount, attempt);
    await home.aws.sqs.changeMessageVisibility({ QueueUrl: home.shipping, VisibilityTimeout: 0,
      ReceiptHandle: message.ReceiptHandle });
  }
  assert.deepEqual(await receive(home, home.shipping, { WaitTimeSeconds: 0 }), []);
  const [letter] = await receive(home, home.dlq, { VisibilityTimeout: 0 });
  assert.equal(letter.Attributes.DeadLetterQueueSourceArn, home.arn("ShippingQueue"));
  const { TaskHandle } = await home.aws.sqs.startMessageMoveTask(
    { SourceArn: home.arn("ShippingQueueDLQ") });
  assert(TaskHandle);
  assert.deepEqual(await takeObject(home, home.shipping), object);
  const { Results } = await home.aws.sqs.listMessageMoveTasks(
    { SourceArn: home.arn("ShippingQueueDLQ") });
  assert.equal(Results[0].ApproximateNumberOfMessagesMoved, 1);

  for (const shop of [home, far]) await tearDown(shop);
  for (const shop of [home, far]) await assertEmpty(shop);
  assert.deepEqual((await home.aws.s3.listBuckets({})).Buckets ?? [], []);
});

test("batches, attributes of all types, groups", async (t) => {
  const aws = clients(await serve(t), HOME);
  const { QueueUrl } = await aws.sqs.createQueue({ QueueName: "orders.fifo",
    Attributes: { FifoQueue: "true", ContentBasedDeduplication: "true" } });
  const MessageAttributes = {
    Kind: { DataType: "String", StringValue: "รถไฟ 🚂 <&>" },
    Amount: { DataType: "Number", StringValue: "-12.50" },
    Digest: { DataType: "Binary", BinaryValue: Uint8Array.from([0, 1, 254, 255]) },
  };
  const entries = ["a1", "a2", "b1"].map((body) => (
    { Id: body, MessageBody: body, MessageGroupId: body[0], MessageAttributes }));
  for (let time = 0; time < 2; ++time) {  // the second time they are known
    const sent = await aws.sqs.sendMessageBatch({ QueueUrl, Entries: entries });
    assert.equal(sent.Successful.length, 3);
  }
  const shop = { aws };
  const [first] = await receive(shop, QueueUrl, { MaxNumberOfMessages: 1 });
  assert.equal(first.Body, "a1");
  assert.equal(first.MessageAttributes.Kind.StringValue, MessageAttributes.Kind.StringValue);
  assert.deepEqual([...first.MessageAttributes.Digest.BinaryValue], [0, 1, 254, 255]);
  const rest = { MaxNumberOfMessages: 10, WaitTimeSeconds: 0 };
  assert.deepEqual((await receive(shop, QueueUrl, rest)).map((m) => m.Body), ["b1"]);
  const deleted = await aws.sqs.deleteMessageBatch({ QueueUrl, Entries: [
    { Id: "1", ReceiptHandle: first.ReceiptHandle }] });
  assert.equal(deleted.Successful.length, 1);
  assert.deepEqual((await receive(shop, QueueUrl, rest)).map((m) => m.Body), ["a2"]);
  await assert.rejects(aws.sqs.sendMessageBatch({ QueueUrl, Entries: [] }),
                       { name: "EmptyBatchRequest" });
});

test("a stream of unknown length, in parts", async (t) => {
  const aws = clients(await serve(t), HOME);
  await aws.s3.createBucket({ Bucket: "invoices" });
  const content = randomBytes(12 << 20);
  const { Upload } = sdk("@aws-sdk/lib-storage");
  await new Upload({ client: aws.s3, params: { Bucket: "invoices", Key: "k",
    Body: Readable.from([content.subarray(0, 7e6), content.subarray(7e6)]) } }).done();
  const got = await aws.s3.getObject({ Bucket: "invoices", Key: "k" });
  assert(content.equals(Buffer.from(await got.Body.transformToByteArray())));
  await assert.rejects(aws.s3.getObject({ Bucket: "invoices", Key: "none" }),
                       { name: "NoSuchKey" });
  await assert.rejects(aws.s3.deleteBucket({ Bucket: "invoices" }), { name: "BucketNotEmpty" });
});
