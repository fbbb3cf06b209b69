import assert from 'node:assert/strict';
import type { Command } from '../../../edge/core/effect.ts';
import { commandsOf } from '../../support/core-gate.ts';
import { bootLane, type CoreLane, toldLane } from '../../support/core-lane.ts';

describe('a command', () => {
  let lane: CoreLane;
  beforeEach(() => {
    lane = bootLane();
    lane.obeys = false;
  });
  const io = () => lane.config.devices.io;
  const raises = (commands: readonly Command[]) =>
    commands.filter((command) => command.kind === 'barrier' && command.to === 'raise');
  const pending = () => lane.gate.state.pending[`barrier:${io()}`];
  const confirmMs = () => lane.gate.config.timeouts.commandMs;

  it('tells its class, its number, when and for which crossing it was decided', () => {
    const crossing = lane.admits();
    const [raise] = raises(lane.sent);
    assert.deepEqual(
      [raise?.class, raise?.crossing, raise?.decidedAt],
      ['permissive', crossing.id, lane.gate.state.now],
    );
    const numbers = lane.sent.map(({ commandId }) => commandId);
    assert.equal(new Set(numbers).size, numbers.length);
  });

  it('is given once: while it is on its way, it is not repeated', () => {
    lane.admits();
    lane.wait(confirmMs() - 1);
    lane.reads();
    assert.equal(raises(lane.sent).length, 1);
    assert.deepEqual(pending()?.expects, { kind: 'barrier', position: 'up' });
  });

  it('is done when the device’s own report says so, and not when it says anything else', () => {
    lane.admits();
    lane.says({ barrier: 'moving' });
    assert.notEqual(pending(), undefined);
    lane.says({ barrier: 'up' });
    assert.equal(pending(), undefined);
    assert.equal(lane.gate.state.timers[`pending/barrier:${io()}`], undefined);
  });

  it('that is not confirmed in time is possibly executed: people are told, and it is decided anew', () => {
    lane.admits();
    const again = lane.wait(confirmMs());
    assert.deepEqual(lane.alarms(), [`COMMAND_UNCONFIRMED/${io()}`]);
    assert.deepEqual(toldLane(commandsOf(again)), ['barrier raise']);
    lane.says({ barrier: 'up' });
    assert.deepEqual(lane.alarms(), []);
  });

  it('to turn a light red is said again each second until it is confirmed; people are told after the usual time', () => {
    lane.says({ light: 'green' });
    const reds = () => toldLane(lane.sent).filter((one) => one === 'light red').length;
    assert.equal(reds(), 1);
    lane.wait(confirmMs() - 1);
    assert.equal(reds(), confirmMs() / 1_000);
    assert.deepEqual(lane.alarms(), []);
    lane.wait(1);
    assert.deepEqual(lane.alarms(), [`COMMAND_UNCONFIRMED/${io()}`]);
    lane.says({ light: 'red' });
    const before = reds();
    lane.wait(confirmMs());
    assert.equal(reds(), before);
    assert.deepEqual(lane.alarms(), []);
  });

  it('that was refused is decided anew half a second later, and nobody is called', () => {
    lane.admits();
    const [raise] = raises(lane.sent);
    const refused = lane.step({
      type: 'command-refused',
      commandId: raise?.commandId ?? '',
      reason: 'too old',
    });
    assert.deepEqual(
      refused.map((effect) => (effect.kind === 'decide' ? [effect.type, effect.body] : [])),
      [['refused', { commandId: raise?.commandId, actuator: `barrier:${io()}`, reason: 'too old' }]],
    );
    assert.deepEqual(raises(commandsOf(lane.wait(499))), []);
    const [again] = raises(commandsOf(lane.wait(1)));
    assert.notEqual(again?.commandId, raise?.commandId);
    assert.deepEqual(lane.alarms(), []);
  });

  it('that was refused is not taken for done by what the device then reports', () => {
    lane.admits();
    const [raise] = raises(lane.sent);
    lane.step({ type: 'command-refused', commandId: raise?.commandId ?? '', reason: 'too old' });
    const sent = commandsOf(lane.says({ barrier: 'up' }));
    assert.deepEqual(
      sent.map((command) => command.kind === 'barrier' && command.to),
      ['lower'],
    );
  });

  it('of another refusal is not touched', () => {
    lane.admits();
    assert.deepEqual(lane.step({ type: 'command-refused', commandId: 'huu-nghi-c999', reason: 'x' }), []);
    assert.equal(pending()?.refused, false);
  });

  it('that restricts does not wait for one that permits', () => {
    lane.admits();
    const stopped = lane.act({ kind: 'stop-gate' });
    // The barrier may be on its way up by now; it is told to come down while it is not seen to be.
    assert.deepEqual(raises(commandsOf(stopped)), []);
    const moving = lane.says({ barrier: 'moving' });
    assert.deepEqual(toldLane(commandsOf(moving)), ['barrier lower']);
    assert.deepEqual(pending()?.expects, { kind: 'barrier', position: 'down' });
    assert.deepEqual(toldLane(commandsOf(lane.wait(confirmMs() - 1))), [], 'told once');
    const resumed = lane.act({ kind: 'resume-gate' });
    assert.deepEqual(raises(commandsOf(resumed)), [], 'what permits waits for it');
    assert.equal(raises(commandsOf(lane.says({ barrier: 'down' }))).length, 1);
  });

  it('is not given while the interlock forbids it, and leaves no trace of its own', () => {
    lane.admits();
    lane.says({ barrier: 'up' });
    const before = lane.gate.state.counters.command;
    lane.step({ type: 'clock', trusted: false, offsetMs: 9_000 });
    const told = lane.says({ light: 'dark' });
    assert.deepEqual(
      commandsOf(told).filter((command) => command.class === 'permissive'),
      [],
    );
    assert.equal((lane.gate.state.counters.command ?? 0) - (before ?? 0) <= 2, true);
  });
});
