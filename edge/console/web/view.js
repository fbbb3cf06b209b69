/** Overview → elements. */
import { reasons } from './desk.js';
import { remarks } from './differences.js';
import { container, durationText, h, plate, timeText } from './elements.js';

const SVG = 'http://www.w3.org/2000/svg';

const SIGNS = { pass: '✓', hold: '❚❚', refer: '⚠' };

const verdict = (value, say) =>
  h(
    `span.verdict.${value ?? 'none'}`,
    value && h('span.sign', { 'aria-hidden': 'true' }, SIGNS[value]),
    say.word(`verdict.${value ?? 'none'}`),
  );

/** Why, in short: for the lane's card. */
const reasonsShort = (list, say) =>
  list.length > 0 &&
  h(
    'ul.reasons',
    list.map((reason) =>
      h(`li.${reason.severity}`, { title: reason.detail || undefined }, say.text(reason.text)),
    ),
  );

/** A barrier as one sees it from the road: post and arm. */
function barrierPicture(position) {
  const picture = document.createElementNS(SVG, 'svg');
  picture.setAttribute('viewBox', '0 0 40 24');
  picture.setAttribute('class', `barrier ${position}`);
  picture.setAttribute('aria-hidden', 'true');
  const ends = { down: '38 14', up: '10 0', moving: '30 2', fault: '38 14' };
  const shapes = ['M4 24V10h6v14z', ends[position] && `M7 14L${ends[position]}`];
  shapes.forEach((shape, index) => {
    if (!shape) return;
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', shape);
    path.setAttribute('class', index === 0 ? 'post' : 'arm');
    picture.append(path);
  });
  return picture;
}

function laneSensors(io, say) {
  if (io === null) return h('p.unknown', `? ${say.word('sensors-unknown')}`);
  const loops = ['approach', 'under', 'exit'].map((loop) =>
    h(`span.loop${io.loops[loop] ? '.on' : ''}`, say.word(`loop.${loop}`)),
  );
  return h(
    'div.sensors',
    h(
      'div.actuators',
      barrierPicture(io.barrier),
      h(`span.${io.barrier === 'fault' ? 'bad' : 'calm'}`, say.word(`barrier.${io.barrier}`)),
      h(`span.light.${io.light}`, { 'aria-hidden': 'true' }),
      h('span', say.word(`light.${io.light}`)),
    ),
    h('div.loops', loops),
  );
}

export function laneCard(lane, say) {
  const { standing } = lane;
  const state = standing ? standing.verdict : lane.io === null ? 'unknown' : 'idle';
  const kind = [say.word(lane.traffic), ...lane.loads.map((load) => say.word(`load.${load}`))].join(' · ');
  return h(
    `article.lane.${state}`,
    { 'data-lane': lane.id },
    h(
      'header',
      h('h3', say.word(`checkpoint.${lane.checkpoint}`)),
      h('span.id', lane.id),
      h('span.kind', { title: kind }, kind),
    ),
    lane.stopped && h('p.stopped', say.word('lane-stopped')),
    lane.mode !== 'open' && h('p.mode', say.word(`mode.${lane.mode}`)),
    laneSensors(lane.io, say),
    standing && [
      h(
        'p.who',
        h('span.id', standing.visit),
        standing.plate && plate(standing.plate),
        standing.trailer && plate(standing.trailer),
        standing.container && container(standing.container),
        standing.grossKg !== undefined && h('span.weight', `${standing.grossKg.toLocaleString('en')} kg`),
        verdict(standing.verdict, say),
      ),
      standing.verdict === 'refer' && standing.alone
        ? reasons(standing, say)
        : reasonsShort(standing.reasons, say),
    ],
  );
}

/** Its containers, and what they are if not goods; or that it has none. */
const carried = ({ containers, load }, say) => [
  containers.map(container),
  load !== 'laden' && h('span.container.none', say.word(`load.${load}`)),
];

export function crossingRow(crossing, say, now, utcOffset) {
  return h(
    `article.crossing.${crossing.verdict ?? 'none'}`,
    { 'data-crossing': crossing.id },
    h(
      'header',
      h(`span.direction.${crossing.direction}`, say.word(crossing.direction)),
      carried(crossing, say),
      h('span.stage', say.word(`stage.${crossing.stage}`)),
      verdict(crossing.verdict, say),
    ),
    h(
      'p.who',
      crossing.truckPlate && [h('span.kind', say.word('truck')), plate(crossing.truckPlate)],
      crossing.vehicle && [
        h('span.kind', say.word('vehicle')),
        plate(crossing.vehicle.plate),
        h('span.id', crossing.vehicle.id),
      ],
      h('span.since', { title: timeText(crossing.since, utcOffset) }, durationText(now - crossing.since)),
    ),
    reasons(crossing, say),
    remarks(crossing.remarks, say),
  );
}

export function crossingRows(overview, say) {
  const { crossings, recent, now, gate } = overview;
  const row = (crossing) => crossingRow(crossing, say, now, gate.utcOffset);
  return [
    crossings.length === 0 && h('p.empty', say.word('no-crossings')),
    ...crossings.map(row),
    recent.length > 0 && h('h3.divider', say.word('recent')),
    ...recent.map((crossing) =>
      h(
        'p.recent',
        h(`span.direction.${crossing.direction}`, say.word(crossing.direction)),
        carried(crossing, say),
        crossing.vehicle && plate(crossing.vehicle.plate),
        h('span.stage', say.word('stage.completed')),
      ),
    ),
  ];
}

const alarmArticle = (alarm, say, utcOffset, ...more) =>
  h(
    `article.alarm.${alarm.state}.${alarm.priority}`,
    { 'data-alarm': alarm.id },
    h('p.what', say.text(alarm.text)),
    h('p.action', say.text(alarm.action)),
    h(
      'p.where',
      h('span.priority', say.word(`priority.${alarm.priority}`)),
      h('span.id', alarm.subject),
      h('span', say.word(`alarm.${alarm.state}`)),
      h('time', timeText(alarm.raisedAt, utcOffset)),
      alarm.count > 1 && h('span', `×${alarm.count}`),
    ),
    more,
  );

const shelvedArticle = (alarm, say, utcOffset) =>
  alarmArticle(
    { ...alarm, state: 'shelved' },
    say,
    utcOffset,
    h(
      'p.where',
      `${say.word('until')} ${timeText(alarm.until, utcOffset)} · ${alarm.person}: ${alarm.reason}`,
    ),
  );

/** An act that one person asked for, and that another must confirm. */
const proposalArticle = (proposal, say, utcOffset) =>
  h(
    'article.proposal',
    { 'data-proposal': proposal.id },
    h('p.divider', `${say.word('proposals')} · ${proposal.id}`),
    h('p.what', say.word(`act.${proposal.kind}`)),
    h(
      'p.where',
      proposal.about.map((word) => h('span.id', word)),
    ),
    h(
      'p.where',
      h('span', `${proposal.person} (${say.word(`role.${proposal.role}`)}): ${proposal.reason}`),
      h('span', `${say.word('until')} ${timeText(proposal.until, utcOffset)}`),
    ),
  );

export function alarmRows({ announced, shelved, suppressed, withheld }, proposals, say, utcOffset) {
  const open = new Map(proposals.map((proposal) => [`SECOND_PERSON/${proposal.id}`, proposal]));
  const counted = (key, number) =>
    number > 0 && h('p.quiet', { 'data-quiet': key }, `${say.word(key)}: ${number}`);
  // A proposal says more than the alarm that calls for the second person, and stands in its place.
  const told = announced.map((alarm) => {
    const proposal = open.get(alarm.id);
    open.delete(alarm.id);
    return proposal === undefined
      ? alarmArticle(alarm, say, utcOffset)
      : proposalArticle(proposal, say, utcOffset);
  });
  return [
    told,
    [...open.values()].map((proposal) => proposalArticle(proposal, say, utcOffset)),
    announced.length === 0 && h('p.empty.good', `✓ ${say.word('no-alarms')}`),
    counted('alarms.withheld', withheld),
    counted('alarms.suppressed', suppressed),
    counted('alarms.shelved', shelved.length),
    shelved.map((alarm) => shelvedArticle(alarm, say, utcOffset)),
  ];
}

export function deviceRows(devices, say) {
  const wrong = devices.filter((device) => device.status !== 'online');
  const order = { offline: 0, stale: 1, unknown: 2, online: 3 };
  const sorted = devices.toSorted((a, b) => order[a.status] - order[b.status]);
  return [
    wrong.length === 0 && devices.length > 0 && h('p.empty.good', `✓ ${say.word('all-online')}`),
    h(
      'ul.device-list',
      sorted.map((device) =>
        h(
          `li.${device.status}`,
          { 'data-device': device.id, title: device.reason || undefined },
          h('span.dot', { 'aria-hidden': 'true' }),
          h('span.id', device.id),
          h('span.status', say.word(`status.${device.status}`)),
          device.status !== 'online' && device.reason && h('span.detail', device.reason),
          device.malformed > 0 && h('span.bad', `${device.malformed} ${say.word('malformed')}`),
        ),
      ),
    ),
  ];
}

export function yardRows({ yard, vehicles }, say) {
  const place = (name, taken, content) => h(`span.place${taken ? '.taken' : ''}`, h('b', name), content);
  const bayState = (bay) => say.word(bay.occupied === null ? 'unknown' : bay.occupied ? 'occupied' : 'free');
  return [
    h('h3', say.word('bays')),
    h(
      'p.places',
      yard.bays.map((bay) =>
        place(bay.id, bay.occupied !== false, [
          `${say.word(`use.${bay.use}`)} · ${bayState(bay)}`,
          bay.owner && h('small', bay.container ?? say.word('reserved')),
        ]),
      ),
    ),
    h('h3', say.word('slots')),
    h(
      'p.places.slots',
      yard.slots.map((slot) =>
        place(slot.id, slot.owner, slot.owner ? (slot.container ?? say.word('reserved')) : say.word('free')),
      ),
    ),
    h('h3', say.word('cranes')),
    yard.cranes.map((crane) =>
      h(
        'p.row',
        h('span.id', crane.id),
        crane.fresh
          ? [
              h('span', crane.mode),
              h('span', crane.position),
              h('span', say.word(crane.loaded ? 'loaded' : 'unloaded')),
            ]
          : h('span.bad', say.word('unknown')),
      ),
    ),
    h('h3', say.word('vehicles')),
    vehicles.map((vehicle) =>
      h(
        'p.row',
        plate(vehicle.plate),
        h('span.id', vehicle.id),
        vehicle.fresh
          ? [
              h('span', vehicle.node),
              h('span', say.word(vehicle.driving ? 'driving' : 'standing')),
              vehicle.batteryPercent !== undefined && h('span', `${Math.round(vehicle.batteryPercent)} %`),
            ]
          : h('span.bad', say.word('unknown')),
      ),
    ),
  ];
}

export const trackRows = (tracks, say) =>
  tracks.map((track) =>
    h(
      `span.track.${track.owner ? 'taken' : 'free'}`,
      `${say.word('track')} ${track.id} (${say.word(track.direction)}): `,
      h('b', say.word(track.owner ? 'occupied' : 'free')),
    ),
  );

export function linkRows({ counterpart, customs, clockTrusted, storage, now }, connected, say) {
  const link = (good, name, state) =>
    h(`li.${good ? 'up' : 'down'}`, h('span.dot', { 'aria-hidden': 'true' }), `${name}: `, h('b', state));
  const word = (up) => say.word(up ? 'connected' : 'disconnected');
  const age =
    customs.asOf === null ? say.word('never') : `${durationText(now - customs.asOf)} ${say.word('ago')}`;
  return [
    link(connected, say.word('gate'), word(connected)),
    link(counterpart.up, say.word('counterpart'), word(counterpart.up)),
    link(customs.asOf !== null, say.word('customs'), age),
    !clockTrusted && link(false, say.word('time'), say.word('untrusted')),
    storage !== 'ok' && link(false, say.word('disk'), say.word('stopOnly')),
  ].filter(Boolean);
}

export const journalRow = (line, utcOffset) =>
  h(
    `li.${line.kind}`,
    { 'data-seq': line.seq },
    h('span.seq', line.seq),
    h('time', timeText(line.at, utcOffset)),
    h('span.type', line.type),
    h('span.text', line.text),
  );
