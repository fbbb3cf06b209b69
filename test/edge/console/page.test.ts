import assert from 'node:assert/strict';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type Console, startConsole } from '../../../edge/console/console.ts';
import { reason } from '../../../edge/core/reasons.ts';
import { systemClock } from '../../../edge/platform/clock.ts';
import { silentLog } from '../../../edge/platform/log.ts';
import { requireTool } from '../../support/tools.ts';
import { exportCrossing, type FakeGate, fakeGate, heldState, quietState, testConfig } from './fake-gate.ts';

/** Functions that run in the page, where there is a document. */
const inPage = (await import(new URL('./in-page.js', import.meta.url).href)) as {
  overflow(): { wider: number; higher: number };
  contrasts(): { text: string; ratio: number }[];
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
