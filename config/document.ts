/** Reads YAML and remembers on which line each value stands. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { messageOf } from '../edge/platform/errors.ts';
import type { Path, Problem } from './problem.ts';

export interface ConfigDocument {
  /** The plain value; undefined if the text is no readable YAML. */
  value: unknown;
  /** Line of the value at `path`, or of its nearest parent that is written down. */
  lineOf(path: Path): number | undefined;
  problems: Problem[];
}

/** A configuration is a few hundred lines; what is larger is some other file. */
const CHARACTERS_MAX = 2_000_000;

const isNode = (value: unknown): value is Node =>
  isMap(value) || isSeq(value) || isScalar(value) || isAlias(value);

const keyOf = (key: unknown): string => String(isScalar(key) ? key.value : key);

/** Parses `text` and lists every syntax error with its line. Never throws. */
export function readDocument(text: string): ConfigDocument {
  if (text.length > CHARACTERS_MAX) {
    return {
      value: undefined,
      lineOf: () => undefined,
      problems: [
        {
          path: '',
          problem: `the file has ${text.length} characters, more than ${CHARACTERS_MAX}`,
          remedy: 'name the configuration of one gate',
        },
      ],
    };
  }
  try {
    return parsed(text);
  } catch (error) {
    // Nesting or aliases beyond what the parser can follow.
    const problem = `this YAML cannot be resolved: ${messageOf(error)}`;
    const remedy = 'write the values out: no deep nesting, no aliases of aliases';
    return { value: undefined, lineOf: () => undefined, problems: [{ path: '', problem, remedy }] };
  }
}

function parsed(text: string): ConfigDocument {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const lineAt = (offset: number): number => counter.linePos(offset).line;
  const problems: Problem[] = [...document.errors, ...document.warnings].map((error) => ({
    path: '',
    line: lineAt(error.pos[0]),
    problem: `this is not readable YAML: ${error.message}`,
    remedy: 'correct the line; indentation, colons and quotes are the usual causes',
  }));

  const lineOf = (path: Path): number | undefined => {
    let node: unknown = document.contents;
    let line: number | undefined;
    for (const key of [undefined, ...path]) {
      if (isAlias(node)) node = node.resolve(document);
      if (key !== undefined) {
        if (isMap(node)) {
          const pair = node.items.find((item) => keyOf(item.key) === String(key));
          if (pair === undefined) break;
          if (isNode(pair.key) && pair.key.range) line = lineAt(pair.key.range[0]);
          node = pair.value;
          continue;
        }
        if (!isSeq(node) || typeof key !== 'number') break;
        node = node.items[key];
      }
      if (!isNode(node)) break;
      if (node.range) line = lineAt(node.range[0]);
    }
    return line;
  };

  return { value: problems.length > 0 ? undefined : document.toJS(), lineOf, problems };
}
