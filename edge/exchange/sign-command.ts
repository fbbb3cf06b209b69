/**
 * A key that lies in no file of ours, such as in a PKCS#11 token: a configured program signs. It is given the bytes on its standard
 * input and writes the signature, in its JWS form, to its standard output. What it writes is checked before it is used.
 */
import { spawn } from 'node:child_process';
import type { RemoteSigner, Verifier } from '../../protocols/handover/algorithm.ts';
import type { Clock } from '../platform/clock.ts';
import { GateError, messageOf } from '../platform/errors.ts';

/** No signature is longer; a program that writes more is none that signs. */
const ANSWER_BYTES_MAX = 10_000;
const COMPLAINT_CHARS_MAX = 500;

/**
 * Signs by `command`, in which `{kid}` stands for the name of the key and `{id}` for the same in hex, as tokens name keys. Rejects with GateError `SIGN_COMMAND_FAILED`.
 */
export function commandSigner(options: {
  command: readonly string[];
  timeoutMs: number;
  kid: string;
  verifier: Verifier;
  clock: Clock;
}): RemoteSigner {
  const { kid, verifier, clock, timeoutMs } = options;
  const command = options.command.map((word) => word.replaceAll('{kid}', kid).replaceAll('{id}', hexOf(kid)));
  return {
    alg: verifier.alg,
    kid,
    async sign(bytes) {
      const signature = await answerOf(command, bytes, { clock, timeoutMs });
      if (verifier.verify(bytes, signature)) return signature;
      throw failed(command, `its answer (${signature.length} bytes) is no signature of key ${kid}`);
    },
  };
}

const hexOf = (kid: string): string => Buffer.from(kid, 'base64url').toString('hex');

function answerOf(
  command: readonly string[],
  bytes: Uint8Array,
  { clock, timeoutMs }: { clock: Clock; timeoutMs: number },
): Promise<Uint8Array> {
  const [program = '', ...words] = command;
  return new Promise((resolve, reject) => {
    // Its own group, so that what it has started ends with it.
    const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    const answer: Buffer[] = [];
    let answerBytes = 0;
    let complaint = '';
    const cancel = clock.after(timeoutMs, () => giveUp(`it took longer than ${timeoutMs} ms`));
    const giveUp = (reason: string): void => {
      cancel();
      endGroup(child.pid);
      reject(failed(command, reason));
    };
    child.on('error', (error) => giveUp(messageOf(error)));
    // A program that does not read all it is given says so by its exit code.
    child.stdin.on('error', () => undefined);
    child.stdout.on('data', (chunk: Buffer) => {
      answerBytes += chunk.length;
      if (answerBytes > ANSWER_BYTES_MAX) giveUp(`it wrote more than ${ANSWER_BYTES_MAX} bytes`);
      else answer.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString('utf8')).slice(0, COMPLAINT_CHARS_MAX);
    });
    child.on('close', (code, signal) => {
      cancel();
      if (code === 0) resolve(Buffer.concat(answer));
      else reject(failed(command, `it ended with ${code ?? signal}: ${complaint.trim() || 'no word why'}`));
    });
    child.stdin.end(bytes);
  });
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const failed = (command: readonly string[], reason: string): GateError =>
  new GateError(
    'SIGN_COMMAND_FAILED',
    `the program that signs (${command[0]}) did not: ${reason}`,
    'Try counterpart.signCommand by hand as the user of the exchange daemon; it is asked again by itself.',
  );
