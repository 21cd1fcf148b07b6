/** Extracts the text of an HTML page as a browser would copy it: separate blocks, collapsed whitespace, no scripts. */
import { badFile } from '../base/errors.ts';
import { formatCount } from '../base/units.ts';
import { MarkupParser } from './markupParser.ts';

/** Metadata and text of a page, and its size as a tree. */
export interface PageText {
  text: string;
  title: string;
  language: string;
  /** Content of `meta` elements by lower-case `name` or `property`; the first of each. */
  meta: ReadonlyMap<string, string>;
  /** Address in `link rel=canonical`. */
  address: string;
  elements: number;
  depth: number;
  /** Attributes of all elements, and the maximum of one. */
  attributes: number;
  maxAttributes: number;
  /** Number of text pieces when the page is serialized and parsed again: split at tags and escaped characters. */
  pieces: number;
  /** Maximum number of characters between two tags. */
  maxTextNode: number;
}

/**
 * Parses in time linear in the page's length, whatever the nesting.
 * @throws HomegrownError `bad-file` for too many elements
 */
export function pageText(html: string): PageText {
  const flow = new Flow();
  const meta = new Map<string, string>();
  let [title, language, address, elements, depth, pieces] = ['', '', '', 0, 0, 0];
  let [attributeCount, maxAttributes] = [0, 0];
  let [textNodeLength, maxTextNode] = [0, 0];
  let [hiddenDepth, preDepth, titleCount] = [0, 0, 0];
  let [openElements, inTitle] = [0, false];
  const parser = new MarkupParser({
    onopentag(name, attributes) {
      if (++elements > MAX_ELEMENTS)
        throw badFile(
          `This page has more than ${formatCount(MAX_ELEMENTS)} elements.`,
          'Save its text as plain text, and add that file.',
        );
      textNodeLength = 0;
      const attributesOfElement = Object.keys(attributes).length;
      [attributeCount, maxAttributes] = [
        attributeCount + attributesOfElement,
        Math.max(maxAttributes, attributesOfElement),
      ];
      depth = Math.max(depth, ++openElements);
      if (name === 'html') language = attributes['lang'] ?? attributes['xml:lang'] ?? '';
      if (name === 'meta') {
        const key = (attributes['property'] ?? attributes['name'] ?? '').toLowerCase();
        if (key !== '' && !meta.has(key)) meta.set(key, attributes['content'] ?? '');
      }
      if (name === 'link' && attributes['rel'] === 'canonical') address ||= attributes['href'] ?? '';
      if (HIDDEN_ELEMENTS.has(name)) hiddenDepth++;
      // SVG images within a page have titles too.
      if (name === 'title' && hiddenDepth === 1 && titleCount++ === 0) inTitle = true;
      if (hiddenDepth > 0) return;
      if (name === 'br') flow.breakLine(1);
      else if (name === 'td' || name === 'th') flow.cell();
      else if (name === 'tr') flow.row();
      else if (PARAGRAPH_ELEMENTS.has(name)) flow.breakLine(2);
      else if (LINE_ELEMENTS.has(name)) flow.breakLine(1);
      if (name === 'pre') preDepth++;
    },
    ontext(text) {
      textNodeLength += text.length;
      maxTextNode = Math.max(maxTextNode, textNodeLength);
      pieces++;
      // Works in parts, because a regex over a long text takes many times its memory.
      for (let offset = 0; offset < text.length; offset += MAX_PART_LENGTH) {
        const part = text.slice(offset, offset + MAX_PART_LENGTH);
        pieces += part.match(ESCAPED)?.length ?? 0;
        if (inTitle) title += part.slice(0, Math.max(0, MAX_TITLE - title.length));
        else if (hiddenDepth === 0 && preDepth === 0) flow.add(part);
      }
      if (!inTitle && hiddenDepth === 0 && preDepth > 0) flow.add(text, true);
    },
    onclosetag(name) {
      openElements--;
      textNodeLength = 0;
      if (HIDDEN_ELEMENTS.has(name)) hiddenDepth = Math.max(0, hiddenDepth - 1);
      if (name === 'title') inTitle = false;
      if (hiddenDepth > 0) return;
      if (name === 'pre') preDepth = Math.max(0, preDepth - 1);
      if (name === 'tr') flow.row();
      else if (PARAGRAPH_ELEMENTS.has(name)) flow.breakLine(2);
      else if (LINE_ELEMENTS.has(name)) flow.breakLine(1);
    },
  });
  parser.end(html);
  const size = { elements, depth, attributes: attributeCount, maxAttributes, pieces, maxTextNode };
  return { text: flow.text(), title: oneLine(title), language, meta, address, ...size };
}

/** As many elements as fit in the largest page that is read, at 8 bytes each. */
const MAX_ELEMENTS = 4_000_000;
/** Code units of a part. */
const MAX_PART_LENGTH = 2 ** 16;
/** Code units of a title that are read; fewer are shown. */
const MAX_TITLE = 4096;

export const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** Elements with hidden text, or a control's. A head's text is in these only, and its end tag is often missing. */
const HIDDEN_ELEMENTS = new Set(
  'title script style template noscript svg math iframe object canvas select textarea button datalist'.split(' '),
);
const ESCAPED = /[&<>\u00a0]/g;
const PARAGRAPH_ELEMENTS = new Set(
  'p h1 h2 h3 h4 h5 h6 blockquote pre ul ol dl table figure hr article section header footer main aside nav'.split(' '),
);
const LINE_ELEMENTS = new Set(
  'div li dt dd address figcaption caption details summary fieldset form option body'.split(' '),
);

/** Collects text in lines: collapses white space, and merges consecutive breaks into the largest. */
export class Flow {
  private readonly lines: string[] = [];
  private line = '';
  /** Line breaks, and a space, to write before the next text. */
  private pendingBreaks = 0;
  private pendingSpace: '' | ' ' = '';
  /** Current table row: number of cells, tabs to write before the next text, and whether it has text. */
  private cellCount = 0;
  private pendingTabs = 0;
  private hasRowText = false;

  /** @param isPreformatted keeps all whitespace, as in code */
  add(text: string, isPreformatted = false): void {
    if (isPreformatted) {
      // Writes pending breaks here, because the first line may be empty, and `append` ignores empty text.
      if (text !== '' && this.pendingBreaks > 0) this.writeBreaks();
      const [firstLine = '', ...otherLines] = text.replace(/\r\n?/g, '\n').split('\n');
      this.append(firstLine);
      for (const line of otherLines) {
        this.endLine();
        this.line = line;
      }
      return;
    }
    const collapsed = text.replace(/[ \t\n\r\f]+/g, ' ');
    const trimmed = collapsed.startsWith(' ') ? collapsed.slice(1) : collapsed;
    if (collapsed !== trimmed && this.pendingSpace === '') this.pendingSpace = ' ';
    const content = trimmed.endsWith(' ') ? trimmed.slice(0, -1) : trimmed;
    if (content === '') return;
    this.append(content);
    if (content !== trimmed) this.pendingSpace = ' ';
  }

  /** @param ends 1: a new line; 2: a new paragraph */
  breakLine(ends: 1 | 2): void {
    this.pendingBreaks = Math.max(this.pendingBreaks, ends);
  }

  /** Starts or ends a table row. */
  row(): void {
    this.breakLine(1);
    [this.cellCount, this.pendingTabs, this.hasRowText] = [0, 0, false];
  }

  /** Starts one or several cells. Each but the first gets a tab, unless a line break already precedes it. */
  cell(count = 1): void {
    const isFirst = this.cellCount === 0;
    this.cellCount += count;
    if (!this.hasRowText || this.pendingBreaks === 0) this.pendingTabs += count - (isFirst ? 1 : 0);
  }

  text(): string {
    this.endLine();
    return this.lines
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .replace(/^\n+|\n+$/g, '');
  }

  private append(text: string): void {
    if (text === '') return;
    if (this.pendingBreaks > 0) this.writeBreaks();
    if (this.pendingTabs > 0) this.line += '\t'.repeat(this.pendingTabs);
    else if (this.line !== '') this.line += this.pendingSpace;
    this.line += text;
    [this.pendingSpace, this.pendingTabs, this.hasRowText] = ['', 0, true];
  }

  private writeBreaks(): void {
    if (this.line !== '' || this.lines.length > 0) {
      this.endLine();
      if (this.pendingBreaks === 2) this.lines.push('');
    }
    [this.pendingBreaks, this.pendingSpace] = [0, ''];
  }

  private endLine(): void {
    this.lines.push(this.line);
    this.line = '';
  }
}
