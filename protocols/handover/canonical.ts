/**
 * One value, one text: JSON with members in code-unit order and no white space (the form of RFC 8785). Two gates
 * that hold the same record hold the same bytes, and a text that is not in this form was not written by a gate.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = value as Record<string, unknown>;
  let text = '';
  for (const key of inOrder(Object.keys(members))) {
    const member = members[key];
    if (member === undefined) continue;
    text += `${text === '' ? '' : ','}${quoted(key)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

/** By code units, as sorting without a comparison goes. What was canonical before is in order already. */
function inOrder(keys: string[]): string[] {
  for (let index = 1; index < keys.length; index += 1)
    if ((keys[index - 1] ?? '') > (keys[index] ?? '')) return keys.sort();
  return keys;
}

/** A name that needs no escaping is quoted as it is. */
const quoted = (name: string): string => (/^[\w:@-]*$/.test(name) ? `"${name}"` : JSON.stringify(name));
