import assert from 'node:assert/strict';
import {
  type Candidate,
  defaultIdentifyPolicy,
  type Identified,
  identify,
  type Read,
} from '../../../../edge/core/identify/identify.ts';
import { checkDigit } from '../../../../protocols/iso6346.ts';

const box = (firstTen: string): string => `${firstTen}${checkDigit(firstTen)}`;
const BOX = box('MSKU305438');
/** M and W have the same value modulo 11. */
const TWIN = `W${BOX.slice(1)}`;
const RIG: Candidate = {
  crossingId: 'x1',
  plate: '12C12345',
  trailer: '12R00477',
  containers: [{ number: BOX }],
};

const see = (device: string, values: readonly string[], position?: 'front' | 'rear'): Read[] =>
  values.map((value, at) => ({
    kind: 'container',
    device,
    value,
    quality: 950,
    at,
    ...(position !== undefined && { position }),
  }));
const PLATES: Read[] = [
  { kind: 'plate', device: 'front', value: '12C12345', quality: 950, at: 0 },
  { kind: 'trailer', device: 'rear', value: '12R00477', quality: 950, at: 0 },
];
const found = (reads: readonly Read[], pool: readonly Candidate[] = [RIG]): Identified =>
  identify([...PLATES, ...reads], pool, defaultIdentifyPolicy);
const agreement = (reads: readonly Read[], pool?: readonly Candidate[]): string | undefined =>
  found(reads, pool).containers[0]?.agreement;
/** With the character at `at` read as `as`. */
const misread = (at: number, as: string, code = BOX): string => code.slice(0, at) + as + code.slice(at + 1);

describe('identifying a container', () => {
  it('M and W are twins for the check digit', () => {
    assert.equal(box(TWIN.slice(0, 10)), TWIN);
  });

  it('a blind twin is another container, read once or always', () => {
    assert.equal(agreement(see('left', [TWIN])), 'contradicts');
    assert.equal(agreement(see('left', [TWIN, TWIN, TWIN])), 'contradicts');
    assert.equal(agreement([...see('left', [TWIN, TWIN]), ...see('right', [TWIN, TWIN])]), 'contradicts');
  });

  it('a blind twin on one side is not outvoted by the expected number on the other', () => {
    assert.equal(
      agreement([...see('left', [BOX, BOX, BOX]), ...see('right', [TWIN, TWIN, TWIN])]),
      'contradicts',
    );
  });

  it('every one of the 22 blind swaps is referred', () => {
    const groups = ['AKU', 'BLV', 'CMW', 'DNX', 'EOY', 'FPZ', 'GQ', 'HR', 'IS', 'JT'];
    let swaps = 0;
    for (const group of groups)
      for (const one of group)
        for (const other of group) {
          if (one === other) continue;
          swaps += 1;
          const number = box(`T${one}SU305438`);
          const twin = box(`T${other}SU305438`);
          assert.equal(number.slice(-1), twin.slice(-1));
          const pool = [{ ...RIG, containers: [{ number }] }];
          assert.equal(agreement(see('left', [twin, twin]), pool), 'contradicts', `${number} ${twin}`);
        }
    assert.equal(swaps, 2 * 22);
  });

  it('one frame that shows the twin does no harm where both sides otherwise show the expected number', () => {
    assert.equal(agreement([...see('left', [BOX, BOX, TWIN]), ...see('right', [BOX, BOX, BOX])]), 'agrees');
  });

  it('a letter where a digit must be is a misread, not a rival', () => {
    assert.equal(agreement(see('left', [misread(9, 'B'), misread(9, 'B')])), 'agrees');
  });

  it('a wrong check digit is a misread for certain: a look-alike agrees when all else does', () => {
    assert.equal(agreement(see('left', [misread(9, '3'), misread(9, '3')])), 'agrees');
  });

  it('another number read once contradicts: nothing bears out that it is misread', () => {
    assert.equal(agreement(see('left', [misread(9, '3')])), 'contradicts');
  });

  it('what is misread too much is unread, not another container', () => {
    const garbled = misread(9, '1', misread(5, '9'));
    const result = found(see('left', [garbled, garbled]));
    assert.equal(result.outcome, 'matched');
    assert.deepEqual([result.containers[0]?.agreement, result.unexpectedContainers], ['unread', []]);
  });

  it('a fragment is unread', () => {
    assert.equal(agreement(see('left', ['MSKU30'])), 'unread');
  });

  it('the next number of the series, with its own check digit, is another container', () => {
    const next = box('MSKU305439');
    assert.equal(agreement(see('left', [next])), 'contradicts');
    assert.equal(
      agreement([...see('left', [next, next, next]), ...see('right', [next, next])]),
      'contradicts',
    );
  });

  it('the next number of the series is another container even if each side is misread once more', () => {
    const next = box('MSKU305439');
    const left = misread(4, '2', next);
    const right = misread(7, '9', next);
    assert.notEqual(
      agreement([...see('left', [left, left, left]), ...see('right', [right, right, right])]),
      'agrees',
    );
  });

  it('a number is never repaired: one wrong digit does not agree with the number its check digit would belong to', () => {
    const shown = box('MSKU305430');
    const wrong = misread(10, BOX.slice(-1), shown);
    assert.notEqual(
      agreement(see('left', [wrong, wrong]), [{ ...RIG, containers: [{ number: box('MSKU305410') }] }]),
      'agrees',
    );
  });

  it('the sides make up for one another', () => {
    const left = misread(5, '6');
    const right = misread(8, '9');
    assert.equal(agreement([...see('left', [left, left]), ...see('right', [right, right])]), 'agrees');
  });

  it('a container of the next lane is unexpected, though the own one was read, too', () => {
    const other = box('TEMU500100');
    const result = found([...see('left', [BOX, BOX]), ...see('right', [other])]);
    assert.equal(result.containers[0]?.agreement, 'agrees');
    assert.deepEqual(result.unexpectedContainers, [other]);
  });

  it('a camera that sees a number three characters away looks at another container, whatever its neighbours see', () => {
    const other = misread(4, '7', misread(6, '2', misread(8, '1')));
    const reads = [...see('left', [BOX, BOX]), ...see('roof', [BOX, BOX]), ...see('right', [other, other])];
    assert.equal(agreement(reads), 'contradicts');
  });

  it('what a camera has seen and cannot be the expected number is something else, though its check digit is wrong', () => {
    const other = misread(6, '7', box('TEMU500100'));
    assert.deepEqual(found([...see('left', [BOX]), ...see('right', [other])]).unexpectedContainers, [other]);
  });

  describe('two on one vehicle', () => {
    const front = box('MSKU305438');
    const rear = box('TCLU778201');
    const twin20: Candidate = {
      ...RIG,
      containers: [
        { number: front, position: 'front' },
        { number: rear, position: 'rear' },
      ],
    };

    it('agree where each is in its place, and where nobody says which is where', () => {
      const placed = found([...see('left', [front], 'front'), ...see('left', [rear], 'rear')], [twin20]);
      assert.deepEqual(
        placed.containers.map(({ agreement, position }) => [agreement, position]),
        [
          ['agrees', 'front'],
          ['agrees', 'rear'],
        ],
      );
      const anywhere = found([...see('left', [rear, front])], [twin20]);
      assert.deepEqual(
        anywhere.containers.map((one) => one.agreement),
        ['agrees', 'agrees'],
      );
    });

    it('contradict where they have changed places, and it is told', () => {
      const swapped = found([...see('left', [rear], 'front'), ...see('left', [front], 'rear')], [twin20]);
      assert.equal(swapped.crossingId, 'x1');
      assert.deepEqual(
        swapped.containers.map(({ agreement, misplaced, position }) => [agreement, misplaced, position]),
        [
          ['contradicts', true, 'rear'],
          ['contradicts', true, 'front'],
        ],
      );
    });

    it('one unread is unread, one exchanged contradicts', () => {
      assert.deepEqual(
        found(see('left', [front], 'front'), [twin20]).containers.map((one) => one.agreement),
        ['agrees', 'unread'],
      );
      const other = box('TEMU500100');
      const exchanged = found([...see('left', [front], 'front'), ...see('left', [other], 'rear')], [twin20]);
      assert.deepEqual(
        exchanged.containers.map(({ agreement, read }) => [agreement, read]),
        [
          ['agrees', front],
          ['contradicts', other],
        ],
      );
    });
  });
});
