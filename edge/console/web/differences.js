/** Differences that both gates must close: what differs, until when, who keeps the goods, and what each side has said. */
import { container, dateTimeText, h } from './elements.js';

/** `Seal number CSQU3054383: VN123 → X9`, and what was said of it in its own language. */
const remarkItem = ({ code, container: box, expected, found, text = [] }, say) =>
  h(
    'li',
    h('span.what', say.word(`differs.${code}`)),
    ' ',
    box && container(box),
    (expected || found) && h('span.detail', `${expected ?? '—'} → ${found ?? '—'}`),
    text.map(({ lang, text: words, translated }) =>
      h('span.detail', { lang }, translated ? `${words} (${say.word('translated')})` : words),
    ),
  );

/** What the receiver has remarked on, if it has. */
export const remarks = (list, say) =>
  list !== undefined &&
  h(
    'ul.reasons',
    { 'aria-label': say.word('remarks') },
    list.map((remark) => remarkItem(remark, say)),
  );

const saidItems = ({ inspections, closed }, say, utcOffset) => [
  inspections.map(({ by, at, inspectors, outcome }) =>
    h(
      'p.where',
      `${by}: ${say.word('inspection')} ${say.word(`inspected.${outcome}`)}`,
      h('span', outcome === 'escalated' ? '' : inspectors.join(', ')),
      h('span', dateTimeText(at, utcOffset)),
    ),
  ),
  closed.map(({ gate, outcome, at }) =>
    h(
      'p.where',
      `${gate}: ${say.word('has-closed')} ${say.word(`outcome.${outcome}`)}`,
      h('span', dateTimeText(at, utcOffset)),
    ),
  ),
];

const differenceArticle = (one, say, { id: own, utcOffset }) =>
  h(
    'article.case',
    { 'data-difference': one.id, 'aria-label': `${say.word('difference')} ${one.id}` },
    h(
      'header',
      h('span.id', one.id),
      h('span', one.move),
      h('span.since', `${say.word('since')} ${dateTimeText(one.openedAt, utcOffset)}`),
    ),
    remarks(one.remarks, say),
    h('p.where', `${say.word('opened-by')}: ${one.openedBy}`),
    h(
      'p.where',
      `${say.word('custodian')}: ${one.custodian} · ${one.place}`,
      h(
        one.overdue ? 'strong' : 'span',
        `${say.word(one.overdue ? 'overdue-since' : 'deadline')} ${dateTimeText(one.deadlineAt, utcOffset)}`,
      ),
    ),
    saidItems(one, say, utcOffset),
    !one.closed.some(({ gate }) => gate === own) &&
      h(
        'p.where',
        `${say.word('closed-by')}: ${say.word('role.supervisor')}`,
        h('code', `gate act close-discrepancy ${one.id} --outcome …`),
      ),
  );

/** Open ones, the first to fall due first. */
export function differenceRows({ open, count }, say, gate) {
  return [
    open.map((one) => differenceArticle(one, say, gate)),
    count > open.length && h('p.empty', `+ ${count - open.length}`),
  ];
}
