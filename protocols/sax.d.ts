/** The little of sax 1.6 that is used here; the package carries no types. */
declare module 'sax' {
  export interface SAXParser {
    onerror: (error: Error) => void;
    ondoctype: (doctype: string) => void;
    onsgmldeclaration: (declaration: string) => void;
    onprocessinginstruction: (node: { name: string; body: string }) => void;
    onopentag: (node: { name: string; attributes: Record<string, string> }) => void;
    onclosetag: (name: string) => void;
    ontext: (text: string) => void;
    oncdata: (text: string) => void;
    readonly line: number;
    write(text: string): SAXParser;
    close(): SAXParser;
  }
  const sax: { parser(strict: boolean, options: { strictEntities: boolean }): SAXParser };
  export default sax;
}
