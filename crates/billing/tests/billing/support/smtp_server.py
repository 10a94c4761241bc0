"""An independent SMTP server (aiosmtpd) on this machine, which writes what it received as a line of JSON each.

    smtp_server.py serve PORT [CERTIFICATE KEY [NAME PASSWORD]]     port 0: any; the first line says which
    smtp_server.py parse FILE...                                    messages that lie in files

Whoever writes to refused@, policy@, unexplained@, later@ or silent@ is told 550, three times for another reason, 451 or nothing. It takes messages with aiosmtpd, and reads them with
Python's own email package.
"""

import asyncio
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


def told(message, recipients, tls):
    parsed = email.message_from_bytes(message, policy=email.policy.default)
    line = {
        "recipients": recipients,
        "tls": tls,
        "from": str(parsed["from"]),
        "to": str(parsed["to"]),
        "cc": str(parsed["cc"]),
        "bcc": str(parsed["bcc"]),
        "subject": str(parsed["subject"]),
        "date": parsed["date"].datetime.isoformat(),
        "message_id": str(parsed["message-id"]),
        "language": str(parsed["content-language"]),
        "auto_submitted": str(parsed["auto-submitted"]),
        "type": parsed.get_content_type(),
        "defects": [repr(defect) for defect in parsed.defects],
        "body": parsed.get_content().replace("\r\n", "\n"),
    }
    print(json.dumps(line), flush=True)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused@"):
            return "550 5.1.1 nobody of this name"
        if address.startswith("policy@"):
            return "550 5.7.1 not from you"
        if address.startswith("unexplained@"):
            return "550 no"
        if address.startswith("later@"):
            return "451 4.7.1 come back"
        if address.startswith("silent@"):
            await asyncio.sleep(3600)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        told(envelope.content, envelope.rcpt_tos, session.ssl is not None)
        return "250 taken"


async def serve(port, files, credentials):
    options = {}
    if files:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*files)
        options = {"tls_context": context, "require_starttls": True}
    if credentials:
        name, password = (text.encode() for text in credentials)

        def check(server, session, envelope, mechanism, given):
            # Not handled: the server tells whoever is not let in.
            return AuthResult(success=(given.login, given.password) == (name, password), handled=False)

        options |= {"authenticator": check, "auth_required": True}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Handler(), loop=loop, **options), "127.0.0.1", port)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await server.serve_forever()


if sys.argv[1] == "parse":
    for name in sys.argv[2:]:
        with open(name, "rb") as file:
            told(file.read(), [], False)
else:
    asyncio.run(serve(int(sys.argv[2]), sys.argv[3:5], sys.argv[5:7]))
