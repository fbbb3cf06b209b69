import assert from 'node:assert/strict';
import fc from 'fast-check';
import { normaliseSeal, normaliseSeals, type SealEvent, sealsNow } from '../../protocols/seals.ts';

describe('seal numbers', () => {
  it('a seal is the same however it is punctuated, and keeps its zeros', () => {
    assert.equal(normaliseSeal(' vn-0012 345 '), 'VN0012345');
    assert.equal(normaliseSeal('ＶＮ００１２３４５'), 'VN0012345');
    assert.equal(normaliseSeal('VN\u2212001•2345\u0000'), 'VN0012345');
  });

  it('two numbers in one text are not one seal', () => {
    assert.notEqual(normaliseSeal('VN001, VN002'), 'VN001VN002');
    assert.notEqual(normaliseSeal('VN001;VN002'), 'VN001VN002');
  });

  it('customs’ ##### and an empty field mean no seal', () => {
    for (const none of ['#####', ' ##### ', '', '  ', '-'])
      assert.equal(normaliseSeal(none), undefined, none);
    assert.equal(normaliseSeal('VN#1'), 'VN#1');
  });

  it('any number of # means no seal', () => {
    for (const none of ['#', '##', '# # #', '##########', '＃＃＃＃＃', '#####(H)', '(H)'])
      assert.equal(normaliseSeal(none), undefined, none);
  });

  it('the class in brackets is not part of the number; a letter without brackets is', () => {
    for (const [text, seal] of [
      ['VN0012345 (H)', 'VN0012345'],
      ['vn0012345[s]', 'VN0012345'],
      ['ＶＮ００１２３４５（Ｉ）', 'VN0012345'],
      ['VN0012345H', 'VN0012345H'],
      ['VN0012345-H', 'VN0012345H'],
      ['VN0012345 (X)', 'VN0012345(X)'],
      ['(H) VN0012345', '(H)VN0012345'],
    ] as const) {
      assert.equal(normaliseSeal(text), seal, text);
    }
  });

  it('normalising twice changes nothing more', () => {
    const texts = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'VNab01#-.()[]HSI \u0301') }),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const once = normaliseSeal(text);
        if (once !== undefined) assert.equal(normaliseSeal(once), once);
      }),
      { numRuns: 1000 },
    );
  });

  it('the letter O and the digit 0 stay apart', () => {
    assert.deepEqual(normaliseSeals(['VN0', 'VNO']), ['VN0', 'VNO']);
  });

  it('order and repetition of a list make no difference', () => {
    const seals = fc.array(fc.string({ unit: fc.constantFrom(...'AB01-# ') }));
    fc.assert(
      fc.property(seals, (list) => {
        assert.deepEqual(normaliseSeals([...list, ...list].reverse()), normaliseSeals(list));
      }),
    );
  });

  describe('of one container over time', () => {
    const event = (action: SealEvent['action'], number: string, replaces?: string): SealEvent => ({
      action,
      number,
      issuer: 'Chi cục Hải quan cửa khẩu Hữu Nghị',
      officer: 'N. V. An',
      reason: 'container opened for inspection',
      at: 0,
      ...(replaces !== undefined && { replaces }),
    });

    it('a shipper’s seal that customs replaced is former, customs’ own is intact', () => {
      const events = [event('applied', 'SHIP-001'), event('replaced', 'HQ 0777', 'ship001')];
      assert.deepEqual(sealsNow(events), { intact: ['HQ0777'], former: ['SHIP001'] });
    });

    it('no events leave no seals, and events about no seal change nothing', () => {
      assert.deepEqual(sealsNow([]), { intact: [], former: [] });
      assert.deepEqual(
        sealsNow([event('applied', '#####'), event('removed', '##'), event('replaced', 'A1', '###')]),
        {
          intact: ['A1'],
          former: [],
        },
      );
    });

    it('a seal taken off is former, also if nobody wrote down that it was put on', () => {
      assert.deepEqual(sealsNow([event('applied', 'A1'), event('removed', 'A1')]), {
        intact: [],
        former: ['A1'],
      });
      assert.deepEqual(sealsNow([event('removed', 'B2')]), { intact: [], former: ['B2'] });
    });

    it('a replacement that does not say what it replaced leaves the other where it was', () => {
      assert.deepEqual(sealsNow([event('applied', 'A1'), event('replaced', 'B2')]), {
        intact: ['A1', 'B2'],
        former: [],
      });
    });

    it('a seal used again stands in both lists, so that a person sees it', () => {
      const events = [event('applied', 'A1'), event('removed', 'A1'), event('applied', 'a-1')];
      assert.deepEqual(sealsNow(events), { intact: ['A1'], former: ['A1'] });
    });

    it('the order of the list counts, not the clocks of those who wrote', () => {
      const late = { ...event('applied', 'A1'), at: 2_000 };
      const early = { ...event('removed', 'A1'), at: 1_000 };
      assert.deepEqual(sealsNow([late, early]), { intact: [], former: ['A1'] });
    });

    it('every seal put on is intact or former, and one taken off last is not intact', () => {
      const events = fc.array(
        fc
          .tuple(
            fc.constantFrom('applied', 'removed', 'replaced'),
            fc.constantFrom('A1', 'B2', 'C3'),
            fc.constantFrom('A1', 'B2', 'C3'),
          )
          .map(([action, number, replaces]) =>
            event(action as SealEvent['action'], number, action === 'replaced' ? replaces : undefined),
          ),
        { maxLength: 12 },
      );
      fc.assert(
        fc.property(events, (list) => {
          const { intact, former } = sealsNow(list);
          for (const { number } of list) assert.ok(intact.includes(number) || former.includes(number));
          const last = list.at(-1);
          if (last?.action === 'removed') assert.ok(!intact.includes(last.number));
          if (last !== undefined && last.action !== 'removed') assert.ok(intact.includes(last.number));
          assert.deepEqual(normaliseSeals(intact), intact);
          assert.deepEqual(normaliseSeals(former), former);
        }),
      );
    });
  });
});
