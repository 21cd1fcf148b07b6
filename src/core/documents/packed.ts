/** Documents of Office and OpenDocument: zips with XML in them, of which the text is taken in one pass. */
import { Parser } from 'htmlparser2';
import { badFile } from '../base/errors';
import { bytesSource } from '../files/byteSource';
import { openZip } from '../files/unzip';
import { LARGEST_PACKED, LARGEST_PART } from './limits';
import { Flow, oneLine } from './markupText';
import type { FoundDocument, OpenFile } from './read/format';
import { wholeBytes } from './whole';

/** What elements of a format do, by their names with their prefixes. */
export interface Elements {
  /** The part that holds the text. */
  part: string;
  /** Where the title, the date and the language are told: a part. */
  about: string;
  /** Whose text is taken; null: of every element. */
  runs: ReadonlySet<string> | null;
  paragraphs: ReadonlySet<string>;
  cells: ReadonlySet<string>;
  tabs: ReadonlySet<string>;
  breaks: ReadonlySet<string>;
  spaces: ReadonlySet<string>;
  /** What is in them is not taken: notes of reviewers, what was deleted, pictures. */
  left: ReadonlySet<string>;
}

/** @param what as in "a Word document" @throws HomegrownError `bad-file` */
export async function packedText(file: OpenFile, elements: Elements, what: string): Promise<FoundDocument> {
  const { name } = file;
  const parts = await openZip(bytesSource(await wholeBytes(file, LARGEST_PACKED)), name);
  const partOf = async (path: string): Promise<string | null> => {
    const part = parts.get(path);
    if (!part) return null;
    if (part.size > LARGEST_PART)
      throw badFile(
        `${name} has a text of ${part.size} bytes, and at most ${LARGEST_PART} are read.`,
        'Split it into several files.',
      );
    return new TextDecoder().decode(await part.read(0, part.size));
  };
  const xml = await partOf(elements.part);
  if (xml === null)
    throw badFile(
      `${name} is no ${what.replace(/^an? /, '')}: it has no ${elements.part}.`,
      `Open it in its program, save it again as ${what}, and add that.`,
    );
  const told = aboutOf((await partOf(elements.about)) ?? '');
  const fields = Object.entries({ date: told.get('date'), language: told.get('language') });
  const title = told.get('title');
  return {
    ...(title && { title }),
    text: textOf(xml, elements).toWellFormed(),
    fields: Object.fromEntries(fields.flatMap(([field, value]) => (value ? [[field, value]] : []))),
  };
}

function textOf(xml: string, elements: Elements): string {
  const { runs, paragraphs, cells, tabs, breaks, spaces, left } = elements;
  const flow = new Flow();
  let [taken, out, inCell] = [runs === null ? 1 : 0, 0, 0];
  /** A row of a table is one line, whatever paragraphs are in its cells. */
  const endLine = (): void => (inCell > 0 ? flow.add(' ') : flow.breakLine(1));
  const parser = new Parser(
    {
      onopentagname(name) {
        if (left.has(name)) out++;
        if (out > 0) return;
        if (runs?.has(name)) taken++;
        if (cells.has(name) && inCell++ === 0) flow.cell();
        else if (paragraphs.has(name)) endLine();
        if (tabs.has(name)) flow.add('\t', true);
        if (spaces.has(name)) flow.add(' ', true);
        if (breaks.has(name)) flow.breakLine(1);
      },
      ontext(text) {
        if (taken > 0 && out === 0) flow.add(text, true);
      },
      onclosetag(name) {
        if (left.has(name)) out = Math.max(0, out - 1);
        if (out > 0) return;
        if (runs?.has(name)) taken = Math.max(0, taken - 1);
        if (cells.has(name)) inCell = Math.max(0, inCell - 1);
        else if (paragraphs.has(name)) endLine();
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.end(xml);
  return flow.text();
}

/** Dublin Core, which both kinds tell of themselves: https://www.dublincore.org/specifications/dublin-core/dces/ */
function aboutOf(xml: string): ReadonlyMap<string, string> {
  const told = new Map<string, string>();
  const parser = new Parser(
    {
      onopentagname: (name) => void (at = NAMES[name]),
      ontext(text) {
        if (at !== undefined) told.set(at, `${told.get(at) ?? ''}${text}`);
      },
      onclosetag: () => void (at = undefined),
    },
    { xmlMode: true, decodeEntities: true },
  );
  let at: string | undefined;
  parser.end(xml);
  for (const [name, text] of told) told.set(name, oneLine(text).toWellFormed());
  const [, code] = /^([a-z]{2,3})(?:-|$)/i.exec(told.get('language') ?? '') ?? [];
  if (code === undefined) told.delete('language');
  else told.set('language', code.toLowerCase());
  return told;
}
const NAMES: Readonly<Record<string, string>> = {
  'dc:title': 'title',
  'dc:language': 'language',
  'dcterms:created': 'date',
  'meta:creation-date': 'date',
};
