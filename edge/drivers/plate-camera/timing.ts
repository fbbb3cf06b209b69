/** How patient the driver is with a camera. Tests are less so; a site has no reason to change these. */
export interface PlateCameraTiming {
  /** First pause after a lost camera; each further one is twice as long, with jitter. */
  backOffFirstMs: number;
  backOffMaxMs: number;
  /** Pause after wrong credentials: cameras lock an account that keeps knocking. */
  refusedPauseMs: number;
  /** How long one request may go unanswered. */
  answerMs: number;
  /** The library asks the camera to hold an idle pull for one minute. */
  pullMs: number;
  /** A pull that breaks off after this long was idle, and the camera is well. */
  idlePullMs: number;
  /** Pause before pulling again after a pull broke off. */
  pullAgainMs: number;
  /** The library asks for pull points of two minutes. */
  renewMs: number;
  /** How long a reading waits for its picture. */
  pictureMs: number;
  /** How long stopping waits for the camera to take its pull point back. */
  farewellMs: number;
}

export const plateCameraTiming: PlateCameraTiming = {
  backOffFirstMs: 500,
  backOffMaxMs: 30_000,
  refusedPauseMs: 60_000,
  answerMs: 5_000,
  pullMs: 75_000,
  idlePullMs: 2_000,
  pullAgainMs: 100,
  renewMs: 30_000,
  pictureMs: 1_500,
  farewellMs: 1_000,
};
