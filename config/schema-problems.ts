/** What the schema finds, in a person's words: which value stands there, which would be right. */
import type { z } from 'zod';
import { configJsonSchema, type JsonSchema } from './json-schema.ts';
import { type Path, pathText, type Report, suggestion } from './problem.ts';

type Issue = z.core.$ZodIssue;

const keysOf = (path: readonly PropertyKey[]): Path =>
  path.map((key) => (typeof key === 'number' ? key : String(key)));

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value in `root` at `path`; undefined where the path leads nowhere. */
export function valueAt(root: unknown, path: Path): unknown {
  let value: unknown = root;
  for (const key of path) {
    if (Array.isArray(value) && typeof key === 'number') value = value[key];
    else if (isRecord(value) && Object.hasOwn(value, key)) value = value[key];
    else return undefined;
  }
  return value;
}

/** Whether `schema` is the alternative that `value` has chosen by its discriminator (`kind`, `via`). */
function chosen(schema: JsonSchema, value: unknown): boolean {
  if (!isRecord(value)) return true;
  return Object.entries(schema.properties ?? {}).every(
    ([key, property]) => property.const === undefined || property.const === value[key],
  );
}

/** The keys that may stand in the object at `path`. */
function keysAllowedAt(root: unknown, path: Path): string[] {
  const narrow = (schemas: JsonSchema[], value: unknown): JsonSchema[] =>
    schemas
      .flatMap((schema) => schema.oneOf ?? schema.anyOf ?? [schema])
      .filter((schema) => chosen(schema, value));
  let schemas = narrow([configJsonSchema()], root);
  path.forEach((key, depth) => {
    const inner = schemas.flatMap((schema) => {
      const next = typeof key === 'number' ? schema.items : schema.properties?.[key];
      return next === undefined ? [] : Array.isArray(next) ? next : [next];
    });
    schemas = narrow(inner, valueAt(root, path.slice(0, depth + 1)));
  });
  return [...new Set(schemas.flatMap((schema) => Object.keys(schema.properties ?? {})))];
}

const shown = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
};

const article = (noun: string): string => (/^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`);

/** Words for the types of the schema; YAML people know lists and mappings, not arrays and objects. */
const WORDS: Record<string, string> = {
  object: 'mapping (key: value)',
  array: 'list',
  string: 'text',
  int: 'whole number',
};
const wordFor = (type: string): string => article(WORDS[type] ?? type);

const listed = (values: readonly unknown[]): string[] => values.map((value) => String(value));

/** Reports one finding of the schema on the document `root`. */
export function reportIssue(issue: Issue, root: unknown, report: Report): void {
  const path = keysOf(issue.path);
  const value = valueAt(root, path);
  const missing = value === undefined;
  const name = pathText(path.slice(-1));
  switch (issue.code) {
    case 'unrecognized_keys': {
      const present = isRecord(value) ? Object.keys(value) : [];
      const allowed = keysAllowedAt(root, path);
      const free = allowed.filter((key) => !present.includes(key));
      for (const key of issue.keys) {
        const remedy =
          free.length === 0 ? 'remove it; every key that may stand here is present' : suggestion(key, free);
        report([...path, key], `"${key}" is not a key that may stand here`, remedy);
      }
      return;
    }
    case 'invalid_type': {
      const expected = wordFor(issue.expected);
      if (missing) report(path, `"${name}" is missing`, `add it: ${expected} is required here`);
      else report(path, `${shown(value)} stands where ${expected} is required`, `write ${expected}`);
      return;
    }
    case 'invalid_value':
      if (missing) report(path, `"${name}" is missing`, `add it: ${listed(issue.values).join(' or ')}`);
      else
        report(path, `${shown(value)} is not possible here`, suggestion(String(value), listed(issue.values)));
      return;
    case 'invalid_union': {
      const options = 'options' in issue && Array.isArray(issue.options) ? listed(issue.options) : [];
      if (options.length === 0) report(path, `${shown(value)} is not possible here`, issue.message);
      else if (missing) report(path, `"${name}" is missing`, `add it: ${options.join(' or ')}`);
      else report(path, `${shown(value)} is not possible here`, suggestion(String(value), options));
      return;
    }
    case 'invalid_format':
      report(path, `${shown(value)} does not have the right form`, issue.message);
      return;
    case 'too_small':
    case 'too_big': {
      const [bound, than] =
        issue.code === 'too_small' ? [issue.minimum, 'at least'] : [issue.maximum, 'at most'];
      if (issue.origin === 'array')
        report(path, 'the list has too few or too many entries', `give ${than} ${bound}`);
      else if (issue.origin === 'string')
        report(path, 'the text is too short or too long', `use ${than} ${bound} characters`);
      else
        report(
          path,
          `${shown(value)} is out of range`,
          `use a number of ${than} ${bound}${issue.inclusive === false ? ', exclusive' : ''}`,
        );
      return;
    }
    default:
      report(path, `${shown(value)} is not possible here`, issue.message);
  }
}
