// A server that is told about events. Run it with WEBHOOK_SECRET=whsec_…
import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

const webhook = new Webhook(process.env.WEBHOOK_SECRET);
const known = new Set(); // Yours is a table with the id as its key: a message may come more than once.

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  let event;
  try {
    // What was signed is the bytes as they came: parse them after they are verified, not before.
    event = webhook.verify(Buffer.concat(chunks).toString("utf8"), request.headers);
  } catch {
    return response.writeHead(400).end();
  }
  const id = request.headers["webhook-id"];
  if (!known.has(id)) {
    known.add(id);
    console.log(`${event.type} ${event.data.id}`); // Note it and answer; do what takes long afterwards.
  }
  response.writeHead(204).end();
});
server.listen(process.env.PORT ?? 3000, "127.0.0.1", () => console.log(`listening on ${server.address().port}`));
