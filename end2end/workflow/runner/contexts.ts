/** The contexts of expressions: `github`, `inputs`, `needs` and so on. */
import { data } from "@actions/expressions";

export type Plain = null | string | number | boolean | Strict | { [key: string]: Plain };

/**
 * Marks an object in which a missing member is an error. GitHub reads one as empty;
 * in `needs`, `steps` or `inputs` that is a misspelling, and a test should say so.
 * (`vars` and `secrets` stay as GitHub has them: not being set is a case of its own.)
 */
export class Strict {
  readonly name: string;
  readonly members: { [key: string]: Plain };

  constructor(name: string, members: { [key: string]: Plain }) {
    this.name = name;
    this.members = members;
  }
}

class StrictDictionary extends data.Dictionary {
  private readonly name: string;

  constructor({ name, members }: Strict) {
    super();
    this.name = name;
    for (const [key, value] of Object.entries(members)) this.add(key, expressionData(value));
  }

  override get(key: string): data.ExpressionData {
    const value = super.get(key);
    if (value === undefined) throw new Error(`There is no "${key}" in ${this.name}`);
    return value;
  }
}

/** All contexts that an expression may name. */
export class Contexts extends StrictDictionary {
  constructor(contexts: { [name: string]: Plain }) {
    super(new Strict("the contexts", contexts));
  }
}

function expressionData(value: Plain): data.ExpressionData {
  if (value === null) return new data.Null();
  if (value instanceof Strict) return new StrictDictionary(value);
  switch (typeof value) {
    case "string":
      return new data.StringData(value);
    case "number":
      return new data.NumberData(value);
    case "boolean":
      return new data.BooleanData(value);
    default: {
      const pairs = Object.entries(value).map(([key, member]) => ({
        key,
        value: expressionData(member),
      }));
      return new data.Dictionary(...pairs);
    }
  }
}
