/** Authorities whose time stamps count for whoever checks them: certificates that their chains must end in. */
import { X509Certificate } from 'node:crypto';

/** The longest token that is taken, in bytes and in base64: with the certificates of its authority it has a few thousand. */
export const TOKEN_BYTES_MAX = 24_000;
export const TOKEN_CHARS_MAX = (TOKEN_BYTES_MAX / 3) * 4;

export interface TimeStampAuthority {
  /** As people call it. */
  readonly name: string;
  /** Certificates trusted for it: of its root, or of its signing key itself. */
  readonly anchors: readonly X509Certificate[];
  /** OID of the one policy whose stamps count; none: any. */
  readonly policy?: string | undefined;
}

/** The same as plain data, such as in a file. */
export interface AuthorityWords {
  name: string;
  /** PEM, one certificate or several. */
  certificates: string;
  policy?: string | undefined;
}

export type ReadAuthority = { ok: true; authority: TimeStampAuthority } | { ok: false; reason: string };

const PEM = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;
const ANCHORS_MAX = 50;

export function readAuthority({ name, certificates, policy }: AuthorityWords): ReadAuthority {
  const texts = certificates.match(PEM) ?? [];
  if (texts.length === 0 || texts.length > ANCHORS_MAX)
    return { ok: false, reason: `${name} has ${texts.length} certificates in PEM, not 1 to ${ANCHORS_MAX}` };
  try {
    const anchors = texts.map((text) => new X509Certificate(text));
    return { ok: true, authority: { name, anchors, policy } };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ok: false, reason: `a certificate of ${name} cannot be read: ${why}` };
  }
}
