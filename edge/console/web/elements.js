/** What everything on the page is made of. What comes from the gate is set as text, never as markup. */

/** An element: `h('p.reason', {title}, 'text', child)`; classes after dots, empty children left out. */
export function h(name, ...rest) {
  const [tag, ...classes] = name.split('.');
  const element = document.createElement(tag);
  if (classes.length > 0) element.className = classes.join(' ');
  for (const part of rest.flat(Number.POSITIVE_INFINITY)) {
    if (part === null || part === undefined || part === false || part === '') continue;
    if (typeof part === 'string' || typeof part === 'number' || part instanceof Node) element.append(part);
    else
      for (const [key, value] of Object.entries(part))
        if (value !== undefined) element.setAttribute(key, value);
  }
  return element;
}

const two = (number) => String(number).padStart(2, '0');

/** Minutes east of Greenwich of `+07:00`. */
export function offsetMinutes(utcOffset) {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):(\d{2})$/.exec(utcOffset) ?? [];
  return sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/** `14:05:09` where the gate stands. */
export function timeText(atMs, utcOffset) {
  const date = new Date(atMs + offsetMinutes(utcOffset) * 60_000);
  return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
}

/** `2026-03-10 14:05:09` where the gate stands: what may be days old. */
export function dateTimeText(atMs, utcOffset) {
  const date = new Date(atMs + offsetMinutes(utcOffset) * 60_000);
  const day = `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
  return `${day} ${timeText(atMs, utcOffset)}`;
}

/** `42 s`, `7 min`, `3 h`. */
export function durationText(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

export const plate = (text) => h('span.plate', text);
export const container = (number) => h('span.container', number);
