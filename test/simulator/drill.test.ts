import assert from 'node:assert/strict';
import { checkConfig } from '../../config/check.ts';
import { checkPair } from '../../config/pair.ts';
import type { GateConfig } from '../../config/schema.ts';
import { systemClock } from '../../edge/platform/clock.ts';
import { mirrorOf } from '../../simulator/drill/mirror.ts';
import { drillAlone, drillPair } from '../../simulator/drill.ts';
import { planSite } from '../../simulator/plan.ts';
import { good, told } from '../config/support.ts';
import { withRearDevices } from '../support/rear-devices.ts';
import { referenceConfigs } from '../support/simulated-site.ts';

const options = { clock: systemClock };

/** The shipped site with passages replaced; it passes every check but the drill. */
function site(...changes: [from: RegExp | string, to: string][]): GateConfig {
  let text = good;
  for (const [from, to] of changes) {
    const changed = text.replace(from, to);
    assert.notEqual(changed, text, String(from));
    text = changed;
  }
  const { config, problems } = checkConfig(text);
  assert.ok(config, told(problems));
  return config;
}

const found = (config: GateConfig): string[] =>
  drillAlone(config, options).problems.map(({ path, problem }) => `${path}: ${problem}`);

/** One gate of a small planned site. */
function planned(plan: Parameters<typeof planSite>[0]): GateConfig {
  const [gate] = planSite({ lanes: 7, cranes: 1, vehicles: 2, slotsPerCrane: 4, trackCapacity: 2, ...plan });
  return gate;
}

describe('the mirror image of a gate', () => {
  it('is a correct gate that agrees with it, at every site we ship or plan', () => {
    const sites = [...referenceConfigs, planned({}), planned({ alternating: true }), planSite()[1]];
    for (const config of sites) {
      const mirror = mirrorOf(config);
      const { problems } = checkConfig(JSON.stringify(mirror));
      assert.deepEqual(problems, [], told(problems));
      assert.deepEqual(checkPair(config, mirror), []);
    }
  });

  it('stands where the real counterpart does', () => {
    const [vn, cn] = referenceConfigs;
    assert.ok(vn && cn);
    const stands = ({ lanes, yard }: GateConfig): string[] => [
      ...lanes.map(({ checkpoint, loads, node }) => `${checkpoint} ${loads} ${node ?? ''}`),
      ...yard.bays.map(({ use, node }) => `${use} ${node ?? ''}`),
    ];
    assert.deepEqual(stands(mirrorOf(vn)).toSorted(), stands(cn).toSorted());
  });
});

describe('a drill', function () {
  // Seconds of computing, and more on a busy machine.
  this.timeout(60_000);

  it('finds nothing at the shipped site, and says what it did', () => {
    const titles: string[] = [];
    const { problems, notes, crossings } = drillAlone(site(), {
      ...options,
      onProgress: (title) => titles.push(title),
    });
    assert.deepEqual({ problems, notes }, { problems: [], notes: [] });
    assert.ok(crossings >= 2 * (6 + 12), String(crossings));
    assert.match(titles[0] ?? '', /^trouble with link and gates \(0 of 20 places used\)/);
  });

  it('uses an alternating track both ways, and every second lane and bay', () => {
    const { problems } = drillAlone(planned({ alternating: true, lanes: 14, cranes: 2 }), options);
    assert.deepEqual(problems, []);
  });

  it('refuses a site whose two yards fill up with exports that wait for each other', () => {
    const full = site(
      [/^yard:\n/m, 'yard:\n  keepFree: { export: 0, import: 0 }\n'],
      [/slots: \[s-01[^\]]*\]/, 'slots: [s-01, s-02]'],
      [/slots: \[s-01, s-02, s-03[^\]]*\]/, 'slots: [s-01, s-02]'],
    );
    const [first = '', ...more] = found(full);
    assert.match(
      first,
      /^yard: huu-nghi: the container of \S+ is offered and never granted: of 2 slots 2 are taken by exports/,
    );
    assert.deepEqual(more, []);
  });

  it('refuses a slot kept free for imports that the crane of their bay does not reach', () => {
    const apart = site(
      [/^yard:\n/m, 'yard:\n  keepFree: { export: 0, import: 1 }\n'],
      [/slots: \[s-01[^\]]*\]/, 'slots: [s-01, s-02, s-03]'],
      [
        / {4}- \{ device: crane-1, .*\n/,
        '    - { device: crane-1, bays: [bay-truck, bay-load, bay-land], slots: [s-01, s-02] }\n' +
          '    - { device: crane-2, bays: [bay-truck, bay-load], slots: [s-03] }\n',
      ],
      [
        '  - { kind: crane, id: crane-1',
        '  - { kind: crane, id: crane-2, endpointUrl: "opc.tcp://127.0.0.1:48401", object: crane-2 }\n' +
          '  - { kind: crane, id: crane-1',
      ],
    );
    assert.match(found(apart)[0] ?? '', /is offered and never granted: of 3 slots 2 are taken by exports/);
  });

  it('refuses a yard that takes no export at all', () => {
    const closed = site([/^yard:\n/m, 'yard:\n  keepFree: { export: 0, import: 8 }\n']);
    assert.match(
      found(closed)[0] ?? '',
      /^yard: .* waits before yard-in for ever: No bay or slot is free; .* 8 for imports$/,
    );
  });

  it('refuses a gate without vehicles', () => {
    const none = site(
      [/ {2}- \{ kind: vehicle, id: xe-1.*\n/, ''],
      [/ {2}- \{ kind: vehicle, id: xe-2.*\n?/, ''],
    );
    assert.match(found(none)[0] ?? '', /^devices: .* stands in the yard for ever: the gate has no vehicle$/);
  });

  it('refuses a lane to which a vehicle is sent and no road leads, be it the last to be chosen', () => {
    const lane = site(
      [
        '  - id: border-in-1\n',
        '  - { id: border-out-3, checkpoint: border-out, traffic: vehicle, loads: [bobtail], node: hn-out-3, ' +
          'devices: { io: io-out-3, camera: anpr-out-3 } }\n  - id: border-in-1\n',
      ],
      [
        '    - { id: hn-in-1,',
        '    - { id: hn-out-3, x: -60, y: 36, role: hold, gate: huu-nghi }\n    - { id: hn-in-1,',
      ],
      [
        '    - { from: hn-out-2, to: km0-north',
        '    - { from: hn-out-3, to: km0-north, speedMaxMps: 8 }\n    - { from: hn-out-2, to: km0-north',
      ],
      [
        '  - { kind: lane-io, id: io-border-in-1,',
        '  - { kind: lane-io, id: io-out-3, topic: lane-io/io-out-3 }\n' +
          '  - { kind: plate-camera, id: anpr-out-3, host: 127.0.0.1, port: 18109, username: gate, password: simulated }\n' +
          '  - { kind: lane-io, id: io-border-in-1,',
      ],
    );
    assert.deepEqual(found(lane), [
      'yard.bays[2]: huu-nghi-quan: vehicle huu-nghi-quan-1 stands at hn-bay-land for ever: it was sent to hn-out-3, and no road leads there',
    ]);
  });

  it('refuses a map that shows one side only', () => {
    const half = site(
      [/ {4}- \{ id: hnq-park-1.*\n/, ''],
      [/ {4}- \{ id: hnq-park-2.*\n/, ''],
      [/ {4}- \{ from: hnq-park-1.*\n/, ''],
      [/ {4}- \{ from: hnq-park-2.*\n/, ''],
      [/ {4}- \{ from: hnq-in-2, to: hnq-park-1.*\n/, ''],
      [/ {4}- \{ from: hnq-in-2, to: hnq-park-2.*\n/, ''],
    );
    assert.match(
      found(half)[0] ?? '',
      /^map: the map shows no ground of huu-nghi-quan on which a gate like this one could work/,
    );
  });

  it('does not wait for officers who are to look at each vehicle themselves', () => {
    const laden = 'laden: [booking, plate, container, weight, bay]';
    const gate = site(
      [laden, 'laden: [booking, plate, trailer, container, seal, radiation, weight, bay]'],
      [
        'broker:',
        'reconciliation: { substitutes: { conditions: [trailer, seal, radiation], perHourMax: 60 } }\nbroker:',
      ],
    );
    assert.deepEqual(found(gate), []);
  });

  it('knows the trailers of a gate that has cameras for them', () => {
    const gate = withRearDevices(planned({}));
    assert.deepEqual(found(gate), []);
  });

  it('tells when both gates believe that a track is theirs', () => {
    const gate = planned({ alternating: true });
    const { problems } = drillAlone(gate, {
      ...options,
      // No file that passes the checks leads there: the token is doubled by hand.
      prepare: ({ gates, clock }) =>
        clock.after(5_000, () => {
          for (const { config, state } of gates.values())
            for (const track of Object.values(state.tracks)) track.holder = config.gate.id;
        }),
    });
    assert.match(
      problems[0]?.problem ?? '',
      /two owned one place \(I2\): both gates believe they hold the token of middle$/,
    );
    assert.equal(problems[0]?.path, 'map');
  });

  it('tells what was not seen when the site is too large for the time there is', () => {
    let wallMs = 0;
    const clock = { ...systemClock, monotonicMs: () => (wallMs += 1_000) };
    const [one, other] = referenceConfigs;
    assert.ok(one && other);
    const { problems, notes } = drillPair(one, other, { clock });
    assert.deepEqual(problems, []);
    assert.match(
      notes[0] ?? '',
      /^the drill was broken off after 20 s, with nothing wrong until then: \d+ of 40 lanes/,
    );
  });
});
