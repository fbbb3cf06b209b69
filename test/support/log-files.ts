/** Exported logs for the tests: of stories told at two gates, and of those that gates of version 1 have left us. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { signerOf } from '../../edge/exchange/algorithms.ts';
import { PROTOCOL_VERSION, signHead } from '../../protocols/handover/head.ts';
import { encodeRecord, type LineVersion } from '../../protocols/handover/line.ts';
import { headerLine, headLine, stampLine } from '../../protocols/handover/log-file.ts';
import { appendLeaf, EMPTY_TREE, leafHash, rootHash } from '../../protocols/handover/merkle.ts';
import { type LogKey, thumbprint } from '../../protocols/handover/public-key.ts';
import type { HandoverRecord } from '../../protocols/handover/record.ts';
import { logPage } from '../../protocols/handover/wire.ts';

/** A time at which all that is told here happens, milliseconds since 1970. */
export const TOLD_AT = Date.UTC(2026, 2, 1, 1, 0, 0);

export interface ToldLog {
  gate: string;
  lines: string[];
  /** By the number of lines they cover. */
  heads: Map<number, string>;
}

/** The lines of a gate's log with a head after each `headEvery` of them, and after the last. */
export function tellLog(
  gate: string,
  records: readonly HandoverRecord[],
  key: KeyObject,
  { headEvery = 3, version = 2 as LineVersion, keyAt = (_size: number) => key } = {},
): ToldLog {
  const lines: string[] = [];
  const heads = new Map<number, string>();
  let tree = EMPTY_TREE;
  const sign = (): void => {
    const head = { gate, version: PROTOCOL_VERSION, size: tree.size, rootHash: rootHash(tree), at: TOLD_AT };
    heads.set(tree.size, signHead(head, signerOf(keyAt(tree.size))));
  };
  sign();
  for (const record of records) {
    const line = lines.length + 1;
    const offsets = { utcOffset: '+07:00', otherUtcOffset: '+08:00' };
    const text = encodeRecord({ version, gate, line, at: TOLD_AT + line * 1_000, ...offsets, record });
    lines.push(text);
    tree = appendLeaf(tree, leafHash(text));
    if (tree.size % headEvery === 0) sign();
  }
  sign();
  return { gate, lines, heads };
}

/** The file that `gate handover export` makes of it. `stamps`: time stamps in base64 by the number of lines of their head. */
export function logFile(
  log: ToldLog,
  { from = 1, to = log.lines.length, witness = '', stamps = new Map() as ReadonlyMap<number, string> } = {},
): string {
  const heads = [...log.heads].filter(([size]) => size >= from - 1 && size <= to);
  const { peaks } = log.lines
    .slice(0, from - 1)
    .map(leafHash)
    .reduce(appendLeaf, EMPTY_TREE);
  const header = {
    gate: log.gate,
    from,
    to,
    heads: heads.length,
    ...(stamps.size > 0 && { stamps: stamps.size }),
    ...(peaks.length > 0 && { peaks: [...peaks] }),
    ...(witness !== '' && { witness }),
  };
  const headAfter = (size: number): string[] =>
    heads
      .filter(([of]) => of === size)
      .flatMap(([, jws]) => {
        const token = stamps.get(size);
        return [headLine(jws), ...(token === undefined ? [] : [stampLine(token)])];
      });
  const lines = log.lines.slice(from - 1, to).flatMap((line, index) => [line, ...headAfter(from + index)]);
  return [headerLine(header), ...headAfter(from - 1), ...lines].map((line) => `${line}\n`).join('');
}

/** The newest head of a log. */
export const newestHead = ({ heads, lines }: ToldLog): string => heads.get(lines.length) ?? '';

/** The public half of an Ed25519 key, as a trust file holds it. */
export function trustedKey(key: KeyObject, limits: Partial<LogKey> = {}): LogKey {
  const { kty, crv, x } = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' });
  const parts = { kty: kty as 'OKP', crv: crv ?? '', x: x ?? '' };
  return { ...parts, alg: 'EdDSA', kid: thumbprint(parts), use: 'sig', fromSize: 0, ...limits };
}

export const trustText = (keys: Record<string, LogKey[]>): string =>
  JSON.stringify({
    gates: Object.fromEntries(Object.entries(keys).map(([gate, list]) => [gate, { keys: list }])),
  });

/** What a gate of version 1 has served page by page: an hour with faults. */
export function recordedLog(gate: string): ToldLog {
  const lines: string[] = [];
  const heads = new Map<number, string>();
  for (const text of readFileSync(`test/fixtures/handover/v1/${gate}.jsonl`, 'utf8').trimEnd().split('\n')) {
    const page = logPage.parse(JSON.parse(text));
    lines.push(...page.lines);
    heads.set(lines.length, page.head);
  }
  return { gate, lines, heads };
}

export const recordedKey = (gate: string): LogKey =>
  trustedKey(createPublicKey(readFileSync(`test/fixtures/handover/v1/${gate}.pub.pem`)));
