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
  let [all, maxAttributes] = [0, 0];
  let [textNode, maxTextNode] = [0, 0];
  let [hidden, kept, titles] = [0, 0, 0];
  let [open, inTitle] = [0, false];
  const parser = new MarkupParser({
    onopentag(name, attributes) {
      if (++elements > MAX_ELEMENTS)
        throw badFile(
          `This page has more than ${formatCount(MAX_ELEMENTS)} elements.`,
          'Save its text as plain text, and add that file.',
        );
      textNode = 0;
      const own = Object.keys(attributes).length;
      [all, maxAttributes] = [all + own, Math.max(maxAttributes, own)];
      depth = Math.max(depth, ++open);
      if (name === 'html') language = attributes['lang'] ?? attributes['xml:lang'] ?? '';
      if (name === 'meta') {
        const key = (attributes['property'] ?? attributes['name'] ?? '').toLowerCase();
        if (key !== '' && !meta.has(key)) meta.set(key, attributes['content'] ?? '');
      }
      if (name === 'link' && attributes['rel'] === 'canonical') address ||= attributes['href'] ?? '';
      if (HIDDEN.has(name)) hidden++;
      // SVG images within a page have titles too.
      if (name === 'title' && hidden === 1 && titles++ === 0) inTitle = true;
      if (hidden > 0) return;
      if (name === 'br') flow.breakLine(1);
      else if (name === 'td' || name === 'th') flow.cell();
      else if (name === 'tr') flow.row();
      else if (PARAGRAPHS.has(name)) flow.breakLine(2);
      else if (LINES.has(name)) flow.breakLine(1);
      if (name === 'pre') kept++;
    },
    ontext(text) {
      textNode += text.length;
      maxTextNode = Math.max(maxTextNode, textNode);
      pieces++;
      // Works in parts, because a regex over a long text takes many times its memory.
      for (let at = 0; at < text.length; at += PART) {
        const part = text.slice(at, at + PART);
        pieces += part.match(ESCAPED)?.length ?? 0;
        if (inTitle) title += part.slice(0, Math.max(0, MAX_TITLE - title.length));
        else if (hidden === 0 && kept === 0) flow.add(part);
      }
      if (!inTitle && hidden === 0 && kept > 0) flow.add(text, true);
    },
    onclosetag(name) {
      open--;
      textNode = 0;
      if (HIDDEN.has(name)) hidden = Math.max(0, hidden - 1);
      if (name === 'title') inTitle = false;
      if (hidden > 0) return;
      if (name === 'pre') kept = Math.max(0, kept - 1);
      if (name === 'tr') flow.row();
      else if (PARAGRAPHS.has(name)) flow.breakLine(2);
      else if (LINES.has(name)) flow.breakLine(1);
    },
  });
  parser.end(html);
  const size = { elements, depth, attributes: all, maxAttributes, pieces, maxTextNode };
  return { text: flow.text(), title: oneLine(title), language, meta, address, ...size };
}

/** As many elements as fit in the largest page that is read, at 8 bytes each. */
const MAX_ELEMENTS = 4_000_000;
/** Code units of a part. */
const PART = 2 ** 16;
/** Code units of a title that are read; fewer are shown. */
const MAX_TITLE = 4096;

export const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** Elements with hidden text, or a control's. A head's text is in these only, and its end tag is often missing. */
const HIDDEN = new Set(
  'title script style template noscript svg math iframe object canvas select textarea button datalist'.split(' '),
);
const ESCAPED = /[&<>\u00a0]/g;
const PARAGRAPHS = new Set(
  'p h1 h2 h3 h4 h5 h6 blockquote pre ul ol dl table figure hr article section header footer main aside nav'.split(' '),
);
const LINES = new Set('div li dt dd address figcaption caption details summary fieldset form option body'.split(' '));

/** Collects text in lines: collapses white space, and writes requested breaks between two pieces once. */
export class Flow {
  private readonly lines: string[] = [];
  private line = '';
  /** Line ends, and a space, that are owed before the next piece. */
  private owed = 0;
  private gap: '' | ' ' = '';
  /** State of the current row: its cells, the tabs owed before the next piece, and whether it has text. */
  private cells = 0;
  private tabs = 0;
  private isFilled = false;

  /** @param isKept keeps all whitespace, as in code */
  add(text: string, isKept = false): void {
    if (isKept) {
      // Writes owed line ends here, because text that begins with a line end has an empty first piece.
      if (text !== '' && this.owed > 0) this.endOwed();
      const [first = '', ...rest] = text.replace(/\r\n?/g, '\n').split('\n');
      this.put(first);
      for (const line of rest) {
        this.end();
        this.line = line;
      }
      return;
    }
    const words = text.replace(/[ \t\n\r\f]+/g, ' ');
    const trimmed = words.startsWith(' ') ? words.slice(1) : words;
    if (words !== trimmed && this.gap === '') this.gap = ' ';
    const bare = trimmed.endsWith(' ') ? trimmed.slice(0, -1) : trimmed;
    if (bare === '') return;
    this.put(bare);
    if (bare !== trimmed) this.gap = ' ';
  }

  /** @param ends 1: a new line; 2: a new paragraph */
  breakLine(ends: 1 | 2): void {
    this.owed = Math.max(this.owed, ends);
  }

  /** Starts or ends a table row. */
  row(): void {
    this.breakLine(1);
    [this.cells, this.tabs, this.isFilled] = [0, 0, false];
  }

  /** Starts one or several cells. Each but the first gets a tab, unless a line break already precedes it. */
  cell(several = 1): void {
    const isFirst = this.cells === 0;
    this.cells += several;
    if (!this.isFilled || this.owed === 0) this.tabs += several - (isFirst ? 1 : 0);
  }

  text(): string {
    this.end();
    return this.lines
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .replace(/^\n+|\n+$/g, '');
  }

  private put(text: string): void {
    if (text === '') return;
    if (this.owed > 0) this.endOwed();
    if (this.tabs > 0) this.line += '\t'.repeat(this.tabs);
    else if (this.line !== '') this.line += this.gap;
    this.line += text;
    [this.gap, this.tabs, this.isFilled] = ['', 0, true];
  }

  private endOwed(): void {
    if (this.line !== '' || this.lines.length > 0) {
      this.end();
      if (this.owed === 2) this.lines.push('');
    }
    [this.owed, this.gap] = [0, ''];
  }

  private end(): void {
    this.lines.push(this.line);
    this.line = '';
  }
}
