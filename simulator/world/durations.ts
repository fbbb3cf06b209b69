/** How long things take in the simulated world at speed 1, and how big they are. Units last in names. */

/** Barrier from closed to open, and back. */
export const BARRIER_TRAVEL_MS = 1_500;
/** From driving off to the tail leaving the stop line: nose under the barrier. */
export const PASS_NOSE_MS = 1_000;
/** From there until the tail is clear of the barrier. */
export const PASS_BODY_MS = 1_000;
/** From there until the tail is clear of the exit loop. */
export const PASS_TAIL_MS = 500;
/** A driver lets this gap open before pulling up after the one ahead. */
export const PULL_UP_MS = 3_000;
/** A driver who has turned back at the stop line comes again after this. */
export const COME_AGAIN_MS = 120_000;

/** From stopping to the first plate reading. */
export const CAMERA_DELAY_MS = 600;
/** From stopping to the first container-code reading. */
export const READER_DELAY_MS = 800;
/** Cameras and readers look again while something stands before them. */
export const SIGHTING_PERIOD_MS = 5_000;
/** Quality of a good reading, per mille: from here … */
export const QUALITY_MIN = 930;
/** … to here. */
export const QUALITY_MAX = 990;

/** A scale swings this long after a vehicle has come onto it. */
export const SCALE_SETTLE_MS = 2_000;
/** A scale swings this long after a vehicle has left it. */
export const SCALE_EMPTY_MS = 1_000;
/** Period between two moving weights. */
export const SCALE_STEP_MS = 500;
/** Division of the scale. */
export const SCALE_DIVISION_KG = 10;

/** A truck between lane and bay, either way. */
export const TRUCK_DRIVE_MS = 5_000;
export const TRUCK_TARE_KG = 15_200;
/** Somebody with a torch brings a truck that has no business in the yard back to the open road. */
export const ESCORT_MS = 60_000;

/** From the gate's taking in that a release was taken back until it has stopped whatever goes by it. */
export const WITHDRAWAL_SPREADS_MS = 10_000;

/** What a driverless vehicle can do at most. */
export const VEHICLE_SPEED_MPS = 5;
export const VEHICLE_TARE_KG = 14_800;
/** A vehicle whose next node is occupied stops this far before it, and one behind another this far behind it. */
export const BLOCKED_GAP_M = 10;
/** A vehicle that has reported a wrong node finds out after this. */
export const WANDER_MS = 2_000;
/** Battery: driving at full speed empties it in about twelve hours, three quarters by the way driven … */
export const BATTERY_PERCENT_PER_M = 75 / (12 * 3_600 * VEHICLE_SPEED_MPS);
/** … and a quarter by the time, which passes standing as well. */
export const BATTERY_PERCENT_PER_MS = 25 / (12 * 3_600_000);
/** An empty one is full again after an hour and a half. */
export const CHARGE_PERCENT_PER_MS = 100 / (1.5 * 3_600_000);
/** A change of charge by this much is told even when nothing else changes. */
export const BATTERY_STEP_PERCENT = 5;

export const CRANE_TRAVEL_MS = 8_000;
/** Spreader from the top down to landing, and up again. */
export const CRANE_HOIST_MS = 3_000;
/** Twistlocks, either way. */
export const CRANE_TWISTLOCK_MS = 1_000;
/** From the start of hoisting until the load hangs in the spreader. */
export const CRANE_WEIGHT_MS = 300;

/** From the booking to the truck standing at the gate. */
export const TRUCK_ARRIVES_MS = 1_000;
/** From the booking to the export's release. */
export const EXPORT_RELEASE_MS = 4_000;
/** From the gate's report of entry to the import's release. */
export const IMPORT_RELEASE_MS = 3_000;
/** From the import's release to the pick-up truck standing at the gate. */
export const PICKUP_ARRIVES_MS = 2_000;
