/** The name of a value that both sides can be shown later: SHA-256 over its canonical JSON, hex. */
import { hash } from 'node:crypto';
import { canonicalJson } from './canonical.ts';

export const digestOf = (value: unknown): string => hash('sha256', canonicalJson(value), 'hex');
