/**
 * Which alarms each kind of fault, struck alone and often, must bring, and which it may: an alarm without its cause is false. The
 * same for faults that strike together because one makes the other hard to recover from.
 */
import type { AlarmCode } from '../../edge/core/alarm-catalogue.ts';

export interface Expected {
  must: readonly AlarmCode[];
  may: readonly AlarmCode[];
}

const alarms = (must: readonly AlarmCode[] = [], may: readonly AlarmCode[] = []): Expected => ({ must, may });

/** The other side is found out, and people on the telephone clear it; until then nobody is sent. */
const LIE = alarms(
  ['COUNTERPART_LOG_FAULT', 'LINK_DOWN', 'SECOND_PERSON'],
  ['DEPARTURE_UNREAD', 'SECTION_STALLED', 'VEHICLE_STUCK_IN_LANE'],
);
/** The exchanges do not reach each other for a while. */
const CUT = alarms(['LINK_DOWN'], ['ALARM_FLOOD', 'DEPARTURE_UNREAD', 'VEHICLE_STUCK_IN_LANE']);

/** By kind; kinds that are not named bring none. */
export const EXPECTED: Readonly<Record<string, Expected>> = {
  'message-lost': alarms(['COMMAND_UNCONFIRMED'], ['BAY_OCCUPIED', 'ORDER_REJECTED']),
  'message-late': alarms([], ['VEHICLE_STUCK_IN_LANE']),
  'device-silent': alarms(['DEVICE_OFFLINE', 'COMMAND_UNCONFIRMED']),
  'device-flapping': alarms(['DEVICE_OFFLINE'], ['COMMAND_UNCONFIRMED', 'ALARM_FLOOD']),
  'device-frozen': alarms([], ['BAY_OCCUPIED', 'COMMAND_UNCONFIRMED']),
  'broker-down': alarms(
    ['DEVICE_OFFLINE', 'COMMAND_UNCONFIRMED', 'VEHICLE_STUCK_IN_LANE', 'ALARM_FLOOD'],
    ['BAY_OCCUPIED'],
  ),
  'sensor-stuck': alarms(['INTRUSION', 'LANE_READINGS'], ['WRONG_WAY', 'PERSON_IN_LANE', 'TAILGATING']),
  'sensor-flapping': alarms(['INTRUSION'], ['LANE_READINGS', 'TAILGATING', 'WRONG_WAY']),
  'camera-misreads': alarms([], ['SECOND_PERSON']),
  'reader-misreads': alarms([], ['CONTAINER_MISMATCH', 'IN_REFUGE']),
  'reader-smeared': alarms(['CONTAINER_MISMATCH'], ['IN_REFUGE']),
  'barrier-jammed': alarms(['BARRIER_FAULT'], ['COMMAND_UNCONFIRMED']),
  'person-in-lane': alarms(['PERSON_IN_LANE'], ['COMMAND_UNCONFIRMED']),
  tailgater: alarms(['TAILGATING'], ['BAY_OCCUPIED']),
  'wrong-way': alarms([], ['WRONG_WAY', 'INTRUSION', 'PERSON_IN_LANE']),
  'stall-in-lane': alarms(['VEHICLE_STUCK_IN_LANE']),
  'wrong-bay': alarms(['BAY_OCCUPIED'], ['JOB_FAILED', 'SECOND_PERSON']),
  'crane-result-lost': alarms(['JOB_STUCK'], ['SECOND_PERSON']),
  'crane-runs-twice': alarms(['JOB_DONE_TWICE']),
  'crane-interrupted': alarms(['JOB_FAILED'], ['JOB_STUCK']),
  'vehicle-offline': alarms(['DEVICE_OFFLINE', 'VEHICLE_STUCK_IN_LANE'], ['COMMAND_UNCONFIRMED']),
  'vehicle-breaks-down': alarms(['VEHICLE_FAULT'], ['VEHICLE_STUCK', 'VEHICLE_STUCK_IN_LANE']),
  'vehicle-emergency-stop': alarms(['VEHICLE_EMERGENCY_STOP'], ['VEHICLE_STUCK_IN_LANE', 'VEHICLE_STUCK']),
  'vehicle-lost': alarms(['VEHICLE_LOST'], ['VEHICLE_STUCK', 'VEHICLE_STUCK_IN_LANE']),
  'vehicle-by-hand': alarms(['VEHICLE_FAULT'], ['VEHICLE_STUCK', 'VEHICLE_STUCK_IN_LANE']),
  'vehicle-low-battery': alarms(['VEHICLE_LOW_BATTERY']),
  'vehicle-wanders': alarms(['VEHICLE_OFF_ROUTE']),
  'vehicle-lost-on-section': alarms(
    ['VEHICLE_FAULT'],
    ['BLOCK_RESET_WAITS', 'SECOND_PERSON', 'SECTION_STALLED'],
  ),
  'disk-full': alarms(['COMMAND_UNCONFIRMED', 'VEHICLE_STUCK_IN_LANE'], ['ALARM_FLOOD']),
  'disk-stalled': alarms(['COMMAND_UNCONFIRMED'], ['VEHICLE_STUCK_IN_LANE', 'ALARM_FLOOD']),
  'clock-untrusted': alarms(['CLOCK_UNTRUSTED', 'VEHICLE_STUCK_IN_LANE'], ['ALARM_FLOOD']),
  'link-down': alarms(['LINK_DOWN'], ['VEHICLE_STUCK_IN_LANE', 'DEPARTURE_UNREAD']),
  'link-one-way': alarms(['LINK_DOWN'], ['VEHICLE_STUCK_IN_LANE', 'DEPARTURE_UNREAD']),
  'link-cut-long': CUT,
  'link-deaf': CUT,
  'link-jitter': CUT,
  'link-lossy': CUT,
  'exchange-crash': CUT,
  'exchange-crash-in-write': CUT,
  'exchange-database-lost': CUT,
  'lying-past': LIE,
  'lying-future': LIE,
  // What is old is no contradiction: nothing new is read.
  'lying-replays': CUT,
  'lying-replays-as-new': LIE,
  'lying-reorders': LIE,
  'lying-drops': LIE,
  'lying-shrinks': LIE,
  'lying-alters': LIE,
  'lying-signs-wrong': LIE,
  'lying-names-another': LIE,
  'lying-witness': LIE,
  'section-closes': alarms([], ['SECOND_PERSON']),
  'release-withdrawn': alarms([], ['IN_REFUGE', 'RECALLED', 'SECOND_PERSON']),
  'release-withdrawn-for-good': alarms([], ['IN_REFUGE', 'RECALLED', 'SECOND_PERSON']),
  'operator-stops-gate': alarms(['GATE_STOPPED', 'SECOND_PERSON'], ['VEHICLE_STUCK_IN_LANE']),
  'operator-misidentifies': alarms(['SECOND_PERSON']),
};

export interface Together extends Expected {
  /** Mean number an hour of each kind. */
  faults: Readonly<Record<string, number>>;
}

const LANE_ALARMS: readonly AlarmCode[] = ['BARRIER_FAULT', 'INTRUSION', 'PERSON_IN_LANE', 'TAILGATING'];
const VEHICLE_ALARMS: readonly AlarmCode[] = [
  'VEHICLE_EMERGENCY_STOP',
  'VEHICLE_FAULT',
  'VEHICLE_LOST',
  'VEHICLE_STUCK_IN_LANE',
];

export const TOGETHER = {
  yard: {
    faults: {
      'crane-result-lost': 20,
      'crane-runs-twice': 20,
      'crane-interrupted': 20,
      'message-lost': 40,
      'message-late': 40,
      'device-silent': 30,
      'gate-crash': 8,
      'disk-slow': 4,
      'disk-stalled': 4,
      'wrong-bay': 10,
    },
    ...alarms(
      ['BAY_OCCUPIED', 'COMMAND_UNCONFIRMED', 'DEVICE_OFFLINE', 'JOB_DONE_TWICE', 'JOB_LOST', 'JOB_STUCK'],
      ['ALARM_FLOOD', 'JOB_FAILED', 'LINK_DOWN', 'ORDER_REJECTED', 'SECOND_PERSON', 'VEHICLE_STUCK_IN_LANE'],
    ),
  },
  border: {
    faults: {
      'link-down': 10,
      'link-one-way': 10,
      'link-slow': 10,
      'release-withdrawn': 30,
      'vehicle-emergency-stop': 15,
      'vehicle-breaks-down': 10,
      'vehicle-lost': 10,
      'vehicle-offline': 10,
      'operator-stops-gate': 4,
      'operator-stops-lane': 6,
      'gate-crash': 8,
    },
    ...alarms(
      ['DEVICE_OFFLINE', 'GATE_STOPPED', 'LINK_DOWN', 'SECOND_PERSON', ...VEHICLE_ALARMS],
      [
        'ALARM_FLOOD',
        'COMMAND_UNCONFIRMED',
        'DEPARTURE_UNREAD',
        'IN_REFUGE',
        'RECALLED',
        'SECTION_STALLED',
        'VEHICLE_STUCK',
      ],
    ),
  },
  lanes: {
    faults: {
      'sensor-stuck': 20,
      'sensor-flapping': 40,
      tailgater: 20,
      'wrong-way': 20,
      'person-in-lane': 20,
      'driver-turns-back': 20,
      'barrier-jammed': 10,
      'device-silent': 10,
      'operator-closes-lane': 6,
      'gate-crash': 6,
    },
    ...alarms(
      ['COMMAND_UNCONFIRMED', 'DEVICE_OFFLINE', 'LANE_READINGS', ...LANE_ALARMS],
      ['ALARM_FLOOD', 'BAY_OCCUPIED', 'LINK_DOWN', 'SECOND_PERSON', 'VEHICLE_STUCK_IN_LANE', 'WRONG_WAY'],
    ),
  },
  refuge: {
    faults: {
      'reader-smeared': 120,
      'release-withdrawn': 60,
      'link-down': 6,
      'operator-stops-lane': 10,
      'operator-stops-gate': 4,
      'gate-crash': 6,
    },
    ...alarms(
      ['CONTAINER_MISMATCH', 'IN_REFUGE', 'LINK_DOWN'],
      [
        'ALARM_FLOOD',
        'COMMAND_UNCONFIRMED',
        'DEPARTURE_UNREAD',
        'GATE_STOPPED',
        'RECALLED',
        'SECOND_PERSON',
        'VEHICLE_STUCK',
        'VEHICLE_STUCK_IN_LANE',
      ],
    ),
  },
} as const satisfies Record<string, Together>;
