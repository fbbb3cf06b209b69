/** A file of public keys as it was handed over. */
import { readFile } from 'node:fs/promises';
import { type LogKeySet, logKeySet } from '../../../protocols/handover/public-key.ts';
import { wrongKind } from '../../exchange/key-store.ts';
import { GateError, messageOf } from '../../platform/errors.ts';
import { refusePrivate } from './make.ts';

/** Members of a JWK that only its owner may have (RFC 7518 section 6). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];

/** @throws GateError `KEY_UNREADABLE`, `KEY_PRIVATE`, `KEY_WRONG_KIND` */
export async function readOffered(path: string): Promise<LogKeySet> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new GateError(
      'KEY_UNREADABLE',
      `${path} cannot be read: ${messageOf(cause)}`,
      'Name the right file.',
      {
        cause,
      },
    );
  }
  refusePrivate(text, path);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw wrongKind('file of keys', path, `it is not JSON: ${messageOf(cause)}`, cause);
  }
  const listed = (value as { keys?: unknown } | null)?.keys;
  for (const key of [value, ...(Array.isArray(listed) ? listed : [])])
    if (typeof key === 'object' && key !== null && PRIVATE_MEMBERS.some((member) => member in key))
      refusePrivate('PRIVATE KEY', path);
  const set = logKeySet.safeParse(value);
  if (set.success) return set.data;
  const [issue] = set.error.issues;
  throw wrongKind('file of keys', path, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`, set.error);
}
