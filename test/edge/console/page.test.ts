import assert from 'node:assert/strict';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type Console, startConsole } from '../../../edge/console/console.ts';
import { reason } from '../../../edge/core/reasons.ts';
import { systemClock } from '../../../edge/platform/clock.ts';
import { silentLog } from '../../../edge/platform/log.ts';
import { requireTool } from '../../support/tools.ts';
import {
  alarm,
  customsCase,
  discrepancy,
  exportCrossing,
  type FakeGate,
  fakeGate,
  heldState,
  heldVisit,
  quietState,
  START,
  testConfig,
} from './fake-gate.ts';

/** Functions that run in the page, where there is a document. */
const inPage = (await import(new URL('./in-page.js', import.meta.url).href)) as {
  overflow(): { wider: number; higher: number };
  contrasts(): { text: string; ratio: number }[];
  isFocused(id: string): boolean;
  isInSight(selector: string): boolean;
};
const config = testConfig();
const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

describe('the console’s page in a browser', function () {
  this.timeout(30_000);
  let browser: Browser | undefined;
  let gate: FakeGate;
  let people: Console;
  let page: Page;
  const complaints: string[] = [];

  before(async function () {
    const executablePath = requireTool(this, 'chromium');
    browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
  });
  after(() => browser?.close());

  beforeEach(async () => {
    assert.ok(browser);
    gate = fakeGate(heldState(config));
    gate.append({ type: 'boot' }, { type: 'plate', body: { plate: '12C-123.45' } });
    people = await startConsole({ config, door: gate, clock: systemClock, log: silentLog });
    page = await browser.newPage({ viewport: { width: 1280, height: 720 }, colorScheme: 'dark' });
    complaints.length = 0;
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(`http://127.0.0.1:${people.port}/`);
    await page.waitForSelector('body.up');
  });
  afterEach(async () => {
    await page?.close();
    await people?.stop();
  });

  it('shows a held crossing with its reason, in the lane and in the list', async () => {
    const crossing = page.locator('[data-crossing="c-1"]');
    await crossing.getByText('DỪNG CHỜ').waitFor();
    await crossing.getByText('Hải quan chưa thông quan').waitFor();
    const lane = page.locator('[data-lane="border-out-1"]');
    await lane.getByText('12C-123.45').waitFor();
    await lane.getByText('Barie đóng').waitFor();
    await page.locator('.yard').getByText('12C-678.90').waitFor();
    assert.doesNotMatch((await page.locator('main').textContent()) ?? '', /\[object|undefined|NaN/);
    assert.equal(await page.title(), 'Hữu Nghị');
    assert.deepEqual(complaints, []);
  });

  it('follows the gate without a reload', async () => {
    await page.evaluate(() => Object.assign(globalThis, { marked: true }));
    const state = heldState(config);
    const lane = state.lanes['border-out-1'];
    if (lane?.visit) Object.assign(lane.visit, { verdict: 'pass', reasons: [], released: true });
    const io = state.laneIo['io-border-out-1'];
    if (io) Object.assign(io, { barrier: 'up', light: 'green' });
    state.crossings['c-1'] = exportCrossing({ verdict: 'pass', reasons: [], stage: 'granted' });
    gate.become(state);
    await page.locator('[data-lane="border-out-1"]').getByText('Barie mở').waitFor();
    await page.locator('[data-crossing="c-1"]').getByText('ĐƯỢC QUA').waitFor();
    await page.locator('[data-seq="3"]').waitFor();
    assert.equal(await page.evaluate(() => 'marked' in globalThis), true);
  });

  it('speaks Vietnamese first, and English and Chinese when asked, also after a reload', async () => {
    assert.equal(await page.locator('html').getAttribute('lang'), 'vi');
    await page.getByRole('button', { name: '中文' }).click();
    await page.locator('[data-crossing="c-1"]').getByText('海关未放行').waitFor();
    await page.getByRole('button', { name: 'English' }).click();
    await page.locator('[data-crossing="c-1"]').getByText('Customs has not released it').waitFor();
    await page.reload();
    await page.locator('[data-crossing="c-1"]').getByText('HOLD').waitFor();
  });

  it('shows alarms with what to do, those set aside with who and until when, and what waits for a second person', async () => {
    const state = heldState(config);
    const shelved = { person: 'lan', reason: 'chờ phụ tùng', until: START + 1_800_000 };
    for (const one of [
      alarm('SECOND_PERSON', 'huu-nghi-p1'),
      alarm('INTRUSION', 'yard-in-1'),
      alarm('DEVICE_OFFLINE', 'xe-1', { announced: false, shelved }),
      alarm('VEHICLE_STUCK', 'xe-1', { announced: false, suppressed: 'DEVICE_OFFLINE/xe-1' }),
    ])
      state.alarms[one.id] = one;
    state.proposals['huu-nghi-p1'] = {
      id: 'huu-nghi-p1',
      act: { kind: 'cancel-crossing', crossing: 'c-1' },
      person: 'minh',
      role: 'supervisor',
      reason: 'hủy theo yêu cầu chủ hàng',
      at: START,
      until: START + 600_000,
    };
    // A new alarm blinks; its text is measured at rest.
    await page.emulateMedia({ reducedMotion: 'reduce' });
    gate.become(state);
    const raised = page.locator('[data-alarm="INTRUSION/yard-in-1"]');
    await raised.getByText('Kiểm tra làn ngay').waitFor();
    assert.equal(await page.locator('#alarm-count').textContent(), '2');
    await page
      .locator('[data-alarm="DEVICE_OFFLINE/xe-1"]')
      .getByText('đến 09:00:00 · lan: chờ phụ tùng')
      .waitFor();
    assert.equal(await page.locator('[data-alarm="VEHICLE_STUCK/xe-1"]').count(), 0);
    // The proposal stands where its alarm would.
    assert.equal(await page.locator('[data-alarm="SECOND_PERSON/huu-nghi-p1"]').count(), 0);
    await page
      .locator('[data-quiet="alarms.suppressed"]')
      .getByText('Không hiện vì đã rõ nguyên nhân: 1')
      .waitFor();
    const proposal = page.locator('[data-proposal="huu-nghi-p1"]');
    await proposal.getByText('Hủy lượt qua').waitFor();
    await proposal.getByText('minh (trưởng ca): hủy theo yêu cầu chủ hàng').waitFor();
    await proposal.getByText('đến 08:40:00').waitFor();
    assert.deepEqual(await page.evaluate(inPage.overflow), { wider: 0, higher: 0 });
    const faint = (await page.evaluate(inPage.contrasts)).filter(({ ratio }) => ratio < 4.5);
    assert.deepEqual(faint, []);
    assert.deepEqual(complaints, []);
  });

  it('shows open cases with what each is about and who may close it, until they are closed', async () => {
    const panel = page.getByRole('region', { name: 'Hồ sơ hải quan đang mở' });
    assert.equal(await panel.count(), 0);
    const state = heldState(config);
    for (const one of [customsCase(), customsCase({ id: 'huu-nghi-c2', openedAt: START })])
      state.cases[one.id] = one;
    gate.become(state);
    await panel.waitFor();
    assert.deepEqual(
      await panel.getByRole('article').evaluateAll((all) => all.map((one) => one.dataset.case)),
      ['huu-nghi-c2', 'huu-nghi-c1'],
    );
    const one = panel.getByRole('article', { name: 'Hồ sơ huu-nghi-c1' });
    await one.getByText('CSQU3054383', { exact: true }).waitFor();
    await one.getByText('từ 2026-03-10 08:29:00').waitFor();
    await one.getByText('CLEARANCE_WITHDRAWN').waitFor();
    await one.getByText('Nguồn: VNACCS').waitFor();
    await one.getByText('Người được đóng: cán bộ hải quan, lãnh đạo hải quan').waitFor();
    await one.getByText('gate act close-case huu-nghi-c1').waitFor();
    assert.deepEqual(await page.evaluate(inPage.overflow), { wider: 0, higher: 0 });
    assert.deepEqual(
      (await page.evaluate(inPage.contrasts)).filter(({ ratio }) => ratio < 4.5),
      [],
    );
    await page.getByRole('button', { name: '中文' }).click();
    await page.getByText('可结案人员: 海关人员, 海关负责人').first().waitFor();
    await page.setViewportSize({ width: 390, height: 844 });
    assert.equal((await page.evaluate(inPage.overflow)).wider, 0);

    delete state.cases['huu-nghi-c1'];
    gate.become(state);
    await page.locator('[data-case="huu-nghi-c1"]').waitFor({ state: 'detached' });
    assert.equal(await page.locator('#case-count').textContent(), '1');
    gate.become(heldState(config));
    await page.locator('#cases-panel').waitFor({ state: 'hidden' });
    assert.deepEqual(complaints, []);
  });

  it('shows what is closed, who is still there, and when people may enter; and what went by telephone', async () => {
    const state = quietState(config);
    const section = page.locator('#section');
    assert.equal(await section.isVisible(), false, 'nothing, while the section is as ever');
    const closure = {
      id: 'huu-nghi-s1',
      by: 'huu-nghi',
      tracks: ['north'],
      code: 'WEATHER' as const,
      text: { lang: 'vi', text: 'Bão số 3' },
      from: START,
      inForce: true,
      told: true,
      clear: { ours: true, theirs: false },
    };
    state.section.closures[closure.id] = closure;
    state.tracks.north = { holder: '', asked: false, wanted: null, moves: ['huu-nghi-m7'], overdue: [] };
    state.section.hotline.calls['3-482913'] = {
      number: '3-482913',
      move: 'huu-nghi-m7',
      track: 'north',
      side: 'sender',
      sender: 'lan',
      receiver: 'wei',
      arrived: false,
    };
    gate.become(structuredClone(state));
    const shown = section.locator('[data-closure="huu-nghi-s1"]');
    await shown.getByText('ĐANG ĐÓNG — KHÔNG ĐƯỢC VÀO').waitFor();
    await shown.getByText('Chưa báo trống: huu-nghi-quan').waitFor();
    await shown.getByText('Chuyến: huu-nghi-m7').waitFor();
    await shown.getByText('Thời tiết').waitFor();
    await shown.getByText('Bão số 3').waitFor();
    await section.getByText('3-482913').waitFor();
    closure.clear.theirs = true;
    state.section.resets.north = {
      theirs: { reset: 'b1', moves: ['huu-nghi-m7'], officers: ['li', 'wang'] },
    };
    gate.become(structuredClone(state));
    await shown.getByText('ĐÃ ĐÓNG — hai bên báo trống').waitFor();
    await section.locator('[data-reset="north huu-nghi-quan"]').getByText('li, wang').waitFor();
    assert.doesNotMatch((await section.textContent()) ?? '', /\[object|undefined|NaN/);
    const unreadable = (await page.evaluate(inPage.contrasts)).filter(({ ratio }) => ratio < 4.5);
    assert.deepEqual(unreadable, []);
    assert.deepEqual(complaints, []);
  });

  it('shows open differences with who keeps the goods, until when, and what each side has said, until both have closed them', async () => {
    const panel = page.getByRole('region', { name: 'Sai lệch bàn giao đang mở' });
    const state = heldState(config);
    for (const one of [
      discrepancy(),
      discrepancy({ id: 'huu-nghi-d2', deadlineAt: START - 1, overdue: true }),
    ])
      state.discrepancies[one.id] = one;
    gate.become(state);
    await panel.waitFor();
    const one = panel.getByRole('article', { name: 'Sai lệch huu-nghi-quan-d1' });
    await one.getByText('Số chì khác').waitFor();
    await one.getByText('VN0001 → X9').waitFor();
    await one.getByText('封志号不同').waitFor();
    await one.getByText('Bên đang giữ hàng: huu-nghi-quan · s-03').waitFor();
    await one.getByText('huu-nghi-quan: đã đóng như khi phát hiện').waitFor();
    await one.getByText('gate act close-discrepancy huu-nghi-quan-d1 --outcome …').waitFor();
    await panel.getByText('QUÁ HẠN TỪ').waitFor();
    assert.deepEqual(await page.evaluate(inPage.overflow), { wider: 0, higher: 0 });
    assert.deepEqual(
      (await page.evaluate(inPage.contrasts)).filter(({ ratio }) => ratio < 4.5),
      [],
    );
    await page.setViewportSize({ width: 390, height: 844 });
    assert.equal((await page.evaluate(inPage.overflow)).wider, 0);
    gate.become(heldState(config));
    await page.locator('#differences-panel').waitFor({ state: 'hidden' });
    assert.deepEqual(complaints, []);
  });

  it('reaches every open case with the keyboard alone', async () => {
    const state = heldState(config);
    for (let index = 0; index < 50; index += 1)
      state.cases[`c${index}`] = customsCase({ id: `c${index}`, openedAt: START - index });
    gate.become(state);
    const last = page.locator('[data-case="c49"]');
    await last.waitFor({ state: 'attached' });
    for (let tabs = 0; tabs < 20; tabs += 1) {
      await page.keyboard.press('Tab');
      if (await page.evaluate(inPage.isFocused, 'cases')) break;
    }
    assert.equal(await page.evaluate(inPage.isFocused, 'cases'), true);
    await page.keyboard.press('End');
    await page.waitForFunction(inPage.isInSight, '[data-case="c49"]');
  });

  it('tells of a referred vehicle whose matter it is, who may clear it, what to do, and whom an unclear reading may mean', async () => {
    const state = heldState(config);
    const seal = reason('SEAL_BROKEN', 'VN001', 'seal-1');
    const alarmed = reason('RADIATION_ALARM', '', 'rpm-1');
    state.crossings['c-1'] = exportCrossing({ verdict: 'refer', reasons: [seal, alarmed] });
    const lane = state.lanes['border-out-1'];
    assert.ok(lane);
    const pictures = 'a1'.repeat(32);
    const candidates = [
      { crossingId: 'c-1', score: 700 },
      { crossingId: 'c-9', score: 650 },
    ];
    lane.visit = heldVisit({
      verdict: 'refer',
      reasons: [{ ...reason('AMBIGUOUS_MATCH', 'c-1 (700), c-9 (650)', pictures), candidates }],
    });
    delete lane.visit.crossing;
    gate.become(state);

    const broken = page.locator('[data-crossing="c-1"] [data-reason="SEAL_BROKEN"]');
    await broken.getByText('Nguồn: seal-1').waitFor();
    await broken.getByText(seal.remedy.vi).waitFor();
    await broken.getByText('Người được gỡ bỏ: cán bộ hải quan').waitFor();
    const radiation = page.locator('[data-crossing="c-1"] [data-reason="RADIATION_ALARM"]');
    await radiation.getByText('Không ai tại cửa khẩu gỡ bỏ được').waitFor();

    const unclear = page.locator('[data-lane="border-out-1"] [data-reason="AMBIGUOUS_MATCH"]');
    await unclear.getByText('Nguồn: a1a1a1a1a1a1…').waitFor();
    const may = unclear.getByRole('list', { name: 'Có thể là' });
    assert.deepEqual(await may.getByRole('listitem').allTextContents(), [
      'c-112C-045.6712C-123.45CSQU3054383700',
      'c-9650',
    ]);
    assert.deepEqual(await page.evaluate(inPage.overflow), { wider: 0, higher: 0 });
    assert.deepEqual(
      (await page.evaluate(inPage.contrasts)).filter(({ ratio }) => ratio < 4.5),
      [],
    );
    assert.doesNotMatch((await page.locator('main').textContent()) ?? '', /\[object|undefined|NaN/);
    assert.deepEqual(complaints, []);
  });

  it('says at once that the gate is lost, and that what it shows is old', async () => {
    gate.shut();
    await page.waitForSelector('body.lost-gate');
    await page.getByRole('alert').getByText('MẤT KẾT NỐI').waitFor();
    assert.ok(await page.locator('[data-crossing="c-1"]').isVisible());
    gate.open();
    await page.waitForSelector('body.up');
    assert.equal(await page.getByRole('alert').isVisible(), false);
  });

  it('says that the console is lost, and comes back by itself', async () => {
    await people.stop();
    await page.waitForSelector('body.lost-console');
    const again = { ...config, console: { host: '127.0.0.1', port: people.port } };
    people = await startConsole({ config: again, door: gate, clock: systemClock, log: silentLog });
    await page.waitForSelector('body.up');
    gate.become(quietState(config));
    await page.getByText('Không có lượt qua nào').waitFor();
  });

  it('shows what a device sent as text, never as markup', async () => {
    const state = heldState(config);
    const evil = '<img src=x onerror="document.title=1">';
    state.crossings['c-1'] = exportCrossing({ reasons: [reason('PLATE_MISMATCH', evil)] });
    gate.become(state);
    await page.locator('[data-crossing="c-1"]').getByText(evil).waitFor();
    assert.equal(await page.locator('main img').count(), 0);
  });

  it('fits a control-room screen without scrolling, and a phone without scrolling sideways', async () => {
    assert.deepEqual(await page.evaluate(inPage.overflow), { wider: 0, higher: 0 });
    await page.setViewportSize({ width: 390, height: 844 });
    assert.equal((await page.evaluate(inPage.overflow)).wider, 0);
  });

  it('is readable by night and by day: text stands out from its ground', async () => {
    for (const theme of ['night', 'day']) {
      const ratios = await page.evaluate(inPage.contrasts);
      assert.ok(ratios.length > 50);
      // WCAG 2.2, 1.4.3: at least 4.5 : 1.
      const faint = ratios.filter(({ ratio }) => ratio < 4.5);
      assert.deepEqual(faint, [], theme);
      await page.locator('#theme').click();
    }
  });
});
