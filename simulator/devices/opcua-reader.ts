/** A container-code reader as a real OcrReaderDeviceType instance (OPC 30010): each sighting raises an OcrScanEvent. */
import {
  type AddressSpace,
  DataType,
  type IEventData,
  type UAObject,
  type UAVariable,
  VariantArrayType,
} from 'node-opcua';
import type { Clock } from '../../edge/platform/clock.ts';
import { AUTOID_URI, autoIdNodes, deviceStatus, ocrScanResult } from '../../protocols/autoid/ocr.ts';
import type { Sighting, SightingModel } from '../world/ports.ts';
import { deviceSetOf, typesOf } from './opcua-nodes.ts';

export interface SimulatedReader {
  /** Raises the last event once more, with the same EventId, as servers do that repeat what they sent. */
  repeat(): void;
  /** Sets DeviceStatus (OPC 30010 §9.2.2). */
  setStatus(status: keyof typeof deviceStatus): void;
  stop(): void;
}

/** Adds the reader to DeviceSet. While `isSilent`, it raises nothing. */
export function addReader(
  addressSpace: AddressSpace,
  name: string,
  model: SightingModel,
  options: { clock: Clock; isSilent: () => boolean },
): SimulatedReader {
  const types = typesOf(addressSpace, AUTOID_URI);
  const reader = types.objectType(autoIdNodes.ocrReaderDeviceType).instantiate({
    browseName: name,
    componentOf: deviceSetOf(addressSpace),
    eventSourceOf: addressSpace.rootFolder.objects.server,
  }) as UAObject & { deviceStatus: UAVariable };
  reader.setEventNotifier(1);
  const setStatus = (status: keyof typeof deviceStatus): void =>
    reader.deviceStatus.setValueFromSource({ dataType: DataType.Int32, value: deviceStatus[status] });
  setStatus('scanning');

  let last: IEventData | undefined;
  reader.on('event', (event: IEventData) => {
    last = event;
  });
  const eventType = types.objectType(autoIdNodes.ocrScanEventType);
  const resultType = types.dataType(autoIdNodes.ocrScanResult);
  const raise = ({ text, quality }: Sighting): void => {
    if (options.isSilent()) return;
    const scan = { codeType: 'RAW:STRING', text, quality, scannedAt: options.clock.nowMs() };
    reader.raiseEvent(eventType, {
      deviceName: { dataType: DataType.String, value: name },
      scanResult: {
        dataType: DataType.ExtensionObject,
        arrayType: VariantArrayType.Array,
        value: [addressSpace.constructExtensionObject(resultType, ocrScanResult(scan))],
      },
    });
  };
  const subscription = model.sightings.subscribe(raise);
  return {
    repeat() {
      if (last) reader.emit('event', last);
    },
    setStatus,
    stop: () => subscription.unsubscribe(),
  };
}
