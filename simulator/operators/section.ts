/**
 * What people do about the border section: a track on which an empty vehicle has broken down is closed from both sides, the
 * vehicle is towed home, two people of each side look at the track and say that it is empty, and who has closed reopens.
 */
import type { Act } from '../../edge/core/input.ts';
import type { Vehicle } from '../world/vehicle.ts';
import type { Matter, Outlook } from './matters.ts';
import { ask, PEOPLE } from './staff.ts';

export const sectionMatters = (outlook: Outlook): Matter[] => [
  ...brokenDown(outlook),
  ...inspections(outlook),
  ...closures(outlook),
];

interface Track {
  id: string;
  km0: string;
}

/** The empty vehicle that stands on a track and cannot go on: the track is closed, and then the vehicle is towed away. */
function brokenDown(outlook: Outlook): Matter[] {
  const { gate, run } = outlook;
  return tracksWith(outlook, 'SECTION_STALLED').flatMap((track): Matter[] => {
    const broken = vehiclesOn(outlook, track).find(
      (vehicle) => vehicle.halted && vehicle.container === undefined,
    );
    if (broken === undefined) return [];
    return [
      {
        key: `broken down ${track.id} ${broken.deviceId}`,
        urgent: true,
        see() {
          const isClosed = [...run.gates.values()].every((one) => isClosedAt(one.state, track.id));
          if (isClosed) broken.tow();
          else if (!isClosedAt(gate.state, track.id))
            ask(gate, PEOPLE.supervisor, { kind: 'close-section', tracks: [track.id], code: 'INSPECTION' });
        },
      },
    ];
  });
}

/** A closed track that is kept occupied, with nobody on it and whoever is missing back home: two people say so. */
function inspections(outlook: Outlook): Matter[] {
  const { gate } = outlook;
  const codes = ['SECTION_STALLED', 'BLOCK_RESET_WAITS', 'BLOCK_RESET_DIFFERS'];
  const tracks = new Map(codes.flatMap((code) => tracksWith(outlook, code)).map((one) => [one.id, one]));
  return [...tracks.values()].flatMap((track): Matter[] => {
    const { ours, theirs } = gate.state.section.resets[track.id] ?? {};
    const isSaid = ours !== undefined && (theirs === undefined || theirs.moves.join() === ours.moves.join());
    if (isSaid || !isClosedAt(gate.state, track.id) || vehiclesOn(outlook, track).length > 0) return [];
    if (!isEverybodyHome(outlook, track.id)) return [];
    return [
      {
        key: `inspect ${track.id}`,
        urgent: true,
        see: () =>
          ask(gate, PEOPLE.supervisor, { kind: 'reset-block', track: track.id, moves: theirs?.moves ?? [] }),
      },
    ];
  });
}

/** What our people have closed until further notice is opened again, unless somebody still has to look there. */
function closures(outlook: Outlook): Matter[] {
  const { gate } = outlook;
  const own = Object.values(gate.state.section.closures).filter(
    ({ by, to, inForce }) => by === gate.config.gate.id && to === undefined && inForce,
  );
  return own.flatMap(({ id, tracks }): Matter[] => {
    const about = gate.config.section.tracks.filter((one) => tracks.length === 0 || tracks.includes(one.id));
    const isDone = about.every(
      (track) =>
        gate.state.section.resets[track.id] === undefined &&
        gate.state.tracks[track.id]?.overdue.length === 0 &&
        vehiclesOn(outlook, track).every(({ halted }) => !halted),
    );
    if (!isDone) return [];
    const act: Act = { kind: 'reopen-section', closure: id };
    return [{ key: `closed ${id}`, see: () => ask(gate, PEOPLE.supervisor, act) }];
  });
}

/** Tracks that an alarm of this code is about, itself or by one of its moves. */
function tracksWith({ gate }: Outlook, code: string): Track[] {
  const { alarms, tracks, crossings, moves } = gate.state;
  const subjects = Object.values(alarms)
    .filter((alarm) => alarm.code === code && alarm.state !== 'returned')
    .map(({ subject }) => subject);
  const isAbout = (track: string): boolean =>
    subjects.some(
      (subject) =>
        subject === track ||
        tracks[track]?.moves.includes(subject) === true ||
        crossings[moves[subject] ?? '']?.inbound?.track === track,
    );
  return gate.config.section.tracks.filter(({ id }) => isAbout(id)).map(({ id, km0 }) => ({ id, km0 }));
}

/** As people see it who go there. */
const vehiclesOn = ({ run }: Outlook, { km0 }: Track): Vehicle[] =>
  [...run.world.gates.values()]
    .flatMap(({ vehicles }) => [...vehicles.values()])
    .filter(({ place }) => place.at === km0 || place.towards === km0);

/** Every vehicle of a move that keeps the track stands at its park again: whoever has arrived elsewhere is not lost. */
function isEverybodyHome({ gate, run }: Outlook, track: string): boolean {
  const { crossings, tracks, moves } = gate.state;
  const missing = [
    ...(tracks[track]?.moves ?? []).map((move) => crossings[moves[move] ?? '']),
    ...Object.values(crossings).filter(
      ({ inbound, stage }) => inbound?.track === track && (stage === 'granted' || stage === 'departed'),
    ),
  ];
  return missing.every((crossing) => {
    const id = crossing?.vehicle?.id ?? '';
    const home = run.world.gates.get(crossing?.vehicle?.home ?? '');
    const parks = home?.config.devices.find((device) => device.id === id);
    return parks?.kind === 'vehicle' && home?.vehicles.get(id)?.place.at === parks.homeNode;
  });
}

const isClosedAt = ({ section }: Outlook['gate']['state'], track: string): boolean =>
  Object.values(section.closures).some(
    ({ inForce, tracks }) => inForce && (tracks.length === 0 || tracks.includes(track)),
  );
