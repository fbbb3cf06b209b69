/** `gate act`: a person's signed act, submitted through the console. */
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { loadConfig } from '../../config/load.ts';
import { systemClock } from '../platform/clock.ts';
import { GateError, messageOf } from '../platform/errors.ts';
import { systemRandom } from '../platform/random.ts';
import { signAct } from '../platform/sign-act.ts';
import type { CommandResult } from './config.ts';

const subjectOf: Record<string, string> = {
  'stop-lane': 'lane',
  'resume-lane': 'lane',
  'acknowledge-alarm': 'alarm',
};

export interface ActOptions {
  config: string;
  as: string;
  key: string;
  reason: string;
}

/** Signs and submits; the answer is the act's journal sequence, or the gate's own words why not. */
export async function act(kind: string, subject: string, options: ActOptions): Promise<CommandResult> {
  const config = loadConfig(options.config);
  const field = subjectOf[kind];
  if (field === undefined)
    throw new GateError(
      'USAGE',
      `there is no act ${kind}`,
      `Use one of ${Object.keys(subjectOf).join(', ')}.`,
    );
  const jws = await signAct({ kind, [field]: subject }, options.reason, {
    person: options.as,
    gate: config.gate.id,
    privateKey: readKey(options.key),
    clock: systemClock,
    random: systemRandom,
  });
  const url = `http://${config.console.host}:${config.console.port}/api/acts`;
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jws }),
  }).catch((error: unknown) => {
    throw new GateError(
      'CONSOLE_UNREACHABLE',
      `the console at ${url} does not answer: ${messageOf(error)}`,
      'Start gate console, or correct console.host and console.port.',
    );
  });
  return { exitCode: response.ok ? 0 : 1, text: `${await response.text()}\n` };
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
