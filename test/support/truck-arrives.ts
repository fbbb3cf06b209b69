/** A truck with a booked container before `yard-in-1` of Hữu Nghị, as its devices tell it. */
import type { Input } from '../../edge/core/input.ts';

/** The lane’s sensors and actuators at rest; the loops are told with each use. */
export const lane = {
  type: 'lane-io',
  device: 'io-yard-in-1',
  curtain: 'clear',
  barrier: 'down',
  light: 'red',
} as const;
export const empty = { approach: false, under: false, exit: false };

/** All that is needed for a truck to be let in at yard-in-1, in order; the last message makes it pass. */
export const truckArrives: Input[] = [
  ...['io-yard-in-1', 'anpr-yard-in-1', 'ocr-yard-in-1', 'scale-1'].map(
    (device): Input => ({ type: 'device-status', device, status: 'online', reason: 'test' }),
  ),
  { ...lane, loops: empty },
  {
    type: 'booking',
    bookingId: 'b1',
    direction: 'export',
    container: 'CSQU3054383',
    truckPlate: '12H-045.67',
    declarations: ['308044805740'],
    grossKg: 24_000,
    seals: [],
  },
  { ...lane, loops: { ...empty, approach: true } },
  { type: 'plate', device: 'anpr-yard-in-1', readId: 'p1', plate: '12H04567', quality: 960, deviceAt: 0 },
  {
    type: 'container',
    device: 'ocr-yard-in-1',
    readId: 'c1',
    code: 'CSQU3054383',
    quality: 970,
    deviceAt: 0,
  },
];
/** The scale has the whole truck: now everything is known. */
export const lastMessage: Input = { type: 'weight', device: 'scale-1', state: 'stable', grossKg: 39_200 };
