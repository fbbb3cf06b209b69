import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Overview } from '../../edge/console/overview.ts';
import type { RecordKind } from '../../protocols/handover/record.ts';
import { assertJournals, type RunningGate, startGates, until } from '../support/gates.ts';
import { newOfficer } from '../support/officers.ts';
import { useTempDirs } from '../support/temp-dir.ts';

interface Answer {
  exitCode: number;
  text: string;
}

/** `gate …` as a process of its own. */
const gate = (...words: string[]): Promise<Answer> =>
  new Promise((resolve) => {
    execFile(process.execPath, ['edge/cli.ts', ...words], (error, stdout, stderr) =>
      resolve({ exitCode: error === null ? 0 : Number(error.code), text: `${stdout}${stderr}` }),
    );
  });

describe('an act that people have signed, from their own keys to whoever checks it years later', function () {
  this.timeout(240_000);
  const tempDir = useTempDirs();

  it('stands on the record it gave rise to, is kept from the other gate, and proves itself once it is shown', async () => {
    const root = await tempDir();
    const [dung, thao] = [newOfficer('dung'), newOfficer('thao')];
    const keyFiles: Record<string, string> = {};
    for (const { id, privateKey } of [dung, thao]) {
      keyFiles[id] = join(root, `${id}.pem`);
      await writeFile(keyFiles[id], privateKey.export({ type: 'pkcs8', format: 'pem' }));
    }
    const running = await startGates(root, {
      change(config) {
        config.counterpart.officerSignatures = true;
        if (config.gate.id === dung.key.gate)
          config.people = [dung, thao].map(({ id, key }) => ({
            id,
            role: 'supervisor',
            publicKey: key.publicKey,
          }));
      },
    });
    const { vn, cn } = running;
    const act = (person: string, ...words: string[]): Promise<Answer> =>
      gate(
        ...['act', ...words, '--config', vn.configFile, '--as', person, '--key', keyFiles[person] ?? ''],
        ...['--reason', 'bão số 3'],
      );
    const done = (answer: Answer): string => {
      assert.equal(answer.exitCode, 0, answer.text);
      return answer.text;
    };
    try {
      await until('the link is up', async () => (await vn.state()).link.up && (await cn.state()).link.up);
      done(await act('dung', 'close-section', '--code', 'WEATHER', '--text', 'vi:Bão số 3'));
      assert.match(done(await act('dung', 'reopen-section', 'huu-nghi-s1')), /gate act confirm huu-nghi-p1/);
      await until('the console shows what waits', async () => {
        const { console: at } = vn.config;
        const response = await fetch(`http://${at.host}:${at.port}/api/overview`);
        const { overview } = (await response.json()) as { overview: Overview | null };
        return overview?.proposals.some(({ id }) => id === 'huu-nghi-p1') ?? false;
      });
      done(await act('thao', 'confirm', 'huu-nghi-p1'));
      await until('the other side has read it, and knows no closure', async () =>
        (await readBy(cn)).includes('section-reopening'),
      );
      assert.equal(JSON.stringify(await cn.journal()).includes('thao'), false, 'nobody is named over there');

      const files = Object.fromEntries(
        ['vn', 'cn', 'vn-keys', 'cn-keys', 'officers', 'signed'].map((name) => [name, join(root, name)]),
      ) as Record<string, string>;
      const write = async (name: string, answer: Promise<Answer>): Promise<void> =>
        writeFile(files[name] ?? '', done(await answer));
      for (const [name, one] of [
        ['vn', vn],
        ['cn', cn],
      ] as const) {
        done(await gate('handover', 'export', '--data', one.dataDir, '--out', files[name] ?? ''));
        await write(
          `${name}-keys`,
          gate('keys', 'show', '--public', '--config', one.configFile, '--data', one.dataDir),
        );
      }
      await write('officers', gate('keys', 'officers', '--config', vn.configFile));
      const member = ['--member', '/officerSignatures'];
      await write('signed', gate('handover', 'disclose', ...member, '--data', vn.dataDir));

      const verify = (...more: string[]): Promise<Answer> =>
        gate(
          ...['handover', 'verify', files.vn ?? '', files.cn ?? ''],
          ...['--keys', files['vn-keys'] ?? '', files['cn-keys'] ?? '', files.officers ?? ''],
          ...more,
        );
      assert.match(done(await verify('--require-officers')), /0 good.*0 wrong, 2 kept back; 0 that people/);
      const shown = done(await verify('--disclosures', files.signed ?? ''));
      assert.match(shown, /2 good, 0 of officers without a key here, 0 wrong, 0 kept back/);

      const swapped = (await readFile(files.signed ?? '', 'utf8'))
        .trimEnd()
        .split('\n')
        .map((row) => JSON.parse(row) as { value: unknown });
      [swapped[0], swapped[1]] = [
        { ...swapped[0], value: swapped[1]?.value },
        { ...swapped[1], value: swapped[0]?.value },
      ];
      await writeFile(files.signed ?? '', swapped.map((one) => JSON.stringify(one)).join('\n'));
      const forged = await verify('--disclosures', files.signed ?? '');
      assert.equal(forged.exitCode, 1);
      assert.match(forged.text, /officer: line \d+: it is not what line \d+ keeps back/);
    } finally {
      await running.stop();
    }
    await assertJournals(vn, cn);
  });

  /** What a gate has read of the other one's log. */
  async function readBy(one: RunningGate): Promise<RecordKind[]> {
    const entries = await one.journal();
    return entries.flatMap(({ kind, type, body }) =>
      kind === 'input' && type === 'counterpart-record'
        ? [(JSON.parse(body) as { record: { kind: RecordKind } }).record.kind]
        : [],
    );
  }
});
