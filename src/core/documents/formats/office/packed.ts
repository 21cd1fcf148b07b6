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
  insertedText: Readonly<Record<string, readonly [before: string, after: string]>>;
  /**
   * Elements inside a sentence that aren't part of it, such as notes and boxes. Their text comes after the main text.
   */
  asides: ReadonlySet<string>;
  /** Elements to skip: reviewers' comments, deletions, images. */
  skipped: ReadonlySet<string>;
  /** Text boxes, and a function from an element inside one to the box's place: before all other text, or nowhere. */
  textBoxes?: {
    boxes: ReadonlySet<string>;
    place(name: string, attributes: Readonly<Record<string, string>>): 'before' | 'nowhere' | undefined;
  };
}

/** A format with its text in one part. */
export interface SinglePartFormat extends Elements {
  /** Part with the text, and parts with notes, which come after it. */
  part: string;
  notes: readonly string[];
  /** Part with the title, date and language. */
  metadataPart: string;
}

/** @param formatName format, such as "a Word document" @throws HomegrownError `bad-file` */
export async function packedText(
  file: OpenFile,
  elements: SinglePartFormat,
  formatName: string,
): Promise<FoundDocument> {
  const parts = await Parts.open(file, formatName);
  const xml = await parts.text(elements.part);
  if (xml === null) throw parts.missingPart(elements.part);
  const repetitions = new Repetitions(file.name, parts.packedBytes);
  const notes = await Promise.all(elements.notes.map((path) => parts.text(path)));
  const texts = [xml, ...notes].map((partXml) => textOf(partXml ?? '', elements, repetitions));
  const text = texts.filter((partXml) => partXml !== '').join('\n');
  return { ...dublinCore((await parts.text(elements.metadataPart)) ?? ''), text: text.toWellFormed() };
}

/** The text in a part. */
export function textOf(
  xml: string,
  { runs, paragraphs, rows, cells, breaks, insertedText, asides, skipped, textBoxes }: Elements,
  repetitions: Repetitions,
): string {
  const [beforeMain, main, afterMain, discarded] = [new Flow(), new Flow(), new Flow(), new Flow()];
  /** Stack of the flows that text goes to, the innermost last, each with its depth of table cells. */
  const targets = [{ flow: main, inCell: 0 }];
  let [runDepth, skippedDepth] = [0, 0];
  /** Ends a line, except in a table, where each row is one line. */
  const endLine = ({ flow, inCell }: (typeof targets)[number]): void =>
    inCell > 0 ? flow.add(' ') : flow.breakLine(1);
  const parser = new XmlParser(
    {
      onopentag(name, attributes) {
        if (skipped.has(name)) skippedDepth++;
        if (skippedDepth > 0) return;
        if (asides.has(name)) {
          targets.push({ flow: afterMain, inCell: 0 });
          afterMain.breakLine(1);
        }
        if (textBoxes?.boxes.has(name)) targets.push({ flow: main, inCell: 0 });
        const target = targets.at(-1)!;
        const boxPlace = targets.length > 1 ? textBoxes?.place(name, attributes) : undefined;
        if (boxPlace) target.flow = boxPlace === 'before' ? beforeMain : discarded;
        const { flow } = target;
        if (runs.has(name)) runDepth++;
        if (cells.has(name) && target.inCell++ === 0) flow.cell();
        else if (rows.has(name) && target.inCell === 0) flow.row();
        else if (paragraphs.has(name)) endLine(target);
        if (breaks.has(name)) flow.breakLine(1);
        if (Object.hasOwn(insertedText, name))
          flow.add(insertedText[name]![0].repeat(repetitions.parseCount(attributes['text:c'])), true);
        if (target.inCell === 1) {
          const columns = repetitions.parseCount(attributes['table:number-columns-repeated']);
          if (columns > 1) flow.cell(columns - 1);
        }
      },
      ontext(text) {
        if (runDepth > 0 && skippedDepth === 0) targets.at(-1)!.flow.add(text, true);
      },
      onclosetag(name) {
        if (skipped.has(name)) skippedDepth = Math.max(0, skippedDepth - 1);
        if (skippedDepth > 0) return;
        const target = targets.at(-1)!;
        if (Object.hasOwn(insertedText, name)) target.flow.add(insertedText[name]![1], true);
        if (runs.has(name)) runDepth = Math.max(0, runDepth - 1);
        if (cells.has(name)) target.inCell = Math.max(0, target.inCell - 1);
        else if (rows.has(name) && target.inCell === 0) target.flow.row();
        else if (paragraphs.has(name)) endLine(target);
        if ((asides.has(name) || textBoxes?.boxes.has(name)) && targets.length > 1) targets.pop();
      },
    },
    repetitions.fileName,
  );
  parser.end(xml);
  return [beforeMain.text(), main.text(), afterMain.text()].filter((text) => text !== '').join('\n');
}
/** Bounds the repetitions that a file states as numbers, in total by `MAX_COMPRESSION_RATIO` times its bytes. */
export class Repetitions {
  private count = 0;

  constructor(
    /** Name of the file. */
    readonly fileName: string,
    /** Bytes of the file. */
    private readonly packedBytes: number,
  ) {}

  /**
   * Returns the number of repetitions: 1 if it isn't a positive integer, and at most `MAX_REPETITIONS`.
   * @throws HomegrownError `bad-file` if the total is too large
   */
  parseCount(attribute: string | undefined): number {
    if (attribute === undefined || !/^\d{1,9}$/.test(attribute)) return 1;
    const repetitions = Math.min(Number(attribute) || 1, MAX_REPETITIONS);
    this.count += repetitions - 1;
    if (this.count > ALLOWED_REPETITIONS && this.count > this.packedBytes * MAX_COMPRESSION_RATIO)
      throw badFile(
        `${this.fileName} repeats spaces and cells more than ${formatCount(this.count)} times.`,
        'Open it in its app, save it again, and add that file.',
      );
    return repetitions;
  }
}
/** Maximum number of spaces or cells that one element represents. */
const MAX_REPETITIONS = 1000;
/** Number of repetitions that any file may have, however small. */
const ALLOWED_REPETITIONS = 1e6;

/** Parses Dublin Core metadata, which all formats use: https://www.dublincore.org/specifications/dublin-core/dces/ */
export function dublinCore(xml: string): Pick<FoundDocument, 'title' | 'fields'> {
  const texts = new Map<string, string>();
  const parser = new MarkupParser(
    {
      onopentagname: (name) => void (field = FIELD_BY_ELEMENT[name]),
      ontext(text) {
        if (field !== undefined) texts.set(field, `${texts.get(field) ?? ''}${text}`);
      },
      onclosetag: () => void (field = undefined),
    },
    { xmlMode: true, decodeEntities: true },
  );
  let field: string | undefined;
  parser.end(xml);
  const values = [...texts].map(([name, text]) => [name, oneLine(text).toWellFormed()] as const);
  const { title, language, date } = Object.fromEntries(values) as Readonly<Record<string, string | undefined>>;
  const code = languageCode(language ?? '');
  return { ...(title && { title }), fields: { ...(date && { date }), ...(code && { language: code }) } };
}
const FIELD_BY_ELEMENT: Readonly<Record<string, string>> = {
  'dc:title': 'title',
  'dc:language': 'language',
  'dcterms:created': 'date',
  'meta:creation-date': 'date',
};
