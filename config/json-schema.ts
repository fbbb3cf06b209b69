/**
 * The configuration's JSON Schema, for editors: `config/schema.json` is this, written out. Draft 7, because that is what
 * YAML language servers read.
 */
import { z } from 'zod';
import { gateConfig } from './schema.ts';

/** A JSON Schema as far as we look into it. */
export interface JsonSchema {
  type?: string;
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema | JsonSchema[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  const?: unknown;
  [keyword: string]: unknown;
}

let cached: JsonSchema | undefined;

/** The schema of what a person writes: what has a default may be left out. */
export function configJsonSchema(): JsonSchema {
  cached ??= z.toJSONSchema(gateConfig, { target: 'draft-7', io: 'input' }) as JsonSchema;
  return cached;
}

/** The text of `config/schema.json`. */
export const configJsonSchemaText = (): string => `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
