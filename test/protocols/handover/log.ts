/** A signed log in memory, for the tests. */
import { createHmac } from 'node:crypto';
import { PROTOCOL_VERSION, type Signer, signHead, type Verifier } from '../../../protocols/handover/head.ts';
import { encodeRecord } from '../../../protocols/handover/line.ts';
import { appendLeaf, EMPTY_TREE, leafHash, rootHash } from '../../../protocols/handover/merkle.ts';
import type { HandoverRecord } from '../../../protocols/handover/record.ts';

const tag = (bytes: Uint8Array): Buffer => createHmac('sha256', 'only for tests').update(bytes).digest();
/** Signs fast; anybody who has the test can. */
export const testSigner: Signer & Verifier = {
  alg: 'HS256',
  sign: tag,
  verify: (bytes, signature) => tag(bytes).equals(signature),
};

export const linesOf = (records: readonly HandoverRecord[], gate = 'huu-nghi'): string[] =>
  records.map((record, index) =>
    encodeRecord({ gate, line: index + 1, at: 1_772_000_000_000 + index, utcOffset: '+07:00', record }),
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
