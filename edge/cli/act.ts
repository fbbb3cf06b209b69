/** `gate act`: a person's signed act, submitted through the console, and what came of it. */
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { loadConfig } from '../../config/load.ts';
import { systemClock } from '../platform/clock.ts';
import { GateError, messageOf } from '../platform/errors.ts';
import { systemRandom } from '../platform/random.ts';
import { signAct } from '../platform/sign-act.ts';
import { type ActExtras, actOf } from './act-words.ts';
import type { CommandResult } from './config.ts';

export interface ActOptions extends ActExtras {
  config: string;
  as: string;
  key: string;
  reason: string;
}

/** Signs and submits; exit code 1 if it was refused, in the gate's own words. */
export async function act(
  kind: string,
  subject: string | undefined,
  options: ActOptions,
): Promise<CommandResult> {
  const config = loadConfig(options.config);
  const console = `http://${config.console.host}:${config.console.port}`;
  const asked = {
    ...actOf(kind, subject, options),
    ...(kind === 'hotline-grant' && { salt: drawSalt() }),
    ...(kind === 'confirm' && (await confirmed(console, subject))),
  };
  const jws = await signAct(asked, options.reason, {
    person: options.as,
    gate: config.gate.id,
    privateKey: readKey(options.key),
    clock: systemClock,
    random: systemRandom,
  });
  const response = await ask(`${console}/api/acts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jws }),
  });
  if (!response.ok) return { exitCode: 1, text: `${await response.text()}\n` };
  const { seq } = (await response.json()) as { seq: number };
  return outcomeOf(console, seq);
}

/** What the console answers, as far as it is needed here. */
interface Overviewed {
  overview?: { proposals: { id: string; actId?: string }[] } | null;
}

/** The act that is confirmed, by the id under which the first person has signed it: so the second stands by that one and no other. */
async function confirmed(console: string, proposal: string | undefined): Promise<{ of?: string }> {
  const response = await ask(`${console}/api/overview`);
  // What cannot be read now, or is not open, the gate answers to.
  if (!response.ok) return {};
  const { overview } = (await response.json()) as Overviewed;
  const actId = overview?.proposals.find(({ id }) => id === proposal)?.actId;
  return actId === undefined ? {} : { of: actId };
}

/** Six digits nobody can guess: with the gate’s own count they make the one-time number. */
const drawSalt = (): string => String(Math.floor(systemRandom.next() * 1_000_000)).padStart(6, '0');

interface Line {
  seq: number;
  kind: string;
  type: string;
  body: string;
}

/** Entries read after the act's own: what it led to follows at once. */
const OUTCOME_ENTRIES = 100;

/** What the gate decided about the act at `seq` of its journal. */
async function outcomeOf(console: string, seq: number): Promise<CommandResult> {
  const response = await ask(`${console}/api/journal?after=${seq}&limit=${OUTCOME_ENTRIES}`);
  if (!response.ok)
    return {
      exitCode: 1,
      text: `journal #${seq}; what came of it cannot be read: ${await response.text()}\n`,
    };
  const { entries } = (await response.json()) as { entries: Line[] };
  const next = entries.findIndex(({ kind }) => kind !== 'decision');
  const decided = next === -1 ? entries : entries.slice(0, next);
  const told = decided.find(({ type }) => type === 'act' || type === 'act-refused' || type === 'proposal');
  const body = JSON.parse(told?.body ?? '{}') as { reason?: string; proposal?: string };
  switch (told?.type) {
    case 'act':
      return { exitCode: 0, text: `done, journal #${seq}\n${toRead(decided)}` };
    case 'proposal':
      return {
        exitCode: 0,
        text: `waits for a second person, journal #${seq}: gate act confirm ${body.proposal}\n`,
      };
    case 'act-refused':
      return { exitCode: 1, text: `refused, journal #${seq}: ${body.reason}\n` };
    default:
      return { exitCode: 1, text: `journal #${seq}; what came of it is not written there\n` };
  }
}

/** What the officer now reads to the other one on the telephone; nothing, where it was no such act. */
function toRead(decided: readonly Line[]): string {
  const line = decided.find(({ type }) => type === 'hotline');
  if (line === undefined) return '';
  const entries = Object.entries(JSON.parse(line.body) as Record<string, unknown>);
  return entries.map(([name, value]) => `  ${name}: ${String(value)}\n`).join('');
}

function ask(url: string, init: RequestInit = {}): Promise<Response> {
  return fetch(url, init).catch((error: unknown) => {
    throw new GateError(
      'CONSOLE_UNREACHABLE',
      `the console at ${url} does not answer: ${messageOf(error)}`,
      'Start gate console, or correct console.host and console.port.',
    );
  });
}

function readKey(file: string) {
  try {
    return createPrivateKey(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new GateError(
      'KEY_UNREADABLE',
      `the key ${file} cannot be used: ${messageOf(error)}`,
      'Give an Ed25519 private key in PEM form.',
      { cause: error },
    );
  }
}
