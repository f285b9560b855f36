/** The repositories that actions come from, as a runner downloads them: whole, at one commit. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A job whose actions cannot be had fails before its first step. */
export class SetUpFailed extends Error {
  override readonly name = "SetUpFailed";
}

export class Repositories {
  private readonly known: Readonly<Record<string, string>>;
  private readonly directory: string;
  private readonly downloads = new Map<string, Promise<string>>();

  /** `known` are Git repositories of this machine, by `owner/name`. */
  constructor(known: Readonly<Record<string, string>>, directory: string) {
    this.known = known;
    this.directory = directory;
  }

  /** Where the files of this repository are, as they were at this ref. */
  at(name: string, ref: string): Promise<string> {
    const key = `${name}@${ref}`;
    const before = this.downloads.get(key);
    if (before !== undefined) return before;
    const download = this.download(name, ref);
    this.downloads.set(key, download);
    return download;
  }

  private async download(name: string, ref: string): Promise<string> {
    const source = this.known[name];
    if (source === undefined) {
      throw new SetUpFailed(`Unable to resolve action ${name}, repository not found`);
    }
    const target = join(this.directory, name, ref);
    await mkdir(target, { recursive: true });
    const archive = join(this.directory, `${this.downloads.size}.tar`);
    try {
      await run("git", ["-C", source, "archive", `--output=${archive}`, ref]);
    } catch {
      throw new SetUpFailed(`Unable to resolve action \`${name}@${ref}\`, unable to find version`);
    }
    await run("tar", ["-xf", archive, "-C", target]);
    return target;
  }
}

/**
 * A runner copies all of the repository, and fails at a link that leads nowhere, wherever it
 * is (https://github.com/actions/runner/issues/4626).
 */
export async function refuseDanglingLinks(root: string): Promise<void> {
  const dangling = (await links(root)).find((link) => !existsSync(join(root, link)));
  if (dangling !== undefined) throw new SetUpFailed(`Could not find file '${dangling}'`);
}

/** Of a check-out only what is committed: the runner gets nothing else. */
async function links(root: string): Promise<string[]> {
  if (existsSync(join(root, ".git"))) {
    const { stdout } = await run("git", ["-C", root, "ls-files", "--stage"], { maxBuffer: 2 ** 26 });
    const lines = stdout.split("\n").filter((line) => line.startsWith("120000 "));
    return lines.map((line) => line.slice(line.indexOf("\t") + 1));
  }
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const found = entries.filter((entry) => entry.isSymbolicLink());
  return found.map((entry) => join(entry.parentPath, entry.name).slice(root.length));
}
