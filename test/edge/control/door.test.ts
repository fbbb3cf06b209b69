import assert from 'node:assert/strict';
import type { Input } from '../../../edge/core/input.ts';
import { systemClock } from '../../../edge/platform/clock.ts';
import { createDoorClient } from '../../../edge/platform/door-client.ts';
import { GateError } from '../../../edge/platform/errors.ts';
import { clearance, customs, signStop, useDoorBench } from '../../support/door-bench.ts';

describe('a door of the control daemon', () => {
  const bench = useDoorBench();

  describe('for the exchange daemon', () => {
    it('admits a clearance and answers with its sequence when it is durable', async () => {
      await bench.openExchangeDoor();
      assert.deepEqual(await bench.client.submit(clearance, customs(1)), { seq: 1, repeated: false });
      assert.deepEqual(bench.host.admitted, [{ input: clearance, from: customs(1) }]);
    });

    it('answers a repeat with the first one’s sequence', async () => {
      await bench.openExchangeDoor();
      await bench.client.submit(clearance, customs(1));
      await bench.host.report();
      assert.deepEqual(await bench.client.submit(clearance, customs(1)), { seq: 1, repeated: true });
    });

    it('admits all customs and counterpart inputs', async () => {
      await bench.openExchangeDoor();
      const inputs: Input[] = [
        {
          type: 'booking',
          bookingId: 'b-1',
          direction: 'export',
          container: 'CSQU3054383',
          truckPlate: '12C-123.45',
          declarations: ['301234567890'],
          grossKg: 24_000,
          seals: ['H12345'],
        },
        { type: 'customs-feed', asOf: 1_763_000_000_000 },
        { type: 'counterpart-link', up: false },
        {
          type: 'counterpart-live',
          fresh: true,
          vehicles: { 'xe-1': { standing: true, locked: true, node: 'hn-bay-land' } },
          bays: { 'hn-bay-land': { clear: true } },
        },
        {
          type: 'counterpart-record',
          line: 1,
          record: {
            kind: 'offered',
            move: 'm-1',
            load: 'laden',
            track: 'north',
            vehicle: 'xe-1',
            homeGate: 'huu-nghi',
            plate: '12C-123.45',
            containers: [{ number: 'CSQU3054383', grossKg: 24_000 }],
          },
        },
        {
          type: 'counterpart-record',
          line: 2,
          record: {
            kind: 'granted',
            move: 'm-1',
            grant: 'g-1',
            track: 'north',
            holdNode: 'hnq-in-1',
            bayNode: 'hnq-bay-land',
          },
        },
        {
          type: 'counterpart-record',
          line: 3,
          record: { kind: 'departed', move: 'm-1', grant: 'g-1', eventTime: '2025-11-10T22:15:00.000+07:00' },
        },
      ];
      for (const [index, input] of inputs.entries())
        await bench.client.submit(input, { source: 'all', id: `${index}` });
      assert.deepEqual(
        bench.host.admitted.map(({ input }) => input),
        inputs,
      );
    });

    const forbidden: Input[] = [
      {
        type: 'operator-act',
        person: 'lan',
        role: 'supervisor',
        act: { kind: 'resume-lane', lane: 'border-out-1' },
        reason: 'x',
      },
      { type: 'tick' },
      {
        type: 'lane-io',
        device: 'io-border-out-1',
        loops: { approach: false, under: false, exit: false },
        curtain: 'clear',
        barrier: 'up',
        light: 'green',
      },
    ];
    for (const input of forbidden) {
      it(`lets no ${input.type} through`, async () => {
        await bench.openExchangeDoor();
        await assert.rejects(bench.client.submit(input, { source: 'customs', id: '1' }), {
          code: 'INPUT_FORBIDDEN',
        });
        assert.deepEqual(bench.host.admitted, []);
      });
    }

    it('lets nobody speak in the name of a person', async () => {
      await bench.openExchangeDoor();
      await assert.rejects(bench.client.submit(clearance, { source: 'person:lan', id: '1' }), {
        code: 'INPUT_FORBIDDEN',
      });
    });

    const from = { source: 'customs', id: '1' };
    const malformed: [string, string, RegExp][] = [
      ['not JSON', '{', /not JSON/],
      ['no input', '{}', /input/],
      [
        'a field of the wrong type',
        JSON.stringify({ input: { ...clearance, version: '3' }, from }),
        /input\.version/,
      ],
      ['a field too many', JSON.stringify({ input: { ...clearance, at: 0 }, from }), /"at"/],
      [
        'a field missing',
        JSON.stringify({ input: { ...clearance, channel: undefined }, from }),
        /input\.channel/,
      ],
      [
        'a text without end',
        JSON.stringify({ input: { ...clearance, declaration: '1'.repeat(200) }, from }),
        /input\.declaration/,
      ],
      ['no sender', JSON.stringify({ input: clearance }), /from/],
      [
        'a sequence that is no number of order',
        JSON.stringify({ input: clearance, from: { ...from, seq: 0 } }),
        /from\.seq/,
      ],
    ];
    for (const [what, body, message] of malformed) {
      it(`answers 400 and says what is wrong with ${what}`, async () => {
        await bench.openExchangeDoor();
        const { status, text } = await bench.raw('POST', '/inputs', body);
        assert.equal(status, 400);
        assert.match((JSON.parse(text) as { message: string }).message, message);
        assert.deepEqual(bench.host.admitted, []);
      });
    }

    it('answers 413 to a body without end', async () => {
      await bench.openExchangeDoor();
      const { status } = await bench.raw('POST', '/inputs', 'x'.repeat(600_000));
      assert.equal(status, 413);
    });

    it('answers 429 when it is full, 409 at a gap, 503 when the gate cannot take it now', async () => {
      await bench.openExchangeDoor();
      const body = JSON.stringify({ input: clearance, from: customs(2) });
      bench.host.failNext(new GateError('DOOR_FULL', 'full', 'wait'));
      const full = await bench.raw('POST', '/inputs', body);
      assert.equal(full.status, 429);
      assert.equal(full.retryAfter, '1');
      assert.equal((await bench.raw('POST', '/inputs', body)).status, 409);
      bench.host.failNext(new GateError('JOURNAL_DISK_FULL', 'full', 'free space'));
      assert.equal((await bench.raw('POST', '/inputs', body)).status, 503);
      await assert.rejects(bench.client.submit(clearance, customs(2)), { code: 'GAP', remedy: 'Send 1.' });
    });

    it('takes a batch in order and answers each', async () => {
      await bench.openExchangeDoor();
      const batch = Array.from({ length: 300 }, (_, index) => ({
        input: clearance,
        from: customs(index + 1),
      }));
      const answers = await bench.client.submitAll(batch);
      assert.deepEqual(
        answers,
        batch.map((_, index) => ({ seq: index + 1, repeated: false })),
      );
      assert.deepEqual(
        bench.host.admitted.map((one) => one.from.seq),
        batch.map((one) => one.from.seq),
      );
    });

    it('ends a batch soon after the first failure, and nothing is admitted out of order', async () => {
      await bench.openExchangeDoor();
      await bench.client.submit(clearance, customs(1));
      const batch = [2, 3, 5, 6, ...Array.from({ length: 500 }, (_, index) => index + 7)].map((seq) => ({
        input: clearance,
        from: customs(seq),
      }));
      const answers = await bench.client.submitAll(batch);
      assert.deepEqual(answers.slice(0, 2), [
        { seq: 2, repeated: false },
        { seq: 3, repeated: false },
      ]);
      assert.ok(answers.slice(2).every((answer) => answer instanceof GateError && answer.code === 'GAP'));
      assert.ok(answers.length < 100);
      assert.equal(bench.host.admitted.length, 3);
    });

    it('admits nothing of a batch with a malformed line, and names the line', async () => {
      await bench.openExchangeDoor();
      const good = { input: clearance, from: customs(1) };
      await assert.rejects(
        bench.client.submitAll([good, { input: { ...clearance, version: -1 }, from: customs(2) }]),
        {
          code: 'INPUT_MALFORMED',
          message: /^Line 2: input\.version/,
        },
      );
      assert.deepEqual(bench.host.admitted, []);
    });
  });

  describe('for the console daemon', () => {
    it('admits the act of a person, once', async () => {
      await bench.openConsoleDoor();
      const jws = await signStop();
      assert.deepEqual(await bench.client.submitJws(jws), { seq: 1, repeated: false });
      assert.deepEqual(await bench.client.submitJws(jws), { seq: 1, repeated: true });
      const [admitted] = bench.host.admitted;
      assert.deepEqual(admitted?.input, {
        type: 'operator-act',
        person: 'lan',
        role: 'operator',
        act: { kind: 'stop-lane', lane: 'border-out-1' },
        reason: 'smoke',
      });
      assert.equal(admitted?.from.source, 'person:lan');
    });

    it('lets nothing through that no person signed', async () => {
      await bench.openConsoleDoor();
      await assert.rejects(bench.client.submit(clearance, customs(1)), { code: 'INPUT_FORBIDDEN' });
      const act: Input = {
        type: 'operator-act',
        person: 'lan',
        role: 'operator',
        act: { kind: 'resume-lane', lane: 'border-out-1' },
        reason: 'x',
      };
      await assert.rejects(bench.client.submit(act, { source: 'person:lan', id: '1' }), {
        code: 'INPUT_FORBIDDEN',
      });
      const [header, payload] = (await signStop()).split('.');
      const [, , otherSignature] = (await signStop()).split('.');
      assert.equal(
        (
          await bench.raw(
            'POST',
            '/inputs',
            JSON.stringify({ jws: `${header}.${payload}.${otherSignature}` }),
          )
        ).status,
        403,
      );
      assert.equal((await bench.raw('POST', '/inputs', '{"jws": 5}')).status, 400);
      assert.deepEqual(bench.host.admitted, []);
    });
  });

  it('that answers nobody is given up, and the input may be sent again', async () => {
    let timeUp = (): void => {};
    const clock = {
      ...systemClock,
      after: (_delayMs: number, task: () => void) => {
        timeUp = task;
        return () => {};
      },
    };
    const asked = Promise.withResolvers<void>();
    await bench.openExchangeDoor({
      ...bench.host,
      submit: () => {
        asked.resolve();
        return new Promise(() => {});
      },
    });
    const answer = createDoorClient(bench.socketPath, clock).submit(clearance, customs(1));
    await asked.promise;
    timeUp();
    await assert.rejects(answer, { code: 'DOOR_TIMEOUT' });
  });
});
