/** What GitHub does with the inputs of a dispatch before a run begins. */
import type { DispatchInput } from "./file/model.ts";

/** An input that was not given, because nothing was dispatched, is null. */
export type InputValues = Record<string, string | boolean | null>;

/** A dispatch that GitHub does not take, in GitHub's words. */
export class DispatchRefused extends Error {
  override readonly name = "DispatchRefused";
  readonly status = 422;
}

/** The API sends strings; the `inputs` context has them by the types that are declared. */
export function dispatchInputs(
  declared: readonly DispatchInput[],
  sent: Readonly<Record<string, string>>,
): InputValues {
  const unexpected = Object.keys(sent).filter(
    (name) => !declared.some((input) => input.name === name),
  );
  if (unexpected.length > 0) {
    const names = unexpected.map((name) => JSON.stringify(name)).join(", ");
    throw new DispatchRefused(`Unexpected inputs provided: [${names}]`);
  }
  return Object.fromEntries(
    declared.map((input) => [input.name, inputValue(input, sent[input.name])]),
  );
}

function inputValue(input: DispatchInput, sent: string | undefined): string | boolean {
  const value = sent ?? input.fallback;
  if (input.required && value === "") {
    throw new DispatchRefused(`Required input '${input.name}' not provided`);
  }
  const allowed = allowedValues(input);
  if (allowed !== undefined && !allowed.includes(value)) {
    throw new DispatchRefused(
      `Provided value '${value}' for input '${input.name}' not in the list of allowed values`,
    );
  }
  return input.type === "boolean" ? value === "true" : value;
}

/** GitHub refuses a boolean in the words it has for a choice (https://github.com/cli/cli/issues/5246). */
function allowedValues(input: DispatchInput): readonly string[] | undefined {
  switch (input.type) {
    case "string":
      return undefined;
    case "choice":
      return input.options;
    case "boolean":
      return ["true", "false"];
  }
}
