/** The action's script against a stub of the console. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { type Answer, APPLIED, NO_ANSWER, verify } from "../stub-console.ts";
import { expect, SECRET, test } from "./fixtures.ts";
import type { Environment } from "./notify-script.ts";

test("one callback, signed, and one line about it", async ({ notify, stub, id }) => {
  const { exitCode, output } = await notify({
    NOTIFY_LOG_LINE: "Building.",
    GITHUB_RUN_ID: "16400000001",
    GITHUB_RUN_ATTEMPT: "2",
  });

  expect(exitCode).toBe(0);
  expect(stub.deliveries).toHaveLength(1);
  const delivery = stub.deliveries[0]!;
  expect(delivery.path).toBe(`/api/internal/deploys/${id}/callback`);
  expect(delivery.headers["content-type"]).toBe("application/json");
  expect(delivery.id).toMatch(/^msg_[0-9a-f]{32}$/);
  expect(Math.abs(delivery.timestamp - Date.now() / 1000)).toBeLessThan(10);
  expect(delivery.body).toEqual({
    console_deploy_id: id,
    status: "building",
    log_line: "Building.",
    run_id: 16_400_000_001,
    run_attempt: 2,
  });
  verify(delivery, SECRET);
  expect(output).toBe(`Callback building: applied (delivery ${delivery.id}, attempt 1).\n`);
});

test("members that have no value are left out", async ({ notify, stub, id }) => {
  await notify({ NOTIFY_LOG_LINE: "", NOTIFY_FAILURE_STAGE: "", GITHUB_RUN_ID: "not a number" });
  expect(stub.deliveries[0]!.body).toEqual({ console_deploy_id: id, status: "building" });
});

const SHA_1 = "5bd1e3a6c0f94c2bb5b8a1de74fb5c3ae1d20f67";
const SHA_256 = SHA_1 + "0123456789abcdef01234567";

for (const commit of [SHA_1, SHA_256]) {
  test(`a commit of ${commit.length} digits is sent`, async ({ notify, stub, id }) => {
    const { exitCode, output } = await notify({ NOTIFY_COMMIT: commit });

    expect(exitCode).toBe(0);
    expect(stub.deliveries[0]!.body).toEqual({ console_deploy_id: id, status: "building", commit });
    verify(stub.deliveries[0]!, SECRET);
    expect(output).not.toContain("::");
  });
}

test("no commit: none is sent, and no word about it", async ({ notify, stub, id }) => {
  for (const NOTIFY_COMMIT of ["", undefined]) {
    const { output } = await notify({ NOTIFY_COMMIT });
    expect(output).toMatch(/^Callback building: applied .*\n$/);
  }
  const body = { console_deploy_id: id, status: "building" };
  expect(stub.deliveries.map((delivery) => delivery.body)).toEqual([body, body]);
});

const NO_COMMIT = {
  "a branch": "main",
  "a short id": SHA_1.slice(0, 12),
  "one digit too few": SHA_1.slice(1),
  "one digit too many": `${SHA_1}0`,
  "a length between the two": SHA_256.slice(0, 50),
  "capital letters": SHA_1.toUpperCase(),
  "a letter that is no digit": SHA_1.replace("f", "g"),
  "a word before it": `commit ${SHA_1}`,
  "a line after it": `${SHA_1}\n::add-path::/tmp`,
  "the end of a line": `${SHA_1}\n`,
  json: `${SHA_1}","status":"succeeded`,
  blanks: " ",
};
for (const [name, commit] of Object.entries(NO_COMMIT)) {
  test(`what is no commit is left out, and the status is sent: ${name}`, async ({
    notify,
    stub,
    id,
  }) => {
    const { exitCode, output } = await notify({ NOTIFY_COMMIT: commit });

    expect(exitCode).toBe(0);
    expect(stub.deliveries[0]!.body).toEqual({ console_deploy_id: id, status: "building" });
    const [warning, ...others] = output.split("\n");
    expect(warning).toMatch(/^::warning title=Commit not reported::building: sent without it\./);
    expect(others).toEqual([expect.stringMatching(/^Callback building: applied /), ""]);
  });
}

test("an address may have a port and a path", async ({ notify, stub, id }) => {
  await notify({ NOTIFY_CONSOLE_URL: `${stub.url}/tools/console` });
  expect(stub.deliveries[0]!.path).toBe(`/tools/console/api/internal/deploys/${id}/callback`);
});

test("a slash at the end of the address does no harm", async ({ notify, stub, id }) => {
  await notify({ NOTIFY_CONSOLE_URL: `${stub.url}/` });
  expect(stub.deliveries[0]!.path).toBe(`/api/internal/deploys/${id}/callback`);
});

test("no deploy id: no request and no word, whatever else is missing", async ({ notify, stub }) => {
  const nothing = { NOTIFY_DEPLOY_ID: "", NOTIFY_STATUS: "", NOTIFY_HMAC_SECRET: "" };
  expect(await notify(nothing)).toEqual({ exitCode: 0, output: "" });
  expect(await notify({ NOTIFY_DEPLOY_ID: undefined })).toEqual({ exitCode: 0, output: "" });
  expect(stub.deliveries).toEqual([]);
});

const everyControl = Array.from({ length: 31 }, (_, at) => String.fromCharCode(at + 1)).join("");
const AWKWARD = {
  quotes: `"double" 'single' \`back\``,
  backslashes: String.raw`C:\new\table\\ \" \u0041 \\n %25 \x41`,
  "several lines": "first\nsecond\r\nthird\n",
  "every control character": `${everyControl}\u007f`,
  "other scripts": "Größe 東京 🚀 𝕏 \u2028\u2029 \u202e",
  shell: "$HOME $(id) `id` ${PATH} & && ; | * ? ~ !",
  "replacement marks": String.raw`& \& \0 \1 $&`,
  json: '{"status":"succeeded"}',
  terminal: "\u001b[31mred\u001b[0m \u001b]0;title\u0007",
  "a workflow command": "::error::not one",
  "leading dash": "-n -e --data",
  spaces: "  two  ",
};
for (const [name, line] of Object.entries(AWKWARD)) {
  test(`a log line with ${name} arrives as it is`, async ({ notify, stub }) => {
    const { exitCode, output } = await notify({ NOTIFY_LOG_LINE: line });
    expect(exitCode).toBe(0);
    expect(stub.deliveries[0]!.body["log_line"]).toBe(line);
    verify(stub.deliveries[0]!, SECRET);
    expect(output.split("\n")).toHaveLength(2);
  });
}

for (const [name, character] of Object.entries({ letter: "x", control: "\u0001", rocket: "🚀" })) {
  test(`a very long log line (${name}) is cut between characters, and fits`, async ({
    notify,
    stub,
  }) => {
    await notify({ NOTIFY_LOG_LINE: character.repeat(20_000) });
    const delivery = stub.deliveries[0]!;
    expect(delivery.body["log_line"]).toBe(character.repeat(8_000));
    expect(Buffer.byteLength(delivery.raw)).toBeLessThan(64 * 1024);
  });
}

test("while secrets are rotated, each of them signs", async ({ notify, stub }) => {
  const secrets = [SECRET, "a plain one", "whsec_c2Vjb25kIHNlY3JldA=="].map((s) =>
    s.replaceAll(" ", "-"),
  );
  await notify({ NOTIFY_HMAC_SECRET: `${secrets.join(" ")}\n` });

  const delivery = stub.deliveries[0]!;
  expect(delivery.signatures).toHaveLength(3);
  for (const secret of secrets) verify(delivery, secret);
  expect(() => verify(delivery, "another-secret")).toThrow();
});

const PASSING: Record<string, Answer | typeof NO_ANSWER> = {
  "408": { status: 408 },
  "429": { status: 429 },
  "500": { status: 500 },
  "502": { status: 502, body: "<html>bad gateway</html>" },
  "503": { status: 503, headers: { "retry-after": "0" } },
  "a lost connection": NO_ANSWER,
};
for (const [name, answer] of Object.entries(PASSING)) {
  test(`after ${name} the same delivery is sent again`, async ({ notify, stub }) => {
    stub.willAnswer(answer, answer, { status: 200, body: '{"outcome":"replayed"}' });
    const { exitCode, output } = await notify();

    expect(exitCode).toBe(0);
    expect(output).toContain("Callback building: replayed");
    expect(stub.deliveries).toHaveLength(3);
    expect(new Set(stub.deliveries.map(({ id }) => id)).size).toBe(1);
    expect(new Set(stub.deliveries.map(({ raw }) => raw)).size).toBe(1);
    for (const delivery of stub.deliveries) verify(delivery, SECRET);
  });
}

test("what is sent again is signed anew", async ({ notify, stub }) => {
  // The one pause of this suite: a timestamp counts whole seconds.
  stub.willAnswer({ status: 503, headers: { "retry-after": "1" } });
  await notify();

  const [first, second] = stub.deliveries;
  expect(second!.timestamp).toBeGreaterThan(first!.timestamp);
  expect(second!.signatures).not.toEqual(first!.signatures);
  expect(second!.id).toBe(first!.id);
});

test("it gives up after four attempts, and says what the last one brought", async ({
  notify,
  stub,
}) => {
  stub.willAnswer(...Array<Answer>(5).fill({ status: 503, body: '{"code":"database_busy"}' }));
  const { exitCode, output } = await notify();

  expect(exitCode).toBe(1);
  expect(stub.deliveries).toHaveLength(4);
  expect(output).toContain("given up after 4 attempts; the last one: 503 database_busy");
});

test("a console that is not there is named as such", async ({ notify, stub }) => {
  await stub.stop();
  const { exitCode, output } = await notify();

  expect(exitCode).toBe(1);
  expect(output).toContain("given up after 4 attempts; the last one: no answer");
});

test("pauses grow from one second to four", async ({ notify, spy, stub }) => {
  spy.watch("sleep", "exit 0");
  stub.willAnswer(...Array<Answer>(4).fill({ status: 500 }));
  await notify({ NOTIFY_PATH: spy.path, NOTIFY_BACKOFF_SECONDS: undefined });
  expect(spy.calls("sleep")).toEqual(["sleep 1", "sleep 2", "sleep 4"]);
});

for (const [given, pause] of Object.entries({ "0": "0", "08": "8", "": "1" })) {
  test(`a first pause of "${given}" is ${pause} s`, async ({ notify, spy, stub }) => {
    spy.watch("sleep", "exit 0");
    stub.willAnswer({ status: 500 });
    await notify({ NOTIFY_PATH: spy.path, NOTIFY_BACKOFF_SECONDS: given });
    expect(spy.calls("sleep")).toEqual([`sleep ${pause}`]);
  });
}

for (const given of ["a[$(touch MARKER)]", "-1", "1.5", "1000", "attempt", "0x10", "1\n", " 1"]) {
  test(`a first pause of ${JSON.stringify(given)} is not taken`, async ({
    notify,
    spy,
    stub,
  }, testInfo) => {
    const marker = testInfo.outputPath("marker");
    spy.watch("sleep", "exit 0");
    stub.willAnswer({ status: 500 });
    const { exitCode, output } = await notify({
      NOTIFY_PATH: spy.path,
      NOTIFY_BACKOFF_SECONDS: given.replace("MARKER", marker),
    });

    expect(exitCode).toBe(0);
    expect(output).toMatch(/^::warning title=Pause not taken::NOTIFY_BACKOFF_SECONDS is not /);
    expect(spy.calls("sleep")).toEqual(["sleep 1"]);
    expect(existsSync(marker)).toBe(false);
  });
}

test("a pause that the console asks for is kept", async ({ notify, spy, stub }) => {
  spy.watch("sleep", "exit 0");
  stub.willAnswer({ status: 429, headers: { "Retry-After": "7" } }, { status: 503 });
  await notify({ NOTIFY_PATH: spy.path });
  expect(spy.calls("sleep")).toEqual(["sleep 7", "sleep 0"]);
});

test("a pause that the job cannot wait for ends it at once", async ({ notify, spy, stub }) => {
  spy.watch("sleep", "exit 0");
  stub.willAnswer({ status: 429, headers: { "retry-after": "3600" } });
  const { exitCode, output } = await notify({ NOTIFY_PATH: spy.path });

  expect(exitCode).toBe(1);
  expect(stub.deliveries).toHaveLength(1);
  expect(output).toContain("asked to wait 3600 s");
});

test("a pause until a date is the usual pause", async ({ notify, spy, stub }) => {
  spy.watch("sleep", "exit 0");
  stub.willAnswer({ status: 503, headers: { "retry-after": "Wed, 21 Oct 2099 07:28:00 GMT" } });
  expect((await notify({ NOTIFY_PATH: spy.path, NOTIFY_BACKOFF_SECONDS: "2" })).exitCode).toBe(0);
  expect(spy.calls("sleep")).toEqual(["sleep 2"]);
});

for (const status of [301, 307, 400, 401, 403, 404, 409, 413, 415, 422]) {
  test(`${status} is final, and explained`, async ({ notify, stub }) => {
    stub.willAnswer({
      status,
      headers: { location: "/elsewhere" },
      body: `{"code":"the_code","detail":"What was \\"wrong\\"."}`,
    });
    const { exitCode, output } = await notify();

    expect(exitCode).toBe(1);
    expect(stub.deliveries).toHaveLength(1);
    expect(output).toContain(
      "::error title=Deploy status not delivered::building: the console answered ",
    );
    expect(output).toContain(`${status} the_code (What was \\"wrong\\".).`);
  });
}

test("a 200 that is not a console's is not taken for one", async ({ notify, stub }) => {
  stub.willAnswer({ status: 200, body: "<html>Sign in</html>" });
  const { exitCode, output } = await notify();
  expect(exitCode).toBe(1);
  expect(output).toContain("not as a console does");
});

test("an answer cannot give orders to the runner", async ({ notify, stub }) => {
  const order = "\\n::add-path::/tmp %0A::add-path::/tmp \n::add-path::/tmp\r\u001b[2J";
  stub.willAnswer({ status: 400, body: `{"detail":"${order}"}` });
  const { output } = await notify();

  expect(output.split("\n")).toHaveLength(2);
  expect(output).toMatch(/^::error /);
  expect(output).toContain("%250A");
  expect(output).not.toContain("\u001b");
});

test("nor can the older commands, wherever they stand", async ({ notify, stub }) => {
  stub.willAnswer({ status: 503, body: '{"code":"##[group]x","detail":"##[add-mask]applied"}' });
  const { output } = await notify();
  expect(output).toContain("503 ## [group]x (## [add-mask]applied)");
  expect(output).not.toContain("##[");
});

const NO_ADDRESS = [
  "https://user:canary@127.0.0.1",
  "http://127.0.0.1/{a,b}",
  "http://127.0.0.1/[1-9]",
  "http://127.0.0.1/?to=",
  "http://127.0.0.1/#",
  "http://127.0.0.1/ -o x",
  "http://127.0.0.1:port",
  "http://127.0.0.1\\@127.0.0.2",
  'http://127.0.0.1/"\noutput=x',
];
for (const address of NO_ADDRESS) {
  test(`${JSON.stringify(address)} is no address`, async ({ notify, spy }) => {
    spy.watch("curl");
    spy.watch("tr");
    const run = await notify({ NOTIFY_CONSOLE_URL: address, NOTIFY_PATH: spy.path });
    expect(run.exitCode).toBe(2);
    expect(run.output).toContain("console_url is not an http(s) address");
    expect(run.output).not.toContain("canary");
    expect(spy.calls("curl")).toEqual([]);
  });
}

test("curl reads no file of settings", async ({ notify, spy, stub }, testInfo) => {
  const home = testInfo.outputPath("home");
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, ".curlrc"), 'header = "X-Curlrc: read"\n');
  spy.watch("curl");
  await notify({ HOME: home, CURL_HOME: home, NOTIFY_PATH: spy.path });

  expect(stub.deliveries[0]!.headers).not.toHaveProperty("x-curlrc");
  expect(spy.calls("curl")).toEqual([expect.stringMatching(/^curl -q --globoff /)]);
});

const MAY_KNOW = /^(HOME|PATH|LC_ALL|https_proxy|PWD|SHLVL|_)=/;

test("programs know little of the environment", async ({ notify, spy }) => {
  for (const program of ["curl", "openssl", "od"]) spy.watch(program);
  await notify({
    NOTIFY_PATH: spy.path,
    HOME: "/home/runner",
    https_proxy: "http://proxy.example:8080",
    GIT_DIR: "/nowhere",
    OPENSSL_CONF: "/nowhere",
    SSLKEYLOGFILE: "/nowhere",
    several: "lines\ndeclare -x HOME=\nof text",
  });
  const variables = spy.seen.split("\n").filter((line) => /^\w+=/.test(line));
  expect(variables).toContain("https_proxy=http://proxy.example:8080");
  expect(variables).toContain("HOME=/home/runner");
  expect(variables.filter((line) => !MAY_KNOW.test(line))).toEqual([]);
});

test("a check-out's settings start no program", async ({ notify, stub }, testInfo) => {
  const workspace = testInfo.outputPath("workspace");
  const marker = testInfo.outputPath("marker");
  const program = testInfo.outputPath("program");
  mkdirSync(workspace, { recursive: true });
  writeFileSync(program, `#!/bin/sh\ntouch '${marker}'\n`, { mode: 0o755 });
  const git = (args: string[], input = "") =>
    execFileSync("git", ["-C", workspace, ...args], { input }).toString().trim();
  git(["init", "--quiet"]);
  for (const name of ["gpg.program", "core.pager", "core.fsmonitor", "diff.external"]) {
    git(["config", name, program]);
  }
  git(["config", "log.showSignature", "true"]);
  const person = "A <a@example.com> 1700000000 +0000";
  const tree = git(["mktree"]);
  const signed = `tree ${tree}\nauthor ${person}\ncommitter ${person}\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n -----END PGP SIGNATURE-----\n\nsigned\n`;
  const commit = git(["hash-object", "-t", "commit", "-w", "--stdin"], signed);
  await notify({ NOTIFY_COMMIT: commit, GITHUB_WORKSPACE: workspace });

  expect(stub.deliveries[0]!.body["committed_at"]).toBe("2023-11-14T22:13:20+00:00");
  expect(existsSync(marker)).toBe(false);
});

const MISUSE: Record<string, Environment> = {
  "console_deploy_id is not a UUID": { NOTIFY_DEPLOY_ID: "../../healthz" },
  "status is empty": { NOTIFY_STATUS: "" },
  "failure_stage is not a word": { NOTIFY_FAILURE_STAGE: "Smoke gate" },
  "console_url is not an http(s) address": { NOTIFY_CONSOLE_URL: "file:///etc/passwd" },
  "Is the variable CONSOLE_URL set?": { NOTIFY_CONSOLE_URL: "" },
  "hmac_secret is empty": { NOTIFY_HMAC_SECRET: " \n" },
  "is not base64": { NOTIFY_HMAC_SECRET: "whsec_canary!" },
};
for (const [message, env] of Object.entries(MISUSE)) {
  test(`misuse is refused before anything is sent: ${message}`, async ({ notify, stub }) => {
    const { exitCode, output } = await notify(env);
    expect(exitCode).toBe(2);
    expect(output).toContain(message);
    expect(output).not.toContain("canary");
    expect(stub.deliveries).toEqual([]);
  });
}

test("the secret is on no command line, in no child's environment and in no output", async ({
  notify,
  spy,
  stub,
}) => {
  for (const program of ["curl", "openssl", "od", "tr", "head", "mktemp", "rm", "cat"])
    spy.watch(program);
  const plain = "plain-secret";
  stub.willAnswer({ status: 500 }, { status: 401 });
  const { output } = await notify({ NOTIFY_PATH: spy.path, NOTIFY_HMAC_SECRET: `${SECRET} ${plain}` });

  const key = Buffer.from(SECRET.slice(6), "base64");
  const forms = [SECRET.slice(6), key.toString("hex"), plain, Buffer.from(plain).toString("hex")];
  expect(spy.calls("curl")).toHaveLength(2);
  expect(spy.calls("openssl").length).toBeGreaterThan(8);
  for (const form of forms) {
    expect(output).not.toContain(form);
    expect(spy.seen).not.toContain(form);
  }
});

test("on a runner, each secret of a rotation is masked", async ({ notify }) => {
  const { output } = await notify({ GITHUB_ACTIONS: "true", NOTIFY_HMAC_SECRET: `${SECRET} 100%` });
  const lines = output.split("\n");
  expect(lines.slice(0, 2)).toEqual([`::add-mask::${SECRET}`, "::add-mask::100%25"]);
  expect(lines.slice(2).join("\n")).not.toContain(SECRET.slice(6));
});

test("nothing is left behind in the temporary directory", async ({ notify, stub }, testInfo) => {
  const temp = testInfo.outputPath("temp");
  mkdirSync(temp, { recursive: true });
  stub.willAnswer(APPLIED, { status: 401 });
  await notify({ RUNNER_TEMP: temp });
  await notify({ RUNNER_TEMP: temp });
  expect(readdirSync(temp)).toEqual([]);
});
