/** Runs a step's script in its shell, as a runner does. */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface Script {
  text: string;
  /** As in the step. Without one, bash runs with fewer options: GitHub's own default. */
  shell: string | undefined;
  cwd: string;
  env: Record<string, string>;
  temp: string;
  timeoutMinutes: number | undefined;
}

export interface ScriptResult {
  exitCode: number;
  output: string;
  /** What was written to GITHUB_OUTPUT. */
  outputs: Record<string, string>;
}

/** Files by which a script speaks to the runner. Only the outputs are known here. */
const COMMAND_FILES = ["GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE"] as const;

export async function runScript(script: Script): Promise<ScriptResult> {
  const scratch = await mkdtemp(join(script.temp, "step-"));
  try {
    const files = Object.fromEntries(COMMAND_FILES.map((name) => [name, join(scratch, name)]));
    await Promise.all(Object.values(files).map((file) => writeFile(file, "")));
    const source = join(scratch, "script.sh");
    await writeFile(source, script.text);

    const { exitCode, output } = await run(source, { ...script, env: { ...script.env, ...files } });
    return { exitCode, output, outputs: await readCommandFiles(files) };
  } finally {
    await rm(scratch, { recursive: true });
  }
}

function run(source: string, script: Script): Promise<{ exitCode: number; output: string }> {
  const [shell, ...args] = commandLine(script.shell, source);
  const child = spawn(shell, args, {
    cwd: script.cwd,
    env: script.env,
    stdio: ["ignore", "pipe", "pipe"],
    ...(script.timeoutMinutes !== undefined && { timeout: script.timeoutMinutes * 60_000 }),
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ exitCode: code ?? 1, output }));
  });
}

/** A shell by its name, or a command line in which `{0}` is the script. */
function commandLine(shell: string | undefined, source: string): [string, ...string[]] {
  if (shell === undefined) return ["bash", "-e", source];
  if (shell === "bash") return ["bash", "--noprofile", "--norc", "-eo", "pipefail", source];
  const [command, ...args] = shell.split(" ");
  if (command?.startsWith("/") !== true || !args.includes("{0}") || /["']/.test(shell)) {
    throw new Error(`This runner does not know the shell "${shell}"`);
  }
  return [command, ...args.map((arg) => (arg === "{0}" ? source : arg))];
}

async function readCommandFiles(files: Record<string, string>): Promise<Record<string, string>> {
  const outputs: Record<string, string> = {};
  for (const [name, file] of Object.entries(files)) {
    for (const line of (await readFile(file, "utf8")).split("\n").filter((line) => line !== "")) {
      const [, key, value] = /^([\w-]+)=(.*)$/.exec(line) ?? [];
      if (name !== "GITHUB_OUTPUT" || key === undefined || value === undefined) {
        throw new Error(`This runner does not know how to read "${line}" in ${name}`);
      }
      outputs[key] = value;
    }
  }
  return outputs;
}
