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

/** Whether all members within are in code-unit order, so that writing it natively gives {@link canonicalJson}. */
export function hasSortedMembers(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return true;
  if (Array.isArray(value)) return value.every(hasSortedMembers);
  let before: string | undefined;
  for (const key in value) {
    if (before !== undefined && before > key) return false;
    before = key;
    if (!hasSortedMembers((value as Record<string, unknown>)[key])) return false;
  }
  return true;
}

/** Whether both have the same {@link canonicalJson}; `parsed` comes out of JSON, so that it has no members that are undefined. */
export function isSameJson(parsed: unknown, other: unknown): boolean {
  if (parsed === other) return true;
  if (parsed === null || other === null || typeof parsed !== 'object' || typeof other !== 'object')
    return false;
  if (Array.isArray(parsed) || Array.isArray(other)) {
    if (!Array.isArray(parsed) || !Array.isArray(other) || parsed.length !== other.length) return false;
    return parsed.every((one, index) => isSameJson(one, other[index]));
  }
  const [one, two] = [parsed as Record<string, unknown>, other as Record<string, unknown>];
  let members = 0;
  for (const key in two) {
    if (two[key] === undefined) continue;
    members += 1;
    if (!Object.hasOwn(one, key) || !isSameJson(one[key], two[key])) return false;
  }
  for (const _ in one) members -= 1;
  return members === 0;
}
