// The official command line: another client, written in another language.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { arch, platform, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { startProcessor } from "./processor.mjs";

const run = promisify(execFile);
const NOWHERE = "http://127.0.0.1:9";

let processor;
let home;
before(async () => {
  processor = await startProcessor();
  home = await mkdtemp(join(tmpdir(), "paydesk-cli-"));
});
after(async () => {
  await processor.stop();
  await rm(home, { recursive: true });
});

// The package with the program itself: the lockfile has it for Linux on x64. Elsewhere PAYDESK_STRIPE_CLI names one.
function program() {
  if (process.env.PAYDESK_STRIPE_CLI) return process.env.PAYDESK_STRIPE_CLI;
  const name = `@stripe/cli-${platform()}-${arch()}`;
  return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), "bin", "stripe");
}
const skip =
  !process.env.PAYDESK_STRIPE_CLI && `${platform()}-${arch()}` !== "linux-x64" && "no command line for this platform: set PAYDESK_STRIPE_CLI";

async function cli(verb, path, data = {}, more = []) {
  const fields = Object.entries(data).flatMap(([name, value]) => ["-d", `${name}=${value}`]);
  const env = {
    PATH: process.env.PATH, HOME: home, XDG_CONFIG_HOME: home, STRIPE_CLI_TELEMETRY_OPTOUT: "1",
    HTTP_PROXY: NOWHERE, HTTPS_PROXY: NOWHERE, NO_PROXY: "127.0.0.1,localhost",
  };
  const args = [verb, path, "--api-base", processor.url, "--api-key", processor.keys.secret, ...fields, ...more];
  const { stdout } = await run(program(), args, { env });
  return JSON.parse(stdout);
}

test("the command line makes a customer, stores a card, charges it, and gives the money back", { skip }, async () => {
  const customer = await cli("post", "/v1/customers", { name: "Bob", "metadata[source]": "cli" });
  assert.equal(customer.metadata.source, "cli");
  const token = await cli("post", "/v1/tokens", {
    "card[number]": "6011111111111117", "card[exp_month]": "4", "card[exp_year]": "2034", "card[cvc]": "321",
  });
  assert.equal(token.card.brand, "Discover");
  const method = await cli("post", "/v1/payment_methods", { type: "card", "card[token]": token.id });
  await cli("post", `/v1/payment_methods/${method.id}/attach`, { customer: customer.id });
  const charge = {
    amount: "2500", currency: "usd", customer: customer.id, payment_method: method.id, off_session: "true", confirm: "true",
    "expand[]": "latest_charge",
  };
  const paid = await cli("post", "/v1/payment_intents", charge, ["--idempotency", "cli-1"]);
  assert.deepEqual([paid.status, paid.latest_charge.amount_captured], ["succeeded", 2500]);
  const again = await cli("post", "/v1/payment_intents", charge, ["--idempotency", "cli-1"]);
  assert.equal(again.id, paid.id);
  const refund = await cli("post", "/v1/refunds", { payment_intent: paid.id, amount: "500" });
  assert.equal(refund.status, "succeeded");
  const list = await cli("get", "/v1/payment_intents", { customer: customer.id, limit: "1" });
  assert.deepEqual([list.data.length, list.has_more], [1, false]);
  assert.deepEqual((await processor.journal()).map((row) => [row.op, row.amount]), [["charge", 2500], ["refund", 500]]);
});

test("the command line reads a refusal", { skip }, async () => {
  const refused = await cli("post", "/v1/payment_intents", {
    amount: "900", currency: "usd", payment_method: "pm_card_chargeDeclinedInsufficientFunds", confirm: "true",
  });
  assert.deepEqual([refused.error.type, refused.error.code, refused.error.decline_code], ["card_error", "card_declined", "insufficient_funds"]);
});
