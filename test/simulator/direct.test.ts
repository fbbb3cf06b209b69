import assert from 'node:assert/strict';
import type { Command, DeviceCommand } from '../../edge/core/effect.ts';
import type { Input } from '../../edge/core/input.ts';
import { seededRandom } from '../../edge/platform/random.ts';
import { connectDirectly } from '../../simulator/direct.ts';
import { createSite, referenceConfigs, the } from '../support/simulated-site.ts';

const IO = 'io-yard-in-1';
const box = { number: 'CSQU3054383', painted: 'CSQU3054383', grossKg: 20_000 };

/** The Vietnamese gate, wired to a core that only listens. */
function wiredSite(seed = 1) {
  const site = createSite();
  const [config] = referenceConfigs;
  assert.ok(config);
  const heard: (Input & { at: number })[] = [];
  const startMs = site.clock.nowMs();
  const listen = (input: Input): void => {
    heard.push({ ...input, at: site.clock.nowMs() - startMs });
  };
  const devices = connectDirectly(site.vn, listen, { clock: site.clock, random: seededRandom(seed), config });
  let commands = 0;
  const command = (what: DeviceCommand): void => {
    commands += 1;
    devices.deliver({ ...what, commandId: `c-${commands}`, class: 'permissive', decidedAt: 0 } as Command);
  };
  const of = <T extends Input['type']>(type: T): (Extract<Input, { type: T }> & { at: number })[] =>
    heard.filter((input): input is Extract<Input, { type: T }> & { at: number } => input.type === type);
  return { ...site, devices, heard, of, command, io: the(site.vn.laneIo, IO) };
}
const raise: DeviceCommand = { kind: 'barrier', device: IO, to: 'raise' };
const barriers = (site: ReturnType<typeof wiredSite>): string[] =>
  site.of('lane-io').flatMap((input) => (input.device === IO ? [input.barrier] : []));

describe('a gate wired to its simulated devices', () => {
  it('hears on connecting of every device as it is, and then that it is online', () => {
    const { devices, heard, of, vn } = wiredSite();
    devices.connect();
    assert.deepEqual(
      of('device-status')
        .map(({ device }) => device)
        .toSorted(),
      vn.config.devices.map(({ id }) => id).toSorted(),
    );
    const types = (id: string): string[] =>
      heard.flatMap((input) => ('device' in input && input.device === id ? [input.type] : []));
    assert.deepEqual(types('crane-1'), ['crane-jobs', 'crane', 'device-status']);
    assert.deepEqual(types(IO), ['lane-io', 'device-status']);
  });

  it('hears of a scale once that it swings, once that it rests', () => {
    const { clock, world, of } = wiredSite();
    world.export('huu-nghi');
    clock.advance(10_000);
    assert.deepEqual(
      of('weight').map(({ state }) => state),
      ['moving', 'stable'],
    );
  });

  it('hears what the spreader’s reader saw, and why the crane refuses a job', () => {
    const { clock, of, command, vn } = wiredSite();
    the(vn.slots, 's-01').put(box);
    const job: DeviceCommand = {
      kind: 'job',
      device: 'crane-1',
      jobId: 'j-1',
      container: box.number,
      from: 's-01',
      to: 's-02',
    };
    command(job);
    command(job);
    command({ ...job, jobId: 'j-2' });
    clock.advance(60_000);
    assert.deepEqual(
      of('command-refused').map(({ commandId, reason }) => [commandId, reason]),
      [['c-3', 'the crane answered busy']],
    );
    assert.deepEqual(of('crane-job').at(-1), {
      ...of('crane-job').at(-1),
      state: 'ended',
      containerSeen: box.number,
      containerSet: box.number,
    });
  });

  it('commands a vehicle to pause, go on, drop its order and charge', () => {
    const { of, command } = wiredSite();
    for (const kind of ['pause', 'unpause', 'cancel-order'] as const) command({ kind, device: 'xe-1' });
    command({ kind: 'charge', device: 'xe-1', on: true });
    command({ kind: 'charge', device: 'xe-1', on: false });
    assert.deepEqual(
      of('vehicle')
        .at(-1)
        ?.actions.map(({ actionType, status }) => `${actionType} ${status}`),
      [
        'startPause FINISHED',
        'stopPause FINISHED',
        'cancelOrder FAILED',
        'startCharging FINISHED',
        'stopCharging FINISHED',
      ],
    );
  });

  it('is held to account for lowering onto what it was told of, not for what its device did not tell', () => {
    const site = wiredSite();
    const { clock, devices, command, world, vn } = site;
    command(raise);
    clock.advance(2_000);
    devices.deviceLink(IO).frozen(true);
    the(vn.lanes, 'yard-in-1').person(10_000);
    command({ ...raise, to: 'lower' });
    clock.advance(2_000);
    assert.deepEqual([world.stats().strikes, world.stats().reversals], [0, 1]);
    devices.deviceLink(IO).frozen(false);
    command({ ...raise, to: 'lower' });
    assert.equal(world.stats().strikes, 1);
  });
});

describe('the link of a device', () => {
  it('that is cut makes it stale, then offline; restored, the device is online and tells what it is now', () => {
    const site = wiredSite();
    const { clock, devices, of, io } = site;
    devices.deviceLink(IO).up(false);
    io.barrier('raise');
    clock.advance(60_000);
    assert.deepEqual(
      of('device-status').map(({ status, at }) => `${status} ${at}`),
      ['stale 5000', 'offline 10000'],
    );
    assert.deepEqual(barriers(site), []);
    devices.deviceLink(IO).up(true);
    assert.equal(of('device-status').at(-1)?.status, 'online');
    assert.deepEqual(barriers(site), ['up']);
  });

  it('that is cut only briefly is not noticed until it is back', () => {
    const { clock, devices, of } = wiredSite();
    devices.deviceLink(IO).up(false);
    clock.advance(4_000);
    devices.deviceLink(IO).up(true);
    clock.advance(60_000);
    assert.deepEqual(
      of('device-status').map(({ status }) => status),
      ['online'],
    );
  });

  it('that is cut drops what was under way', () => {
    const site = wiredSite();
    const { clock, devices, io } = site;
    const link = devices.deviceLink(IO);
    link.delayMs = 3_000;
    io.barrier('raise');
    clock.advance(1);
    link.delayMs = 0;
    link.up(false);
    io.barrier('lower');
    clock.advance(60_000);
    link.up(true);
    clock.advance(60_000);
    assert.deepEqual(barriers(site), ['down']);
  });

  it('that is cut refuses some commands and loses the others; none reaches the device', () => {
    const { clock, devices, of, command, io } = wiredSite();
    devices.deviceLink(IO).up(false);
    for (let n = 0; n < 40; n += 1) command(raise);
    clock.advance(10_000);
    assert.equal(io.state.barrier, 'down');
    const refused = of('command-refused').length;
    assert.ok(refused > 10 && refused < 30, `${refused} of 40`);
  });

  it('of a device that is not there after a restart of the gate tells nothing of it', () => {
    const { devices, heard } = wiredSite();
    devices.deviceLink(IO).up(false);
    devices.connect();
    assert.ok(heard.length > 0);
    assert.equal(
      heard.some((input) => 'device' in input && input.device === IO),
      false,
    );
  });

  it('of a frozen device obeys and says nothing, or what it said before', () => {
    const site = wiredSite();
    const { clock, devices, command, io } = site;
    devices.deviceLink(IO).frozen(true);
    command(raise);
    clock.advance(10_000);
    assert.equal(io.state.barrier, 'up');
    assert.deepEqual(barriers(site), []);
    devices.connect();
    assert.deepEqual(barriers(site), ['down']);
    devices.deviceLink(IO).frozen(false);
    assert.deepEqual(barriers(site), ['down', 'up']);
  });

  it('that loses a state is healed some seconds later', () => {
    const site = wiredSite();
    const { clock, devices, io } = site;
    const link = devices.deviceLink(IO);
    link.loseShare = 1;
    io.barrier('raise');
    clock.advance(4_000);
    assert.deepEqual(barriers(site), []);
    link.loseShare = 0;
    clock.advance(5_000);
    assert.deepEqual(barriers(site), ['up']);
  });

  it('that loses the result of a job tells the job list instead', () => {
    const { clock, devices, of, vn } = wiredSite();
    the(vn.slots, 's-01').put(box);
    devices.deviceLink('crane-1').loseShare = 1;
    the(vn.cranes, 'crane-1').start({ jobId: 'j-1', container: box.number, from: 's-01', to: 's-02' });
    clock.advance(30_000);
    devices.deviceLink('crane-1').loseShare = 0;
    clock.advance(5_000);
    assert.deepEqual(of('crane-job'), []);
    assert.deepEqual(
      of('crane-jobs')
        .at(-1)
        ?.jobs.map(({ state }) => state),
      ['ended'],
    );
  });

  it('that is slow keeps the order of states, whatever comes twice, also while it recovers', () => {
    const site = wiredSite();
    const { clock, devices, io } = site;
    const link = devices.deviceLink(IO);
    link.delayMs = 3_000;
    link.doubleShare = 0.5;
    for (let n = 0; n < 10; n += 1) {
      io.barrier('raise');
      clock.advance(1_600);
      io.barrier('lower');
      clock.advance(1_600);
    }
    link.delayMs = 0;
    link.doubleShare = 0;
    io.barrier('raise');
    clock.advance(10_000);
    const changes = barriers(site).filter((barrier, index, all) => barrier !== all[index - 1]);
    const round = ['moving', 'up', 'moving', 'down'];
    assert.deepEqual(changes, [...Array.from({ length: 10 }, () => round).flat(), 'moving', 'up']);
    assert.ok(barriers(site).length > changes.length, 'some came twice');
  });

  it('lets readings overtake each other when it reorders, and only then; a repeat has the same id', () => {
    const orderOf = (reorder: boolean): number[] => {
      const { clock, devices, of, vn } = wiredSite();
      Object.assign(devices.deviceLink('anpr-yard-in-1'), { delayMs: 3_000, doubleShare: 0.5, reorder });
      const camera = the(vn.cameras, 'anpr-yard-in-1');
      for (let n = 0; n < 20; n += 1) {
        camera.see({ text: `12H-${n}`, quality: 950 });
        clock.advance(100);
      }
      clock.advance(5_000);
      const byId = new Map(of('plate').map(({ readId, plate }) => [readId, plate]));
      assert.equal(byId.size, 20);
      assert.ok(of('plate').every(({ readId, plate }) => byId.get(readId) === plate));
      return of('plate').map(({ readId }) => Number(readId));
    };
    const sorted = (numbers: number[]): number[] => numbers.toSorted((a, b) => a - b);
    assert.deepEqual(orderOf(false), sorted(orderOf(false)));
    assert.notDeepEqual(orderOf(true), sorted(orderOf(true)));
  });

  it('through the broker goes with it: lane-io and vehicles are silent, the crane is not', () => {
    const { clock, devices, of, vn } = wiredSite();
    devices.broker(false);
    devices.deviceLink(IO).up(false);
    the(vn.cranes, 'crane-1').setMode('manual');
    clock.advance(60_000);
    assert.equal(of('crane').length, 1);
    const offline = of('device-status').filter(({ status }) => status === 'offline');
    assert.equal(offline.length, vn.laneIo.size + vn.vehicles.size);
    devices.broker(true);
    const online = of('device-status').filter(({ status }) => status === 'online');
    assert.equal(online.length, offline.length - 1, 'one is still cut off by itself');
  });

  it('is named by the device', () => {
    assert.throws(() => wiredSite().devices.deviceLink('io-nowhere'), /io-nowhere/);
  });
});
