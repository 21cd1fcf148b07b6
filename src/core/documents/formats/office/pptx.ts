/**
 * A PowerPoint presentation (ECMA-376): slides in order, each with its title, texts, tables and speaker notes. Skips
 * slide numbers, dates, footers and hidden slides.
 */
import { counted } from '../../../base/units';
import { aboutOf, type Elements, Repeats, textOf } from './packed';
import { eachElement, idIn, Parts } from '../../parts';
import type { DocumentReader, OpenFile } from '../format';

const set = (names: string): ReadonlySet<string> => new Set(names.split(' '));
/** Roles by the placeholder type of a shape; a shape without one is the slide's own. */
const of = (taken: readonly string[], titles: readonly string[]): NonNullable<Elements['placed']> => ({
  boxes: set('p:sp'),
  place: (name, { type = 'obj' }) =>
    name !== 'p:ph' ? undefined : titles.includes(type) ? 'before' : taken.includes(type) ? undefined : 'nowhere',
});
const SLIDE: Elements = {
  runs: set('a:t m:t'),
  paragraphs: set('a:p'),
  rows: set('a:tr'),
  cells: set('a:tc'),
  breaks: set('a:br'),
  letters: {},
  asides: new Set(),
  left: set('mc:Fallback'),
  placed: of('obj body subTitle tbl chart dgm media clipArt pic'.split(' '), ['title', 'ctrTitle']),
};
/** Notes pages also have the slide image, headers and footers. */
const NOTES: Elements = { ...SLIDE, placed: of(['body'], []) };

export const documents: DocumentReader['documents'] = async function* (file) {
  const parts = await Parts.open(file, 'a PowerPoint presentation');
  const path = await parts.main('presentation', 'ppt/presentation.xml');
  const relations = await parts.relations(path);
  const paths = new Set<string>();
  eachElement((await parts.text(path)) ?? '', (name, attributes) => {
    const slide = name === 'sldId' ? relations.get(idIn(attributes)) : undefined;
    if (slide?.type === 'slide') paths.add(slide.path);
  });
  const left = { hidden: 0, charts: 0, diagrams: 0 };
  const slides: string[] = [];
  const taken: Taken = { repeats: new Repeats(file.name, parts.packed), noted: new Set() };
  for (const each of paths) {
    const slide = await slideText(parts, each, left, taken);
    if (slide !== '') slides.push(slide);
  }
  tell(file, left);
  const text = slides.join('\n\n').toWellFormed();
  if (text === '') return;
  const { title = '', fields = {} } = aboutOf((await parts.text('docProps/core.xml')) ?? '');
  // PowerPoint's default title is "PowerPoint Presentation" in its language.
  const own = title.includes('PowerPoint') ? '' : title;
  yield { title: (own || text.slice(0, MAX_TITLE_LENGTH).split('\n')[0]!).toWellFormed(), text, fields };
};
const MAX_TITLE_LENGTH = 400;

async function slideText(parts: Parts, path: string, left: Left, { repeats, noted }: Taken): Promise<string> {
  const xml = (await parts.text(path)) ?? '';
  const seen = { isHidden: false, charts: 0, diagrams: 0 };
  eachElement(xml, (name, { show = '1', uri = '' }) => {
    if (name === 'sld') seen.isHidden = /^(?:0|false)$/.test(show);
    if (name === 'graphicData' && uri.endsWith('/chart')) seen.charts++;
    if (name === 'graphicData' && uri.endsWith('/diagram')) seen.diagrams++;
  });
  if (seen.isHidden) {
    left.hidden++;
    return '';
  }
  left.charts += seen.charts;
  left.diagrams += seen.diagrams;
  const notes = [...(await parts.relations(path)).values()].find(({ type }) => type === 'notesSlide')?.path;
  const isNoted = notes !== undefined && !noted.has(notes);
  if (isNoted) noted.add(notes);
  const own = isNoted ? textOf((await parts.text(notes)) ?? '', NOTES, repeats) : '';
  return [textOf(xml, SLIDE, repeats), own].filter((each) => /\S/.test(each)).join('\n\n');
}
/** Totals over all slides so far. */
interface Taken {
  repeats: Repeats;
  /** Paths of notes parts that were read; each belongs to one slide. */
  noted: Set<string>;
}
interface Left {
  hidden: number;
  charts: number;
  diagrams: number;
}

function tell({ note }: OpenFile, { hidden, charts, diagrams }: Left): void {
  if (hidden > 0) note(`Skipped ${counted(hidden, 'hidden slide')}`);
  const drawn = [
    ...(charts > 0 ? [counted(charts, 'chart')] : []),
    ...(diagrams > 0 ? [counted(diagrams, 'diagram')] : []),
  ];
  if (drawn.length > 0) note(`Skipped ${drawn.join(' and ')}`);
}
