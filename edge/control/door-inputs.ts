/** `POST /inputs`: checks what comes, hands it to the host, answers after commit. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { GateError } from '../platform/errors.ts';
import type { DoorHost } from './door.ts';
import { answerJson, type ErrorAnswer, errorAnswer, isNdjson, readBody } from './door-http.ts';
import { malformed, parseJson, parseSubmission, type Submission } from './inputs-schema.ts';
import type { ActVerifier } from './signed-acts.ts';

const BODY_BYTES_MAX = 512 * 1024;
/** The longest batch. */
export const BATCH_BYTES_MAX = 4 * 1024 * 1024;
/** Inputs of a batch that are checked before devices get their turn. */
const PARSED_PER_TURN = 64;

/** One line of a batch's answer. */
export type BatchAnswer = { seq: number; repeated: boolean } | { error: ErrorAnswer };

/**
 * The exchange door: one `{input, from}` as JSON, or many as newline-delimited JSON. A batch is checked whole before its first
 * input is admitted; its answer has one line an input in the same order and ends soon after the first failure. Inputs without
 * an answer are sent again; repeats are recognised.
 */
export async function takeSubmissions(
  host: DoorHost,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!isNdjson(request)) {
    const { input, from } = parseSubmission(await readBody(request, BODY_BYTES_MAX));
    answerJson(response, 200, await host.submit(input, from));
    return;
  }
  const submissions = await parseBatch(host, await readBody(request, BATCH_BYTES_MAX));
  const answers = await submitInOrder(host, submissions);
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  response.end(answers.map((answer) => `${JSON.stringify(answer)}\n`).join(''));
}

async function parseBatch(host: DoorHost, body: string): Promise<Submission[]> {
  const submissions: Submission[] = [];
  for (const [index, line] of body.split('\n').entries()) {
    if (line.trim() === '') continue;
    if (submissions.length % PARSED_PER_TURN === PARSED_PER_TURN - 1) await host.turn();
    submissions.push(parseLine(line, index + 1));
  }
  return submissions;
}

function parseLine(line: string, number: number): Submission {
  try {
    return parseSubmission(line);
  } catch (error) {
    if (!(error instanceof GateError)) throw error;
    throw new GateError(error.code, `Line ${number}: ${error.message}`, error.remedy, { cause: error });
  }
}

async function submitInOrder(host: DoorHost, submissions: readonly Submission[]): Promise<BatchAnswer[]> {
  const answers: Promise<BatchAnswer>[] = [];
  let failed = false;
  for (const { input, from } of submissions) {
    await answers.at(-host.batchInFlightMax);
    if (failed) break;
    answers.push(
      host.submit(input, from).catch((error: unknown) => {
        failed = true;
        return { error: errorAnswer(error) };
      }),
    );
  }
  return Promise.all(answers);
}

const signedBody = z.strictObject({ jws: z.string().min(1) });

/** The console door: `{jws}`, one person's signed act. */
export async function takeAct(
  host: DoorHost,
  verifyAct: ActVerifier,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = parseJson(await readBody(request, BODY_BYTES_MAX));
  if (typeof body === 'object' && body !== null && 'input' in body) {
    throw new GateError(
      'INPUT_FORBIDDEN',
      'Only signed acts come through the console door.',
      'Send {"jws": "…"}.',
    );
  }
  const parsed = signedBody.safeParse(body);
  if (!parsed.success) throw malformed(parsed.error);
  const { input, from } = await verifyAct(parsed.data.jws);
  answerJson(response, 200, await host.submit(input, from));
}
