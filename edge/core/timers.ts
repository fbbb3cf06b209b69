/**
 * Timers: names and when they are due, plain data in the state. A heap beside it finds the next one without searching;
 * it is derived, and built anew for a state that came from a snapshot.
 */
import type { GateState } from './state.ts';

interface Due {
  at: number;
  name: string;
}

const heaps = new WeakMap<GateState['timers'], Due[]>();

/** Ties go by name, so that the order never depends on how the timers were set. */
const before = (a: Due, b: Due): boolean => a.at < b.at || (a.at === b.at && a.name < b.name);

function heapOf(timers: GateState['timers']): Due[] {
  const known = heaps.get(timers);
  if (known !== undefined) return known;
  const heap = Object.entries(timers).map(([name, at]) => ({ at, name }));
  // A sorted array is a heap.
  heap.sort((a, b) => (before(a, b) ? -1 : 1));
  heaps.set(timers, heap);
  return heap;
}

export function setTimer({ timers }: GateState, name: string, dueAt: number): void {
  if (timers[name] === dueAt) return;
  const heap = heapOf(timers);
  timers[name] = dueAt;
  heap.push({ at: dueAt, name });
  rise(heap, heap.length - 1);
}

/** The entry in the heap stays until it comes up; what counts is the record. */
export function clearTimer({ timers }: GateState, name: string): void {
  if (timers[name] !== undefined) delete timers[name];
}

/** The timer due first, or undefined. */
export function firstTimer({ timers }: GateState): Due | undefined {
  const heap = heapOf(timers);
  for (let first = heap[0]; first !== undefined; first = heap[0]) {
    if (timers[first.name] === first.at) return first;
    drop(heap);
  }
  return undefined;
}

function drop(heap: Due[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  heap[0] = last;
  sink(heap);
}

function rise(heap: Due[], start: number): void {
  for (let child = start; child > 0; ) {
    const parent = (child - 1) >> 1;
    if (!swapIfBefore(heap, child, parent)) return;
    child = parent;
  }
}

function sink(heap: Due[]): void {
  for (let parent = 0; ; ) {
    const left = 2 * parent + 1;
    const [a, b] = [heap[left], heap[left + 1]];
    if (a === undefined) return;
    const child = b !== undefined && before(b, a) ? left + 1 : left;
    if (!swapIfBefore(heap, child, parent)) return;
    parent = child;
  }
}

function swapIfBefore(heap: Due[], child: number, parent: number): boolean {
  const [a, b] = [heap[child], heap[parent]];
  if (a === undefined || b === undefined || !before(a, b)) return false;
  heap[child] = b;
  heap[parent] = a;
  return true;
}
