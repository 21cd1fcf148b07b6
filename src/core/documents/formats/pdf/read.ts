/** A PDF: the text of its pages in reading order. Counts pages without text, such as scans. */
import type { PdfDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { badFile, withoutText } from '../../../base/errors';
import { yieldToEventLoop } from '../../../base/job';
import { counted, formatCount } from '../../../base/units';
import { MAX_PACKED_BYTES, MAX_PAGES } from '../../limits';
import { oneLine } from '../../markupText';
import { textOfPages } from './flow';
import { linesOf, type Run } from './layout';
import { openPdf } from './pdfjs';
import { checkReadingCost } from './readingCost';
import { readAllBytes } from '../../readAll';
import type { DocumentReader, OpenFile } from '../format';

export const documents: DocumentReader['documents'] = async function* (file) {
  const missingCharacterMaps = new Set<string>();
  const bytes = await readAllBytes(file, MAX_PACKED_BYTES);
  checkReadingCost(bytes, file.name);
  const pdf = await openPdf(bytes, (name) => missingCharacterMaps.add(name)).catch((error: unknown) => {
    throw openError(file.name, error);
  });
  try {
    if (pdf.numPages > MAX_PAGES)
      throw badFile(
        `${file.name} has ${formatCount(pdf.numPages)} pages; the maximum is ${formatCount(MAX_PAGES)}.`,
        'Split it into several files.',
      );
    const text = await textOf(file, pdf);
    if (missingCharacterMaps.size > 0)
      file.note(
        `Some letters may be missing: the character tables ${[...missingCharacterMaps].join(', ')} are not part of Homegrown`,
      );
    if (!/\S/.test(text))
      throw withoutText(
        pdf.numPages === 1 ? '1 page without text' : `${formatCount(pdf.numPages)} pages without text`,
        `${file.name} has no text on ${pdf.numPages === 1 ? 'its page' : `any of its ${formatCount(pdf.numPages)} pages`}, as in a scan.`,
        'Run text recognition (OCR) on it, and add the result.',
      );
    yield { ...(await metadataOf(pdf)), text };
  } finally {
    await pdf.loadingTask.destroy().catch(() => undefined);
  }
};

async function textOf(file: OpenFile, pdf: PdfDocument): Promise<string> {
  const pages = [];
  const [emptyPages, brokenPages]: [number[], number[]] = [[], []];
  for (let number = 1; number <= pdf.numPages; number++) {
    let runs: readonly Run[] = [];
    try {
      const page = await pdf.getPage(number);
      runs = runsOf((await page.getTextContent({})).items);
      page.cleanup();
      if (runs.every(({ text }) => text.trim() === '')) emptyPages.push(number);
    } catch {
      brokenPages.push(number);
    }
    pages.push(linesOf(runs));
    await yieldToEventLoop();
  }
  for (const [pageNumbers, problem] of [
    [emptyPages, 'no text, as in a scan'],
    [brokenPages, 'an error and can’t be read'],
  ] as const)
    if (pageNumbers.length > 0)
      file.note(`${describePages(pageNumbers)} of ${formatCount(pdf.numPages)} ${hasOrHave(pageNumbers)} ${problem}`);
  if (brokenPages.length === pdf.numPages && brokenPages.length > 0)
    throw badFile(`${file.name} is damaged: none of its ${counted(brokenPages.length, 'page')} can be read.`, REMEDY);
  return textOfPages(pages).replaceAll('\0', '').toWellFormed();
}
const hasOrHave = ({ length }: readonly number[]): string => (length === 1 ? 'has' : 'have');

/** Names pages, such as `2 pages (3 and 7)`. */
function describePages(numbers: readonly number[]): string {
  const pageNames = numbers.slice(0, MAX_NAMED).map(String);
  if (numbers.length > MAX_NAMED) pageNames.push(`${formatCount(numbers.length - MAX_NAMED)} more`);
  return `${counted(numbers.length, 'page')} (${new Intl.ListFormat('en-GB').format(pageNames)})`;
}
const MAX_NAMED = 12;

const runsOf = (items: readonly { str?: string; width?: number; transform?: readonly number[] }[]): Run[] =>
  items.flatMap(({ str, width = 0, transform }) => {
    if (str === undefined || !transform?.every(Number.isFinite)) return [];
    const [, , c, d, x, y] = transform as [number, number, number, number, number, number];
    return [{ text: str, x, y, width: Math.abs(width), size: Math.hypot(c, d) || 1 }];
  });

async function metadataOf(pdf: PdfDocument): Promise<{ title?: string; fields: Record<string, string> }> {
  const metadata = await pdf.getMetadata().catch(() => undefined);
  const info: Readonly<Record<string, unknown>> = metadata?.info ?? {};
  const infoText = (name: string): string => (typeof info[name] === 'string' ? oneLine(info[name]).toWellFormed() : '');
  const title = infoText('Title').slice(0, 400).toWellFormed();
  // PDF 32000-1, 7.9.4.
  const [, year, month = '01', day = '01'] = /^D:(\d{4})(\d\d)?(\d\d)?/.exec(infoText('CreationDate')) ?? [];
  const language = /^([a-z]{2,3})(?:-|$)/i.exec(infoText('Language'))?.[1]?.toLowerCase();
  return {
    ...(title !== '' && { title }),
    fields: { ...(year && { date: `${year}-${month}-${day}` }), ...(language && { language }) },
  };
}

const REMEDY = 'Download it again, or open it in another app, print it to a new PDF, and add that file.';
function openError(name: string, error: unknown): Error {
  const { name: kind = '', message = String(error) } = error as { name?: string; message?: string };
  if (kind === 'PasswordException')
    return badFile(`${name} has a password.`, 'Save it without one, and add that file.');
  return badFile(`${name} can't be read as a PDF: ${message.replace(/\.$/, '')}.`, REMEDY);
}
