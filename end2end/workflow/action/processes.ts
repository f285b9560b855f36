/** What one process can read of the others, in /proc. */
import { readdirSync, readFileSync } from "node:fs";

export interface Process {
  /** Its arguments, each ended by a NUL; every user may read them. */
  arguments: string;
  /** What it was started with, not what it has made of it since. */
  environment: string;
}

export function processes(): Process[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({ arguments: read(pid, "cmdline"), environment: read(pid, "environ") }));
}

/** Empty, where the process has ended or belongs to another user. */
function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
}
