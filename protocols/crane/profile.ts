/**
 * Where things are on the OPC UA server of a crane: our profile of OPC UA for ISA-95 Job Control (OPC 10031-4 V2),
 * with the spreader described in TIC 4.0's words. README.md beside this file says it for the maker of a crane.
 */

/** Namespace of the profile's own browse names. */
export const CRANE_URI = 'urn:lang-son-gate:crane:1';
/** ISA-95 Job Control V2. */
export const JOB_CONTROL_URI = 'http://opcfoundation.org/UA/ISA95-JOBCONTROL_V2/';

/** Identifiers in the Job Control namespace that its node set fixes. */
export const jobControlNodes = {
  jobOrderReceiverType: 1002,
  jobResponseProviderType: 1003,
  jobOrderDataType: 3008,
  jobOrderAndStateDataType: 3015,
  jobResponseDataType: 3013,
  parameterDataType: 3003,
} as const;

/** Browse names below the crane's object, in `CRANE_URI`. */
export const craneNames = {
  heartbeat: 'Heartbeat',
  mode: 'Mode',
  position: 'Position',
  hoistClear: 'HoistClear',
  spreader: 'Spreader',
  landed: 'Landed',
  locked: 'Locked',
  unlocked: 'Unlocked',
  loaded: 'Loaded',
  jobs: 'JobOrderControl',
  results: 'JobOrderResults',
} as const;

/** Browse names below JobOrderControl and JobOrderResults, in `JOB_CONTROL_URI`. */
export const jobControlNames = {
  jobOrderList: 'JobOrderList',
  jobResponseList: 'JobOrderResponseList',
  storeAndStart: 'StoreAndStart',
  pause: 'Pause',
  revokeStart: 'RevokeStart',
} as const;
