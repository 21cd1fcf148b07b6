/** Mozilla's reader of PDFs, without what draws: it reaches nothing, compiles nothing, and starts no worker of its own. */
import type { PdfDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';

/**
 * @param onMissing called for a character map that isn't bundled
 * @throws errors of pdf.js, named `PasswordException` and others
 */
export async function openPdf(data: Uint8Array, onMissing: (name: string) => void): Promise<PdfDocument> {
  const { getDocument } = await loaded();
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

let loading: Promise<typeof import('pdfjs-dist/legacy/build/pdf.mjs')> | undefined;
function loaded() {
  loading ??= loadUnseen();
  loading.catch(() => (loading = undefined));
  return loading;
}

/**
 * As it loads, it takes a worker without a `window` for its own and listens to it; and where there is no drawing, as in Node,
 * it still asks for what draws. None of that is there afterwards.
 */
async function loadUnseen() {
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
  // Its polyfills name the scope where it has no such name, and others take that for a browser.
  if (scope['self'] === undefined) added.push('self');
  try {
    // It is found by its global name, and so used in place.
    await import('pdfjs-dist/legacy/build/pdf.worker.mjs');
    return await import('pdfjs-dist/legacy/build/pdf.mjs');
  } finally {
    for (const name of added) Reflect.deleteProperty(scope, name);
  }
}
