/** Minutes as plain text and as a page for a printer. */
import type { Minutes, Row, Told } from './minutes.ts';
import { LABELS, type Pair } from './words.ts';

const both = ([vi, zh]: Pair): string => (zh === '' ? vi : `${vi} · ${zh}`);
const told = (value: Told): string => (typeof value === 'string' ? value : both(value));
const BLANK = '.'.repeat(40);
const SIGNED: readonly Pair[] = [LABELS.name, LABELS.position, LABELS.date, LABELS.sign];

export function minutesText({ move, sender, receiver, sections }: Minutes): string {
  const lines = [both(LABELS.title), `${both(LABELS.move)}: ${oneLine(move)}`, ''];
  for (const [index, { title, rows }] of sections.entries()) {
    lines.push(`${index + 1}. ${both(title)}`);
    for (const row of rows) lines.push(rowText(row));
    lines.push('');
  }
  lines.push(...LABELS.unchecked, '', `${sections.length + 1}. ${both(LABELS.signatures)}`);
  for (const [label, gate] of [
    [LABELS.forSender, sender],
    [LABELS.forReceiver, receiver],
  ] as const) {
    lines.push('', `${both(label)}: ${gate}`);
    for (const line of SIGNED) lines.push(`   ${both(line)}: ${BLANK}`);
  }
  return `${lines.join('\n')}\n`;
}

function rowText({ label, values, isDetail }: Row): string {
  const indent = isDetail ? '      ' : '   ';
  return `${indent}${both(label)}: ${values.map((value) => oneLine(told(value))).join(`\n${indent}   `)}`;
}

/** What others wrote must not look like lines of ours: every control character, also those that end a line or turn its direction. */
const oneLine = (text: string): string =>
  text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');

export function minutesHtml({ move, sender, receiver, sections }: Minutes): string {
  const parts = sections.map(
    ({ title, rows }, index) =>
      `<section><h2>${index + 1}. ${pairHtml(title)}</h2><table>${rows.map(rowHtml).join('')}</table></section>`,
  );
  const blocks = (
    [
      [LABELS.forSender, sender],
      [LABELS.forReceiver, receiver],
    ] as const
  ).map(
    ([label, gate]) =>
      `<div><h3>${pairHtml(label)}<br>${escaped(gate)}</h3>${SIGNED.map((line) => `<p>${pairHtml(line)}:<span></span></p>`).join('')}</div>`,
  );
  const unchecked = `<p class="note">${LABELS.unchecked.map(escaped).join('<br>')}</p>`;
  return `<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><title>${escaped(both(LABELS.title))}: ${escaped(move)}</title><style>${STYLE}</style></head>
<body><h1>${pairHtml(LABELS.title)}</h1><p class="move">${pairHtml(LABELS.move)}: <b>${escaped(move)}</b></p>
${parts.join('\n')}
${unchecked}
<section class="signatures"><h2>${sections.length + 1}. ${pairHtml(LABELS.signatures)}</h2><div class="both">${blocks.join('')}</div></section>
</body></html>
`;
}

const STYLE = `@page{size:A4;margin:15mm}body{font:10pt/1.4 "Noto Sans","Noto Sans CJK SC",sans-serif;color:#000;background:#fff;max-width:190mm;margin:auto}
h1,.move{text-align:center}h2{font-size:11pt;margin:5mm 0 1mm}table{width:100%;border-collapse:collapse}tr{break-inside:avoid}
td{border:1px solid #888;padding:1mm 2mm;vertical-align:top;overflow-wrap:anywhere}td.vi,td.zh{width:25%}tr.detail td.vi,tr.detail td.zh{padding-left:6mm}
.signatures{break-inside:avoid}.both{display:flex;gap:10mm}.both>div{flex:1}.both p{display:flex;gap:2mm;margin:6mm 0 0}.both span{flex:1;border-bottom:1px dotted #000}
.note{font-size:9pt}`;

const rowHtml = ({ label, values, isDetail }: Row): string =>
  `<tr${isDetail ? ' class="detail"' : ''}><td class="vi">${escaped(label[0])}</td><td class="zh" lang="zh">${escaped(label[1])}</td>` +
  `<td>${values.map((value) => (typeof value === 'string' ? escaped(value) : pairHtml(value))).join('<br>')}</td></tr>`;

const pairHtml = ([vi, zh]: Pair): string => `${escaped(vi)} · <span lang="zh">${escaped(zh)}</span>`;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => oneLine(text).replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
