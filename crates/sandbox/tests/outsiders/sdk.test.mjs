// The official SDK: customer, card, charge without the payer, refusal, refund, webhook, idempotency, paging.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import Stripe from "stripe";
import { startProcessor } from "./processor.mjs";

let processor;
let stripe;
let browser;

before(async () => {
  processor = await startProcessor();
  stripe = new Stripe(processor.keys.secret, { ...processor.client, maxNetworkRetries: 0 });
  browser = new Stripe(processor.keys.publishable, { ...processor.client, maxNetworkRetries: 0 });
});
after(() => processor.stop());

const card = (number, cvc = "123") => ({ number, exp_month: 3, exp_year: 2035, cvc });

async function customerWith(number) {
  const customer = await stripe.customers.create({ name: "Ann Example", metadata: { login: "log_ann" } });
  const method = await stripe.paymentMethods.create({
    type: "card",
    card: card(number),
    billing_details: { name: "Ann Example", address: { postal_code: "K1A 0B1", country: "CA" } },
  });
  await stripe.paymentMethods.attach(method.id, { customer: customer.id });
  return { customer: customer.id, payment_method: method.id };
}

const charge = (payer, amount, options) =>
  stripe.paymentIntents.create({ amount, currency: "cad", ...payer, off_session: true, confirm: true }, options);

test("a customer is made, read, changed and deleted", async () => {
  const made = await stripe.customers.create({ email: "ann@example.org", address: { city: "Ottawa", country: "CA" } });
  const changed = await stripe.customers.update(made.id, { name: "Ann", metadata: { vip: "yes" } });
  assert.deepEqual([changed.name, changed.metadata.vip, changed.address.city], ["Ann", "yes", "Ottawa"]);
  const found = await stripe.customers.list({ email: "ann@example.org" });
  assert.deepEqual(found.data.map((customer) => customer.id), [made.id]);
  assert.equal((await stripe.customers.del(made.id)).deleted, true);
  assert.equal((await stripe.customers.retrieve(made.id)).deleted, true);
  await assert.rejects(stripe.customers.update(made.id, { name: "Ann" }), { type: "StripeInvalidRequestError", code: "resource_missing", statusCode: 404 });
});

test("a browser's token becomes a stored card", async () => {
  const token = await browser.tokens.create({ card: { ...card("5555555555554444"), address_zip: "K1A 0B1" } });
  assert.deepEqual([token.card.brand, token.card.last4], ["Mastercard", "4444"]);
  const customer = await stripe.customers.create({});
  const method = await stripe.paymentMethods.create({ type: "card", card: { token: token.id } });
  const kept = await stripe.paymentMethods.attach(method.id, { customer: customer.id });
  assert.deepEqual([kept.card.brand, kept.card.last4, kept.billing_details.address.postal_code], ["mastercard", "4444", "K1A 0B1"]);
  const listed = await stripe.customers.listPaymentMethods(customer.id, { type: "card" });
  assert.deepEqual(listed.data.map((item) => item.id), [method.id]);
  await assert.rejects(stripe.paymentMethods.create({ type: "card", card: { token: token.id } }), { code: "token_already_used" });
  await assert.rejects(browser.customers.list(), { type: "StripePermissionError" });
});

test("bad cards are refused with codes that the SDK knows", async () => {
  await assert.rejects(browser.tokens.create({ card: card("4242424242424241") }), { type: "StripeCardError", code: "incorrect_number", param: "number" });
  await assert.rejects(browser.tokens.create({ card: { ...card("4242424242424242"), exp_month: 13 } }), { code: "invalid_expiry_month" });
  await assert.rejects(browser.tokens.create({ card: { ...card("4242424242424242"), exp_year: 2020 } }), { code: "invalid_expiry_year" });
  await assert.rejects(browser.tokens.create({ card: card("378282246310005", "12") }), { code: "invalid_cvc" });
});

test("a stored card is charged without the payer", async () => {
  const payer = await customerWith("4242424242424242");
  const intent = await charge(payer, 4200, undefined);
  assert.deepEqual([intent.status, intent.amount_received, intent.currency], ["succeeded", 4200, "cad"]);
  const read = await stripe.paymentIntents.retrieve(intent.id, { expand: ["latest_charge", "customer"] });
  assert.equal(read.latest_charge.paid, true);
  assert.ok(read.latest_charge.payment_method_details.card.network_transaction_id);
  assert.equal(read.customer.metadata.login, "log_ann");
});

test("a refusal is a card error with its charge and intent", async () => {
  const payer = await customerWith("4000000000000341");
  const error = await charge(payer, 4200).then(assert.fail, (error) => error);
  assert.ok(error instanceof Stripe.errors.StripeCardError);
  assert.deepEqual([error.statusCode, error.code, error.decline_code], [402, "card_declined", "generic_decline"]);
  assert.equal(error.payment_intent.status, "requires_payment_method");
  assert.equal((await stripe.charges.retrieve(error.charge)).status, "failed");
  const other = await stripe.paymentMethods.create({ type: "card", card: card("4242424242424242") });
  const paid = await stripe.paymentIntents.confirm(error.payment_intent.id, { payment_method: other.id });
  assert.equal(paid.status, "succeeded");
  await assert.rejects(customerWith("4000000000009995"), { decline_code: "insufficient_funds" });
});

test("authentication is asked for, and off session refused", async () => {
  const payer = await customerWith("4000002760003184");
  await assert.rejects(charge(payer, 1000), { code: "authentication_required" });
  const intent = await stripe.paymentIntents.create({ amount: 1000, currency: "cad", ...payer, confirm: true });
  assert.deepEqual([intent.status, intent.next_action.type], ["requires_action", "use_stripe_sdk"]);
  assert.equal((await stripe.paymentIntents.cancel(intent.id, { cancellation_reason: "abandoned" })).status, "canceled");
  const setup = await stripe.setupIntents.create({ customer: payer.customer, usage: "off_session" });
  const method = await browser.paymentMethods.create({ type: "card", card: card("4242424242424242") });
  const confirmed = await browser.setupIntents.confirm(setup.id, { client_secret: setup.client_secret, payment_method: method.id });
  assert.equal(confirmed.status, "succeeded");
  assert.equal((await stripe.paymentMethods.retrieve(method.id)).customer, payer.customer);
});

test("money is given back, never too much", async () => {
  const payer = await customerWith("4242424242424242");
  const intent = await charge(payer, 3000);
  const refund = await stripe.refunds.create({ payment_intent: intent.id, amount: 1200, reason: "requested_by_customer" });
  assert.deepEqual([refund.status, refund.amount], ["succeeded", 1200]);
  await assert.rejects(stripe.refunds.create({ payment_intent: intent.id, amount: 1801 }), { type: "StripeInvalidRequestError" });
  await stripe.refunds.create({ charge: intent.latest_charge });
  await assert.rejects(stripe.refunds.create({ charge: intent.latest_charge }), { code: "charge_already_refunded" });
});

const consent = { customer_acceptance: { type: "online", online: { ip_address: "203.0.113.7", user_agent: "Test/1.0" } } };
const usAccount = (number) => ({
  type: "us_bank_account",
  us_bank_account: { account_number: number, routing_number: "110000000", account_holder_type: "individual", account_type: "checking" },
  billing_details: { name: "Ann Example" },
});

async function customerWithAccount(number) {
  const customer = await stripe.customers.create({ name: "Ann Example" });
  const method = await browser.paymentMethods.create(usAccount(number));
  const setup = await stripe.setupIntents.create({ customer: customer.id, payment_method_types: ["us_bank_account"] });
  const kept = await stripe.setupIntents.confirm(setup.id, { payment_method: method.id, mandate_data: consent });
  assert.equal(kept.status, "succeeded");
  return { payer: { customer: customer.id, payment_method: method.id }, mandate: kept.mandate };
}

const debit = (payer, amount, mandate) =>
  stripe.paymentIntents.create({ amount, currency: "usd", ...payer, payment_method_types: ["us_bank_account"], mandate, confirm: true });

test("a US account is kept with the payer's consent, debited, and given back", async () => {
  const { payer, mandate } = await customerWithAccount("000123456789");
  const read = await stripe.mandates.retrieve(mandate);
  assert.deepEqual([read.status, read.type, read.customer_acceptance.online.ip_address], ["active", "multi_use", "203.0.113.7"]);
  await processor.order({ match: { bank_account: payer.payment_method }, action: { type: "debit", outcome: "settle", settle_after_s: 0 }, times: 1 });
  const intent = await debit(payer, 4200, mandate);
  assert.equal(intent.status, "processing");
  const paid = await stripe.paymentIntents.retrieve(intent.id, { expand: ["latest_charge"] });
  assert.deepEqual([paid.status, paid.latest_charge.payment_method_details.us_bank_account.last4], ["succeeded", "6789"]);
  const refund = await stripe.refunds.create({ payment_intent: intent.id, amount: 1200 });
  assert.equal(refund.status, "pending");
  const events = await stripe.events.list({ types: ["payment_intent.processing", "payment_intent.succeeded"], limit: 2 });
  assert.deepEqual(events.data.map((event) => [event.type, event.data.object.id]), [["payment_intent.succeeded", intent.id], ["payment_intent.processing", intent.id]]);
});

test("a debit fails later, or comes back as a dispute", async () => {
  const { payer } = await customerWithAccount("000222222227");
  await processor.order({ match: { bank_account: payer.payment_method }, action: { type: "debit", outcome: "fail", code: "R01", after_s: 0 }, times: 1 });
  const failing = await debit(payer, 900);
  const failed = await stripe.paymentIntents.retrieve(failing.id);
  assert.deepEqual([failed.status, failed.last_payment_error.code, failed.last_payment_error.network_decline_code], ["requires_payment_method", "insufficient_funds", "R01"]);
  await processor.order({ match: { bank_account: payer.payment_method }, action: { type: "debit", outcome: "return", code: "R10", settle_after_s: 0, after_s: 0 }, times: 1 });
  const returned = await debit(payer, 900);
  const disputes = await stripe.disputes.list({ payment_intent: returned.id });
  assert.deepEqual([disputes.data[0].reason, disputes.data[0].network_reason_code, disputes.data[0].status], ["debit_not_authorized", "R10", "lost"]);
  assert.equal((await stripe.disputes.retrieve(disputes.data[0].id)).charge, returned.latest_charge);
  await assert.rejects(debit(payer, 900), { code: "payment_intent_mandate_invalid" });
});

test("a Canadian account is verified by microdeposits", async () => {
  const customer = await stripe.customers.create({});
  const method = await browser.paymentMethods.create({
    type: "acss_debit",
    acss_debit: { account_number: "000123456789", institution_number: "000", transit_number: "11000" },
    billing_details: { name: "Ann Example", email: "ann@example.org" },
  });
  const options = { acss_debit: { currency: "cad", verification_method: "microdeposits", mandate_options: { payment_schedule: "sporadic", transaction_type: "personal" } } };
  const setup = await stripe.setupIntents.create({
    customer: customer.id,
    payment_method: method.id,
    payment_method_types: ["acss_debit"],
    payment_method_options: options,
    mandate_data: consent,
    confirm: true,
  });
  assert.deepEqual([setup.status, setup.next_action.type], ["requires_action", "verify_with_microdeposits"]);
  await assert.rejects(stripe.setupIntents.verifyMicrodeposits(setup.id, { amounts: [1, 2] }), { type: "StripeInvalidRequestError" });
  const verified = await stripe.setupIntents.verifyMicrodeposits(setup.id, { amounts: [32, 45] });
  assert.equal(verified.status, "succeeded");
  await assert.rejects(browser.paymentMethods.create(usAccount("12")), { code: "account_number_invalid" });
});

test("the same key gives the same answer, another request is refused", async () => {
  const payer = await customerWith("4242424242424242");
  const before = (await processor.journal()).length;
  const first = await charge(payer, 1500, { idempotencyKey: "replay-1" });
  const again = await charge(payer, 1500, { idempotencyKey: "replay-1" });
  assert.equal(again.id, first.id);
  assert.equal(again.lastResponse.headers["idempotent-replayed"], "true");
  await assert.rejects(charge(payer, 1600, { idempotencyKey: "replay-1" }), { type: "StripeIdempotencyError", statusCode: 400 });
  assert.equal((await processor.journal()).length, before + 1);
});

test("a lost answer is asked for again by the SDK, and one charge is made", async () => {
  const payer = await customerWith("4242424242424242");
  const before = (await processor.journal()).length;
  await processor.order({ match: { idempotency_key: "lost-1" }, action: { type: "drop_answer" }, times: 1 });
  const intent = await charge(payer, 1700, { idempotencyKey: "lost-1" });
  assert.equal(intent.lastResponse.headers["idempotent-replayed"], "true", "the first answer was lost");
  const added = (await processor.journal()).slice(before);
  assert.deepEqual(added.map((row) => [row.op, row.amount, row.payment_intent]), [["charge", 1700, intent.id]]);
  const found = await stripe.paymentIntents.list({ customer: payer.customer });
  assert.deepEqual(found.data.map((item) => item.id), [intent.id]);
});

test("lists are paged, both by hand and by the SDK", async () => {
  const customer = await stripe.customers.create({});
  const made = [];
  for (let number = 0; number < 7; number += 1) {
    const intent = await stripe.paymentIntents.create({ amount: 1000 + number, currency: "cad", customer: customer.id, metadata: { order: `o${number}` } });
    made.unshift(intent.id);
  }
  const page = await stripe.paymentIntents.list({ customer: customer.id, limit: 3 });
  assert.deepEqual([page.data.map((item) => item.id), page.has_more], [made.slice(0, 3), true]);
  const next = await stripe.paymentIntents.list({ customer: customer.id, limit: 3, starting_after: made[2] });
  assert.deepEqual(next.data.map((item) => item.id), made.slice(3, 6));
  const back = await stripe.paymentIntents.list({ customer: customer.id, limit: 3, ending_before: made[4] });
  assert.deepEqual(back.data.map((item) => item.id), made.slice(1, 4));
  const all = [];
  for await (const intent of stripe.paymentIntents.list({ customer: customer.id, limit: 2 })) all.push(intent.id);
  assert.deepEqual(all, made);
  const found = await stripe.paymentIntents.search({ query: "metadata['order']:'o3' AND status:'requires_payment_method'" });
  assert.deepEqual(found.data.map((item) => item.id), [made[3]]);
});

test("events are delivered, signed, and delivered again until they are accepted", async (context) => {
  const letters = [];
  let arrived;
  const enough = new Promise((resolve) => { arrived = resolve; });
  const server = createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      letters.push({ body: Buffer.concat(chunks), signature: request.headers["stripe-signature"] });
      response.writeHead(letters.length === 1 ? 500 : 200).end();
      if (letters.length === 2) arrived();
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => server.close());
  const endpoint = await stripe.webhookEndpoints.create({
    url: `http://127.0.0.1:${server.address().port}/hook`,
    enabled_events: ["payment_intent.succeeded"],
  });
  const payer = await customerWith("4242424242424242");
  const intent = await charge(payer, 2100);
  await enough;
  const [first, second] = letters.map(({ body, signature }) => stripe.webhooks.constructEvent(body, signature, endpoint.secret));
  assert.equal(first.id, second.id, "the refused letter came again");
  assert.deepEqual([second.type, second.data.object.id], ["payment_intent.succeeded", intent.id]);
  const tampered = letters[1].body.toString().replace("2100", "2101");
  assert.throws(() => stripe.webhooks.constructEvent(tampered, letters[1].signature, endpoint.secret), Stripe.errors.StripeSignatureVerificationError);
  const events = await stripe.events.list({ type: "payment_intent.succeeded", limit: 1 });
  assert.equal(events.data[0].id, second.id);
  await stripe.webhookEndpoints.del(endpoint.id);
  await assert.rejects(stripe.webhookEndpoints.create({ url: "https://example.com/hook", enabled_events: ["*"] }), { param: "url" });
});
