/** A container-code reader after OPC UA for AutoID devices (OPC 30010): each OcrScanEvent becomes a reading. */
import type { DataValue, Variant } from 'node-opcua-client';
import type { ContainerReaderConfig } from '../../../config/schema.ts';
import { AUTOID_URI, autoIdNodes, deviceStatus, readOcrScanEvent } from '../../../protocols/autoid/ocr.ts';
import { GateError } from '../../platform/errors.ts';
import type { Driver, DriverContext } from '../driver.ts';
import { type Attach, createOpcuaDevice } from '../opcua/device.ts';
import { type OpcuaTiming, opcuaTiming } from '../opcua/timing.ts';
import { createKeepUnreadable } from '../opcua/unreadable.ts';

/** Events remembered, so that one sent twice (a republish, a server that repeats itself) stays one reading. */
const eventsRememberedMax = 1_000;

const eventFields = [
  { uri: 'http://opcfoundation.org/UA/', name: 'EventId' },
  { uri: AUTOID_URI, name: 'ScanResult' },
];

/** The driver of one reader; readers and cranes behind one endpoint share its connection. */
export function createContainerReaderDriver(
  device: ContainerReaderConfig,
  ctx: DriverContext,
  timing: Partial<OpcuaTiming> = {},
): Driver {
  /** In the order of arrival; outlives connections, for a server may repeat events after one. */
  const seen = new Set<string>();
  const keepUnreadable = createKeepUnreadable(device, ctx);

  const isNew = (eventId: string): boolean => {
    if (seen.has(eventId)) return false;
    seen.add(eventId);
    if (seen.size > eventsRememberedMax) for (const oldest of seen) return seen.delete(oldest);
    return true;
  };

  const attach: Attach = async (session, subscription, { report, doubt }) => {
    const reader = await session.device(device.object);
    const status = await session.demand(reader, [{ uri: AUTOID_URI, name: 'DeviceStatus' }]);
    await session.learn(session.typeId(AUTOID_URI, autoIdNodes.ocrScanResult));
    doubt('its status has not been read yet');
    await subscription.watch(status, (value) => doubt(doubtOf(value)));

    const onEvent = (values: Variant[]): void => {
      const event = readOcrScanEvent(values.map(({ value }) => value));
      if ('problem' in event) {
        // Without its id, so that the same nonsense is kept once.
        const malformed = keepUnreadable('OcrScanEvent', event.problem, values[1]?.value);
        if (malformed) report(malformed);
        return;
      }
      if (!isNew(event.eventId)) return;
      for (const [index, { text, quality, scannedAt }] of event.scans.entries()) {
        const readId = index === 0 ? event.eventId : `${event.eventId}.${index}`;
        report({ type: 'container', device: device.id, readId, code: text, quality, deviceAt: scannedAt });
      }
    };
    await subscription.watchEvents(
      reader,
      session.typeId(AUTOID_URI, autoIdNodes.ocrScanEventType),
      eventFields,
      onEvent,
    );
    return { beats: [], snapshot: () => [] };
  };

  const opcua = createOpcuaDevice(device, ctx, { ...opcuaTiming, ...timing }, attach);
  return {
    devices: [device.id],
    reports$: opcua.reports$,
    async start() {
      opcua.start();
    },
    async send(command) {
      throw new GateError(
        'READER_COMMAND',
        `The reader ${device.id} takes no commands, such as ${command.kind}`,
        'Send it to the device it is meant for.',
      );
    },
    stop: () => opcua.stop(),
  };
}

/** A reader in trouble may miss what passes, so its silence means nothing. */
function doubtOf({ statusCode, value }: DataValue): string | undefined {
  if (statusCode.isBad()) return `its DeviceStatus is ${statusCode.name}`;
  return value?.value === deviceStatus.error ? 'it reports an error' : undefined;
}
