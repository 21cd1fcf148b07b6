/**
 * A PowerPoint presentation (ECMA-376): slides in order, each with its title, texts, tables and speaker notes. Skips
 * slide numbers, dates, footers and hidden slides.
 */
import { counted } from '../../../base/units';
import { dublinCore, type Elements, Repetitions, textOf } from './packed';
import { eachElement, idIn, Parts } from '../../parts';
import type { DocumentReader, OpenFile } from '../format';

const wordSet = (names: string): ReadonlySet<string> => new Set(names.split(' '));
/** Text boxes by the placeholder type of a shape. A shape without a type is part of the main text. */
const boxesByType = (
  mainTypes: readonly string[],
  titleTypes: readonly string[],
): NonNullable<Elements['textBoxes']> => ({
  boxes: wordSet('p:sp'),
  place: (name, { type = 'obj' }) =>
    name !== 'p:ph'
      ? undefined
      : titleTypes.includes(type)
        ? 'before'
        : mainTypes.includes(type)
          ? undefined
          : 'nowhere',
});
const SLIDE: Elements = {
  runs: wordSet('a:t m:t'),
  paragraphs: wordSet('a:p'),
  rows: wordSet('a:tr'),
  cells: wordSet('a:tc'),
  breaks: wordSet('a:br'),
  insertedText: {},
  asides: new Set(),
  skipped: wordSet('mc:Fallback'),
  textBoxes: boxesByType('obj body subTitle tbl chart dgm media clipArt pic'.split(' '), ['title', 'ctrTitle']),
};
/** Notes pages also have the slide image, headers and footers. */
const NOTES: Elements = { ...SLIDE, textBoxes: boxesByType(['body'], []) };

export const documents: DocumentReader['documents'] = async function* (file) {
  const parts = await Parts.open(file, 'a PowerPoint presentation');
  const path = await parts.main('presentation', 'ppt/presentation.xml');
  const relations = await parts.relations(path);
  const paths = new Set<string>();
  eachElement((await parts.text(path)) ?? '', (name, attributes) => {
    const slide = name === 'sldId' ? relations.get(idIn(attributes)) : undefined;
    if (slide?.type === 'slide') paths.add(slide.path);
  });
  const skipped = { hidden: 0, charts: 0, diagrams: 0 };
  const slides: string[] = [];
  const readState: ReadState = { repetitions: new Repetitions(file.name, parts.packedBytes), readNotes: new Set() };
  for (const slidePath of paths) {
    const slide = await slideText(parts, slidePath, skipped, readState);
    if (slide !== '') slides.push(slide);
  }
  noteSkipped(file, skipped);
  const text = slides.join('\n\n').toWellFormed();
  if (text === '') return;
  const { title = '', fields = {} } = dublinCore((await parts.text('docProps/core.xml')) ?? '');
  // PowerPoint's default title is "PowerPoint Presentation" in its language.
  const statedTitle = title.includes('PowerPoint') ? '' : title;
  yield { title: (statedTitle || text.slice(0, MAX_TITLE_LENGTH).split('\n')[0]!).toWellFormed(), text, fields };
};
const MAX_TITLE_LENGTH = 400;

async function slideText(
  parts: Parts,
  path: string,
  skipped: SkippedCounts,
  { repetitions, readNotes }: ReadState,
): Promise<string> {
  const xml = (await parts.text(path)) ?? '';
  const slide = { isHidden: false, charts: 0, diagrams: 0 };
  eachElement(xml, (name, { show = '1', uri = '' }) => {
    if (name === 'sld') slide.isHidden = /^(?:0|false)$/.test(show);
    if (name === 'graphicData' && uri.endsWith('/chart')) slide.charts++;
    if (name === 'graphicData' && uri.endsWith('/diagram')) slide.diagrams++;
  });
  if (slide.isHidden) {
    skipped.hidden++;
    return '';
  }
  skipped.charts += slide.charts;
  skipped.diagrams += slide.diagrams;
  const notesPath = [...(await parts.relations(path)).values()].find(({ type }) => type === 'notesSlide')?.path;
  const isFirstUse = notesPath !== undefined && !readNotes.has(notesPath);
  if (isFirstUse) readNotes.add(notesPath);
  const notesText = isFirstUse ? textOf((await parts.text(notesPath)) ?? '', NOTES, repetitions) : '';
  return [textOf(xml, SLIDE, repetitions), notesText].filter((text) => /\S/.test(text)).join('\n\n');
}
/** Totals over all slides so far. */
interface ReadState {
  repetitions: Repetitions;
  /** Paths of notes parts that were read; each belongs to one slide. */
  readNotes: Set<string>;
}
interface SkippedCounts {
  hidden: number;
  charts: number;
  diagrams: number;
}

function noteSkipped({ note }: OpenFile, { hidden, charts, diagrams }: SkippedCounts): void {
  if (hidden > 0) note(`Skipped ${counted(hidden, 'hidden slide')}`);
  const graphics = [
    ...(charts > 0 ? [counted(charts, 'chart')] : []),
    ...(diagrams > 0 ? [counted(diagrams, 'diagram')] : []),
  ];
  if (graphics.length > 0) note(`Skipped ${graphics.join(' and ')}`);
}
