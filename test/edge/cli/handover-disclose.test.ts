import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkDisclosures, disclose } from '../../../edge/cli/handover/disclose.ts';
import { showFilters } from '../../../edge/cli/handover/filter.ts';
import type { NewEntry } from '../../../edge/journal/journal.ts';
import { openSqliteJournal } from '../../../edge/journal/sqlite.ts';
import { GateError } from '../../../edge/platform/errors.ts';
import { silentLog } from '../../../edge/platform/log.ts';
import { type Disclosure, filterDigest } from '../../../protocols/handover/disclosure.ts';
import { startVirtualRun } from '../../../simulator/run.ts';
import { referenceConfigs } from '../../support/simulated-site.ts';
import { useTempDirs } from '../../support/temp-dir.ts';
import { untilIn } from '../../support/virtual-run.ts';

const VN = 'huu-nghi';
const CN = 'huu-nghi-quan';

describe('gate handover disclose', () => {
  const tempDir = useTempDirs();
  /** What both gates have in their journals when a container has crossed, and their logs. */
  let entries: Record<string, NewEntry[]>;
  let lines: string[];
  before(() => {
    const run = startVirtualRun(referenceConfigs);
    run.clock.advance(1_000);
    run.world.export(VN);
    untilIn(run, () => run.gate(CN).state.completed.import === 1, 'a container over the border');
    const stored = (id: string): NewEntry[] =>
      run
        .gate(id)
        .journal()
        .map(({ at, kind, type, body }) => ({ at, kind, type, body }));
    entries = { [VN]: stored(VN), [CN]: stored(CN) };
    lines = (entries[VN] ?? []).flatMap(({ kind, type, body }) =>
      kind === 'decision' && type === 'handover' ? [(JSON.parse(body) as { data: string }).data] : [],
    );
    run.stop();
  });
  /** A data folder with the journal of that gate. */
  const dataOf = async (gate: string): Promise<string> => {
    const data = await tempDir();
    const journal = await openSqliteJournal({ dir: join(data, 'journal'), log: silentLog });
    await journal.append(entries[gate] ?? []);
    await journal.close();
    return data;
  };
  const fileWith = async (text: string, name = 'file.jsonl'): Promise<string> => {
    const dir = await tempDir();
    await mkdir(dir, { recursive: true });
    const file = join(dir, name);
    await writeFile(file, text);
    return file;
  };
  /** As it is exported: a header, the lines, heads between them. */
  const exported = (texts: readonly string[]): string =>
    [
      '{"format":"langson-handover-log","gate":"huu-nghi","version":1}',
      ...texts,
      '{"head":"a.b.c"}',
      '',
    ].join('\n');

  it('prints what a move has kept back, and the other side proves it from the log it has read', async () => {
    const data = await dataOf(VN);
    const { exitCode, text } = await disclose(`${VN}-m1`, { data });
    assert.equal(exitCode, 0);
    const told = text
      .trimEnd()
      .split('\n')
      .map((row) => JSON.parse(row) as Disclosure);
    assert.deepEqual(
      told.map(({ gate, pointer }) => [gate, pointer]),
      [[VN, '/containers/0/declarations']],
    );
    assert.match(JSON.stringify(told[0]?.value), /^\["\d{12}"\]$/);
    const answer = await checkDisclosures(await fileWith(text), { log: await fileWith(exported(lines)) });
    assert.deepEqual(answer, {
      exitCode: 0,
      text: `${VN} line ${told[0]?.line} /containers/0/declarations: proven\n`,
    });
  });

  it('prints one line or one member, and says when nothing is kept back there', async () => {
    const data = await dataOf(VN);
    const [all] = (await disclose(`${VN}-m1`, { data })).text.split('\n');
    const { line } = JSON.parse(all ?? '') as Disclosure;
    assert.equal((await disclose(undefined, { data, line })).text, `${all}\n`);
    const member = '/containers/0/declarations';
    assert.equal((await disclose(`${VN}-m1`, { data, member })).text, `${all}\n`);
    assert.deepEqual(await disclose(`${VN}-m1`, { data, member: '/plate' }), {
      exitCode: 1,
      text: `nothing is kept back of ${VN}-m1 at /plate\n`,
    });
    assert.equal((await disclose(undefined, { data, line: 1 })).exitCode, 1);
  });

  it('prints one member of the whole log', async () => {
    const data = await dataOf(VN);
    const member = '/containers/0/declarations';
    const [all] = (await disclose(`${VN}-m1`, { data })).text.split('\n');
    assert.equal((await disclose(undefined, { data, member })).text, `${all}\n`);
    assert.deepEqual(await disclose(undefined, { data, member: '/officerSignatures' }), {
      exitCode: 1,
      text: 'nothing is kept back of the log at /officerSignatures\n',
    });
  });

  it('asks for a move or a line, and not both', async () => {
    for (const [move, line] of [
      [undefined, undefined],
      ['m', 1],
    ] as const)
      await assert.rejects(
        disclose(move, { data: 'nowhere', ...(line !== undefined && { line }) }),
        (error: unknown) => error instanceof GateError && error.code === 'USAGE',
      );
  });

  it('is not believed when the value was changed, nor of a line the log does not have, or has twice', async () => {
    const { text } = await disclose(`${VN}-m1`, { data: await dataOf(VN) });
    const told = JSON.parse(text) as Disclosure;
    const answerTo = async (one: Disclosure, log = exported(lines)) =>
      checkDisclosures(await fileWith(JSON.stringify(one)), { log: await fileWith(log) });
    const changed = await answerTo({ ...told, value: ['000000000000'] });
    assert.equal(changed.exitCode, 1);
    assert.match(changed.text, /^NOT PROVEN huu-nghi line \d+ .*: it is not what line/);
    assert.match((await answerTo({ ...told, line: 9_999 })).text, /the log has no line 9999/);
    const twice = exported([...lines, lines[told.line - 1] ?? '']);
    assert.match((await answerTo(told, twice)).text, /more than once/);
  });

  it('says of a file that is no disclosure what is wrong with it', async () => {
    const log = await fileWith(exported(lines));
    for (const [text, why] of [
      ['', /it is empty/],
      ['{"gate":"huu-nghi"}', /row 1: line/],
      ['not JSON', /row 1/],
      ['{"gate":"huu-nghi","line":1,"pointer":"/a\\u001b[2J","salt":"","value":1}', /row 1: pointer/],
    ] as const)
      await assert.rejects(checkDisclosures(await fileWith(text), { log }), why);
    await assert.rejects(checkDisclosures('nowhere.jsonl', { log }), /cannot read nowhere.jsonl/);
    const one = await fileWith((await disclose(`${VN}-m1`, { data: await dataOf(VN) })).text);
    await assert.rejects(checkDisclosures(one, { log: 'nowhere.jsonl' }), /cannot read nowhere.jsonl/);
  });

  describe('gate handover filter', () => {
    it('shows what crosses of ours, and what the other gate’s log has told', async () => {
      const { text } = await showFilters({ data: await dataOf(VN) });
      assert.match(text, /^Of the records of huu-nghi these members cross/);
      assert.match(text, /^ {2}export\/offered: seals, grossKg, sizeType$/m);
      assert.match(text, /^ {2}import\/received: sealChecks, evidence$/m);
      assert.match(text, /^Of the records of huu-nghi-quan these members cross/m);
      const json = JSON.parse((await showFilters({ data: await dataOf(CN), json: true })).text) as {
        theirs: { gate: string; members: Record<string, string[]>; digest: string; note?: string };
      };
      assert.deepEqual([json.theirs.gate, json.theirs.note], [VN, undefined]);
      assert.equal(json.theirs.digest, filterDigest(json.theirs.members));
    });

    it('does not let what another gate wrote speak to the terminal, nor a wrong digest pass unseen', async () => {
      const data = await tempDir();
      const journal = await openSqliteJournal({ dir: join(data, 'journal'), log: silentLog });
      const [boot] = entries[VN] ?? [];
      const record = {
        kind: 'filter-in-force',
        filter: '0'.repeat(64),
        members: { 'x\u001b[2J': ['\u009b2J'] },
      };
      const body = JSON.stringify({ line: 1, record });
      assert.ok(boot);
      await journal.append([boot, { at: boot.at, kind: 'input', type: 'counterpart-record', body }]);
      await journal.close();
      const { text } = await showFilters({ data });
      assert.match(text, /huu-nghi these members cross .*not told to the other gate yet/);
      assert.match(text, /the digest is not that of these members/);
      assert.match(text, /^ {2}x\\u\{1b\}\\u\{5b\}2J: \\u\{9b\}2J$/m);
    });

    it('says so where control has never run', async () => {
      const data = await tempDir();
      const journal = await openSqliteJournal({ dir: join(data, 'journal'), log: silentLog });
      await journal.close();
      await assert.rejects(
        showFilters({ data }),
        (error: unknown) => error instanceof GateError && error.code === 'FILTER_UNKNOWN',
      );
    });
  });
});
