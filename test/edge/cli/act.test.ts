import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { act } from '../../../edge/cli/act.ts';
import { actOf, actUsages } from '../../../edge/cli/act-words.ts';
import { personsAct } from '../../../edge/control/inputs-schema.ts';
import { useTempDirs } from '../../support/temp-dir.ts';

const CONFIG = new URL('../../../config/huu-nghi.yaml', import.meta.url).pathname;

/** Where not any name will do. */
const SUBJECTS: Readonly<Record<string, string>> = { '<log>': 'theirs' };

describe('gate act', () => {
  describe('on the command line', () => {
    it('makes of each kind what the gate’s door takes', () => {
      const extras = {
        crossing: 'c-1',
        code: 'WEATHER',
        place: 's-01',
        for: 30,
        basis: 'Law on Customs, article 25',
        until: '2026-07-01T18:00:00+07:00',
        sources: 'Ecus6, E-manifest',
        seen: '{"kind":"seal","value":"VN123456","state":"intact","quality":1000}',
        photo: 'ab'.repeat(32),
        tracks: 'north, south',
        from: '2026-07-01T06:00:00+07:00',
        to: '2026-07-01T18:00:00+07:00',
        text: 'vi:Bão',
        moves: 'huu-nghi-m7',
        track: 'north',
        vehicle: 'che-1',
        plate: '桂F10001',
        load: 'laden',
        containers: 'CSQU3054383',
        officer: 'wei',
        move: 'huu-nghi-quan-m4',
        hold: 'hn-in-1',
        container: 'CSQU3054383',
        expected: 'VN123456',
        found: 'VN123465',
        outcome: 'settled',
        inspectors: 'Hoa, Wei',
      };
      const own: Record<string, object> = {
        dispute: { code: 'SEAL_BROKEN' },
        'close-section': { code: 'WEATHER' },
        'joint-inspection': { outcome: 'confirmed' },
      };
      assert.equal(actUsages().length, 34);
      for (const usage of actUsages()) {
        const [kind = '', ...rest] = usage.split(' ');
        const subject = SUBJECTS[rest[0] ?? ''] ?? (rest[0]?.startsWith('<') ? 'x' : undefined);
        const given = Object.entries(extras).filter(([name]) => usage.includes(`--${name} `));
        const drawn = kind === 'hotline-grant' ? { salt: '482913' } : {};
        const asked = { ...actOf(kind, subject, { ...Object.fromEntries(given), ...own[kind] }), ...drawn };
        const parsed = personsAct.safeParse({ act: asked, reason: 'x' });
        assert.ok(parsed.success, `${usage}: ${parsed.error?.message}`);
      }
    });

    it('shelves for minutes', () => {
      assert.deepEqual(actOf('shelve-alarm', 'INTRUSION/a', { for: 30 }), {
        kind: 'shelve-alarm',
        alarm: 'INTRUSION/a',
        forMs: 1_800_000,
      });
    });

    it('declares an outage until a time, for systems and goods', () => {
      const given = {
        basis: 'Law on Customs',
        until: '2026-07-01T18:00:00+07:00',
        sources: 'Ecus6,X',
        hs: '08, 07',
      };
      assert.deepEqual(actOf('declare-outage', undefined, given), {
        kind: 'declare-outage',
        legalBasis: 'Law on Customs',
        untilAt: Date.UTC(2026, 6, 1, 11),
        sources: ['Ecus6', 'X'],
        hs: ['08', '07'],
      });
    });

    it('closes the whole section at once where nothing else is said', () => {
      assert.deepEqual(actOf('close-section', undefined, { code: 'WEATHER' }), {
        kind: 'close-section',
        code: 'WEATHER',
        tracks: [],
      });
    });

    it('takes a difference with the words it was told in, and who was present when both looked', () => {
      const told = { code: 'SEAL_BROKEN', container: 'CSQU3054383', text: 'vi:Kẹp chì: bị đứt' };
      assert.deepEqual(actOf('dispute', 'huu-nghi-quan-m7', told), {
        kind: 'dispute',
        move: 'huu-nghi-quan-m7',
        code: 'SEAL_BROKEN',
        container: 'CSQU3054383',
        text: { lang: 'vi', text: 'Kẹp chì: bị đứt' },
      });
      const looked = { outcome: 'confirmed', inspectors: 'Hoa, Wei' };
      assert.deepEqual(actOf('joint-inspection', 'huu-nghi-d1', looked), {
        kind: 'joint-inspection',
        discrepancy: 'huu-nghi-d1',
        outcome: 'confirmed',
        inspectors: ['Hoa', 'Wei'],
      });
      assert.deepEqual(actOf('close-discrepancy', 'huu-nghi-d1', { outcome: 'settled' }), {
        kind: 'close-discrepancy',
        discrepancy: 'huu-nghi-d1',
        outcome: 'settled',
      });
    });

    const wrong: [string, Parameters<typeof actOf>, RegExp][] = [
      ['a kind there is not', ['raise-barrier', 'yard-in-1', {}], /no act raise-barrier/],
      ['a kind that is a word of the language', ['constructor', undefined, {}], /no act constructor/],
      ['a lane act without a lane', ['stop-lane', undefined, {}], /stop-lane needs its lane/],
      ['a gate act with a lane', ['stop-gate', 'yard-in-1', {}], /stop-gate takes no subject/],
      ['an option missing', ['identify', 'yard-in-1', {}], /identify needs --crossing/],
      [
        'a time of nobody knows where',
        ['declare-outage', undefined, { basis: 'x', until: '2026-07-01T18:00', sources: 'Ecus6' }],
        /no time with its offset/,
      ],
      [
        'what was seen, not as JSON',
        ['observe', 'yard-in-1', { seen: 'VN1', photo: 'ab' }],
        /--seen is not JSON/,
      ],
      [
        'words that do not say their language',
        ['dispute', 'm7', { code: 'OTHER', text: 'bị đứt' }],
        /does not say its language/,
      ],
      ['an option too many', ['stop-lane', 'yard-in-1', { code: 'X' }], /stop-lane takes no --code/],
    ];
    for (const [what, given, message] of wrong) {
      it(`says how it is used after ${what}`, () => {
        assert.throws(() => actOf(...given), { code: 'USAGE', message });
      });
    }
  });

  describe('at a console', () => {
    const tempDir = useTempDirs();
    let server: Server;
    let options: Parameters<typeof act>[2];
    /** What the console was sent, and what its journal holds after the act at 7. */
    let sent: unknown;
    let entries: { seq: number; kind: string; type: string; body: string }[];
    /** What waits for a second person, as the console shows it. */
    let proposals: { id: string; actId?: string }[];

    const decision = (type: string, body: object) => ({
      seq: 8,
      kind: 'decision',
      type,
      body: JSON.stringify(body),
    });
    const other = { seq: 9, kind: 'input', type: 'plate', body: '{}' };

    beforeEach(async () => {
      server = createServer(async (request, response) => {
        response.setHeader('content-type', 'application/json');
        if (request.url === '/api/overview') return response.end(JSON.stringify({ overview: { proposals } }));
        if (request.method === 'GET') return response.end(JSON.stringify({ entries }));
        const chunks: Buffer[] = [];
        for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
        const { jws } = JSON.parse(Buffer.concat(chunks).toString()) as { jws: string };
        sent = decodeJwt(jws).act;
        return response.end(JSON.stringify({ seq: 7, repeated: false }));
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      const dir = await tempDir();
      const config = join(dir, 'gate.yaml');
      writeFileSync(config, readFileSync(CONFIG, 'utf8').replace(/(console: .*port: )\d+/, `$1${port}`));
      const key = join(dir, 'lan.pem');
      const { privateKey } = generateKeyPairSync('ed25519');
      writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }));
      options = { config, as: 'lan', key, reason: 'inspected' };
    });
    afterEach(() => new Promise((resolve) => server.close(resolve)));

    it('is signed, sent, and told to be done', async () => {
      entries = [decision('act', { person: 'lan' }), other];
      const { exitCode, text } = await act('shelve-alarm', 'INTRUSION/a', { ...options, for: 5 });
      assert.deepEqual([exitCode, text], [0, 'done, journal #7\n']);
      assert.deepEqual(sent, { kind: 'shelve-alarm', alarm: 'INTRUSION/a', forMs: 300_000 });
    });

    it('that the gate refuses ends with its reason and an exit code', async () => {
      entries = [decision('act-refused', { reason: 'it takes the role supervisor' }), other];
      const { exitCode, text } = await act('resume-gate', undefined, options);
      assert.deepEqual([exitCode, text], [1, 'refused, journal #7: it takes the role supervisor\n']);
    });

    it('that needs a second person says how that one confirms it', async () => {
      entries = [decision('proposal', { proposal: 'huu-nghi-p1', state: 'open' })];
      const { exitCode, text } = await act('resume-gate', undefined, options);
      assert.equal(exitCode, 0);
      assert.match(text, /waits for a second person.*gate act confirm huu-nghi-p1/);
    });

    it('of a second person is signed with the id of the act that they confirm', async () => {
      entries = [decision('act', {}), other];
      proposals = [{ id: 'huu-nghi-p1' }, { id: 'huu-nghi-p2', actId: 'e3a1c0de-0001' }];
      const confirmed = async (proposal: string) => {
        const { exitCode } = await act('confirm', proposal, options);
        assert.equal(exitCode, 0);
        return sent;
      };
      assert.deepEqual(await confirmed('huu-nghi-p2'), {
        kind: 'confirm',
        proposal: 'huu-nghi-p2',
        of: 'e3a1c0de-0001',
      });
      // What comes to stand on no record, or waits no more, is confirmed by its name, and the gate answers to that.
      for (const proposal of ['huu-nghi-p1', 'huu-nghi-p9'])
        assert.deepEqual(await confirmed(proposal), { kind: 'confirm', proposal });
    });

    it('does not take what was decided about something else for its own outcome', async () => {
      entries = [other, { ...decision('act', {}), seq: 10 }];
      const { exitCode, text } = await act('stop-gate', undefined, options);
      assert.equal(exitCode, 1);
      assert.match(text, /not written there/);
    });
  });
});
