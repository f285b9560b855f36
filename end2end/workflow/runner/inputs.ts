/** What GitHub does with the inputs of a dispatch before a run begins. */
import type { DispatchInput } from "./model.ts";

export type InputValues = Record<string, string | boolean>;

/** The API sends strings; the `inputs` context has them by the types that are declared. */
export function dispatchInputs(
  declared: readonly DispatchInput[],
  sent: Readonly<Record<string, string>>,
): InputValues {
  const unexpected = Object.keys(sent).filter(
    (name) => !declared.some((input) => input.name === name),
  );
  if (unexpected.length > 0) throw new Error(`Unexpected inputs: ${unexpected.join(", ")}`);
  return Object.fromEntries(
    declared.map((input) => [input.name, inputValue(input, sent[input.name])]),
  );
}

function inputValue(input: DispatchInput, sent: string | undefined): string | boolean {
  const value = sent ?? input.fallback;
  if (input.required && value === "") throw new Error(`The input ${input.name} is required`);
  switch (input.type) {
    case "string":
      return value;
    case "choice":
      if (!input.options.includes(value)) {
        throw new Error(
          `${input.name} is "${value}", which is not one of ${input.options.join(", ")}`,
        );
      }
      return value;
    case "boolean":
      if (value !== "true" && value !== "false")
        throw new Error(`${input.name} is "${value}", no boolean`);
      return value === "true";
  }
}
