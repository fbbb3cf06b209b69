/**
 * One small change to the gate's judgement at a time: each condition of the interlock taken away, each guard of the
 * border, lanes, yard and crossings taken away or one part of it. A proof that does not notice proves less than it says.
 */
import { stripTypeScriptTypes } from 'node:module';
import { type Node, parse } from 'acorn';

export interface Mutation {
  /** Path from the project's root. */
  file: string;
  line: number;
  /** What is changed, as a person would say it. */
  what: string;
  /** The changed text itself: names the mutation when lines move. */
  text: string;
  start: number;
  end: number;
  replacement: string;
}

type Tree = Node & Record<string, unknown>;

/** All mutations of one source file, in its order. Types are blanked, not cut, so positions are those of the source. */
export function mutationsOf(file: string, source: string): Mutation[] {
  const program = parse(stripTypeScriptTypes(source), {
    ecmaVersion: 'latest',
    sourceType: 'module',
  }) as unknown as Tree;
  const found: Mutation[] = [];
  const add = (node: Node, what: string, replacement: string): void => {
    const text = source.slice(node.start, node.end).replaceAll(/\s+/g, ' ');
    const line = source.slice(0, node.start).split('\n').length;
    found.push({ file, line, what, text, start: node.start, end: node.end, replacement });
  };
  visit(program, (node) => {
    if (isCondition(node)) return mutateCondition(node, add);
    if (node.type === 'IfStatement') {
      const test = node.test as Tree;
      if (asksWhetherThere(test)) add(test, 'guard turned round', `!(${cut(source, test)})`);
      else add(test, 'guard taken away', 'false');
    }
    if (node.type === 'ConditionalExpression')
      add(node.test as Node, 'choice turned round', `!(${cut(source, node.test as Node)})`);
    if (node.type === 'ReturnStatement' && isLogical(node.argument)) mutateParts(node.argument, add);
    if (node.type === 'ArrowFunctionExpression' && isLogical(node.body)) mutateParts(node.body, add);
    return true;
  });
  return found;
}

/** The source with one mutation made. */
export const mutate = (source: string, { start, end, replacement }: Mutation): string =>
  source.slice(0, start) + replacement + source.slice(end);

const cut = (source: string, node: Node): string => source.slice(node.start, node.end);

/** Calls `enter` with each node; false keeps its children out. */
function visit(node: Tree, enter: (node: Tree) => boolean): void {
  if (!enter(node)) return;
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) visit(child, enter);
  }
}

const isNode = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && 'type' in value && 'start' in value;

const propertiesOf = (node: Tree): Tree[] =>
  (node.properties as Tree[]).filter((one) => one.type === 'Property');
const keyOf = (property: Tree): unknown => (property.key as Tree).name;

/** An entry of the interlock's tables: `{ name, unless }`. */
function isCondition(node: Tree): boolean {
  if (node.type !== 'ObjectExpression') return false;
  const keys = propertiesOf(node).map(keyOf);
  return keys.includes('name') && keys.includes('unless');
}

function mutateCondition(node: Tree, add: (node: Node, what: string, replacement: string) => void): boolean {
  const value = (key: string): Tree => propertiesOf(node).find((one) => keyOf(one) === key)?.value as Tree;
  const body = value('unless').body as Tree;
  const name = String((value('name') as Tree).value);
  add(body, `condition “${name}” taken away`, body.type === 'BlockStatement' ? '{ return null; }' : 'null');
  return false;
}

/** Whether something is there at all: nothing would be there to go on with, and often the compiler alone wants to know. */
function asksWhetherThere({ type, operator, left, right }: Tree): boolean {
  if (type === 'LogicalExpression') return asksWhetherThere(left as Tree) && asksWhetherThere(right as Tree);
  if (type !== 'BinaryExpression' || !String(operator).endsWith('=')) return false;
  const { name, value } = right as Tree;
  return name === 'undefined' || value === null;
}

const isLogical = (node: unknown): node is Tree =>
  isNode(node) && node.type === 'LogicalExpression' && node.operator !== '??';

/** Each part of `a && b && c` or `a || b` is left out once. */
function mutateParts(node: Tree, add: (node: Node, what: string, replacement: string) => void): void {
  const neutral = node.operator === '&&' ? 'true' : 'false';
  for (const side of [node.left, node.right] as Tree[]) {
    if (isLogical(side)) mutateParts(side, add);
    else add(side, `part of a condition taken away`, neutral);
  }
}
