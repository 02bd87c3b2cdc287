// The operators' console in a browser, before a system that has seen orders come and go.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import {
  checkAccess,
  checkFits,
  countBytes,
  fakeStreams,
  kOrder,
  launch,
  openPage,
  openShop,
  openStreams,
  picture,
  place,
  post,
  turnTo,
} from "./shop.mjs";

const kFirstLoadMax = 150_000; // bytes, compressed
const kViewMax_ms = 1_000; // far more than it takes, so that a busy machine doesn't fail
const kOrders = 24;

let browser;
let shop;
let system;
let failed; // the name of an execution that failed

// As the console's own pages ask.
async function ask(path, init = {}) {
  const headers = { "X-Console": "1", ...init.headers };
  const response = await fetch(`${shop.url}${path}`, { ...init, headers });
  assert.ok(response.ok, `${path} answered ${response.status}: ${await response.clone().text()}`);
  return response;
}

async function call(target, request) {
  const headers = { "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": target };
  const init = { method: "POST", headers, body: JSON.stringify(request) };
  return (await ask("/console/aws/", init)).json();
}

const put = (key, body) =>
  ask(`/console/aws/${system.bucket}/${key}`, { method: "PUT", body: JSON.stringify(body) });

const queueOf = (role) => system.queues.find((queue) => queue.role === role);

const kPatience = 60_000; // ms

async function eventually(what, happened) {
  const end = Date.now() + kPatience;
  for (;;) {
    const found = await happened();
    if (found) return found;
    assert.ok(Date.now() < end, `waited too long until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function lettersIn(role) {
  return (await ask(`/console/api/dead-letters?queue=${role}&limit=50`)).json();
}

const invoice = (number, price) => ({
  invoice: number,
  country: "Thailand",
  lines: [{ stock_code: "71053", description: "Lantern", quantity: 3, unit_price: price }],
});

// An invoice that nobody can ship: in time it rests with both halves' dead letters.
async function spoil(number) {
  await put(`invoices/${number}.json`, invoice(number, "-1.00"));
  for (const role of ["shipping", "analytics"]) {
    await eventually(`${number} is given up on`, async () =>
      (await lettersIn(role)).letters.some((letter) => letter.key?.includes(number)),
    );
  }
}

async function failOne() {
  const id = "spoilt-1";
  const body = JSON.stringify({ orderId: id, customerName: "Ada", product: "x", amount: -5 });
  await call("AmazonSQS.SendMessage", { QueueUrl: queueOf("orders").url, MessageBody: body });
  const executionArn = `${system.state_machine_arn.replace(":stateMachine:", ":execution:")}:${id}`;
  await eventually("the execution failed", async () => {
    const listed = await call("AWSStepFunctions.ListExecutions", {
      stateMachineArn: system.state_machine_arn,
      statusFilter: "FAILED",
    });
    return listed.executions.some((each) => each.executionArn === executionArn);
  });
  return id;
}

before(async () => {
  [browser, shop] = await Promise.all([launch(), openShop()]);
  system = await (await ask("/console/api/system")).json();
  for (let i = 0; i < kOrders; i++) {
    await post(shop.url, { ...kOrder, amount: 12.5 + i, customerName: `Customer ${i}` });
  }
  failed = await failOne();
  await Promise.all(["wrong-1", "wrong-2", "wrong-3"].map(spoil));
});
after(async () => {
  await browser?.close();
  await shop?.stop();
});

const figure = async (page, label) => {
  const tile = page.locator(".tile", { hasText: label }).first();
  return Number((await tile.locator("strong").textContent()).replace(/\D/g, ""));
};

const press = (page, name) => page.getByRole("button", { name, exact: true }).click();

// A view, as far as it has anything to wait for.
async function open(page, path, heading) {
  await page.goto(`${shop.url}/console${path}`);
  await page.waitForSelector("main h1");
  if (heading) assert.equal(await page.textContent("main h1"), heading);
  await page.waitForSelector(".connection.live");
  await page.waitForFunction(() => !document.querySelector("main .loading"));
}

test("an order that is placed in the shop is seen by the operator", async () => {
  const { page, complaints, close } = await openPage(browser);
  await open(page, "", "Now");
  await page.waitForSelector(".plot canvas");
  const orders = await figure(page, "Orders in the last hour");
  const customer = await openPage(browser);
  const id = (await place(customer.page, shop.url)).split("/").at(-1);
  await page.waitForFunction(
    ([label, before]) => {
      const tile = [...document.querySelectorAll(".tile")].find((each) =>
        each.textContent.includes(label),
      );
      return Number(tile.querySelector("strong").textContent.replace(/\D/g, "")) > before;
    },
    ["Orders in the last hour", orders],
  );
  await page.click("nav >> text=Workflows");
  await page.fill("input[type=search]", id);
  await page.keyboard.press("Enter");
  await page.click(`main table >> text=${id}`);
  await page.waitForSelector(".state.succeeded[data-state=OrderCompleted]");
  assert.equal(await page.textContent("main h1"), id);
  await page.click("text=The order’s page");
  await page.waitForURL(`**/orders/${id}`);
  assert.deepEqual([...complaints, ...customer.complaints], []);
  await customer.close();
  await close();
});

test("the graph of a failed execution shows where it failed and why", async () => {
  const { page, complaints, close } = await openPage(browser);
  await open(page, "/workflows", "Workflows");
  await press(page, "Failed");
  await page.click(`main table >> text=${failed}`);
  await page.waitForSelector(".state.failed[data-state=OrderInvalid]");
  const fared = (state) =>
    page.getAttribute(`.state[data-state=${state}]`, "class").then((all) => all.split(" ")[1]);
  assert.equal(await fared("ValidateOrder"), "succeeded");
  assert.equal(await fared("NotifyOrderInvalid"), "succeeded");
  assert.equal(await fared("ProcessPayment"), "untouched");
  assert.equal(await page.locator(".arc.taken").count(), 3);
  assert.match(await page.textContent("main .notice"), /OrderInvalid/);
  await page.focus(".state[data-state=ValidateOrder]");
  await page.keyboard.press("Enter");
  assert.match(await page.textContent(".state-detail .code"), /"amount": -5/);
  assert.deepEqual(complaints, []);
  await close();
});

test("a redrive says what came of it", async () => {
  const { page, complaints, close } = await openPage(browser);
  await open(page, `/workflows/${failed}`, failed);
  await press(page, "Redrive");
  await page.waitForSelector(".toast >> text=It failed again: OrderInvalid");
  await page.waitForSelector(".view-text >> text=redriven once");
  const step = page.locator("main table tr", { hasText: "OrderInvalid" });
  assert.equal(await step.locator("td").last().textContent(), "2");
  assert.equal(await page.locator(".attempts li", { hasText: "OrderInvalid" }).count(), 2);
  assert.deepEqual(complaints, []);
  await close();
});

const kMended = {
  StartAt: "Both",
  States: {
    Both: {
      Type: "Parallel",
      Branches: [
        { StartAt: "Waits", States: { Waits: { Type: "Wait", Seconds: 3600, End: true } } },
        { StartAt: "Runs", States: { Runs: { Type: "Pass", End: true } } },
        { StartAt: "Breaks", States: { Breaks: { Type: "Fail", Error: "Broken" } } },
      ],
      Catch: [{ ErrorEquals: ["States.ALL"], Next: "Begin" }],
      Next: "Enough",
    },
    Begin: { Type: "Pass", Result: { n: 0 }, Next: "Count" },
    Count: { Type: "Pass", Parameters: { "n.$": "States.MathAdd($.n, 1)" }, Next: "Enough" },
    Enough: {
      Type: "Choice",
      Choices: [{ Variable: "$.n", NumericLessThan: 3, Next: "Count" }],
      Default: "Done",
    },
    Done: { Type: "Succeed" },
  },
};

test("what was cut off in a part that failed is told from what went well", async () => {
  const { stateMachineArn } = await call("AWSStepFunctions.CreateStateMachine", {
    name: "Mended",
    definition: JSON.stringify(kMended),
    roleArn: `arn:aws:iam::${system.account}:role/mended`,
  });
  await call("AWSStepFunctions.StartExecution", { stateMachineArn, name: "one", input: "{}" });
  const { page, complaints, close } = await openPage(browser);
  await open(page, `/workflows/one?machine=${encodeURIComponent(stateMachineArn)}`, "one");
  await page.waitForSelector(".state.succeeded[data-state=Done]");
  const fared = (state) =>
    page.getAttribute(`.state[data-state=${state}]`, "class").then((all) => all.split(" ")[1]);
  assert.equal(await fared("Both"), "caught");
  assert.equal(await fared("Breaks"), "failed");
  assert.equal(await fared("Waits"), "aborted");
  assert.equal(await fared("Runs"), "succeeded");
  // Each round of a loop is a step of its own.
  const counts = page.locator("main table tr", { hasText: "Count" });
  for (const [round, n] of [[0, 0], [1, 1], [2, 2]]) {
    await counts.nth(round).getByRole("button").click();
    const input = await page.textContent(`[aria-label="Count: Input"]`);
    assert.deepEqual(JSON.parse(input), { n });
    assert.equal(await page.locator("main table tr.open").count(), 1);
  }
  assert.deepEqual(complaints, []);
  await close();
});

// Each of its states can be skipped: there are as many ways through as the Fibonacci numbers say.
function ladder(rungs) {
  const name = (rung) => `Rung${Math.min(rung, rungs)}`;
  const States = { [name(rungs)]: { Type: "Succeed" } };
  for (let rung = 0; rung < rungs; rung++) {
    const Choices = [{ Variable: "$.skip", BooleanEquals: true, Next: name(rung + 2) }];
    States[name(rung)] = { Type: "Choice", Choices, Default: name(rung + 1) };
  }
  return { StartAt: name(0), States };
}

test("a graph that can be gone through in many ways is drawn", async () => {
  const { stateMachineArn } = await call("AWSStepFunctions.CreateStateMachine", {
    name: "Ladder",
    definition: JSON.stringify(ladder(60)),
    roleArn: `arn:aws:iam::${system.account}:role/ladder`,
  });
  const input = JSON.stringify({ skip: false });
  await call("AWSStepFunctions.StartExecution", { stateMachineArn, name: "up", input });
  const { page, complaints, close } = await openPage(browser);
  await open(page, `/workflows/up?machine=${encodeURIComponent(stateMachineArn)}`, "up");
  await page.waitForSelector(".state.succeeded[data-state=Rung60]");
  assert.equal(await page.locator(".arc.taken").count(), 60);
  assert.deepEqual(complaints, []);
  await close();
});

test("a payment that was declined is told from a failure", async () => {
  const strict = await openShop("--decline-rate", "1");
  const { page, complaints, close } = await openPage(browser);
  try {
    const { orderId } = await (await post(strict.url, kOrder)).json();
    await eventually("the order is declined", async () => {
      const order = await (await fetch(`${strict.url}/orders/${orderId}`)).json();
      return order.final;
    });
    await page.goto(`${strict.url}/console/workflows`);
    await page.locator("main tr", { hasText: orderId }).locator(".badge.declined").waitFor();
    await page.click(`main table >> text=${orderId}`);
    await page.waitForSelector(".state.declined[data-state=PaymentDeclined]");
    assert.equal(await page.locator(".badge.bad, .notice.stop, .state.failed").count(), 0);
    assert.equal(await page.locator("main .primary").count(), 0);
    await checkAccess(page);
    await picture(page, "console-declined", {});
    await page.click("nav >> text=Flow");
    await page.waitForSelector(".verdict .badge.good");
    await page.waitForSelector(".flow .part-state >> text=no failures");
    assert.deepEqual(complaints, []);
  } finally {
    await close();
    await strict.stop();
  }
});

test("going back comes to the list as it was", async () => {
  const { page, complaints, close } = await openPage(browser);
  await open(page, "/workflows", "Workflows");
  await press(page, "Failed");
  await page.click(`main table >> text=${failed}`);
  await page.waitForSelector(".state.failed[data-state=OrderInvalid]");
  await page.goBack();
  await page.waitForSelector("main h1 >> text=Workflows");
  assert.equal(await page.textContent(".choice [aria-pressed=true]"), "Failed");
  await page.locator("main table tbody tr").first().waitFor();
  await page.reload();
  await page.locator("main table tbody tr").first().waitFor();
  assert.equal(await page.textContent(".choice [aria-pressed=true]"), "Failed");
  await press(page, "Declined");
  await page.waitForSelector("main >> text=No execution is like that.");
  assert.deepEqual(complaints, []);
  await close();
});

test("a function that is not there has no page", async () => {
  const { page, close } = await openPage(browser);
  await page.goto(`${shop.url}/console/functions/nope`);
  await page.waitForSelector("main [role=alert] >> text=nope");
  assert.equal(await page.locator("main form, main .chart").count(), 0);
  await close();
});

test("an answer that is late is waited for", async () => {
  const { page, close } = await openPage(browser);
  await page.clock.install();
  let asked = 0;
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route("**/console/aws/", async (route) => {
    if (route.request().headers()["x-amz-target"] === "AmazonSQS.ListQueues") {
      asked++;
      await held;
    }
    await route.continue();
  });
  await page.goto(`${shop.url}/console/queues`);
  await eventually("the queues are asked for", () => asked > 0);
  await page.clock.runFor(20_000);
  assert.equal(asked, 1);
  release();
  await page.waitForSelector("main table >> text=ShippingQueue");
  await page.clock.runFor(4_000);
  await eventually("they are asked for again", () => asked > 1);
  await close();
});

test("what was found is not taken for what is asked for now", async () => {
  const { page, close } = await openPage(browser);
  await open(page, "/workflows", "Workflows");
  await page.waitForSelector(`main table >> text=${failed}`);
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route("**/console/aws/", async (route) => {
    if (!route.request().postData().includes('"TIMED_OUT"')) return route.continue();
    await held;
    return route.fulfill({ status: 500, body: '{"message":"The disk is full."}' });
  });
  await press(page, "Timed out");
  await page.waitForSelector("main [aria-busy=true] table");
  release();
  await page.waitForSelector("main .notice >> text=The disk is full.");
  assert.equal(await page.locator("main table").count(), 0);
  await close();
});

test("a dead letter is mended and redriven", async () => {
  const { page, complaints, close } = await openPage(browser);
  await open(page, "/dead-letters/shipping", "Dead letters");
  await page.click(`text=wrong-1`);
  const detail = page.locator(".letter-detail");
  assert.match(await detail.textContent(), /unit price -1/);
  await detail.locator("text=Lantern").waitFor();
  await put("invoices/wrong-1.json", invoice("wrong-1", "2.50"));
  await page.locator("tr", { hasText: "wrong-1" }).first().locator("input").check();
  await press(page, "Redrive 1");
  await page.waitForSelector("text=1 message is back in ShippingQueue.");
  await eventually("the letter is gone for good", async () => {
    const { letters } = await lettersIn("shipping");
    return letters.length === 2 && letters.every((letter) => !letter.key.includes("wrong-1"));
  });
  await page.waitForFunction(() => !document.querySelector("table").textContent.includes("wrong-1"));
  assert.deepEqual(complaints, []);
  await close();
});

test("what is deleted can be had back for five seconds", async () => {
  const { page, complaints, close } = await openPage(browser);
  await open(page, "/dead-letters/analytics");
  const before = (await lettersIn("analytics")).count;
  await page.locator("tr", { hasText: "wrong-2" }).first().locator("input").check();
  await press(page, "Delete 1");
  const dialog = page.locator("dialog");
  assert.match(await dialog.textContent(), /Delete 1 dead letter\?It leaves AnalyticsQueueDLQ.*five seconds/s);
  await checkAccess(page);
  await picture(page, "console-delete");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await press(page, "Delete 1");
  await press(page, "Delete 1 letter");
  // By the keyboard as well: the focus is there at once.
  await page.waitForSelector(".undo:focus");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".leaving", { state: "detached" });
  await page.waitForFunction(() => document.activeElement.textContent.includes("Delete 1"));
  await press(page, "Delete 1");
  await press(page, "Delete 1 letter");
  await page.waitForSelector(".undo:focus");
  await page.keyboard.press("Control+z");
  await page.waitForSelector(".leaving", { state: "detached" });
  assert.equal((await lettersIn("analytics")).count, before);
  await press(page, "Delete 1");
  await press(page, "Delete 1 letter");
  await page.waitForSelector("text=1 dead letter is deleted.");
  assert.equal((await lettersIn("analytics")).count, before - 1);
  assert.deepEqual(complaints, []);
  await close();
});

test("dead letters are sorted by what they failed for, and chosen all at once", async () => {
  await put("invoices/empty-1.json", { invoice: "empty-1", country: "Thailand", lines: [] });
  await eventually("it is given up on", async () =>
    (await lettersIn("shipping")).letters.some((letter) => letter.key?.includes("empty-1")),
  );
  const { page, complaints, close } = await openPage(browser);
  await open(page, "/dead-letters/shipping");
  await page.locator(".kinds button", { hasText: "unit price" }).click();
  await page.waitForFunction(
    () => !document.querySelector("main table").textContent.includes("empty-1"),
  );
  await checkAccess(page);
  const rows = await page.locator("main tbody tr").count();
  await page.locator("main thead input").check();
  assert.equal(await page.locator("main tbody input:checked").count(), rows);
  await page.getByRole("button", { name: `Delete ${rows}`, exact: true }).waitFor();
  await page.reload();
  await page.locator("main tbody tr").first().waitFor();
  assert.equal(await page.locator("main tbody tr").count(), rows);
  await page.locator(".kinds button", { hasText: "All" }).click();
  await page.waitForSelector("main table >> text=empty-1");
  await page.locator("main tr", { hasText: "empty-1" }).locator("input").check();
  await press(page, "Delete 1");
  await press(page, "Delete 1 letter");
  await page.waitForSelector("text=1 dead letter is deleted.");
  assert.deepEqual(complaints, []);
  await close();
});

test("on a phone a dead letter is opened before the list, and closed by going back", async () => {
  const { page, complaints, close } = await openPage(browser, { width: 360 });
  await open(page, "/dead-letters/analytics");
  await page.click("main table >> text=wrong-3");
  const dialog = page.locator("dialog");
  assert.match(await dialog.textContent(), /unit price -1/);
  await checkFits(page);
  await page.reload();
  await dialog.waitFor();
  await page.goBack();
  await dialog.waitFor({ state: "detached" });
  assert.equal(new URL(page.url()).search, "");
  assert.deepEqual(complaints, []);
  await close();
});

test("a letter that comes while they are read is shown, and not deleted with them", async () => {
  const { page, complaints, close } = await openPage(browser);
  const refused = (MessageBody) =>
    call("AmazonSQS.SendMessage", { QueueUrl: queueOf("orders").url, MessageBody });
  await refused("first");
  await open(page, "/dead-letters/orders", "Dead letters");
  await page.waitForSelector("text=1 dead letter");
  await press(page, "Delete all");
  await page.waitForSelector("dialog >> text=Delete 1 dead letter?");
  await refused("second");
  await eventually("it is given up on, too", async () => (await lettersIn("orders")).count === 2);
  await page.waitForSelector("text=2 dead letters");
  await press(page, "Delete 1 letter");
  await page.waitForSelector("text=1 dead letter is deleted.");
  await page.waitForFunction(() => document.querySelectorAll("main tbody tr").length === 1);
  const { letters } = await lettersIn("orders");
  assert.deepEqual(letters.map(({ body }) => body), ["second"]);
  await press(page, "Delete all");
  await press(page, "Delete 1 letter");
  await page.waitForSelector("text=There are no dead letters in orders-queue.");
  assert.deepEqual(complaints, []);
  await close();
});

// A queue beside the system's own, which nobody but the operator polls.
async function openEar() {
  const QueueName = "ear";
  const { QueueUrl } = await call("AmazonSQS.CreateQueue", { QueueName });
  const arn = queueOf("shipping").arn.replace("ShippingQueue", QueueName);
  const Policy = JSON.stringify({
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "sns.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: arn,
      },
    ],
  });
  await call("AmazonSQS.SetQueueAttributes", { QueueUrl, Attributes: { Policy } });
  const subscribe = { Action: "Subscribe", TopicArn: system.topic_arn, Protocol: "sqs", Endpoint: arn };
  const body = new URLSearchParams({ ...subscribe, Version: "2010-03-31" });
  await ask("/console/aws/", { method: "POST", body });
  return QueueName;
}

test("a file that is dropped is uploaded, and its event polled from the queue", async () => {
  const queue = await openEar();
  const { page, complaints, close } = await openPage(browser);
  await open(page, `/buckets/${system.bucket}/dropped/`, system.bucket);
  const content = JSON.stringify(invoice("dropped-1", "2.00"));
  const files = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], "dropped 1.json", { type: "application/json" }));
    return transfer;
  }, content);
  await page.dispatchEvent(".drop", "dragover", { dataTransfer: files });
  assert.match(await page.getAttribute(".drop", "class"), /over/);
  await page.dispatchEvent(".drop", "drop", { dataTransfer: files });
  await page.waitForSelector(".transfer-done");
  assert.equal(await page.textContent(".drop [role=status]"), "dropped 1.json: uploaded. ");
  await page.click("main table >> text=dropped 1.json");
  const dialog = page.locator("dialog");
  await dialog.locator("text=dropped-1").waitFor();
  await checkAccess(page);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    dialog.locator("text=Download").click(),
  ]);
  assert.equal(readFileSync(await download.path(), "utf8"), content);
  await page.keyboard.press("Escape");
  await page.click("nav >> text=Queues");
  await page.click(`main table >> text=${queue}`);
  await page.waitForSelector(`main h1 >> text=${queue}`);
  await press(page, "Poll");
  const message = page.locator(".message").first();
  await message.waitFor();
  assert.match(await message.textContent(), /dropped\/dropped/);
  await press(message, "Delete");
  await message.waitFor({ state: "detached" });
  await page.waitForSelector("main [role=status] >> text=1 message received.");
  assert.deepEqual(complaints, []);
  await close();
});

test("folders are gone down into, as far as an object", async () => {
  const key = "folders/deep/leaf.json";
  await put(key, { leaf: true });
  const { page, complaints, close } = await openPage(browser);
  await open(page, "/buckets");
  await page.click(`main table >> text=${system.bucket}`);
  await page.click("main table >> text=folders/");
  await page.click("main table >> text=deep/");
  assert.match(await page.textContent("main tbody tr"), /leaf\.json13 bytes/);
  await page.click("main table >> text=leaf.json");
  await page.locator("dialog >> text=leaf").first().waitFor();
  assert.match(await page.textContent("dialog"), /"leaf": true/);
  await page.keyboard.press("Escape");
  await page.click(".crumbs >> text=folders");
  await page.locator("main table >> text=deep/").waitFor();
  assert.equal(new URL(page.url()).pathname, `/console/buckets/${system.bucket}/folders/`);
  await page.click(".crumbs >> text=Bucket root");
  await page.locator("main table >> text=folders/").waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test("a message is sent, polled and given back", async () => {
  await call("AmazonSQS.CreateQueue", { QueueName: "by-hand" });
  const { page, complaints, close } = await openPage(browser);
  await open(page, "/queues/by-hand", "by-hand");
  const script = "<img src=x onerror=\"document.title='taken'\">";
  await page.fill("#body", script);
  await press(page, "Send");
  await page.waitForSelector("text=Sent as");
  await press(page, "Poll");
  await page.waitForSelector(".message");
  assert.equal(await page.textContent(".message .code"), script);
  await press(page, "Give back now");
  await page.waitForSelector(".message", { state: "detached" });
  await press(page, "Poll");
  await page.waitForSelector(".message");
  assert.notEqual(await page.title(), "taken");
  assert.deepEqual(complaints, []);
  await close();
});

test("the calls of all functions are asked for, however many there are", async () => {
  const { page, complaints, close } = await openPage(browser);
  const names = Array.from({ length: 120 }, (_, at) => `Function${at}`);
  const Functions = names.map((FunctionName) => ({ FunctionName }));
  await page.route("**/2015-03-31/functions/**", (route) => route.fulfill({ json: { Functions } }));
  const asked = [];
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.pathname.endsWith("/metrics")) asked.push(url.searchParams.getAll("metric"));
  });
  await open(page, "/functions", "Functions");
  const counted = (name) => asked.flat().includes(`AWS/Lambda/Invocations/${name}/Sum`);
  await eventually("the last one's calls are asked for", () => names.every(counted));
  assert.ok(asked.every((metrics) => metrics.length <= 100));
  await page.waitForFunction(() => {
    const last = [...document.querySelectorAll("main tbody tr")].at(-1);
    return last.children[2].textContent === "0";
  });
  assert.deepEqual(complaints, []);
  await close();
});

test("a message is shown as it was written, only indented", async () => {
  const QueueName = "as-written";
  const { QueueUrl } = await call("AmazonSQS.CreateQueue", { QueueName });
  const body = `{"id":12345678901234567890,"amount":10.00,"a":1,"a":"[{,\\"}","none":[],"of":{"it":[1,{}]}}`;
  await call("AmazonSQS.SendMessage", { QueueUrl, MessageBody: body });
  const { page, close } = await openPage(browser);
  await open(page, `/queues/${QueueName}`, QueueName);
  await press(page, "Poll");
  await page.waitForSelector(".message");
  const lines = [
    "{",
    '  "id": 12345678901234567890,',
    '  "amount": 10.00,',
    '  "a": 1,',
    '  "a": "[{,\\"}",',
    '  "none": [],',
    '  "of": {',
    '    "it": [',
    "      1,",
    "      {}",
    "    ]",
    "  }",
    "}",
  ];
  assert.equal(await page.textContent(".message .code"), lines.join("\n"));
  await close();
});

test("a function is called by hand", async () => {
  const { page, complaints, close } = await openPage(browser);
  await open(page, "/functions/ValidateOrder", "ValidateOrder");
  await page.waitForSelector("text=Nothing has been printed yet.");
  assert.match(await page.inputValue("#event"), /TEST-/);
  await page.fill("#event", "{");
  assert.match(await page.textContent(".fault"), /This is not JSON/);
  await page.fill("#event", JSON.stringify({ orderId: "o-1", amount: 19.99 }));
  await press(page, "Call");
  await page.waitForSelector("text=Answered");
  assert.match(await page.textContent("[aria-label=Answer]"), /"isValid": true/);
  assert.deepEqual(complaints, []);
  await close();
});

test("every function has an example that works", async () => {
  const { page, complaints, close } = await openPage(browser);
  for (const name of ["ValidateOrder", "ProcessPayment", "SendNotification", "StartOrderWorkflow"]) {
    await open(page, `/functions/${name}`, name);
    await press(page, "Call");
    await page.waitForSelector(".answer .badge");
    assert.equal(await page.textContent(".answer .badge"), "Answered", name);
  }
  await open(page, "/functions/ProcessPayment", "ProcessPayment");
  const example = await page.inputValue("#event");
  await press(page, "Last real event");
  await page.waitForFunction((was) => document.querySelector("#event").value !== was, example);
  assert.match(await page.inputValue("#event"), /"attempt": 0/);
  assert.deepEqual(complaints, []);
  await close();
});

// How many executions have failed.
async function failures() {
  const listed = await call("AWSStepFunctions.ListExecutions", {
    stateMachineArn: system.state_machine_arn,
    statusFilter: "FAILED",
    maxResults: 1000,
  });
  return listed.executions.length;
}

test("a flood is sent and seen through", async () => {
  const { page, complaints, close } = await openPage(browser);
  await open(page, "/load", "Load");
  await page.fill("#orders", "0");
  assert.match(await page.textContent("#orders-fault"), /Enter a whole number from 1/);
  await page.fill("#orders", "300");
  await page.fill("#rate", "200");
  await page.fill("#invalid", "101");
  assert.match(await page.textContent("#invalid-fault"), /Enter a whole number from 0 to 100/);
  await page.fill("#invalid", "10");
  const before = await failures();
  await press(page, "Start");
  await page.waitForSelector(".badge >> text=Done");
  assert.equal(await figure(page, "Sent"), 300);
  await eventually("the invalid ones have failed", async () => (await failures()) === before + 30);
  assert.deepEqual(complaints, []);
  await close();
});

test("the books are shown, and saved", async () => {
  const { page, complaints, close } = await openPage(browser);
  await open(page, "/sales", "Sales");
  await page.waitForSelector(".ranking >> text=Lantern");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.click(".panel:has-text('By product') >> text=CSV"),
  ]);
  assert.match(download.suggestedFilename(), /^sales-by-product-\d{4}-\d\d-\d\d\.csv$/);
  assert.match(readFileSync(await download.path(), "utf8"), /^product,/);
  assert.deepEqual(complaints, []);
  await close();
});

const sampleNow = (page, metrics = {}, more = {}) =>
  page.evaluate(
    ([measured, rest]) => {
      const load = { state: "idle", sent: 0, orders: 0, rate: 0, error: "" };
      const data = JSON.stringify({ at: Date.now(), metrics: measured, load, ...rest });
      globalThis.streams.at(-1).onmessage({ data });
    },
    [metrics, more],
  );

const sentToOrders = "AWS/SQS/NumberOfMessagesSent/orders-queue";

test("what this minute means does not depend on when the page was opened", async () => {
  const { page, close } = await openPage(browser);
  await fakeStreams(page);
  await page.goto(`${shop.url}/console`);
  await page.waitForSelector("main h1");
  const failed = `AWS/States/ExecutionsFailed/${system.state_machine_arn.split(":").at(-1)}`;
  const now = await page.evaluate(() => Date.now());
  const before = {
    at: [now - 60_000, now - 30_000],
    metrics: { [failed]: [4, 7], [sentToOrders]: [100, 400] },
  };
  await sampleNow(page, { [failed]: 9, [sentToOrders]: 620 }, { before });
  await page.waitForSelector(".verdict >> text=5 failed this minute");
  assert.equal(await figure(page, "Orders a minute"), 520);
  const chart = page.locator(".panel", { hasText: "Orders a minute" }).first();
  await chart.locator(".legend >> text=Orders 520").waitFor();
  await page.click("nav >> text=Flow");
  await page.waitForSelector(".flow .part-state >> text=5 failed this minute");
  await close();
});

test("a queue that nobody takes from is so at once, and hides nothing milder", async () => {
  const { page, close } = await openPage(browser);
  await fakeStreams(page);
  await page.goto(`${shop.url}/console`);
  await page.waitForSelector("main h1");
  const now = await page.evaluate(() => Date.now());
  const metrics = {
    "AWS/SQS/ApproximateNumberOfMessagesVisible/ShippingQueue": 12,
    "AWS/SQS/ApproximateAgeOfOldestMessage/ShippingQueue": 540,
    "AWS/SQS/ApproximateNumberOfMessagesVisible/ShippingQueueDLQ": 2,
  };
  await sampleNow(page, metrics, { before: { at: [now - 60_000, now - 30_000], metrics: {} } });
  await page.waitForSelector(".verdict >> text=Nobody takes from ShippingQueue");
  const said = await page.locator(".verdict .badge").allTextContents();
  assert.deepEqual(said, ["Nobody takes from ShippingQueue", "Dead letters wait to be looked at"]);
  await close();
});

test("a console that nobody sees holds no connection", async () => {
  const { page, close } = await openPage(browser);
  await fakeStreams(page);
  await page.goto(`${shop.url}/console`);
  await page.waitForSelector("main h1");
  assert.equal(await openStreams(page), 1);
  await turnTo(page, true);
  assert.equal(await openStreams(page), 0);
  await turnTo(page, false);
  assert.equal(await openStreams(page), 1);
  await close();
});

test("a connection that has died is not called live", async () => {
  const { page, close } = await openPage(browser);
  await page.clock.install();
  await fakeStreams(page);
  await page.goto(`${shop.url}/console`);
  await page.waitForSelector("main h1");
  await sampleNow(page);
  await page.waitForSelector(".connection.live");
  await page.clock.runFor(5_000);
  await sampleNow(page);
  await page.clock.runFor(5_000);
  await page.waitForSelector(".connection.live");
  await page.clock.runFor(5_000);
  await page.waitForSelector(".connection.lost");
  await page.waitForFunction(() => globalThis.streams.length === 2);
  assert.equal(await openStreams(page), 1);
  await sampleNow(page);
  await page.waitForSelector(".connection.live");
  await close();
});

test("the verdict is no better than what is known", async () => {
  const { page, close } = await openPage(browser);
  await page.clock.install();
  await fakeStreams(page);
  const says = (text) => page.waitForSelector(`.verdict >> text=${text}`);
  await page.goto(`${shop.url}/console`);
  await says("Looking…");
  await sampleNow(page);
  await says("All is well");
  await page.click("nav >> text=Flow");
  await page.waitForSelector(".flow");
  await says("All is well");
  await sampleNow(page, { "AWS/SQS/ApproximateNumberOfMessagesVisible/ShippingQueueDLQ": 2 });
  await says("Dead letters wait");
  await says("2 dead letters");
  // A payment that was declined is no failure.
  const failed = `AWS/States/ExecutionsFailed/${system.state_machine_arn.split(":").at(-1)}`;
  await sampleNow(page, { [failed]: 3, "Doorbuster/PaymentsDeclined": 3 });
  await says("All is well");
  await page.clock.runFor(1_000);
  await sampleNow(page, { [failed]: 5, "Doorbuster/PaymentsDeclined": 4 });
  await says("Some executions fail");
  await says("1 failed this minute");
  await page.clock.runFor(10_000);
  await says("The connection is lost");
  await close();
});

// Twenty seconds in which ShippingQueue got a message a second, and nobody took one.
function stoppedShipping() {
  const load = { state: "idle", sent: 0, orders: 0, rate: 0, error: "" };
  const samples = Array.from({ length: 20 }, (_, second) => ({
    at: 1_800_000_000_000 + second * 1000,
    metrics: {
      "AWS/SQS/NumberOfMessagesSent/ShippingQueue": 100 + second,
      "AWS/SQS/NumberOfMessagesReceived/ShippingQueue": 60,
      "AWS/SQS/ApproximateNumberOfMessagesVisible/ShippingQueue": 40 + second,
      "AWS/SQS/ApproximateAgeOfOldestMessage/ShippingQueue": 90 + second,
    },
    load,
  }));
  return samples.map((sample) => `data: ${JSON.stringify(sample)}\n\n`).join("");
}

test("a queue that nobody takes from stands out", async () => {
  const { page, complaints, close } = await openPage(browser);
  const contentType = "text/event-stream";
  await page.route("**/console/api/live", (route) =>
    route.fulfill({ contentType, body: stoppedShipping() }),
  );
  await open(page, "/flow", "Flow");
  await page.waitForSelector(".verdict >> text=Nobody takes from ShippingQueue");
  const row = page.locator("main tr", { hasText: "ShippingQueue" });
  assert.match(await row.textContent(), /59.*Nobody takes from it/s);
  const bad = await page.locator(".part.bad").allTextContents();
  assert.deepEqual(
    bad.map((text) => /ShippingQueue|ShipInvoices/.exec(text)?.[0]),
    ["ShippingQueue", "ShipInvoices"],
  );
  const link = /^Queue ShippingQueue 59 · stopped$/;
  assert.equal(await page.getByRole("link", { name: link }).count(), 1);
  await checkAccess(page);
  await picture(page, "console-flow-stopped", {});
  assert.deepEqual(complaints, []);
  await close();
});

test("a console that other machines can reach wants its token", async () => {
  const keys = join(mkdtempSync(join(tmpdir(), "doorbuster-keys-")), "keys.ini");
  writeFileSync(keys, "[default]\naws_access_key_id = AKID\naws_secret_access_key = secret\n");
  const guarded = await openShop("--address", "0.0.0.0", "--credentials", keys);
  const [consoleUrl, token] = /http:\S+\/console#token=(\w+)/.exec(guarded.said);
  const { page, close } = await openPage(browser);
  const another = await openPage(browser);
  try {
    await page.goto(`${guarded.url}/console/queues`);
    await page.waitForSelector("#token");
    await checkAccess(page);
    await picture(page, "console-sign-in", {});
    await page.fill("#token", "wrong");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#token-fault");
    await page.fill("#token", token);
    await page.keyboard.press("Enter");
    await page.waitForSelector("main table >> text=ShippingQueue");
    await another.page.goto(consoleUrl);
    await another.page.waitForSelector("main h1 >> text=Now");
    assert.equal(new URL(another.page.url()).hash, "");
    // In a tab that stands at the sign-in, only what is behind the address changes.
    await another.page.context().clearCookies();
    await another.page.reload();
    await another.page.waitForSelector("#token");
    another.complaints.length = 0; // it was refused
    await another.page.evaluate((hash) => (location.hash = hash), `token=${token}`);
    await another.page.waitForSelector("main h1 >> text=Now");
    assert.equal(new URL(another.page.url()).hash, "");
    assert.deepEqual(another.complaints, []);
  } finally {
    await close();
    await another.close();
    await guarded.stop();
    rmSync(dirname(keys), { recursive: true });
  }
});

const views = () => [
  ["now", ""],
  ["flow", "/flow"],
  ["buckets", "/buckets"],
  ["bucket", `/buckets/${system.bucket}/invoices/`],
  ["queues", "/queues"],
  ["queue", "/queues/ShippingQueue"],
  ["dead-letters", "/dead-letters/shipping"],
  ["workflows", "/workflows"],
  ["execution", `/workflows/${failed}`],
  ["functions", "/functions"],
  ["function", "/functions/ProcessPayment"],
  ["sales", "/sales"],
  ["load", "/load"],
];

for (const [width, colorScheme] of [
  [360, "light"],
  [360, "dark"],
  [768, "light"],
  [768, "dark"],
  [1440, "light"],
  [1440, "dark"],
]) {
  test(`every view fits and can be read at ${width} px, ${colorScheme}`, async () => {
    const { page, complaints, close } = await openPage(browser, { width, colorScheme });
    for (const [name, path] of views()) {
      await open(page, path);
      await checkFits(page);
      await checkAccess(page);
      await picture(page, `console-${name}-${width}-${colorScheme}`);
    }
    assert.deepEqual(complaints, []);
    await close();
  });
}

for (const [locale, title, other] of [
  ["en-US", "Dead letters", "Français"],
  ["fr-FR", "Lettres mortes", "ไทย"],
  ["th-TH", "ข้อความตกค้าง", "English"],
]) {
  test(`the console speaks ${locale}`, async () => {
    const { page, complaints, close } = await openPage(browser, { locale, width: 360 });
    for (const [name, path] of views()) {
      await open(page, path);
      assert.equal(await page.getAttribute("html", "lang"), locale.slice(0, 2));
      await checkFits(page);
      await picture(page, `console-${name}-${locale.slice(0, 2)}`);
    }
    await open(page, "/dead-letters", title);
    await page.click(`.languages >> text=${other}`);
    await page.waitForFunction((was) => document.querySelector("h1").textContent !== was, title);
    await page.reload();
    await page.waitForSelector("main h1");
    assert.notEqual(await page.textContent("main h1"), title, "the choice was forgotten");
    assert.deepEqual(complaints, []);
    await close();
  });
}

test("a view that doesn't come can be asked for again", async () => {
  const { page, close } = await openPage(browser);
  await page.route("**/assets/flow-*.js", (route) => route.abort());
  await open(page, "", "Now");
  await page.click("nav >> text=Flow");
  await page.waitForSelector("main [role=alert]");
  await page.unroute("**/assets/flow-*.js");
  await press(page, "Load the page again");
  await page.waitForSelector("main h1 >> text=Flow");
  await close();
});

test("a console without its words says so", async () => {
  const { page, close } = await openPage(browser, { locale: "fr-FR" });
  await page.route("**/assets/console_fr-*.js", (route) => route.abort());
  await page.goto(`${shop.url}/console`);
  await page.getByRole("button", { name: "Recharger la page" }).waitFor();
  await close();
});

test("a system that is set up is found", async () => {
  const { page, close } = await openPage(browser);
  await page.clock.install();
  let early = true;
  await page.route("**/console/api/system", (route) => {
    if (!early) return route.continue();
    const { region, account, endpoint, version } = system;
    return route.fulfill({ json: { region, account, endpoint, version, set_up: false } });
  });
  await page.goto(`${shop.url}/console`);
  await page.waitForSelector("main code >> text=doorbuster setup");
  early = false;
  await page.clock.runFor(3_000);
  await page.waitForSelector(".tiles");
  await close();
});

test("the views can be gone through with the keyboard alone", async () => {
  const { page, close } = await openPage(browser, { width: 360 });
  await open(page, "");
  await page.keyboard.press("Tab");
  const seen = await page.$eval(".skip:focus", (skip) => {
    const { x, y, width, height } = skip.getBoundingClientRect();
    return document.elementFromPoint(x + width / 2, y + height / 2) === skip;
  });
  assert.ok(seen, "the link to the content has the focus, and is covered");
  await page.focus(".menu-button");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".side.open");
  await page.focus('.view-link:has-text("Queues")');
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.tagName === "H1");
  assert.equal(await page.textContent("main h1"), "Queues");
  assert.equal(await page.locator(".side.open").count(), 0);
  await close();
});

test("the first load is small, and no view keeps its reader waiting", async (t) => {
  const { page, close } = await openPage(browser);
  const bytes = await countBytes(page);
  await open(page, "");
  await page.waitForSelector(".plot canvas");
  t.diagnostic(`first load: ${Math.round(bytes() / 1000)} KB`);
  assert.ok(bytes() < kFirstLoadMax, `the first load takes ${bytes()} bytes`);
  for (const view of ["Flow", "Buckets", "Queues", "Dead letters", "Workflows", "Functions", "Sales", "Load", "Now"]) {
    const took = await page.evaluate(visit, view);
    t.diagnostic(`${view}: ${took} ms until it can be used`);
    assert.ok(took < kViewMax_ms, `${view} took ${took} ms`);
  }
  await close();
});

// In the page: goes to a view, and says after how many ms it stands there.
function visit(view) {
  const main = document.querySelector("main");
  const link = [...document.querySelectorAll(".view-link")].find((each) =>
    each.textContent.startsWith(view),
  );
  const begin = performance.now();
  link.click();
  return new Promise((resolve) => {
    const look = () => {
      const stands = main.querySelector("h1")?.textContent === view && !main.querySelector(".loading");
      if (stands) resolve(Math.round(performance.now() - begin));
      else requestAnimationFrame(look);
    };
    look();
  });
}
