/** Time stamps as whoever checks an exported log trusts them: certificates as plain data, read once. */
import { type AuthorityWords, readAuthority } from './authority.ts';
import { type CheckedTimeStamp, checkTimeStamp } from './token.ts';

export type StampCheck = (text: string, token: Uint8Array) => CheckedTimeStamp;

/** Throws if a certificate cannot be read: they were, when they were taken into trust. */
export function stampCheckOf(trusted: readonly AuthorityWords[]): StampCheck {
  const authorities = trusted.map((words) => {
    const read = readAuthority(words);
    if (!read.ok) throw new Error(read.reason);
    return read.authority;
  });
  return (text, token) => checkTimeStamp(token, { text }, authorities);
}
