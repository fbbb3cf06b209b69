import { Subject } from 'rxjs';
import type { AreaReport, ListedChange } from '../../protocols/clearance/words.ts';
import type { WorldContext } from './context.ts';
import type { CustomsModel } from './ports.ts';

export type Booking = Extract<ListedChange, { type: 'booking' }>;
export type Clearance = Extract<ListedChange, { type: 'clearance' }>;

/** The customs system of one country, with the hands of its officers. */
export interface Customs extends CustomsModel {
  /** Announces a visit and registers its declarations. */
  register(booking: Booking, clearances: Omit<Clearance, 'type' | 'status' | 'version'>[]): void;
  /** Newest clearance of each declaration of a container. */
  clearances(container: string): Clearance[];
  /** Sets all declarations of a container, whatever their status was. */
  set(container: string, status: Clearance['status']): void;
  /** Called inside the world when the gate has made a new report. */
  onReport(listener: (report: AreaReport) => void): void;
  /** Called inside the world after each change of a clearance. */
  onClearance(listener: (clearance: Clearance) => void): void;
}

export function createCustoms(context: WorldContext): Customs {
  const log: ListedChange[] = [];
  const changes = new Subject<ListedChange>();
  const reports = new Map<string, AreaReport>();
  /** By container, then declaration. */
  const newest = new Map<string, Map<string, Clearance>>();
  const reportListeners: ((report: AreaReport) => void)[] = [];
  const clearanceListeners: ((clearance: Clearance) => void)[] = [];

  function add(change: ListedChange): void {
    log.push(change);
    if (change.type === 'clearance') {
      const ofContainer = newest.get(change.container) ?? new Map<string, Clearance>();
      newest.set(change.container, ofContainer.set(change.declaration, change));
      for (const listener of clearanceListeners) listener(change);
    }
    context.say(() => changes.next(change));
  }

  const clearances = (container: string): Clearance[] => [...(newest.get(container)?.values() ?? [])];

  return {
    log,
    changes,
    get reports() {
      return [...reports.values()];
    },
    report: (report) =>
      context.act(() => {
        if (reports.has(report.reportId)) return 'duplicate';
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
    set(container, status) {
      for (const clearance of clearances(container)) {
        if (clearance.status !== status) add({ ...clearance, status, version: clearance.version + 1 });
      }
    },
    onReport: (listener) => reportListeners.push(listener),
    onClearance: (listener) => clearanceListeners.push(listener),
  };
}
