/**
 * From the certificate that signed a time stamp to an authority that is trusted (RFC 5280 §6, what a chain of time stamping needs of
 * it). Each certificate must have been valid when the stamp says it was made. Revocation is not looked up: an authority whose key
 * is lost is taken out of trust by whoever trusts it.
 */
import { X509Certificate } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  id_ce_basicConstraints,
  id_ce_certificatePolicies,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_kp_timeStamping,
  KeyUsage,
  KeyUsageFlags,
} from '@peculiar/asn1-x509';
import { whyNotSigned } from './algorithms.ts';
import { nameOf, type TimeStampAuthority } from './authority.ts';
import { onlyTlv, tlvsIn } from './der.ts';

/** A certificate as Node reads it, and its parts. */
export interface ReadCertificate {
  x509: X509Certificate;
  parts: Certificate;
}

/** Throws if it is no certificate. */
export const readCertificate = (der: Uint8Array): ReadCertificate => ({
  x509: new X509Certificate(der),
  parts: AsnConvert.parse(der, Certificate),
});

const CHAIN_MAX = 6;
/** Critical extensions that are understood here; any other must not be passed over. */
const UNDERSTOOD = new Set([
  id_ce_basicConstraints,
  id_ce_keyUsage,
  id_ce_extKeyUsage,
  id_ce_certificatePolicies,
]);

export type Chained = { ok: true; authority: TimeStampAuthority } | { ok: false; reason: string };

/** Whether `signer` may sign time stamps, and for which authority. `others`: certificates that came with it. */
export function chainOf(
  signer: ReadCertificate,
  others: readonly ReadCertificate[],
  { authorities, at }: { authorities: readonly TimeStampAuthority[]; at: Date },
): Chained {
  const why = whyNoStamper(signer) ?? whyNotThen(signer, at);
  if (why !== undefined) return { ok: false, reason: why };
  let nearest = `no authority that is trusted here stands behind ${nameOf(signer.x509)}`;
  for (const authority of authorities) {
    const found = reach({ others, authority, at, passed: new Set() }, signer, 0);
    if (found === undefined) return { ok: true, authority };
    if (found !== '') nearest = found;
  }
  return { ok: false, reason: nearest };
}

interface Search {
  others: readonly ReadCertificate[];
  authority: TimeStampAuthority;
  at: Date;
  /** Gone through already: certificates that have all issued each other must not be tried in every order. */
  passed: Set<ReadCertificate>;
}

/** Undefined if an anchor is reached; why an issuer that fits is none, or nothing if there is no such issuer. */
function reach(search: Search, of: ReadCertificate, depth: number): string | undefined {
  const { others, authority, at, passed } = search;
  passed.add(of);
  if (authority.anchors.some((anchor) => anchor.raw.equals(of.x509.raw))) return undefined;
  if (depth >= CHAIN_MAX) return `the chain of certificates is longer than ${CHAIN_MAX}`;
  let nearest = '';
  for (const anchor of authority.anchors) {
    if (!of.x509.checkIssued(anchor)) continue;
    const issuer = readCertificate(anchor.raw);
    const why = whyNoIssuer(issuer, of, depth) ?? whyNotThen(issuer, at);
    if (why === undefined) return undefined;
    nearest = why;
  }
  for (const issuer of others) {
    if (passed.has(issuer) || !of.x509.checkIssued(issuer.x509)) continue;
    const why = whyNoIssuer(issuer, of, depth) ?? whyNotThen(issuer, at) ?? reach(search, issuer, depth + 1);
    if (why === undefined) return undefined;
    if (why !== '') nearest = why;
  }
  return nearest;
}

function whyNotThen({ x509, parts }: ReadCertificate, at: Date): string | undefined {
  const { validity } = parts.tbsCertificate;
  if (at < validity.notBefore.getTime())
    return `the certificate of ${nameOf(x509)} was not valid before ${validity.notBefore.getTime().toISOString()}`;
  if (at > validity.notAfter.getTime())
    return `the certificate of ${nameOf(x509)} had expired on ${validity.notAfter.getTime().toISOString()}`;
  return undefined;
}

/** RFC 3161 §2.3: its one purpose is time stamping, and who does not know that must not take it. */
function whyNoStamper(signer: ReadCertificate): string | undefined {
  const name = nameOf(signer.x509);
  const purposes = extensionOf(signer, id_ce_extKeyUsage);
  const told = purposes && [...AsnConvert.parse(purposes.extnValue.buffer, ExtendedKeyUsage)];
  if (told?.length !== 1 || told[0] !== id_kp_timeStamping)
    return `the certificate of ${name} is not one for time stamps only`;
  if (!purposes?.critical) return `the purpose of the certificate of ${name} is not marked critical`;
  const usage = usageOf(signer);
  if (usage !== undefined && (usage & (KeyUsageFlags.digitalSignature | KeyUsageFlags.nonRepudiation)) === 0)
    return `the key of ${name} may not sign`;
  return whyNotUnderstood(signer);
}

function whyNoIssuer(issuer: ReadCertificate, of: ReadCertificate, depth: number): string | undefined {
  const name = nameOf(issuer.x509);
  const basic = extensionOf(issuer, id_ce_basicConstraints);
  const constraints = basic && AsnConvert.parse(basic.extnValue.buffer, BasicConstraints);
  if (!constraints?.cA) return `${name} is no authority for certificates`;
  if (constraints.pathLenConstraint !== undefined && depth > constraints.pathLenConstraint)
    return `${name} allows no chain as long as this`;
  const usage = usageOf(issuer);
  if (usage !== undefined && (usage & KeyUsageFlags.keyCertSign) === 0)
    return `the key of ${name} may not sign certificates`;
  return whyNotUnderstood(issuer) ?? whyNotIssued(issuer, of);
}

function whyNotIssued(issuer: ReadCertificate, of: ReadCertificate): string | undefined {
  const [signed] = tlvsIn(onlyTlv(of.x509.raw).content);
  const why = whyNotSigned({
    bytes: signed?.whole ?? new Uint8Array(),
    signature: new Uint8Array(of.parts.signatureValue),
    algorithm: of.parts.signatureAlgorithm.algorithm,
    key: issuer.x509.publicKey,
  });
  return why === undefined ? undefined : `the certificate of ${nameOf(of.x509)}: ${why}`;
}

const whyNotUnderstood = ({ x509, parts }: ReadCertificate): string | undefined => {
  const unknown = [...(parts.tbsCertificate.extensions ?? [])].find(
    ({ critical, extnID }) => critical && !UNDERSTOOD.has(extnID),
  );
  return unknown && `the certificate of ${nameOf(x509)} demands ${unknown.extnID}, which is not known here`;
};

export const extensionOf = ({ parts }: ReadCertificate, oid: string) =>
  [...(parts.tbsCertificate.extensions ?? [])].find(({ extnID }) => extnID === oid);

function usageOf(certificate: ReadCertificate): number | undefined {
  const usage = extensionOf(certificate, id_ce_keyUsage);
  return usage && AsnConvert.parse(usage.extnValue.buffer, KeyUsage).toNumber();
}
