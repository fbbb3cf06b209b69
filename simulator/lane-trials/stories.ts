/** Stories of a lane: two or three things that happen in the same seconds, each by itself harmless. */
import { between, chance } from '../faults/fault.ts';
import { PULL_UP_MS } from '../world/durations.ts';
import { type Driver, laneAt, type Stage } from './stage.ts';
import { type LaneTrouble, linkOf } from './trouble.ts';

const LOOK_MS = 100;
/** Until somebody has come it may happen to, and for it. */
const STORY_MS = [30_000, 45_000] as const;

/** One part of a story: happens as soon as `when` tells of whom, or that it is so. */
interface Part<T> {
  when: () => T | undefined | false;
  happens: (whom: T) => void;
}

/** Lets the parts happen, one after the other; returns what ends the story. */
function tell<T>({ run }: Stage, ...parts: readonly Part<T>[]): () => void {
  let next = 0;
  return run.clock.every(LOOK_MS, () => {
    const part = parts[next];
    const whom = part?.when();
    if (part === undefined || whom === undefined || whom === false) return;
    next += 1;
    part.happens(whom);
  });
}

const atStopLine = ({ lane, drivers }: Stage): Driver | undefined =>
  drivers.find((one) => one === lane.standing && one.booking !== undefined);

/** Whom the gate has matched to its crossing, and stands there. */
function known(stage: Stage): Driver | undefined {
  const driver = atStopLine(stage);
  return driver !== undefined && stage.view()?.visit?.crossing === stage.crossingOf(driver)
    ? driver
    : undefined;
}

function turnBack({ lane }: Stage, driver: Driver | undefined): void {
  if (lane.turnBack() && driver !== undefined) driver.turnedBack = true;
}

/** Neither plate nor container of whoever stands there is told. */
function losePictures(stage: Stage, share: number): void {
  linkOf(stage, 'camera').loseShare = share;
  if (stage.config.devices.reader !== undefined) linkOf(stage, 'reader').loseShare = share;
}

const story = (kind: string, begin: LaneTrouble['begin'], more: Partial<LaneTrouble> = {}): LaneTrouble => ({
  kind,
  blinds: false,
  may: [],
  lastsMs: STORY_MS,
  isStory: true,
  begin,
  ...more,
});

export const stories: readonly LaneTrouble[] = [
  story(
    'the loop lets go late of who turns back from a closed lane, and the next cannot be read',
    (stage) => {
      const { act, config, io, lane, random, run } = stage;
      act({ kind: 'close-lane', lane: config.id });
      const end = tell(stage, {
        when: () => known(stage) !== undefined && lane.waiting > 0 && stage.view()?.visit?.released === false,
        happens() {
          losePictures(stage, 1);
          io.stickSensor('approach', true);
          turnBack(stage, atStopLine(stage));
          run.clock.after(PULL_UP_MS - between(random, 350, 900), () =>
            io.stickSensor('approach', undefined),
          );
          run.clock.after(PULL_UP_MS + 1_000, () => act({ kind: 'open-lane', lane: config.id }));
        },
      });
      return () => {
        end();
        losePictures(stage, 0);
        if (stage.view()?.mode === 'closed') act({ kind: 'open-lane', lane: config.id });
      };
    },
    { blinds: true },
  ),
  story(
    'the barrier is jammed before whoever was let go, who turns back while nothing is heard',
    (stage) => {
      const { io, run } = stage;
      const link = linkOf(stage, 'io');
      io.jam(true);
      const end = tell(stage, {
        when: () => stage.view()?.visit?.released === true && atStopLine(stage) !== undefined,
        happens() {
          link.up(false);
          turnBack(stage, atStopLine(stage));
          run.clock.after(3_000, () => link.up(true));
          run.clock.after(8_000, () => io.jam(false));
        },
      });
      return () => {
        end();
        io.jam(false);
        link.up(true);
      };
    },
    { blinds: true },
  ),
  story(
    'nothing is heard of a passage, and the lane is stopped just before it is told',
    (stage) => {
      const { act, config, io, lane, run } = stage;
      const link = linkOf(stage, 'io');
      const end = tell(
        stage,
        {
          when: () => io.state.light === 'green',
          happens() {
            link.loseShare = 1;
          },
        },
        {
          when: () => lane.passing.length > 0,
          happens() {
            run.clock.after(4_000, () => {
              link.loseShare = 0;
            });
            run.clock.after(4_300, () => act({ kind: 'stop-lane', lane: config.id }));
            run.clock.after(12_000, () => act({ kind: 'resume-lane', lane: config.id }));
          },
        },
      );
      return () => {
        end();
        link.loseShare = 0;
      };
    },
    { blinds: true },
  ),
  story(
    'nothing is heard of a passage, and the next cannot be read',
    (stage) => {
      const { io, lane, run } = stage;
      const link = linkOf(stage, 'io');
      const end = tell(
        stage,
        {
          when: () => io.state.light === 'green' && lane.waiting > 0,
          happens() {
            link.loseShare = 1;
          },
        },
        {
          when: () => lane.passing.length > 0,
          happens() {
            losePictures(stage, 1);
            run.clock.after(8_000, () => {
              link.loseShare = 0;
            });
          },
        },
      );
      return () => {
        end();
        link.loseShare = 0;
        losePictures(stage, 0);
      };
    },
    { blinds: true },
  ),
  story(
    'nothing is heard of a green, nor of the passage by it',
    (stage) => {
      const { io, lane } = stage;
      const link = linkOf(stage, 'io');
      let isArmed = true;
      // Before the gate hears of it.
      io.watch(() => {
        if (isArmed && io.state.light === 'green') link.frozen(true);
      });
      const end = tell(
        stage,
        { when: () => lane.passing.length > 0, happens() {} },
        {
          when: () => lane.passing.length === 0,
          happens() {
            isArmed = false;
            link.frozen(false);
          },
        },
      );
      return () => {
        end();
        isArmed = false;
        link.frozen(false);
      };
    },
    { blinds: true },
  ),
  story(
    'nothing is heard of a passage, nor of the scale',
    (stage) => {
      const { io, lane } = stage;
      const links = [linkOf(stage, 'io'), linkOf(stage, 'scale')];
      const end = tell(stage, {
        when: () => io.state.light === 'green' && lane.waiting > 0,
        happens() {
          for (const link of links) link.loseShare = 1;
        },
      });
      return () => {
        end();
        for (const link of links) link.loseShare = 0;
      };
    },
    { blinds: true, wire: 'scale' },
  ),
  story('a person has it read again, it is let go anew, and the driver turns back', (stage) => {
    const { act, config, io } = stage;
    const isRead = (): boolean => (stage.view()?.visit?.plates.length ?? 0) > 0;
    return tell(
      stage,
      {
        when: () => known(stage) !== undefined && io.state.barrier === 'up',
        happens: () => act({ kind: 'reread', lane: config.id }),
      },
      {
        when: () => known(stage) !== undefined && isRead() && io.state.light === 'green',
        happens: () => turnBack(stage, atStopLine(stage)),
      },
    );
  }),
  story(
    'the camera takes the plate for that of another who is announced',
    (stage) => {
      const { config, drivers, random, world } = stage;
      const camera = world.cameras.get(config.devices.camera);
      if (camera === undefined) return () => {};
      let left = chance(random, 0.5) ? 1 : 2;
      camera.distort = (sighting) => {
        const other = drivers.find(
          ({ booking, droveAt, plate }) =>
            booking !== undefined && droveAt === undefined && plate !== sighting.text,
        );
        if (other === undefined || stage.view()?.visit?.released === true || left === 0) return sighting;
        left -= 1;
        return { ...sighting, text: other.plate };
      };
      return () => {
        camera.distort = undefined;
      };
    },
    // Without a reader it would be let in as that other one.
    { wire: 'reader', may: ['CONTAINER_MISMATCH'] },
  ),
  story(
    'something is left below the barrier, and somebody raises it',
    (stage) => {
      const { io, lane, raiseByHand, run } = stage;
      const takeAway = (): void => {
        // A curtain that is broken alone would be a person.
        io.stickSensor('curtain', undefined);
        io.stickSensor('under', undefined);
      };
      const end = tell(stage, {
        when: () => lane.standing === undefined && lane.passing.length === 0 && io.state.barrier === 'down',
        happens() {
          io.stickSensor('under', true);
          io.stickSensor('curtain', true);
          run.clock.after(2_000, raiseByHand);
          run.clock.after(8_000, takeAway);
        },
      });
      return () => {
        end();
        takeAway();
      };
    },
    { may: ['INTRUSION', 'BARRIER_UNCOMMANDED', 'COMMAND_UNCONFIRMED'] },
  ),
  story(
    'nothing is heard of a hand that raises the barrier, and the own raise is refused',
    (stage) => {
      const { config, gate, io, raiseByHand } = stage;
      const link = linkOf(stage, 'io');
      const isRefused = (): boolean => gate.state.pending[`barrier:${config.devices.io}`]?.refused === true;
      const end = tell(
        stage,
        {
          when: () => atStopLine(stage) !== undefined && stage.view()?.visit?.released === false,
          happens() {
            link.loseShare = 1;
            raiseByHand();
          },
        },
        {
          when: () => io.state.barrier === 'up' && isRefused(),
          happens() {
            link.loseShare = 0;
            // So that it tells its state.
            io.flap('approach', 1, 60);
          },
        },
      );
      return () => {
        end();
        link.loseShare = 0;
      };
    },
    { blinds: true },
  ),
  story('another with the same plate comes to the next lane', (stage) => {
    const elsewhere = laneAt(stage, 'yard-in', 'bobtail');
    return tell(stage, {
      when: () => known(stage),
      happens: (driver) => stage.showElsewhere(driver, elsewhere, between(stage.random, 700, 1_500)),
    });
  }),
  story(
    'a truck that is in would leave with its container',
    (stage) => {
      const { gate, drivers, crossingOf } = stage;
      const inside = (): Driver | undefined =>
        drivers.find((one) => gate.state.crossings[crossingOf(one) ?? '']?.truck?.phase === 'inside');
      return tell(stage, {
        when: inside,
        happens: (driver) => stage.showElsewhere(driver, laneAt(stage, 'yard-out', 'bobtail'), 8_000),
      });
    },
    { may: ['CONTAINER_MISMATCH'] },
  ),
];
