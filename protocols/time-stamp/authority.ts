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

const NAME_CHARS_MAX = 200;
/** The subject of a certificate on one line. */
export const nameOf = ({ subject }: X509Certificate): string =>
  (subject ?? 'a nameless holder').replaceAll('\n', ', ').slice(0, NAME_CHARS_MAX);

/** Without a name it has that of its first certificate. */
export function readAuthority({
  name,
  certificates,
  policy,
}: Omit<AuthorityWords, 'name'> & { name?: string }): ReadAuthority {
  const texts = certificates.match(PEM) ?? [];
  if (texts.length === 0 || texts.length > ANCHORS_MAX)
    return {
      ok: false,
      reason: `${name ?? 'it'} has ${texts.length} certificates in PEM, not 1 to ${ANCHORS_MAX}`,
    };
  try {
    const anchors = texts.map((text) => new X509Certificate(text));
    const [first] = anchors;
    return { ok: true, authority: { name: name ?? (first ? nameOf(first) : ''), anchors, policy } };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      ok: false,
      reason: `a certificate${name === undefined ? '' : ` of ${name}`} cannot be read: ${why}`,
    };
  }
}
