// The program serving the AWS protocols, as conftest.py has it, for the AWS SDK for JavaScript.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

// The SDK is where scripts/test-clients puts it, not beside the tests.
export const sdk = createRequire(join(process.env.DOORBUSTER_JAVASCRIPT, "package.json"));

// Serves a directory of its own until the test is over.
export async function serve(test) {
  const directory = mkdtempSync(join(tmpdir(), "doorbuster-"));
  const server = spawn(process.env.DOORBUSTER,
    ["up", "--data", join(directory, "data"), "--port", "0", "--shop-port", "0"],
    { stdio: ["ignore", "pipe", "inherit"] });
  test.after(async () => {
    if (server.exitCode === null) {
      server.kill("SIGKILL");
      await once(server, "exit");
    }
    rmSync(directory, { recursive: true });
  });
  for await (const line of createInterface({ input: server.stdout })) {
    const endpoint = line.match(/AWS +(http:\/\/127\.0\.0\.1:\d+)/)?.[1];
    if (endpoint) return endpoint;
  }
  throw new Error("the program ended before it served");
}

// A client of a service in a region: aws.SQS(…) has a method for each operation.
export function clients(endpoint, region) {
  const made = {};
  for (const [name, module] of [["S3", "s3"], ["SNS", "sns"], ["SQS", "sqs"], ["STS", "sts"]]) {
    made[name.toLowerCase()] = new (sdk(`@aws-sdk/client-${module}`)[name])({
      endpoint, region, forcePathStyle: true, maxAttempts: 1,
      credentials: { accessKeyId: "key", secretAccessKey: "secret" },
    });
  }
  return { region, ...made };
}
