/**
 * A plate camera over ONVIF: the part of Profile S and M that a gate uses, with WS-Security, a pull point that waits, and a
 * picture behind HTTP digest authentication. It forgets its pull points when it restarts, as real ones do.
 */
import { createHash } from 'node:crypto';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../edge/platform/clock.ts';
import { buildPlateNotification } from '../../protocols/onvif/license-plate.ts';
import { parseSoap, passwordDigest, soapEnvelope, soapFault } from '../../protocols/onvif/soap.ts';
import { descend, descendants, escapeXml, type XmlNode } from '../../protocols/onvif/xml.ts';
import type { Sighting, SightingModel } from '../world/ports.ts';

const BODY_BYTES_MAX = 256 * 1024;
/** Notifications a pull point keeps for a client that is slow to pull; the oldest go first. */
const QUEUE_MAX = 100;
const PULL_POINTS_MAX = 10;
const PULL_POINT_LIFE_MS = 120_000;
/** How far `Created` of a login may be from the camera's clock. */
const LOGIN_SKEW_MS_MAX = 5_000;
const REALM = 'camera';

/** What may be wrong with the camera; set a member while it runs. */
export interface OnvifCameraFaults {
  /** The camera's clock minus the true one. */
  clockOffMs: number;
  /** Idle pulls are dropped without an answer after so long. */
  dropIdlePullsAfterMs: number | undefined;
  /** Requests are taken and never answered. */
  silent: boolean;
  /** Each notification is delivered twice, in one reply. */
  deliverTwice: boolean;
  /** Notifications carry the address of their picture. */
  sendImageUri: boolean;
  /** The picture is asked for and never comes. */
  pictureHangs: boolean;
  /** Takes the place of the answer to an operation, such as `PullMessages`: the whole body, or undefined for the true one. */
  answer: ((operation: string) => string | undefined) | undefined;
  /** Answers to these operations break off in the middle. */
  cutShort: Set<string>;
}

export interface OnvifCamera {
  readonly port: number;
  readonly faults: OnvifCameraFaults;
  /** How often each operation was asked for, and `picture`. */
  readonly asked: ReadonlyMap<string, number>;
  /** Puts a sighting on its pull points again, with its first time: the same notification. */
  repeatLast(): void;
  /** Goes down for `downMs`, then comes back on the same port without any pull point. */
  reboot(downMs?: number): Promise<void>;
  /** Forgets its pull points without a restart. */
  forgetPullPoints(): void;
  stop(): Promise<void>;
}

export interface OnvifCameraOptions {
  /** 0 takes a free one. */
  port: number;
  username: string;
  password: string;
  model: SightingModel;
  clock: Clock;
  /** An idle pull is answered after so long even if the client asks for longer. */
  pullMsMax?: number;
}

interface PullPoint {
  queue: string[];
  endsAtMs: number;
  /** Answers the pull that waits. */
  wake: (() => void) | undefined;
}

const iso = (atMs: number): string => new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z');

/** xs:duration as clients use it here: seconds or minutes. */
function durationMs(text: string | undefined): number | undefined {
  const [, minutes, seconds] = /^PT(?:([0-9]+)M)?(?:([0-9.]+)S)?$/.exec(text?.trim() ?? '') ?? [];
  if (minutes === undefined && seconds === undefined) return undefined;
  return Number(minutes ?? 0) * 60_000 + Number(seconds ?? 0) * 1_000;
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let lengthBytes = 0;
  for await (const part of request) {
    lengthBytes += part.length;
    if (lengthBytes > BODY_BYTES_MAX) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Serves one camera on 127.0.0.1. Rejects if the port is in use. */
export async function startOnvifCamera(options: OnvifCameraOptions): Promise<OnvifCamera> {
  const { username, password, model, clock } = options;
  const faults: OnvifCameraFaults = {
    clockOffMs: 0,
    dropIdlePullsAfterMs: undefined,
    silent: false,
    deliverTwice: false,
    sendImageUri: false,
    pictureHangs: false,
    answer: undefined,
    cutShort: new Set(),
  };
  const asked = new Map<string, number>();
  const pullPoints = new Map<string, PullPoint>();
  let pullPointCount = 0;
  let pictureCount = 0;
  let lastNotification: string | undefined;
  let port = options.port;

  const nowMs = (): number => clock.nowMs() + faults.clockOffMs;
  const address = (path: string): string => `http://127.0.0.1:${port}${path}`;

  function notify(notification: string): void {
    for (const [name, point] of pullPoints) {
      if (point.endsAtMs <= clock.monotonicMs()) pullPoints.delete(name);
      point.queue.push(notification, ...(faults.deliverTwice ? [notification] : []));
      point.queue.splice(0, Math.max(0, point.queue.length - QUEUE_MAX));
      point.wake?.();
    }
  }

  const sightings = model.sightings.subscribe((sighting: Sighting) => {
    pictureCount += 1;
    lastNotification = buildPlateNotification({
      plate: sighting.text,
      ...(sighting.country !== undefined && { country: sighting.country }),
      likelihoodPerMille: sighting.quality,
      utcTimeMs: nowMs(),
      ...(faults.sendImageUri && { imageUri: address(`/picture?n=${pictureCount}`) }),
      source: { VideoSource: 'source-1', Rule: 'plates' },
    });
    notify(lastNotification);
  });

  /** WS-Security UsernameToken with a digest; without a time near ours it is no login. */
  function mayEnter(header: XmlNode | undefined): boolean {
    const token = header && descendants(header, 'UsernameToken')[0];
    const field = (name: string): string => (token && descend(token, name)?.text.trim()) ?? '';
    const created = Date.parse(field('Created'));
    return (
      field('Username') === username &&
      Math.abs(created - nowMs()) <= LOGIN_SKEW_MS_MAX &&
      field('Password') === passwordDigest(field('Nonce'), field('Created'), password)
    );
  }

  const dateAndTime = (): string => {
    const at = new Date(nowMs());
    return (
      '<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType>' +
      '<tt:DaylightSavings>false</tt:DaylightSavings><tt:UTCDateTime>' +
      `<tt:Time><tt:Hour>${at.getUTCHours()}</tt:Hour><tt:Minute>${at.getUTCMinutes()}</tt:Minute><tt:Second>${at.getUTCSeconds()}</tt:Second></tt:Time>` +
      `<tt:Date><tt:Year>${at.getUTCFullYear()}</tt:Year><tt:Month>${at.getUTCMonth() + 1}</tt:Month><tt:Day>${at.getUTCDate()}</tt:Day></tt:Date>` +
      '</tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>'
    );
  };

  const service = (name: string, path: string): string =>
    `<tds:Service><tds:Namespace>http://www.onvif.org/ver10/${name}/wsdl</tds:Namespace><tds:XAddr>${address(path)}</tds:XAddr>` +
    '<tds:Version><tt:Major>2</tt:Major><tt:Minor>60</tt:Minor></tds:Version></tds:Service>';

  const times = (endsInMs: number): string =>
    `<wsnt:CurrentTime>${iso(nowMs())}</wsnt:CurrentTime><wsnt:TerminationTime>${iso(nowMs() + endsInMs)}</wsnt:TerminationTime>`;

  function createPullPoint(): string {
    if (pullPoints.size >= PULL_POINTS_MAX) {
      for (const [name, point] of pullPoints)
        if (point.endsAtMs <= clock.monotonicMs()) pullPoints.delete(name);
    }
    if (pullPoints.size >= PULL_POINTS_MAX)
      return soapFault('ter:MaxPullPointsReached', 'Too many pull points');
    pullPointCount += 1;
    const path = `/onvif/pull-point/${pullPointCount}`;
    pullPoints.set(path, { queue: [], endsAtMs: clock.monotonicMs() + PULL_POINT_LIFE_MS, wake: undefined });
    return soapEnvelope(
      `<tev:CreatePullPointSubscriptionResponse><tev:SubscriptionReference><wsa:Address>${address(path)}</wsa:Address></tev:SubscriptionReference>` +
        `${times(PULL_POINT_LIFE_MS)}</tev:CreatePullPointSubscriptionResponse>`,
    );
  }

  /** Waits for notifications. Undefined: the pull was dropped. */
  async function pullMessages(
    point: PullPoint,
    operation: XmlNode,
    response: ServerResponse,
  ): Promise<string | undefined> {
    const askedMs = durationMs(descend(operation, 'Timeout')?.text) ?? 60_000;
    const waitMs = Math.min(askedMs, options.pullMsMax ?? askedMs, faults.dropIdlePullsAfterMs ?? askedMs);
    if (point.queue.length === 0) {
      await new Promise<void>((resolve) => {
        const finish = (): void => {
          cancel();
          resolve();
        };
        const cancel = clock.after(waitMs, finish);
        response.once('close', finish);
        point.wake = finish;
      });
      point.wake = undefined;
    }
    if (response.destroyed) return undefined;
    if (point.queue.length === 0 && faults.dropIdlePullsAfterMs !== undefined) return undefined;
    const limit = Number(descend(operation, 'MessageLimit')?.text ?? 10);
    const messages = point.queue.splice(0, limit);
    return soapEnvelope(
      `<tev:PullMessagesResponse>${times(PULL_POINT_LIFE_MS).replaceAll('wsnt:', 'tev:')}${messages.join('')}</tev:PullMessagesResponse>`,
    );
  }

  async function answerTo(
    path: string,
    operation: XmlNode,
    response: ServerResponse,
  ): Promise<string | undefined> {
    switch (operation.name) {
      case 'GetSystemDateAndTime':
        return soapEnvelope(dateAndTime());
      case 'GetServices':
        return soapEnvelope(
          `<tds:GetServicesResponse>${service('device', '/onvif/device_service')}${service('media', '/onvif/media')}${service('events', '/onvif/events')}</tds:GetServicesResponse>`,
        );
      case 'GetCapabilities':
        return soapEnvelope(
          `<tds:GetCapabilitiesResponse><tds:Capabilities><tt:Device><tt:XAddr>${address('/onvif/device_service')}</tt:XAddr></tt:Device>` +
            `<tt:Events><tt:XAddr>${address('/onvif/events')}</tt:XAddr><tt:WSPullPointSupport>true</tt:WSPullPointSupport></tt:Events>` +
            `<tt:Media><tt:XAddr>${address('/onvif/media')}</tt:XAddr></tt:Media></tds:Capabilities></tds:GetCapabilitiesResponse>`,
        );
      case 'GetDeviceInformation':
        return soapEnvelope(
          '<tds:GetDeviceInformationResponse><tds:Manufacturer>Simulated</tds:Manufacturer><tds:Model>Plate camera</tds:Model>' +
            '<tds:FirmwareVersion>1.0</tds:FirmwareVersion><tds:SerialNumber>0001</tds:SerialNumber><tds:HardwareId>1</tds:HardwareId></tds:GetDeviceInformationResponse>',
        );
      case 'GetProfiles':
        return soapEnvelope(
          '<trt:GetProfilesResponse><trt:Profiles token="profile-1" fixed="true"><tt:Name>profile-1</tt:Name></trt:Profiles></trt:GetProfilesResponse>',
        );
      case 'GetSnapshotUri':
        return soapEnvelope(
          `<trt:GetSnapshotUriResponse><trt:MediaUri><tt:Uri>${escapeXml(address('/picture?now=1'))}</tt:Uri></trt:MediaUri></trt:GetSnapshotUriResponse>`,
        );
      case 'CreatePullPointSubscription':
        return createPullPoint();
    }
    const point = pullPoints.get(path);
    if (point === undefined || point.endsAtMs <= clock.monotonicMs()) {
      return soapFault('ter:InvalidArgVal', 'There is no such pull point');
    }
    switch (operation.name) {
      case 'PullMessages':
        return pullMessages(point, operation, response);
      case 'Renew':
        point.endsAtMs = clock.monotonicMs() + PULL_POINT_LIFE_MS;
        return soapEnvelope(`<wsnt:RenewResponse>${times(PULL_POINT_LIFE_MS)}</wsnt:RenewResponse>`);
      case 'Unsubscribe':
        pullPoints.delete(path);
        return soapEnvelope('<wsnt:UnsubscribeResponse/>');
      case 'SetSynchronizationPoint':
        return soapEnvelope('<tev:SetSynchronizationPointResponse/>');
      default:
        return soapFault('ter:ActionNotSupported', `${operation.name} is not supported`);
    }
  }

  const count = (what: string): void => void asked.set(what, (asked.get(what) ?? 0) + 1);

  async function serveSoap(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const message = parseSoap((await bodyOf(request)) ?? '');
    if (message.kind !== 'body')
      return send(response, 400, soapFault('ter:WellFormed', 'Not a SOAP request'));
    const { name } = message.operation;
    count(name);
    if (faults.silent) return;
    // The one question that needs no login: its answer is needed to log in.
    if (name !== 'GetSystemDateAndTime' && !mayEnter(message.header)) {
      return send(response, 400, soapFault('ter:NotAuthorized', 'Sender not Authorized'));
    }
    const text = await answerTo((request.url ?? '').split('?')[0] ?? '', message.operation, response);
    if (text === undefined) return void response.destroy();
    const body = faults.answer?.(name) ?? text;
    if (faults.cutShort.has(name)) {
      response.writeHead(200, { 'Content-Length': Buffer.byteLength(body) });
      response.write(body.slice(0, body.length / 2), () => response.destroy());
      return;
    }
    send(response, body.includes('<env:Fault>') ? 400 : 200, body);
  }

  const send = (response: ServerResponse, status: number, body: string): void => {
    response.writeHead(status, { 'Content-Type': 'application/soap+xml; charset=utf-8' }).end(body);
  };

  /** HTTP digest authentication with MD5 and qop=auth, as cameras do it (RFC 7616, clause 3.4). */
  function maySeePicture(request: IncomingMessage, nonce: string): boolean {
    const fields = Object.fromEntries(
      Array.from(
        (request.headers.authorization ?? '').matchAll(/(\w+)=(?:"([^"]*)"|([^,\s]+))/g),
        ([, key, quoted, plain]) => [key, quoted ?? plain ?? ''],
      ),
    );
    const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
    const login = md5(`${username}:${REALM}:${password}`);
    const what = md5(`${request.method}:${request.url}`);
    return fields.response === md5([login, nonce, fields.nc, fields.cnonce, 'auth', what].join(':'));
  }

  function servePicture(request: IncomingMessage, response: ServerResponse): void {
    const nonce = createHash('md5').update(`${REALM}:${port}`).digest('hex');
    if (!maySeePicture(request, nonce)) {
      response
        .writeHead(401, { 'WWW-Authenticate': `Digest realm="${REALM}", qop="auth", nonce="${nonce}"` })
        .end();
      return;
    }
    count('picture');
    if (faults.pictureHangs) return;
    const picture = Buffer.from(model.picture());
    const type = picture[0] === 0xff ? 'image/jpeg' : 'image/png';
    response.writeHead(200, { 'Content-Type': type }).end(picture);
  }

  let server: http.Server | undefined;
  async function listen(): Promise<void> {
    const started = http.createServer((request, response) => {
      if (request.url?.startsWith('/picture')) servePicture(request, response);
      else serveSoap(request, response).catch((error) => response.destroy(error));
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    started.once('error', reject).listen(port, '127.0.0.1', resolve);
    await promise;
    port = (started.address() as AddressInfo).port;
    server = started;
  }
  async function goDown(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (server === undefined) resolve();
    else server.close(() => resolve());
    server?.closeAllConnections();
    await promise;
    pullPoints.clear();
  }

  await listen();
  return {
    get port() {
      return port;
    },
    faults,
    asked,
    repeatLast() {
      if (lastNotification !== undefined) notify(lastNotification);
    },
    async reboot(downMs = 0) {
      await goDown();
      await new Promise<void>((resolve) => {
        clock.after(downMs, resolve);
      });
      await listen();
    },
    forgetPullPoints() {
      const points = [...pullPoints.values()];
      pullPoints.clear();
      for (const point of points) point.wake?.();
    },
    async stop() {
      sightings.unsubscribe();
      await goDown();
    },
  };
}
