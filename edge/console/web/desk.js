/** What people decide about: why somebody is held or referred, whom an unclear reading may mean, and cases for customs. */
import { container, dateTimeText, h, plate } from './elements.js';

/** Pictures are named by their SHA-256; its beginning tells them apart. */
const shortened = (text) => text.replaceAll(/\b([0-9a-f]{12})[0-9a-f]{52}\b/g, '$1…');

/** `customs officer, customs leader`. */
const rolesText = (roles, say) => roles.map((role) => say.word(`role.${role}`)).join(', ');

/** Whom it may be, the likeliest first. */
const candidateList = (candidates, say) =>
  h(
    'ol.candidates',
    { 'aria-label': say.word('candidates') },
    candidates.map(({ crossing, score, containers, plates }) =>
      h(
        'li',
        h('span.id', crossing),
        plates.map(plate),
        containers.map(container),
        h('span.score', { title: say.word('score') }, score),
      ),
    ),
  );

/** Who clears what needs a person; the rest ends by itself. */
const clearing = ({ severity, releasableBy }, say) =>
  severity === 'refer' &&
  h(
    'span.detail',
    releasableBy.length === 0
      ? say.word('cleared-by-nobody')
      : `${say.word('cleared-by')}: ${rolesText(releasableBy, say)}`,
  );

const reasonItem = (reason, say) =>
  h(
    `li.${reason.severity}`,
    { 'data-reason': reason.code },
    // Between them a line may end.
    h('span.what', say.text(reason.text)),
    ' ',
    h('span.owner', say.word(`owner.${reason.owner}`)),
    ' ',
    h('span.id', reason.code),
    // Their rows tell the same, and more.
    reason.detail && !reason.candidates && h('span.detail', reason.detail),
    reason.candidates && candidateList(reason.candidates, say),
    reason.severity !== 'info' && h('span.remedy', say.text(reason.remedy)),
    clearing(reason, say),
    reason.source && h('span.detail', `${say.word('source')}: ${shortened(reason.source)}`),
  );

/** Why, whose matter it is, what to do, who may clear it, and where it comes from. */
export const reasons = ({ reasons: list, reasonsLeftOut }, say) =>
  list.length > 0 &&
  h(
    'ul.reasons',
    list.map((reason) => reasonItem(reason, say)),
    reasonsLeftOut && h('li.info', `+ ${reasonsLeftOut}`),
  );

const caseArticle = (one, say, utcOffset) =>
  h(
    'article.case',
    { 'data-case': one.id, 'aria-label': `${say.word('case')} ${one.id}` },
    h(
      'header',
      one.containers.map(container),
      h('span.id', one.crossing),
      h('span.since', `${say.word('since')} ${dateTimeText(one.openedAt, utcOffset)}`),
    ),
    reasons(one, say),
    h('p.where', `${say.word('passed-at')} ${dateTimeText(one.passedAt, utcOffset)}`),
    h(
      'p.where',
      `${say.word('closed-by')}: ${rolesText(one.closableBy, say)}`,
      h('code', `gate act close-case ${one.id}`),
    ),
  );

/** Open cases, the newest first. */
export function caseRows({ open, count }, say, utcOffset) {
  return [
    open.map((one) => caseArticle(one, say, utcOffset)),
    count > open.length && h('p.empty', `+ ${count - open.length}`),
  ];
}
