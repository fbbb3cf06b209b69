/** Documents of the ASEAN Single Window in our words; the names and codes are in `fields.ts`. */
import { LISTS, MASS_BASES, STATUS_CODES, TYPE_CODES, type WireDocument, wireDocument } from './fields.ts';
import type { AdvanceContainer, AdvanceDocument, AdvanceParty } from './words.ts';
import { readXmlTree } from './xml.ts';

export type ReadAdvance = { ok: true; document: AdvanceDocument } | { ok: false; reason: string };

/** Reads one document as JSON has it. What is not known to speak for the goods does not. */
export function readAdvance(value: unknown): ReadAdvance {
  const parsed = wireDocument.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { ok: false, reason: `${issue?.path.join('.') || 'document'}: ${issue?.message ?? 'unreadable'}` };
  }
  const wire = parsed.data;
  const kind = TYPE_CODES.get(wire.documentType);
  if (kind === undefined) return { ok: false, reason: `documentType: ${wire.documentType} is not known` };
  const parties = [...partyOf('consignor', wire.consignor), ...partyOf('consignee', wire.consignee)];
  return {
    ok: true,
    document: {
      kind,
      reference: wire.referenceNumber,
      version: wire.versionNumber,
      status: STATUS_CODES.get(wire.documentStatus.toUpperCase()) ?? 'pending',
      issuer: wire.issuingCountry,
      issuedAt: Math.max(0, Date.parse(wire.issueDateTime)),
      ...(wire.formCode && { form: wire.formCode }),
      ...(wire.expiryDateTime !== undefined && { validUntil: Math.max(0, Date.parse(wire.expiryDateTime)) }),
      ...(wire.containers && { containers: wire.containers.map(containerOf) }),
      ...(wire.goods && {
        goods: wire.goods.map(({ tariffCode, originCountry }) => ({
          hs: tariffCode.replace(/[.\s]/g, '').slice(0, 20),
          ...(originCountry !== undefined && { origin: originCountry }),
        })),
      }),
      ...(parties.length > 0 && { parties }),
    },
  };
}

/** Reads one document as a file has it: JSON, or the same names as XML. */
export function readAdvanceText(text: string, form: 'json' | 'xml'): ReadAdvance {
  try {
    return readAdvance(form === 'json' ? JSON.parse(text) : readXmlTree(text, LISTS));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { ok: false, reason: `it is no readable ${form.toUpperCase()}: ${error.message}` };
  }
}

function partyOf(role: AdvanceParty['role'], said: WireDocument['consignor']): AdvanceParty[] {
  const { partyId: id, partyName: name } = said ?? {};
  return id === undefined && name === undefined
    ? []
    : [{ role, ...(id !== undefined && { id }), ...(name !== undefined && { name }) }];
}

function containerOf(said: NonNullable<WireDocument['containers']>[number]): AdvanceContainer {
  const { containerNumber: number, seals, grossMassKg, massBasis } = said;
  const basis = massBasis === undefined ? 'cargo' : MASS_BASES.get(massBasis.toUpperCase());
  return {
    number,
    ...(seals && { seals }),
    // A mass of which nobody can say what it weighs is none.
    ...(grossMassKg !== undefined &&
      basis !== undefined && { grossKg: Math.round(grossMassKg), grossBasis: basis }),
  };
}
