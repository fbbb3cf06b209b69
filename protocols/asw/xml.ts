/**
 * A small XML document as the tree of its elements: an element with elements in it is an object, one that holds a list is an array,
 * any other its text. Prefixes of names and attributes say nothing here. Document types, and with them entities, are refused.
 */
import sax from 'sax';

export type XmlTree = string | XmlTree[] | { [name: string]: XmlTree };

const DEPTH_MAX = 10;
const CHARACTERS_MAX = 4_000;

interface Element {
  name: string;
  text: string;
  children: { name: string; value: XmlTree }[];
}

/**
 * Reads it. `lists`: elements that hold a list, and the name of what stands in it.
 * @throws Error that says in which line what is wrong.
 */
export function readXmlTree(text: string, lists: Readonly<Record<string, string>>): XmlTree {
  const parser = sax.parser(true, { strictEntities: true });
  const open: Element[] = [];
  let root: XmlTree | undefined;
  const refuse = (what: string): never => {
    throw new Error(`line ${parser.line + 1}: ${what}`);
  };
  const add = (piece: string): void => {
    const element = open.at(-1);
    if (element === undefined) return;
    element.text += piece;
    if (element.text.length > CHARACTERS_MAX) refuse(`<${element.name}> is too long`);
  };

  parser.onerror = (error) => {
    throw error;
  };
  parser.ondoctype = () => refuse('document types and entities are not allowed');
  parser.onsgmldeclaration = parser.ondoctype;
  parser.onprocessinginstruction = () => undefined;
  parser.onopentag = ({ name }) => {
    if (open.length === DEPTH_MAX) refuse(`<${name}> lies too deep`);
    open.push({ name: name.replace(/^.*:/, ''), text: '', children: [] });
  };
  parser.ontext = add;
  parser.oncdata = add;
  parser.onclosetag = () => {
    const element = open.pop();
    if (element === undefined) return;
    const { name } = element;
    const value = treeOf(element, lists[name], refuse);
    const parent = open.at(-1);
    if (parent === undefined) root = value;
    else parent.children.push({ name, value });
  };
  parser.write(text).close();
  return root ?? refuse('there is no element');
}

function treeOf(
  { name, text, children }: Element,
  member: string | undefined,
  refuse: (what: string) => never,
): XmlTree {
  if (children.length > 0 && text.trim() !== '') refuse(`<${name}> holds text between its elements`);
  if (member !== undefined) {
    const stranger = children.find((child) => child.name !== member);
    if (stranger !== undefined) refuse(`<${stranger.name}> does not belong into <${name}>`);
    return children.map(({ value }) => value);
  }
  if (children.length === 0) return text.trim();
  const names = children.map((child) => child.name);
  const twice = names.find((one, index) => names.indexOf(one) !== index);
  if (twice !== undefined) refuse(`<${twice}> is there twice`);
  return Object.fromEntries(children.map((child) => [child.name, child.value]));
}
