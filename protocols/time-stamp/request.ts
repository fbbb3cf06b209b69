/** Asking an authority for a time stamp (RFC 3161 §2.4.1): a DER `TimeStampReq` over the SHA-256 of what is to be stamped. */
import { hash } from 'node:crypto';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import { MessageImprint, TimeStampReq } from '@peculiar/asn1-tsp';
import { AlgorithmIdentifier } from '@peculiar/asn1-x509';

/** Media types of question and answer over HTTP (RFC 3161 §3.4). */
export const QUERY_TYPE = 'application/timestamp-query';
export const REPLY_TYPE = 'application/timestamp-reply';

/** Bytes that a nonce should have. */
export const NONCE_BYTES = 16;

export const SHA256_OID = '2.16.840.1.101.3.4.2.1';

/** What a stamp is of: the bytes of a text, in UTF-8. */
export const imprintOf = (text: string): Buffer => Buffer.from(hash('sha256', text, 'hex'), 'hex');

/** A question for a stamp on `text`, whose answer must bring the nonce back, and the authority's certificate with it. */
export function timeStampRequest(options: {
  text: string;
  /** {@link NONCE_BYTES} unpredictable bytes. */
  nonce: Uint8Array;
  /** OID of the policy that it shall be made under; none: the authority's usual one. */
  policy?: string | undefined;
}): Buffer {
  const { text, nonce, policy } = options;
  const request = new TimeStampReq({
    messageImprint: new MessageImprint({
      hashAlgorithm: new AlgorithmIdentifier({ algorithm: SHA256_OID, parameters: null }),
      hashedMessage: new OctetString(imprintOf(text)),
    }),
    nonce: nonceInteger(nonce),
    certReq: true,
    ...(policy !== undefined && { reqPolicy: policy }),
  });
  return Buffer.from(AsnConvert.serialize(request));
}

/** As an INTEGER that is positive and in its shortest form, whatever the bytes are. */
export function nonceInteger(nonce: Uint8Array): ArrayBuffer {
  const integer = new Uint8Array(nonce.length + 1);
  integer[0] = 1;
  integer.set(nonce, 1);
  return integer.buffer;
}
