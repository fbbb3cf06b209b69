/**
 * XML as a plain tree whose values stay text. Names are without namespace prefix: cameras choose prefixes freely, and
 * some declare none.
 */
import xml2js from 'xml2js';

export interface XmlNode {
  name: string;
  attributes: Readonly<Record<string, string>>;
  /** Character data directly inside the element. Digits stay text: `51.20` is not 51.2. */
  text: string;
  children: readonly XmlNode[];
}

/** No ONVIF message nests deeper than about twelve; a bound keeps a hostile one from exhausting the stack. */
const DEPTH_MAX = 50;

/** Keys that no XML name can have, so that an element `<_>` cannot pass for text. */
const ATTRIBUTES = '@';
const TEXT = '#';

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

function toNode(name: string, value: unknown, depth: number): XmlNode {
  if (depth > DEPTH_MAX) throw new RangeError(`elements nest deeper than ${DEPTH_MAX}`);
  const children: XmlNode[] = [];
  let attributes: Record<string, string> = {};
  let text = typeof value === 'string' ? value : '';
  for (const [key, part] of Object.entries(typeof value === 'object' && value !== null ? value : {})) {
    if (key === ATTRIBUTES) attributes = { ...part };
    else if (key === TEXT) text = String(part);
    else for (const child of part) children.push(toNode(key, child, depth + 1));
  }
  return { name, attributes, text, children };
}

/** The root element, or why the text is not XML. */
export function parseXml(text: string): { ok: true; root: XmlNode } | { ok: false; reason: string } {
  const parser = new xml2js.Parser({
    attrkey: ATTRIBUTES,
    charkey: TEXT,
    explicitArray: true,
    explicitCharkey: true,
    tagNameProcessors: [localName],
    attrNameProcessors: [localName],
  });
  let outcome: { error: Error | null; result: unknown } | undefined;
  try {
    // Calls back before it returns; only the first call counts.
    parser.parseString(text, (error, result) => {
      outcome ??= { error, result };
    });
    if (outcome?.error) return { ok: false, reason: outcome.error.message.split('\n')[0] ?? 'not XML' };
    const [root] = Object.entries(outcome?.result ?? {});
    return root === undefined
      ? { ok: false, reason: 'no element' }
      : { ok: true, root: toNode(root[0], root[1], 0) };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Children of that name, in the order of the document. */
export const childrenOf = (node: XmlNode, name: string): XmlNode[] =>
  node.children.filter((child) => child.name === name);

/** The first element along a path of names; undefined if one is missing. */
export function descend(node: XmlNode, ...path: string[]): XmlNode | undefined {
  let at: XmlNode | undefined = node;
  for (const name of path) at = at?.children.find((child) => child.name === name);
  return at;
}

/** All elements of that name below `node`, outermost first. */
export const descendants = (node: XmlNode, name: string): XmlNode[] =>
  node.children.flatMap((child) => [...(child.name === name ? [child] : []), ...descendants(child, name)]);

/** Text made safe for element content and for attributes in double quotes. */
export const escapeXml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')
    .replaceAll('\r', '&#13;');
