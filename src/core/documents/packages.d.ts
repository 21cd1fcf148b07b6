/** What is used of packages whose own types would let the DOM or all of Node into core. */
declare module 'linkedom/worker' {
  /** No script in it is run. */
  export function parseHTML(html: string): { document: object };
}
declare module '@mozilla/readability' {
  export class Readability {
    constructor(document: object);
    /** Null where nothing stands out. */
    parse(): { content: string | null | undefined } | null;
  }
}
declare module 'eld/medium' {
  export const eld: { detect(text: string): { language: string; isReliable(): boolean } };
}
