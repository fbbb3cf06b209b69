import assert from 'node:assert/strict';
import type { JournalEntry } from '../../../edge/journal/journal.ts';
import { withoutSalts } from '../../../edge/journal/shown.ts';

const SECRET = 'c0ffee';
const entry = (kind: JournalEntry['kind'], type: string, body: unknown): JournalEntry => ({
  seq: 1,
  at: 0,
  kind,
  type,
  body: JSON.stringify(body),
  hash: 'h',
});
const withheld = [{ pointer: '/containers/0/seals', salt: SECRET, value: ['VN123456'] }];

describe('an entry of the journal, shown to people', () => {
  it('of a start, a snapshot or a line of the handover log has no salts, and all else', () => {
    const data = JSON.stringify({ withheld: { '/containers/0/seals': '5f2a' } });
    for (const [kind, type, body] of [
      ['input', 'boot', { saltSeed: SECRET, configDigest: 'd' }],
      ['snapshot', 'state', { filter: { saltSeed: SECRET, told: 't' } }],
      ['decision', 'handover', { line: 1, data, withheld: [...withheld, ...withheld] }],
    ] as const) {
      const whole = entry(kind, type, body);
      const shown = withoutSalts(whole);
      assert.equal(shown.body.includes(SECRET), false, type);
      assert.deepEqual({ ...shown, body: '' }, { ...whole, body: '' });
      assert.deepEqual(JSON.parse(shown.body.replaceAll('""', `"${SECRET}"`)), body);
    }
  });

  it('of anything else is as it was written', () => {
    const act = entry('input', 'operator-act', { act: { kind: 'hotline-grant', salt: '482913' } });
    assert.equal(withoutSalts(act), act);
    const told = entry('decision', 'handover', { data: JSON.stringify({ text: '"salt":"x"' }) });
    assert.equal(withoutSalts(told).body, told.body);
  });
});
