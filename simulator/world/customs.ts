import { Subject } from 'rxjs';
import type { AreaReport, ListedChange } from '../../protocols/clearance/words.ts';
import type { WorldContext } from './context.ts';
import { WITHDRAWAL_SPREADS_MS } from './durations.ts';
import type { CustomsModel } from './ports.ts';

export type Booking = Extract<ListedChange, { type: 'booking' }>;
export type Clearance = Extract<ListedChange, { type: 'clearance' }>;

/** The customs system of one country, with the hands of its officers. */
export interface Customs extends CustomsModel {
  /** Changes after a cursor, in order, without those forgotten. Costs nothing when there is nothing new. */
  since(cursor: number): readonly ListedChange[];
  /** Nobody will ask again for the changes up to this cursor. Afterwards `log` holds only the later ones: use `since`. */
  forget(cursor: number): void;
  /** The gate has lost all: these bookings, and what it holds of their containers and of `containers`, are told from the beginning. */
  listAnew(bookings: readonly Booking[], containers: readonly string[]): void;
  /** Announces a visit and registers its declarations. */
  register(booking: Booking, clearances: Omit<Clearance, 'type' | 'status' | 'version'>[]): void;
  /** Newest clearance of each declaration of a container. */
  clearances(container: string): Clearance[];
  /** Whether every declaration of a container is released now, or was less than `withinMs` ago. */
  released(container: string, withinMs?: number): boolean;
  /**
   * Whether the gate can hold it for released in good faith: it is, or was until some seconds ago, or what took that back has
   * come to the gate (it is forgotten here) only just now, or not yet and the list the gate goes by need not be fresher.
   */
  releasedAsKnown(container: string): boolean;
  /** Sets all declarations of a container, whatever their status was. */
  set(container: string, status: Clearance['status']): void;
  /** Fault: lists a clearance once more that a newer one has replaced. Customs' own mind does not change. */
  relist(outdated: Clearance): void;
  /** The container is far away: its declarations are no longer looked after. */
  close(container: string): void;
  /** Called inside the world when the gate has made a new report. */
  onReport(listener: (report: AreaReport) => void): void;
  /** Called inside the world after each change of a clearance. */
  onClearance(listener: (clearance: Clearance) => void): void;
}

/** Repeats of a report are recognised among at least this many. */
const REPORTS_KEPT = 10_000;

/** What customs holds of one container. */
interface Dossier {
  byDeclaration: Map<string, Clearance>;
  /** When a release was last taken back, and when the gate had taken that in; monotonic. */
  takenBackMs: number;
  knownMs: number;
}

const isReleased = ({ byDeclaration }: Dossier): boolean => {
  for (const { status } of byDeclaration.values()) if (status !== 'released') return false;
  return byDeclaration.size > 0;
};

/** Officers have done what the channel demands before they release it. */
function examined(
  { channel }: Clearance,
  status: Clearance['status'],
): Pick<Clearance, 'requirements'> | undefined {
  if (status !== 'released' || channel === 'green') return undefined;
  return { requirements: channel === 'red' ? { inspection: 'passed' } : { documentCheck: 'passed' } };
}

/** `listAgeMsMax`: how old a list the gate may go by. */
export function createCustoms(context: WorldContext, listAgeMsMax: number): Customs {
  const { clock } = context;
  let log: ListedChange[] = [];
  let forgotten = 0;
  const changes = new Subject<ListedChange>();
  /** Two generations, so that the oldest can be dropped without looking for them. */
  let reports = new Map<string, AreaReport>();
  let olderReports = new Map<string, AreaReport>();
  const dossiers = new Map<string, Dossier>();
  /** Containers whose release was taken back without the gate having taken that in, with the cursor after which it has. */
  const unheard = new Map<Dossier, number>();
  const reportListeners: ((report: AreaReport) => void)[] = [];
  const clearanceListeners: ((clearance: Clearance) => void)[] = [];

  function add(change: ListedChange): void {
    log.push(change);
    if (change.type === 'clearance') note(change);
    context.say(() => changes.next(change));
  }

  function note(change: Clearance): void {
    const dossier = dossiers.get(change.container) ?? {
      byDeclaration: new Map(),
      takenBackMs: Number.NEGATIVE_INFINITY,
      knownMs: Number.NEGATIVE_INFINITY,
    };
    const wasReleased = isReleased(dossier);
    dossier.byDeclaration.set(change.declaration, change);
    if (wasReleased && !isReleased(dossier)) {
      dossier.takenBackMs = clock.monotonicMs();
      dossier.knownMs = Number.POSITIVE_INFINITY;
      unheard.set(dossier, forgotten + log.length);
    }
    dossiers.set(change.container, dossier);
    for (const listener of clearanceListeners) listener(change);
  }

  const clearances = (container: string): Clearance[] => [
    ...(dossiers.get(container)?.byDeclaration.values() ?? []),
  ];

  return {
    get log() {
      return log;
    },
    since: (cursor) => (cursor - forgotten >= log.length ? [] : log.slice(Math.max(0, cursor - forgotten))),
    forget(cursor) {
      const count = Math.min(cursor - forgotten, log.length);
      if (count <= 0) return;
      log = log.slice(count);
      forgotten += count;
      for (const [dossier, heardAt] of unheard) {
        if (heardAt > forgotten) continue;
        dossier.knownMs = clock.monotonicMs();
        unheard.delete(dossier);
      }
    },
    listAnew(bookings, containers) {
      const about = new Set([...bookings.map(({ container }) => container), ...containers]);
      log = [...bookings, ...[...about].flatMap(clearances), ...log];
      forgotten = 0;
      for (const dossier of unheard.keys()) unheard.set(dossier, log.length);
    },
    changes,
    get reports() {
      return [...olderReports.values(), ...reports.values()];
    },
    report: (report) =>
      context.act(() => {
        if (reports.has(report.reportId) || olderReports.has(report.reportId)) return 'duplicate';
        if (reports.size === REPORTS_KEPT) {
          olderReports = reports;
          reports = new Map();
        }
        reports.set(report.reportId, report);
        for (const listener of reportListeners) listener(report);
        return 'accepted';
      }),
    register(booking, registered) {
      add(booking);
      for (const clearance of registered)
        add({ type: 'clearance', ...clearance, status: 'registered', version: 1 });
    },
    clearances,
    released(container, withinMs = 0) {
      const dossier = dossiers.get(container);
      if (dossier === undefined) return false;
      return isReleased(dossier) || clock.monotonicMs() < dossier.takenBackMs + withinMs;
    },
    releasedAsKnown(container) {
      const dossier = dossiers.get(container);
      if (dossier === undefined) return false;
      const { takenBackMs, knownMs } = dossier;
      const nowMs = clock.monotonicMs();
      return (
        isReleased(dossier) || nowMs < Math.min(knownMs, takenBackMs + listAgeMsMax) + WITHDRAWAL_SPREADS_MS
      );
    },
    set(container, status) {
      for (const clearance of clearances(container)) {
        if (clearance.status !== status)
          add({ ...clearance, status, version: clearance.version + 1, ...examined(clearance, status) });
      }
    },
    relist: (outdated) =>
      context.act(() => {
        log.push(outdated);
        context.say(() => changes.next(outdated));
      }),
    close(container) {
      dossiers.delete(container);
    },
    onReport: (listener) => reportListeners.push(listener),
    onClearance: (listener) => clearanceListeners.push(listener),
  };
}
