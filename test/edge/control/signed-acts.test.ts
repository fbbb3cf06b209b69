import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { CompactSign } from 'jose';
import { createActVerifier } from '../../../edge/control/signed-acts.ts';
import type { Act } from '../../../edge/core/input.ts';
import type { Clock } from '../../../edge/platform/clock.ts';
import { seededRandom } from '../../../edge/platform/random.ts';
import { signAct } from '../../../edge/platform/sign-act.ts';
import { ACT_TYPE } from '../../../protocols/handover/officer.ts';

const NOW_MS = 1_763_000_000_000;
const clockAt = (nowMs: number): Clock => ({
  nowMs: () => nowMs,
  monotonicMs: () => 0,
  after: () => () => {},
  every: () => () => {},
});
const keys = { lan: generateKeyPairSync('ed25519'), minh: generateKeyPairSync('ed25519') };
const publicKey = (key: KeyObject): string => key.export({ format: 'jwk' }).x ?? assert.fail('no key');
const config = {
  gate: {
    id: 'huu-nghi',
    name: { vi: 'Hữu Nghị', en: 'Huu Nghi', zh: '友谊' },
    country: 'VN' as const,
    utcOffset: '+07:00',
  },
  people: [
    { id: 'lan', role: 'supervisor' as const, publicKey: publicKey(keys.lan.publicKey) },
    { id: 'minh', role: 'operator' as const, publicKey: publicKey(keys.minh.publicKey) },
  ],
};
const verify = createActVerifier(config, clockAt(NOW_MS));
const random = seededRandom(7);
const resume = { kind: 'resume-lane', lane: 'border-out-1' };

const sign = (
  changes: {
    person?: string;
    gate?: string;
    key?: KeyObject;
    nowMs?: number;
    act?: Readonly<Record<string, unknown>>;
    reason?: string;
  } = {},
) =>
  signAct(changes.act ?? resume, changes.reason ?? 'lane inspected', {
    person: changes.person ?? 'lan',
    gate: changes.gate ?? 'huu-nghi',
    privateKey: changes.key ?? keys.lan.privateKey,
    clock: clockAt(changes.nowMs ?? NOW_MS),
    random,
  });
const signRaw = (payload: string, header: Record<string, string> = {}) =>
  new CompactSign(Buffer.from(payload))
    .setProtectedHeader({ alg: 'EdDSA', typ: ACT_TYPE, kid: 'lan', ...header })
    .sign(keys.lan.privateKey);

describe('a person’s signed act', () => {
  it('becomes an input with the person, and the role that the configuration gives', async () => {
    const { input, from } = await verify(await sign());
    assert.deepEqual(input, {
      type: 'operator-act',
      person: 'lan',
      role: 'supervisor',
      act: resume,
      reason: 'lane inspected',
    });
    assert.equal(from.source, 'person:lan');
    assert.match(from.id, /^[0-9a-f-]{36}$/);
  });

  it('goes on as it was signed where it may come to stand on a record, and only there', async () => {
    const jws = await sign({ act: { kind: 'reopen-section', closure: 'huu-nghi-s1' } });
    const { input, from } = await verify(jws);
    assert.deepEqual(input.signed, { jws, id: from.id });
    const confirms = await sign({ act: { kind: 'confirm', proposal: 'huu-nghi-p1', of: from.id } });
    assert.equal((await verify(confirms)).input.signed?.jws, confirms);
    // Whoever had the signature of a stop could stop the gate again, however much later.
    for (const act of [{ kind: 'stop-gate' }, resume])
      assert.equal((await verify(await sign({ act }))).input.signed, undefined);
  });

  it('told twice has the same id, so that it is one act', async () => {
    const jws = await sign();
    assert.deepEqual((await verify(jws)).from, (await verify(jws)).from);
    assert.notDeepEqual((await verify(await sign())).from, (await verify(jws)).from);
  });

  const refusals: [string, () => Promise<string>][] = [
    ['signed with another person’s key', () => sign({ key: keys.minh.privateKey })],
    ['of somebody the configuration does not know', () => sign({ person: 'mallory' })],
    ['meant for another gate', () => sign({ gate: 'huu-nghi-quan' })],
    ['signed too long ago', () => sign({ nowMs: NOW_MS - 301_000 })],
    ['signed in the future', () => sign({ nowMs: NOW_MS + 302_000 })],
    ['signed for another purpose', () => signRaw('{}', { typ: 'JWT' })],
  ];
  for (const [what, make] of refusals) {
    it(`is refused when it is ${what}`, async () => {
      await assert.rejects(verify(await make()), { code: 'ACT_FORBIDDEN' });
    });
  }

  it('that stops a lane or the gate is taken whatever the clocks say', async () => {
    for (const act of [{ kind: 'stop-lane', lane: 'border-out-1' }, { kind: 'stop-gate' }]) {
      const { input } = await verify(await sign({ act, nowMs: 0 }));
      assert.deepEqual(input.act, act);
    }
    await assert.rejects(verify(await sign({ act: { kind: 'resume-gate' }, nowMs: 0 })), {
      code: 'ACT_FORBIDDEN',
    });
  });

  it('may be of any kind that the gate knows', async () => {
    const acts: Act[] = [
      { kind: 'resume-gate' },
      { kind: 'open-lane', lane: 'yard-in-1' },
      { kind: 'close-lane', lane: 'yard-in-1' },
      { kind: 'maintain-lane', lane: 'yard-in-1' },
      { kind: 'reread', lane: 'yard-in-1' },
      { kind: 'identify', lane: 'yard-in-1', crossing: 'huu-nghi-7' },
      {
        kind: 'observe',
        lane: 'yard-in-1',
        seen: { kind: 'seal', value: 'VN123456', state: 'intact', quality: 1000 },
        photo: 'ab'.repeat(32),
      },
      { kind: 'clear-finding', crossing: 'huu-nghi-7', code: 'JOB_FAILED' },
      { kind: 'confirm-place', crossing: 'huu-nghi-7', place: 's-02' },
      { kind: 'cancel-crossing', crossing: 'huu-nghi-7' },
      { kind: 'withdraw-vehicle', vehicle: 'xe-1' },
      { kind: 'return-vehicle', vehicle: 'xe-1' },
      { kind: 'acknowledge-alarm', alarm: 'INTRUSION/yard-in-1' },
      { kind: 'shelve-alarm', alarm: 'INTRUSION/yard-in-1', forMs: 60_000 },
      { kind: 'unshelve-alarm', alarm: 'INTRUSION/yard-in-1' },
      {
        kind: 'declare-outage',
        legalBasis: 'Law on Customs, article 25',
        untilAt: 1_772_500_000_000,
        sources: ['Ecus6'],
        hs: ['08'],
      },
      { kind: 'end-outage' },
      { kind: 'close-case', case: 'huu-nghi-c1' },
      { kind: 'confirm', proposal: 'huu-nghi-p1' },
    ];
    for (const act of acts) assert.deepEqual((await verify(await sign({ act }))).input.act, act);
  });

  const malformed: [string, () => Promise<string>][] = [
    ['no JWS at all', async () => 'stop!'],
    ['a JWS without end', async () => 'x'.repeat(10_000)],
    ['an unknown act', () => sign({ act: { kind: 'raise-barrier', lane: 'border-out-1' } })],
    ['an act with more in it than its kind has', () => sign({ act: { ...resume, role: 'supervisor' } })],
    [
      'a shelving for more than a day',
      () => sign({ act: { kind: 'shelve-alarm', alarm: 'INTRUSION/x', forMs: 86_400_001 } }),
    ],
    ['an act that lacks what its kind has', () => sign({ act: { kind: 'identify', lane: 'yard-in-1' } })],
    ['an act without a reason', () => sign({ reason: ' ' })],
    [
      'an act without an id',
      () => signRaw(JSON.stringify({ act: resume, reason: 'x', aud: 'huu-nghi', iat: NOW_MS / 1_000 })),
    ],
  ];
  for (const [what, make] of malformed) {
    it(`is malformed when it is ${what}`, async () => {
      await assert.rejects(verify(await make()), { code: 'ACT_MALFORMED' });
    });
  }

  it('without a signature is refused, however it asks', async () => {
    const [header = '', payload = ''] = (await sign()).split('.');
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: ACT_TYPE, kid: 'lan' })).toString(
      'base64url',
    );
    await assert.rejects(verify(`${none}.${payload}.`), { code: 'ACT_FORBIDDEN' });
    await assert.rejects(verify(`${header}.${payload}.`), { code: 'ACT_FORBIDDEN' });
  });

  it('is refused when any character of it was changed', async () => {
    const jws = await sign();
    await fc.assert(
      fc.asyncProperty(
        fc.nat(jws.length - 1),
        fc.constantFrom(...'ABab019-_.'),
        async (position, character) => {
          const changed = jws.slice(0, position) + character + jws.slice(position + 1);
          // The last character of a part carries bits that decode to nothing.
          const same = changed
            .split('.')
            .every((part, index) =>
              Buffer.from(part, 'base64url').equals(Buffer.from(jws.split('.')[index] ?? '', 'base64url')),
            );
          fc.pre(!same);
          await assert.rejects(
            verify(changed),
            (error: { code?: string }) => error.code === 'ACT_FORBIDDEN' || error.code === 'ACT_MALFORMED',
          );
        },
      ),
      { numRuns: 100 },
    );
  });
});
