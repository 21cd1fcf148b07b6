/** Office and OpenDocument documents: ZIP files of XML. Extracts the text in one pass. */
import { languageCode } from '../../languageCode';
import { MAX_COMPRESSION_RATIO } from '../../../base/limits';
import { badFile } from '../../../base/errors';
import { formatCount } from '../../../base/units';
import { MarkupParser } from '../../markupParser';
import { Flow, oneLine } from '../../markupText';
import { Parts } from '../../parts';
import { XmlParser } from '../../xmlParser';
import type { FoundDocument, OpenFile } from '../format';

/** Roles of a format's elements, by name with prefix. */
export interface Elements {
  /** Elements whose text is extracted. */
  runs: ReadonlySet<string>;
  paragraphs: ReadonlySet<string>;
  rows: ReadonlySet<string>;
  cells: ReadonlySet<string>;
  breaks: ReadonlySet<string>;
  /** Text to write before and after an element's content. */
  letters: Readonly<Record<string, readonly [before: string, after: string]>>;
  /**
   * Elements inside a sentence that aren't part of it, such as notes and boxes. Their text comes after the main text.
   */
  asides: ReadonlySet<string>;
  /** Elements to skip: reviewers' comments, deletions, images. */
  left: ReadonlySet<string>;
  /** Text boxes, and a function from an element inside one to the box's place: before all other text, or nowhere. */
  placed?: {
    boxes: ReadonlySet<string>;
    place(name: string, attributes: Readonly<Record<string, string>>): 'before' | 'nowhere' | undefined;
  };
}

/** A format with its text in one part. */
export interface OnePart extends Elements {
  /** Part with the text, and parts with notes, which come after it. */
  part: string;
  notes: readonly string[];
  /** Part with the title, date and language. */
  about: string;
}

/** @param what format, such as "a Word document" @throws HomegrownError `bad-file` */
export async function packedText(file: OpenFile, elements: OnePart, what: string): Promise<FoundDocument> {
  const parts = await Parts.open(file, what);
  const xml = await parts.text(elements.part);
  if (xml === null) throw parts.missingPart(elements.part);
  const repeats = new Repeats(file.name, parts.packed);
  const notes = await Promise.all(elements.notes.map((path) => parts.text(path)));
  const texts = [xml, ...notes].map((each) => textOf(each ?? '', elements, repeats));
  const text = texts.filter((each) => each !== '').join('\n');
  return { ...aboutOf((await parts.text(elements.about)) ?? ''), text: text.toWellFormed() };
}

/** The text in a part. */
export function textOf(
  xml: string,
  { runs, paragraphs, rows, cells, breaks, letters, asides, left, placed }: Elements,
  repeats: Repeats,
): string {
  const [before, main, after, nowhere] = [new Flow(), new Flow(), new Flow(), new Flow()];
  /** Targets of text, nested asides last; and the depth of cells. */
  const places = [{ flow: main, inCell: 0 }];
  let [taken, out] = [0, 0];
  /** Ends a line, except in a table, where each row is one line. */
  const endLine = ({ flow, inCell }: (typeof places)[number]): void => (inCell > 0 ? flow.add(' ') : flow.breakLine(1));
  const parser = new XmlParser(
    {
      onopentag(name, attributes) {
        if (left.has(name)) out++;
        if (out > 0) return;
        if (asides.has(name)) {
          places.push({ flow: after, inCell: 0 });
          after.breakLine(1);
        }
        if (placed?.boxes.has(name)) places.push({ flow: main, inCell: 0 });
        const place = places.at(-1)!;
        const asked = places.length > 1 ? placed?.place(name, attributes) : undefined;
        if (asked) place.flow = asked === 'before' ? before : nowhere;
        const { flow } = place;
        if (runs.has(name)) taken++;
        if (cells.has(name) && place.inCell++ === 0) flow.cell();
        else if (rows.has(name) && place.inCell === 0) flow.row();
        else if (paragraphs.has(name)) endLine(place);
        if (breaks.has(name)) flow.breakLine(1);
        if (Object.hasOwn(letters, name)) flow.add(letters[name]![0].repeat(repeats.of(attributes['text:c'])), true);
        if (place.inCell === 1) {
          const columns = repeats.of(attributes['table:number-columns-repeated']);
          if (columns > 1) flow.cell(columns - 1);
        }
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
        if ((asides.has(name) || placed?.boxes.has(name)) && places.length > 1) places.pop();
      },
    },
    repeats.file,
  );
  parser.end(xml);
  return [before.text(), main.text(), after.text()].filter((each) => each !== '').join('\n');
}
/** Bounds the repetitions that a file states as numbers, in total by `MAX_COMPRESSION_RATIO` times its bytes. */
export class Repeats {
  private count = 0;

  constructor(
    /** Name of the file. */
    readonly file: string,
    /** Bytes of the file. */
    private readonly packed: number,
  ) {}

  /**
   * Returns the number of repetitions: 1 if it isn't a positive integer, and at most `MAX_REPEATED`.
   * @throws HomegrownError `bad-file` if the total is too large
   */
  of(attribute: string | undefined): number {
    if (attribute === undefined || !/^\d{1,9}$/.test(attribute)) return 1;
    const times = Math.min(Number(attribute) || 1, MAX_REPEATED);
    this.count += times - 1;
    if (this.count > MIN_REPEATS && this.count > this.packed * MAX_COMPRESSION_RATIO)
      throw badFile(
        `${this.file} repeats spaces and cells more than ${formatCount(this.count)} times.`,
        'Open it in its app, save it again, and add that file.',
      );
    return times;
  }
}
/** Maximum number of spaces or cells that one element represents. */
const MAX_REPEATED = 1000;
/** Number of repetitions that any file may have, however small. */
const MIN_REPEATS = 1e6;

/** Parses Dublin Core metadata, which all formats use: https://www.dublincore.org/specifications/dublin-core/dces/ */
export function aboutOf(xml: string): Pick<FoundDocument, 'title' | 'fields'> {
  const texts = new Map<string, string>();
  const parser = new MarkupParser(
    {
      onopentagname: (name) => void (at = NAMES[name]),
      ontext(text) {
        if (at !== undefined) texts.set(at, `${texts.get(at) ?? ''}${text}`);
      },
      onclosetag: () => void (at = undefined),
    },
    { xmlMode: true, decodeEntities: true },
  );
  let at: string | undefined;
  parser.end(xml);
  const found = [...texts].map(([name, text]) => [name, oneLine(text).toWellFormed()] as const);
  const { title, language, date } = Object.fromEntries(found) as Readonly<Record<string, string | undefined>>;
  const code = languageCode(language ?? '');
  return { ...(title && { title }), fields: { ...(date && { date }), ...(code && { language: code }) } };
}
const NAMES: Readonly<Record<string, string>> = {
  'dc:title': 'title',
  'dc:language': 'language',
  'dcterms:created': 'date',
  'meta:creation-date': 'date',
};
