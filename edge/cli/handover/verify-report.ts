/** What `gate handover verify` says: for people a line each, with `--json` one JSON object a line. */
import type { CustodyCounts, JudgedMove } from '../../../protocols/handover/custody.ts';
import { REASONS, type Side, type Status } from '../../../protocols/handover/custody-move.ts';
import type { CheckedLog } from '../../../protocols/handover/log-check.ts';
import type { OfficerCounts } from '../../../protocols/handover/officer-check.ts';

export interface Report {
  move(judged: JudgedMove): void;
  log(path: string, checked: CheckedLog): void;
  /** @param counts Undefined if the logs could not be joined. */
  end(counts: CustodyCounts | undefined, isRight: boolean): void;
}

interface ReportOptions {
  /** Of the two logs. */
  gates: readonly [string, string];
  shown: Status | 'all' | undefined;
  print(text: string): void;
}

const STATUSES: readonly Status[] = ['complete', 'open', 'disputed', 'contradictory'];

/** Without a word from the user, what somebody has to see to. */
const isShown = (status: Status, shown: ReportOptions['shown']): boolean =>
  shown === undefined
    ? status === 'disputed' || status === 'contradictory'
    : shown === 'all' || shown === status;

export function textReport({ gates, shown, print }: ReportOptions): Report {
  return {
    move({ move, status, reason, lines, custody }) {
      if (!isShown(status, shown)) return;
      const [, text] = REASONS[reason];
      const places = ([0, 1] as const).map((side) => `${gates[side]} ${placeOf(lines[side])}`).join(', ');
      print(
        `${status.toUpperCase()} ${move}: ${text} (${places}; custody: ${custodyText(custody, gates)})\n`,
      );
    },
    log(path, checked) {
      const { header, lines, heads, verified, newest, stamped, findings, findingsInAll, notes, officers } =
        checked;
      for (const { kind, fileLine, text } of findings)
        print(`WRONG ${path}${fileLine === undefined ? '' : `:${fileLine}`}: ${kind}: ${text}\n`);
      if (findingsInAll > findings.length)
        print(`WRONG ${path}: and ${findingsInAll - findings.length} more\n`);
      for (const note of notes) print(`NOTE ${path}: ${note}\n`);
      const signed =
        newest === undefined
          ? 'nothing is under a valid head'
          : `verified to line ${verified}, head of ${new Date(newest.at).toISOString()} by key ${newest.kid}, root ${newest.rootHash}`;
      print(
        `${path}: log of ${header?.gate ?? 'an unknown gate'}, ${lines} lines, ${heads} heads: ${signed}\n`,
      );
      const of = officers && officersText(officers);
      if (of !== undefined) print(`${path}: ${of}\n`);
      if (stamped !== undefined)
        print(
          `${path}: stamped to line ${stamped.size}, ${new Date(stamped.genTimeMs).toISOString()} by ${stamped.authority} ` +
            `(${stamped.signer}, policy ${stamped.policy}, number ${stamped.serial})\n`,
        );
    },
    end(counts, isRight) {
      if (counts === undefined) print('the logs were not joined\n');
      else
        print(
          `${counts.moves} moves: ${STATUSES.map((status) => `${counts.byStatus[status]} ${status}`).join(', ')}\n`,
        );
      print(isRight ? 'all is right\n' : 'SOMETHING IS WRONG\n');
    },
  };
}

/** Undefined where people have asked for nothing. */
function officersText({ good, unknown, bad, keptBack, unsigned }: OfficerCounts): string | undefined {
  if (good + unknown + bad + keptBack + unsigned === 0) return undefined;
  return (
    `records signed by officers: ${good} good, ${unknown} of officers without a key here, ${bad} wrong, ` +
    `${keptBack} kept back; ${unsigned} that people asked for are unsigned`
  );
}

const placeOf = (line: number | undefined): string =>
  line === undefined ? 'no line' : line === 0 ? 'an earlier line' : `line ${line}`;

function custodyText(custody: JudgedMove['custody'], gates: readonly [string, string]): string {
  if (typeof custody.with === 'string') return custody.with;
  const since = 'since' in custody ? custody.since : undefined;
  return `${gates[custody.with]}${since === undefined ? '' : ` since ${gates[since.side]} ${placeOf(since.line)}`}`;
}

export function jsonReport({ gates, shown, print }: ReportOptions): Report {
  const say = (content: object): void => print(`${JSON.stringify(content)}\n`);
  const byGate = <T>([one, two]: readonly [T, T]): Record<string, T> => ({
    [gates[0]]: one,
    [gates[1]]: two,
  });
  return {
    move({ move, sender, status, reason, lines, custody }) {
      if (!isShown(status, shown)) return;
      const gateOf = (side: Side): string => gates[side];
      say({
        kind: 'move',
        move,
        sender: sender === undefined ? null : gateOf(sender),
        status,
        reason,
        text: REASONS[reason][1],
        lines: byGate([lines[0] ?? null, lines[1] ?? null]),
        custody:
          typeof custody.with === 'string'
            ? { with: custody.with }
            : {
                with: gateOf(custody.with),
                ...('since' in custody &&
                  custody.since && { since: { gate: gateOf(custody.since.side), line: custody.since.line } }),
              },
      });
    },
    log(file, { header, ...checked }) {
      say({ kind: 'log', file, gate: header?.gate ?? null, from: header?.from ?? null, ...checked });
    },
    end(counts, isRight) {
      say({ kind: 'result', right: isRight, ...(counts ?? { moves: null }) });
    },
  };
}
