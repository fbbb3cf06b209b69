/**
 * One conversation with a camera, from its clock and services to a pull point, until something breaks.
 *
 * The npm package `onvif` knows what to say: envelopes, WS-Security, addresses of services and pull points. Its way
 * of saying it has traps, so its one request function is replaced by ours: an answer cut short left its callback
 * uncalled for ever, an answer had no bound in size, nothing could be aborted, and a throw in its answer handlers would
 * have ended the process. What it parses is not used where a value matters: it turns digits-only text into numbers.
 */
import onvif from 'onvif';
import utils from 'onvif/lib/utils.js';
import { type PullReply, parsePullReply } from '../../../protocols/onvif/license-plate.ts';
import { descendants, escapeXml, parseXml } from '../../../protocols/onvif/xml.ts';
import type { Clock } from '../../platform/clock.ts';
import { GateError, messageOf } from '../../platform/errors.ts';
import { type Authorise, type CameraAddress, exchange, type HttpRequest } from './http.ts';
import type { PlateCameraTiming } from './timing.ts';

/** Notifications per pull; a camera with more sends the rest with the next. */
const MESSAGES_MAX = 10;

export interface CameraSession {
  /** Learns the camera's clock and services and creates a pull point. */
  open(): Promise<void>;
  /** Asks for the camera's clock and adopts it for WS-Security; resolves with its time, milliseconds since 1970. */
  ping(): Promise<number>;
  /** Waits for notifications, up to a minute, and returns the reply as sent, and read. */
  pull(): Promise<{ xml: string; reply: PullReply }>;
  renew(): Promise<void>;
  /** The picture at `imageUri`, or else what the camera sees now. */
  picture(imageUri: string | undefined): Promise<Uint8Array>;
  unsubscribe(): Promise<void>;
  /** Aborts whatever is under way. */
  close(): void;
}

export interface CameraSessionOptions extends CameraAddress {
  username: string;
  password: string;
  clock: Clock;
  timing: PlateCameraTiming;
  /** Called at every complete answer, good or bad: somebody is there. */
  onAnswer(): void;
}

type Done = (error: unknown) => void;

/** Bytes a JPEG and a PNG begin with; a camera may send an error page as 200. */
const PICTURE_STARTS = [Buffer.from([0xff, 0xd8, 0xff]), Buffer.from([0x89, 0x50, 0x4e, 0x47])];
const isPicture = (bytes: Buffer): boolean =>
  PICTURE_STARTS.some((start) => bytes.subarray(0, start.length).equals(start));

/** SOAP 1.2 names the operation in the content type; some cameras route by it. */
function contentType(body: string): string {
  const [, name, namespace] = /<\w+:Body[^>]*><(\w+) xmlns="([^"]+)"/.exec(body) ?? [];
  const action = name === undefined ? '' : `; action="${namespace}/${name}"`;
  return `application/soap+xml; charset=utf-8${action}`;
}

/** All methods reject with `GateError`: those of `http.ts`, `CAMERA_FAULT`, `CAMERA_REFUSED`, `CAMERA_NO_PICTURE`, `CAMERA_LIBRARY`. */
export function createCameraSession(options: CameraSessionOptions): CameraSession {
  const { clock, timing, host, port, username, password } = options;
  const address: CameraAddress = { host, port };
  const aborter = new AbortController();
  const where = `the camera at ${host}:${port}`;
  /** What waits for the library; failed together when a throw of the library leaves one of them uncalled. */
  const waiting = new Set<Done>();
  let lastXml = '';
  let profileToken: string | undefined;
  let snapshotUri: string | undefined;

  const authorise: Authorise = (challenges, request) => {
    const digests = challenges.filter((challenge) => /^digest /i.test(challenge));
    try {
      if (digests.length > 0)
        return httpLogin.digestAuth(digests, { method: request.method, path: request.path });
    } catch (error) {
      throw new GateError(
        'CAMERA_REFUSED',
        `${where} asks for a login in a way we cannot read: ${messageOf(error)}`,
        'Set the camera to HTTP digest authentication.',
      );
    }
    const basic = challenges.some((challenge) => /^basic\b/i.test(challenge));
    return basic ? `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` : undefined;
  };

  const send = async (request: HttpRequest, deadlineMs: number) => {
    const answer = await exchange(clock, address, request, deadlineMs, aborter.signal, authorise);
    options.onAnswer();
    return answer;
  };

  /** A library object whose requests go through `send`, always to the configured address, whatever address the camera claims. */
  function createCam(): InstanceType<typeof onvif.Cam> {
    const created = new onvif.Cam({
      hostname: host,
      port,
      // Both go into the login unescaped, and only the low byte of each character: so they are handed over as UTF-8 bytes.
      username: escapeXml(username),
      password: Buffer.from(password, 'utf8').toString('latin1'),
      autoconnect: false,
      preserveAddress: true,
    });
    created._request = ({ service, url, body, replyTimeout }, callback) => {
      const path =
        url?.path ?? (service === undefined ? undefined : created.uri?.[service]?.path) ?? created.path;
      const headers = { 'Content-Type': contentType(body) };
      const request: HttpRequest = { method: 'POST', path, headers, body };
      send(request, replyTimeout === undefined ? timing.answerMs : timing.pullMs)
        .then(
          (answer) => {
            // Kept, because the library hands on a text without namespaces. It calls back before the next answer comes.
            lastXml = answer.body.toString('utf8');
            utils.parseSOAPString(lastXml, callback, answer.status);
          },
          (error) => callback(error),
        )
        .catch((error) => {
          for (const done of [...waiting]) done(error);
        });
    };
    return created;
  }
  const cam = createCam();
  /** Only for its HTTP digests, which take user name and password as they are. */
  const httpLogin = new onvif.Cam({ hostname: host, username, password, autoconnect: false });

  /** Runs one call of the library; resolves with the raw answer and what the library made of it, rejects when there is no answer. */
  async function answerTo(call: (done: Done) => void): Promise<{ xml: string; error: unknown }> {
    const { promise, resolve, reject } = Promise.withResolvers<{ xml: string; error: unknown }>();
    const done: Done = (error) =>
      error instanceof GateError ? reject(error) : resolve({ xml: lastXml, error });
    waiting.add(done);
    try {
      call(done);
      return await promise;
    } finally {
      waiting.delete(done);
    }
  }

  /** The same, for calls whose answer the library must have understood. */
  async function ask(what: string, call: (done: Done) => void): Promise<string> {
    const { xml, error } = await answerTo(call).catch((thrown: unknown) => ({ xml: '', error: thrown }));
    if (error) throw asGateError(what, error);
    return xml;
  }

  function asGateError(what: string, error: unknown): GateError {
    if (error instanceof GateError) return error;
    const message = messageOf(error);
    if (/not\s*authorized|unauthorized|authority failure/i.test(message)) {
      return new GateError(
        'CAMERA_REFUSED',
        `${where} refused our user name or password: ${message}`,
        'Check username and password of the device, and that the account may receive events.',
        { cause: error },
      );
    }
    if (message.startsWith('ONVIF SOAP Fault')) {
      return new GateError(
        'CAMERA_FAULT',
        `${where} did not ${what}: ${message}`,
        'Check that the camera supports ONVIF events by pull point, and that they are switched on.',
        { cause: error },
      );
    }
    return new GateError(
      'CAMERA_LIBRARY',
      `The answer of ${where} could not be used to ${what}: ${message}`,
      'Keep the quarantined answer and report it with the model of the camera.',
      { cause: error },
    );
  }

  async function ping(): Promise<number> {
    // A fresh object: a used one keeps its first clock difference, and WS-Security fails once the camera's clock is set.
    const probe = createCam();
    let at = Number.NaN;
    await ask('tell its time', (done) =>
      probe.getSystemDateAndTime((error, date) => {
        at = date?.getTime() ?? Number.NaN;
        done(error);
      }),
    );
    if (Number.isNaN(at) || probe.timeShift === undefined) {
      throw new GateError(
        'CAMERA_LIBRARY',
        `${where} gave no time that can be read`,
        'Set the clock of the camera.',
      );
    }
    cam.timeShift = probe.timeShift;
    return at;
  }

  /** Asks the camera where its picture is; once a session, and again after a picture failed. */
  async function findSnapshot(): Promise<string> {
    if (profileToken === undefined) {
      const profiles = parseXml(await ask('list its profiles', (done) => cam.getProfiles(done)));
      profileToken = profiles.ok ? descendants(profiles.root, 'Profiles')[0]?.attributes.token : undefined;
    }
    const token = profileToken ?? '';
    const found = parseXml(
      await ask('name its picture', (done) => cam.getSnapshotUri({ profileToken: token }, done)),
    );
    const uri = found.ok ? descendants(found.root, 'Uri')[0]?.text.trim() : undefined;
    if (uri === undefined || uri === '') throw noPicture('no address of a picture');
    return uri;
  }

  const noPicture = (instead: string): GateError =>
    new GateError(
      'CAMERA_NO_PICTURE',
      `${where} gave ${instead}`,
      'Open the snapshot address of the camera in a browser.',
    );

  const hasPullPoint = (): boolean =>
    typeof cam.events.subscription?.subscriptionReference?.address?.path === 'string';

  return {
    ping,
    async open() {
      await ping();
      // Older cameras know only GetCapabilities.
      await ask('list its services', (done) => cam.getServices(true, done)).catch((error: GateError) => {
        if (error.code !== 'CAMERA_FAULT' && error.code !== 'CAMERA_LIBRARY') throw error;
        return ask('list its capabilities', (done) => cam.getCapabilities(done));
      });
      await ask('create a pull point', (done) => cam.createPullPointSubscription(done)).catch(
        (error: GateError) => {
          // The library fails on times with an offset, but only after it has kept the address, which is all it is needed for.
          if (error.code !== 'CAMERA_LIBRARY' || !hasPullPoint()) throw error;
        },
      );
    },
    async pull() {
      const { xml } = await answerTo((done) => cam.pullMessages({ messageLimit: MESSAGES_MAX }, done)).catch(
        (error: unknown) => {
          throw asGateError('hand out events', error);
        },
      );
      return { xml, reply: parsePullReply(xml) };
    },
    async renew() {
      await ask('renew the pull point', (done) => cam.renew({}, done));
    },
    async picture(imageUri) {
      if (imageUri === undefined) snapshotUri ??= await findSnapshot();
      const uri = imageUri ?? snapshotUri ?? '';
      // Only path and query count: credentials go to the configured address and nowhere else.
      const url = URL.parse(uri, `http://${host}:${port}`);
      const answer = url && (await send({ method: 'GET', path: url.pathname + url.search }, timing.answerMs));
      if (answer?.status === 200 && isPicture(answer.body)) return answer.body;
      snapshotUri = undefined;
      throw noPicture(
        answer === null ? `an address that is none: ${uri}` : `no picture (HTTP ${answer.status})`,
      );
    },
    async unsubscribe() {
      await ask('end the pull point', (done) => cam.unsubscribe(done));
    },
    close: () => aborter.abort(),
  };
}
