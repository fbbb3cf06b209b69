/**
 * What an optical reader says about one code it read: OPC UA for AutoID devices (OPC 30010 v1.01).
 * The structures are decoded by the OPC UA stack; here they are checked, so that what leaves is typed and complete.
 */

/** Companion specification of the readers; its index differs from server to server. */
export const AUTOID_URI = 'http://opcfoundation.org/UA/AutoID/';

/** Identifiers in the AutoID namespace that its node set fixes (OPC 30010 §6.2.3, §7.3, §9.3.9). */
export const autoIdNodes = {
  ocrReaderDeviceType: 1002,
  ocrScanEventType: 1005,
  ocrScanResult: 3002,
} as const;

/** DeviceStatusEnumeration (OPC 30010 §9.2.2). */
export const deviceStatus = { idle: 0, error: 1, scanning: 2, busy: 3 } as const;

/** One decoded text. */
export interface OcrScan {
  /** How `text` is to be read, such as `RAW:STRING` (OPC 30010 §9.1.3). */
  codeType: string;
  /** As read; never repaired. */
  text: string;
  /** When the reader made the result, milliseconds since 1970, on its own clock. */
  scannedAt: number;
  /** Probability of correct decoding, per mille. On the wire it is a byte; the percent is our reading of §9.3.9. */
  quality: number;
  /** NodeId of the picture as text, if the reader keeps one. */
  imageId?: string;
}

/** An OcrScanEventType event (OPC 30010 §7.3), its fields in the order of `ocrEventFields`. */
export interface OcrScanEvent {
  /** Unique for the event at its server, hex. */
  eventId: string;
  scans: OcrScan[];
}

/** The fields to select, in this order. `ScanResult` belongs to AutoID, the first to OPC UA itself. */
export const ocrEventFields = ['EventId', 'ScanResult'] as const;

/** Why an event cannot be used. */
export interface Unreadable {
  problem: string;
}

/** Reads the selected fields of an event; nothing in it is trusted. */
export function readOcrScanEvent(fields: readonly unknown[]): OcrScanEvent | Unreadable {
  const [eventId, results] = fields;
  if (!(eventId instanceof Uint8Array) || eventId.length === 0)
    return { problem: 'the event has no EventId' };
  const list =
    typeof results === 'object' && results !== null && Symbol.iterator in results
      ? [...(results as Iterable<unknown>)]
      : [results];
  if (list.length === 0) return { problem: 'the event has no ScanResult' };
  const scans: OcrScan[] = [];
  for (const result of list) {
    const scan = readOcrScanResult(result);
    if ('problem' in scan) return scan;
    scans.push(scan);
  }
  return { eventId: Buffer.from(eventId).toString('hex'), scans };
}

/** Reads one OcrScanResult structure (OPC 30010 §9.3.9). */
export function readOcrScanResult(value: unknown): OcrScan | Unreadable {
  const fields = member(value);
  if (!fields) return { problem: 'ScanResult is not a structure' };
  const { codeType, timestamp, quality, imageId } = fields;
  if (typeof codeType !== 'string') return { problem: 'CodeType is not a string' };
  const text = member(fields.scanData)?.string;
  if (typeof text !== 'string') return { problem: 'ScanData carries no string' };
  if (text === '') return { problem: 'ScanData is empty' };
  const scannedAt = timestamp instanceof Date ? timestamp.getTime() : Number.NaN;
  if (!Number.isFinite(scannedAt)) return { problem: 'Timestamp is not a time' };
  if (typeof quality !== 'number' || !Number.isInteger(quality) || quality < 0 || quality > 100) {
    return { problem: `Quality ${String(quality)} is not a percentage` };
  }
  const image = imageId === undefined || imageId === null ? '' : String(imageId);
  return {
    codeType,
    text,
    scannedAt,
    quality: quality * 10,
    ...(image !== '' && !/^(ns=\d+;)?i=0$/.test(image) && { imageId: image }),
  };
}

/** The members of an OcrScanResult as an OPC UA stack takes them; `quality` loses its last digit to the wire's percent. */
export function ocrScanResult(
  scan: Omit<OcrScan, 'imageId'> & { imageId?: string },
): Record<string, unknown> {
  return {
    codeType: scan.codeType,
    scanData: { string: scan.text },
    timestamp: new Date(scan.scannedAt),
    imageId: scan.imageId ?? 'i=0',
    quality: Math.round(scan.quality / 10),
    position: { positionX: 0, positionY: 0, sizeX: 0, sizeY: 0, rotation: 0 },
  };
}

const member = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
