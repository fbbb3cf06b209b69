import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { seededRandom } from '../../edge/platform/random.ts';
import { misread } from '../../simulator/faults/misreading.ts';
import { faultKinds, parseFaults, startFaults } from '../../simulator/faults.ts';
import { SOUND_LINK } from '../../simulator/run/exchange/wire.ts';
import { startVirtualRun } from '../../simulator/run.ts';
import { referenceConfigs } from '../support/simulated-site.ts';

const MINUTE_MS = 60_000;

/** Both gates for some minutes, with the containers of a busy hour at once; the run to look at, and its faults. */
function runWith(kinds: string, { seed = 1, containers = 6, minutes = 20 } = {}) {
  const run = startVirtualRun(referenceConfigs, { seed, keepAll: false });
  const faults = startFaults(run, parseFaults(kinds), seed);
  for (let n = 0; n < containers; n += 1) for (const gate of run.gates.keys()) run.world.export(gate);
  run.clock.advance(minutes * MINUTE_MS);
  return { run, faults };
}

describe('the faults of a run in virtual time', () => {
  it('are more than fifty kinds, each with a name of its own, a line of what it is, and a rate', () => {
    assert.ok(faultKinds.length >= 50);
    assert.equal(new Set(faultKinds.map(({ kind }) => kind)).size, faultKinds.length);
    for (const { kind, what, perHour } of faultKinds) {
      assert.match(kind, /^[a-z]+(-[a-z]+)*$/);
      assert.ok(what.length > 10 && perHour > 0, kind);
    }
  });

  it('stand in docs/simulation.md as they are', () => {
    const page = readFileSync(new URL('../../docs/simulation.md', import.meta.url), 'utf8');
    for (const { kind, what, perHour } of faultKinds)
      assert.ok(page.includes(`| \`${kind}\` | ${what} | ${perHour} |`), kind);
  });

  it('are chosen by name and rate; a wrong name is answered with the right ones', () => {
    assert.equal(parseFaults('none').size, 0);
    const ordinary = faultKinds.filter(({ kind }) => !kind.startsWith('lying-'));
    assert.deepEqual(
      [...parseFaults('all').keys()],
      ordinary.map(({ kind }) => kind),
      'a lie stops line clear until people have cleared it: it strikes only where it is named',
    );
    assert.equal(parseFaults('all,lying-past').size, ordinary.length + 1);
    assert.equal(parseFaults('all,gate-crash=4').get('gate-crash'), 4);
    assert.deepEqual(
      [...parseFaults('link-down, gate-crash=4')],
      [
        ['link-down', faultKinds.find(({ kind }) => kind === 'link-down')?.perHour],
        ['gate-crash', 4],
      ],
    );
    assert.throws(() => parseFaults('gate-crahs'), { code: 'FAULTS_UNKNOWN', remedy: /gate-crash/ });
    for (const rate of ['0', '-1', 'often', '', '100000'])
      assert.throws(() => parseFaults(`gate-crash=${rate}`), { code: 'FAULTS_UNKNOWN' }, rate);
  });

  for (const { kind } of faultKinds) {
    it(`${kind} strikes, and is healed without anything being thrown`, () => {
      const { run, faults } = runWith(`${kind}=60`);
      faults.healAll();
      run.clock.advance(60_000);
      run.stop();
      assert.ok((faults.counts()[kind] ?? 0) > 0, 'it never struck');
    });
  }

  it('strike as often as asked, and a kind strikes at the same times whatever else goes wrong', () => {
    const times = (kinds: string): string[] => {
      const { run, faults } = runWith(kinds, { containers: 0, minutes: 60 });
      run.stop();
      return faults
        .recent()
        .filter((line) => line.includes('camera-blind'))
        .map((line) => line.slice(0, 12));
    };
    const alone = times('camera-blind=10');
    assert.ok(alone.length >= 4 && alone.length <= 18, `${alone.length} of 10`);
    assert.deepEqual(times('camera-blind=10,scale-lies=5'), alone);
  });

  it('healed, leave every link up, every disk sound and every device in order', () => {
    const { run, faults } = runWith('all', { minutes: 60 });
    faults.healAll();
    run.clock.advance(120_000);
    run.stop();
    for (const [id, { disk, isUp, driftPpm, wallOffsetMs, state, config }] of run.gates) {
      assert.deepEqual(
        [disk.full, disk.stalled, disk.slowness, driftPpm, wallOffsetMs],
        [false, false, 1, 0, 0],
      );
      assert.equal(isUp, true);
      assert.equal(state.clockTrusted, true);
      for (const device of config.devices)
        assert.equal(state.devices[device.id]?.status, 'online', device.id);
      const customs = run.customsLinks.get(id);
      assert.deepEqual([customs?.up, customs?.stale, customs?.delayMs], [true, false, 0]);
      const link = run.counterpartLinks.get(id);
      assert.deepEqual(link, SOUND_LINK);
      assert.equal(run.exchange(id).process.up, true);
      assert.deepEqual(state.logFaults, { ours: null, theirs: null });
      const world = run.world.gates.get(id);
      for (const [camera, { blind, distort }] of [...(world?.cameras ?? []), ...(world?.readers ?? [])])
        assert.deepEqual([blind, distort], [false, undefined], camera);
      for (const [crane, { state: now }] of world?.cranes ?? []) assert.equal(now.mode, 'automatic', crane);
    }
  });

  it('a camera that misreads takes one sign for another that looks like it', () => {
    const random = seededRandom(1);
    for (const plate of ['12C-123.45', '桂F71735', 'CSQU3054383']) {
      const read = misread(plate, random);
      assert.equal(read.length, plate.length);
      assert.equal([...read].filter((sign, index) => sign !== plate[index]).length, 1, read);
    }
    assert.equal(misread('桂', random), '桂');
  });
});
