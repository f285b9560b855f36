/** Runs the action's scripts on their own, as its one step does. */
import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { NOTIFY_ACTION } from "../repository.ts";

export interface ScriptRun {
  exitCode: number;
  /** Standard output and standard error. */
  output: string;
}

/** The environment of the script; `undefined` takes a variable away. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A shell that is sh somewhere, as it is called there. */
export type Shell = readonly [string, ...string[]];

export const SHELLS: Readonly<Record<string, Shell>> = {
  dash: ["/usr/bin/dash"],
  "bash --posix": ["/usr/bin/bash", "--posix"],
};

export function runAction(
  env: Environment,
  [shell, ...options]: Shell = ["/bin/sh"],
): Promise<ScriptRun> {
  const given = Object.entries({
    GITHUB_ACTION_PATH: NOTIFY_ACTION,
    NOTIFY_PATH: "/usr/bin:/bin",
    PATH: process.env["PATH"],
    ...env,
  });
  const child = spawn(shell, [...options, "-e", join(NOTIFY_ACTION, "start.sh")], {
    env: Object.fromEntries(given.filter(([, value]) => value !== undefined)),
    stdio: ["ignore", "pipe", "pipe"],
  });
  return ended(child);
}

/** Calls a function of one of the action's libraries. */
export function callFunction(
  library: string,
  call: string,
  args: readonly string[],
): Promise<ScriptRun> {
  const source = `set -euo pipefail; source "$0"; ${call}`;
  return ended(spawn("bash", ["-c", source, join(NOTIFY_ACTION, library), ...args]));
}

function ended(child: ReturnType<typeof spawn>): Promise<ScriptRun> {
  let output = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (output += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ exitCode: code ?? 1, output }));
  });
}

/**
 * Stands in front of real programs on the PATH, and writes down what each was given:
 * its arguments and its environment are what other processes of a machine may see.
 */
export class Spy {
  private readonly directory = mkdtempSync(join(tmpdir(), "spy-"));
  private readonly record = join(this.directory, "record");

  /** `instead` is run in place of the program, and the program itself without it. */
  watch(program: string, instead = `PATH=\${PATH#*:} exec ${program} "$@"`): void {
    const shim = join(this.lone, program);
    mkdirSync(this.lone, { recursive: true });
    writeFileSync(
      shim,
      `#!/bin/bash\n{ printf '%s\\n' "${program} $*"; env; } >>'${this.record}'\n${instead}\n`,
    );
    chmodSync(shim, 0o755);
  }

  /** A program of the machine, by its own name, where `lone` is the whole PATH. */
  has(program: string, target = `/usr/bin/${program}`): void {
    mkdirSync(this.lone, { recursive: true });
    symlinkSync(target, join(this.lone, program));
  }

  get lone(): string {
    return join(this.directory, "bin");
  }

  get path(): string {
    return `${this.lone}:${process.env["PATH"] ?? ""}`;
  }

  get seen(): string {
    return existsSync(this.record) ? readFileSync(this.record, "utf8") : "";
  }

  /** The command lines of one program. */
  calls(program: string): string[] {
    return this.seen.split("\n").filter((line) => line.startsWith(`${program} `));
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }
}
