/**
 * What of our handover records crosses the border, member by member (docs/what-crosses.md). Only what the other gate can work
 * without stands here: whatever is not named always crosses, and no filter takes it away.
 */
import { z } from 'zod';

const SIGNED = { officerSignatures: '/officerSignatures' } as const;
/** Of a difference, besides its code and container. */
const DISPUTED = {
  'differences.expected': '/differences/*/expected',
  'differences.found': '/differences/*/found',
  'differences.text': '/differences/*/text',
  evidence: '/evidence',
  ...SIGNED,
} as const;
const INSPECTED = { text: '/text', evidence: '/evidence', ...SIGNED } as const;
const SIGNED_WORDS = { text: '/text', ...SIGNED } as const;

/**
 * The members a filter may name, and where each stands in the record: a JSON pointer, `*` for any place of a list. `export` and
 * `import`: records of moves that leave or come, as seen from this gate; `section`: records of no move.
 */
export const FILTERED = {
  export: {
    offered: {
      seals: '/containers/*/seals',
      grossKg: '/containers/*/grossKg',
      declarations: '/containers/*/declarations',
      sizeType: '/containers/*/sizeType',
      'returnOf.refusedBy': '/returnOf/refusedBy',
      'returnOf.reason': '/returnOf/reason',
    },
    departed: { sealChecks: '/sealChecks', evidence: '/evidence', ...SIGNED },
    recalled: { text: '/text' },
    disputed: DISPUTED,
    'joint-inspection': INSPECTED,
    closed: SIGNED_WORDS,
  },
  import: {
    refused: { text: '/text' },
    granted: SIGNED,
    arrived: { evidence: '/evidence' },
    received: { sealChecks: '/sealChecks', evidence: '/evidence' },
    'received-with-remarks': {
      'remarks.expected': '/remarks/*/expected',
      'remarks.found': '/remarks/*/found',
      'remarks.text': '/remarks/*/text',
      sealChecks: '/sealChecks',
      evidence: '/evidence',
    },
    disputed: DISPUTED,
    'joint-inspection': INSPECTED,
    closed: SIGNED_WORDS,
  },
  section: {
    'block-reset': SIGNED,
    'section-closing': SIGNED_WORDS,
    'section-reopening': SIGNED,
  },
} as const;

export type FilterDirection = keyof typeof FILTERED;

/** Members of one kind of record, and of them the smallest set with which both gates work. */
function crossing<const M extends Record<string, string>>(
  members: M,
  smallest: readonly Extract<keyof M, string>[] = [],
) {
  const names = Object.keys(members) as [Extract<keyof M, string>, ...Extract<keyof M, string>[]];
  return z
    .array(z.enum(names))
    .max(names.length)
    .default([...smallest]);
}

const { export: sent, import: taken, section } = FILTERED;
/** A difference is closed by both sides, so both must see what it is. */
const SEEN_BY_BOTH = ['differences.expected', 'differences.found', 'evidence'] as const;

export const fieldFilter = z.strictObject({
  export: z
    .strictObject({
      // An empty container is weighed at the receiver by its type.
      offered: crossing(sent.offered, ['sizeType']).describe('Of what we offer'),
      departed: crossing(sent.departed),
      recalled: crossing(sent.recalled),
      disputed: crossing(sent.disputed, SEEN_BY_BOTH),
      'joint-inspection': crossing(sent['joint-inspection']),
      closed: crossing(sent.closed),
    })
    .prefault({})
    .describe('In our records of moves that leave this country'),
  import: z
    .strictObject({
      refused: crossing(taken.refused),
      granted: crossing(taken.granted),
      arrived: crossing(taken.arrived),
      received: crossing(taken.received),
      'received-with-remarks': crossing(taken['received-with-remarks']),
      disputed: crossing(taken.disputed, SEEN_BY_BOTH),
      'joint-inspection': crossing(taken['joint-inspection']),
      closed: crossing(taken.closed),
    })
    .prefault({})
    .describe('In our records of moves that come into this country'),
  section: z
    .strictObject({
      'block-reset': crossing(section['block-reset']),
      'section-closing': crossing(section['section-closing']),
      'section-reopening': crossing(section['section-reopening']),
    })
    .prefault({})
    .describe('In our records of the border section as a whole'),
});
export type FieldFilter = z.infer<typeof fieldFilter>;

/** What `counterpart.share` named before there was a filter; goods and evidence were named, and never sent. */
export const sharedOnce = z.enum(['seals', 'grossKg', 'declarations', 'goods', 'evidenceDigests']);

const NAMED_ONCE: ReadonlySet<string> = new Set(['seals', 'grossKg', 'declarations']);
const isOffered = (name: string): name is 'seals' | 'grossKg' | 'declarations' => NAMED_ONCE.has(name);

/** The filter as configured; where only the former `share` is, that which it meant; where nothing is, the smallest set. */
export function filterOf({
  filter,
  share,
}: {
  filter?: FieldFilter;
  share?: readonly z.infer<typeof sharedOnce>[];
}): FieldFilter {
  const smallest = filter ?? fieldFilter.parse({});
  if (filter !== undefined || share === undefined) return smallest;
  const offered: FieldFilter['export']['offered'] = ['sizeType', ...share.filter(isOffered)];
  return { ...smallest, export: { ...smallest.export, offered } };
}
