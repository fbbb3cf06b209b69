/** A year of traffic as two signed logs: moves both ways with everything that is told of them, through the encoder that gates use. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { signerOf } from '../../edge/exchange/algorithms.ts';
import { seededRandom } from '../../edge/platform/random.ts';
import { PROTOCOL_VERSION, signHead } from '../../protocols/handover/head.ts';
import { encodeRecord } from '../../protocols/handover/line.ts';
import { headerLine, headLine } from '../../protocols/handover/log-file.ts';
import { appendLeaf, EMPTY_TREE, leafHash, rootHash } from '../../protocols/handover/merkle.ts';
import type { HandoverRecord } from '../../protocols/handover/record.ts';
import { isoWithOffset } from '../../protocols/time.ts';

const GATES = [
  { gate: 'huu-nghi', utcOffset: '+07:00', otherUtcOffset: '+08:00' },
  { gate: 'huu-nghi-quan', utcOffset: '+08:00', otherUtcOffset: '+07:00' },
] as const;
type Side = 0 | 1;

const BEGIN_MS = Date.UTC(2026, 0, 1);
const YEAR_MS = 365 * 86_400_000;
/** Records of a move in either log, on average. */
const RECORDS_A_MOVE = 11.3;

interface Told {
  at: number;
  side: Side;
  record: HandoverRecord;
}

export interface YearLogs {
  gates: readonly [string, string];
  keys: readonly [KeyObject, KeyObject];
  bytes: number;
  heads: number;
}

/** Writes both logs of `linesEach` lines with a head after every `headEvery`; streams, as a year is more than memory should hold. */
export function writeYear(
  paths: readonly [string, string],
  { linesEach, headEvery }: { linesEach: number; headEvery: number },
): YearLogs {
  const logs = ([0, 1] as const).map((side) => openLog(paths[side], side, linesEach, headEvery));
  const moves = Math.ceil((linesEach * 2 * 1.02) / RECORDS_A_MOVE);
  const { next: random } = seededRandom(5);
  // Sorted by time; little is under way at once.
  let ahead: Told[] = [];
  for (let number = 1; logs.some((log) => !log.isFull()); number += 1) {
    const startMs = BEGIN_MS + Math.floor((number / moves) * YEAR_MS);
    const due = ahead.filter(({ at }) => at <= startMs);
    ahead = ahead.filter(({ at }) => at > startMs);
    for (const { at, side, record } of due) logs[side]?.write(at, record);
    ahead.push(...tellMove(number, startMs, random));
    ahead.sort((one, other) => one.at - other.at);
  }
  const [one, two] = logs;
  if (one === undefined || two === undefined) throw new Error('there are two logs');
  return {
    gates: [GATES[0].gate, GATES[1].gate],
    keys: [one.key, two.key],
    bytes: one.close() + two.close(),
    heads: 2 * Math.ceil(linesEach / headEvery),
  };
}

function openLog(path: string, side: Side, linesEach: number, headEvery: number) {
  const { gate } = GATES[side];
  const { privateKey: key } = generateKeyPairSync('ed25519');
  const signer = signerOf(key);
  const file = openSync(path, 'w');
  let tree = EMPTY_TREE;
  let bytes = 0;
  let text = `${headerLine({ gate, from: 1, to: linesEach, heads: Math.ceil(linesEach / headEvery) })}\n`;
  const flush = (): void => {
    bytes += writeSync(file, text);
    text = '';
  };
  return {
    key,
    isFull: () => tree.size === linesEach,
    write(at: number, record: HandoverRecord): void {
      if (tree.size === linesEach) return;
      const line = encodeRecord({ version: 2, line: tree.size + 1, at, ...GATES[side], record });
      tree = appendLeaf(tree, leafHash(line));
      text += `${line}\n`;
      if (tree.size % headEvery === 0 || tree.size === linesEach)
        text += `${headLine(signHead({ gate, version: PROTOCOL_VERSION, size: tree.size, rootHash: rootHash(tree), at }, signer))}\n`;
      if (text.length > 1_000_000) flush();
    },
    close(): number {
      flush();
      closeSync(file);
      return bytes;
    },
  };
}

/** One vehicle from offer to close; one in eight is withdrawn first, one in fifty is received with remarks and disputed. */
function tellMove(number: number, startMs: number, random: () => number): Told[] {
  const sender: Side = number % 2 === 0 ? 0 : 1;
  const receiver: Side = sender === 0 ? 1 : 0;
  const [from, to] = [GATES[sender].gate, GATES[receiver].gate];
  const move = `${from}-m${number}`;
  const grant = `${to}-g${number}`;
  const vehicle = `xe-${(number % 40) + 1}`;
  const box = `CSQU${String(3_000_000 + (number % 900_000)).padStart(7, '0')}`;
  const told: Told[] = [];
  let at = startMs;
  const tell = (side: Side, afterMs: number, make: (eventTime: string) => HandoverRecord): void => {
    at += Math.round(afterMs * (0.7 + 0.6 * random()));
    told.push({ at, side, record: make(isoWithOffset(at, GATES[side].utcOffset)) });
  };
  const digest = (): string =>
    Math.floor(random() * 2 ** 52)
      .toString(16)
      .padStart(64, '0');
  const pictures = () => [1, 2, 3].map(() => ({ type: 'picture' as const, sha256: digest() }));
  const seal = `VN${100_000 + (number % 800_000)}`;
  const sealCheck = (checkedAt: string, place: string) => [
    {
      container: box,
      expected: seal,
      found: seal,
      state: 'intact' as const,
      method: 'reader' as const,
      photo: digest(),
      checkedAt,
      place,
      giver: from,
      receiver: to,
    },
  ];
  const custodyPoint = 'set-down';
  const authority = (count: number): void => {
    const ask = `${from}-a${number}-${count}`;
    const stretch = { ask, vehicle, from: `in-${count}`, to: `bay-${count}` };
    tell(sender, 20_000, () => ({ kind: 'authority-asked', ...stretch }));
    tell(receiver, 2_000, () => ({ kind: 'authority-granted', ...stretch }));
  };
  tell(sender, 1_000, () => ({
    kind: 'offered',
    move,
    custodyPoint,
    load: 'laden',
    track: sender === 0 ? 'north' : 'south',
    vehicle,
    homeGate: 'huu-nghi',
    plate: '12C-123.45',
    containers: [{ number: box, seals: [seal], grossKg: 20_000 + (number % 9_000) }],
  }));
  tell(receiver, 500, () => ({ kind: 'accepted', move, custodyPoint }));
  if (random() < 0.125) {
    tell(sender, 120_000, () => ({ kind: 'offer-withdrawn', move, custodyPoint }));
    return told;
  }
  tell(receiver, 30_000, () => ({
    kind: 'granted',
    move,
    custodyPoint,
    grant,
    track: sender === 0 ? 'north' : 'south',
    holdNode: 'in-1',
    bayNode: 'bay-land',
  }));
  tell(sender, 1_000, (eventTime) => ({
    kind: 'departed',
    move,
    custodyPoint,
    grant,
    eventTime,
    containers: [box],
    sealChecks: sealCheck(eventTime, 'border-out'),
    evidence: pictures(),
  }));
  tell(receiver, 240_000, (eventTime) => ({
    kind: 'arrived',
    move,
    custodyPoint,
    eventTime,
    evidence: pictures(),
  }));
  authority(1);
  authority(2);
  const receipt = (eventTime: string) => ({
    move,
    custodyPoint: custodyPoint as 'set-down',
    eventTime,
    containers: [box],
    sealChecks: sealCheck(eventTime, 'bay-1'),
    evidence: pictures(),
  });
  const isDisputed = random() < 0.02;
  tell(receiver, 300_000, (eventTime) =>
    isDisputed
      ? {
          kind: 'received-with-remarks',
          ...receipt(eventTime),
          remarks: [{ code: 'SEAL_NUMBER', container: box, expected: seal, found: `${seal}9` }],
        }
      : { kind: 'received', ...receipt(eventTime) },
  );
  tell(sender, 1_000, (eventTime) => ({ kind: 'closed', move, custodyPoint, eventTime }));
  if (!isDisputed) return told;
  const discrepancy = `${to}-d${number}`;
  tell(receiver, 10_000, (eventTime) => ({
    kind: 'disputed',
    move,
    custodyPoint,
    discrepancy,
    eventTime,
    differences: [{ code: 'SEAL_NUMBER', container: box, expected: seal, found: `${seal}9` }],
    deadline: eventTime,
    place: 'bay-1',
    custodian: to,
    evidence: pictures(),
  }));
  for (const side of [receiver, sender])
    tell(side, 3_600_000, (eventTime) => ({
      kind: 'closed',
      move,
      custodyPoint,
      eventTime,
      discrepancy,
      outcome: 'settled',
    }));
  return told;
}
