import assert from 'node:assert/strict';
import type { FollowerState, LogFault } from '../../../protocols/handover/follower.ts';
import { createLogHashes } from '../../../protocols/handover/hashes.ts';
import { readHead, signHead } from '../../../protocols/handover/head.ts';
import { lastTrustedHeads } from '../../../protocols/handover/key-ring.ts';
import { appendLeaf, EMPTY_TREE, leafHash, rootHash } from '../../../protocols/handover/merkle.ts';
import {
  fulfil,
  fulfilFrom,
  type LogSource,
  type SignedHead,
  type Signing,
} from '../../../protocols/handover/needs.ts';
import type { LogKey } from '../../../protocols/handover/public-key.ts';
import {
  createPublisher,
  firstHead,
  type OwnLogFault,
  type Projection,
  type Publisher,
} from '../../../protocols/handover/publisher.ts';
import { createReader, type Reader } from '../../../protocols/handover/reader.ts';
import type { HandoverRecord } from '../../../protocols/handover/record.ts';
import { type TakenRotation, withRotations } from '../../../protocols/handover/rotation.ts';
import type { LogPage } from '../../../protocols/handover/wire.ts';
import { type MadeKey, makeKey, ringOf, rotationBetween } from '../../support/log-keys.ts';
import { headOf, linesOf } from './log.ts';

const AT = 1_772_000_000_000;
const first = makeKey('EdDSA');
const second = makeKey('ES256');
const third = makeKey('EdDSA');
const KEYS = [first, second, third];
const THEIRS = ringOf([makeKey('EdDSA').key]);
const asked = (index: number): HandoverRecord => ({ kind: 'token-asked', track: `t-${index}` });

/** Lines 150 and 300 tell of another key; no page of the log ends there by itself. */
const CHANGES = [150, 300] as const;
const LINES = linesOf(
  Array.from({ length: 420 }, (_, index) => {
    if (index + 1 === CHANGES[0]) return rotationBetween(first, second);
    return index + 1 === CHANGES[1] ? rotationBetween(second, third) : asked(index);
  }),
);
const rootOf = (lines: readonly string[]): string =>
  rootHash(lines.map(leafHash).reduce(appendLeaf, EMPTY_TREE));
const told = (after: number, last: number, lines = LINES) =>
  lines.slice(after, last).map((data, index) => ({ line: after + index + 1, data }));

/** What a gate has on disk. */
interface Disk {
  lines: string[];
  heads: SignedHead[];
  rotations: readonly TakenRotation[];
}
const emptyDisk = (): Disk => ({ lines: [], heads: [], rotations: [] });
const sourceOf = (disk: Disk, keys: readonly MadeKey[] = KEYS): LogSource & Signing => ({
  lines: (after, last) => disk.lines.slice(after, last),
  leaves: (after, last) => disk.lines.slice(after, last).map(leafHash),
  head: (atMost) => disk.heads.findLast(({ size }) => size <= atMost),
  signature(kid, bytes) {
    const key = keys.find((one) => one.key.kid === kid);
    if (key === undefined) throw new Error(`there is no private key ${kid}`);
    return key.signer.sign(bytes);
  },
});
const hashesOf = (disk: Disk) => {
  const hashes = createLogHashes();
  for (const data of disk.lines) hashes.append(leafHash(data));
  return hashes;
};

/** A publisher as it starts from the disk. */
function open(disk: Disk, { listed = [first.key], faults = [] as OwnLogFault[] } = {}): Publisher {
  const hashes = hashesOf(disk);
  const ring = ringOf(listed);
  let head = disk.heads.at(-1);
  if (head === undefined) {
    const made = fulfil(firstHead('huu-nghi', hashes, AT, ring), sourceOf(disk));
    assert.ok(typeof made !== 'string', String(made));
    head = made;
    disk.heads.push(head);
  }
  const publisher = createPublisher({
    gate: 'huu-nghi',
    ring,
    rotations: disk.rotations,
    hashes,
    head,
    onFault: (fault) => faults.push(fault),
  });
  publisher.level();
  return publisher;
}
function store(disk: Disk, { lines, heads, rotations }: Projection): void {
  disk.lines.push(...lines.map(({ data }) => data));
  disk.heads.push(...heads);
  disk.rotations = [...disk.rotations, ...rotations];
}
function project(disk: Disk, publisher: Publisher, after: number, last: number, lines = LINES): void {
  store(disk, fulfil(publisher.project(told(after, last, lines), AT), sourceOf(disk)));
  publisher.committed();
}
/** The log, projected so many lines at a time, with a restart after each time. */
function published(linesAtATime: number): Disk {
  const disk = emptyDisk();
  for (let after = 0; after < LINES.length; after += linesAtATime)
    project(disk, open(disk), after, Math.min(LINES.length, after + linesAtATime));
  return disk;
}

const readerOf = (disk: Disk, state?: FollowerState): Reader =>
  createReader({
    gate: 'huu-nghi',
    ring: ringOf([first.key]),
    hashes: hashesOf(disk),
    ...(state && { state }),
  });
const pageOf = (
  disk: Disk,
  publisher: Publisher,
  request: { after: number; reads: number; under?: number },
) => fulfil<Omit<LogPage, 'witness'>>(publisher.page(request), sourceOf(disk));
const receive = (disk: Disk, reader: Reader, page: Omit<LogPage, 'witness'>) =>
  fulfil(reader.receive(page), sourceOf(disk));

/** Reads the log to its end, beginning anew from the disk before every page. */
function readAll(log: Disk, reads: number): { disk: Disk; state: FollowerState } {
  const publisher = open(log);
  const disk = emptyDisk();
  let state: FollowerState | undefined;
  for (;;) {
    const reader = readerOf(disk, state);
    const answer = receive(disk, reader, pageOf(log, publisher, { ...reader.question(), reads }));
    assert.ok(answer.kind !== 'fault', answer.kind === 'fault' ? answer.fault.reason : '');
    if (answer.kind !== 'lines') {
      assert.ok(state);
      return { disk, state };
    }
    disk.lines.push(...answer.lines.map(({ data }) => data));
    state = JSON.parse(JSON.stringify(answer.state)) as FollowerState;
  }
}

describe('the keys of a log, as its writer and its reader follow them', () => {
  it('change where the log tells of it: the head of exactly these lines is the last of the old key', () => {
    for (const linesAtATime of [1, 7, 100, 149, 150, 151, LINES.length]) {
      const { heads, rotations, lines } = published(linesAtATime);
      assert.deepEqual(lines, LINES);
      assert.deepEqual(
        rotations.map(({ line, key }) => [line, key.kid]),
        [
          [CHANGES[0], second.key.kid],
          [CHANGES[1], third.key.kid],
        ],
      );
      for (const line of CHANGES) assert.ok(heads.some(({ size }) => size === line));
      const made = withRotations(ringOf([first.key]), rotations);
      assert.ok(made.ok);
      for (const { size, jws } of heads) {
        const read = readHead(jws, made.ring);
        assert.ok(read.ok, read.ok ? '' : read.reason);
        const by = size <= CHANGES[0] ? first : size <= CHANGES[1] ? second : third;
        assert.equal(read.kid, by.key.kid, `the head of ${size} lines`);
      }
    }
  });

  it('are known to a reader from the first key alone, page by page and with a restart after each', () => {
    for (const reads of [1, 2]) {
      const { disk, state } = readAll(published(37), reads);
      assert.deepEqual(disk.lines, LINES);
      assert.deepEqual(
        state.rotations?.map(({ line }) => line),
        CHANGES,
      );
    }
  });

  it('are not ahead of the disk: what was projected and not stored is projected again', () => {
    const disk = emptyDisk();
    const publisher = open(disk);
    project(disk, publisher, 0, 140);
    fulfil(publisher.project(told(140, 200), AT), sourceOf(disk));
    assert.deepEqual(
      publisher.ring.keys.map(({ kid }) => kid),
      [first.key.kid],
    );
    project(disk, publisher, 140, 149);
    const read = readHead(publisher.head, ringOf([first.key]));
    assert.ok(read.ok && read.kid === first.key.kid);
    project(disk, publisher, 149, 160);
    assert.equal(publisher.ring.keys.length, 2);
  });

  it('may lie where a signature takes its time, or fails: then nothing is projected, and it is tried again', async () => {
    const disk = emptyDisk();
    const publisher = open(disk);
    const at = sourceOf(disk);
    let away = true;
    const slow = {
      lines: async (after: number, last: number) => at.lines(after, last),
      leaves: async (after: number, last: number) => at.leaves(after, last),
      head: async (atMost: number) => at.head(atMost),
      async signature(kid: string, bytes: Uint8Array) {
        if (away && kid === second.key.kid) throw new Error('the token does not answer');
        return at.signature(kid, bytes);
      },
    };
    await assert.rejects(fulfilFrom(publisher.project(told(0, 160), AT), slow), /does not answer/);
    publisher.committed();
    assert.deepEqual([publisher.size, publisher.fault], [0, undefined]);
    away = false;
    store(disk, await fulfilFrom(publisher.project(told(0, 160), AT), slow));
    publisher.committed();
    assert.equal(publisher.size, 160);
  });

  it('of which none may sign end publishing, and no line is stored that no head covers', () => {
    const expired = { ...first.key, exp: AT / 1_000 + 3_600 };
    for (const listed of [{ ...first.key, lastSize: 100 }, expired]) {
      const disk = emptyDisk();
      const faults: OwnLogFault[] = [];
      const publisher = open(disk, { listed: [listed], faults });
      const now = listed === expired ? AT + 3_600_000 : AT;
      store(disk, fulfil(publisher.project(told(0, 130), now), sourceOf(disk)));
      publisher.committed();
      const covered = listed === expired ? 0 : 100;
      assert.deepEqual([disk.lines.length, publisher.size, publisher.publishing], [covered, covered, false]);
      assert.equal(faults[0]?.kind, 'bad-signature');
      assert.match(
        faults[0].reason,
        /^our log cannot be signed: (no key signs a head of 130 lines|key .* expired)/,
      );
      assert.equal(open(disk).fault, undefined, 'what is on disk is whole');
    }
    const none = fulfil(
      firstHead('huu-nghi', createLogHashes(), AT + 3_600_000, ringOf([expired])),
      sourceOf(emptyDisk()),
    );
    assert.match(typeof none === 'string' ? none : '', /expired/);
  });

  it('that a line of ours changes without their signatures end publishing', () => {
    const forged = rotationBetween({ ...third, key: first.key }, second);
    const lines = linesOf([asked(1), asked(2), forged, asked(4)]);
    const disk = emptyDisk();
    const faults: OwnLogFault[] = [];
    const publisher = open(disk, { faults });
    project(disk, publisher, 0, 4, lines);
    assert.equal(publisher.publishing, false);
    assert.equal(faults[0]?.kind, 'bad-signature');
    assert.match(faults[0].reason, /line 3: the old key has not signed it/);
    // Neither it nor what follows is stored or signed, so nobody reads what nobody may believe.
    assert.deepEqual([disk.rotations, disk.lines.length, publisher.size], [[], 2, 2]);
    assert.equal(disk.heads.at(-1)?.size, 2);
    publisher.clear();
    publisher.recheck();
    project(disk, publisher, 0, 4, lines);
    assert.equal(faults.length, 2, 'cleared without more, it is found again');
  });

  it('are replaced by hand where a line tells of a change that is none: then it is history, for us and for who reads it', () => {
    for (const old of [{ ...third, key: first.key }, first]) {
      const lines = linesOf([asked(1), asked(2), rotationBetween(old, second), asked(4)]);
      const disk = emptyDisk();
      const revoked = {
        ...first.key,
        revokedAt: AT / 1_000,
        lastTrusted: {
          size: 2,
          rootHash: rootOf(lines.slice(0, 2)),
          jws: headOf(lines.slice(0, 2), { signer: first.signer }),
        },
      };
      const listed = [
        { ...revoked, lastSize: 2 },
        { ...third.key, fromSize: 3 },
      ];
      project(disk, open(disk), 0, 2, lines);
      const publisher = open(disk, { listed });
      project(disk, publisher, 2, 4, lines);
      assert.deepEqual([publisher.fault, publisher.size, disk.rotations], [undefined, 4, []]);
      const reader = createReader({ gate: 'huu-nghi', ring: ringOf(listed), hashes: createLogHashes() });
      const page = pageOf(disk, publisher, { after: 0, reads: 2 });
      assert.equal(
        page.lines.length,
        4,
        'a change made by hand stands in no line: nothing is to be read before it',
      );
      assert.equal(receive(disk, reader, page).kind, 'lines');
      const stranger = createReader({
        gate: 'huu-nghi',
        ring: ringOf([first.key]),
        hashes: createLogHashes(),
      });
      assert.equal(receive(disk, stranger, page).kind, 'fault');
    }
  });

  it('that are revoked leave what they had signed before: a log is read from its beginning, and one of another past is none', () => {
    const log = published(50);
    const publisher = open(log);
    const witnessed = log.heads.find(({ size }) => size === 200);
    assert.ok(witnessed);
    const lastTrusted = witnessed;
    const revoked = (key: MadeKey, more: Partial<LogKey> = {}): LogKey => ({
      ...key.key,
      revokedAt: 1,
      ...more,
    });
    const read = (keys: readonly LogKey[]): { size: number; fault: LogFault | undefined } => {
      const disk = emptyDisk();
      const reader = createReader({ gate: 'huu-nghi', ring: ringOf(keys), hashes: createLogHashes() });
      for (const head of lastTrustedHeads(reader.ring))
        assert.equal(fulfil(reader.promise(head), sourceOf(disk)), undefined);
      for (;;) {
        const answer = receive(disk, reader, pageOf(log, publisher, { ...reader.question(), reads: 2 }));
        if (answer.kind !== 'lines')
          return { size: reader.size, fault: answer.kind === 'fault' ? answer.fault : undefined };
        disk.lines.push(...answer.lines.map(({ data }) => data));
        reader.committed();
      }
    };
    assert.deepEqual(read([revoked(first, { lastTrusted })]), { size: LINES.length, fault: undefined });
    const { fromSize: _, ...announced } = revoked(second, { lastTrusted });
    const until200 = read([first.key, announced]);
    assert.equal(until200.size, 200);
    assert.match(until200.fault?.reason ?? '', /what it signed up to line 200 stands, this is of/);
    const unknown = read([revoked(first)]);
    assert.match(unknown.fault?.reason ?? '', /no head is named up to which it stands/);

    const other = { ...witnessed, rootHash: 'f'.repeat(64) };
    const forked = read([revoked(first, { lastTrusted: other })]);
    assert.equal(forked.fault?.kind, 'fork');
    assert.ok(forked.fault.heads.includes(witnessed.jws));
  });

  it('check what the other side shows of our log, whichever of them has signed it', () => {
    const disk = published(50);
    const publisher = open(disk);
    for (const size of [100, ...CHANGES, LINES.length]) {
      const witness = disk.heads.find((head) => head.size === size);
      assert.ok(witness);
      assert.equal(fulfil(publisher.compare(witness.jws, THEIRS), sourceOf(disk)), undefined);
      assert.equal(publisher.fault, undefined);
    }
    const shown = (by: MadeKey): OwnLogFault | undefined => {
      publisher.clear();
      publisher.level();
      const content = { gate: 'huu-nghi', version: 2, size: 400, rootHash: 'a'.repeat(64), at: AT };
      const jws = signHead(content, by.signer);
      assert.equal(fulfil(publisher.compare(jws, THEIRS), sourceOf(disk)), undefined);
      assert.equal(publisher.fault?.heads[1], jws);
      return publisher.fault;
    };
    assert.match(shown(second)?.reason ?? '', /was followed by another at line 300/);
    assert.equal(shown(third)?.kind, 'fork');
  });

  it('that are still to be told of harm no reader: it has promised a head, and gets an answer to another question', () => {
    const log = published(60);
    const publisher = open(log);
    const newest = log.heads.at(-1);
    assert.ok(newest);
    const disk = emptyDisk();
    const reader = readerOf(disk);
    assert.equal(fulfil(reader.promise(newest), sourceOf(disk)), undefined);
    assert.equal(receive(disk, reader, pageOf(log, publisher, { after: 310, reads: 2 })).kind, 'old');
    while (reader.size < LINES.length) {
      const answer = receive(disk, reader, pageOf(log, publisher, { ...reader.question(), reads: 2 }));
      assert.ok(answer.kind === 'lines', answer.kind === 'fault' ? answer.fault.reason : answer.kind);
      disk.lines.push(...answer.lines.map(({ data }) => data));
      reader.committed();
    }
    assert.equal(reader.witness?.jws, newest.jws);
    // What the first key has signed long ago is part of the past; what it signs now is not.
    assert.equal(receive(disk, reader, pageOf(log, publisher, { after: 20, reads: 2 })).kind, 'old');
    const late = { ...JSON.parse(Buffer.from(newest.jws.split('.')[1] ?? '', 'base64url').toString()) };
    const answer = receive(disk, reader, {
      lines: [],
      head: signHead({ ...late, at: AT + 1 }, first.signer),
      after: LINES.length,
    });
    assert.ok(answer.kind === 'fault');
    assert.equal(answer.fault.kind, 'bad-signature');
  });

  it('that are still to be told of do not hide that the log has become shorter than our journal remembers', () => {
    const log = published(60);
    const newest = log.heads.at(-1);
    const of120 = log.heads.find(({ size }) => size === 120);
    assert.ok(newest && of120);
    const disk = emptyDisk();
    const reader = readerOf(disk);
    assert.equal(fulfil(reader.promise(newest), sourceOf(disk)), undefined);
    disk.lines = LINES.slice(0, 120);
    assert.equal(receive(disk, reader, { lines: disk.lines, head: of120.jws, after: 0 }).kind, 'lines');
    reader.committed();
    const of60 = { gate: 'huu-nghi', version: 2, size: 60, rootHash: '', at: AT };
    of60.rootHash = log.heads.find(({ size }) => size === 60)?.rootHash ?? '';
    const before = { lines: [], head: signHead({ ...of60, at: AT - 1 }, first.signer), after: 120 };
    assert.equal(receive(disk, reader, before).kind, 'old', 'an answer of before');
    const later = { lines: [], head: signHead({ ...of60, at: AT + 1 }, first.signer), after: 120 };
    const answer = receive(disk, reader, later);
    assert.ok(answer.kind === 'fault');
    assert.equal(answer.fault.kind, 'shrunken-log');
    assert.deepEqual(answer.fault.heads, [newest.jws, later.head]);
  });
});
