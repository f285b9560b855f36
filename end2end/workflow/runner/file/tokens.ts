/** Reads the parts of a file, and stops at what is not there or not known. */
import type { ScalarToken } from "@actions/workflow-parser/templates/tokens/scalar-token";
import { StringToken } from "@actions/workflow-parser/templates/tokens/string-token";
import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";

import type { Entries } from "./model.ts";

/** The members of a mapping, each of which has to be known. */
export function fields(
  token: TemplateToken | undefined,
  where: string,
  known: readonly string[],
): ReadonlyMap<string, TemplateToken> {
  const members = mapping(token, where);
  for (const key of members.keys()) {
    if (!known.includes(key)) throw new Error(`This runner does not know "${key}" in ${where}`);
  }
  return members;
}

export function mapping(
  token: TemplateToken | undefined,
  where: string,
): ReadonlyMap<string, TemplateToken> {
  const members = new Map<string, TemplateToken>();
  if (token === undefined) return members;
  for (const { key, value } of token.assertMapping(where)) members.set(key.toString(), value);
  return members;
}

export function entries(token: TemplateToken | undefined, where: string): Entries {
  const values = new Map<string, ScalarToken>();
  for (const [key, value] of mapping(token, where))
    values.set(key, scalar(value, `${where}.${key}`));
  return values;
}

/** A string or a list of strings. */
export function list(token: TemplateToken | undefined): string[] {
  if (token === undefined) return [];
  if (token instanceof StringToken) return [token.value];
  return [...token.assertSequence("list")].map((item) => item.assertString("list item").value);
}

export function optional(token: TemplateToken | undefined, where: string): ScalarToken | undefined {
  return token === undefined ? undefined : scalar(token, where);
}

export function scalar(token: TemplateToken | undefined, where: string): ScalarToken {
  if (token === undefined) throw new Error(`${where} is missing`);
  return token.assertScalar(where);
}
