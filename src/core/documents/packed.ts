/** Documents of Office and OpenDocument: zips with XML in them, of which the text is taken in one pass. */
import { Parser } from 'htmlparser2';
import { badFile } from '../base/errors';
import { formatBytes } from '../base/units';
import { bytesSource } from '../files/byteSource';
import { openZip, type ZipLimits } from '../files/unzip';
import { languageCode } from './languageCode';
import { LARGEST_PACKED, LARGEST_PART } from './limits';
import { Flow, oneLine } from './markupText';
import type { FoundDocument, OpenFile } from './read/format';
import { wholeBytes } from './whole';

/** What elements of a format do, by their names with their prefixes. */
export interface Elements {
  /** The part that holds the text, and parts with its notes, which come after it. */
  part: string;
  notes: readonly string[];
  /** Where the title, the date and the language are told: a part. */
  about: string;
  /** Whose text is taken. */
  runs: ReadonlySet<string>;
  paragraphs: ReadonlySet<string>;
  rows: ReadonlySet<string>;
  cells: ReadonlySet<string>;
  breaks: ReadonlySet<string>;
  /** What stands for an element: before what is in it, and after. */
  letters: Readonly<Record<string, readonly [before: string, after: string]>>;
  /** What stands in a sentence and is none of it: notes, boxes. It comes after the text. */
  asides: ReadonlySet<string>;
  /** What is in them is not taken: notes of reviewers, what was deleted, pictures. */
  left: ReadonlySet<string>;
}

/** @param what as in "a Word document" @throws HomegrownError `bad-file` */
export async function packedText(file: OpenFile, elements: Elements, what: string): Promise<FoundDocument> {
  const { name } = file;
  const parts = await openZip(bytesSource(await wholeBytes(file, LARGEST_PACKED)), name, PACKED);
  const partOf = async (path: string): Promise<string | null> => {
    const part = parts.get(path);
    if (!part) return null;
    if (part.size > LARGEST_PART)
      throw badFile(
        `${name} has a text of ${formatBytes(part.size)}, and at most ${formatBytes(LARGEST_PART)} are read.`,
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
  const texts = [xml, ...(await Promise.all(elements.notes.map(partOf)))].map((each) => textOf(each ?? '', elements));
  const told = aboutOf((await partOf(elements.about)) ?? '');
  const fields = Object.entries({ date: told.get('date'), language: told.get('language') });
  const title = told.get('title');
  return {
    ...(title && { title }),
    text: texts
      .filter((each) => each !== '')
      .join('\n')
      .toWellFormed(),
    fields: Object.fromEntries(fields.flatMap(([field, value]) => (value ? [[field, value]] : []))),
  };
}

/** Parts beside the text are not opened, so only what is read of one is limited. */
const PACKED: ZipLimits = { files: 65_535, directory: 16 * 2 ** 20, unpacked: Infinity, growth: Infinity };

function textOf(xml: string, { runs, paragraphs, rows, cells, breaks, letters, asides, left }: Elements): string {
  const [main, after] = [new Flow(), new Flow()];
  /** Where text goes, an aside in an aside last; and how many cells that is in. */
  const places = [{ flow: main, inCell: 0 }];
  let [taken, out] = [0, 0];
  /** A row of a table is one line, whatever paragraphs are in its cells. */
  const endLine = ({ flow, inCell }: (typeof places)[number]): void => (inCell > 0 ? flow.add(' ') : flow.breakLine(1));
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (left.has(name)) out++;
        if (out > 0) return;
        if (asides.has(name)) {
          places.push({ flow: after, inCell: 0 });
          after.breakLine(1);
        }
        const place = places.at(-1)!;
        const { flow } = place;
        if (runs.has(name)) taken++;
        if (cells.has(name) && place.inCell++ === 0) flow.cell();
        else if (rows.has(name) && place.inCell === 0) flow.row();
        else if (paragraphs.has(name)) endLine(place);
        if (breaks.has(name)) flow.breakLine(1);
        const times = Math.min(Number(attributes['text:c'] ?? 1) || 1, MOST_REPEATED);
        if (Object.hasOwn(letters, name)) flow.add(letters[name]![0].repeat(times), true);
        const columns = Math.min(Number(attributes['table:number-columns-repeated'] ?? 1) || 1, MOST_REPEATED);
        if (columns > 1 && place.inCell === 1) flow.cell(columns - 1);
      },
      ontext(text) {
        if (taken > 0 && out === 0) places.at(-1)!.flow.add(text, true);
      },
      onclosetag(name) {
        if (left.has(name)) out = Math.max(0, out - 1);
        if (out > 0) return;
        const place = places.at(-1)!;
        if (Object.hasOwn(letters, name)) place.flow.add(letters[name]![1], true);
        if (runs.has(name)) taken = Math.max(0, taken - 1);
        if (cells.has(name)) place.inCell = Math.max(0, place.inCell - 1);
        else if (rows.has(name) && place.inCell === 0) place.flow.row();
        else if (paragraphs.has(name)) endLine(place);
        if (asides.has(name) && places.length > 1) places.pop();
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.end(xml);
  return [main.text(), after.text()].filter((each) => each !== '').join('\n');
}
/** Spaces or cells that one element stands for. */
const MOST_REPEATED = 1000;

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
  const code = languageCode(told.get('language') ?? '');
  if (code === undefined) told.delete('language');
  else told.set('language', code);
  return told;
}
const NAMES: Readonly<Record<string, string>> = {
  'dc:title': 'title',
  'dc:language': 'language',
  'dcterms:created': 'date',
  'meta:creation-date': 'date',
};
