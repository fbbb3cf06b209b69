declare module 'onvif/lib/utils.js' {
  const utils: {
    /** Parses an answer and calls back at once; a callback that throws is called a second time, with the error. */
    parseSOAPString(
      xml: string,
      callback: (error: Error | null, data?: unknown, xml?: string, statusCode?: number) => void,
      statusCode: number,
    ): void;
  };
  export default utils;
}
