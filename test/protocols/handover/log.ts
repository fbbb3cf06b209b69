/** A signed log in memory, for the tests. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import type { Algorithms } from '../../../protocols/handover/algorithm.ts';
import { PROTOCOL_VERSION, type Signer, signHead, type Verifier } from '../../../protocols/handover/head.ts';
import { createKeyRing, type KeyRing } from '../../../protocols/handover/key-ring.ts';
import { encodeRecord } from '../../../protocols/handover/line.ts';
import { appendLeaf, EMPTY_TREE, leafHash, rootHash } from '../../../protocols/handover/merkle.ts';
import { type LogKey, thumbprint } from '../../../protocols/handover/public-key.ts';
import type { HandoverRecord } from '../../../protocols/handover/record.ts';

const tag = (bytes: Uint8Array): Buffer => createHmac('sha256', 'only for tests').update(bytes).digest();
/** Signs fast; anybody who has the test can. */
const parts = { kty: 'OKP', crv: 'TEST', x: 'tests' } as const;
export const testKey: LogKey = { ...parts, alg: 'TEST', kid: thumbprint(parts), use: 'sig', fromSize: 0 };
export const testSigner: Signer & Verifier = {
  alg: 'TEST',
  kid: testKey.kid,
  sign: tag,
  verify: (bytes, signature) => tag(bytes).equals(signature),
};

/** A ring of the keys, or fails. */
export function ringOf(keys: readonly LogKey[], algorithms: Algorithms): KeyRing {
  const made = createKeyRing(keys, algorithms);
  assert.ok(made.ok, made.ok ? '' : made.reason);
  return made.ring;
}
export const testRing = ringOf([testKey], {
  verifierOf: ({ alg }) => (alg === 'TEST' ? testSigner : undefined),
});

export const linesOf = (records: readonly HandoverRecord[], gate = 'huu-nghi'): string[] =>
  records.map((record, index) =>
    encodeRecord({
      version: 2,
      gate,
      line: index + 1,
      at: 1_772_000_000_000 + index,
      utcOffset: '+07:00',
      record,
    }),
  );

/** The signed head over exactly these lines. */
export const headOf = (
  lines: readonly string[],
  {
    gate = 'huu-nghi',
    version = PROTOCOL_VERSION,
    signer = testSigner as Signer,
    at = 1_772_000_000_000,
  } = {},
): string => {
  const tree = lines.map(leafHash).reduce(appendLeaf, EMPTY_TREE);
  return signHead({ gate, version, size: tree.size, rootHash: rootHash(tree), at }, signer);
};
