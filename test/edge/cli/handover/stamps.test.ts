import 'reflect-metadata';
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportLog } from '../../../../edge/cli/handover/export.ts';
import { verifyLogs } from '../../../../edge/cli/handover/verify.ts';
import { openDatabase, setMeta } from '../../../../edge/exchange/database.ts';
import { stampLine } from '../../../../protocols/handover/log-file.ts';
import { ONE_OF_EACH } from '../../../protocols/handover/records.ts';
import {
  logFile,
  newestHead,
  type ToldLog,
  tellLog,
  trustedKey,
  trustText,
} from '../../../support/log-files.ts';
import { useTempDirs } from '../../../support/temp-dir.ts';
import { makeStamper, POLICY, type Stamper, stampOn } from '../../../support/time-stamp-authority.ts';

const [A, B] = ['huu-nghi', 'huu-nghi-quan'] as const;
const { privateKey } = generateKeyPairSync('ed25519');
const RECORDS = ONE_OF_EACH.filter(({ kind }) => kind === 'section-closing' || kind === 'section-closed');
const OWN = tellLog(A, [...RECORDS, ...RECORDS, ...RECORDS, ...RECORDS], privateKey);
const THEIRS = tellLog(B, RECORDS, privateKey);
const TRUST = trustText({ [A]: [trustedKey(privateKey)], [B]: [trustedKey(privateKey)] });

describe('time stamps in exported logs', () => {
  const newDir = useTempDirs();
  let dir: string;
  let stamper: Stamper;
  /** On the heads of three lines and of all. */
  let stamps: Map<number, string>;

  beforeEach(async function () {
    dir = await newDir();
    stamper = await makeStamper(this, dir);
    stamps = new Map();
    for (const size of [3, OWN.lines.length])
      stamps.set(size, await stampOn(stamper, OWN.heads.get(size) ?? assert.fail()));
  });

  /** exchange.db of a gate that has stamped its own log, or read the other’s with its stamps. */
  const store = async (
    log: ToldLog,
    which: 'ours' | 'theirs',
    headOf = (size: number) => log.heads.get(size) ?? '',
  ) => {
    const data = join(dir, which);
    await mkdir(data);
    const database = await openDatabase(join(data, 'exchange.db'));
    await database.transaction(async (tx) => {
      const table = which === 'ours' ? 'own_line' : 'their_line';
      for (const [index, line] of log.lines.entries())
        await tx.run(`INSERT INTO ${table} (line, data) VALUES (?, ?)`, index + 1, line);
      if (which === 'ours')
        for (const [size, jws] of log.heads)
          await tx.run("INSERT INTO own_head (size, root_hash, jws) VALUES (?, '', ?)", size, jws);
      const follower = { tree: { size: 0, peaks: [] }, head: newestHead(which === 'ours' ? THEIRS : log) };
      await setMeta(tx, 'counterpart.follower', JSON.stringify(follower));
      for (const [size, token] of stamps)
        await tx.run(
          "INSERT INTO time_stamp (log, size, root_hash, head, token, stamp, at) VALUES (?, ?, '', ?, ?, '{}', 0)",
          which,
          size,
          headOf(size),
          token,
        );
    });
    await database.close();
    return data;
  };
  const verify = async (
    own: string,
    {
      authorities = [stamper.root],
      trust = TRUST,
      json = false,
      threadsFromBytes = Number.MAX_SAFE_INTEGER,
    } = {},
  ) => {
    const keys = [join(dir, 'trust.json'), ...authorities.map((_, index) => join(dir, `tsa-${index}.pem`))];
    for (const [index, content] of [trust, ...authorities].entries())
      await writeFile(keys[index] ?? '', content);
    const paths = [join(dir, 'a.jsonl'), join(dir, 'b.jsonl')] as const;
    await writeFile(paths[0], own);
    await writeFile(paths[1], logFile(THEIRS));
    let text = '';
    const exitCode = await verifyLogs(paths, { keys, json, threadsFromBytes }, (more) => {
      text += more;
    });
    return { exitCode, text: text.replaceAll(paths[0], 'A') };
  };
  const stamped = () => logFile(OWN, { stamps });

  it('are written after their heads, and the header counts them', async () => {
    const out = join(dir, 'out.jsonl');
    await exportLog({ data: await store(OWN, 'ours'), out });
    assert.equal(await readFile(out, 'utf8'), logFile(OWN, { stamps, witness: newestHead(THEIRS) }));
    await exportLog({ data: join(dir, 'ours'), out, from: 4, to: 6, force: true });
    const part = new Map([...stamps].filter(([size]) => size >= 3 && size <= 6));
    assert.equal(await readFile(out, 'utf8'), logFile(OWN, { from: 4, to: 6, stamps: part }));
    assert.equal((await verify(await readFile(out, 'utf8'))).exitCode, 0);
  });

  it('of the other gate’s log come with the heads they are of', async () => {
    const out = join(dir, 'out.jsonl');
    await exportLog({ data: await store(OWN, 'theirs'), out, log: 'theirs' });
    const kept = new Map([...OWN.heads].filter(([size]) => stamps.has(size)));
    assert.equal(await readFile(out, 'utf8'), logFile({ ...OWN, heads: kept }, { stamps }));
    assert.equal((await verify(await readFile(out, 'utf8'))).exitCode, 0);
  });

  it('on a head that was signed anew since are left out', async () => {
    const out = join(dir, 'out.jsonl');
    await exportLog({ data: await store(OWN, 'ours', () => 'another'), out });
    assert.equal(await readFile(out, 'utf8'), logFile(OWN, { witness: newestHead(THEIRS) }));
  });

  it('say up to which line a log is stamped, by whom and when', async () => {
    const { exitCode, text } = await verify(stamped());
    assert.equal(exitCode, 0, text);
    assert.match(
      text,
      new RegExp(
        `A: stamped to line ${OWN.lines.length}, 20\\d\\d-\\S+Z by CN=Root \\d+ \\(CN=Stamper \\d+, policy ${POLICY}, number 03\\)`,
      ),
    );
    assert.equal((await verify(stamped(), { threadsFromBytes: 0 })).exitCode, 0, 'in threads');
    const [first] = (await verify(stamped(), { json: true })).text.split('\n');
    const { stamps: count, stamped: told } = JSON.parse(first ?? '') as {
      stamps: number;
      stamped: { size: number; genTimeMs: number };
    };
    assert.deepEqual([count, told.size], [2, OWN.lines.length]);
    assert.ok(told.genTimeMs <= Date.now());
  });

  it('take their authorities from the trust file, with the policy that counts', async () => {
    const trustOf = (policy: string): string =>
      JSON.stringify({
        ...(JSON.parse(TRUST) as object),
        authorities: [{ name: 'VN-TSA', certificates: stamper.root, policy }],
      });
    const right = await verify(stamped(), { trust: trustOf(POLICY), authorities: [] });
    assert.equal(right.exitCode, 0);
    assert.match(right.text, / by VN-TSA \(/);
    const wrong = await verify(stamped(), { trust: trustOf('1.2.3'), authorities: [] });
    assert.equal(wrong.exitCode, 1);
    assert.match(wrong.text, /stamp: time stamp after line 3: it was made under policy .*, not 1\.2\.3/);
    await assert.rejects(verify(stamped(), { authorities: ['-----BEGIN CERTIFICATE-----'] }), {
      code: 'TRUST_UNREADABLE',
    });
  });

  it('are told of and not judged where no authority is trusted', async () => {
    const { exitCode, text } = await verify(stamped(), { authorities: [] });
    assert.equal(exitCode, 0);
    assert.match(text, /NOTE A: its 2 time stamps are not checked: no authority is trusted/);
    assert.ok(!text.includes('stamped to line'));
  });

  it('of another authority, of another head, in a place where none belongs, or missing, are findings', async function () {
    const [early = '', late = ''] = stamps.values();
    const wrong = async (text: string, finding: RegExp, authorities = [stamper.root]): Promise<void> => {
      const result = await verify(text, { authorities });
      assert.equal(result.exitCode, 1);
      assert.match(result.text, finding);
    };
    const other = await makeStamper(this, dir);
    await wrong(stamped(), /: stamp: time stamp after line 3: no authority that is trusted here/, [
      other.root,
    ]);
    const swapped = new Map([...stamps.keys()].map((size, index) => [size, index === 0 ? late : early]));
    await wrong(
      logFile(OWN, { stamps: swapped }),
      /: stamp: time stamp after line 3: it stamps another text/,
    );
    const line = `${stampLine(early)}\n`;
    await wrong(stamped().replace(line, ''), /: cut: the file has 1 time stamps, its header tells of 2/);
    await wrong(stamped().replace(line, line + line), /: stamp: a time stamp that follows no head/);
    await wrong(
      stamped().replace('"stamps":2,', ''),
      /: form: a file of version 2 tells its time stamps otherwise/,
    );
  });

  it('with any byte altered are found', async () => {
    const text = stamped();
    const line = stampLine(stamps.get(3) ?? '');
    const begin = text.indexOf(line);
    const unfound: number[] = [];
    for (let at = 0; at < line.length; at += 41) {
      const bytes = Buffer.from(text);
      bytes[begin + at] = (bytes[begin + at] ?? 0) ^ 1;
      const paths = [join(dir, 'a.jsonl'), join(dir, 'b.jsonl')] as const;
      await writeFile(paths[0], bytes);
      await writeFile(paths[1], logFile(THEIRS));
      await writeFile(join(dir, 'trust.json'), TRUST);
      // Also where no authority is trusted: what was altered is not what was exported.
      if ((await verifyLogs(paths, { keys: [join(dir, 'trust.json')] }, () => undefined)) === 0)
        unfound.push(at);
    }
    assert.deepEqual(unfound, []);
  });
});
