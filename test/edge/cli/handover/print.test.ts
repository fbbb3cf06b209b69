import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { minutesOf } from '../../../../edge/cli/handover/minutes.ts';
import { minutesHtml } from '../../../../edge/cli/handover/minutes-text.ts';
import { printMove } from '../../../../edge/cli/handover/print.ts';
import { openDatabase, setMeta } from '../../../../edge/exchange/database.ts';
import { digestOf } from '../../../../protocols/handover/disclosure.ts';
import { decodeRecord } from '../../../../protocols/handover/line.ts';
import { leafHash } from '../../../../protocols/handover/merkle.ts';
import type { HandoverRecord } from '../../../../protocols/handover/record.ts';
import { ONE_OF_EACH } from '../../../protocols/handover/records.ts';
import {
  logFile,
  newestHead,
  recordedLog,
  TOLD_AT,
  tellLog,
  trustedKey,
} from '../../../support/log-files.ts';
import { newOfficer } from '../../../support/officers.ts';
import { useTempDirs } from '../../../support/temp-dir.ts';

const move = 'huu-nghi-1';
const { privateKey } = generateKeyPairSync('ed25519');
const SENDERS = new Set(['offered', 'offer-withdrawn', 'grant-returned', 'departed', 'recalled', 'closed']);
const about = ONE_OF_EACH.filter((record) => 'move' in record);
const OURS = tellLog(
  'huu-nghi',
  about.filter(({ kind }) => SENDERS.has(kind)),
  privateKey,
);
const THEIRS = tellLog(
  'huu-nghi-quan',
  about.filter(({ kind }) => !SENDERS.has(kind)),
  privateKey,
);

describe('gate handover print', () => {
  const newDir = useTempDirs();

  async function files(...texts: string[]): Promise<string[]> {
    const dir = await newDir();
    return Promise.all(
      texts.map(async (text, index) => {
        const path = join(dir, `${index}.jsonl`);
        await writeFile(path, text);
        return path;
      }),
    );
  }

  it('makes minutes in both languages: what, how it was found, when on both sides, and what proves it', async () => {
    const { text, exitCode } = await printMove(move, { log: await files(logFile(OURS), logFile(THEIRS)) });
    assert.equal(exitCode, 0);
    for (const told of [
      'BIÊN BẢN BÀN GIAO · 交接记录',
      'Mã lượt bàn giao · 交接编号: huu-nghi-1',
      'Bên giao (cửa khẩu) · 移交方（口岸）: huu-nghi\n',
      'Bên nhận (cửa khẩu) · 接收方（口岸）: huu-nghi-quan\n',
      'Biển số · 车牌: 12C-123.45',
      'Container · 集装箱: CSQU3054383',
      'Niêm phong · 封志: VN123456',
      'Nơi chuyển giao trách nhiệm · 保管责任移交地点: khi cần cẩu đã hạ container · 吊机落箱时',
      'đã chuyển sang huu-nghi-quan, theo dòng',
      'nguyên vẹn (người kiểm tra) · 完好（人工）',
      'số niêm phong khác · 封志号不符',
      'theo khai báo · 申报: VN123456',
      'thực tế · 实际: VN123465',
      'Nội dung · 内容: [vi] Số niêm phong khác',
      'Nội dung (bản dịch) · 内容（译文）: [zh] 封志号不符',
      'Người kiểm tra · 检查人员: HN-07\n         HNQ-03',
      'aaaaaaaa aaaaaaaa aaaaaaaa aaaaaaaa aaaaaaaa aaaaaaaa aaaaaaaa aaaaaaaa',
      '2026-03-01T08:00:00.000+07:00\n         2026-03-01T09:00:00.000+08:00\n         2026-03-01T01:00:00.000Z',
      `Khóa ký · 签名密钥: ${trustedKey(privateKey).kid}`,
      'Đại diện bên giao · 移交方代表: huu-nghi\n',
      'Đại diện bên nhận · 接收方代表: huu-nghi-quan\n',
      'Ký tên, đóng dấu · 签字盖章: ....',
      'gate handover verify',
    ])
      assert.ok(text.includes(told), told);
    const [first = ''] = OURS.lines;
    assert.ok(text.includes((leafHash(first).match(/.{8}/g) ?? []).join(' ')));
  });

  it('says the same out of the gate’s own memory, also while exchange runs', async () => {
    const data = join(await newDir(), 'data');
    await mkdir(data);
    const database = await openDatabase(join(data, 'exchange.db'));
    await database.transaction(async (tx) => {
      for (const [index, line] of OURS.lines.entries())
        await tx.run('INSERT INTO own_line (line, data) VALUES (?, ?)', index + 1, line);
      for (const [size, jws] of OURS.heads)
        await tx.run('INSERT INTO own_head (size, root_hash, jws) VALUES (?, ?, ?)', size, '', jws);
      for (const [index, line] of THEIRS.lines.entries())
        await tx.run('INSERT INTO their_line (line, data) VALUES (?, ?)', index + 1, line);
      await setMeta(tx, 'counterpart.follower', JSON.stringify({ head: newestHead(THEIRS) }));
    });
    const heads = new Map([[THEIRS.lines.length, newestHead(THEIRS)]]);
    const log = await files(logFile(OURS), logFile({ ...THEIRS, heads }));
    assert.equal((await printMove(move, { data })).text, (await printMove(move, { log })).text);
    await assert.rejects(printMove('huu-nghi-m404', { data }), { code: 'NO_SUCH_MOVE' });
    await database.close();
  });

  it('makes minutes of logs of version 1, with the time on both sides', async () => {
    const log = await files(logFile(recordedLog('huu-nghi')), logFile(recordedLog('huu-nghi-quan')));
    const { text } = await printMove('huu-nghi-m1', { log });
    assert.match(
      text,
      /2026-01-01T07:12:38\.587\+07:00\n +2026-01-01T08:12:38\.587\+08:00\n +2026-01-01T00:12:38\.587Z/,
    );
    assert.match(text, /Chứng cứ \(SHA-256\) · 证据（SHA-256摘要）: không có · 无/);
  });

  it('names the officers who have signed, those kept back once they are shown, and says where nobody has', async () => {
    const dung = newOfficer('dung');
    const at = { eventTime: '2026-03-01T08:00:00.000+07:00' };
    const act = { kind: 'close-discrepancy', discrepancy: 'd-1', outcome: 'as-found' };
    const { jws, id } = await dung.signs(act, { atMs: Date.parse(at.eventTime), reason: 'đã xem' });
    const closed = {
      kind: 'closed',
      move,
      ...at,
      discrepancy: 'd-1',
      outcome: 'as-found',
    } as const satisfies HandoverRecord;
    const told = async (record: HandoverRecord, disclosures: string[] = []): Promise<string> => {
      const log = await files(logFile(tellLog('huu-nghi', [record], privateKey)));
      return (await printMove(move, { log, disclosures })).text;
    };
    const LABEL = 'Chữ ký điện tử của cán bộ · 负责人员的电子签名: ';
    const named = `${LABEL}dung, 2026-03-01T01:00:00.000Z, ${id}: đã xem\n`;
    assert.ok((await told({ ...closed, officerSignatures: [jws] })).includes(named));
    assert.ok((await told(closed)).includes(`${LABEL}không ký · 未签\n`));
    assert.equal((await told({ kind: 'accepted', move })).includes(LABEL), false);

    const shown = {
      gate: 'huu-nghi',
      line: 1,
      pointer: '/officerSignatures',
      value: [jws],
      salt: 'ab'.repeat(32),
    };
    const kept = { ...closed, withheld: { '/officerSignatures': digestOf(shown) } };
    assert.ok((await told(kept)).includes(`${LABEL}có, không tiết lộ · 有，未披露\n`));
    assert.ok((await told(kept, await files(JSON.stringify(shown)))).includes(named));
    const other = await files(JSON.stringify({ ...shown, value: [`${jws}x`] }));
    await assert.rejects(told(kept, other), { code: 'DISCLOSURE_CONTRADICTED' });
  });

  it('of one log alone tells what that log tells', async () => {
    const { text } = await printMove(move, { log: await files(logFile(THEIRS)) });
    assert.match(text, /移交方（口岸）: \?\n/);
    assert.match(text, /接收方（口岸）: huu-nghi-quan\n/);
  });

  it('lets nobody write lines of ours: what others wrote stays in its place, in the text and on the page', async () => {
    const hostile: HandoverRecord[] = [
      {
        kind: 'offered',
        move,
        load: 'laden',
        track: 'north',
        vehicle: '<script>alert(1)</script>',
        homeGate: 'x',
        plate: '12C\nKý tên: đã ký\u202e\u2028',
        containers: [],
      },
    ];
    const log = await files(logFile(tellLog('huu-nghi', hostile, privateKey)));
    const { text } = await printMove(move, { log });
    assert.ok(text.includes('12C\ufffdKý tên: đã ký\ufffd\ufffd\n'));
    const page = await printMove(move, { log, html: true });
    assert.ok(page.text.includes('&lt;script&gt;alert(1)&lt;/script&gt;'));
    assert.equal(page.text.includes('<script'), false);
    assert.equal(/\b(?:src|href)=/.test(page.text), false);
  });

  it('is a page of its own for a printer, with every section, both languages and both signatures', () => {
    const lines = OURS.lines.map((line) => {
      const read = decodeRecord(line);
      assert.ok(read.ok);
      return { ...read, leaf: leafHash(line), head: undefined };
    });
    const minutes = minutesOf(move, lines);
    const page = minutesHtml(minutes);
    assert.match(page, /^<!doctype html>\n<html lang="vi">/);
    assert.equal(page.match(/<h2>/g)?.length, minutes.sections.length + 1);
    assert.equal(page.match(/签字盖章/g)?.length, 2);
    assert.ok(page.includes('chưa được ký'));
    assert.ok(page.includes(new Date(TOLD_AT).toISOString().slice(0, 10)));
  });

  it('says so when there is nothing to print, or nothing that can be read', async () => {
    const [log = '', other = ''] = await files(logFile(OURS), 'something else\n');
    await assert.rejects(printMove('m-404', { log: [log] }), { code: 'NO_SUCH_MOVE' });
    await assert.rejects(printMove(move, { log: [other] }), { code: 'LOG_UNREADABLE' });
    await assert.rejects(printMove(move, { log: [`${log}-none`] }), { code: 'LOG_UNREADABLE' });
  });
});
