/** Disclosures: out of our own journal for whoever may know, and checked against an exported log. */
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import {
  againstDisclosure,
  type Disclosure,
  disclosure,
  disclosuresOf,
} from '../../../protocols/handover/disclosure.ts';
import { type DecodedLine, decodeRecord } from '../../../protocols/handover/line.ts';
import { dataPaths } from '../../platform/data-paths.ts';
import { GateError, messageOf } from '../../platform/errors.ts';
import type { CommandResult } from '../config.ts';
import { entriesOf } from '../journal.ts';

export interface DiscloseOptions {
  /** Data folder of the gate. */
  data: string;
  line?: number;
  /** JSON pointer into the record. */
  member?: string;
}

/** The decision that has written a line, as far as it is needed here. */
const written = z.object({
  line: z.int().positive(),
  data: z.string(),
  withheld: z.array(z.object({ pointer: z.string(), salt: z.string(), value: z.unknown() })).exactOptional(),
});

/**
 * What our log keeps back of a move, of one line, or at one member of all its lines; exit code 1 if that is nothing.
 * @throws GateError `USAGE`, `DISCLOSURE_CONTRADICTED`, and those of reading a journal.
 */
export async function disclose(move: string | undefined, options: DiscloseOptions): Promise<CommandResult> {
  const { data, line, member } = options;
  const isWhole = move === undefined && line === undefined && member !== undefined;
  if (!isWhole && (move === undefined) === (line === undefined))
    throw new GateError(
      'USAGE',
      'it is not said of what',
      'Name either a move, or a line with --line, or of the whole log one member with --member.',
    );
  const told: Disclosure[] = [];
  for await (const entry of entriesOf(dataPaths(data).journal)) {
    if (entry.kind !== 'decision' || entry.type !== 'handover') continue;
    const { withheld, ...own } = written.parse(JSON.parse(entry.body));
    if (withheld === undefined || (line !== undefined && own.line !== line)) continue;
    const read = decodeRecord(own.data);
    if (!read.ok || (move !== undefined && !('move' in read.record && read.record.move === move))) continue;
    const all = disclosuresOf(
      read,
      withheld.map(({ pointer, salt, value }) => ({ pointer, salt, value })),
    );
    for (const one of all.filter(({ pointer }) => member === undefined || pointer === member)) {
      refuseUnproven(one, read);
      told.push(one);
    }
  }
  if (told.length === 0)
    return {
      exitCode: 1,
      text: `nothing is kept back of ${move ?? (isWhole ? 'the log' : `line ${line}`)}${member ? ` at ${member}` : ''}\n`,
    };
  return { exitCode: 0, text: told.map((one) => `${JSON.stringify(one)}\n`).join('') };
}

/** What the other side could not check is not handed out. */
function refuseUnproven(one: Disclosure, read: DecodedLine): void {
  const against = againstDisclosure(one, read);
  if (against !== undefined)
    throw new GateError(
      'DISCLOSURE_CONTRADICTED',
      `the journal contradicts itself: ${against}`,
      'Check the journal with: gate journal verify',
    );
}

export interface CheckOptions {
  /** Exported log. */
  log: string;
}

/**
 * Whether each disclosure in `file` is what stood behind the digest in the log; exit code 1 if one is not.
 * @throws GateError `FILE_UNREADABLE`, `DISCLOSURE_UNREADABLE`
 */
export async function checkDisclosures(file: string, { log }: CheckOptions): Promise<CommandResult> {
  const disclosures = await readDisclosures(file);
  const lines = await linesIn(log, new Set(disclosures.map(({ line }) => line)));
  const answers = disclosures.map((one) => ({ one, against: against(one, lines.get(one.line) ?? []) }));
  return {
    exitCode: answers.every((answer) => answer.against === undefined) ? 0 : 1,
    text: answers
      .map(({ one, against: why }) => {
        const what = `${one.gate} line ${one.line} ${one.pointer}`;
        return why === undefined ? `${what}: proven\n` : `NOT PROVEN ${what}: ${why}\n`;
      })
      .join(''),
  };
}

function against(one: Disclosure, texts: readonly string[]): string | undefined {
  const [text, ...others] = texts;
  if (text === undefined) return `the log has no line ${one.line}`;
  if (others.length > 0) return `the log has line ${one.line} more than once`;
  return againstDisclosure(one, decodeRecord(text));
}

/** @throws GateError `FILE_UNREADABLE`, `DISCLOSURE_UNREADABLE` */
export async function readDisclosures(file: string): Promise<Disclosure[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw unreadable(file, error);
  });
  const rows = text.split('\n').filter((row) => row.trim() !== '');
  if (rows.length === 0) throw noDisclosure(file, 'it is empty');
  return rows.map((row, index) => {
    const read = disclosure.safeParse(parseJson(row));
    if (read.success) return read.data;
    const [issue] = read.error.issues;
    throw noDisclosure(file, `row ${index + 1}: ${issue?.path.join('.') || 'text'}: ${issue?.message}`);
  });
}

/** The number of a line is its CloudEvents id. What else looks like one only has a line read that nobody asked for. */
const NUMBERED = /"id":"([1-9]\d{0,14})"/g;

/** The texts of the wanted lines, by number; a number that comes more than once has more than one. */
async function linesIn(file: string, wanted: ReadonlySet<number>): Promise<Map<number, string[]>> {
  const found = new Map<number, string[]>();
  try {
    for await (const text of createInterface({
      input: createReadStream(file),
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      if (![...text.matchAll(NUMBERED)].some(([, id]) => wanted.has(Number(id)))) continue;
      const read = decodeRecord(text);
      if (read.ok && wanted.has(read.line)) found.set(read.line, [...(found.get(read.line) ?? []), text]);
    }
  } catch (error) {
    throw unreadable(file, error);
  }
  return found;
}

/** Undefined if it is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const unreadable = (file: string, cause: unknown): GateError =>
  new GateError('FILE_UNREADABLE', `cannot read ${file}: ${messageOf(cause)}`, 'Name a file that is there.', {
    cause,
  });

const noDisclosure = (file: string, why: string): GateError =>
  new GateError(
    'DISCLOSURE_UNREADABLE',
    `${file} is no disclosure: ${why}`,
    'Give the file as gate handover disclose has printed it.',
  );
