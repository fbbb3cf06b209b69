/**
 * Plate cameras over ONVIF (Profile M): recognised plates as notifications, pulled from the camera.
 *
 * A session runs until something breaks; then the next one begins from nothing, after a pause. So a camera that
 * restarted, lost our pull point or had its clock set is one case, not three. Pictures are fetched when a plate comes
 * in and are on disk before it is reported; a missing picture never holds up a plate for long.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { PlateCameraConfig } from '../../../config/schema.ts';
import { decodePlateNotification, type PlateNotification } from '../../../protocols/onvif/license-plate.ts';
import type { XmlNode } from '../../../protocols/onvif/xml.ts';
import { GateError, messageOf } from '../../platform/errors.ts';
import { createBackOff } from '../back-off.ts';
import { createDeviceReports } from '../device-reports.ts';
import type { Driver, DriverContext } from '../driver.ts';
import { type CameraSession, createCameraSession } from './session.ts';
import { type PlateCameraTiming, plateCameraTiming } from './timing.ts';

/** Readings remembered, to tell one that is delivered twice. */
const REMEMBERED_MAX = 64;
/** Pulls that may break off at once, one after the other, before the session is given up. */
const QUICK_BREAKS_MAX = 3;
/** A camera's clock further off than this is worth a line in the log. */
const CLOCK_OFF_MS = 5_000;
const CHANNEL = 'pull point';

/** Unique and the same at each delivery: everything the notification says, but for addresses that may change. */
function readIdOf({ imageUri: _, ...said }: PlateNotification): string {
  const source = Object.entries(said.source).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([said.utcTimeMs, said.plate, said.country, said.likelihoodPerMille, source]))
    .digest('hex')
    .slice(0, 32);
}

/** The driver of one camera. `timing` is for tests. */
export function createPlateCameraDriver(
  device: PlateCameraConfig,
  ctx: DriverContext,
  timing: PlateCameraTiming = plateCameraTiming,
): Driver {
  const { clock } = ctx;
  const log = ctx.log.child(device.id);
  const reports = createDeviceReports(device.id, ctx);
  const backOff = createBackOff(ctx.random, { firstMs: timing.backOffFirstMs, maxMs: timing.backOffMaxMs });
  const stopping = new AbortController();
  const remembered = new Set<string>();
  let running: Promise<void> | undefined;
  let heardAtMs = 0;
  let clockWasOff = false;

  /** Resolves after `delayMs`, or at once when `signal` aborts. */
  const pause = (delayMs: number, signal: AbortSignal = stopping.signal): Promise<void> =>
    new Promise((resolve) => {
      const finish = (): void => {
        cancel();
        signal.removeEventListener('abort', finish);
        resolve();
      };
      const cancel = clock.after(signal.aborted ? 0 : delayMs, finish);
      signal.addEventListener('abort', finish);
    });

  async function password(): Promise<string> {
    if (device.passwordFile === undefined) return device.password ?? '';
    try {
      return (await readFile(ctx.resolvePath(device.passwordFile), 'utf8')).trim();
    } catch (error) {
      throw new GateError(
        'PASSWORD_FILE_UNREADABLE',
        `The password of ${device.id} cannot be read: ${messageOf(error)}`,
        `Put the password into ${device.passwordFile}, readable for the control daemon.`,
        { cause: error },
      );
    }
  }

  /** The picture's digest; undefined if there is none in time. */
  async function keepPicture(
    session: CameraSession,
    imageUri: string | undefined,
  ): Promise<string | undefined> {
    const settled = new AbortController();
    const picture = session.picture(imageUri).then((bytes) => ctx.images.save(bytes));
    try {
      const image = await Promise.race([picture, pause(timing.pictureMs, settled.signal)]);
      if (image === undefined) log.warn('a plate is reported without its picture: it did not come in time');
      return image ?? undefined;
    } catch (error) {
      log.warn(`a plate is reported without its picture: ${messageOf(error)}`);
      return undefined;
    } finally {
      settled.abort();
    }
  }

  async function reportAll(session: CameraSession, messages: readonly XmlNode[], xml: string): Promise<void> {
    const fresh: { readId: string; reading: PlateNotification }[] = [];
    for (const message of messages) {
      const decoded = decodePlateNotification(message);
      if (decoded.kind === 'unreadable') reports.unreadable(CHANNEL, Buffer.from(xml), decoded.reason);
      if (decoded.kind !== 'plate') continue;
      const readId = readIdOf(decoded.value);
      if (remembered.has(readId)) continue;
      remembered.add(readId);
      for (const oldest of remembered) if (remembered.size > REMEMBERED_MAX) remembered.delete(oldest);
      fresh.push({ readId, reading: decoded.value });
    }
    // What the camera sees now is one picture, however many readings came with this reply.
    const pictures = new Map<string | undefined, Promise<string | undefined>>();
    for (const { reading } of fresh) {
      if (!pictures.has(reading.imageUri))
        pictures.set(reading.imageUri, keepPicture(session, reading.imageUri));
    }
    for (const { readId, reading } of fresh) {
      const image = await pictures.get(reading.imageUri);
      reports.report({
        type: 'plate',
        device: device.id,
        readId,
        plate: reading.plate,
        ...(reading.country !== undefined && { country: reading.country }),
        // A camera that gives no likelihood has not said that it is sure.
        quality: reading.likelihoodPerMille ?? 0,
        deviceAt: reading.utcTimeMs,
        ...(image !== undefined && { image }),
      });
    }
  }

  /** Pulls until the pull point is gone or the camera is; then rejects. */
  async function pullForEver(session: CameraSession, ended: AbortSignal): Promise<void> {
    let quickBreaks = 0;
    while (!ended.aborted) {
      const beganAtMs = clock.monotonicMs();
      try {
        const { xml, reply } = await session.pull();
        if (reply.kind !== 'messages') {
          if (reply.kind === 'unreadable') reports.unreadable(CHANNEL, Buffer.from(xml), reply.reason);
          throw new GateError(
            'PULL_POINT_LOST',
            `the pull point is lost: ${reply.reason}`,
            'Nothing: a new one is made.',
          );
        }
        quickBreaks = 0;
        backOff.reset();
        await reportAll(session, reply.messages, xml);
      } catch (error) {
        if (!(error instanceof GateError) || error.code !== 'CAMERA_BROKE_OFF') throw error;
        // Some cameras drop an idle pull after ten seconds: that is their way of saying that nothing happened.
        const wasIdle = clock.monotonicMs() - beganAtMs >= timing.idlePullMs;
        quickBreaks = wasIdle ? 0 : quickBreaks + 1;
        if (quickBreaks >= QUICK_BREAKS_MAX) throw error;
        if (wasIdle) backOff.reset();
        await pause(timing.pullAgainMs, ended);
      }
    }
  }

  function compareClocks(cameraMs: number): void {
    const offMs = cameraMs - clock.nowMs();
    const isOff = Math.abs(offMs) > CLOCK_OFF_MS;
    if (isOff && !clockWasOff)
      log.warn('the clock of the camera is off; its times are kept as it gives them', { offMs });
    clockWasOff = isOff;
  }

  /** A pull hangs for a minute, so something else must tell that the camera is there. Rejects when it has long not been. */
  async function beatForEver(session: CameraSession, ended: AbortSignal): Promise<void> {
    let renewedAtMs = clock.monotonicMs();
    while (!ended.aborted) {
      await pause(device.staleAfterMs / 3, ended);
      if (ended.aborted) return;
      try {
        compareClocks(await session.ping());
        if (clock.monotonicMs() - renewedAtMs >= timing.renewMs) {
          renewedAtMs = clock.monotonicMs();
          await session.renew();
        }
      } catch (error) {
        // One failed beat is no news: silence is measured, and whether the pull point lives, the pull tells.
        if (clock.monotonicMs() - heardAtMs >= 2 * device.staleAfterMs) throw error;
      }
    }
  }

  /** Gives the pull point back, for a camera has few; but nobody waits long for that. */
  async function farewell(session: CameraSession): Promise<void> {
    const late = new Promise<void>((resolve) => {
      clock.after(timing.farewellMs, resolve);
    });
    const said = session.unsubscribe().catch((error: unknown) => {
      log.info(`the pull point was not given back and ends by itself: ${messageOf(error)}`);
    });
    await Promise.race([said, late]);
  }

  const heard = (): void => {
    heardAtMs = clock.monotonicMs();
    if (reports.status === 'stale') reports.become('online', 'answers again');
  };

  /** From connecting to the first thing that breaks. */
  async function runSession(): Promise<void> {
    const ended = new AbortController();
    const session = createCameraSession({
      host: device.host,
      port: device.port,
      username: device.username,
      password: await password(),
      clock,
      timing,
      onAnswer: heard,
    });
    const closeOnStop = (): void => ended.abort();
    stopping.signal.addEventListener('abort', closeOnStop);
    const cancelWatch = clock.every(device.staleAfterMs / 4, () => {
      const silentMs = clock.monotonicMs() - heardAtMs;
      if (reports.status === 'online' && silentMs >= device.staleAfterMs) {
        reports.become('stale', `no answer for ${device.staleAfterMs} ms`);
      }
    });
    try {
      await Promise.race([session.open(), aborted(ended.signal)]);
      if (ended.signal.aborted) return;
      reports.become('online', 'pull point created');
      await Promise.race([
        pullForEver(session, ended.signal),
        beatForEver(session, ended.signal),
        aborted(ended.signal),
      ]);
    } finally {
      ended.abort();
      cancelWatch();
      stopping.signal.removeEventListener('abort', closeOnStop);
      // Never after a failure: some cameras cancel everybody's pull points at once, and ours ends by itself in two minutes.
      if (stopping.signal.aborted && reports.status === 'online') await farewell(session);
      session.close();
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      let refused = false;
      try {
        await runSession();
      } catch (error) {
        refused = error instanceof GateError && error.code === 'CAMERA_REFUSED';
        if (!stopping.signal.aborted) reports.become('offline', messageOf(error));
      }
      await pause(refused ? timing.refusedPauseMs : backOff.nextMs());
    }
  }

  return {
    devices: [device.id],
    reports$: reports.reports$.asObservable(),
    async start() {
      running ??= run();
    },
    async send(command) {
      throw new GateError(
        'COMMAND_NOT_SUPPORTED',
        `${device.id} is a plate camera and takes no command ${command.kind}`,
        'This is a fault of the gate software; report it.',
      );
    },
    async stop() {
      stopping.abort();
      await running;
      reports.reports$.complete();
    },
  };
}

/** Resolves when `signal` aborts. */
const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
