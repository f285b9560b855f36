/**
 * Reads workflow and action files with GitHub's own parser, against its own schema.
 *
 * `parseWorkflow` and `parseAction`, the package's front door, cannot be imported by
 * Node: they import JSON without an import attribute
 * (https://github.com/actions/languageservices/issues/387). So this opens the schema
 * as a file and calls what they call.
 */
import { readFileSync } from "node:fs";

import { JSONObjectReader } from "@actions/workflow-parser/templates/json-object-reader";
import { TemplateSchema } from "@actions/workflow-parser/templates/schema/template-schema";
import {
  TemplateContext,
  TemplateValidationErrors,
} from "@actions/workflow-parser/templates/template-context";
import { readTemplate } from "@actions/workflow-parser/templates/template-reader";
import type { MappingToken } from "@actions/workflow-parser/templates/tokens/mapping-token";
import { NoOperationTraceWriter } from "@actions/workflow-parser/templates/trace-writer";
import { YamlObjectReader } from "@actions/workflow-parser/workflows/yaml-object-reader";

const packageRoot = new URL(
  "../",
  import.meta.resolve("@actions/workflow-parser/templates/template-reader"),
);

export function parseWorkflowFile(path: string): MappingToken {
  return parse(path, "workflow-v1.0.min.json", "workflow-root-strict");
}

export function parseActionFile(path: string): MappingToken {
  return parse(path, "action-v1.0.min.json", "action-root-strict");
}

function parse(path: string, schemaFile: string, root: string): MappingToken {
  const schemaText = readFileSync(new URL(schemaFile, packageRoot), "utf8");
  const schema = TemplateSchema.load(new JSONObjectReader(undefined, schemaText));
  const context = new TemplateContext(
    new TemplateValidationErrors(),
    schema,
    new NoOperationTraceWriter(),
  );

  const file = context.getFileId(path);
  const reader = new YamlObjectReader(file, readFileSync(path, "utf8"));
  for (const { message, range } of reader.errors) context.error(file, message, range);
  context.errors.check(`${path} is not YAML:`);

  const value = readTemplate(context, root, reader, file);
  context.errors.check(`${path} is not valid:`);
  if (value === undefined) throw new Error(`${path} is empty`);
  return value.assertMapping(path);
}
