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
declare module 'pdfjs-dist/legacy/build/pdf.worker.mjs';
declare module 'pdfjs-dist/legacy/build/pdf.mjs' {
  export interface PdfDocument {
    numPages: number;
    getPage(number: number): Promise<{
      getTextContent(options: object): Promise<{ items: readonly PdfRun[] }>;
      cleanup(): void;
    }>;
    getMetadata(): Promise<{ info: Readonly<Record<string, unknown>> }>;
    loadingTask: { destroy(): Promise<void> };
  }
  /** `transform`: the matrix of the letters; a run without `str` marks content. */
  export interface PdfRun {
    str?: string;
    width?: number;
    transform?: readonly number[];
  }
  export function getDocument(source: object): { promise: Promise<PdfDocument> };
}
