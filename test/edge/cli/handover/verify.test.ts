import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { verifyLogs } from '../../../../edge/cli/handover/verify.ts';
import { digestOf } from '../../../../protocols/handover/disclosure.ts';
import type { HandoverRecord } from '../../../../protocols/handover/record.ts';
import {
  logFile,
  newestHead,
  recordedKey,
  recordedLog,
  tellLog,
  trustedKey,
  trustText,
} from '../../../support/log-files.ts';
import { newOfficer } from '../../../support/officers.ts';
import { useTempDirs } from '../../../support/temp-dir.ts';

const [A, B] = ['huu-nghi', 'huu-nghi-quan'] as const;
const recorded = [recordedLog(A), recordedLog(B)] as const;
/** An hour with faults at two gates of version 1, each file with what its gate had seen of the other. */
const FILES = [
  logFile(recorded[0], { witness: newestHead(recorded[1]) }),
  logFile(recorded[1], { witness: newestHead(recorded[0]) }),
] as const;
const TRUST = trustText({ [A]: [recordedKey(A)], [B]: [recordedKey(B)] });

const eventTime = '2026-03-01T08:00:00.000+07:00';
const move = 'hn-m1';
const SENT: HandoverRecord[] = [
  {
    kind: 'offered',
    move,
    load: 'laden',
    track: 'north',
    vehicle: 'xe-1',
    homeGate: A,
    plate: '12C-123.45',
    containers: [{ number: 'CSQU3054383' }],
  },
  { kind: 'departed', move, grant: 'g-1', eventTime },
];
const GRANTED: HandoverRecord[] = [
  { kind: 'accepted', move },
  { kind: 'granted', move, grant: 'g-1', track: 'north', holdNode: 'in-1' },
];
const received: HandoverRecord = { kind: 'received', move, eventTime, containers: ['CSQU3054383'] };

describe('gate handover verify', () => {
  const newDir = useTempDirs();

  async function files(texts: readonly [string | Buffer, string | Buffer], trust = TRUST) {
    const dir = await newDir();
    const paths = [join(dir, 'a.jsonl'), join(dir, 'b.jsonl')] as const;
    await writeFile(paths[0], texts[0]);
    await writeFile(paths[1], texts[1]);
    const keys = join(dir, 'trust.json');
    await writeFile(keys, trust);
    return { paths, keys };
  }
  async function verify(
    texts: readonly [string | Buffer, string | Buffer],
    options: Partial<Parameters<typeof verifyLogs>[1]> = {},
    trust = TRUST,
  ) {
    const { paths, keys } = await files(texts, trust);
    let text = '';
    const exitCode = await verifyLogs(paths, { keys: [keys], ...options }, (more) => {
      text += more;
    });
    return { exitCode, text: text.replaceAll(paths[0], 'A').replaceAll(paths[1], 'B') };
  }
  const { privateKey } = generateKeyPairSync('ed25519');
  const trust = trustText({ [A]: [trustedKey(privateKey)], [B]: [trustedKey(privateKey)] });
  const told = (one: HandoverRecord[], two: HandoverRecord[]) =>
    [logFile(tellLog(A, one, privateKey)), logFile(tellLog(B, two, privateKey))] as const;

  describe('of records that officers have signed', () => {
    const dung = newOfficer('dung');
    const officers = JSON.stringify({ officers: [dung.key] });
    const CLOSE = { kind: 'close-section', tracks: [], code: 'WEATHER' };
    const unsigned: HandoverRecord = {
      kind: 'section-closing',
      closure: 'hn-s1',
      tracks: [],
      code: 'WEATHER',
      from: eventTime,
    };
    const closing = (officerSignatures: string[], closure = 'hn-s1'): HandoverRecord => ({
      ...unsigned,
      closure,
      officerSignatures,
    });
    const signed = async (act = CLOSE) => (await dung.signs(act, { atMs: Date.parse(eventTime) })).jws;
    async function verifySigned(
      own: HandoverRecord[],
      { people = officers, disclosures = '', ...options }: Record<string, unknown> = {},
    ) {
      const { paths, keys } = await files(told(own, []), trust);
      const [known, shown] = [`${paths[0]}.officers`, `${paths[0]}.disclosed`];
      await writeFile(known, String(people));
      await writeFile(shown, String(disclosures));
      let text = '';
      const of = disclosures === '' ? {} : { disclosures: [shown] };
      const exitCode = await verifyLogs(paths, { keys: [keys, known], ...of, ...options }, (more) => {
        text += more;
      });
      return { exitCode, text: text.replaceAll(paths[0], 'A') };
    }

    it('counts them, and finds nothing wrong with those it has the keys of', async () => {
      const { exitCode, text } = await verifySigned([closing([await signed()])]);
      assert.equal(exitCode, 0, text);
      assert.match(
        text,
        /^A: records signed by officers: 1 good, 0 of officers without a key here, 0 wrong/m,
      );
    });

    it('tells of officers without a key, which is no fault', async () => {
      const { exitCode, text } = await verifySigned([closing([await signed()])], {
        people: JSON.stringify({ officers: [] }),
      });
      assert.equal(exitCode, 0, text);
      assert.match(text, /^NOTE A: no key is known of the officers dung$/m);
    });

    it('finds one that is of another record, also in a thread of its own', async () => {
      const other = await signed({ ...CLOSE, code: 'SECURITY' });
      for (const threadsFromBytes of [0, 4_000_000]) {
        const { exitCode, text } = await verifySigned([closing([other])], { threadsFromBytes });
        assert.equal(exitCode, 1);
        assert.match(text, /^WRONG A:\d+: officer: line 1: the act says otherwise: code "SECURITY"$/m);
      }
    });

    it('finds one that was put onto a second record', async () => {
      const jws = await signed();
      const { exitCode, text } = await verifySigned([closing([jws]), closing([jws], 'hn-s2')]);
      assert.equal(exitCode, 1);
      assert.match(text, /officer: line 2: the act \S+ of dung stands on line 1$/m);
    });

    it('checks what was kept back once it is shown, and whatever else is', async () => {
      const value = [await signed()];
      const shown = {
        gate: A,
        line: 1,
        pointer: '/officerSignatures',
        value,
        salt: 'ab'.repeat(32),
      };
      const kept: HandoverRecord = { ...unsigned, withheld: { '/officerSignatures': digestOf(shown) } };
      assert.match((await verifySigned([kept])).text, /1 kept back; 0 that people asked for are unsigned/);
      const good = await verifySigned([kept], { disclosures: JSON.stringify(shown) });
      assert.deepEqual([good.exitCode, /: 1 good,/.test(good.text)], [0, true], good.text);
      const bad = { ...shown, pointer: '/text', value: 'x' };
      const { exitCode, text } = await verifySigned([kept], { disclosures: JSON.stringify(bad) });
      assert.equal(exitCode, 1);
      assert.match(text, /officer: line 1: line 1 keeps back nothing at \/text/);
    });

    it('finds those missing where there must be one', async () => {
      const left = await verifySigned([unsigned]);
      assert.deepEqual([left.exitCode, /; 1 that people asked for/.test(left.text)], [0, true]);
      const { exitCode, text } = await verifySigned([unsigned], { requireOfficers: true });
      assert.equal(exitCode, 1);
      assert.match(text, /line 1: it is asked for by people only, and bears no signature of theirs/);
    });

    it('counts them for a program, too', async () => {
      const { text } = await verifySigned([closing([await signed()])], { json: true });
      const [log] = text
        .trimEnd()
        .split('\n')
        .map((row) => JSON.parse(row) as { kind: string; officers?: object })
        .filter(({ kind }) => kind === 'log');
      assert.deepEqual(log?.officers, { good: 1, unknown: 0, bad: 0, keptBack: 0, unsigned: 0 });
    });
  });

  it('finds the logs of an hour right, in either order, and says how far and by which keys', async () => {
    const { exitCode, text } = await verify(FILES);
    assert.equal(exitCode, 0);
    assert.match(
      text,
      /A: log of huu-nghi, 421 lines, 51 heads: verified to line 421, .* by key [\w-]{43}, root /,
    );
    assert.match(text, /106 moves: 106 complete, 0 open, 0 disputed, 0 contradictory\nall is right\n$/);
    assert.equal((await verify([FILES[1], FILES[0]])).exitCode, 0);
  });

  it('says the same of large files, each of which it checks in a thread of its own', async () => {
    const threads = { threadsFromBytes: 0, moves: 'all' } as const;
    const inTurn = (text: string): string[] => text.split('\n').toSorted();
    const [here, there] = [await verify(FILES, { moves: 'all' }), await verify(FILES, threads)];
    assert.equal(there.exitCode, 0);
    assert.deepEqual(inTurn(there.text), inTurn(here.text));
    const wrong = await verify([FILES[0], FILES[1].replace('"size', '"sise').slice(0, -1)], threads);
    assert.equal(wrong.exitCode, 1);
    assert.match(wrong.text, /WRONG B:\d+: cut: the last line has no end/);
  });

  it('is a command whose exit code tells it: 0 right, 1 wrong, 2 could not run', async () => {
    const gate = (...args: string[]) => {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        ['edge/cli.ts', 'handover', 'verify', ...args],
        { encoding: 'utf8' },
      );
      return { status, stdout, stderr };
    };
    const right = await files(FILES);
    assert.deepEqual([gate(...right.paths, '--keys', right.keys).status], [0]);
    const at = FILES[1].indexOf('2026-01-01T');
    const flipped = Buffer.from(FILES[1]);
    flipped.writeUInt8(flipped.readUInt8(at) ^ 1, at);
    const bad = await files([FILES[0], flipped]);
    const wrong = gate(...bad.paths, '--keys', bad.keys);
    assert.equal(wrong.status, 1, wrong.stderr);
    assert.match(wrong.stdout, /WRONG .*b\.jsonl:\d+: altered: line 1: /);
    assert.match(wrong.stdout, /SOMETHING IS WRONG\n$/);
    const strangers = gate(...right.paths, '--keys', join(right.paths[0], '..', 'none.json'));
    assert.equal(strangers.status, 2);
    assert.match(strangers.stderr, /^TRUST_UNREADABLE: /);
    const missing = gate(right.paths[0], `${right.paths[1]}-none`, '--keys', right.keys);
    assert.equal(missing.status, 2);
    assert.match(missing.stderr, /^LOG_UNREADABLE: /);
    assert.equal(gate(right.paths[0], right.paths[0], '--keys', right.keys).status, 2);
    assert.equal(gate(right.paths[0], '--keys', right.keys).status, 2);
    assert.equal(gate(...right.paths).status, 2);
  }).timeout(120_000);

  it('says of each move what it is, why, in which lines, and who has custody', async () => {
    const texts = told(SENT, [...GRANTED, received]);
    const { exitCode, text } = await verify(texts, { moves: 'all' }, trust);
    assert.equal(exitCode, 0);
    assert.match(
      text,
      /^OPEN hn-m1: received, and not closed by the sender yet \(huu-nghi line 2, huu-nghi-quan line 3; custody: huu-nghi-quan since huu-nghi-quan line 3\)\n/,
    );
    const json = await verify(texts, { moves: 'open', json: true }, trust);
    const [first, , , result] = json.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(first, {
      kind: 'move',
      move,
      sender: A,
      status: 'open',
      reason: 'received',
      text: 'received, and not closed by the sender yet',
      lines: { [A]: 2, [B]: 3 },
      custody: { with: B, since: { gate: B, line: 3 } },
    });
    assert.deepEqual([result.right, result.byStatus.open], [true, 1]);
    assert.equal((await verify(texts, { moves: 'disputed' }, trust)).text.includes(move), false);
  });

  it('is not content with two logs that are each right and contradict each other', async () => {
    const { exitCode, text } = await verify(told(SENT, [...GRANTED, received, received]), {}, trust);
    assert.equal(exitCode, 1);
    assert.match(text, /^CONTRADICTORY hn-m1: received twice \(huu-nghi line 2, huu-nghi-quan line 4;/);
  });

  it('finds the fork when one gate shows the other another history than it shows us', async () => {
    const shown = tellLog(A, [SENT[0] as HandoverRecord], privateKey);
    const other = tellLog(A, SENT, privateKey);
    const [, b] = told(SENT, GRANTED);
    const forked = logFile(tellLog(B, GRANTED, privateKey), { witness: newestHead(shown) });
    assert.notEqual(b, forked);
    // What it has shown is a beginning of what it shows now: no fork.
    assert.equal((await verify([logFile(other), forked], {}, trust)).exitCode, 0);
    const rewritten = tellLog(
      A,
      [{ ...SENT[0], plate: '12C-999.99' } as HandoverRecord, ...SENT.slice(1)],
      privateKey,
    );
    const { exitCode, text } = await verify([logFile(rewritten), forked], {}, trust);
    assert.equal(exitCode, 1);
    assert.match(text, /WRONG A: fork: the other gate has seen another history of its first 1 lines/);
  });

  it('finds whatever is done to a line, in either file', async () => {
    const texts = told(SENT, [...GRANTED, received]);
    for (const side of [0, 1] as const) {
      const lines = texts[side].trimEnd().split('\n');
      const wrong: string[][] = [];
      for (const [index, line] of lines.entries()) {
        wrong.push(lines.toSpliced(index, 1), lines.toSpliced(index, 0, line));
        if (index > 0) wrong.push(lines.with(index - 1, line).with(index, lines[index - 1] ?? ''));
      }
      const files = wrong.map((changed) => changed.map((line) => `${line}\n`).join(''));
      for (const file of [...files, texts[side].slice(0, -1), '']) {
        const pair = [...texts] as [string, string];
        pair[side] = file;
        assert.equal((await verify(pair, {}, trust)).exitCode, 1, file);
      }
    }
  }).timeout(120_000);

  it('does not run on two logs of one gate, or without keys that it can read', async () => {
    await assert.rejects(verify([FILES[0], FILES[0]]), { code: 'SAME_GATE' });
    for (const text of [
      '',
      '{"gates":{}}x',
      TRUST.replace('"kid":"', '"kid":"A'),
      TRUST.replace('"x":"', '"d":"AAAA","x":"'),
    ])
      await assert.rejects(verify(FILES, {}, text), { code: 'TRUST_UNREADABLE' });
    const one = await verify(FILES, {}, JSON.stringify({ gate: A, keys: [recordedKey(A)] }));
    assert.equal(one.exitCode, 1);
    assert.match(one.text, /no key of gate huu-nghi-quan is trusted/);
  });
});
