/** A console that answers what a test tells it to, and remembers what it was sent. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { Webhook } from "standardwebhooks";

export interface Delivery {
  path: string;
  id: string;
  timestamp: number;
  signatures: string[];
  headers: Record<string, string>;
  raw: string;
  body: Record<string, unknown>;
}

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

/** Closes the connection where an answer was due. */
export const NO_ANSWER = "no answer";

export const APPLIED: Answer = { status: 200, body: '{"outcome":"applied"}' };

/** A promise holds the answer back: the sender of the delivery waits for as long. */
type Due = Answer | typeof NO_ANSWER | Promise<Answer>;

export class StubConsole {
  readonly deliveries: Delivery[] = [];
  url = "";
  private readonly answers: Due[] = [];
  private readonly server = createServer(
    (request, response) => void this.receive(request, response),
  );

  static async start(): Promise<StubConsole> {
    const stub = new StubConsole();
    await new Promise<void>((resolve) => stub.server.listen(0, "127.0.0.1", resolve));
    stub.url = `http://127.0.0.1:${(stub.server.address() as AddressInfo).port}`;
    return stub;
  }

  get statuses(): unknown[] {
    return this.deliveries.map(({ body }) => body["status"]);
  }

  /** The statuses, each with the commit that it came with. */
  get commits(): unknown[][] {
    return this.deliveries.map(({ body }) => [body["status"], body["commit"]]);
  }

  /** The next answers, one for each delivery; afterwards it is `APPLIED` again. */
  willAnswer(...answers: Due[]): void {
    this.answers.push(...answers);
  }

  async stop(): Promise<void> {
    if (!this.server.listening) return;
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    this.deliveries.push(delivery(request, Buffer.concat(chunks).toString("utf8")));

    const answer = await (this.answers.shift() ?? APPLIED);
    if (answer === NO_ANSWER) {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
    response.end(answer.body ?? "");
  }
}

function delivery(request: IncomingMessage, raw: string): Delivery {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  );
  return {
    path: request.url ?? "",
    id: headers["webhook-id"] ?? "",
    timestamp: Number(headers["webhook-timestamp"]),
    signatures: (headers["webhook-signature"] ?? "").split(" "),
    headers,
    raw,
    body: JSON.parse(raw) as Record<string, unknown>,
  };
}

/** Throws unless the official library takes the signature, the timestamp included. */
export function verify({ raw, headers }: Delivery, secret: string): void {
  const webhook = secret.startsWith("whsec_")
    ? new Webhook(secret)
    : new Webhook(secret, { format: "raw" });
  webhook.verify(raw, headers);
}
