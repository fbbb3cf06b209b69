import assert from 'node:assert/strict';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { initKeys } from '../../../edge/cli/keys/make.ts';
import { trustOwnKeys } from '../../../edge/cli/keys/own.ts';
import { revokeKey } from '../../../edge/cli/keys/revoke.ts';
import { showKeys } from '../../../edge/cli/keys/show.ts';
import { trustKeys } from '../../../edge/cli/keys/trust.ts';
import { exchangeInput } from '../../../edge/control/inputs-schema.ts';
import type { LogKeySet } from '../../../protocols/handover/public-key.ts';
import { createFakeControl, eventually, newFolder, removeFolders } from '../../support/exchange-world.ts';
import { makeKey, rotationBetween } from '../../support/log-keys.ts';
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

describe('keys that are trusted or revoked while both gates run', () => {
  let both: TwoExchanges;
  let ours: Side;
  let theirs: Side;
  beforeEach(async () => {
    both = await twoExchanges();
    ({ ours, theirs } = both);
    decide(ours, 3);
    decide(theirs, 1);
    await Promise.all([both.start(ours), both.start(theirs)]);
    await eventually(
      'the lines are read',
      () => received(ours).length === 1 && received(theirs).length === 3,
    );
    await eventually('the link stands', () => linkOf(ours) === true && linkOf(theirs) === true);
  });
  afterEach(() => both.close());
  after(removeFolders);

  const at = (side: Side) => ({ config: `config/${side.gate}.yaml`, data: side.folder });
  const keysOf = async (side: Side): Promise<LogKeySet> =>
    JSON.parse((await showKeys({ ...at(side), public: true })).text);
  const kidOf = async (side: Side): Promise<string> => (await keysOf(side)).keys.at(-1)?.kid ?? '';
  const toldOf = (side: Side) =>
    side.control.of('log-keys-changed').map(({ type: _, file: _f, ...change }) => change);
  const faultsOf = (side: Side) => side.control.of('counterpart-fault');

  it('are in the journal from the first start on, by name and by the file that says so', async () => {
    await eventually('they are told', () => ours.control.of('log-keys-changed').length === 2);
    const [own, other] = [await kidOf(ours), await kidOf(theirs)];
    const nothing = { revoked: [], removed: [] };
    assert.deepEqual(toldOf(ours), [
      { log: 'ours', trusted: [own], ...nothing },
      { log: 'theirs', trusted: [other], ...nothing },
    ]);
    assert.deepEqual(
      ours.control.of('log-keys-changed').map(({ file }) => file),
      ['keys/signing.key.pem', 'keys/counterpart.signing.pem'],
    );
    await both.stop(ours);
    await revokeKey(other, at(ours));
    await both.start(ours);
    await eventually('what was changed meanwhile is told', () => toldOf(ours).length === 3);
    assert.deepEqual(toldOf(ours)[2], {
      log: 'theirs',
      trusted: [],
      revoked: [{ kid: other, upTo: 1 }],
      removed: [],
    });
    assert.equal(ours.control.of('log-keys-changed')[2]?.file, 'keys/counterpart.log-keys.json');
  });

  it('count at once: a revoked key ends the link, its successor brings it back, and nobody restarts anything', async () => {
    const stolen = await kidOf(ours);
    await revokeKey(stolen, at(theirs));
    await eventually('there is no link', () => linkOf(theirs) === false);
    assert.deepEqual(toldOf(theirs).at(-1)?.revoked, [{ kid: stolen, upTo: 3 }]);
    assert.deepEqual(faultsOf(theirs), [], 'what it had signed before is no fault');
    decide(ours, 1);
    await eventually('what it signs now is one', () => faultsOf(theirs).length === 1);
    assert.match(faultsOf(theirs)[0]?.reason ?? '', /what it signed up to line 3 stands, this is of 4 lines/);
    assert.deepEqual(received(theirs), upTo(3));

    await revokeKey(stolen, at(ours));
    await initKeys({ ...at(ours), alg: 'ES256', validDays: 365, replaceLost: true });
    const handed = join(ours.folder, 'handed.json');
    await writeFile(handed, JSON.stringify(await keysOf(ours)));
    await trustKeys(handed, at(theirs));
    const next = await kidOf(ours);
    await eventually('both have heard', () =>
      [ours, theirs].every((side) => toldOf(side).at(-1)?.trusted.includes(next)),
    );
    theirs.control.clearFault('theirs');
    await eventually('what had been written is read', () => received(theirs).length === 4);
    decide(ours, 1);
    await eventually('reading goes on', () => received(theirs).length === 5);
    await eventually('with a link', () => linkOf(ours) === true && linkOf(theirs) === true);
    assert.equal(faultsOf(theirs).length, 1);
    assert.deepEqual(faultsOf(ours), []);

    // Whoever begins anew reads the past under the key that was revoked since.
    await both.stop(theirs);
    theirs.control = createFakeControl();
    theirs.lines = 0;
    decide(theirs, 1);
    for (const name of await readdir(theirs.folder))
      if (name.startsWith('exchange.db')) await rm(join(theirs.folder, name));
    await both.start(theirs);
    await eventually('the log is read from its beginning', () => received(theirs).length === 5);
    assert.deepEqual(received(theirs), upTo(5));
    assert.deepEqual(faultsOf(theirs), []);
  });

  it('that were lost with the disk are taken back from the other side, to check what they have signed', async () => {
    const list = async (side: Side): Promise<string> => {
      const path = join(await newFolder(), 'keys.json');
      await writeFile(path, JSON.stringify(await keysOf(side)));
      return path;
    };
    const lost = await kidOf(ours);
    const [known, other] = [await list(ours), await list(theirs)];
    await both.stop(ours);
    ours.folder = await both.emptyFolder(ours);
    for (const name of ['signing.key.pem', 'signing.pub.pem']) await rm(join(ours.folder, 'keys', name));
    await initKeys({ ...at(ours), alg: 'EdDSA', validDays: 365 });
    await trustKeys(other, at(ours));
    await trustKeys(await list(ours), { ...at(theirs), replace: true });
    await both.start(ours);
    await eventually('our own keys are missing', () => faultsOf(ours).length === 1);
    assert.equal(faultsOf(ours)[0]?.log, 'ours');
    assert.match(faultsOf(ours)[0]?.reason ?? '', /gate keys trust --own/);

    await trustOwnKeys(known, at(ours));
    await eventually('they are told', () => toldOf(ours).at(-1)?.trusted.includes(lost) === true);
    ours.control.clearFault('ours');
    decide(ours, 1);
    await eventually('reading goes on', () => received(theirs).length === 4);
    await eventually('with a link', () => linkOf(ours) === true && linkOf(theirs) === true);
    assert.equal(faultsOf(ours).length, 1);
    assert.deepEqual(faultsOf(theirs), []);
  });

  it('replace the one in force where our journal tells of a change that is none: nobody reads it before, and the log goes on', async () => {
    const [first, second] = [makeKey('EdDSA'), makeKey('EdDSA')];
    const kid = await kidOf(ours);
    tell(ours, rotationBetween({ ...first, key: { ...first.key, kid } }, second));
    decide(ours, 1);
    await eventually('it is told', () => faultsOf(ours).length === 1);
    assert.match(
      faultsOf(ours)[0]?.reason ?? '',
      /line 4: the old key has not signed it.*replace our key by hand/,
    );
    await eventually('there is no link', () => linkOf(theirs) === false);
    assert.deepEqual([received(theirs), faultsOf(theirs)], [upTo(3), []]);

    await initKeys({ ...at(ours), alg: 'EdDSA', validDays: 365, replaceLost: true });
    const handed = join(ours.folder, 'handed.json');
    await writeFile(handed, JSON.stringify(await keysOf(ours)));
    await trustKeys(handed, { ...at(theirs), replace: true });
    const next = await kidOf(ours);
    await eventually('both have heard', () =>
      [ours, theirs].every((side) => toldOf(side).at(-1)?.trusted.includes(next)),
    );
    ours.control.clearFault('ours');
    await eventually('reading goes on', () => received(theirs).length === 5 && linkOf(theirs) === true);
    assert.deepEqual([faultsOf(ours).length, faultsOf(theirs)], [1, []]);
  });

  it('are such as control takes them', async () => {
    await revokeKey(await kidOf(ours), at(theirs));
    await eventually('it is told', () => toldOf(theirs).at(-1)?.revoked.length === 1);
    for (const input of theirs.control.of('log-keys-changed'))
      assert.deepEqual(exchangeInput.parse(input), input);
  });

  it('count as before while a list cannot be read', async () => {
    const warnings: string[] = [];
    await both.stop(theirs);
    const log: Side['log'] = { ...theirs.log, child: () => log, warn: (text) => void warnings.push(text) };
    theirs.log = log;
    await both.start(theirs);
    await writeFile(join(theirs.folder, 'keys/counterpart.log-keys.json'), '{');
    await eventually('it is told', () =>
      warnings.some((text) => /follow the lists of keys: .*not JSON/.test(text)),
    );
    decide(ours, 1);
    await eventually('reading goes on', () => received(theirs).length === 4);
    await rm(join(theirs.folder, 'keys/counterpart.log-keys.json'));
  });
});
