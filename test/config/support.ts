import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { checkConfig, type Problem, problemsText } from '../../config/check.ts';

export const fileOf = (name: string): string =>
  readFileSync(new URL(`../../config/${name}`, import.meta.url), 'utf8');
export const good = fileOf('huu-nghi.yaml');

/** The good configuration with one passage replaced. */
export function withChange(from: string | RegExp, to: string): string {
  const text = good.replace(from, to);
  assert.notEqual(text, good, `the configuration does not contain ${from}`);
  return text;
}

/** The line on which `passage` stands, from 1. */
function lineOf(text: string, passage: string): number {
  const at = text.indexOf(passage);
  assert.notEqual(at, -1, passage);
  return text.slice(0, at).split('\n').length;
}

export const told = (problems: readonly Problem[]): string => problemsText(problems, 'gate.yaml');

export interface Case {
  /** Completes "the check finds …". */
  finds: string;
  from: string | RegExp;
  to: string;
  /** Without the indexes of lists, which move when the example grows: `lanes[].node`. */
  path: string;
  problem: RegExp;
  remedy?: RegExp;
  /** A passage of the changed text that stands on the line to be named. */
  at?: string;
}

/** One test: the changed configuration is refused with this problem. */
export function itFinds({ finds, from, to, path, problem, remedy, at }: Case): void {
  it(`finds ${finds}`, () => {
    const text = withChange(from, to);
    const { config, problems } = checkConfig(text);
    const found = problems.find(
      (candidate) => candidate.path.replaceAll(/\[\d+\]/g, '[]') === path && problem.test(candidate.problem),
    );
    assert.ok(found, told(problems));
    assert.equal(config, undefined);
    if (remedy) assert.match(found.remedy, remedy);
    assert.ok(found.remedy.length > 0);
    if (at !== undefined) assert.equal(found.line, lineOf(text, at));
  });
}
