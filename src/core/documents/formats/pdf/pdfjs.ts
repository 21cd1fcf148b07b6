/** Loads pdf.js without rendering, so that it makes no requests, compiles no code, and starts no worker. */
import type { PdfDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';

/**
 * @param onMissing called for a character map that isn't bundled
 * @throws errors of pdf.js, named `PasswordException` and others
 */
export async function openPdf(data: Uint8Array, onMissing: (name: string) => void): Promise<PdfDocument> {
  const { getDocument } = await loadPdfjs();
  return getDocument({
    data,
    isEvalSupported: false,
    useWorkerFetch: false,
    useWasm: false,
    useSystemFonts: true,
    disableFontFace: true,
    isOffscreenCanvasSupported: false,
    isImageDecoderSupported: false,
    enableXfa: false,
    stopAtErrors: false,
    verbosity: 0,
    CMapReaderFactory: class {
      fetch({ name }: { name: string }): Promise<never> {
        onMissing(name);
        return Promise.reject(new Error(`${name} is not here`));
      }
    },
  }).promise;
}

let pdfjs: Promise<typeof import('pdfjs-dist/legacy/build/pdf.mjs')> | undefined;
function loadPdfjs() {
  pdfjs ??= loadWithPlaceholders();
  pdfjs.catch(() => (pdfjs = undefined));
  return pdfjs;
}

/**
 * Loads pdf.js with placeholders for missing globals, and removes them again. Without a `window`, pdf.js would take
 * this worker for its own and listen to it; in Node, it expects drawing classes.
 */
async function loadWithPlaceholders() {
  const scope = globalThis as Record<string, unknown>;
  const placeholders: Record<string, unknown> = {
    window: globalThis,
    DOMMatrix: Object,
    ImageData: Object,
    Path2D: Object,
    navigator: { language: 'en', platform: '', userAgent: '' },
  };
  const added = Object.keys(placeholders).filter((name) => scope[name] === undefined);
  for (const name of added) scope[name] = placeholders[name];
  // The polyfills of pdf.js define `self` if it is missing, which other code takes for a browser.
  if (scope['self'] === undefined) added.push('self');
  try {
    // pdf.js finds the worker's code by its global name, and runs it in this thread.
    await import('pdfjs-dist/legacy/build/pdf.worker.mjs');
    return await import('pdfjs-dist/legacy/build/pdf.mjs');
  } finally {
    for (const name of added) Reflect.deleteProperty(scope, name);
  }
}
