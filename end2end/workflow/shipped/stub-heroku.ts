/**
 * A Heroku that takes pushes and says what it released: Git's own HTTP server over a bare repository, and the
 * two endpoints of the Platform API that the action asks. What is deployed is healthy.
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What Git says beside its answer goes nowhere. */
export const QUIET = { stdio: "pipe" } as const;

const SLUG = "8d2c5a5e-1f8e-4b87-9a53-0d0b4a3f2c11";

export interface StubHerokuOptions {
  app: string;
  apiKey: string;
}

export class StubHeroku {
  readonly directory = mkdtempSync(join(tmpdir(), "heroku-"));
  /** What the newest release is, one answer after the other; the last stays. */
  statuses = ["succeeded"];
  /** The commit of the newest release; undefined: what was pushed last. */
  commit: string | undefined;
  url = "";
  private readonly options: StubHerokuOptions;
  private readonly server = createServer((request, response) => this.answer(request, response));

  private constructor(options: StubHerokuOptions) {
    this.options = options;
    execFileSync("git", ["init", "--quiet", "--bare", this.repository], QUIET);
    execFileSync("git", ["-C", this.repository, "config", "http.receivepack", "true"], QUIET);
  }

  static async start(options: StubHerokuOptions): Promise<StubHeroku> {
    const stub = new StubHeroku(options);
    await new Promise<void>((resolve) => stub.server.listen(0, "127.0.0.1", resolve));
    stub.url = `http://127.0.0.1:${(stub.server.address() as AddressInfo).port}`;
    return stub;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    rmSync(this.directory, { recursive: true });
  }

  /** What main is; undefined before the first push. */
  get main(): string | undefined {
    const show = ["-C", this.repository, "for-each-ref", "refs/heads/main"];
    const refs = execFileSync("git", show, QUIET);
    return /^[0-9a-f]{40}/.exec(refs.toString())?.[0];
  }

  /** The build fails: Heroku turns the push down. */
  failBuilds(): void {
    const hook = join(this.repository, "hooks", "pre-receive");
    writeFileSync(hook, "#!/bin/sh\necho 'Push rejected, failed to compile app.'\nexit 1\n", {
      mode: 0o755,
    });
  }

  private get repository(): string {
    return join(this.directory, `${this.options.app}.git`);
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { app, apiKey } = this.options;
    const path = request.url ?? "";
    if (path === "/healthz") {
      response.end();
    } else if (path.startsWith(`/${app}.git/`)) {
      const key = Buffer.from(`heroku:${apiKey}`).toString("base64");
      if (request.headers.authorization === `Basic ${key}`) return this.git(request, response);
      response.writeHead(401, { "www-authenticate": "Basic" }).end();
    } else if (request.headers.authorization !== `Bearer ${apiKey}`) {
      response.writeHead(401).end();
    } else if (path === `/apps/${app}/releases`) {
      const status = this.statuses.length > 1 ? this.statuses.shift() : this.statuses[0];
      const release = { app: { id: "1", name: app }, version: 7, slug: { id: SLUG }, status };
      response.writeHead(206).end(JSON.stringify([release], undefined, 2));
    } else if (path === `/apps/${app}/slugs/${SLUG}`) {
      response.end(JSON.stringify({ id: SLUG, commit: this.commit ?? this.main }, undefined, 2));
    } else {
      response.writeHead(404).end();
    }
  }

  /** `git http-backend`, as any web server runs it. */
  private git(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, search } = new URL(request.url ?? "", this.url);
    const backend = spawn("git", ["http-backend"], {
      env: {
        PATH: process.env["PATH"] ?? "",
        GIT_PROJECT_ROOT: this.directory,
        GIT_HTTP_EXPORT_ALL: "1",
        REQUEST_METHOD: request.method ?? "",
        PATH_INFO: pathname,
        QUERY_STRING: search.slice(1),
        CONTENT_TYPE: request.headers["content-type"] ?? "",
        CONTENT_LENGTH: request.headers["content-length"] ?? "",
        HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
        GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
        REMOTE_USER: "heroku",
      },
      stdio: ["pipe", "pipe", "ignore"],
    });
    request.pipe(backend.stdin);
    const chunks: Buffer[] = [];
    backend.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    backend.on("close", () => {
      const output = Buffer.concat(chunks);
      const end = output.indexOf("\r\n\r\n");
      for (const line of output.subarray(0, end).toString().split("\r\n")) {
        const [name = "", value = ""] = line.split(/:\s*/, 2);
        if (name === "Status") response.statusCode = Number.parseInt(value, 10);
        else response.setHeader(name, value);
      }
      response.end(output.subarray(end + 4));
    });
  }
}
