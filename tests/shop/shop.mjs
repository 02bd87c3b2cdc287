// The shop as its customers have it: the built program, and Debian's Chromium before it.
// DOORBUSTER says where the program is, DOORBUSTER_BROWSER where scripts/test-clients put the rest.
// With DOORBUSTER_SCREENSHOTS, pages are pictured there as well, under all/.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const require = createRequire(join(process.env.DOORBUSTER_BROWSER, "package.json"));
const { chromium } = require("playwright-core");
export const packages = require;

const kPatience = 60_000; // ms: far beyond what anything here takes, even with sanitizers
const kSwitches = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

// The program, serving a new system whose consumers run. Payments take no time unless the options
// say so.
export const openShop = (...options) => openUp("--demo", "--payment-latency-ms", "0", ...options);

// The program, serving a directory of its own. `said` is what it greets with.
export async function openUp(...options) {
  const data = mkdtempSync(join(tmpdir(), "doorbuster-shop-"));
  let program = await serve(data, options);
  return {
    get url() {
      return program.url;
    },
    get said() {
      return program.said;
    },
    get endpoint() {
      return /^ +AWS +(http:\S+)/m.exec(program.said)[1];
    },
    async restart(signal = "SIGKILL") {
      await end(program.process, signal);
      program = await serve(data, options, new URL(program.url).port);
    },
    async stop() {
      await end(program.process, "SIGTERM");
      rmSync(data, { recursive: true, force: true });
    },
  };
}

// Makes the system's resources in a program that was started without them.
export const setUp = (of) =>
  promisify(execFile)(process.env.DOORBUSTER, ["setup"], {
    env: { ...process.env, AWS_ENDPOINT_URL: of.endpoint },
  });

async function serve(data, options, shopPort = "0") {
  const ports = ["--port", "0", "--shop-port", shopPort];
  const command = ["up", "--data", data, ...ports, ...options];
  const child = spawn(process.env.DOORBUSTER, command, { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  for await (const piece of child.stdout) {
    said += piece;
    const found = /^ +shop +(http:\S+)/m.exec(said);
    if (found && said.includes("Stop")) {
      child.stdout.resume();
      return { process: child, url: found[1], said };
    }
  }
  throw new Error(`the program did not open a shop: ${said}`);
}

function end(child, signal) {
  return new Promise((resolve) => {
    child.once("exit", resolve);
    child.kill(signal);
  });
}

// What comes back when these bytes are sent and the connection is closed or waits.
export function talk(url, bytes, { andGo = false } = {}) {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(bytes);
      if (andGo) socket.destroy();
    });
    let heard = "";
    socket.on("data", (piece) => (heard += piece));
    socket.on("close", () => resolve(heard));
  });
}

export function launch() {
  return chromium.launch({ executablePath: "/usr/bin/chromium", args: kSwitches });
}

// A page of a reader's own, with nothing remembered. What its console has against it is in `complaints`.
export async function openPage(browser, { locale = "en-US", width = 1440, ...options } = {}) {
  const context = await browser.newContext({
    locale,
    viewport: { width, height: width < 600 ? 740 : 900 },
    reducedMotion: "reduce",
    timezoneId: "UTC",
    ...options,
  });
  context.setDefaultTimeout(kPatience);
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  return { page, complaints, close: () => context.close() };
}

export const kOrder = {
  customerName: "Ada Lovelace",
  product: "Lantern, brass",
  amount: "19.99",
  email: "ada@example.com",
};

export async function fill(page, order) {
  for (const [field, value] of Object.entries(order)) await page.fill(`#${field}`, value);
}

export const submit = (page) => page.click("form button[type=submit]");

export async function place(page, url, order = kOrder) {
  await page.goto(url);
  await fill(page, order);
  await submit(page);
  await page.waitForURL(/\/orders\/[0-9A-Z-]+$/);
  return page.url();
}

// Streams of server-sent events that a test feeds itself: they stand in the page's `streams`.
export function fakeStreams(page) {
  return page.addInitScript(() => {
    globalThis.streams = [];
    globalThis.EventSource = class extends EventTarget {
      static CLOSED = 2;
      readyState = 1;
      constructor() {
        super();
        globalThis.streams.push(this);
      }
      close() {
        this.readyState = 2;
      }
    };
  });
}

export const openStreams = (page) =>
  page.evaluate(() => globalThis.streams.filter(({ readyState }) => readyState < 2).length);

// As if the reader went to another tab, or came back.
export function turnTo(page, hidden) {
  return page.evaluate((value) => {
    Object.defineProperty(document, "hidden", { configurable: true, value });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
}

// Gives how many bytes the page has received since, as they came over the wire.
export async function countBytes(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.enable");
  let bytes = 0;
  devtools.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  return () => bytes;
}

// Whether axe-core finds nothing to mend on the page, by WCAG 2.2 A and AA and its best practices.
export async function checkAccess(page) {
  await page.evaluate(readFileSync(require.resolve("axe-core/axe.min.js"), "utf8"));
  const rules = { "target-size": { enabled: true } }; // of WCAG 2.2, and off by default
  const { violations } = await page.evaluate((options) => globalThis.axe.run(options), { rules });
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target)}`);
  assert.deepEqual(found, []);
}

export async function checkFits(page) {
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(beyond <= 0, `the page is ${beyond} px too wide`);
}

export function post(url, body, headers = {}) {
  return fetch(`${url}/submit-order`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

export async function picture(page, name, options = { fullPage: true }) {
  const directory = process.env.DOORBUSTER_SCREENSHOTS;
  if (!directory) return;
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(directory, "all", `${name}.png`), ...options });
}
