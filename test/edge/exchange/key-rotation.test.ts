import assert from 'node:assert/strict';
import { copyFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { initKeys, rotateKeys } from '../../../edge/cli/keys/make.ts';
import { revokeKey } from '../../../edge/cli/keys/revoke.ts';
import { showKeys } from '../../../edge/cli/keys/show.ts';
import { trustKeys } from '../../../edge/cli/keys/trust.ts';
import { openDatabaseReadOnly } from '../../../edge/exchange/database.ts';
import { GateError } from '../../../edge/platform/errors.ts';
import { createFakeControl, eventually, removeFolders } from '../../support/exchange-world.ts';
import {
  decide,
  linkOf,
  received,
  type Side,
  type TwoExchanges,
  tell,
  twoExchanges,
  upTo,
} from '../../support/two-exchanges.ts';

const PLANNED = 'keys/log-keys.rotation.json';
const LIST = 'keys/log-keys.json';

describe('changing the key of our log, while both gates run', () => {
  let pair: TwoExchanges;
  let ours: Side;
  let theirs: Side;
  beforeEach(async () => {
    pair = await twoExchanges();
    ({ ours, theirs } = pair);
  });
  afterEach(() => pair.close());
  after(removeFolders);

  const rotate = () =>
    rotateKeys({
      config: 'config/huu-nghi.yaml',
      data: ours.folder,
      alg: 'ES256',
      validDays: 365,
    });
  const isThere = async (name: string): Promise<boolean> =>
    (await readdir(join(ours.folder, 'keys'))).includes(name.slice('keys/'.length));
  const listed = async (): Promise<{ kid: string; file: string }[]> =>
    JSON.parse(await readFile(join(ours.folder, LIST), 'utf8')).keys;
  /** The `kid` of our newest head that the other side has verified. */
  const verifiedKid = async (): Promise<string | undefined> => {
    const database = await openDatabaseReadOnly(join(theirs.folder, 'exchange.db'));
    try {
      const row = await database.get<{ value: string }>(
        `SELECT value FROM meta WHERE key = 'counterpart.follower'`,
      );
      const head: string = JSON.parse(row?.value ?? '{}').head ?? '';
      return JSON.parse(Buffer.from(head.split('.')[0] ?? '', 'base64url').toString()).kid;
    } finally {
      await database.close();
    }
  };
  /** Control writes what it is asked for, as the core does. */
  const writing = (onAsked: () => void = () => undefined): void => {
    ours.control.beforeSubmit = (input) => {
      if (input.type !== 'keys-rotated-asked') return;
      onAsked();
      tell(ours, input.record);
    };
  };
  const asked = (): number => ours.control.of('keys-rotated-asked').length;
  /** Everything goes on under the new key, and the change is over. */
  const goesOn = async (): Promise<void> => {
    await eventually('the plan is done', async () => !(await isThere(PLANNED)));
    decide(ours, 2);
    await eventually('the other side reads on', () => received(theirs).length === ours.lines);
    assert.deepEqual(received(theirs), upTo(ours.lines));
    assert.equal(await verifiedKid(), (await listed()).at(-1)?.kid);
    await eventually('the link is up', () => linkOf(ours) === true && linkOf(theirs) === true);
    assert.deepEqual(theirs.control.of('counterpart-fault'), []);
    assert.deepEqual(ours.control.of('counterpart-fault'), []);
  };
  const bothRead = async (count = 3): Promise<void> => {
    decide(ours, count);
    await Promise.all([pair.start(ours), pair.start(theirs)]);
    await eventually('the lines are read', () => received(theirs).length === count);
  };

  it('the line that tells of it is signed by the old key, what follows by the new one, and nobody restarts', async () => {
    await bothRead();
    const before = await verifiedKid();
    writing();
    await rotate();
    await eventually('the change is read', () => received(theirs).length === 4);
    assert.equal(await verifiedKid(), before);
    await goesOn();
    assert.notEqual(await verifiedKid(), before);
    assert.equal(asked(), 1);
    const [old, next] = await listed();
    assert.deepEqual([old?.kid, next?.file], [before, `keys/log-${next?.kid.slice(0, 12)}.key.pem`]);
    await rotate();
    await eventually('and once more', async () => (await listed()).length === 3 && !(await isThere(PLANNED)));
    await goesOn();
  });

  describe('and a power cut', () => {
    it('after the new key was made and before it was listed leaves a file that nothing names', async () => {
      await bothRead();
      await rotate();
      await rm(join(ours.folder, PLANNED));
      await rm(join(ours.folder, LIST));
      writing();
      await rotate();
      await goesOn();
    });

    it('after it was listed and before it was planned is mended by the same command', async () => {
      await bothRead();
      await pair.stop(ours);
      await rotate();
      const [, made] = await listed();
      await rm(join(ours.folder, PLANNED));
      await pair.start(ours);
      writing();
      await rotate();
      assert.deepEqual((await listed())[1]?.kid, made?.kid);
      await goesOn();
    });

    it('before control has it: it is asked for again', async () => {
      await bothRead();
      let refused = 0;
      ours.control.beforeSubmit = (input) => {
        if (input.type !== 'keys-rotated-asked') return;
        refused += 1;
        throw new GateError('DOOR_DOWN', 'killed', 'Start again.');
      };
      await rotate();
      await eventually('it was asked for', () => refused > 0);
      await pair.kill(ours);
      writing();
      await pair.start(ours);
      await goesOn();
      assert.equal(asked(), 1);
    });

    it('after control has it and before we know: it is found in the journal, and not asked for again', async () => {
      await bothRead();
      let killed: Promise<void> | undefined;
      writing(() => {
        killed ??= pair.kill(ours);
      });
      await rotate();
      await eventually('it was asked for', () => killed !== undefined);
      await killed;
      await pair.start(ours);
      await goesOn();
      assert.equal(asked(), 1);
    });

    it('after the log tells of it and before the plan is gone: the plan goes', async () => {
      await bothRead();
      writing();
      await rotate();
      await copyFile(join(ours.folder, PLANNED), join(ours.folder, 'kept'));
      await eventually('the plan is done', async () => !(await isThere(PLANNED)));
      await pair.kill(ours);
      await copyFile(join(ours.folder, 'kept'), join(ours.folder, PLANNED));
      await pair.start(ours);
      await goesOn();
      assert.equal(asked(), 1);
    });

    it('of the reader, at any of its lines, loses nothing of it', async () => {
      decide(ours, 3);
      await pair.start(ours);
      writing();
      await rotate();
      await eventually('the plan is done', async () => !(await isThere(PLANNED)));
      decide(ours, 3);
      let killed: Promise<void> | undefined;
      theirs.control.beforeSubmit = (input) => {
        if (input.type === 'counterpart-record' && input.line === 4) killed ??= pair.kill(theirs);
      };
      await pair.start(theirs);
      await eventually('it died in the middle', () => killed !== undefined);
      await killed;
      await pair.start(theirs);
      await goesOn();
    });
  });

  it('told twice, because an answer was lost, it changes nothing', async () => {
    await bothRead();
    writing();
    await rotate();
    await eventually('the plan is done', async () => !(await isThere(PLANNED)));
    const [first] = ours.control.of('keys-rotated-asked');
    assert.ok(first);
    tell(ours, first.record);
    await goesOn();
  });

  it('a lost exchange.db is built again under both keys, and who reads from the beginning follows', async () => {
    await bothRead();
    writing();
    await rotate();
    await goesOn();
    await Promise.all([pair.stop(ours), pair.stop(theirs)]);
    for (const side of [ours, theirs])
      for (const name of await readdir(side.folder))
        if (name.startsWith('exchange.db')) await rm(join(side.folder, name));
    theirs.control = createFakeControl();
    await Promise.all([pair.start(ours), pair.start(theirs)]);
    await goesOn();
  });

  it('a log of many pages is read through the change, by one who knows the first key only', async () => {
    decide(ours, 1_500);
    await pair.start(ours);
    writing();
    await rotate();
    await eventually('the plan is done', async () => !(await isThere(PLANNED)));
    decide(ours, 1_500);
    await pair.start(theirs);
    await goesOn();
  });

  it('a plan that the key in force has not signed is never told', async () => {
    await bothRead();
    await pair.stop(ours);
    await rotate();
    const plan = JSON.parse(await readFile(join(ours.folder, PLANNED), 'utf8'));
    await rm(join(ours.folder, PLANNED));
    const forged = { ...plan, signatures: { ...plan.signatures, old: plan.signatures.new } };
    await writeFile(join(ours.folder, PLANNED), JSON.stringify(forged));
    const warnings: string[] = [];
    const log: Side['log'] = {
      ...ours.log,
      child: () => log,
      warn: (message) => void warnings.push(message),
    };
    ours.log = log;
    await pair.start(ours);
    await eventually('it is told', () => warnings.some((text) => /the old key has not signed it/.test(text)));
    assert.equal(asked(), 0);
  });

  it('an expired key signs nothing: no line leaves, the link is down, and a person is told why', async () => {
    await bothRead();
    await pair.stop(ours);
    await rotate();
    await rm(join(ours.folder, PLANNED));
    const keys = (await listed()).slice(0, 1).map((key) => ({ ...key, exp: 1_772_000_000 }));
    await writeFile(join(ours.folder, LIST), JSON.stringify({ gate: 'huu-nghi', keys }));
    await pair.start(ours);
    decide(ours, 1);
    await eventually('it is told', () => ours.control.of('counterpart-fault').length > 0);
    const [fault] = ours.control.of('counterpart-fault');
    assert.equal(fault?.log, 'ours');
    assert.match(fault?.reason ?? '', /cannot be signed: key .* expired on 2026-02-25/);
    await eventually('the link is down', () => linkOf(ours) === false);
    await assert.rejects(rotate(), { code: 'KEY_NOT_IN_FORCE' });
    assert.deepEqual(received(theirs), upTo(3));
  });

  it('a lost key is replaced in person on both sides, and reading goes on; before that nobody believes it', async () => {
    await bothRead();
    writing();
    await rotate();
    await goesOn();
    const size = ours.lines;
    await Promise.all([pair.stop(ours), pair.stop(theirs)]);
    for (const { file } of await listed()) await rm(join(ours.folder, file));
    const making = { config: 'config/huu-nghi.yaml', data: ours.folder, alg: 'EdDSA', validDays: 365 };
    await initKeys({ ...making, replaceLost: true });
    const file = join(ours.folder, 'handed.json');
    await writeFile(file, (await showKeys({ config: making.config, data: ours.folder, public: true })).text);
    const reading = { config: 'config/huu-nghi-quan.yaml', data: theirs.folder };
    await assert.rejects(trustKeys(file, reading), { code: 'KEY_OTHER_TRUSTED' });
    await trustKeys(file, { ...reading, replace: true });
    await Promise.all([pair.start(ours), pair.start(theirs)]);
    decide(ours, 2);
    await eventually('the other side reads on', () => received(theirs).length === size + 2);
    assert.equal(await verifiedKid(), (await listed()).at(-1)?.kid);
    assert.deepEqual(theirs.control.of('counterpart-fault'), []);
    assert.deepEqual(ours.control.of('counterpart-fault'), []);
  });

  it('a key that the reader has revoked is believed no more', async () => {
    await bothRead();
    await pair.stop(theirs);
    const kid = (await verifiedKid()) ?? '';
    await revokeKey(kid, { config: 'config/huu-nghi-quan.yaml', data: theirs.folder });
    decide(ours, 1);
    await pair.start(theirs);
    await eventually('it is told', () => theirs.control.of('counterpart-fault').length > 0);
    assert.match(theirs.control.of('counterpart-fault')[0]?.reason ?? '', /was revoked on/);
    assert.deepEqual(received(theirs), upTo(3));
  });
});
