import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GateError } from '../../../edge/platform/errors.ts';
import { leafHash, verifyConsistency, verifyInclusion } from '../../../protocols/handover/merkle.ts';
import { consistencyPage, inclusionPage, logPage } from '../../../protocols/handover/wire.ts';
import { createFakeControl, eventually, newFolder, removeFolders } from '../../support/exchange-world.ts';
import {
  credentials,
  decide,
  type GateName,
  get,
  lineOf,
  linkOf,
  makeKeys,
  offer,
  received,
  type Side,
  type TwoExchanges,
  twoExchanges,
  upTo,
} from '../../support/two-exchanges.ts';

describe('what one gate remembers of the other’s log', () => {
  let keys: Record<GateName, string>;
  let both: TwoExchanges;
  let ours: Side;
  let theirs: Side;

  const headsOf = (side: Side) => side.control.of('counterpart-head');
  const faultsOf = (side: Side) => side.control.of('counterpart-fault');
  const image = async (side: Side): Promise<string> => {
    const folder = await newFolder();
    await cp(side.folder, folder, { recursive: true });
    return folder;
  };
  const startBoth = () => Promise.all([both.start(ours), both.start(theirs)]);
  /** As if by a dishonest operator: `ours` with the same keys, another journal and no memory, so that it checks nothing. */
  const rewrite = async (lines: number): Promise<void> => {
    await both.stop(ours);
    ours.folder = await both.emptyFolder(ours);
    ours.control = createFakeControl();
    const data = lineOf('huu-nghi', 1, { kind: 'offer-withdrawn', move: 'another' });
    ours.control.decide('handover', { line: 1, data });
    ours.lines = 1;
    decide(ours, lines - 1);
    // It never reads what the other side has seen of it.
    theirs.wire.to = undefined;
    theirs.wire.cut();
    await both.start(ours);
  };

  before(async () => {
    keys = await makeKeys();
  });
  beforeEach(async () => {
    both = await twoExchanges(keys);
    ({ ours, theirs } = both);
  });
  afterEach(() => both.close());
  after(removeFolders);

  it('a head goes into the journal after the lines it covers, and a long log is read page by page under it', async () => {
    decide(ours, 3_000);
    await startBoth();
    await eventually('the log is read', () => headsOf(theirs).at(-1)?.size === 3_000, 20_000);
    assert.deepEqual(received(theirs), upTo(3_000));
    const order = theirs.control.admitted.map(({ input }) => input);
    const place = order.findIndex((input) => input.type === 'counterpart-head' && input.size === 3_000);
    assert.ok(
      place > order.findIndex((input) => input.type === 'counterpart-record' && input.line === 3_000),
    );
  });

  it('who is killed between the lines and their head tells the head after the next start', async () => {
    decide(ours, 4);
    let killed = false;
    theirs.control.beforeSubmit = (input) => {
      if (input.type === 'counterpart-head') killed = true;
      if (killed) throw new GateError('DOOR_DOWN', 'killed', 'Start again.');
    };
    await startBoth();
    await eventually('it died before the head', () => killed);
    assert.deepEqual(received(theirs), upTo(4));
    const left = await image(theirs);
    await both.stop(theirs);
    theirs.folder = left;
    theirs.control.beforeSubmit = () => undefined;
    await both.start(theirs);
    await eventually('the head is told', () => headsOf(theirs).at(-1)?.size === 4);
    assert.deepEqual(received(theirs), upTo(4));
  });

  for (const [what, imageAfter] of [
    ['lost', 0],
    ['rolled back', 10],
  ] as const)
    it(`a reader whose exchange.db was ${what} reads the log again, and tells nothing twice`, async () => {
      decide(ours, imageAfter);
      await startBoth();
      await eventually('the first are read', () => received(theirs).length === imageAfter);
      const before = imageAfter === 0 ? await both.emptyFolder(theirs) : await image(theirs);
      decide(ours, 290);
      await eventually('all are read', () => headsOf(theirs).at(-1)?.size === imageAfter + 290);
      await both.stop(theirs);
      theirs.folder = before;
      await both.start(theirs);
      decide(ours, 5);
      await eventually('reading goes on', () => received(theirs).length === imageAfter + 295);
      assert.deepEqual(received(theirs), upTo(imageAfter + 295));
      assert.deepEqual(faultsOf(theirs), []);
      await eventually('the link stands', () => linkOf(theirs) === true);
    });

  it('a reader whose exchange.db was lost believes no other history than the one its journal remembers', async () => {
    decide(ours, 5);
    await startBoth();
    await eventually('the head is remembered', () => headsOf(theirs).at(-1)?.size === 5);
    const witness = headsOf(theirs).at(-1)?.head ?? '';
    await both.stop(theirs);
    theirs.folder = await both.emptyFolder(theirs);
    await rewrite(9);
    await both.start(theirs);
    theirs.wire.to = undefined;
    await eventually('the fault is told', () => faultsOf(theirs).length === 1);
    const [fault] = faultsOf(theirs);
    assert.equal(fault?.log, 'theirs');
    assert.equal(fault?.kind, 'fork');
    assert.equal(fault?.evidence?.heads[0], witness);
    assert.equal(fault?.evidence?.heads.length, 2);
    const file = await readFile(join(theirs.folder, 'evidence', fault?.evidence?.file ?? ''), 'utf8');
    assert.equal(createHash('sha256').update(file).digest('hex'), fault?.evidence?.sha256);
    assert.deepEqual(received(theirs), upTo(5));
    await eventually('there is no link', () => linkOf(theirs) === false);
  });

  it('a fault stands until people have cleared it; the same again is told anew, and what is put right is read', async () => {
    decide(ours, 5);
    await startBoth();
    await eventually('the head is remembered', () => headsOf(theirs).at(-1)?.size === 5);
    await both.stop(ours);
    const honest = { folder: ours.folder, control: ours.control };
    await rewrite(9);
    await eventually('the fault is told', () => faultsOf(theirs).length === 1);

    await both.stop(theirs);
    await both.start(theirs);
    theirs.wire.to = undefined;
    await eventually('it stands after a restart', () => linkOf(theirs) === false);
    theirs.control.clearFault('theirs');
    await eventually('it is found once more', () => faultsOf(theirs).length === 2);
    assert.equal((await readdir(join(theirs.folder, 'evidence'))).length, 2);

    await both.stop(ours);
    Object.assign(ours, honest, { lines: 5 });
    decide(ours, 2);
    await both.start(ours);
    assert.deepEqual(received(theirs), upTo(5), 'nothing is read while it stands');
    theirs.control.clearFault('theirs');
    await eventually('reading goes on', () => received(theirs).length === 7 && linkOf(theirs) === true);
    assert.equal(faultsOf(theirs).length, 2);
  });

  it('our own log, published no more, is published again once it is cleared and the journal agrees', async () => {
    decide(ours, 5);
    await startBoth();
    await eventually('the lines are read', () => received(theirs).length === 5);
    await both.stop(ours);
    const journal = ours.control;
    ours.control = createFakeControl();
    ours.lines = 0;
    decide(ours, 3);
    await both.start(ours);
    await eventually('it is told', () => faultsOf(ours).some(({ log }) => log === 'ours'));
    await eventually('there is no link', () => linkOf(ours) === false && linkOf(theirs) === false);

    // The right journal is found, and put back: what it says of the fault is the truth.
    await both.stop(ours);
    ours.control = journal;
    ours.lines = 5;
    decide(ours, 1);
    await both.start(ours);
    await eventually(
      'the other side reads on',
      () => received(theirs).length === 6 && linkOf(theirs) === true,
    );
    await eventually('and we have a link', () => linkOf(ours) === true);
  });

  it('our own log stays shut over a restart while control remembers its fault', async () => {
    decide(ours, 3);
    await startBoth();
    await eventually('the lines are read', () => received(theirs).length === 3);
    await ours.control.door.submit(
      { type: 'counterpart-fault', log: 'ours', kind: 'fork', reason: 'seen by a person' },
      { source: 'exchange-logs', id: 'exchange-logs:test' },
    );
    await both.stop(ours);
    decide(ours, 1);
    await both.start(ours);
    await eventually('there is no link', () => linkOf(ours) === false && linkOf(theirs) === false);
    assert.deepEqual(received(theirs), upTo(3));
    ours.control.clearFault('ours');
    await eventually('it is open again', () => received(theirs).length === 4 && linkOf(ours) === true);
  });

  describe('anybody with a certificate', () => {
    const ask = async (path: string) => {
      const ca = await readFile(join(ours.folder, 'keys/ca.cert.pem'));
      const options = { ca, servername: 'huu-nghi', ...(await credentials(theirs.folder)) };
      const { status, body } = await get(ours.exchange?.port, { ...options, path });
      return { status, body: JSON.parse(body) as unknown };
    };

    it('has it proven that a line is in the log, and that the log of one day leads to that of another', async () => {
      decide(ours, 700);
      await both.start(ours);
      await eventually('it is published', async () => (await ask('/log')).status === 200);
      const inclusion = inclusionPage.parse((await ask('/inclusion?line=7&size=650')).body);
      assert.equal(inclusion.leaf, leafHash(lineOf('huu-nghi', 7, offer(7))));
      assert.ok(verifyInclusion({ ...inclusion, index: 6 }));
      const consistency = consistencyPage.parse((await ask('/consistency?from=300&to=700')).body);
      const { fromRoot: firstRoot, toRoot: secondRoot, proof } = consistency;
      assert.ok(verifyConsistency({ firstSize: 300, firstRoot, secondSize: 700, secondRoot, proof }));
      assert.equal((await ask('/inclusion?line=701&size=701')).status, 404);
      assert.equal((await ask('/consistency?from=0&to=5')).status, 404);
      assert.equal((await ask('/consistency?from=1')).status, 400);
    });

    it('of the first protocol version gets pages that end at their head, and nothing that it does not know', async () => {
      decide(ours, 250);
      await both.start(ours);
      await eventually('it is published', async () => (await ask('/log')).status === 200);
      const { body } = await ask('/log?after=0&waitMs=0');
      assert.equal(logPage.parse(body).lines.length, 100);
      assert.deepEqual(Object.keys(body as object).sort(), ['head', 'lines', 'witness']);
    });
  });
});
