/** SOAP 1.2 envelopes, faults and WS-Security user names as ONVIF uses them (ONVIF Core Specification, clauses 5.8 and 5.9). */
import { createHash } from 'node:crypto';
import { descend, descendants, escapeXml, parseXml, type XmlNode } from './xml.ts';

const NAMESPACES = {
  env: 'http://www.w3.org/2003/05/soap-envelope',
  wsa: 'http://www.w3.org/2005/08/addressing',
  wsnt: 'http://docs.oasis-open.org/wsn/b-2',
  tds: 'http://www.onvif.org/ver10/device/wsdl',
  trt: 'http://www.onvif.org/ver10/media/wsdl',
  tev: 'http://www.onvif.org/ver10/events/wsdl',
  tt: 'http://www.onvif.org/ver10/schema',
  tns1: 'http://www.onvif.org/ver10/topics',
  ter: 'http://www.onvif.org/ver10/error',
};

/** An envelope around `body`, which may use the prefixes env, wsa, wsnt, tds, trt, tev, tt, tns1 and ter. */
export function soapEnvelope(body: string): string {
  const declarations = Object.entries(NAMESPACES).map(([prefix, uri]) => ` xmlns:${prefix}="${uri}"`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<env:Envelope${declarations.join('')}><env:Body>${body}</env:Body></env:Envelope>`;
}

/** A fault of the sender's making. `subcode` is a qualified name such as `ter:NotAuthorized`. */
export const soapFault = (subcode: string, reason: string): string =>
  soapEnvelope(
    '<env:Fault><env:Code><env:Value>env:Sender</env:Value>' +
      `<env:Subcode><env:Value>${escapeXml(subcode)}</env:Value></env:Subcode></env:Code>` +
      `<env:Reason><env:Text xml:lang="en">${escapeXml(reason)}</env:Text></env:Reason></env:Fault>`,
  );

export type SoapMessage =
  /** `operation`: the one element inside the body. */
  | { kind: 'body'; operation: XmlNode; header: XmlNode | undefined }
  | { kind: 'fault'; subcodes: string[]; reason: string }
  | { kind: 'unreadable'; reason: string };

/** Opens an envelope. */
export function parseSoap(xml: string): SoapMessage {
  const parsed = parseXml(xml);
  if (!parsed.ok) return { kind: 'unreadable', reason: parsed.reason };
  const operation = parsed.root.name === 'Envelope' ? descend(parsed.root, 'Body')?.children[0] : undefined;
  if (operation === undefined) return { kind: 'unreadable', reason: 'not a SOAP envelope with a body' };
  if (operation.name === 'Fault') {
    const subcodes = descendants(operation, 'Value').map((value) => value.text.trim());
    const reason = descendants(operation, 'Text')[0]?.text.trim() ?? '';
    return { kind: 'fault', subcodes, reason: reason === '' ? subcodes.join(' ') : reason };
  }
  return { kind: 'body', operation, header: descend(parsed.root, 'Header') };
}

/** `Base64(SHA-1(nonce ‖ created ‖ password))` (WS-Security UsernameToken Profile 1.0, clause 3.1). */
export const passwordDigest = (nonceBase64: string, created: string, password: string): string =>
  createHash('sha1')
    .update(Buffer.from(nonceBase64, 'base64'))
    .update(created)
    .update(password)
    .digest('base64');
