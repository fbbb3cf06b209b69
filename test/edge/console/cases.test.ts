import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GateConfig, PersonRole } from '../../../config/schema.ts';
import { act } from '../../../edge/cli/act.ts';
import { type Console, startConsole } from '../../../edge/console/console.ts';
import type { ConsoleDoor } from '../../../edge/console/door.ts';
import type { Overview } from '../../../edge/console/overview.ts';
import { createActVerifier } from '../../../edge/control/signed-acts.ts';
import { step } from '../../../edge/core/gate.ts';
import type { GateState } from '../../../edge/core/state.ts';
import { systemClock } from '../../../edge/platform/clock.ts';
import { silentLog } from '../../../edge/platform/log.ts';
import { eventually } from '../../support/exchange-world.ts';
import { useTempDirs } from '../../support/temp-dir.ts';
import { customsCase, type FakeGate, fakeGate, quietState, testConfig } from './fake-gate.ts';

/** A control daemon that checks signatures and asks the real core. */
function doorTo(state: GateState, config: GateConfig): ConsoleDoor & Pick<FakeGate, 'append'> {
  const gate = fakeGate(state);
  const verify = createActVerifier(config, systemClock);
  return {
    ...gate,
    async submitJws(jws) {
      const { input, from } = await verify(jws);
      gate.append({ type: input.type, body: { ...input, from } });
      const seq = gate.journal.length;
      for (const effect of step(state, { ...input, from, at: state.now }))
        if (effect.kind === 'decide') gate.append({ kind: 'decision', type: effect.type, body: effect.body });
      // What is told of the state follows the journal.
      gate.become(state);
      return { seq };
    },
  };
}

describe('a case for customs at the console', () => {
  const tempDir = useTempDirs();
  let config: GateConfig;
  let state: GateState;
  let people: Console;
  let file: string;
  let keys: Record<string, string>;

  beforeEach(async () => {
    const dir = await tempDir();
    keys = {};
    const person = (id: string, role: PersonRole) => {
      const { privateKey, publicKey } = generateKeyPairSync('ed25519');
      keys[id] = join(dir, `${id}.pem`);
      writeFileSync(keys[id], privateKey.export({ type: 'pkcs8', format: 'pem' }));
      return { id, role, publicKey: publicKey.export({ format: 'jwk' }).x ?? '' };
    };
    config = {
      ...testConfig(),
      people: [
        person('lan', 'supervisor'),
        person('minh', 'supervisor'),
        person('hoa', 'customs-officer'),
        person('binh', 'customs-leader'),
      ],
    };
    state = quietState(config);
    for (const id of ['huu-nghi-c1', 'huu-nghi-c2']) state.cases[id] = customsCase({ id });
    people = await startConsole({ config, door: doorTo(state, config), clock: systemClock, log: silentLog });
    file = join(dir, 'gate.yaml');
    const at = { host: '127.0.0.1', port: people.port };
    writeFileSync(file, JSON.stringify({ ...config, console: at }));
  });
  afterEach(() => people.stop());

  const close = (as: string, id: string, reason = 'declared anew, nothing outstanding') =>
    act('close-case', id, { config: file, as, key: keys[as] ?? '', reason });
  const shown = async (): Promise<string[]> => {
    const response = await fetch(`http://127.0.0.1:${people.port}/api/overview`);
    const { overview } = (await response.json()) as { overview: Overview | null };
    return overview?.cases.open.map(({ id }) => id) ?? [];
  };
  const shows = (...ids: string[]) =>
    eventually(`it shows ${ids.join(', ') || 'none'}`, async () => {
      return JSON.stringify((await shown()).toSorted()) === JSON.stringify(ids);
    });

  it('is closed by a customs officer’s signed word with a reason, and disappears', async () => {
    await shows('huu-nghi-c1', 'huu-nghi-c2');
    assert.match((await close('hoa', 'huu-nghi-c1')).text, /^done/);
    await shows('huu-nghi-c2');
    assert.match((await close('binh', 'huu-nghi-c2')).text, /^done/);
    await shows();
  });

  it('is closed by nobody else, not without a reason, and once', async () => {
    assert.match(
      (await close('lan', 'huu-nghi-c1')).text,
      /refused.*it takes the role customs-officer or customs-leader/,
    );
    assert.match((await close('hoa', 'huu-nghi-c1', ' ')).text, /say why/);
    await close('hoa', 'huu-nghi-c1');
    assert.match((await close('hoa', 'huu-nghi-c1')).text, /there is no case huu-nghi-c1/);
    await shows('huu-nghi-c2');
  });
});
