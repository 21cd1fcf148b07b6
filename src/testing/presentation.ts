/** PowerPoint presentations as programs write them, part by part. */
import { zipSync } from 'fflate';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const TYPES = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

interface WrittenSlide {
  /** Contents of the shape tree; `isHidden`: a hidden slide. */
  shapes: string;
  isHidden?: boolean;
  /** Contents of the shape tree of its notes. */
  notes?: string;
}

/** Numbers the slides' parts from last to first, so that only the presentation has their order. */
export function presentationOf(slides: readonly WrittenSlide[], core = ''): Uint8Array {
  const numberOf = (i: number): number => slides.length - i;
  const relations = (entries: readonly (readonly [id: string, type: string, target: string])[]): string =>
    `<Relationships>${entries.map(([id, type, target]) => `<Relationship Id="${id}" Type="${TYPES}/${type}" Target="${target}"/>`).join('')}</Relationships>`;
  const tree = (element: string, shapes: string, attributes = ''): string =>
    `<p:${element}${attributes}><p:cSld><p:spTree>${shapes}</p:spTree></p:cSld></p:${element}>`;
  const parts: Record<string, string> = {
    '[Content_Types].xml': '<Types/>',
    '_rels/.rels': relations([['rId1', 'officeDocument', '/ppt/presentation.xml']]),
    'ppt/presentation.xml': `<p:presentation><p:sldIdLst>${slides.map((_, i) => `<p:sldId id="${256 + i}" r:id="s${i}"/>`).join('')}</p:sldIdLst></p:presentation>`,
    'ppt/_rels/presentation.xml.rels': relations(
      slides.map((_, i) => [`s${i}`, 'slide', `slides/slide${numberOf(i)}.xml`] as const),
    ),
    'docProps/core.xml': `<cp:coreProperties>${core}</cp:coreProperties>`,
  };
  for (const [i, { shapes, isHidden, notes }] of slides.entries()) {
    const n = numberOf(i);
    parts[`ppt/slides/slide${n}.xml`] = tree('sld', shapes, isHidden ? ' show="0"' : '');
    if (notes === undefined) continue;
    parts[`ppt/slides/_rels/slide${n}.xml.rels`] = relations([
      ['n', 'notesSlide', `../notesSlides/notesSlide${n}.xml`],
    ]);
    parts[`ppt/notesSlides/notesSlide${n}.xml`] = tree('notes', notes);
  }
  return zipSync(Object.fromEntries(Object.entries(parts).map(([path, xml]) => [path, utf8(xml)])));
}

/** A shape with paragraphs. @param place placeholder type, such as `title`; absent: no placeholder */
export const shapeOf = (paragraphs: readonly string[], place?: string): string =>
  `<p:sp><p:nvSpPr><p:nvPr>${place === undefined ? '' : `<p:ph type="${place}"/>`}</p:nvPr></p:nvSpPr><p:txBody>${paragraphs
    .map((text) => `<a:p><a:r><a:t>${text}</a:t></a:r></a:p>`)
    .join('')}</p:txBody></p:sp>`;

/** A title after its text, a hidden slide, a table and a chart. */
export const TALK = presentationOf(
  [
    {
      shapes: `${shapeOf(['Call me', 'Some years ago'], 'body')}${shapeOf(['Loomings'], 'ctrTitle')}${shapeOf(['3'], 'sldNum')}${shapeOf(['A &amp; B'])}`,
      notes: `${shapeOf([], 'sldImg')}${shapeOf(['Speak slowly.'], 'body')}${shapeOf(['1'], 'sldNum')}`,
    },
    { shapes: shapeOf(['Not shown'], 'title'), isHidden: true },
    {
      shapes: `<p:graphicFrame><a:graphic><a:graphicData uri="http://x/table"><a:tbl><a:tr><a:tc><a:txBody><a:p><a:r><a:t>Ship</a:t></a:r></a:p><a:p><a:r><a:t>name</a:t></a:r></a:p></a:txBody></a:tc><a:tc><a:txBody><a:p><a:r><a:t>Men</a:t></a:r></a:p></a:txBody></a:tc></a:tr><a:tr><a:tc><a:txBody><a:p/></a:txBody></a:tc><a:tc><a:txBody><a:p><a:r><a:t>30</a:t></a:r></a:p></a:txBody></a:tc></a:tr></a:tbl></a:graphicData></a:graphic></p:graphicFrame><p:graphicFrame><a:graphic><a:graphicData uri="http://x/chart"/></a:graphic></p:graphicFrame>`,
    },
  ],
  '<dc:title>PowerPoint Presentation</dc:title><dc:language>en-US</dc:language><dcterms:created>2021-11-01T00:00:00Z</dcterms:created>',
);
