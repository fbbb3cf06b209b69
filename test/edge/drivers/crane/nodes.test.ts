import assert from 'node:assert/strict';
import { type DataValue, makeNodeId, StatusCodes } from 'node-opcua-client';
import type { DeviceInput } from '../../../../edge/core/input.ts';
import { attachCrane } from '../../../../edge/drivers/crane/nodes.ts';
import type { OpcuaSession, OpcuaSubscription } from '../../../../edge/drivers/opcua/session.ts';
import { craneValues } from '../../../../protocols/crane/status.ts';

/** A real server gives no way to lose a notice of a change. */
describe('the state of a crane, read from a session made by hand', () => {
  const values: Record<string, unknown> = {
    ...craneValues({
      mode: 'automatic',
      spreader: { landed: true, locked: false, unlocked: true, loaded: false },
      position: 'bay-truck',
      hoistClear: true,
    }),
    JobOrderList: [],
    JobOrderResponseList: [],
    Heartbeat: 1,
  };
  const good = (value: unknown): DataValue =>
    ({ statusCode: StatusCodes.Good, value: { value } }) as unknown as DataValue;

  it('is read as a whole every few heartbeats, should the notice of a change have been lost', async () => {
    const names: string[] = [];
    const watching = new Map<string, (value: DataValue) => void>();
    const nodeOf = (name: string) => makeNodeId(names.push(name), 1);
    const nameOf = (id: ReturnType<typeof makeNodeId>): string => names[Number(id.value) - 1] ?? '';
    const session = {
      device: async () => nodeOf('crane'),
      demand: async (_start, path) => nodeOf(path.at(-1)?.name ?? ''),
      find: async () => undefined,
      learn: async () => {},
      typeId: () => nodeOf('type'),
      readAll: async (ids) => ids.map((id) => good(values[nameOf(id)])),
    } satisfies Partial<OpcuaSession> as unknown as OpcuaSession;
    const subscription = {
      watch: async (id, onValue) => void watching.set(nameOf(id), onValue),
    } satisfies Partial<OpcuaSubscription> as unknown as OpcuaSubscription;
    const told: DeviceInput[] = [];
    const attachment = await attachCrane(
      { id: 'crane-1', object: 'crane-1' },
      () => undefined,
      session,
      subscription,
      {
        report: (input) => told.push(input),
        change: (input) => told.push(input),
        beat: () => {},
        doubt: () => {},
        lost: (reason) => assert.fail(reason),
      },
      () => {},
    );
    const beat = (): void => watching.get('Heartbeat')?.(good(1));
    const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    for (const [name, onValue] of watching) if (name !== 'Heartbeat') onValue(good(values[name]));
    await settled();
    assert.equal(attachment.snapshot().length, 2);

    values.Landed = false;
    for (let beats = 0; beats < 4; beats += 1) beat();
    await settled();
    assert.equal(told.length, 0, 'nobody has told of it');
    beat();
    await settled();
    assert.deepEqual(
      told.map((input) => (input.type === 'crane' ? input.spreader.landed : input.type)),
      [false],
    );
  });
});
