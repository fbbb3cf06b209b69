/** How patient the OPC UA drivers are. Tests are less so; a site has no reason to change these. */
export interface OpcuaTiming {
  /** First pause after a lost connection; each further one is twice as long, with jitter. */
  backoffMinMs: number;
  backoffMaxMs: number;
  /** A server whose clock does not move for this long is taken for dead, even if its socket is open. */
  serverSilentMs: number;
  /** How long one request may go unanswered. */
  requestMs: number;
  /** How often the server may send changes. */
  publishMs: number;
}

export const opcuaTiming: OpcuaTiming = {
  backoffMinMs: 500,
  backoffMaxMs: 30_000,
  serverSilentMs: 15_000,
  requestMs: 5_000,
  publishMs: 100,
};
