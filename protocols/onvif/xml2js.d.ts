/** The little of xml2js 0.6 that is used here; the package carries no types. */
declare module 'xml2js' {
  export interface ParserOptions {
    attrkey?: string;
    charkey?: string;
    explicitArray?: boolean;
    explicitCharkey?: boolean;
    explicitRoot?: boolean;
    tagNameProcessors?: ((name: string) => string)[];
    attrNameProcessors?: ((name: string) => string)[];
  }
  export class Parser {
    constructor(options?: ParserOptions);
    parseString(text: string, callback: (error: Error | null, result: unknown) => void): void;
  }
  const xml2js: { Parser: typeof Parser };
  export default xml2js;
}
