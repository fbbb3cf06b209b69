import assert from 'node:assert/strict';
import { upstream } from '../../config/upstream.ts';

const partner = { partner: 'line-one', folder: 'out/one', sender: 'LANGSON', recipient: 'LINEONE:ZZ' };
const problemsOf = (value: unknown): string[] => {
  const parsed = upstream.safeParse(value);
  return parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
};

describe('what may leave the gate', () => {
  it('is nothing unless it is configured', () => {
    assert.deepEqual(upstream.parse(undefined), { codeco: [] });
  });

  it('takes each partner once, each with a folder of its own', () => {
    assert.deepEqual(
      problemsOf({ codeco: [partner, { ...partner, partner: 'line-two', folder: 'out/two' }] }),
      [],
    );
    assert.deepEqual(problemsOf({ codeco: [partner, { ...partner, folder: 'out/two' }] }), [
      'codeco: each partner is listed once',
    ]);
    assert.deepEqual(problemsOf({ codeco: [partner, { ...partner, partner: 'line-two' }] }), [
      'codeco: each partner has a folder of its own',
    ]);
  });

  it('refuses what EDIFACT or ACTS could not carry', () => {
    const wrong = (change: object): number => problemsOf({ codeco: [{ ...partner, ...change }] }).length;
    for (const change of [
      { sender: 'Lạng Sơn' },
      { partner: 'Line One' },
      { in: 'thirty-four' },
      { place: 'Hanoi' },
    ])
      assert.equal(wrong(change), 1, JSON.stringify(change));
    assert.equal(problemsOf({ transit: { office: 'LS' } }).length, 1);
  });
});
