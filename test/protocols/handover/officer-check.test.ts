import assert from 'node:assert/strict';
import { ALGORITHMS } from '../../../edge/exchange/algorithms.ts';
import { type Disclosure, digestOf } from '../../../protocols/handover/disclosure.ts';
import type { HandoverLine } from '../../../protocols/handover/line.ts';
import { createOfficerCheck, type OfficerCheckOptions } from '../../../protocols/handover/officer-check.ts';
import type { HandoverRecord, RecordOf } from '../../../protocols/handover/record.ts';
import { newOfficer, type Officer } from '../../support/officers.ts';

const GATE = 'huu-nghi';
const AT = Date.UTC(2026, 2, 1, 1);
const eventTime = '2026-03-01T08:00:00.000+07:00';
const [DUNG, THAO] = [newOfficer('dung'), newOfficer('thao')] as const;

const reset: RecordOf<'block-reset'> = {
  kind: 'block-reset',
  reset: 'huu-nghi-b1',
  track: 'north',
  moves: ['huu-nghi-m3', 'huu-nghi-quan-m9'],
  eventTime,
  officers: ['dung', 'thao'],
};
const disputed: RecordOf<'disputed'> = {
  kind: 'disputed',
  move: 'huu-nghi-quan-m7',
  discrepancy: 'huu-nghi-d1',
  eventTime,
  differences: [{ code: 'SEAL_BROKEN', container: 'CSQU3054383', text: [{ lang: 'vi', text: 'Chì đứt' }] }],
  deadline: '2026-03-04T08:00:00.000+07:00',
  place: 'bay-1',
  custodian: GATE,
};
const DISPUTE = {
  kind: 'dispute',
  move: 'huu-nghi-quan-m7',
  code: 'SEAL_BROKEN',
  container: 'CSQU3054383',
  text: { lang: 'vi', text: ' Chì đứt ' },
};
const closing: RecordOf<'section-closing'> = {
  kind: 'section-closing',
  closure: 'huu-nghi-s1',
  tracks: [],
  code: 'WEATHER',
  from: eventTime,
};
const CLOSE = { kind: 'close-section', tracks: [], code: 'WEATHER' };

describe('officers’ signatures on the records of a log', () => {
  const lineOf = (record: HandoverRecord, line = 1): HandoverLine => ({
    version: 2,
    gate: GATE,
    line,
    at: AT,
    utcOffset: '+07:00',
    record,
  });
  const check = (options: Partial<OfficerCheckOptions> = {}) =>
    createOfficerCheck(GATE, { officers: [DUNG.key, THAO.key], algorithms: ALGORITHMS, ...options });
  const signed = async (
    act: Readonly<Record<string, unknown>>,
    how: { by?: Officer; atMs?: number; gate?: string; as?: string } = {},
  ) => (how.by ?? DUNG).signs(act, { atMs: AT, ...how });
  const bearing = <R extends HandoverRecord>(record: R, ...jws: string[]): R => ({
    ...record,
    officerSignatures: jws,
  });
  const counted = (counts: object) => ({ good: 0, unknown: 0, bad: 0, keptBack: 0, unsigned: 0, ...counts });
  const wrongWith = (record: HandoverRecord, options: Partial<OfficerCheckOptions> = {}): string => {
    const checking = check(options);
    const [wrong = assert.fail('nothing is wrong with it'), ...more] = checking.take(lineOf(record));
    assert.deepEqual([more, checking.counts], [[], counted({ bad: 1 })]);
    return wrong;
  };
  const byTwo = async (
    act = { kind: 'reset-block', track: 'north', moves: ['huu-nghi-quan-m9'] },
  ): Promise<[string, string]> => {
    const first = await signed(act);
    const second = await signed(
      { kind: 'confirm', proposal: 'huu-nghi-p1', of: first.id },
      { by: THAO, atMs: AT + 500_000 },
    );
    return [first.jws, second.jws];
  };

  it('are good where each is that person’s, of what the record tells', async () => {
    const checking = check();
    assert.deepEqual(checking.take(lineOf(bearing(reset, ...(await byTwo())))), []);
    assert.deepEqual(checking.take(lineOf(bearing(disputed, (await signed(DISPUTE)).jws))), []);
    assert.deepEqual([checking.counts, checking.notes()], [counted({ good: 2 }), []]);
  });

  it('of somebody without a key here are told, and are no fault', async () => {
    const checking = check({ officers: [THAO.key, { ...DUNG.key, gate: 'huu-nghi-quan' }] });
    assert.deepEqual(checking.take(lineOf(bearing(disputed, (await signed(DISPUTE)).jws))), []);
    assert.deepEqual(checking.counts, counted({ unknown: 1 }));
    assert.deepEqual(checking.notes(), ['no key is known of the officers dung']);
  });

  it('of somebody without a key here are wrong all the same where they say otherwise', async () => {
    const other = await signed({ ...DISPUTE, move: 'huu-nghi-quan-m8' });
    assert.match(wrongWith(bearing(disputed, other.jws), { officers: [] }), /says otherwise: move/);
  });

  it('of a key that counted at another time are wrong; one that has followed it may have signed', async () => {
    const [from, to] = ['2026-01-01T00:00:00+07:00', '2026-02-01T00:00:00+07:00'];
    const record = bearing(disputed, (await signed(DISPUTE)).jws);
    assert.match(wrongWith(record, { officers: [{ ...DUNG.key, from, to }] }), /did not count on 2026-03-01/);
    const next = [
      { ...newOfficer('dung').key, to },
      { ...DUNG.key, from: to },
    ];
    const checking = check({ officers: next });
    assert.deepEqual([checking.take(lineOf(record)), checking.counts], [[], counted({ good: 1 })]);
  });

  describe('are wrong', () => {
    const otherwise: [string, Readonly<Record<string, unknown>>][] = [
      ['the move', { ...DISPUTE, move: 'huu-nghi-quan-m8' }],
      ['what differs', { ...DISPUTE, code: 'SEAL_MISSING' }],
      ['the container', { ...DISPUTE, container: 'MWCU6059784' }],
      ['the words', { ...DISPUTE, text: { lang: 'vi', text: 'Chì còn' } }],
      ['what was found, which the record leaves out', { ...DISPUTE, found: 'VN1' }],
      ['something no such act can', { ...DISPUTE, goods: 'all' }],
    ];
    for (const [what, act] of otherwise)
      it(`where the act tells otherwise ${what}`, async () => {
        assert.match(wrongWith(bearing(disputed, (await signed(act)).jws)), /says otherwise/);
      });

    it('where an act of another kind was put on', async () => {
      assert.match(wrongWith(bearing(disputed, (await signed(CLOSE)).jws)), /close-section gives rise to no/);
      assert.match(
        wrongWith(
          bearing(
            { ...disputed, differences: [...disputed.differences, ...disputed.differences] },
            (await signed(DISPUTE)).jws,
          ),
        ),
        /gives rise to no/,
      );
    });

    it('where a record that no person asked for bears one', async () => {
      const granted = { kind: 'granted', move: 'm', grant: 'g-1', track: 'north', holdNode: 'in-1' } as const;
      const act = { kind: 'hotline-grant', move: 'm', track: 'north', officer: 'wei', salt: '1' };
      assert.match(wrongWith(bearing(granted, (await signed(act)).jws)), /gives rise to no/);
    });

    it('where the act was meant for the other gate', async () => {
      const other = await signed(DISPUTE, { gate: 'huu-nghi-quan' });
      assert.match(wrongWith(bearing(disputed, other.jws)), /meant for the gate huu-nghi-quan/);
    });

    it('where another key has signed in that person’s name', async () => {
      const forged = await signed(DISPUTE, { by: THAO, as: 'dung' });
      assert.match(wrongWith(bearing(disputed, forged.jws)), /dung has not signed it/);
    });

    it('where any part of it was changed, or it is none at all', async () => {
      const { jws } = await signed(DISPUTE);
      const [header = '', payload = '', signature = ''] = jws.split('.');
      const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'gate-act+jws', kid: 'dung' }));
      for (const changed of [
        `${header}.${payload}.${signature.replace(/^./, (one) => (one === 'A' ? 'B' : 'A'))}`,
        `${header}.${payload}.`,
        `${none.toString('base64url')}.${payload}.${signature}`,
        `${payload}.${payload}.${signature}`,
        `${header}..${signature}`,
        `${jws}.x`,
        'x',
      ])
        wrongWith(bearing(disputed, changed));
    });

    it('and tell so without what an act may do to a terminal', async () => {
      const act = { ...DISPUTE, move: '\u001b[2Jgood\u202e' };
      assert.match(wrongWith(bearing(disputed, (await signed(act)).jws)), /"\\u001b\[2Jgood\ufffd"$/);
      const stranger = newOfficer('\u001b[2Jdung');
      const checking = check();
      checking.take(lineOf(bearing(disputed, (await signed(DISPUTE, { by: stranger })).jws)));
      assert.deepEqual(checking.notes(), ['no key is known of the officers \ufffd[2Jdung']);
    });

    it('where it was kept for another day', async () => {
      const old = await signed(CLOSE, { atMs: AT - 90_000_000 });
      assert.match(wrongWith(bearing(closing, old.jws)), /signed on another day/);
      const planned = { ...closing, from: '2026-05-01T08:00:00.000+07:00' };
      assert.match(wrongWith(bearing(planned, (await signed(CLOSE)).jws)), /signed on another day/);
      const fromAt = Date.parse(planned.from);
      const ahead = await signed({ ...CLOSE, fromAt });
      assert.deepEqual(check().take(lineOf(bearing(planned, ahead.jws))), []);
      assert.match(wrongWith(bearing(closing, ahead.jws)), /says otherwise: fromAt/);
    });

    it('where the act stands on another line already: what was said once was not said twice', async () => {
      const checking = check();
      const { jws } = await signed(CLOSE);
      assert.deepEqual(checking.take(lineOf(bearing(closing, jws), 4)), []);
      const again = bearing({ ...closing, closure: 'huu-nghi-s2' }, jws);
      const [wrong = ''] = checking.take(lineOf(again, 5));
      assert.match(wrong, /of dung stands on line 4/);
      assert.deepEqual(checking.counts, counted({ good: 1, bad: 1 }));
    });

    it('where one of two was taken off, exchanged, or turned round', async () => {
      const [first, second] = await byTwo();
      const [, foreign] = await byTwo();
      const unbound = await signed({ kind: 'confirm', proposal: 'huu-nghi-p1' }, { by: THAO });
      assert.match(wrongWith(bearing(reset, first)), /names dung and thao, and dung signed/);
      assert.match(wrongWith(bearing(reset, second)), /confirm gives rise to no/);
      assert.match(wrongWith(bearing(reset, second, first)), /confirm gives rise to no/);
      assert.match(wrongWith(bearing(reset, first, foreign)), /does not confirm/);
      assert.match(wrongWith(bearing(reset, first, unbound.jws)), /does not confirm/);
      assert.match(wrongWith(bearing(reset, first, first)), /does not confirm/);
      assert.match(
        wrongWith(bearing({ ...reset, officers: ['dung', 'minh'] }, first, second)),
        /names dung and minh/,
      );
    });

    it('where one person stands for both', async () => {
      const first = await signed({ kind: 'reset-block', track: 'north', moves: [] });
      const own = await signed({ kind: 'confirm', proposal: 'huu-nghi-p1', of: first.id });
      assert.match(wrongWith(bearing(reset, first.jws, own.jws)), /confirmed their own act/);
    });

    it('where the act named a move that the record leaves out', async () => {
      const more = await byTwo({ kind: 'reset-block', track: 'north', moves: ['huu-nghi-m4'] });
      assert.match(wrongWith(bearing(reset, ...more)), /says otherwise: moves/);
    });
  });

  describe('that a gate has kept back', () => {
    const keeping = <R extends HandoverRecord>(record: R, of: Disclosure): R => ({
      ...record,
      withheld: { '/officerSignatures': digestOf(of) },
    });
    const shown = (value: string[], line = 1): Disclosure => ({
      gate: GATE,
      line,
      pointer: '/officerSignatures',
      value,
      salt: 'ab'.repeat(32),
    });

    it('are counted, and checked once they are shown', async () => {
      const one = shown([(await signed(DISPUTE)).jws]);
      const line = lineOf(keeping(disputed, one), 1);
      const before = check();
      assert.deepEqual([before.take(line), before.counts], [[], counted({ keptBack: 1 })]);
      const after = check({ disclosures: [one, { ...one, gate: 'huu-nghi-quan' }] });
      assert.deepEqual([after.take(line), after.counts], [[], counted({ good: 1 })]);
      assert.deepEqual(after.notes(), []);
    });

    it('are wrong where something else is shown, however well it is signed', async () => {
      const kept = shown([(await signed(DISPUTE)).jws]);
      const checking = check({ disclosures: [shown([(await signed(DISPUTE)).jws])] });
      assert.match(checking.take(lineOf(keeping(disputed, kept), 1)).join(), /not what line 1 keeps back/);
      assert.deepEqual(checking.counts, counted({ bad: 1 }));
    });

    it('are wrong where they stand in the record as well', async () => {
      const { jws } = await signed(DISPUTE);
      assert.match(wrongWith(bearing(keeping(disputed, shown([jws])), jws)), /says it keeps back/);
    });

    it('of a line that is not there are told', async () => {
      const checking = check({ disclosures: [shown(['x'], 9)] });
      checking.take(lineOf(disputed, 1));
      assert.deepEqual(checking.notes(), ['what was disclosed of line 9 is of no line here']);
    });
  });

  describe('that are missing', () => {
    const escalated: HandoverRecord = {
      kind: 'joint-inspection',
      move: 'huu-nghi-m1',
      discrepancy: 'huu-nghi-d1',
      eventTime,
      inspectors: [GATE],
      outcome: 'escalated',
    };
    const OWN: HandoverRecord[] = [
      escalated,
      disputed,
      { kind: 'closed', move: 'huu-nghi-m1', eventTime },
      { kind: 'section-reopening', closure: 'huu-nghi-s1', eventTime },
      { kind: 'departed', move: 'huu-nghi-m1', grant: 'g-1', eventTime },
    ];
    const ASKED: HandoverRecord[] = [
      closing,
      reset,
      { ...escalated, outcome: 'confirmed', inspectors: ['Hoa', 'Wei'] },
      {
        kind: 'closed',
        move: 'huu-nghi-m1',
        eventTime,
        discrepancy: 'huu-nghi-d1',
        outcome: 'settled',
      },
      {
        kind: 'departed',
        move: 'huu-nghi-m1',
        grant: '1-482913',
        eventTime,
        hotline: { number: '1-482913', sender: 'dung', receiver: 'wei' },
      },
    ];

    it('are counted where only people can have asked', () => {
      const checking = check();
      for (const record of [...OWN, ...ASKED]) assert.deepEqual(checking.take(lineOf(record)), []);
      assert.deepEqual(checking.counts, counted({ unsigned: ASKED.length }));
    });

    it('are wrong where both sides have agreed that their people sign', () => {
      const checking = check({ required: true });
      for (const record of OWN) assert.deepEqual(checking.take(lineOf(record)), []);
      for (const record of ASKED) assert.match(checking.take(lineOf(record)).join(), /bears no signature/);
    });
  });
});
