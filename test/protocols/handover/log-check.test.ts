import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { ALGORITHMS, signerOf } from '../../../edge/exchange/algorithms.ts';
import { PROTOCOL_VERSION, signHead } from '../../../protocols/handover/head.ts';
import { type CheckedLog, createLogCheck, type FindingKind } from '../../../protocols/handover/log-check.ts';
import { headerLine } from '../../../protocols/handover/log-file.ts';
import { appendLeaf, EMPTY_TREE, leafHash, rootHash } from '../../../protocols/handover/merkle.ts';
import { type LogKey, withoutPlace } from '../../../protocols/handover/public-key.ts';
import type { HandoverRecord } from '../../../protocols/handover/record.ts';
import { rotationOf, unsignedRotation } from '../../../protocols/handover/rotation.ts';
import { createLogKeys } from '../../../protocols/handover/trust.ts';
import {
  logFile,
  newestHead,
  recordedKey,
  recordedLog,
  TOLD_AT,
  tellLog,
  trustedKey,
} from '../../support/log-files.ts';
import { ONE_OF_EACH } from './records.ts';

const GATE = 'huu-nghi';
const { privateKey } = generateKeyPairSync('ed25519');
const KEY = trustedKey(privateKey);
// A change of keys says more than that a line can be read: it has tests of its own.
const RECORDS = ONE_OF_EACH.filter(({ kind }) => kind !== 'keys-rotated' && kind !== 'restored').slice(0, 13);
const LOG = tellLog(GATE, RECORDS, privateKey);
const FILE = Buffer.from(logFile(LOG));

function check(file: Buffer | string, keys: readonly LogKey[] = [KEY], witness?: string): CheckedLog {
  const bytes = Buffer.from(file);
  const session = createLogCheck({
    keysOf: (gate) => (gate === GATE ? createLogKeys(gate, keys, ALGORITHMS) : undefined),
    witness,
  });
  let start = 0;
  for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
    session.take(bytes.subarray(start, end));
    start = end + 1;
  }
  if (start < bytes.length) session.take(bytes.subarray(start));
  return session.end(start < bytes.length);
}

const kindsOf = ({ findings }: CheckedLog): FindingKind[] => findings.map(({ kind }) => kind);
const fileLines = (file: Buffer): string[] => file.toString().trimEnd().split('\n');
const fileOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

describe('an exported handover log', () => {
  it('as it was written is right, and verified to its last line', () => {
    const checked = check(FILE);
    assert.deepEqual([checked.findings, checked.notes], [[], []]);
    assert.deepEqual([checked.lines, checked.verified], [RECORDS.length, RECORDS.length]);
    assert.equal(checked.newest?.kid, KEY.kid);
  });

  it('of gates of version 1, whose heads name no key, is right as well', () => {
    const checked = check(logFile(recordedLog(GATE)), [recordedKey(GATE)]);
    assert.deepEqual([checked.findings, checked.verified], [[], 421]);
  });

  it('without any lines is right: a gate that has told nothing yet', () => {
    const checked = check(logFile(tellLog(GATE, [], privateKey)));
    assert.deepEqual([checked.findings, checked.lines, checked.heads], [[], 0, 1]);
  });

  it('shows every byte that was changed, wherever it stands', () => {
    fc.assert(
      fc.property(fc.nat(FILE.length - 1), fc.integer({ min: 1, max: 255 }), (at, difference) => {
        const altered = Buffer.from(FILE);
        altered.writeUInt8((altered.readUInt8(at) + difference) % 256, at);
        assert.ok(check(altered).findingsInAll > 0, `byte ${at} + ${difference}`);
      }),
      { numRuns: 1_500 },
    );
  }).timeout(60_000);

  it('shows every byte that was added or left out', () => {
    fc.assert(
      fc.property(
        fc.nat(FILE.length),
        fc.constantFrom(' ', '\n', '\r', '\t', '0', '\ufeff', ''),
        (at, added) => {
          const altered = Buffer.concat([
            FILE.subarray(0, at),
            Buffer.from(added),
            FILE.subarray(added === '' ? at + 1 : at),
          ]);
          if (altered.equals(FILE)) return;
          assert.ok(check(altered).findingsInAll > 0, `byte ${at}, ${JSON.stringify(added)}`);
        },
      ),
      { numRuns: 500 },
    );
  }).timeout(30_000);

  it('shows every line that was left out, doubled, or stands elsewhere', () => {
    const lines = fileLines(FILE);
    for (const [index, line] of lines.entries()) {
      const dropped = lines.toSpliced(index, 1);
      const doubled = lines.toSpliced(index, 0, line);
      assert.ok(check(fileOf(dropped)).findingsInAll > 0, `without line ${index + 1}`);
      assert.ok(check(fileOf(doubled)).findingsInAll > 0, `line ${index + 1} twice`);
      for (let other = index + 1; other < lines.length; other += 1) {
        const swapped = lines.with(index, lines[other] ?? '').with(other, line);
        assert.ok(check(fileOf(swapped)).findingsInAll > 0, `lines ${index + 1} and ${other + 1} exchanged`);
      }
    }
  }).timeout(30_000);

  it('shows where it was cut off, at any byte', () => {
    for (let length = 0; length < FILE.length; length += 1) {
      if (length % 7 !== 0 && length < FILE.length - 60) continue;
      assert.ok(check(FILE.subarray(0, length)).findingsInAll > 0, `after byte ${length}`);
    }
    assert.ok(kindsOf(check(FILE.subarray(0, -1))).includes('cut'));
    const whole = fileLines(FILE);
    assert.deepEqual([...new Set(kindsOf(check(fileOf(whole.slice(0, -1)))))], ['cut']);
  });

  it('tells a changed line from a line that is gone, and a wrong form from both', () => {
    const lines = fileLines(FILE);
    const index = lines.findIndex((line) => line.includes('12C-123.45'));
    const altered = lines.with(index, (lines[index] ?? '').replace('12C-123.45', '12C-123.46'));
    assert.deepEqual(kindsOf(check(fileOf(altered))), ['altered']);
    assert.match(check(fileOf(altered)).findings[0]?.text ?? '', /lines 1 to 3 do not hash/);
    assert.ok(kindsOf(check(fileOf(lines.toSpliced(index, 1)))).includes('order'));
    assert.deepEqual(kindsOf(check(FILE.toString().replaceAll('\n', '\r\n'))), ['form']);
    assert.deepEqual(kindsOf(check('')), ['form']);
  });

  it('is not believed without a key, or by a key of another, one that has expired, or one that was revoked', () => {
    const other = trustedKey(generateKeyPairSync('ed25519').privateKey);
    const saying = (keys: readonly LogKey[]): string => check(FILE, keys).findings[0]?.text ?? '';
    assert.match(saying([]), /is not trusted/);
    assert.match(saying([other]), /signed with key .*, which is not trusted/);
    const seconds = TOLD_AT / 1_000;
    assert.match(saying([{ ...KEY, exp: seconds }]), /expired on 2026-03-01/);
    assert.match(saying([{ ...KEY, nbf: seconds + 1 }]), /valid from 2026-03-01/);
    assert.match(saying([{ ...KEY, revokedAt: seconds + 86_400 }]), /revoked on 2026-03-02/);
    assert.match(saying([{ ...KEY, alg: 'SM2' }]), /no key of an algorithm known here/);
    assert.equal(check(FILE, [other, { ...KEY, nbf: seconds, exp: seconds + 1 }]).findingsInAll, 0);
    assert.equal(check(logFile({ ...LOG, gate: 'elsewhere' })).findings[0]?.kind, 'signature');
  });

  describe('under a key that was revoked', () => {
    const trusted = (log: typeof LOG, size: number) => ({
      size,
      rootHash: rootHash(log.lines.slice(0, size).map(leafHash).reduce(appendLeaf, EMPTY_TREE)),
      jws: log.heads.get(size) ?? '',
    });
    const revokedAt = TOLD_AT / 1_000 - 86_400;
    const upTo = (size: number, log = LOG): LogKey => ({
      ...KEY,
      revokedAt,
      lastTrusted: trusted(log, size),
    });

    it('stands up to the head that was trusted last, whatever any clock says, and not beyond', () => {
      assert.deepEqual(check(FILE, [upTo(13)]).findings, []);
      const later = check(FILE, [upTo(6)]);
      assert.equal(later.verified, 6);
      assert.deepEqual([...new Set(kindsOf(later))], ['signature', 'cut']);
      assert.match(
        later.findings[0]?.text ?? '',
        /revoked on 2026-02-28: .* up to line 6 stands, this is of 9/,
      );
    });

    it('is refused as another past, if whoever has the key signs one that is shorter', () => {
      const forged = tellLog(GATE, RECORDS.toReversed().slice(0, 9), privateKey);
      assert.deepEqual(kindsOf(check(logFile(forged), [upTo(6)])), ['fork', 'signature', 'cut']);
      assert.ok(kindsOf(check(logFile(forged), [upTo(9)])).includes('fork'));
      const short = check(logFile(LOG, { to: 6 }), [upTo(9)]);
      assert.deepEqual(kindsOf(short), ['signature']);
      assert.match(short.findings[0]?.text ?? '', /does not reach the last head trusted before \(9 lines\)/);
    });

    it('may begin after what was trusted, with heads of the next key', () => {
      const next = generateKeyPairSync('ed25519').privateKey;
      const keyAt = (size: number) => (size <= 6 ? privateKey : next);
      const replaced = tellLog(GATE, RECORDS, privateKey, { keyAt });
      const keys = [
        { ...upTo(6), lastSize: 6 },
        { ...trustedKey(next), fromSize: 7 },
      ];
      assert.deepEqual(check(logFile(replaced), keys).findings, []);
      assert.deepEqual(check(logFile(replaced, { from: 7 }), keys).findings, []);
      assert.deepEqual(
        kindsOf(
          check(logFile(replaced), [
            { ...keys[0], ...upTo(6, tellLog(GATE, RECORDS.toReversed(), privateKey)) },
            ...keys.slice(1),
          ]),
        ),
        ['fork'],
      );
    });

    it('is refused whole where nobody has said what was trusted, and told what to do', () => {
      assert.match(
        check(FILE, [{ ...KEY, revokedAt }]).findings[0]?.text ?? '',
        /gate keys revoke --last-head/,
      );
    });
  });

  it('in part is right by itself: what it leaves out before is in the hashes of its header', () => {
    for (let from = 1; from <= RECORDS.length; from += 1)
      for (const to of [9, 12, 13].filter((end) => end >= from)) {
        const file = logFile(LOG, { from, to });
        const checked = check(file);
        assert.deepEqual([checked.findings, checked.verified], [[], to], `lines ${from} to ${to}`);
        const [header = '', ...rest] = fileLines(Buffer.from(file));
        const forged = header.replace(
          /"peaks":\["./,
          (text) => `${text.slice(0, -1)}${text.endsWith('0') ? '1' : '0'}`,
        );
        if (forged !== header) assert.ok(check(fileOf([forged, ...rest])).findingsInAll > 0);
      }
  });

  it('that was signed twice, each time with another history, is shown to be forked by what the other gate quotes', () => {
    const forked = tellLog(GATE, RECORDS.toReversed(), privateKey);
    assert.deepEqual(kindsOf(check(FILE, [KEY], newestHead(forked))), ['fork']);
    assert.deepEqual(kindsOf(check(FILE, [KEY], forked.heads.get(6))), ['fork']);
    assert.deepEqual(check(FILE, [KEY], LOG.heads.get(6)).findings, []);
    const stranger = tellLog(GATE, RECORDS, generateKeyPairSync('ed25519').privateKey);
    assert.deepEqual(kindsOf(check(FILE, [KEY], newestHead(stranger))), ['witness']);
    // A file that ends before what the other has seen of the log is short, not wrong.
    const short = check(logFile(LOG, { to: 9 }), [KEY], newestHead(LOG));
    assert.deepEqual(short.findings, []);
    assert.match(short.notes[0] ?? '', /had seen 13 lines/);
  });

  it('holds only heads of its own gate, each over more lines than the one before', () => {
    const head = { gate: 'elsewhere', version: PROTOCOL_VERSION, size: 3, at: TOLD_AT };
    const tree = LOG.lines.slice(0, 3).map(leafHash).reduce(appendLeaf, EMPTY_TREE);
    const foreign = signHead({ ...head, rootHash: rootHash(tree) }, signerOf(privateKey));
    const heads = new Map(LOG.heads).set(3, foreign);
    assert.match(check(logFile({ ...LOG, heads })).findings[0]?.text ?? '', /head of gate elsewhere/);
  });

  it('of a gate that has changed its key is right, each head by the key of its time', () => {
    const next = generateKeyPairSync('ed25519').privateKey;
    const nextKey = withoutPlace(trustedKey(next));
    const before = RECORDS.slice(0, 4);
    const rotate = (old: typeof privateKey, made: typeof privateKey): HandoverRecord => {
      const unsigned = unsignedRotation({ gate: GATE, at: TOLD_AT, old: KEY.kid, new: nextKey }, KEY.alg);
      const [signs, bears] = [signerOf(old), signerOf(made)];
      return rotationOf(unsigned, {
        old: signs.sign(unsigned.old.bytes),
        new: bears.sign(unsigned.new.bytes),
      });
    };
    const told = (record: HandoverRecord, firstOfNext: number): string =>
      logFile(
        tellLog(GATE, [...before, record, ...RECORDS.slice(4)], privateKey, {
          headEvery: 1,
          keyAt: (size) => (size < firstOfNext ? privateKey : next),
        }),
      );
    const line = before.length + 1;
    const right = rotate(privateKey, next);
    const checked = check(told(right, line + 1));
    assert.deepEqual([checked.findings, checked.newest?.kid], [[], nextKey.kid]);
    // The old key goes on, or the new one comes too early.
    assert.ok(kindsOf(check(told(right, line + 2))).includes('signature'));
    assert.ok(kindsOf(check(told(right, line))).includes('signature'));
    const stranger = generateKeyPairSync('ed25519').privateKey;
    for (const forged of [rotate(stranger, next), rotate(privateKey, stranger)])
      assert.deepEqual(kindsOf(check(told(forged, line + 1))).slice(0, 2), ['keys', 'signature']);
  });

  it('that says it was read back must have been what it says', () => {
    const before = RECORDS.slice(0, 6);
    const { lines } = tellLog(GATE, before, privateKey);
    const root = rootHash(lines.map(leafHash).reduce(appendLeaf, EMPTY_TREE));
    const restored = (size: number, hash: string) =>
      logFile(
        tellLog(
          GATE,
          [...before, { kind: 'restored', size, rootHash: hash, eventTime: '2026-03-01T08:00:00Z' }],
          privateKey,
        ),
      );
    assert.deepEqual(check(restored(6, root)).findings, []);
    assert.deepEqual(kindsOf(check(restored(6, 'a'.repeat(64)))), ['restored']);
    assert.deepEqual(kindsOf(check(restored(8, root))), ['restored']);
    assert.match(check(restored(2, 'a'.repeat(64))).notes[0] ?? '', /not compared/);
  });

  it('whose header is written in any other way is not read', () => {
    const [header = '', ...rest] = fileLines(FILE);
    const wrong = [
      header.replace('"version":1', '"version":2'),
      header.replace('{', '{ '),
      header.replace('"from":1', '"from":0'),
      header.replace('"to":13', '"to":13,"to":13'),
      header.replace('"gate":', '"comment":"x","gate":'),
      headerLine({ gate: GATE, from: 3, to: 13, heads: 6 }),
      headerLine({ gate: GATE, from: 1, to: 13, heads: 6, peaks: ['a'.repeat(64)] }),
    ];
    for (const line of wrong) assert.deepEqual(kindsOf(check(fileOf([line, ...rest]))), ['form'], line);
  });
});
