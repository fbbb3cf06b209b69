/**
 * The one schema of a gate's configuration: it validates, it types (`GateConfig`) and it documents (JSON Schema for
 * editors comes from it). What spans several fields (references, duplicates, geometry) is in `check.ts`.
 */
import { z } from 'zod';
import { asw } from './schema/asw.ts';
import { checkpoint } from './schema/checkpoint.ts';
import { device } from './schema/devices.ts';
import { fieldFilter, sharedOnce } from './schema/filter.ts';
import { lists } from './schema/lists.ts';
import { reconciliation } from './schema/reconciliation.ts';
import { timeStamps } from './schema/time-stamps.ts';
import {
  address,
  carriedKind,
  checkpointName,
  conditionName,
  custodyPoint,
  durationMs,
  host,
  id,
  laneLoadOf,
  loadKind,
  path,
  personRole,
  port,
  text3,
  timeOfDay,
  utcOffset,
} from './schema/words.ts';

import { upstream } from './upstream.ts';

export type {
  ContainerReaderConfig,
  CraneConfig,
  LaneIoConfig,
  PlateCameraConfig,
  VehicleConfig,
  WeighbridgeConfig,
} from './schema/devices.ts';
export {
  containerReaderDevice,
  craneDevice,
  laneIoDevice,
  plateCameraDevice,
  vehicleDevice,
  weighbridgeDevice,
} from './schema/devices.ts';
export { FILTERED, type FieldFilter, type FilterDirection, filterOf } from './schema/filter.ts';
export { carriedKind, checkpointName, conditionName, device, laneLoadOf, loadKind, personRole };

const lane = z.strictObject({
  id,
  checkpoint: checkpointName,
  traffic: z.enum(['truck', 'vehicle']).describe('truck: with a driver · vehicle: driverless'),
  loads: z.array(loadKind).min(1),
  hours: z
    .array(z.strictObject({ from: timeOfDay, to: timeOfDay }))
    .min(1)
    .optional()
    .describe(
      'When the lane is open, by the gate’s own clock; past midnight if "to" is before "from". Absent: always',
    ),
  tidal: id
    .optional()
    .describe('Name shared by lanes of one carriageway: one direction at a time, by their hours'),
  node: id
    .optional()
    .describe('Map node where a driverless vehicle stands before the barrier (the hold point)'),
  devices: z.strictObject({
    io: id,
    camera: id.describe('plate-camera that sees the plate of the tractor, or of a vehicle without a trailer'),
    rearCamera: id.optional().describe('plate-camera behind it that sees the trailer’s plate'),
    reader: id.optional().describe('container-reader that sees the number at the front, or from a side'),
    rearReader: id
      .optional()
      .describe('container-reader that sees the rear doors: of two containers the rear one'),
    scale: id.optional(),
  }),
});

const bay = z.strictObject({
  id,
  use: z
    .enum(['truck', 'loading', 'landing'])
    .describe(
      'truck: domestic trucks · loading: our own vehicles before they leave · landing: the counterpart’s vehicles',
    ),
  io: id.describe('lane-io device whose approach loop tells that a vehicle stands in the bay'),
  node: id.optional().describe('Map node of a bay for driverless vehicles'),
});
const crane = z.strictObject({
  device: id,
  bays: z.array(id).min(1),
  slots: z.array(id).min(1),
});
const node = z.strictObject({
  id,
  x: z.number().describe('Metres east of the site origin'),
  y: z.number().describe('Metres north of the site origin'),
  role: z.enum(['park', 'bay', 'hold', 'km0', 'refuge', 'way']),
  gate: id.optional().describe('The gate on whose ground the node lies; none for the border line itself'),
  charger: z.boolean().default(false).describe('A parking place where the vehicle can charge'),
});
const edge = z.strictObject({ from: id, to: id, speedMaxMps: z.number().positive().max(20).default(5) });

const track = z.strictObject({
  id: id.describe('The same name at both gates'),
  direction: z
    .enum(['out', 'in', 'alternating'])
    .describe('Seen from this gate. alternating: one direction at a time, whoever holds its token sends'),
  holder: id
    .optional()
    .describe('For an alternating track: the gate that holds its token at first, the same at both'),
  capacity: z.int().min(1).max(20).default(1).describe('Vehicles that may be on the track at once'),
  km0: id.describe('Map node on the border line'),
  loads: z.array(loadKind).min(1).default(['laden', 'bobtail']),
});

const person = z.strictObject({
  id,
  role: personRole,
  publicKey: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/, 'an Ed25519 public key, base64url, 43 characters')
    .describe('Checks the signature of this person’s acts'),
});

const override = z
  .strictObject({
    roles: z.array(personRole).min(1).default(['supervisor']),
    secondPerson: z.boolean().default(true).describe('Another person must confirm before it counts'),
  })
  .prefault({});

/** What the law leaves to the head of the customs branch, alone unless the site wants a second person. */
const leadersAct = z
  .strictObject({
    roles: z.array(personRole).min(1).default(['customs-leader']),
    secondPerson: z.boolean().default(false),
  })
  .exactOptional();

/** A list by its changes, of another authority than customs. */
const authorityFeed = z.strictObject({
  id: id
    .refine((name) => name !== 'customs' && name !== 'drop-folder', 'this name is taken')
    .describe('Unique name of the feed; its freshness is told under it'),
  kind: z
    .enum(['acts', 'examinations', 'asw'])
    .describe(
      'acts: transit movements by MRN · examinations: results of scanners, quarantine and others · ' +
        'asw: certificates and export declarations of the ASEAN Single Window',
    ),
  url: z.url().describe('Base address of the service'),
  askUrl: z
    .url()
    .optional()
    .describe('Where the gate asks for an examination (kind examinations); none: it is not asked there'),
  tokenFile: path.optional(),
  pollMs: durationMs.default(1_000).describe('Pause between two polls; failures back off from here'),
});

/** The whole configuration of one gate. */
export const gateConfig = z
  .strictObject({
    version: z.literal(1).describe('Version of this format'),
    gate: z.strictObject({
      id,
      name: text3,
      country: z.enum(['VN', 'CN']),
      utcOffset,
    }),
    broker: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('embedded'), host: host.default('127.0.0.1'), port }),
        z.strictObject({
          kind: z.literal('external'),
          url: z.string().regex(/^mqtts?:\/\/[^/]+$/, 'use mqtt://host:port or mqtts://host:port'),
          username: z.string().optional(),
          passwordFile: path.optional(),
          caFile: path.optional(),
        }),
      ])
      .describe(
        'embedded: our own broker process for a first run · external: Mosquitto or any other, already running',
      ),
    console: address.describe('Where people’s browsers connect'),
    customs: z.strictObject({
      url: z.url().describe('Base address of the customs service'),
      pointQuery: z
        .boolean()
        .default(false)
        .describe(
          'The service answers about a single container (GET /containers/{number}) when the gate asks',
        ),
      tokenFile: path.optional(),
      reportKeyFile: path.optional().describe('private key, PEM (Ed25519 or P-256), that signs each report'),
      pollMs: durationMs.default(1_000).describe('Pause between two polls; failures back off from here'),
      clearanceAgeMsMax: durationMs
        .default(900_000)
        .describe('How old the customs list’s confirmation may be'),
      clockSkewMsMax: durationMs
        .default(60_000)
        .describe(
          'How far the clock of customs may be ahead of ours; a later confirmation is a contradiction',
        ),
      feeds: z
        .array(authorityFeed)
        .max(8)
        .refine(
          (feeds) => new Set(feeds.map(({ id }) => id)).size === feeds.length,
          'give each feed its own id',
        )
        .default([])
        .describe('What other authorities tell of containers'),
      dropFolder: path
        .optional()
        .describe(
          'Folder for signed lists as CSV or XML, for the day the network is down; none: no such lists',
        ),
      listKeyFile: path
        .default('keys/customs-lists.pub.pem')
        .describe('Public key (Ed25519 or P-256, PEM) that checks the signature of those lists'),
    }),
    counterpart: z.strictObject({
      gate: id.describe('Gate id of the other side'),
      utcOffset: utcOffset
        .optional()
        .describe('Of the other side’s clock, such as +08:00: each record tells both dates; none: as ours'),
      url: z.string().regex(/^https:\/\/[^/]+$/, 'use https://host:port; the link is mutual TLS'),
      listen: address.describe('Where our own log is served to the other side'),
      keyFile: path.default('keys/exchange.key.pem').describe('Private key of our certificate'),
      certificateFile: path.default('keys/exchange.cert.pem'),
      signingKeyFile: path
        .default('keys/signing.key.pem')
        .describe('Private key that signs the heads of our log, as `gate keys init` makes it; PEM'),
      logKeysFile: path
        .default('keys/log-keys.json')
        .describe(
          'Our keys for that, old ones included, as `gate keys` keeps them; without the file, that one key',
        ),
      signCommand: z
        .array(z.string().min(1).max(1_000))
        .min(1)
        .max(50)
        .exactOptional()
        .describe(
          'Program that signs with a key that lies in no file (PKCS#11): bytes on its standard input, the signature on its ' +
            'standard output; {kid} stands for the name of the key, {id} for the same in hex',
        ),
      signTimeoutMs: durationMs.default(5_000).describe('How long that program may take'),
      trustFile: path.default('keys/counterpart.ca.pem').describe('Certificate authority of the other side'),
      signingTrustFile: path
        .default('keys/counterpart.signing.pem')
        .describe('Public key that signs the other side’s heads, PEM'),
      logTrustFile: path
        .default('keys/counterpart.log-keys.json')
        .describe('The same as `gate keys trust` keeps it; it counts instead where it is there'),
      linkStaleAfterMs: durationMs.default(5_000).describe('Silence after which the link counts as down'),
      grantValidMs: durationMs
        .default(120_000)
        .describe('How long after asking we may still start on a grant'),
      auditors: z
        .strictObject({
          listen: address.describe('Where heads of our log and proofs about it are served to auditors'),
          trustFile: path.default('keys/auditors.ca.pem').describe('Certificate authority of the auditors'),
        })
        .exactOptional()
        .describe('Who else may have proven to them what stands in our log, without reading it'),
      filter: fieldFilter
        .exactOptional()
        .describe('What of our records may cross; absent: the smallest set with which both gates work'),
      hotline: z
        .boolean()
        .default(false)
        .describe(
          'While the link is down two duty officers may grant one vehicle at a time by telephone; both authorities must have allowed it',
        ),
      hotlineOfficers: z
        .array(z.strictObject({ gate: id, id, name: z.string().min(1).max(120) }))
        .max(100)
        .default([])
        .describe('The duty officers of both gates, the same list at both; ours are among “people”'),
      officerSignatures: z
        .boolean()
        .default(false)
        .describe(
          'A record that a person’s act gives rise to carries the act as that person has signed it; whether it crosses is for “filter” to say',
        ),
      share: z
        .array(sharedOnce)
        .exactOptional()
        .describe('Former name of filter.export.offered, still read where there is no filter'),
      custodyPoint: custodyPoint
        .default('set-down')
        .describe('Where custody passes, the same at both gates; quoted in every record of a move'),
      disputes: z
        .strictObject({
          days: z
            .int()
            .min(1)
            .max(365)
            .default(30)
            .describe('How long after a move was over a difference may still be told of it'),
          deadlineHours: z
            .int()
            .min(1)
            .max(720)
            .default(72)
            .describe('After so long a difference that is still open is escalated'),
        })
        .prefault({})
        .describe('Differences between what was handed over and what was found, which both gates must close'),
      timeStamps: timeStamps.exactOptional(),
    }),
    upstream: upstream.describe('What leaves the gate besides reports to customs'),
    checkpoints: z.strictObject({
      'yard-in': checkpoint,
      'yard-out': checkpoint,
      'border-out': checkpoint,
      'border-in': checkpoint,
    }),
    evidence: z
      .strictObject({
        ageMsMax: durationMs.default(120_000).describe('How old a reading may be when it is used'),
        plateQualityMin: z
          .int()
          .min(0)
          .max(1000)
          .default(800)
          .describe('Per mille; below it a plate reading is no evidence'),
        containerQualityMin: z.int().min(0).max(1000).default(800),
        weightTolerancePercent: z.number().min(0).max(100).default(5),
        weightToleranceKg: z.int().min(0).default(500).describe('The smaller of the two bounds counts'),
        truckTareKg: z
          .int()
          .positive()
          .default(15_200)
          .describe('Tare of a domestic truck without a registered one'),
      })
      .prefault({}),
    asw: asw.exactOptional(),
    reconciliation: reconciliation.exactOptional(),
    lists: lists.exactOptional(),
    lanes: z.array(lane).min(1),
    yard: z.strictObject({
      slots: z.array(id).min(1),
      keepFree: z
        .strictObject({ export: z.int().min(0).default(1), import: z.int().min(0).default(1) })
        .prefault({})
        .describe(
          'Slots that the other direction never takes, so that two full yards cannot block each other',
        ),
      bays: z.array(bay).min(1),
      cranes: z.array(crane).min(1),
    }),
    map: z.strictObject({
      id: z.string().min(1).describe('VDA 5050 mapId'),
      nodes: z.array(node).min(2),
      edges: z.array(edge).min(1),
    }),
    section: z
      .strictObject({
        tracks: z.array(track).min(1),
        transitMsMax: durationMs
          .default(600_000)
          .describe('A vehicle longer on the section than this has broken down: no other is sent after it'),
        turnAfterMs: durationMs
          .default(120_000)
          .describe(
            'How long the holder of an alternating track may go on sending once the other side has asked for it',
          ),
      })
      .describe('The border section between the two gates'),
    devices: z.array(device).min(1),
    people: z.array(person).default([]),
    fleet: z
      .strictObject({
        batteryPercentMin: z
          .int()
          .min(1)
          .max(99)
          .default(20)
          .describe('Below it a vehicle gets no new crossing'),
        batteryPercentCharged: z
          .int()
          .min(2)
          .max(100)
          .default(80)
          .describe('A vehicle that charges because it was low serves again from here on'),
      })
      .prefault({}),
    overrides: z
      .strictObject({
        identify: override,
        'clear-finding': override,
        'confirm-place': override,
        'cancel-crossing': override,
        'resume-gate': override,
        'clear-log-fault': override,
        'reopen-section': override,
        'hotline-clear': override,
        'declare-outage': leadersAct,
        'end-outage': leadersAct,
      })
      .prefault({})
      .describe('Who may overrule the gate, by act. The interlock is asked all the same'),
    alarms: z
      .strictObject({
        floodPerTenMinutes: z
          .int()
          .min(1)
          .default(10)
          .describe(
            'More new alarms than this in ten minutes are a flood: only the important ones are announced (ISA-18.2)',
          ),
        shelveMsMax: durationMs.default(28_800_000).describe('Longest time an alarm may be shelved'),
      })
      .prefault({}),
    timeouts: z
      .strictObject({
        commandMs: durationMs
          .default(10_000)
          .describe('How long a command may go unconfirmed before it is decided anew'),
        craneJobMs: durationMs
          .default(600_000)
          .describe('A crane job longer than this is stuck: somebody must look'),
        passMs: durationMs
          .default(60_000)
          .describe('From the open barrier until the vehicle has passed; longer, and it is stuck'),
        vehicleMs: durationMs
          .default(300_000)
          .describe('A vehicle with a released way that does not arrive for this long is stuck'),
        permissionAgeMsMax: durationMs
          .default(2_000)
          .describe('A permission older than this when its record is on disk is not sent'),
      })
      .prefault({}),
    limits: z
      .strictObject({
        backlogEntriesMax: z
          .int()
          .min(10)
          .default(5_000)
          .describe('Journal entries that may wait for a slow disk'),
        doorInputsMax: z
          .int()
          .min(1)
          .default(2_048)
          .describe('Inputs from customs, counterpart and people that may wait at a door'),
        quarantineBytesMax: z
          .int()
          .min(1024)
          .default(64 * 1024 * 1024)
          .describe('Unreadable bytes kept aside; the oldest go first'),
        imageBytesMax: z
          .int()
          .min(1024)
          .default(2 * 1024 * 1024 * 1024),
        snapshotEveryEntries: z.int().min(100).default(5_000),
      })
      .prefault({}),
  })
  .meta({ title: 'Configuration of one gate of the Lạng Sơn gate controller' });

export type GateConfig = z.infer<typeof gateConfig>;
export type Checkpoint = z.infer<typeof checkpointName>;
export type LoadKind = z.infer<typeof loadKind>;
export type Carried = z.infer<typeof carriedKind>;
export type Condition = z.infer<typeof conditionName>;
export type DeviceConfig = z.infer<typeof device>;
export type DeviceKind = DeviceConfig['kind'];
export type LaneConfig = z.infer<typeof lane>;
export type BayConfig = z.infer<typeof bay>;
export type TrackConfig = z.infer<typeof track>;
export type MapNode = z.infer<typeof node>;
export type PersonConfig = z.infer<typeof person>;
export type PersonRole = z.infer<typeof personRole>;
export type OverrideConfig = z.infer<typeof override>;
