/** Names that must be unique, names that must exist, and things that only one may own. */
import type { Draft, Item, Named } from './draft.ts';
import { type Path, pathText, type Report, suggestion } from './problem.ts';
import type { DeviceKind } from './schema.ts';

/** Reports each entry whose key an earlier entry already has. */
function unique<T>(
  entries: readonly { value: T; path: Path }[],
  keyOf: (value: T) => string | undefined,
  tell: (key: string, firstAt: string) => { problem: string; remedy: string },
  report: Report,
): void {
  const firsts = new Map<string, Path>();
  for (const { value, path } of entries) {
    const key = keyOf(value);
    if (key === undefined) continue;
    const first = firsts.get(key);
    if (first === undefined) {
      firsts.set(key, path);
      continue;
    }
    const { problem, remedy } = tell(key, pathText(first));
    report(path, problem, remedy);
  }
}

function uniqueIds(what: string, named: readonly Named[], report: Report): void {
  unique(
    named.map(({ id, path }) => ({ value: id, path: [...path, 'id'] })),
    (id) => id,
    (id, firstAt) => ({
      problem: `${what} "${id}" is there twice; the first is ${firstAt}`,
      remedy: 'give each its own id',
    }),
    report,
  );
}

function checkIds(draft: Draft, report: Report): void {
  const named = (entries: readonly Item<{ id: string }>[]): Named[] =>
    entries.map(({ value, path }) => ({ id: value.id, path }));
  uniqueIds('device', draft.deviceNames, report);
  uniqueIds('lane', draft.laneNames, report);
  uniqueIds('map node', draft.nodeNames, report);
  uniqueIds('track', named(draft.tracks), report);
  uniqueIds('person', named(draft.people), report);
  const places = [
    ...draft.bayNames.map(({ id, path }) => ({ value: id, path: [...path, 'id'] })),
    ...draft.slots,
  ];
  unique(
    places,
    (id) => id,
    (id, firstAt) => ({
      problem: `the yard has two places named "${id}"; the first is ${firstAt}`,
      remedy: 'give each bay and slot its own id: a crane tells its position by it',
    }),
    report,
  );
  unique(
    draft.people,
    (person) => person.publicKey,
    (_key, firstAt) => ({
      problem: `two people have the same public key; the first is ${firstAt}`,
      remedy: 'give each person a key of their own: acts that need two people must not be possible for one',
    }),
    report,
  );
}

interface DeviceUse {
  id: string;
  kind: DeviceKind;
  path: Path;
}

function deviceUses(draft: Draft): DeviceUse[] {
  const uses: DeviceUse[] = [];
  for (const { value, path } of draft.lanes) {
    const { io, camera, rearCamera, reader, rearReader, scale } = value.devices;
    const at = (key: string): Path => [...path, 'devices', key];
    uses.push(
      { id: io, kind: 'lane-io', path: at('io') },
      { id: camera, kind: 'plate-camera', path: at('camera') },
    );
    if (rearCamera !== undefined) uses.push({ id: rearCamera, kind: 'plate-camera', path: at('rearCamera') });
    if (reader !== undefined) uses.push({ id: reader, kind: 'container-reader', path: at('reader') });
    if (rearReader !== undefined)
      uses.push({ id: rearReader, kind: 'container-reader', path: at('rearReader') });
    if (scale !== undefined) uses.push({ id: scale, kind: 'weighbridge', path: at('scale') });
  }
  for (const { value, path } of draft.bays)
    uses.push({ id: value.io, kind: 'lane-io', path: [...path, 'io'] });
  for (const { value, path } of draft.cranes)
    uses.push({ id: value.device, kind: 'crane', path: [...path, 'device'] });
  return uses;
}

function checkDeviceUses(draft: Draft, report: Report): void {
  const uses = deviceUses(draft);
  for (const { id, kind, path } of uses) {
    const device = draft.deviceNames.find((candidate) => candidate.id === id);
    const choices = draft.deviceNames
      .filter((candidate) => candidate.kind === kind)
      .map((candidate) => candidate.id);
    if (device === undefined) report(path, `there is no device "${id}"`, suggestion(id, choices));
    else if (device.kind !== undefined && device.kind !== kind)
      report(path, `"${id}" is a ${device.kind}, and a ${kind} is needed here`, suggestion(id, choices));
  }
  unique(
    uses.map(({ id, path }) => ({ value: id, path })),
    (id) => id,
    (id, firstAt) => ({
      problem: `device "${id}" already belongs to ${firstAt}`,
      remedy: 'give each lane, bay and crane its own device: what it says must have one meaning',
    }),
    report,
  );
}

/** Where a device is reached; two devices at one address are one device with two names. */
function deviceAddress(device: Draft['devices'][number]['value']): string {
  switch (device.kind) {
    case 'lane-io':
      return `MQTT topic ${device.topic}`;
    case 'plate-camera':
      return `${device.host}:${device.port}`;
    case 'container-reader':
    case 'crane':
      return `${device.endpointUrl}, object ${device.object}`;
    case 'weighbridge':
      return device.connection.via === 'serial'
        ? `serial line ${device.connection.path}`
        : `${device.connection.host}:${device.connection.port}`;
    case 'vehicle':
      return `${device.topicPrefix}/${device.manufacturer}/${device.serialNumber}`;
  }
}

function checkDevices(draft: Draft, report: Report): void {
  unique(
    draft.devices,
    deviceAddress,
    (address, firstAt) => ({
      problem: `two devices are at the same address (${address}); the first is ${firstAt}`,
      remedy: 'correct one of the addresses',
    }),
    report,
  );
  const vehicles = draft.devices.flatMap(({ value, path }) =>
    value.kind === 'vehicle' ? [{ value, path: [...path, 'plate'] as Path }] : [],
  );
  unique(
    vehicles,
    (vehicle) => vehicle.plate,
    (plate, firstAt) => ({
      problem: `two vehicles have the plate ${plate}; the first is ${firstAt}`,
      remedy: 'write each plate as it is mounted on the vehicle',
    }),
    report,
  );
  for (const { value, path } of draft.devices) {
    if (value.kind !== 'plate-camera') continue;
    if (value.password === undefined && value.passwordFile === undefined)
      report(
        path,
        `user "${value.username}" has no password`,
        'name a passwordFile (or, in a simulation, a password)',
      );
    if (value.password !== undefined && value.passwordFile !== undefined)
      report(
        [...path, 'password'],
        'both password and passwordFile are given',
        'keep one; a real site keeps passwordFile',
      );
  }
}

interface Listener {
  what: string;
  host: string;
  port: number;
  path: Path;
}

const EVERY_ADDRESS = new Set(['0.0.0.0', '::', '[::]', '*']);
const hostsMeet = (a: string, b: string): boolean => {
  const plain = (host: string): string => (host === 'localhost' ? '127.0.0.1' : host.toLowerCase());
  return plain(a) === plain(b) || EVERY_ADDRESS.has(a) || EVERY_ADDRESS.has(b);
};

function checkPorts(draft: Draft, report: Report): void {
  const listeners: Listener[] = [];
  if (draft.broker?.kind === 'embedded')
    listeners.push({ what: 'the broker', ...draft.broker, path: ['broker', 'port'] });
  if (draft.console) listeners.push({ what: 'the console', ...draft.console, path: ['console', 'port'] });
  const { counterpart } = draft;
  if (counterpart)
    listeners.push({
      what: 'the log for the counterpart',
      ...counterpart.listen,
      path: ['counterpart', 'listen', 'port'],
    });
  if (counterpart?.auditors)
    listeners.push({
      what: 'the door for auditors',
      ...counterpart.auditors.listen,
      path: ['counterpart', 'auditors', 'listen', 'port'],
    });
  listeners.forEach((listener, index) => {
    const earlier = listeners
      .slice(0, index)
      .find((other) => other.port === listener.port && hostsMeet(other.host, listener.host));
    if (earlier)
      report(
        listener.path,
        `${listener.what} listens on port ${listener.port}, and so does ${earlier.what}`,
        'use another port',
      );
  });
  if (!counterpart) return;
  if (draft.gate && counterpart.gate === draft.gate.id)
    report(['counterpart', 'gate'], 'the counterpart is this gate itself', 'name the gate across the border');
  const url = URL.parse(counterpart.url);
  if (
    url &&
    Number(url.port || 443) === counterpart.listen.port &&
    hostsMeet(url.hostname, counterpart.listen.host)
  )
    report(
      ['counterpart', 'url'],
      'this is the address where we listen ourselves',
      'write the address of the other gate',
    );
}

/** Duplicates, unknown references, things owned twice. */
export function checkReferences(draft: Draft, report: Report): void {
  checkIds(draft, report);
  checkDeviceUses(draft, report);
  checkDevices(draft, report);
  checkPorts(draft, report);
  if (
    draft.broker?.kind === 'external' &&
    draft.broker.username !== undefined &&
    draft.broker.passwordFile === undefined
  )
    report(
      ['broker', 'username'],
      `broker user "${draft.broker.username}" has no password`,
      'name a passwordFile',
    );
}
