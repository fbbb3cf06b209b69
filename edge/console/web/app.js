/** The console's page: listens to the gate and draws what changed. */
import { caseRows } from './desk.js';
import { differenceRows } from './differences.js';
import { h, timeText } from './elements.js';
import { sectionRows } from './section.js';
import {
  alarmRows,
  crossingRows,
  deviceRows,
  journalRow,
  laneCard,
  linkRows,
  trackRows,
  yardRows,
} from './view.js';
import { dictionary, LANGUAGE_NAMES, LANGUAGES } from './words.js';

/** The gate beats every 3 s; after this long without a word the connection is lost, whatever the browser believes. */
const SILENCE_MS_MAX = 8_000;
const RETRY_MS = 2_000;
const JOURNAL_LINES_MAX = 100;

const at = (id) => document.getElementById(id);
const fill = (id, children) =>
  at(id).replaceChildren(...children.flat(Number.POSITIVE_INFINITY).filter(Boolean));

const stored = (key, choices) => choices.find((choice) => choice === localStorage.getItem(key));
const prefersDay = matchMedia('(prefers-color-scheme: light)').matches;

let say = dictionary(stored('language', LANGUAGES) ?? 'vi');
let theme = stored('theme', ['day', 'night']) ?? (prefersDay ? 'day' : 'night');
/** @type {any} */
let overview = null;
/** @type {{seq: number}[]} */
let lines = [];
/** 'waiting' until the first word, then 'up', 'lost-gate' (the console lost the gate) or 'lost-console' (we lost the console). */
let connection = 'waiting';
let heardAt = performance.now();
let lostAt = '';

/** What each panel was last drawn from: an unchanged panel keeps its elements, scroll position and selection. */
const drawn = new Map();
function draw(id, data, render) {
  const key = say.language + JSON.stringify(data);
  if (drawn.get(id) === key) return;
  drawn.set(id, key);
  fill(id, [render()]);
}

function drawFrame() {
  document.documentElement.lang = say.language === 'zh' ? 'zh-Hans' : say.language;
  document.documentElement.dataset.theme = theme;
  for (const element of document.querySelectorAll('[data-word]'))
    element.textContent = say.word(element.dataset.word);
  at('theme').textContent = say.word(theme === 'day' ? 'night' : 'day');
  fill(
    'languages',
    LANGUAGES.map((language) => {
      const button = h(
        'button',
        { type: 'button', 'aria-pressed': String(language === say.language), lang: language },
        LANGUAGE_NAMES[language],
      );
      button.addEventListener('click', () => {
        localStorage.setItem('language', language);
        say = dictionary(language);
        drawAll();
      });
      return button;
    }),
  );
}

function drawConnection() {
  document.body.className = connection;
  const banner = at('banner');
  banner.hidden = connection === 'up';
  const text = connection === 'waiting' ? say.word('connecting') : say.word(connection);
  const told = lostAt === '' || connection === 'waiting' ? text : `${text} (${say.word('since')} ${lostAt})`;
  // Written only when it changes, so that a screen reader says it once.
  if (banner.textContent !== told) banner.textContent = told;
  if (overview)
    draw(
      'links',
      [
        overview.counterpart,
        overview.customs,
        overview.clockTrusted,
        overview.storage,
        overview.now,
        connection,
      ],
      () => linkRows(overview, connection === 'up', say),
    );
}

function drawOverview() {
  if (!overview) return;
  const {
    gate,
    now,
    lanes,
    tracks,
    alarms,
    proposals,
    cases,
    differences,
    devices,
    yard,
    vehicles,
    completed,
  } = overview;
  const name = say.text(gate.name);
  at('gate-name').textContent = name;
  at('gate-place').textContent = [...new Set(Object.values(gate.name))]
    .filter((other) => other !== name)
    .join(' · ');
  document.title = name;
  draw('lanes', lanes, () => lanes.map((lane) => laneCard(lane, say)));
  draw('tracks', tracks, () => trackRows(tracks, say));
  const { section } = overview;
  at('section').hidden = Object.values(section).every((rows) => rows.length === 0);
  draw('section', section, () => sectionRows(section, say, gate.utcOffset));
  draw('crossings', [overview.crossings, overview.recent, Math.round(now / 1000)], () =>
    crossingRows(overview, say),
  );
  at('cases-panel').hidden = cases.count === 0;
  at('case-count').textContent = String(cases.count);
  draw('cases', cases, () => caseRows(cases, say, gate.utcOffset));
  at('differences-panel').hidden = differences.count === 0;
  at('difference-count').textContent = String(differences.count);
  draw('differences', differences, () => differenceRows(differences, say, gate));
  draw('alarms', [alarms, proposals], () => alarmRows(alarms, proposals, say, gate.utcOffset));
  draw('devices', devices, () => deviceRows(devices, say));
  draw('yard', [yard, vehicles], () => yardRows({ yard, vehicles }, say));
  const online = devices.filter((device) => device.status === 'online').length;
  at('device-count').textContent = `${online} / ${devices.length}`;
  at('alarm-count').textContent = alarms.unseen === 0 ? '' : String(alarms.unseen);
  at('completed').textContent =
    `${say.word('completed')}: ${completed.export} ${say.word('export')} · ${completed.import} ${say.word('import')}`;
}

function drawJournal() {
  const utcOffset = overview?.gate.utcOffset ?? '+00:00';
  draw('journal', [lines.at(-1)?.seq, lines.length, utcOffset], () =>
    lines.toReversed().map((line) => journalRow(line, utcOffset)),
  );
}

/** At most one drawing a frame, however much arrives. */
let asked = false;
function drawSoon() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => {
    asked = false;
    drawOverview();
    drawConnection();
    drawJournal();
  });
}

function drawAll() {
  drawFrame();
  drawSoon();
}

function setConnection(value) {
  if (value === connection) return;
  if (value !== 'up' && (connection === 'up' || lostAt === ''))
    lostAt = overview ? timeText(overview.now, overview.gate.utcOffset) : '';
  if (value === 'up') lostAt = '';
  connection = value;
  drawSoon();
}

let source;
function connect() {
  source?.close();
  source = new EventSource('api/events');
  const on = (name, handle) =>
    source.addEventListener(name, (event) => {
      heardAt = performance.now();
      handle(JSON.parse(event.data));
      drawSoon();
    });
  on('gate', ({ connected }) => setConnection(connected ? 'up' : 'lost-gate'));
  on('beat', ({ connected }) => setConnection(connected ? 'up' : 'lost-gate'));
  on('overview', (value) => {
    overview = value;
  });
  on('journal', (line) => {
    if (line.seq <= (lines.at(-1)?.seq ?? 0)) return;
    lines = [...lines.slice(1 - JOURNAL_LINES_MAX), line];
  });
  on('gap', ({ from, to }) => {
    lines = [
      ...lines,
      {
        seq: to,
        at: overview?.now ?? 0,
        kind: 'gap',
        type: '…',
        text: `${to - from + 1} ${say.word('gap')}`,
      },
    ];
  });
  source.addEventListener('error', () => {
    setConnection('lost-console');
    // The browser tries again by itself unless the answer was a refusal.
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, RETRY_MS);
  });
}

setInterval(() => {
  if (performance.now() - heardAt > SILENCE_MS_MAX) {
    heardAt = performance.now();
    setConnection('lost-console');
    connect();
  }
}, 1_000);

/** The clock runs on between two overviews only while the gate is heard: a standing clock is a sign, too. */
setInterval(() => {
  if (!overview || connection !== 'up') return;
  const { utcOffset } = overview.gate;
  at('clock').textContent = timeText(Date.now(), utcOffset);
  at('clock-zone').textContent = `UTC${utcOffset}`;
}, 500);

at('theme').addEventListener('click', () => {
  theme = theme === 'day' ? 'night' : 'day';
  localStorage.setItem('theme', theme);
  drawAll();
});

drawAll();
drawConnection();
connect();
