// Takes the pictures that docs/ shows, where DOORBUSTER_SCREENSHOTS says to; else does nothing.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { fill, kOrder, launch, openPage, openUp, place, submit } from "./shop.mjs";

const directory = process.env.DOORBUSTER_SCREENSHOTS;
const options = { skip: !directory };

const kWide = { width: 1280, height: 800 };
const kTall = { width: 1280, height: 960 };
const kPhone = { width: 360, height: 740 };

let browser;
let shop;
let system;

const api = (path, init = {}) =>
  fetch(`${shop.url}/console/${path}`, {
    ...init,
    headers: { "X-Console": "1", "Content-Type": "application/json", ...init.headers },
  });

async function call(target, request) {
  const response = await api("aws/", {
    method: "POST",
    headers: { "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": target },
    body: JSON.stringify(request),
  });
  assert.equal(response.status, 200, target);
  return response.json();
}

const floods = (size) => api("api/load", { method: "POST", body: JSON.stringify(size) });
const stillness = () => api("api/load", { method: "DELETE" });

before(async () => {
  if (!directory) return;
  mkdirSync(directory, { recursive: true });
  shop = await openUp("--demo", "--payment-latency-ms", "60", "--decline-rate", "0.06");
  browser = await launch();
  system = await (await api("api/system")).json();
  const env = { ...process.env, AWS_ENDPOINT_URL: shop.endpoint };
  const produce = ["produce", "--orders", "3000", "--corrupt", "0.15"];
  await promisify(execFile)(process.env.DOORBUSTER, produce, { env });
});
after(async () => {
  await browser?.close();
  await shop?.stop();
});

// A page of a size that docs/ has, at a path, and the picture of it once it is `ready`.
async function picture(name, path, ready, { size = kWide, anHour, ...how } = {}) {
  const { page, complaints, close } = await openPage(browser, { ...how, viewport: size });
  if (anHour) await page.route("**/console/api/metrics?*", tellAnHour);
  await page.goto(`${shop.url}${path}`);
  if (path.startsWith("/console")) await page.waitForSelector(".connection.live");
  await ready?.(page);
  await page.waitForSelector("main h1");
  await page.waitForFunction(() => !document.querySelector("main .loading"));
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(directory, `${name}.png`) });
  assert.deepEqual(complaints, []);
  await close();
}

// --- An hour --------------------------------------------------------------------------------------

// The program has run for a minute, so its charts would be empty. They get an hour in which a crowd
// came, always the same.
const rush = (minute) => 210 * Math.exp(-(((minute - 34) / 6) ** 2));
const orders = (minute) =>
  118 + 22 * Math.sin(minute / 7) + 9 * Math.sin(minute * 1.9) + rush(minute);
const crowd = (minute) => Math.max(0, orders(minute) - 260);
const kHour = {
  "AWS/SQS/NumberOfMessagesSent/Sum": (at) => Math.round(orders(at)),
  "Doorbuster/PaymentsSucceeded/Sum": (at) => Math.round(orders(at) * 0.94),
  "Doorbuster/PaymentsDeclined/Sum": (at) => Math.round(orders(at) * 0.06 + Math.sin(at * 2.3)),
  "Doorbuster/Revenue/Sum": (at) => orders(at) * (46 + 4 * Math.sin(at * 1.3)),
  "AWS/States/ExecutionsSucceeded/Sum": (at) => Math.round(orders(at) * 0.94),
  "AWS/States/ExecutionsFailed/Sum": (at) => Math.round(orders(at) * 0.06 + Math.sin(at * 2.3)),
  "AWS/States/ExecutionTime/Average": (at) => 96 + 5 * Math.sin(at / 3) + crowd(at) / 5,
  "AWS/States/ExecutionTime/p99": (at) => 151 + 14 * Math.sin(at / 2.1) + crowd(at) / 2,
  "AWS/SQS/ApproximateNumberOfMessagesVisible/Maximum": (at, queue) =>
    Math.round({ "orders-queue": 1, ShippingQueue: 0.5, AnalyticsQueue: 0.3 }[queue] * crowd(at)),
  "AWS/SQS/ApproximateAgeOfOldestMessage/Maximum": (at, queue) =>
    ({ "orders-queue": 0.03, ShippingQueue: 0.014, AnalyticsQueue: 0.008 })[queue] * crowd(at),
  "Doorbuster/CPUUtilization/Average": (at) => 11 + orders(at) / 7,
  "Doorbuster/MemoryUsed/Maximum": (at) => 92e6 + at * 2e5 + crowd(at) * 9e4,
  "Doorbuster/DatabaseSize/Maximum": (at) => 21e6 + at * 3.1e5,
  "Doorbuster/BytesWritten/Sum": (at) => orders(at) * 2.4e4,
  "AWS/Lambda/Invocations/Sum": (at) => Math.round(orders(at)),
  "AWS/Lambda/Errors/Sum": () => 0,
  "AWS/Lambda/Duration/Average": (at) => 63 + Math.sin(at / 3) + crowd(at) / 20,
  "AWS/Lambda/Duration/p99": (at) => 71 + 4 * Math.sin(at / 2.1) + crowd(at) / 6,
};

function tellAnHour(route) {
  const query = new URL(route.request().url()).searchParams;
  const [from, to, period] = ["from", "to", "period"].map((name) => Number(query.get(name)));
  const times = Array.from({ length: (to - from) / period }, (_, at) => from + at * period);
  const series = query.getAll("metric").map((metric) => {
    const parts = metric.split("/");
    const [statistic, resource] = [parts.pop(), parts.pop()];
    const value = kHour[[...parts, statistic].join("/")];
    const letters = resource.toLowerCase().endsWith("dlq");
    const values = times.map((_, at) => (letters || !value ? 0 : value(at, resource)));
    return { metric, values };
  });
  return route.fulfill({ json: { period, times, series } });
}

// --- The shop -------------------------------------------------------------------------------------

test("the shop is pictured", options, async () => {
  await picture("shop-form", "/", (page) => fill(page, kOrder));
  const wrong = { customerName: "", product: "Lantern, brass", amount: "abc", email: "nobody" };
  await picture(
    "shop-faults",
    "/",
    async (page) => {
      await fill(page, wrong);
      await submit(page);
      await page.waitForSelector("#email-fault");
    },
    { size: kTall },
  );
  const { page, close } = await openPage(browser);
  const path = new URL(await place(page, shop.url)).pathname;
  await close();
  await picture("shop-order", path, (page) => page.waitForSelector(".timeline li.done:last-child"));
});

// --- The console ----------------------------------------------------------------------------------

async function declined() {
  const { executions } = await call("AWSStepFunctions.ListExecutions", {
    stateMachineArn: system.state_machine_arn,
    statusFilter: "FAILED",
  });
  for (const { executionArn, name } of executions) {
    const { error } = await call("AWSStepFunctions.DescribeExecution", { executionArn });
    if (error === "PaymentDeclined") return name;
  }
}

const press = (page, name) => page.getByRole("button", { name, exact: true }).click();

test("the console is pictured", options, async () => {
  await picture(
    "console-load",
    "/console/load",
    async (page) => {
      await page.fill("#orders", "3000");
      await page.fill("#rate", "60");
      await page.fill("#invalid", "5");
      await press(page, "Start");
      await sleep(34_000);
    },
    { size: kTall },
  );
  await picture("console-flow", "/console/flow", flows);
  await picture("console-phone", "/console/flow", flows, { size: kPhone, colorScheme: "dark" });
  await stillness();
  await floods({ orders: 1_000, rate: 2 }); // as in the hour
  const hour = { anHour: true, size: kTall };
  await picture("console-now", "/console", charts, hour);
  await picture("console-now-dark", "/console", charts, { ...hour, colorScheme: "dark" });
  await picture("console-function", "/console/functions/ProcessPayment", charts, hour);
  await stillness();
  const name = await declined();
  await picture(
    "console-execution",
    `/console/workflows/${name}`,
    (page) => page.waitForSelector(".state-detail .code"),
    { size: kTall },
  );
  await picture("console-sales", "/console/sales", charts);
  await picture("console-bucket", `/console/buckets/${system.bucket}/invoices/`);
  await picture("console-dead-letters", "/console/dead-letters/shipping");
  const { QueueUrl } = await call("AmazonSQS.CreateQueue", { QueueName: "returns-desk" });
  const MessageBody = JSON.stringify({ order: "K7QM-2XRA-9F3T-PZ0B", reason: "too bright" });
  await call("AmazonSQS.SendMessage", { QueueUrl, MessageBody });
  await picture("console-queue", "/console/queues/returns-desk", async (page) => {
    await press(page, "Poll");
    await page.waitForSelector(".message");
    await page.mouse.move(0, 0);
    await sleep(2_000); // until what is live tells it
  });
});

async function flows(page) {
  await page.waitForSelector(".part");
  await sleep(8_000); // until there are rates
}

async function charts(page) {
  await page.waitForSelector(".plot canvas");
  await sleep(9_000); // until what is live counts
}
