// Starts the sandbox processor for one test file, or takes the one that PAYDESK_SANDBOX_URL names.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export async function startProcessor() {
  const account = randomBytes(12).toString("hex");
  const keys = { secret: `sk_test_${account}`, publishable: `pk_test_${account}` };
  if (process.env.PAYDESK_SANDBOX_URL) {
    return { ...reach(process.env.PAYDESK_SANDBOX_URL, keys), stop: async () => {} };
  }
  const program = process.env.PAYDESK_SANDBOX_BIN;
  if (!program) throw new Error("set PAYDESK_SANDBOX_BIN or PAYDESK_SANDBOX_URL");
  const folder = await mkdtemp(join(tmpdir(), "paydesk-outsiders-"));
  const child = spawn(program, ["serve", "--listen", "127.0.0.1:0", "--data", folder, "--webhook-waits-ms", "50,50,50"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const gone = new Promise((resolve) => child.once("exit", resolve));
  const ready = new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const match = /^paydesk-sandbox listening on (http:\/\/\S+)$/.exec(line);
      if (match) resolve(match[1]);
    });
    child.once("error", reject);
    gone.then((code) => reject(new Error(`the processor ended with ${code}`)));
  });
  const url = await ready;
  const stop = async () => {
    child.kill("SIGTERM");
    await gone;
    await rm(folder, { recursive: true });
  };
  return { ...reach(url, keys), stop };
}

function reach(url, keys) {
  const { hostname, port } = new URL(url);
  const own = async (method, path, body) => {
    const headers = { authorization: `Bearer ${keys.secret}`, "content-type": "application/json" };
    const answer = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  return {
    url,
    keys,
    client: { host: hostname, port: Number(port), protocol: "http", telemetry: false },
    journal: async () => (await own("GET", "/sandbox/journal?limit=1000")).data,
    order: (scenario) => own("POST", "/sandbox/scenarios", scenario),
  };
}
