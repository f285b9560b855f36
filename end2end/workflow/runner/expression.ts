/** Evaluates what a workflow writes in `${{ }}` and `if:`, with GitHub's own evaluator. */
import { data, Evaluator, Lexer, Parser } from "@actions/expressions";
import type { FunctionDefinition } from "@actions/expressions/funcs/info";
import { truthy } from "@actions/expressions/result";
import { ensureStatusFunction } from "@actions/workflow-parser/model/converter/if-condition";
import { splitAllowedContext } from "@actions/workflow-parser/templates/allowed-context";
import { BasicExpressionToken } from "@actions/workflow-parser/templates/tokens/basic-expression-token";
import type { ScalarToken } from "@actions/workflow-parser/templates/tokens/scalar-token";

import { Contexts } from "./contexts.ts";

export type Status = "success" | "failure" | "cancelled" | "skipped";

export class Expressions {
  private readonly contexts: Contexts;
  private readonly functions: Map<string, FunctionDefinition>;

  /** `status` is that of the job so far, or, for the condition of a job, of the jobs it needs. */
  constructor(contexts: Contexts, status: () => Status) {
    this.contexts = contexts;
    this.functions = statusFunctions(status);
  }

  text(token: ScalarToken): string {
    if (!(token instanceof BasicExpressionToken)) return token.toString();
    return this.evaluate(token.expression, token).coerceString();
  }

  /** `continue-on-error` and its like: a literal, or an expression that is one. */
  flag(token: ScalarToken | undefined): boolean {
    return token !== undefined && this.text(token) === "true";
  }

  /** An `if:`, which means `success() && …` unless it asks for a status itself. */
  condition(token: ScalarToken | undefined): boolean {
    if (token === undefined) return truthy(this.functions.get("success")!.call());
    const source = token instanceof BasicExpressionToken ? token.expression : token.toString();
    return truthy(this.evaluate(ensureStatusFunction(source.trim(), token.definitionInfo), token));
  }

  private evaluate(source: string, token: ScalarToken): data.ExpressionData {
    // Which contexts and functions may be used here is the schema's word, not ours.
    const allowed = splitAllowedContext(token.definitionInfo?.allowedContext ?? []);
    const tree = new Parser(
      new Lexer(source).lex().tokens,
      allowed.namedContexts,
      allowed.functions,
    );
    return new Evaluator(tree.parse(), this.contexts, this.functions).evaluate();
  }
}

function statusFunctions(status: () => Status): Map<string, FunctionDefinition> {
  const define = (name: string, value: () => boolean): [string, FunctionDefinition] => [
    name,
    {
      name,
      minArgs: 0,
      maxArgs: 0,
      call: (...names) => {
        if (names.length > 0) throw new Error(`This runner does not know ${name}() of named jobs`);
        return new data.BooleanData(value());
      },
    },
  ];
  return new Map([
    define("success", () => status() === "success"),
    define("failure", () => status() === "failure"),
    define("cancelled", () => status() === "cancelled"),
    define("always", () => true),
    [
      "hashfiles",
      {
        name: "hashfiles",
        minArgs: 1,
        maxArgs: 255,
        call: () => {
          throw new Error("This runner does not know hashFiles()");
        },
      },
    ],
  ]);
}
