// The shop's JSON: what comes back is what /openapi.json says.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openShop, packages, post, talk } from "./shop.mjs";

const Ajv = packages("ajv/dist/2020").default;
const addFormats = packages("ajv-formats").default;

const kOrder = { customerName: "Ada", product: "LANTERN", amount: 19.99 };
const kKey = () => crypto.randomUUID();

let shop;
let description;
let ajv;

before(async () => {
  shop = await openShop();
  description = await (await fetch(`${shop.url}/openapi.json`)).json();
  ajv = addFormats(new Ajv({ strict: false, allErrors: true }));
  ajv.addSchema(description, "openapi");
});
after(() => shop?.stop());

const pointer = (text) => text.replaceAll("~", "~0").replaceAll("/", "~1");

// Holds an answer against the description: its status, media type and body.
async function described(method, path, response) {
  let at = `/paths/${pointer(path)}/${method}/responses/${response.status}`;
  const operation = description.paths[path][method];
  let entry = operation.responses[response.status];
  assert.ok(entry, `${method} ${path} answered ${response.status}, which is not described`);
  if (entry.$ref) {
    at = entry.$ref.slice(1);
    entry = description.components.responses[at.split("/").pop()];
  }
  const [type] = response.headers.get("Content-Type").split(";");
  assert.ok(entry.content[type], `${type} is not described`);
  for (const name of Object.keys(entry.headers ?? {})) assert.ok(response.headers.get(name), name);
  const text = await response.text();
  if (type !== "application/json") return text;
  const body = JSON.parse(text);
  const valid = ajv.validate({ $ref: `openapi#${at}/content/${pointer(type)}/schema` }, body);
  assert.ok(valid, `${ajv.errorsText()} in ${text}`);
  return body;
}

const submitted = async (body, headers) =>
  described("post", "/submit-order", await post(shop.url, body, headers));

async function expectStatus(status, body, headers) {
  const response = await post(shop.url, body, headers);
  assert.equal(response.status, status);
  return described("post", "/submit-order", response);
}

const kHead = "POST /submit-order HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";

async function order(id) {
  const response = await fetch(`${shop.url}/orders/${id}`);
  return described("get", "/orders/{orderId}", response);
}

test("the description is one of OpenAPI 3.1, and every reference in it leads somewhere", () => {
  assert.equal(description.openapi, "3.1.0");
  const references = JSON.stringify(description).matchAll(/"\$ref":"#([^"]+)"/g);
  for (const [, reference] of references) {
    const target = reference.split("/").slice(1).reduce((at, part) => at?.[part], description);
    assert.ok(target, reference);
  }
});

test("what the description gives as an example is taken", async () => {
  const [example] = description.components.schemas.NewOrder.examples;
  assert.ok(ajv.validate({ $ref: "openapi#/components/schemas/NewOrder" }, example));
  assert.equal((await submitted(example)).success, true);
});

test("an order is taken and followed to its end", async () => {
  const { orderId } = await expectStatus(202, { ...kOrder, email: "ada@example.com" });
  const first = await order(orderId);
  assert.equal(first.events[0].state, "accepted");
  const response = await fetch(`${shop.url}/orders/${orderId}/events`);
  const text = await described("get", "/orders/{orderId}/events", response);
  const events = [...text.matchAll(/^id: (\S+)\ndata: (.+)$/gm)];
  for (const [, , data] of events) {
    assert.ok(ajv.validate({ $ref: "openapi#/components/schemas/OrderEvent" }, JSON.parse(data)), data);
  }
  assert.equal(events.length, 6);
  assert.ok(text.endsWith("event: end\ndata: {}\n\n"));
  const last = await order(orderId);
  assert.equal(last.final, true);
  assert.equal(last.events.length, 6);
  // A stream is taken up where it broke off.
  const again = await fetch(`${shop.url}/orders/${orderId}/events`, {
    headers: { "Last-Event-ID": events[3][1] },
  });
  const rest = [...(await again.text()).matchAll(/^id: /gm)];
  assert.equal(rest.length, 2);
});

test("the same order with the same key is the same order, even after kill -9", async () => {
  const key = { "Idempotency-Key": kKey() };
  const [one, two] = await Promise.all([submitted(kOrder, key), submitted(kOrder, key)]);
  assert.equal(one.orderId, two.orderId);
  await expectStatus(422, { ...kOrder, amount: 20 }, key);
  await shop.restart();
  assert.equal((await submitted(kOrder, key)).orderId, one.orderId);
  const other = await submitted(kOrder, { "Idempotency-Key": kKey() });
  assert.notEqual(other.orderId, one.orderId);
  assert.equal((await expectStatus(400, kOrder, { "Idempotency-Key": "1" })).success, false);
});

test("what was acknowledged survives kill -9", async () => {
  const taken = await Promise.all(Array.from({ length: 50 }, () => submitted(kOrder)));
  await shop.restart();
  for (const { orderId } of taken) {
    let response;
    do {
      response = await fetch(`${shop.url}/orders/${orderId}/events`);
    } while (response.status === 404); // not out of the queue yet
    assert.match(await response.text(), /"recorded"/);
  }
});

test("bad amounts are told from good ones", async () => {
  for (const amount of ["0", "-1", "1e309", '"abc"', "null", "true", "[]", "10000", "0.00001"]) {
    const answer = await expectStatus(400, `{"customerName":"Ada","product":"x","amount":${amount}}`);
    assert.ok(answer.fields.amount, amount);
    assert.equal(answer.limits.amountBelow, 10_000);
  }
  for (const amount of ["0.01", '"19.99"', "9999.99"]) {
    await expectStatus(202, `{"customerName":"Ada","product":"x","amount":${amount}}`);
  }
});

test("bad orders are refused, each with what is wrong", async () => {
  const long = await expectStatus(400, { ...kOrder, customerName: "😀".repeat(10_000) });
  assert.match(long.fields.customerName, /10000 characters, at most 200/);
  for (const body of ["", "{", "[]", '"order"', "{}", "[".repeat(10_000), "\u0000"]) {
    await expectStatus(400, body);
  }
  const several = await expectStatus(400, { customerName: " ", product: "", amount: 0, email: "x" });
  assert.deepEqual(Object.keys(several.fields).sort(), ["amount", "customerName", "email", "product"]);
});

test("10 MB of JSON are refused before they have come", async () => {
  await expectStatus(413, `{"customerName":"${"x".repeat(10_000_000)}"}`);
  const chunk = "x".repeat(2_000_000);
  const answer = await talk(
    shop.url,
    `${kHead}Transfer-Encoding: chunked\r\n\r\n${chunk.length.toString(16)}\r\n${chunk}`,
  );
  assert.match(answer, /^HTTP\/1\.1 413 /);
  await expectStatus(202, kOrder);
});

test("orders come as JSON and from the shop's own pages", async () => {
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""]) {
    await expectStatus(415, kOrder, { "Content-Type": type });
  }
  await expectStatus(403, kOrder, { Origin: "https://elsewhere.example" });
  await expectStatus(403, kOrder, { Origin: "null" });
  await expectStatus(403, kOrder, { "Sec-Fetch-Site": "cross-site" });
  await expectStatus(202, kOrder, { Origin: shop.url, "Sec-Fetch-Site": "same-origin" });
});

test("a connection that breaks in the middle of an order leaves the shop open", async () => {
  await talk(shop.url, `${kHead}Content-Length: 100\r\n\r\n{"customerName"`, { andGo: true });
  await talk(shop.url, "POST /submit-or", { andGo: true });
  assert.match(await talk(shop.url, "HELLO\r\n\r\n"), /^HTTP\/1\.1 400 .*"success":false/s);
  await expectStatus(202, kOrder);
});

test("everything else says what it is not", async () => {
  for (const [path, init, status] of [
    ["/nothing", {}, 404],
    ["/orders/../../etc/passwd", {}, 404],
    ["/submit-order", {}, 405],
    ["/", { method: "POST" }, 405],
    ["/orders/0000-0000-0000-0000", {}, 404],
  ]) {
    const response = await fetch(shop.url + path, init);
    assert.equal(response.status, status, path);
    assert.equal((await response.json()).success, false);
  }
  const health = await fetch(`${shop.url}/health`);
  assert.equal((await described("get", "/health", health)).status, "ok");
  await described("get", "/orders/{orderId}", await fetch(`${shop.url}/orders/0000-0000-0000-0000`));
});

test("pages are sent compressed, and again only if they have changed", async () => {
  const page = await fetch(shop.url);
  const html = await page.text();
  assert.match(page.headers.get("Content-Security-Policy"), /default-src 'none'/);
  const again = await fetch(shop.url, { headers: { "If-None-Match": page.headers.get("ETag") } });
  assert.equal(again.status, 304);
  const script = new URL(/src="(\/assets\/[^"]+\.js)"/.exec(html)[1], shop.url);
  const file = await fetch(script, { headers: { "Accept-Encoding": "br" } });
  assert.equal(file.headers.get("Content-Encoding"), "br");
  assert.match(file.headers.get("Cache-Control"), /immutable/);
});
