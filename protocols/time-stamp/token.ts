/**
 * Checks a time stamp (RFC 3161 §2.4.2, RFC 5816): a CMS signature (RFC 5652) of an authority over the hash of a text and a time. A
 * token that holds proves that the text was there at that time, by the word of the authority and by no other clock.
 */
import { hash } from 'node:crypto';
import {
  CMSVersion,
  id_contentType,
  id_messageDigest,
  id_signedData,
  SignedData,
  type SignerInfo,
} from '@peculiar/asn1-cms';
import { AsnConvert } from '@peculiar/asn1-schema';
import { id_ct_tstInfo, TSTInfo } from '@peculiar/asn1-tsp';
import { id_ce_subjectKeyIdentifier } from '@peculiar/asn1-x509';
import { digestNamed, whyNotSigned } from './algorithms.ts';
import { nameOf, type TimeStampAuthority, TOKEN_BYTES_MAX } from './authority.ts';
import { type Chained, chainOf, extensionOf, type ReadCertificate, readCertificate } from './chain.ts';
import { oidIn, onlyTlv, TAG, type Tlv, tlvsIn } from './der.ts';
import { imprintOf, nonceInteger, SHA256_OID } from './request.ts';

const CERTIFICATES_MAX = 10;

const SIGNING_CERTIFICATE = '1.2.840.113549.1.9.16.2.12';
const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';

/** What a token that holds says. */
export interface TimeStamp {
  /** Name under which the authority is trusted here. */
  authority: string;
  /** Whose certificate signed it. */
  signer: string;
  /** The authority's time, milliseconds since 1970; it decides nothing. */
  genTimeMs: number;
  /** OID. */
  policy: string;
  /** The authority's number of it, hex. */
  serial: string;
}

export type CheckedTimeStamp = { ok: true; stamp: TimeStamp } | { ok: false; reason: string };

export interface StampedText {
  text: string;
  /** The nonce of our own question, where it was one. */
  nonce?: Uint8Array;
}

/** Whether `token` is a time stamp on the text by one of `authorities`. Never throws. */
export function checkTimeStamp(
  token: Uint8Array,
  { text, nonce }: StampedText,
  authorities: readonly TimeStampAuthority[],
): CheckedTimeStamp {
  if (token.length > TOKEN_BYTES_MAX)
    return refused(`it has ${token.length} bytes, more than ${TOKEN_BYTES_MAX}`);
  let read: ReadToken;
  try {
    read = readToken(token);
  } catch (error) {
    return refused(`it is no time stamp: ${error instanceof Error ? error.message : String(error)}`);
  }
  try {
    const why = whyNotOf(read.info, text, nonce);
    if (why !== undefined) return refused(why);
    return checkSigned(read, authorities);
  } catch (error) {
    return refused(`its parts cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const refused = (reason: string): { ok: false; reason: string } => ({ ok: false, reason });

interface ReadToken {
  info: TSTInfo;
  /** The content that is signed. */
  content: Uint8Array;
  signer: SignerInfo;
  /** The signed attributes as they came. */
  attributes: Tlv;
  certificates: ReadCertificate[];
}

/** Throws, saying what it is not. */
function readToken(token: Uint8Array): ReadToken {
  const [type, wrapped, ...more] = tlvsIn(onlyTlv(token).content);
  if (type === undefined || wrapped?.tag !== TAG.context0 || more.length > 0)
    throw new Error('it is not a CMS message');
  const data = onlyTlv(wrapped.content);
  const parts = tlvsIn(data.content);
  if (oidIn(type) !== id_signedData) throw new Error('it is not signed data');
  const signed = AsnConvert.parse(data.whole, SignedData);
  const { eContentType, eContent } = signed.encapContentInfo;
  if (eContentType !== id_ct_tstInfo || eContent?.single === undefined)
    throw new Error('what it signs is not the word of a time-stamp authority');
  const [signer, ...others] = [...signed.signerInfos];
  if (signer === undefined || others.length > 0) throw new Error('it is not signed by exactly one');
  if (signer.version !== (signer.sid.subjectKeyIdentifier === undefined ? CMSVersion.v1 : CMSVersion.v3))
    throw new Error('the form of its signature is not known here');
  const [, , , attributes] = inside(inside(parts.at(-1))[0]);
  if (attributes?.tag !== TAG.context0) throw new Error('it has no signed attributes');
  // Version, digests and content stand before them, revocation lists and the signer after.
  const certificates = parts.slice(3, -1).find(({ tag }) => tag === TAG.context0);
  const ders = inside(certificates).filter(({ tag }) => tag === TAG.sequence);
  if (ders.length > CERTIFICATES_MAX)
    throw new Error(`it carries more than ${CERTIFICATES_MAX} certificates`);
  const content = new Uint8Array(eContent.single.buffer);
  onlyTlv(content);
  return {
    info: AsnConvert.parse(content, TSTInfo),
    content,
    signer,
    attributes,
    certificates: ders.map(({ whole }) => readCertificate(whole)),
  };
}

/** Whether it speaks of this text, and answers this question. */
function whyNotOf(info: TSTInfo, text: string, nonce: Uint8Array | undefined): string | undefined {
  const { hashAlgorithm, hashedMessage } = info.messageImprint;
  if (info.version !== 1) return `its version is ${info.version}, not 1`;
  if (hashAlgorithm.algorithm !== SHA256_OID)
    return `it stamps a hash by ${hashAlgorithm.algorithm}, not by SHA-256`;
  if (!imprintOf(text).equals(new Uint8Array(hashedMessage.buffer))) return 'it stamps another text';
  if (nonce !== undefined && !same(info.nonce, nonceInteger(nonce))) return 'it answers another question';
  if (Number.isNaN(info.genTime.getTime())) return 'it tells no time';
  return undefined;
}

function checkSigned(read: ReadToken, authorities: readonly TimeStampAuthority[]): CheckedTimeStamp {
  const { info, content, signer, attributes, certificates } = read;
  const told = attributesIn(attributes);
  const digest = digestNamed(signer.digestAlgorithm.algorithm);
  if (digest === undefined)
    return refused(`its digest ${signer.digestAlgorithm.algorithm} is none that is taken`);
  if (oidIn(onlyValue(told, id_contentType)) !== id_ct_tstInfo)
    return refused('its signature is not one over a time stamp');
  if (!same(onlyValue(told, id_messageDigest)?.content, Buffer.from(hash(digest, content, 'hex'), 'hex')))
    return refused('its content is not what was signed');

  const pool = [
    ...certificates,
    ...authorities.flatMap(({ anchors }) => anchors.map(({ raw }) => readCertificate(raw))),
  ];
  const certificate = pool.find((each) => isOf(signer, each));
  if (certificate === undefined) return refused('the certificate of who signed it is missing');
  const why =
    whyOtherCertificate(told, certificate) ??
    whyNotSigned({
      // The attributes are signed as a SET, and sent under another tag (RFC 5652 §5.4).
      bytes: Buffer.concat([Buffer.of(TAG.set), attributes.whole.subarray(1)]),
      signature: new Uint8Array(signer.signature.buffer),
      algorithm: signer.signatureAlgorithm.algorithm,
      digest: signer.digestAlgorithm.algorithm,
      key: certificate.x509.publicKey,
    });
  if (why !== undefined) return refused(why);
  const chained = chainTo(certificate, certificates, info, authorities);
  if (!chained.ok) return chained;
  return {
    ok: true,
    stamp: {
      authority: chained.authority.name,
      signer: nameOf(certificate.x509),
      genTimeMs: info.genTime.getTime(),
      policy: info.policy,
      serial: Buffer.from(info.serialNumber).toString('hex'),
    },
  };
}

/** To an authority that is trusted for this policy. */
function chainTo(
  signer: ReadCertificate,
  others: readonly ReadCertificate[],
  { policy, genTime }: TSTInfo,
  authorities: readonly TimeStampAuthority[],
): Chained {
  const fitting = authorities.filter((each) => each.policy === undefined || each.policy === policy);
  const chained = chainOf(signer, others, { authorities: fitting, at: genTime });
  if (chained.ok || fitting.length === authorities.length) return chained;
  const unfit = chainOf(signer, others, { authorities, at: genTime });
  return unfit.ok ? refused(`it was made under policy ${policy}, not ${unfit.authority.policy}`) : unfit;
}

/** Signed attributes by their OID, as DER: each with its values. */
type Attributes = { oid: string; values: Tlv[] }[];

const attributesIn = (attributes: Tlv): Attributes =>
  tlvsIn(attributes.content).map(({ content }) => {
    const [type, values] = tlvsIn(content);
    return { oid: oidIn(type), values: inside(values) };
  });

/** The value of an attribute that must be there once, with one value. */
function onlyValue(attributes: Attributes, oid: string): Tlv | undefined {
  const [first, ...others] = attributes.filter((each) => each.oid === oid);
  return others.length === 0 && first?.values.length === 1 ? first.values[0] : undefined;
}

/** What a value is made of; nothing if it is not there. */
const inside = (tlv: Tlv | undefined): Tlv[] => (tlv === undefined ? [] : tlvsIn(tlv.content));

/** Whether this is the certificate that the signature names. */
function isOf({ sid }: SignerInfo, certificate: ReadCertificate): boolean {
  const { parts } = certificate;
  const { issuerAndSerialNumber: named, subjectKeyIdentifier: keyId } = sid;
  if (named !== undefined)
    return (
      same(named.serialNumber, parts.tbsCertificate.serialNumber) &&
      same(AsnConvert.serialize(named.issuer), AsnConvert.serialize(parts.tbsCertificate.issuer))
    );
  const told = extensionOf(certificate, id_ce_subjectKeyIdentifier);
  return (
    keyId !== undefined && same(told && onlyTlv(new Uint8Array(told.extnValue.buffer)).content, keyId.buffer)
  );
}

/** The signed attributes name the certificate by its hash, so that no other one of the same name can stand for it (RFC 5816). */
function whyOtherCertificate(attributes: Attributes, { x509 }: ReadCertificate): string | undefined {
  const named = [SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2].flatMap((oid) =>
    attributes.some((each) => each.oid === oid) ? [{ oid, value: onlyValue(attributes, oid) }] : [],
  );
  if (named.length === 0) return 'its signature names no certificate';
  for (const { oid, value } of named) {
    const parts = inside(inside(inside(value)[0])[0]);
    const [first] = parts;
    const algorithm = first?.tag === TAG.sequence ? oidIn(inside(first)[0]) : SHA256_OID;
    const digest = oid === SIGNING_CERTIFICATE ? 'sha1' : digestNamed(algorithm);
    const hashed = parts.find(({ tag }) => tag === TAG.octets);
    if (digest === undefined || !same(hashed?.content, Buffer.from(hash(digest, x509.raw, 'hex'), 'hex')))
      return 'its signature names another certificate';
  }
  return undefined;
}

/** Whether these are the same bytes; nothing is the same as none. */
const same = (one: Uint8Array | ArrayBuffer | undefined, other: Uint8Array | ArrayBuffer): boolean =>
  one !== undefined && Buffer.from(new Uint8Array(one)).equals(new Uint8Array(other));
