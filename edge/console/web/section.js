/** The border section as a whole: closures and who is still there, inspected tracks, line clear by telephone. */
import { dateTimeText, h } from './elements.js';

const KINDS = { planned: 'info', closing: 'hold', closed: 'pass' };

const times = ({ from, to }, say, utcOffset) =>
  `${say.word('since')} ${dateTimeText(from, utcOffset)}` +
  (to === undefined ? '' : ` ${say.word('until')} ${dateTimeText(to, utcOffset)}`);

/** Whether people may enter is said in words and by a sign, never by colour alone. */
const closureArticle = (one, say, utcOffset) =>
  h(
    `article.closure.${KINDS[one.state]}`,
    { 'data-closure': one.id, 'data-state': one.state },
    h(
      'header',
      h('b', `${one.state === 'closed' ? '✓' : '⚠'} ${say.word(`closure.${one.state}`)}`),
      h('span', one.tracks.length === 0 ? say.word('whole-section') : one.tracks.join(', ')),
      h('span.id', one.id),
    ),
    h('p', `${say.word(`code.${one.code}`)} · ${one.by} · ${times(one, say, utcOffset)}`),
    one.text && h('p.detail', one.text),
    one.state === 'closing' && h('p.waits', `${say.word('closure.waits')}: ${one.waitsFor.join(', ')}`),
    one.state !== 'planned' &&
      one.moves.length > 0 &&
      h('p.waits', `${say.word('closure.moves')}: ${one.moves.join(', ')}`),
  );

const resetArticle = ({ track, by, moves, officers }, say) =>
  h(
    'article.closure.hold',
    { 'data-reset': `${track} ${by}` },
    h('header', h('b', `${say.word('block-reset')} ${track}`), h('span', by)),
    h('p', `${say.word('closure.moves')}: ${moves.length === 0 ? '—' : moves.join(', ')}`),
    h('p.detail', officers.join(', ')),
  );

const callArticle = ({ number, move, track, side, arrived }, say) =>
  h(
    'article.closure.info',
    { 'data-call': number },
    h('header', h('b', `☎ ${say.word(`hotline.${side}`)}`), h('span.number', number)),
    h('p', `${move} · ${track} · ${say.word(arrived ? 'stage.arrived' : 'hotline.under-way')}`),
  );

const faultArticle = ({ number, why }, say) =>
  h(
    'article.closure.refer',
    { 'data-call': number },
    h('header', h('b', `⚠ ${say.word('hotline.fault')}`), h('span.number', number)),
    h('p.detail', why),
  );

/** Nothing while the section is as ever. */
export const sectionRows = ({ closures, resets, calls, faults }, say, utcOffset) => [
  faults.map((one) => faultArticle(one, say)),
  closures.map((one) => closureArticle(one, say, utcOffset)),
  resets.map((one) => resetArticle(one, say)),
  calls.map((one) => callArticle(one, say)),
];
