import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkConfig } from '../../config/check.ts';
import { checkPair } from '../../config/pair.ts';
import type { GateConfig, VehicleConfig } from '../../config/schema.ts';
import { configCheck } from '../../edge/cli/config.ts';
import { fileOf, told } from './support.ts';

const read = (name: string): GateConfig => {
  const { config, problems } = checkConfig(fileOf(name));
  assert.ok(config, told(problems));
  return config;
};
const vn = read('huu-nghi.yaml');
const cn = read('huu-nghi-quan.yaml');

/** What is found when the Chinese gate’s configuration is changed like this. */
const found = (change: (config: GateConfig) => void): string[] => {
  const other = structuredClone(cn);
  change(other);
  return checkPair(vn, other).map(({ path, problem }) => `${path}: ${problem}`);
};

/** The entry of a list, which the example has. */
function at<T>(list: readonly T[], index: number): T {
  const entry = list[index];
  assert.ok(entry !== undefined);
  return entry;
}
const vehicles = (config: GateConfig): VehicleConfig[] =>
  config.devices.filter((device) => device.kind === 'vehicle');

describe('the two gates of one road', () => {
  it('agree as they are shipped, in whatever order the map is written', () => {
    assert.deepEqual(checkPair(vn, cn), []);
    assert.deepEqual(checkPair(cn, vn), []);
    assert.deepEqual(
      found(({ map }) => {
        map.nodes.reverse();
        map.edges.reverse();
      }),
      [],
    );
  });

  it('must name the same place where custody passes', () => {
    assert.deepEqual(
      found(({ counterpart }) => {
        counterpart.custodyPoint = 'border-in';
      }),
      ['counterpart.custodyPoint: custody passes at set-down by huu-nghi and at border-in by huu-nghi-quan'],
    );
  });

  it('must open their lanes at the border at some time together, each by its own clock', () => {
    const hours = (checkpoint: string, from: string, to: string) => (config: GateConfig) => {
      for (const lane of config.lanes) if (lane.checkpoint === checkpoint) lane.hours = [{ from, to }];
    };
    const home = structuredClone(vn);
    hours('border-out', '08:00', '18:00')(home);
    const pairOf = (change: (config: GateConfig) => void): string[] => {
      const other = structuredClone(cn);
      change(other);
      return checkPair(home, other).map(({ problem }) => problem);
    };
    // Nine and nineteen o'clock there are eight and eighteen o'clock here.
    assert.deepEqual(pairOf(hours('border-in', '19:00', '09:00')), [
      'no border-out lane of huu-nghi for laden is ever open together with a border-in lane of huu-nghi-quan',
      'no border-out lane of huu-nghi for bobtail is ever open together with a border-in lane of huu-nghi-quan',
    ]);
    assert.deepEqual(pairOf(hours('border-in', '19:00', '09:01')), []);
    assert.deepEqual(pairOf(hours('border-in', '18:59', '09:00')), []);
  });

  it('must each name the other', () => {
    assert.deepEqual(
      found((config) => {
        config.counterpart.gate = 'tan-thanh';
      }),
      ['counterpart.gate: huu-nghi-quan names tan-thanh as its counterpart, not huu-nghi'],
    );
  });

  it('cannot both send on one track', () => {
    assert.deepEqual(
      found(({ section }) => {
        at(section.tracks, 0).direction = 'out';
      }),
      [
        'section.tracks: track "north" is out at huu-nghi and out at huu-nghi-quan: two could both believe they own it',
      ],
    );
  });

  it('cannot both wait for the other to send', () => {
    assert.deepEqual(
      found(({ section }) => {
        at(section.tracks, 1).direction = 'in';
      }),
      ['section.tracks: track "south" is in at huu-nghi and in at huu-nghi-quan: nobody could send on it'],
    );
  });

  it('cannot alternate at one end only', () => {
    assert.deepEqual(
      found(({ section }) => {
        Object.assign(at(section.tracks, 0), { direction: 'alternating', holder: 'huu-nghi-quan' });
      }),
      [
        'section.tracks: track "north" has holder none at huu-nghi and huu-nghi-quan at huu-nghi-quan',
        'section.tracks: track "north" is out at huu-nghi and alternating at huu-nghi-quan: two could both believe they own it',
      ],
    );
  });

  it('know who holds the token of an alternating track at first', () => {
    const alternating = (config: GateConfig, holder: string): GateConfig => {
      const copy = structuredClone(config);
      Object.assign(at(copy.section.tracks, 0), { direction: 'alternating', holder });
      return copy;
    };
    const problems = (holder: string): string[] =>
      checkPair(alternating(vn, 'huu-nghi'), alternating(cn, holder)).map(({ problem }) => problem);
    assert.deepEqual(problems('huu-nghi'), []);
    assert.deepEqual(problems('huu-nghi-quan'), [
      'track "north" has holder huu-nghi at huu-nghi and huu-nghi-quan at huu-nghi-quan',
    ]);
  });

  it('count the same number of vehicles on a track, for the same loads, over the same node', () => {
    assert.deepEqual(
      found(({ section }) => {
        Object.assign(at(section.tracks, 0), { capacity: 3, loads: ['laden'], km0: 'km0-south' });
      }),
      [
        'section.tracks: track "north" has capacity 1 at huu-nghi and 3 at huu-nghi-quan',
        'section.tracks: track "north" has km0 km0-north at huu-nghi and km0-south at huu-nghi-quan',
        'section.tracks: track "north" has loads bobtail and laden at huu-nghi and laden at huu-nghi-quan',
      ],
    );
  });

  it('have the same tracks', () => {
    assert.deepEqual(
      found(({ section }) => {
        at(section.tracks, 0).id = 'nord';
      }),
      [
        'section.tracks: only huu-nghi has the track "north"',
        'section.tracks: only huu-nghi-quan has the track "nord"',
      ],
    );
  });

  it('order over the same map', () => {
    assert.deepEqual(
      found(({ map }) => {
        map.id = 'old-road';
        at(map.nodes, 0).x = -191;
        map.nodes.pop();
        at(map.edges, 0).speedMaxMps = 9;
        map.edges.pop();
      }),
      [
        'map.id: the map is huu-nghi-road at huu-nghi and old-road at huu-nghi-quan',
        'map.nodes: map node "hn-park-1" has x -190 at huu-nghi and -191 at huu-nghi-quan',
        'map.nodes: only huu-nghi has the map node "km0-south"',
        'map.edges: edge "hn-park-1 → hn-bay-load" has speedMaxMps 4 at huu-nghi and 9 at huu-nghi-quan',
        'map.edges: only huu-nghi has the edge "hnq-in-2 → hnq-park-2"',
      ],
    );
  });

  it('never command the same vehicle', () => {
    assert.deepEqual(
      found((config) => {
        at(vehicles(config), 0).id = 'xe-1';
        at(vehicles(config), 1).plate = at(vehicles(vn), 1).plate;
      }),
      [
        'devices: huu-nghi and huu-nghi-quan both have a vehicle with the id xe-1',
        'devices: huu-nghi and huu-nghi-quan both have a vehicle with the plate 12C-678.90',
      ],
    );
    assert.deepEqual(
      found((config) => {
        Object.assign(at(vehicles(config), 0), { manufacturer: 'langson', serialNumber: 'LS-001' });
      }),
      ['devices: huu-nghi and huu-nghi-quan both have a vehicle with the serial number langson LS-001'],
    );
  });
});

describe('gate config check of two files', () => {
  const path = (name: string): string => fileURLToPath(new URL(`../../config/${name}`, import.meta.url));
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'gate-pair-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  const written = (from: string | RegExp, to: string): string => {
    const file = join(folder, 'hnq.yaml');
    const text = fileOf('huu-nghi-quan.yaml');
    assert.notEqual(text.replace(from, to), text);
    writeFileSync(file, text.replace(from, to));
    return file;
  };

  it('says that the two ends of a road agree', () => {
    const { exitCode, text } = configCheck([path('huu-nghi.yaml'), path('huu-nghi-quan.yaml')]);
    assert.equal(exitCode, 0);
    assert.match(text, /huu-nghi\.yaml and .*huu-nghi-quan\.yaml: the two gates agree\n$/);
  });

  it('fails when each is correct and they do not agree', () => {
    const { exitCode, text } = configCheck([
      path('huu-nghi.yaml'),
      written('{ id: north, direction: in,', '{ id: north, direction: in, capacity: 2,'),
    ]);
    assert.equal(exitCode, 1);
    assert.match(text, /hnq\.yaml: correct/);
    assert.match(text, /section\.tracks: track "north" has capacity 1 at huu-nghi and 2 at huu-nghi-quan/);
    assert.match(text, /hnq\.yaml: 1 problem\n$/);
  });

  it('does not compare two versions of one gate', () => {
    const { exitCode, text } = configCheck([
      path('huu-nghi-quan.yaml'),
      written('pollMs: 500', 'pollMs: 400'),
    ]);
    assert.equal(exitCode, 0);
    assert.doesNotMatch(text, /agree/);
  });
});
