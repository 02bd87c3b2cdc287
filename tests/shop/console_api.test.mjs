// What the console's pages ask of the program, and what it answers to whoever shouldn't ask.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openShop, openUp, post, setUp, talk } from "./shop.mjs";

const kOrder = { customerName: "Ada", product: "LANTERN", amount: 19.99 };
const kAgain = 100; // ms, until what is waited for is looked at again

let shop;

before(async () => {
  shop = await openShop();
});
after(() => shop?.stop());

function ask(path, { method = "GET", body, headers = {}, of = shop } = {}) {
  return fetch(`${of.url}/console/${path}`, {
    method,
    headers: {
      ...(method === "GET" ? {} : { "X-Console": "1" }),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...headers,
    },
    body: typeof body === "object" ? JSON.stringify(body) : body,
  });
}

async function answered(status, response) {
  const text = await response.text();
  assert.equal(response.status, status, text);
  return text.startsWith("{") ? JSON.parse(text) : text;
}

const got = async (path, options) => answered(200, await ask(`api/${path}`, options));
const posted = async (path, body, options) =>
  answered(200, await ask(`api/${path}`, { method: "POST", body, ...options }));

async function refused(status, path, options) {
  const { error } = await answered(status, await ask(path, options));
  assert.match(error, /^.+\.$/);
  return error;
}

// An operation of AWS's, through the console.
async function aws(target, body, of = shop) {
  const headers = { "X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.0" };
  const text = JSON.stringify(body);
  return answered(200, await ask("aws/", { method: "POST", headers, body: text, of }));
}

async function until(look) {
  for (;;) {
    const found = await look();
    if (found) return found;
    await sleep(kAgain);
  }
}

async function live(count, of = shop) {
  const response = await ask("api/live", { of });
  assert.equal(response.headers.get("Content-Type"), "text/event-stream");
  let text = "";
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (text.split("\n\n").length > count) break;
  }
  return text
    .split("\n\n")
    .slice(0, count)
    .map((event) => JSON.parse(event.replace(/^data: /, "")));
}

const letters = (queue, more = "") => got(`dead-letters?queue=${queue}${more}`);

test("the system says what it is made of", async () => {
  const system = await got("system");
  assert.equal(system.set_up, true);
  assert.equal(system.endpoint, shop.endpoint);
  assert.match(system.bucket, /^black-friday-orders-/);
  assert.deepEqual(
    system.queues.map(({ role, name, dead_letter_name }) => [role, name, dead_letter_name]),
    [
      ["orders", "orders-queue", "orders-queue-dlq"],
      ["shipping", "ShippingQueue", "ShippingQueueDLQ"],
      ["analytics", "AnalyticsQueue", "AnalyticsQueueDLQ"],
    ],
  );
  assert.ok(system.functions.includes("ProcessPayment"));
});

test("AWS's own operations are behind the console", async () => {
  const { bucket, account } = await got("system");
  const { QueueUrls } = await aws("AmazonSQS.ListQueues", {});
  assert.equal(QueueUrls.length, 6);
  const page = "<script>document.title = 'taken'</script>";
  const object = `aws/${bucket}/notes/a%20page.html`;
  const put = await ask(object, {
    method: "PUT",
    body: page,
    headers: { "Content-Type": "text/html" },
  });
  await answered(200, put);
  const back = await ask(`${object}?response-content-disposition=attachment`, {
    headers: { "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "document" },
  });
  assert.equal(await back.text(), page);
  assert.match(back.headers.get("Content-Security-Policy"), /\bsandbox\b/);
  assert.equal(back.headers.get("X-Content-Type-Options"), "nosniff");
  assert.equal(back.headers.get("Content-Disposition"), "attachment");
  await refused(403, object, { headers: { "Sec-Fetch-Dest": "script" } });
  const listed = await (await ask(`aws/${bucket}?list-type=2&prefix=notes/`)).text();
  assert.match(listed, /<Key>notes\/a page\.html<\/Key>/);
  const missing = await ask(`aws/${bucket}/nothing`);
  assert.equal(missing.status, 404);
  assert.match(await missing.text(), /<Code>NoSuchKey<\/Code>/);
  // Whoever the request says it is from, it is the system's account's.
  const headers = {
    "X-Amz-Target": "AmazonSQS.GetQueueUrl",
    "Content-Type": "application/x-amz-json-1.0",
    Authorization:
      "AWS4-HMAC-SHA256 Credential=999999999999/20261127/us-west-2/sqs/aws4_request, " +
      "SignedHeaders=host, Signature=00",
  };
  const body = '{"QueueName":"orders-queue"}';
  const { QueueUrl } = await answered(200, await ask("aws/", { method: "POST", headers, body }));
  assert.ok(QueueUrl.includes(account));
  const result = await ask("aws/2015-03-31/functions/ValidateOrder/invocations", {
    method: "POST",
    body: { order: { ...kOrder, orderId: "by-hand" } },
  });
  await answered(200, result);
});

test("a dead letter is shown with its reason, sent back and deleted", async () => {
  const { queues } = await got("system");
  const { url } = queues.find(({ role }) => role === "orders");
  for (const MessageBody of ["<order/>", '{"orderId":1}', "[]"]) {
    await aws("AmazonSQS.SendMessage", { QueueUrl: url, MessageBody });
  }
  const failed = await until(async () => {
    const found = await letters("orders");
    return found.count === 3 && found.letters.length === 3 && found;
  });
  assert.match(failed.letters.find(({ body }) => body === "<order/>").reason, /not JSON/);
  const page = await letters("orders", "&limit=2");
  assert.equal(page.letters.length, 2);
  const rest = await letters("orders", `&limit=2&after=${page.next}`);
  assert.equal(rest.letters.length, 1);
  assert.equal(rest.next, undefined);

  const [{ message_id: first }, { message_id: second }] = failed.letters;
  const redriven = await posted("dead-letters/redrive", {
    queue: "orders",
    message_ids: [first, "gone"],
  });
  assert.deepEqual(redriven, { moved: 1, missing: ["gone"] });
  await until(async () => (await letters("orders")).count === 3); // it failed again
  const deleted = await posted("dead-letters/delete", { queue: "orders", message_ids: [second] });
  assert.deepEqual(deleted, { deleted: 1, missing: [] });
  assert.equal((await letters("orders")).count, 2);
  const all = await posted("dead-letters/redrive", { queue: "orders", all: true });
  assert.equal(all.moved, 2);
  await until(async () => (await letters("orders")).count === 2);
  const { end: before } = await letters("orders");
  const allOfThem = { queue: "orders", all: true, before };
  assert.equal((await posted("dead-letters/delete", allOfThem)).deleted, 2);
  assert.deepEqual((await letters("orders")).letters, []);
});

test("a load is sent at its rate, watched, and in the books", async () => {
  const size = { orders: 300, rate: 200 };
  const started = await ask("api/load", { method: "POST", body: size });
  assert.equal((await answered(202, started)).state, "running");
  await refused(409, "api/load", { method: "POST", body: size });
  const [one, two] = await live(2);
  assert.ok(two.at > one.at);
  assert.ok(two.load.sent > one.load.sent || two.load.state === "done");
  await until(async () => (await live(1))[0].load.state === "done");
  await until(async () => (await got("sales")).totals.sales.invoices >= 300);
  const sales = await got("sales");
  for (const book of ["by_hour", "by_day", "by_country", "products"]) {
    assert.ok(sales[book].length > 0, book);
    assert.match(sales[book][0].sales.amount, /^\d+\.\d\d+$/);
  }
  const csv = await ask("api/sales.csv?by=product");
  assert.match(csv.headers.get("Content-Disposition"), /^attachment/);
  const lines = (await csv.text()).trim().split("\r\n");
  assert.ok(sales.products.length <= 24, "the best by revenue and by units");
  assert.ok(lines.length > sales.products.length);

  await answered(202, await ask("api/load", { method: "POST", body: { orders: 1e6, rate: 1 } }));
  assert.equal((await ask("api/load", { method: "DELETE" })).status, 204);
  await until(async () => (await live(1))[0].load.state === "done");
});

test("a function's failures are in its log", async () => {
  assert.deepEqual(await got("functions/ValidateOrder/log"), { lines: [] });
  const invocations = "aws/2015-03-31/functions/StartOrderWorkflow/invocations";
  const failed = await ask(invocations, { method: "POST", body: { no: "batch" } });
  assert.equal(failed.headers.get("X-Amz-Function-Error"), "Unhandled");
  const { lines } = await got("functions/StartOrderWorkflow/log?lines=1");
  assert.match(lines[0], /\t\[ERROR\] RequestId: .*errorMessage/);
});

test("bad input is refused with what is wrong", async () => {
  for (const body of [
    {},
    { orders: 0, rate: 1 },
    { orders: -1, rate: 1 },
    { orders: 1, rate: 1e5 },
    { orders: 1e7, rate: 1 },
    { orders: "1", rate: 1 },
    { orders: 1, rate: 1, invalid_percent: 101 },
    '{"orders":1e309,"rate":1}',
    "[]",
    "{",
    "",
  ]) {
    await refused(400, "api/load", { method: "POST", body });
  }
  for (const body of [{}, { queue: "orders" }, { queue: "orders", all: true }, { queue: "x", all: true }, { queue: "orders", message_ids: [] }]) {
    await refused(400, "api/dead-letters/delete", { method: "POST", body });
  }
  await refused(413, "api/load", { method: "POST", body: "x".repeat(100_000) });
  await refused(415, "api/load", {
    method: "POST",
    body: "{}",
    headers: { "Content-Type": "text/plain" },
  });
  for (const path of [
    "dead-letters",
    "dead-letters?queue=x",
    "dead-letters?queue=orders&limit=0",
    "dead-letters?queue=orders&limit=1000",
    "dead-letters?queue=orders&after=x",
    "sales.csv?by=year",
    "functions/..%2F..%2Fpasswd/log",
    "functions/ProcessPayment/log?lines=-1",
  ]) {
    await refused(400, `api/${path}`);
  }
  await refused(404, "api/nothing");
  await refused(404, "api/functions/Nobody/log");
  await refused(405, "api/load");
  await refused(405, "somewhere", { method: "POST" });
});

test("other sites' pages change nothing and see nothing", async () => {
  const body = { orders: 1, rate: 1 };
  for (const headers of [
    { "X-Console": "" },
    { Origin: "https://elsewhere.example" },
    { Origin: "null" },
    { "Sec-Fetch-Site": "cross-site" },
    { "Sec-Fetch-Site": "same-site" },
  ]) {
    await refused(403, "api/load", { method: "POST", body, headers });
    await refused(403, "aws/", { method: "POST", body, headers });
  }
  await refused(403, "api/system", { headers: { "Sec-Fetch-Site": "cross-site" } });
  await refused(403, "aws/?Action=ListQueues");
  const same = { Origin: shop.url, "Sec-Fetch-Site": "same-origin" };
  await answered(200, await ask("api/system", { headers: same }));
});

test("a name that was made to mean this machine is not answered", async () => {
  const get = (path, host) =>
    talk(shop.url, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  for (const path of ["/console", "/console/api/system", "/console/aws/", "/metrics"]) {
    assert.match(await get(path, "rebound.example:8000"), /^HTTP\/1\.1 403 .*rebound\.example/s, path);
  }
  for (const host of ["localhost", "127.0.0.1:8000", "[::1]:8000"]) {
    assert.match(await get("/console/api/system", host), /^HTTP\/1\.1 200 /, host);
  }
});

test("on another address the console asks for the token that was printed", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "doorbuster-keys-"));
  const keys = join(directory, "keys.ini");
  writeFileSync(keys, "[root]\naws_access_key_id = KEY\naws_secret_access_key = SECRET\n");
  const open = await openUp("--address", "0.0.0.0", "--credentials", keys);
  t.after(async () => {
    await open.stop();
    rmSync(directory, { recursive: true });
  });
  const of = open;
  const [, token] = /\/console#token=([0-9a-f]{64})\n/.exec(open.said);
  for (const path of ["api/system", "api/live", "aws/", "aws/bucket/key"]) {
    await refused(401, path, { of });
  }
  const sign = (body) => ask("api/session", { method: "POST", body, of });
  for (const guess of ["", token.slice(1), `${token}0`, 1, null]) {
    await answered(401, await sign({ token: guess }));
  }
  const signed = await sign({ token });
  assert.equal(signed.status, 204);
  const set = signed.headers.get("Set-Cookie");
  assert.match(set, /; Path=\/console; HttpOnly; SameSite=Strict$/);
  const headers = { Cookie: set.split(";")[0] };
  assert.equal((await got("system", { of, headers })).set_up, false);
  await answered(200, await ask("aws/", { of, headers }));
  await refused(403, "api/load", {
    method: "POST",
    of,
    body: { orders: 1, rate: 1 },
    headers: { ...headers, Origin: "https://elsewhere.example" },
  });
  assert.equal((await fetch(`${open.url}/metrics`)).status, 401);
  const scrape = { headers: { Authorization: `Bearer ${token}` } };
  assert.equal((await fetch(`${open.url}/metrics`, scrape)).status, 200);
  const out = await ask("api/session", { method: "DELETE", headers, of });
  assert.equal(out.status, 204);
  await refused(401, "api/system", { of, headers });
});

// The queue's consumer, found by its mapping, stopped or started.
async function consume(of, enabled) {
  const mappings = "aws/2015-03-31/event-source-mappings/";
  const { EventSourceMappings } = await answered(200, await ask(mappings, { of }));
  for (const { UUID } of EventSourceMappings) {
    const body = { Enabled: enabled };
    await answered(202, await ask(mappings + UUID, { method: "PUT", body, of }));
  }
  const state = enabled ? "Enabled" : "Disabled";
  await until(async () => {
    const now = await answered(200, await ask(mappings, { of }));
    return now.EventSourceMappings.every(({ State }) => State === state);
  });
}

test("the shop opens when the system is set up, and closes when its queue is full", async (t) => {
  const open = await openUp("--orders-waiting-max", "2", "--payment-latency-ms", "0");
  t.after(() => open.stop());
  const page = await fetch(open.url, { headers: { Accept: "text/html" } });
  assert.equal(page.status, 503);
  assert.match(await page.text(), /doorbuster setup/);
  const early = await post(open.url, kOrder);
  assert.equal(early.status, 503);
  assert.ok(early.headers.get("Retry-After"));
  assert.match((await early.json()).error, /doorbuster setup/);
  await refused(409, "api/load", { method: "POST", body: { orders: 1, rate: 1 }, of: open });
  await refused(409, "api/dead-letters?queue=orders", { of: open });

  await setUp(open);
  assert.equal((await got("system", { of: open })).set_up, true);
  assert.equal((await fetch(open.url)).status, 200);
  await consume(open, false);
  const taken = [];
  const full = await until(async () => {
    const answer = await post(open.url, kOrder);
    if (answer.status !== 202) return answer;
    taken.push((await answer.json()).orderId);
  });
  assert.equal(full.status, 503);
  assert.ok(Number(full.headers.get("Retry-After")) > 0);
  assert.match((await full.json()).error, /Too many orders/);
  await consume(open, true);
  for (const id of taken) {
    await until(async () => {
      const order = await (await fetch(`${open.url}/orders/${id}`)).json();
      return order.events?.some(({ state }) => state === "invoiced");
    });
  }
});

test("a key that waits in the queue with its order is known after kill -9", async (t) => {
  const open = await openShop();
  t.after(() => open.stop());
  await consume(open, false);
  const headers = { "Idempotency-Key": crypto.randomUUID() };
  const { orderId } = await answered(202, await post(open.url, kOrder, headers));
  await open.restart();
  assert.equal((await post(open.url, { ...kOrder, amount: 20 }, headers)).status, 422);
  assert.equal((await answered(202, await post(open.url, kOrder, headers))).orderId, orderId);
  const { ordersWaiting } = await (await fetch(`${open.url}/health`)).json();
  assert.equal(ordersWaiting, 1);
});

test("metrics are the same for charts and for Prometheus", async () => {
  await answered(202, await post(shop.url, kOrder));
  const name = "AWS/SQS/NumberOfMessagesSent/orders-queue";
  const [{ metrics }] = await live(1);
  assert.ok(metrics[name] >= 1);
  const scraped = await fetch(`${shop.url}/metrics`);
  assert.match(scraped.headers.get("Content-Type"), /^text\/plain; version=0\.0\.4/);
  const line = /^doorbuster_aws_sqs_number_of_messages_sent_total\{queue_name="orders-queue"\} (\d+)$/m;
  assert.ok(Number(line.exec(await scraped.text())[1]) >= metrics[name]);
  const now = Math.floor(Date.now() / 1000);
  const asked = await got(`metrics?from=${now - 3600}&to=${now}&period=60&metric=${name}/Sum`);
  assert.equal(asked.times.length, asked.series[0].values.length);
  assert.equal(asked.series[0].metric, `${name}/Sum`);
  for (const query of ["", `from=0&to=${now}&period=60`, `from=${now}&to=0&period=60`, "from=0&to=60&period=7"]) {
    await refused(400, `api/metrics?${query}`);
  }
});
