import assert from 'node:assert/strict';
import {
  also,
  box,
  type Change,
  checkpoint,
  crossing,
  finding,
  HOUR_MS,
  judge,
  line,
  policy,
  read,
  tell,
  time,
  vehicle,
  without,
  word,
} from '../../../support/reconcile-case.ts';

const listing = (kind: string, value: string, members: Record<string, unknown> = {}): Change =>
  policy({
    lists: [
      {
        id: 'w1',
        legalBasis: 'Decision 1',
        from: time(-HOUR_MS),
        until: time(HOUR_MS),
        entries: [{ kind, value }],
        ...members,
      },
    ],
  });
const party = (members: Record<string, unknown>): Change =>
  word({ parties: [{ role: 'consignor', id: '0100109106', name: 'Công ty  Thép Sông Hồng', ...members }] });
const goods = (...all: Record<string, unknown>[]): Change => word({ goods: all });
const HIT = 'refer WATCHLIST_HIT';

describe('a watch list', () => {
  tell([
    ['names the plate that was read', [listing('plate', '12c 123.45')], HIT],
    ['names the trailer', [listing('trailer', '12R-012.34')], HIT],
    ['names the trailer as a plate, for a plate it is', [listing('plate', '12R-012.34')], HIT],
    ['names another plate', [listing('plate', '12C-123.46')], 'pass'],
    ['names the container', [listing('container', 'csqu 305438 3')], HIT],
    ['names the seal', [listing('seal', 'vn-123456')], HIT],
    [
      'names the seal that nobody could read',
      [listing('seal', 'VN123456'), read('seal', { value: undefined })],
      'refer SEAL_MISSING WATCHLIST_HIT',
    ],
    [
      'names a plate in Chinese that was read in Latin letters',
      [vehicle({ plate: 'GUIF12345' }), read('plate', { value: 'GUIF12345' }), listing('plate', '桂F12345')],
      HIT,
    ],
    [
      'names a plate in Latin letters that was read in Chinese',
      [vehicle({ plate: '桂F12345' }), read('plate', { value: '桂F12345' }), listing('plate', 'GUI F12345')],
      HIT,
    ],
    [
      'names a vehicle that nobody expects',
      [line({ expected: [] }), listing('plate', '12C-123.45')],
      'refer NO_CROSSING_MATCH WATCHLIST_HIT',
    ],
    [
      'names the plate of a bad frame',
      [also({ kind: 'plate', value: '29H-98765', quality: 0.1 }), listing('plate', '29H98765')],
      HIT,
    ],
    [
      'names the announced plate, which nobody could read',
      [without('plate'), listing('plate', '12C12345')],
      'refer EVIDENCE_PENDING WATCHLIST_HIT',
    ],
    ['names a party by its number', [party({}), listing('party', '0100109106')], HIT],
    [
      'names a party by its name, in other letters',
      [party({}), listing('party', 'công ty thép sông hồng')],
      HIT,
    ],
    ['names a product', [goods({ hs: '520100', product: 'Cotton ' }), listing('product', 'COTTON')], HIT],
    ['names an origin', [goods({ hs: '520100', origin: 'xx' }), listing('origin', 'XX')], HIT],
    [
      'names a heading, of which customs has the whole code',
      [goods({ hs: '5201.00.00' }), listing('hs', '52.01')],
      HIT,
    ],
    [
      'names a whole code, of which customs has another',
      [goods({ hs: '52010000' }), listing('hs', '52010010')],
      'pass',
    ],
    [
      'names what was announced and customs does not state',
      [box({ hs: ['52010000'] }), listing('hs', '5201')],
      HIT,
    ],
    [
      'names goods without a container',
      [
        crossing({ containers: [] }),
        without('container', 'seal'),
        word({ containers: [], grossKg: 24_100, goods: [{ hs: '520100' }] }),
        listing('hs', '5201'),
      ],
      HIT,
    ],
    ['holds from its first moment', [listing('plate', '12C12345', { from: time(0) })], HIT],
    ['does not hold before', [listing('plate', '12C12345', { from: time(1) })], 'pass'],
    ['does not hold from its end', [listing('plate', '12C12345', { until: time(0) })], 'pass'],
    ['holds a millisecond before its end', [listing('plate', '12C12345', { until: time(1) })], HIT],
    ['hits whoever is an authorised operator', [word({ aeo: true }), listing('plate', '12C12345')], HIT],
    ['holds wherever the vehicle goes', [checkpoint('border-in'), listing('plate', '12C12345')], HIT],
    ['of nothing but separators names nobody', [listing('plate', '---')], 'pass'],
  ]);

  it('is its owner’s to clear, and nobody else’s', () => {
    const list = listing('plate', '12C12345', { owner: 'quarantine' });
    const by = (role: string): string => judge(list, finding({ code: 'WATCHLIST_HIT', role })).verdict;
    assert.equal(by('quarantine-officer'), 'pass');
    assert.equal(by('border-guard'), 'refer');
    const [hit, ...more] = judge(list).reasons;
    assert.deepEqual(more, [], 'announced and read, it is one hit');
    assert.equal(hit?.owner, 'quarantine');
    assert.equal(hit?.source, 'w1 (Decision 1)');
  });

  it('of a hundred thousand entries is looked through at once', () => {
    const entries = Array.from({ length: 100_000 }, (_, at) => ({ kind: 'party', value: `P${at}` }));
    const lists = policy({
      lists: [{ id: 'w1', from: time(-HOUR_MS), until: time(HOUR_MS), entries }],
    });
    const parties = Array.from({ length: 100 }, (_, at) => ({ role: 'carrier', id: `Q${at}` }));
    assert.equal(judge(lists, word({ parties })).verdict, 'pass');
    assert.equal(
      judge(lists, word({ parties: [...parties.slice(1), { role: 'carrier', id: 'p99999' }] })).verdict,
      'refer',
    );
  });
});
