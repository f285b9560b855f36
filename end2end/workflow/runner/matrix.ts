/** The legs of a job: one for each combination of the values in its matrix, or the job itself. */
import { type Plain, Strict } from "./contexts.ts";
import type { Job, MatrixValue, Strategy } from "./file/model.ts";
import type { JobReport, Result } from "./report.ts";

export interface Leg {
  /** As GitHub shows it: `deploy (eu)`. */
  name: string;
  /** The contexts `strategy` and, where there is a matrix, `matrix`. */
  contexts: { [name: string]: Plain };
}

export function legsOf({ id, strategy }: Job): Leg[] {
  const combinations = strategy === undefined ? [] : combine(strategy);
  const failFast = strategy?.failFast ?? true;
  if (combinations.length === 0) {
    return [{ name: id, contexts: { strategy: strategyContext(0, 1, failFast) } }];
  }
  return combinations.map((values, index) => ({
    name: `${id} (${Object.values(values).join(", ")})`,
    contexts: {
      strategy: strategyContext(index, combinations.length, failFast),
      matrix: new Strict("matrix", values),
    },
  }));
}

/** Every value of the first variable with every one of the second, and so on. */
function combine({ matrix }: Strategy): { [name: string]: MatrixValue }[] {
  if (matrix.size === 0) return [];
  return [...matrix].reduce<{ [name: string]: MatrixValue }[]>(
    (combined, [name, values]) =>
      combined.flatMap((before) => values.map((value) => ({ ...before, [name]: value }))),
    [{}],
  );
}

function strategyContext(index: number, total: number, failFast: boolean): Strict {
  return new Strict("strategy", {
    "fail-fast": failFast,
    "job-index": index,
    "job-total": total,
  });
}

/** What the jobs that need this one see: one result, and the outputs that were set last. */
export function together(id: string, legs: readonly JobReport[]): JobReport {
  const results = legs.map(({ result }) => result);
  const worst = (["failure", "cancelled", "skipped"] as const).find((it) => results.includes(it));
  const result: Result = worst ?? "success";
  const outputs: Record<string, string> = {};
  for (const [name, value] of legs.flatMap((leg) => Object.entries(leg.outputs))) {
    if (value !== "" || !(name in outputs)) outputs[name] = value;
  }
  return { id, result, outputs };
}
