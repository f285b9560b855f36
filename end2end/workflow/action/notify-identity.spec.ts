/** The action without a secret: it asks GitHub for an identity token, and keeps it to itself. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { expect, SECRET, test as base } from "./fixtures.ts";
import type { Environment } from "./notify-script.ts";
import { processes } from "./processes.ts";
import { type Answer, APPLIED, verify } from "../stub-console.ts";

const REQUEST_TOKEN = "eyJyZXF1ZXN0.Y2FuYXJ5.c2ln";

interface Asked {
  audience: string | null;
  version: string | null;
  authorization: string | undefined;
}

/** What GitHub has for a job that may ask for tokens: one answer for each question, then 200. */
class TokenEndpoint {
  readonly asked: Asked[] = [];
  readonly tokens: string[] = [];
  url = "";
  private readonly answers: Answer[] = [];
  private readonly server = createServer((request, response) => this.answer(request, response));

  static async start(): Promise<TokenEndpoint> {
    const endpoint = new TokenEndpoint();
    await new Promise<void>((resolve) => endpoint.server.listen(0, "127.0.0.1", resolve));
    const { port } = endpoint.server.address() as AddressInfo;
    endpoint.url = `http://127.0.0.1:${port}/token?api-version=2.0`;
    return endpoint;
  }

  willAnswer(...answers: Answer[]): void {
    this.answers.push(...answers);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const query = new URL(request.url ?? "", "http://127.0.0.1").searchParams;
    this.asked.push({
      audience: query.get("audience"),
      version: query.get("api-version"),
      authorization: request.headers.authorization,
    });
    const answer = this.answers.shift();
    if (answer) {
      response.writeHead(answer.status, answer.headers).end(answer.body ?? "");
      return;
    }
    const claims = Buffer.from(`{"number":${this.tokens.length},"canary":1}`).toString("base64url");
    const token = `eyJhbGciOiJSUzI1NiJ9.${claims}.c2lnbmF0dXJl`;
    this.tokens.push(token);
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ count: token.length, value: token }));
  }
}

const test = base.extend<{ github: TokenEndpoint; granted: Environment }>({
  github: async ({}, use) => {
    const github = await TokenEndpoint.start();
    await use(github);
    await github.stop();
  },
  /** The environment of a step in a job with `id-token: write`, and without a secret. */
  granted: async ({ github }, use) =>
    use({
      NOTIFY_HMAC_SECRET: "",
      ACTIONS_ID_TOKEN_REQUEST_URL: github.url,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: REQUEST_TOKEN,
    }),
});

test("f98: the callback carries a token for the console alone", async ({
  notify,
  stub,
  github,
  granted,
}) => {
  const { exitCode, output } = await notify({ ...granted, NOTIFY_CONSOLE_URL: `${stub.url}/` });

  expect(exitCode, output).toBe(0);
  expect(github.asked).toEqual([
    { audience: stub.url, version: "2.0", authorization: `bearer ${REQUEST_TOKEN}` },
  ]);
  const [delivery] = stub.deliveries;
  expect(delivery?.headers["authorization"]).toBe(`Bearer ${github.tokens[0]}`);
  expect(delivery?.headers["webhook-signature"]).toBeUndefined();
  expect(delivery?.id).toMatch(/^msg_[0-9a-f]{32}$/);
  expect(Math.abs(delivery!.timestamp - Date.now() / 1000)).toBeLessThan(10);
  expect(delivery?.body["status"]).toBe("building");
  expect(output).toBe(`Callback building: applied (delivery ${delivery!.id}, attempt 1).\n`);
});

test("every try has a token of its own, and the same delivery id", async ({
  notify,
  stub,
  github,
  granted,
}) => {
  stub.willAnswer({ status: 503, headers: { "retry-after": "0" } });
  const { exitCode } = await notify(granted);

  expect(exitCode).toBe(0);
  const sent = stub.deliveries.map(({ headers }) => headers["authorization"]);
  expect(sent).toEqual(github.tokens.map((token) => `Bearer ${token}`));
  expect(new Set(sent).size).toBe(2);
  expect(new Set(stub.deliveries.map(({ id }) => id)).size).toBe(1);
});

test("where there is a secret, it signs, and GitHub is not asked", async ({
  notify,
  stub,
  github,
  granted,
}) => {
  await notify({ ...granted, NOTIFY_HMAC_SECRET: SECRET });
  verify(stub.deliveries[0]!, SECRET);
  expect(stub.deliveries[0]!.headers["authorization"]).toBeUndefined();
  expect(github.asked).toEqual([]);
});

test("GitHub is asked again where that can help, and refusals are said in words", async ({
  notify,
  stub,
  github,
  granted,
}) => {
  github.willAnswer({ status: 500 }, { status: 429 });
  expect(await notify(granted)).toMatchObject({ exitCode: 0 });
  expect(stub.deliveries).toHaveLength(1);

  github.willAnswer({ status: 403, body: "{}" });
  const refused = await notify(granted);
  expect(refused.exitCode).toBe(1);
  expect(refused.output).toContain("GitHub, asked for an identity token, answered 403");
  expect(refused.output).toContain("id-token: write");

  for (const body of ["{}", '{"value":""}', '{"value":"a b"}', "<h1>It works</h1>"]) {
    github.willAnswer({ status: 200, body });
    const strange = await notify(granted);
    expect(strange.exitCode, body).toBe(1);
    expect(strange.output).toContain("gave no identity token");
  }
  expect(stub.deliveries).toHaveLength(1);
});

test("a console that does not take the token is said in words", async ({
  notify,
  stub,
  granted,
}) => {
  stub.willAnswer({ status: 401, body: '{"code":"invalid_identity","detail":"The token has expired."}' });
  const { exitCode, output } = await notify(granted);
  expect(exitCode).toBe(1);
  expect(output).toContain("401 invalid_identity (The token has expired.)");
  expect(output).toContain("callback_identity");
});

test("f98: neither token is on a command line, in a child's environment or in the output", async ({
  notify,
  spy,
  stub,
  github,
  granted,
}) => {
  for (const program of ["curl", "openssl", "head", "tr", "mktemp", "rm", "cat"]) spy.watch(program);
  stub.willAnswer({ status: 500 }, { status: 401 });
  const { output } = await notify({ ...granted, NOTIFY_PATH: spy.path });

  expect(spy.calls("curl")).toHaveLength(4);
  expect(github.tokens).toHaveLength(2);
  for (const token of [REQUEST_TOKEN, ...github.tokens]) {
    expect(output).not.toContain(token);
    expect(spy.seen).not.toContain(token);
  }
});

test("f98: while the console is slow, no process shows either token", async ({
  notify,
  stub,
  github,
  granted,
  id,
}) => {
  let answer!: (answer: Answer) => void;
  stub.willAnswer(new Promise<Answer>((resolve) => (answer = resolve)));
  const notified = notify(granted);
  await expect.poll(() => stub.deliveries.length).toBe(1);
  const all = processes();
  answer(APPLIED);
  await notified;

  expect(all.some((it) => it.arguments.includes(`/deploys/${id}/callback`))).toBe(true);
  const showing = all.filter((it) =>
    [REQUEST_TOKEN, ...github.tokens].some((token) =>
      `${it.environment} ${it.arguments}`.includes(token),
    ),
  );
  expect(showing.map((it) => it.arguments)).toEqual([]);
});

test("on a runner, the token is masked before anything else", async ({ notify, github, granted }) => {
  const { output } = await notify({ ...granted, GITHUB_ACTIONS: "true" });
  const lines = output.split("\n");
  expect(lines[0]).toBe(`::add-mask::${github.tokens[0]}`);
  expect(lines.slice(1).join("\n")).not.toContain(github.tokens[0]!);
});

const MISSING: Record<string, Environment> = {
  "no permission": {
    ACTIONS_ID_TOKEN_REQUEST_URL: undefined,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: undefined,
  },
  "no address": { ACTIONS_ID_TOKEN_REQUEST_URL: "" },
  "an address that is none": { ACTIONS_ID_TOKEN_REQUEST_URL: "file:///etc/passwd" },
  "a token that could be a setting": { ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'x"\noutput = "/tmp/canary' },
};
for (const [what, env] of Object.entries(MISSING)) {
  test(`without a secret and with ${what}, nothing is sent`, async ({
    notify,
    stub,
    github,
    granted,
  }) => {
    const { exitCode, output } = await notify({ ...granted, ...env });
    expect(exitCode).toBe(2);
    expect(output).toContain("hmac_secret is empty");
    expect(output).toContain("id-token: write");
    expect([...stub.deliveries, ...github.asked]).toEqual([]);
  });
}
