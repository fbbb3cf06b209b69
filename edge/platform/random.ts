import { randomBytes, randomUUID } from 'node:crypto';

/** Randomness, injected so that simulations can be repeated from a seed. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** A fresh identifier, unique for the life of the installation. */
  uuid(): string;
  /** `size` unpredictable bytes (salts, nonces). */
  bytes(size: number): Buffer;
}

/** The operating system's randomness. */
export const systemRandom: Random = {
  next: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
  uuid: () => randomUUID(),
  bytes: (size) => randomBytes(size),
};

/** Deterministic randomness from a 32-bit seed (mulberry32). Never for salts or keys of a real gate. */
export function seededRandom(seed: number): Random {
  let a = seed >>> 0;
  const next = (): number => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = a;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const bytes = (size: number): Buffer =>
    Buffer.from(Array.from({ length: size }, () => Math.floor(next() * 256)));
  return {
    next,
    bytes,
    uuid: () => {
      const hex = bytes(16).toString('hex');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
    },
  };
}
