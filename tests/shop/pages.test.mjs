// The shop's pages in a browser.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  checkAccess,
  checkFits,
  countBytes,
  fakeStreams,
  fill,
  kOrder,
  launch,
  openPage,
  openShop,
  openStreams,
  openUp,
  picture,
  place,
  setUp,
  submit,
  turnTo,
} from "./shop.mjs";

const kFirstLoadMax = 85_000; // bytes, compressed, as the README promises

let browser;
let shop;

before(async () => {
  [browser, shop] = await Promise.all([launch(), openShop()]);
});
after(async () => {
  await browser?.close();
  await shop?.stop();
});

const shipped = (page) => page.waitForSelector(".timeline li.done:nth-child(5)");

test("an order is placed and followed until it is shipped", async () => {
  const { page, complaints, close } = await openPage(browser);
  await page.goto(shop.url);
  await fill(page, kOrder);
  await picture(page, "shop-form");
  await submit(page);
  await shipped(page);
  assert.equal(await page.textContent("h1"), "Your parcel is on its way");
  assert.equal(await page.title(), "Your parcel is on its way · Doorbuster");
  await page.waitForSelector(".connection >> text=Complete");
  assert.match(await page.textContent("dl"), /Lantern, brass.*\$19\.99.*Ada Lovelace/s);
  const times = await page.$$eval("time", (all) => all.map((each) => each.dateTime));
  assert.equal(times.length, 5);
  await picture(page, "shop-order");
  // Its link finds it again, in another browser too.
  const another = await openPage(browser);
  await another.page.goto(page.url());
  await shipped(another.page);
  assert.equal(await another.page.textContent("h1"), "Your parcel is on its way");
  assert.deepEqual([...complaints, ...another.complaints], []);
  await close();
  await another.close();
});

test("a fault is told at its field, and the first has the focus", async () => {
  const { page, complaints, close } = await openPage(browser);
  await page.goto(shop.url);
  await fill(page, { customerName: "", product: "", amount: "abc", email: "nobody" });
  await submit(page);
  await page.waitForFunction(() => document.activeElement?.id === "customerName");
  const fault = (field) => page.textContent(`#${field}-fault`);
  assert.equal(await fault("customerName"), "Enter your name.");
  assert.equal(await fault("amount"), "Enter the amount as a number, such as 19.99.");
  assert.match(await fault("email"), /such as ada@example\.com/);
  assert.match(await page.getAttribute("#amount", "aria-describedby"), /amount-fault/);
  await checkAccess(page);
  await picture(page, "shop-faults");
  for (const [amount, expected] of [
    ["0", "The amount must be above 0."],
    ["-1", "The amount must be above 0."],
    ["1e309", "Enter the amount as a number, such as 19.99."],
    ["1.999", "An amount has two decimals at most."],
    ["", "Enter an amount."],
  ]) {
    await page.fill("#amount", amount);
    assert.equal(await fault("amount"), expected, amount);
  }
  await page.fill("#customerName", "😀".repeat(10_000));
  assert.equal(await fault("customerName"), "This is too long: 200 characters at most.");
  assert.deepEqual(complaints, []);
  await close();
});

test("what only the server knows is told at its field, in the reader's language", async () => {
  const { page, close } = await openPage(browser, { locale: "fr-FR" });
  await page.goto(shop.url);
  await fill(page, { ...kOrder, amount: "10 000,00" });
  await submit(page);
  await page.waitForSelector("#amount-fault");
  assert.match(await page.textContent("#amount-fault"), /Le montant doit être inférieur à 10\s000,00\s\$/);
  await close();
});

test("amounts are read as the reader writes them", async () => {
  for (const [locale, typed, shown] of [
    ["en-US", "1,234.50", "$1,234.50"],
    ["fr-FR", "1 234,5", "1 234,50 $"],
    ["th-TH", "1234.5", "$1,234.50"],
  ]) {
    const { page, close } = await openPage(browser, { locale });
    await page.goto(shop.url);
    await page.fill("#amount", typed);
    const label = await page.textContent("form button[type=submit]");
    assert.equal(label.split(" · ")[1].replace(/\s/g, " "), shown, locale);
    await close();
  }
});

for (const [locale, title, headline, other] of [
  ["en-US", "Place an order", "Your parcel is on its way", "Français"],
  ["fr-FR", "Passer commande", "Votre colis est en route", "ไทย"],
  ["th-TH", "สั่งซื้อสินค้า", "พัสดุของคุณกำลังเดินทาง", "English"],
]) {
  const language = locale.slice(0, 2);
  test(`the shop speaks ${locale}`, async () => {
    const { page, complaints, close } = await openPage(browser, { locale, width: 360 });
    await page.goto(shop.url);
    assert.equal(await page.textContent("h1"), title);
    assert.equal(await page.getAttribute("html", "lang"), language);
    await place(page, shop.url);
    await shipped(page);
    assert.equal(await page.textContent("h1"), headline);
    await checkAccess(page);
    await picture(page, `shop-order-${language}`);
    await page.click(`.languages >> text=${other}`);
    assert.notEqual(await page.textContent("h1"), headline);
    await page.reload();
    await shipped(page);
    assert.notEqual(await page.textContent("h1"), headline, "the choice was forgotten");
    assert.deepEqual(complaints, []);
    await close();
  });
}

test("a shop that isn't set up says so in the reader's language, and opens", async (t) => {
  const closed = await openUp();
  t.after(() => closed.stop());
  for (const [locale, title] of [
    ["en-US", "The shop isn’t open yet"],
    ["fr-FR", "La boutique n’est pas encore ouverte"],
    ["th-TH", "ร้านยังไม่เปิด"],
  ]) {
    const { page, close } = await openPage(browser, { locale, width: 360 });
    const answer = await page.goto(closed.url);
    assert.equal(answer.status(), 503);
    assert.equal(await page.textContent("h1"), title);
    assert.equal(await page.getAttribute("html", "lang"), locale.slice(0, 2));
    await page.waitForSelector("code >> text=doorbuster setup");
    await checkFits(page);
    await checkAccess(page);
    await picture(page, `shop-not-set-up-${locale.slice(0, 2)}`);
    await close();
  }
  const { page, close } = await openPage(browser);
  await page.goto(closed.url);
  await setUp(closed);
  await page.click("main button");
  await page.waitForSelector("form");
  await close();
});

for (const width of [360, 768, 1440]) {
  for (const colorScheme of ["light", "dark"]) {
    test(`everything fits and can be read at ${width} px, ${colorScheme}`, async () => {
      const { page, complaints, close } = await openPage(browser, { width, colorScheme });
      await page.goto(shop.url);
      await page.waitForSelector("form");
      await checkFits(page);
      await checkAccess(page);
      await place(page, shop.url);
      await shipped(page);
      await checkAccess(page);
      await picture(page, `shop-order-${width}-${colorScheme}`);
      await place(page, shop.url, { ...kOrder, customerName: "W".repeat(200) });
      await shipped(page);
      await checkFits(page);
      assert.deepEqual(complaints, []);
      await close();
    });
  }
}

test("an order can be placed with the keyboard alone", async () => {
  const { page, close } = await openPage(browser);
  await page.goto(shop.url);
  await page.waitForSelector("form");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the content");
  await page.keyboard.press("Enter");
  for (const text of ["Ada", "Lantern", "5"]) {
    await page.keyboard.press("Tab");
    await page.keyboard.type(text);
  }
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/orders\//);
  await page.waitForFunction(() => document.activeElement?.tagName === "H1");
  await close();
});

test("script in every field stays text", async () => {
  const { page, complaints, close } = await openPage(browser);
  const script = `"><img src=x onerror="document.title='taken'"><script>document.title='taken'</script>`;
  const order = { ...kOrder, customerName: script, product: script, email: "" };
  await place(page, shop.url, order);
  await shipped(page);
  const shown = await page.$$eval("dd", (all) => all.map((each) => each.textContent));
  assert.equal(shown.filter((text) => text === script).length, 2);
  await page.reload();
  await shipped(page);
  assert.notEqual(await page.title(), "taken");
  assert.equal(await page.$$eval("main img, main script", (all) => all.length), 0);
  assert.deepEqual(complaints, []);
  await close();
});

test("two submits at once are one order", async () => {
  const { page, close } = await openPage(browser);
  const sent = [];
  page.on("request", (request) => {
    if (request.method() === "POST") sent.push(request.headers()["idempotency-key"]);
  });
  await page.goto(shop.url);
  await fill(page, kOrder);
  await page.$eval("form", (form) => {
    form.requestSubmit();
    form.requestSubmit();
  });
  await page.waitForURL(/\/orders\//);
  assert.equal(sent.length, 1);
  await close();
});

test("a connection that breaks leaves one order, whoever tries again", async () => {
  const { page, close } = await openPage(browser);
  await page.goto(shop.url);
  await fill(page, kOrder);
  const taken = [];
  let broken = false;
  await page.route("**/submit-order", async (route) => {
    const response = await route.fetch();
    taken.push((await response.json()).orderId);
    if (broken) return route.fulfill({ response });
    broken = true;
    return route.abort("connectionreset");
  });
  await submit(page);
  await page.waitForSelector(".notice");
  assert.match(await page.textContent(".notice"), /The connection broke/);
  await checkAccess(page);
  await picture(page, "shop-broken");
  await submit(page);
  await page.waitForURL(/\/orders\//);
  assert.equal(taken.length, 2);
  assert.equal(taken[0], taken[1]);
  assert.ok(page.url().endsWith(taken[0]));
  await close();
});

test("a shop that is too busy is asked again when it said so", async () => {
  const { page, close } = await openPage(browser);
  await page.goto(shop.url);
  await fill(page, kOrder);
  let asked = 0;
  await page.route("**/submit-order", (route) => {
    if (asked++ > 0) return route.continue();
    return route.fulfill({
      status: 503,
      headers: { "Retry-After": "2" },
      contentType: "application/json",
      body: JSON.stringify({ success: false, error: "Too many orders are waiting." }),
    });
  });
  await submit(page);
  await page.waitForSelector(".countdown");
  assert.match(await page.textContent(".countdown"), /Trying again in 2 seconds\./);
  await checkAccess(page);
  await picture(page, "shop-busy");
  await page.waitForURL(/\/orders\//);
  assert.equal(asked, 2);
  await close();
});

test("an order waits for a reader who is offline", async () => {
  const { page, close } = await openPage(browser);
  await page.goto(shop.url);
  await fill(page, kOrder);
  await page.context().setOffline(true);
  await submit(page);
  await page.waitForSelector(".notice");
  assert.match(await page.textContent(".notice"), /You are offline/);
  await page.context().setOffline(false);
  await page.waitForURL(/\/orders\//);
  await close();
});

test("an order's page finds its shop again", async () => {
  const slow = await openUp("--demo", "--payment-latency-ms", "3000");
  const { page, close } = await openPage(browser);
  try {
    await place(page, slow.url);
    await page.waitForSelector(".connection.live");
    await page.waitForSelector(".timeline li.done:nth-child(2)");
    await slow.restart();
    assert.equal(await page.locator(".timeline li.done:nth-child(5)").count(), 0);
    await shipped(page);
  } finally {
    await close();
    await slow.stop();
  }
});

test("the shop is small", async (t) => {
  const { page, close } = await openPage(browser);
  const bytes = await countBytes(page);
  await place(page, shop.url);
  t.diagnostic(`first load, with an order: ${Math.round(bytes() / 1000)} KB`);
  assert.ok(bytes() < kFirstLoadMax, `it takes ${bytes()} bytes`);
  await close();
});

test("a page that nobody sees holds no connection, and goes on when it is seen", async () => {
  const slow = await openUp("--demo", "--payment-latency-ms", "500");
  const { page, close } = await openPage(browser);
  try {
    await fakeStreams(page);
    const url = await place(page, slow.url);
    await page.waitForFunction(() => globalThis.streams.length > 0);
    assert.equal(await openStreams(page), 1);
    await turnTo(page, true);
    assert.equal(await openStreams(page), 0);
    let order;
    do {
      order = await (await fetch(url, { headers: { Accept: "application/json" } })).json();
    } while (!order.final);
    await turnTo(page, false);
    await shipped(page);
    assert.equal(await openStreams(page), 0);
  } finally {
    await close();
    await slow.stop();
  }
});

test("an order that nobody knows is said to be so", async () => {
  const { page, close } = await openPage(browser);
  await page.goto(`${shop.url}/orders/0000-0000-0000-0000`);
  await page.waitForSelector(".alone");
  assert.equal(await page.textContent("h1"), "We don’t know this order");
  await checkAccess(page);
  await picture(page, "shop-unknown");
  await page.click("text=Place another order");
  assert.equal(await page.textContent("h1"), "Place an order");
  await close();
});

test("an order's address that is none is no blank page", async () => {
  const { page, complaints, close } = await openPage(browser);
  await page.goto(shop.url);
  await page.evaluate(() => {
    history.pushState(null, "", "/orders/%");
    dispatchEvent(new Event("popstate"));
  });
  await page.waitForSelector(".alone");
  assert.equal(await page.textContent(".order-number"), "%");
  assert.ok(complaints.every((text) => /status of 40[04]/.test(text)), complaints.join());
  await close();
});

test("a declined order says why", async () => {
  const strict = await openShop("--decline-rate", "1");
  const { page, complaints, close } = await openPage(browser);
  try {
    await place(page, strict.url);
    await page.waitForSelector(".timeline .stopped");
    assert.equal(await page.textContent("h1"), "The payment was declined");
    assert.match(await page.textContent(".reason"), /^Reason: ./);
    await checkAccess(page);
    await picture(page, "shop-declined");
    assert.deepEqual(complaints, []);
  } finally {
    await close();
    await strict.stop();
  }
});
