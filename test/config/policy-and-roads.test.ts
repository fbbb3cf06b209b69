import assert from 'node:assert/strict';
import { checkConfig } from '../../config/check.ts';
import { type Case, good, itFinds, told } from './support.ts';

const person = (id: string, role: string, letter: string): string =>
  `{ id: ${id}, role: ${role}, publicKey: ${letter.repeat(43)} }`;

const cases: Case[] = [
  // policy
  {
    finds: 'a checkpoint without a lane for bobtails',
    from: 'loads: [bobtail]\n    node: hn-out-2',
    to: 'loads: [laden]\n    node: hn-out-2',
    path: 'lanes',
    problem: /border-out has no lane for a bobtail vehicle/,
  },
  {
    finds: 'a condition that needs a missing reader',
    from: ', reader: ocr-border-in-1',
    to: '',
    path: 'lanes[].devices',
    problem: /no reader/,
  },
  {
    finds: 'a condition that needs a missing scale',
    from: 'laden: [plate, container, clearance], bobtail',
    to: 'laden: [plate, container, weight, clearance], bobtail',
    path: 'lanes[].devices',
    problem: /no scale/,
  },
  {
    finds: 'a condition at the wrong checkpoint',
    from: 'bobtail: [grant, plate]',
    to: 'bobtail: [grant, plate, line-clear]',
    path: 'checkpoints.border-in.bobtail[]',
    problem: /only be asked at border-out/,
  },
  {
    finds: 'a condition listed twice',
    from: 'bobtail: [grant, plate]',
    to: 'bobtail: [grant, plate, plate]',
    path: 'checkpoints.border-in.bobtail[]',
    problem: /twice/,
  },
  {
    finds: 'a border that does not ask for line clear',
    from: 'bobtail: [plate, line-clear]',
    to: 'bobtail: [plate]',
    path: 'checkpoints.border-out.bobtail',
    problem: /must ask for line-clear/,
  },
  {
    finds: 'an export that need not be cleared',
    from: 'container, clearance, line-clear]',
    to: 'container, line-clear]',
    path: 'checkpoints.border-out.laden',
    problem: /must ask for clearance/,
  },
  {
    finds: 'a vehicle that is too low and charged at once',
    from: 'broker:',
    to: 'fleet: { batteryPercentMin: 80 }\nbroker:',
    path: 'fleet.batteryPercentMin',
    problem: /^a vehicle is too low below 80 %, and charged from 80 % on$/,
  },
  {
    finds: 'an act that needs a second person where there is none',
    from: 'broker:',
    to: `people: [${person('an', 'supervisor', 'A')}, ${person('binh', 'operator', 'B')}]\nbroker:`,
    path: 'overrides.resume-gate',
    problem: /^resume-gate takes 2 of role supervisor, and people names 1$/,
    remedy: /other roles/,
  },
  {
    finds: 'an act that nobody may do',
    from: 'broker:',
    to: `people: [${person('an', 'operator', 'A')}]\noverrides: { identify: { secondPerson: false } }\nbroker:`,
    path: 'overrides.identify',
    problem: /^identify takes 1 of role supervisor, and people names 0$/,
  },
  // roads
  {
    finds: 'a charger where no vehicle parks',
    from: 'role: refuge, gate: huu-nghi }',
    to: 'role: refuge, gate: huu-nghi, charger: true }',
    path: 'map.nodes[].charger',
    problem: /^node "hn-refuge" has a charger, and no vehicle parks there \(role refuge\)$/,
  },
  {
    finds: 'an alternating track whose token nobody holds',
    from: 'direction: out, km0: km0-north',
    to: 'direction: alternating, km0: km0-north',
    path: 'section.tracks[]',
    problem: /^track "north" alternates, and nobody holds its token at first$/,
    remedy: /^add holder: huu-nghi or holder: huu-nghi-quan, the same at both gates$/,
  },
  {
    finds: 'an alternating track whose token a stranger holds',
    from: 'direction: out, km0: km0-north',
    to: 'direction: alternating, holder: huu-ngi, km0: km0-north',
    path: 'section.tracks[].holder',
    problem: /^"huu-ngi" is neither this gate nor the counterpart$/,
    remedy: /did you mean "huu-nghi"/,
  },
  {
    finds: 'a token for a track that leads one way',
    from: 'direction: out, km0: km0-north',
    to: 'direction: out, holder: huu-nghi, km0: km0-north',
    path: 'section.tracks[].holder',
    problem: /^track "north" leads one way and has no token to hold$/,
  },
  {
    finds: 'an alternating track that is not there for every load',
    from: /direction: out, km0: km0-north \}\n.*south.*\n/,
    to: 'direction: alternating, holder: huu-nghi, loads: [laden], km0: km0-north }\n',
    path: 'section.tracks',
    problem: /^no track leads in for bobtail vehicles$/,
  },
  {
    finds: 'an alternating track on which no vehicle can come home',
    from: /direction: out, km0: km0-north \}\n.*south.*\n/,
    to: 'direction: alternating, holder: huu-nghi, km0: km0-north }\n',
    path: 'map.edges',
    problem:
      /no way leads from a hold point of the counterpart .* to the border line on the way home \(km0-north\)/,
  },
  {
    finds: 'an edge to an unknown node',
    from: 'from: hn-bay-load, to: hn-out-1',
    to: 'from: hn-bay-load, to: hn-oot-1',
    path: 'map.edges[].to',
    problem: /no map node "hn-oot-1"/,
    remedy: /did you mean "hn-out-1"/,
  },
  {
    finds: 'an edge that is there twice',
    from: '{ from: hn-park-2, to: hn-bay-load',
    to: '{ from: hn-park-1, to: hn-bay-load',
    path: 'map.edges[]',
    problem: /twice/,
  },
  {
    finds: 'an edge that leads nowhere',
    from: '  edges:\n',
    to: '  edges:\n    - { from: hn-refuge, to: hn-refuge }\n',
    path: 'map.edges[]',
    problem: /to itself/,
  },
  {
    finds: 'two map nodes with one id',
    from: 'id: hnq-park-2',
    to: 'id: hnq-park-1',
    path: 'map.nodes[].id',
    problem: /map node "hnq-park-1" is there twice/,
  },
  {
    finds: 'a node on nobody’s ground',
    from: 'role: refuge, gate: huu-nghi }',
    to: 'role: refuge }',
    path: 'map.nodes[]',
    problem: /on whose ground/,
  },
  {
    finds: 'a node of an unknown gate',
    from: 'role: refuge, gate: huu-nghi }',
    to: 'role: refuge, gate: huu-ngi }',
    path: 'map.nodes[].gate',
    problem: /neither/,
    remedy: /did you mean "huu-nghi"/,
  },
  {
    finds: 'a border node with an owner',
    from: 'role: km0 }',
    to: 'role: km0, gate: huu-nghi }',
    path: 'map.nodes[].gate',
    problem: /belongs to no gate/,
  },
  {
    finds: 'a vehicle that parks in a bay',
    from: 'homeNode: hn-park-2',
    to: 'homeNode: hnq-bay-land',
    path: 'devices[].homeNode',
    problem: /role bay/,
    remedy: /hn-park-1/,
  },
  {
    finds: 'two vehicles with one park',
    from: 'homeNode: hn-park-2',
    to: 'homeNode: hn-park-1',
    path: 'devices[].homeNode',
    problem: /already belongs to vehicle "xe-1"/,
  },
  {
    finds: 'a track over an unknown node',
    from: 'km0: km0-north',
    to: 'km0: km0-nord',
    path: 'section.tracks[].km0',
    problem: /no map node/,
    remedy: /did you mean "km0-north"/,
  },
  {
    finds: 'a track over a node that is not on the border',
    from: 'km0: km0-north',
    to: 'km0: hn-out-1',
    path: 'section.tracks[].km0',
    problem: /not on the border line/,
  },
  {
    finds: 'two tracks over one node',
    from: 'km0: km0-south }',
    to: 'km0: km0-north }',
    path: 'section.tracks[].km0',
    problem: /same node/,
  },
  {
    finds: 'a section without a track home',
    from: 'direction: in,',
    to: 'direction: out,',
    path: 'section.tracks',
    problem: /no track leads in for laden/,
  },
  {
    finds: 'a park without a way to the bay',
    from: /.*from: hn-park-2, to: hn-bay-load.*\n/,
    to: '',
    path: 'devices[].homeNode',
    problem: /no way leads from its park \(hn-park-2\) to our loading bays/,
  },
  {
    finds: 'a way home that misses the park',
    from: /.*from: hn-in-2, to: hn-park-1.*\n/,
    to: '',
    path: 'devices[].homeNode',
    problem: /to its park \(hn-park-1\)/,
  },
  {
    finds: 'a gap on the counterpart’s ground',
    from: /.*from: hnq-in-1, to: hnq-bay-land.*\n/,
    to: '',
    path: 'map.edges',
    problem: /from a hold point of the counterpart \(hnq-in-1, hnq-in-2\) to a bay/,
  },
  {
    finds: 'a gap on the way of their vehicles',
    from: /.*from: hn-bay-land, to: hn-out-2.*\n/,
    to: '',
    path: 'map.edges',
    problem: /counterpart’s vehicles on our ground.*landing bays/,
  },
  {
    finds: 'an arrival without a refuge slot',
    from: /.*from: hn-in-2, to: hn-refuge.*\n/,
    to: '',
    path: 'map.nodes[]',
    problem: /no refuge slot/,
  },
  {
    finds: 'a refuge slot without a way out',
    from: /.*from: hn-refuge, to: hn-bay-land.*\n/,
    to: '',
    path: 'map.nodes[]',
    problem: /no way leads out of the refuge slot "hn-refuge" to the landing bays at hn-bay-land$/,
  },
  {
    finds: 'a bay that leads straight to the border',
    from: '  edges:\n',
    to: '  edges:\n    - { from: hn-bay-load, to: km0-north }\n',
    path: 'map.nodes[]',
    problem: /without a hold point/,
  },
  {
    finds: 'an arrival straight into a bay',
    from: '  edges:\n',
    to: '  edges:\n    - { from: km0-south, to: hn-bay-land }\n',
    path: 'map.nodes[]',
    problem: /without a hold point/,
  },
];

describe('the check of a configuration’s policy and roads', () => {
  for (const one of cases) itFinds(one);

  it('lets two supervisors confirm each other', () => {
    const people = [person('an', 'supervisor', 'A'), person('binh', 'supervisor', 'B')].join(', ');
    assert.equal(told(checkConfig(`${good}\npeople: [${people}]\n`).problems), '');
  });
});
