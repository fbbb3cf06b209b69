/**
 * Checks one gate's configuration and tells everything that is wrong with it at once, each problem with its line: first
 * the form (schema), then what spans several fields (names, policy, roads).
 */
import { checkDemands } from './demands.ts';
import { readDocument } from './document.ts';
import { draftOf } from './draft.ts';
import { checkHotline } from './hotline.ts';
import { checkHours } from './hours.ts';
import { checkPolicy } from './policy.ts';
import { type Path, PROBLEMS_MAX, type Problem, pathText, type Report } from './problem.ts';
import { checkReferences } from './references.ts';
import { checkRoads } from './roads.ts';
import { type GateConfig, gateConfig } from './schema.ts';
import { reportIssue } from './schema-problems.ts';
import { checkTracks } from './tracks.ts';
import { checkTrips } from './trips.ts';
import { checkYard } from './yard.ts';

export type { Problem } from './problem.ts';

/** Never throws. `config` is there exactly if there is no problem. */
export function checkConfig(text: string): { config?: GateConfig; problems: Problem[] } {
  const document = readDocument(text);
  if (document.problems.length > 0) return { problems: document.problems.slice(0, PROBLEMS_MAX) };

  const problems: Problem[] = [];
  const report: Report = (path: Path, problem, remedy) => {
    const line = document.lineOf(path);
    problems.push({ path: pathText(path), ...(line === undefined ? {} : { line }), problem, remedy });
  };
  const result = gateConfig.safeParse(document.value);
  for (const issue of result.error?.issues ?? []) reportIssue(issue, document.value, report);
  const draft = draftOf(document.value);
  checkReferences(draft, report);
  checkPolicy(draft, report);
  checkDemands(draft, report);
  checkHours(draft, report);
  checkHotline(draft, report);
  checkYard(draft, report);
  checkRoads(draft, report);
  checkTracks(draft, report);
  checkTrips(draft, report);

  if (result.success && problems.length === 0) return { config: result.data, problems };
  problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  return { problems: problems.slice(0, PROBLEMS_MAX) };
}

/** The problems as text for a terminal, one or two lines each. */
export function problemsText(problems: readonly Problem[], file: string): string {
  const lines = problems.map(({ path, line, problem, remedy }) => {
    const where = line === undefined ? file : `${file}:${line}`;
    return `${where}: ${path === '' ? '' : `${path}: `}${problem}\n    → ${remedy}`;
  });
  return lines.join('\n');
}
