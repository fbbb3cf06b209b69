/**
 * The reasons that may cross the border. They say what the other side must know to act, never why an authority of ours
 * looks: a hit on a watch list, a risk score or a trader's status is `AUTHORITY_CHECK` or nothing at all.
 */
import { z } from 'zod';

export const PUBLIC_CODES = [
  'AUTHORITY_CHECK',
  'CAPACITY',
  'CLEARANCE_WITHDRAWN',
  'CUSTODY_POINT_DIFFERS',
  'EMERGENCY',
  'HEALTH_REGIME',
  'INSPECTION',
  'MAINTENANCE',
  'NO_TRACK',
  'SECTION_CLOSED',
  'SECURITY',
  'WEATHER',
  'OTHER',
] as const;
export type PublicCode = (typeof PUBLIC_CODES)[number];
export const publicCode = z.enum(PUBLIC_CODES);

/** What can differ between what was handed over and what was found. */
export const DISCREPANCY_CODES = [
  'CONTAINER_NUMBER',
  'CONTAINER_MISSING',
  'CONTAINER_DAMAGED',
  'SEAL_NUMBER',
  'SEAL_BROKEN',
  'SEAL_MISSING',
  'WEIGHT',
  'GOODS',
  'DOCUMENTS',
  'VEHICLE',
  'OTHER',
] as const;
export type DiscrepancyCode = (typeof DISCREPANCY_CODES)[number];
export const discrepancyCode = z.enum(DISCREPANCY_CODES);
