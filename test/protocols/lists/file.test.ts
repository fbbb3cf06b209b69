import assert from 'node:assert/strict';
import { readList } from '../../../protocols/lists/file.ts';

const list = (change: object = {}): string =>
  JSON.stringify({
    id: 'forced-labour',
    version: 7,
    name: 'Goods made with forced labour',
    owner: 'customs',
    legalBasis: 'Decree 1/2026',
    from: '2026-01-01T00:00:00+07:00',
    until: '2027-01-01T00:00:00+07:00',
    reviewBy: '2026-12-01T00:00:00+07:00',
    entries: [],
    ...change,
  });
const entries = (...all: [string, string][]): string =>
  list({ entries: all.map(([kind, value]) => ({ kind, value })) });

describe('the file of a signed list', () => {
  it('is read into comparable words, each once', () => {
    const read = readList(
      entries(
        ['plate', '12C-123.45'],
        ['plate', '12c 12345'],
        ['container', 'csqu 305438-3'],
        ['seal', ' VN 123456 '],
        ['hs', '5201.00'],
        ['origin', 'cn'],
        ['product', 'Cà chua'],
      ),
    );
    assert.deepEqual(read.ok && read.list.entries, [
      { kind: 'plate', value: '12C12345' },
      { kind: 'container', value: 'CSQU3054383' },
      { kind: 'seal', value: 'VN123456' },
      { kind: 'hs', value: '520100' },
      { kind: 'origin', value: 'CN' },
      { kind: 'product', value: 'CÀ CHUA' },
    ]);
    assert.equal(read.ok && read.list.reviewBy, Date.UTC(2026, 10, 30, 17));
  });

  const wrong: [string, string, RegExp][] = [
    ['is no JSON', '{', /not JSON/],
    ['ends before it begins', list({ until: '2025-01-01T00:00:00Z' }), /ends before it begins/],
    ['says a time of nobody knows where', list({ from: '2026-01-01' }), /from: use a time with its offset/],
    ['has a member nobody knows', list({ severity: 'high' }), /severity/],
    ['is of nobody', list({ owner: 'army' }), /owner/],
    [
      'names a container whose check digit is wrong',
      entries(['container', 'CSQU3054384']),
      /CSQU3054384 is no container/,
    ],
    ['names goods of a chapter there is not', entries(['hs', '7701']), /7701 is no hs/],
    ['names a country in words', entries(['origin', 'China']), /China is no origin/],
    ['names no seal', entries(['seal', '####']), /is no seal/],
    ['says too much in one entry', entries(['product', 'x'.repeat(150)]), /is no product/],
  ];
  for (const [what, text, reason] of wrong)
    it(`is refused as a whole if it ${what}`, () => {
      const read = readList(text);
      assert.ok(!read.ok);
      assert.match(read.reason, reason);
    });
});
