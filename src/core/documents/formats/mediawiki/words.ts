/**
 * Extracts the text of an article in MediaWiki markup, without templates, tables, images and notes. Takes linear time,
 * however the markup is nested. https://www.mediawiki.org/wiki/Help:Formatting, Markup_spec
 */
import { Parser } from 'htmlparser2';

/** @param removedNamespaces lower-case names of namespaces, such as media and categories, whose links are removed */
export function wikiText(source: string, removedNamespaces: ReadonlySet<string>): string {
  const literals: string[] = [];
  const plainText = withoutMarkup(source.replace(CONTROLS, ''), removedNamespaces, literals);
  return tidy(plainLines(plainText))
    .split(/\x01(\d+)\x02/)
    .map((part, i) => (i % 2 === 0 ? decodeEntities(part) : literals[Number(part)]!))
    .join('')
    .toWellFormed();
}

/** Open markup: its text so far, and its start, which becomes text if the markup never ends. */
interface OpenElement {
  kind: 'text' | 'template' | 'table' | 'link' | 'address';
  begin: string;
  text: string;
}

/** Comments, tags, braces, links, addresses, line ends, and table markup at the start of a line. */
const TOKEN =
  /<!--|<(\/?)([a-z][a-z\d]*)((?:[\s/][^<>]*)?)>|\{{2,}|\}{2,}|\[\[|\[(?:https?:|ftps?:|mailto:|\/\/)[^\s[\]<>"]*|\]\]?|(?:^|\n)[ \t:]*\{\||\n[ \t]*\|\}(?!\})|\n/gi;

/** @param literals receives literal texts; the result has a numbered placeholder for each */
function withoutMarkup(source: string, removedNamespaces: ReadonlySet<string>, literals: string[]): string {
  const markup = new OpenMarkup();
  const endFinder = new EndFinder(source);
  const add = (text: string): void => markup.add(text);
  let position = 0;
  const token = new RegExp(TOKEN);
  for (let match = token.exec(source); match; match = token.exec(source)) {
    add(source.slice(position, match.index));
    position = token.lastIndex;
    const [matched, slash, name, attributes] = match;
    if (name !== undefined) position = tag(name.toLowerCase(), slash === '/', attributes!.endsWith('/'), matched);
    else if (matched === '<!--') position = endFinder.after('-->', position) ?? source.length;
    else if (matched.startsWith('{{')) {
      let length = matched.length;
      for (; length > 3; length -= 2) markup.push('template', '{{');
      markup.push('template', '{'.repeat(length));
    } else if (matched.startsWith('}}')) {
      add('}'.repeat(markup.closeTemplates(matched.length)));
    } else if (matched === '[[') markup.push('link', matched);
    else if (matched.startsWith('[')) markup.push('address', matched);
    else if (matched.startsWith(']')) {
      if (markup.isInnermost('address')) {
        position = match.index + 1;
        add(markup.close().trim());
      } else if (matched === ']]' && markup.isInnermost('link')) add(linkText(markup.close(), removedNamespaces));
      else add(matched);
    } else if (matched.endsWith('{|')) {
      add('\n');
      markup.push('table', '');
    } else if (matched.endsWith('|}')) {
      while (markup.isInnermost('link') || markup.isInnermost('address')) markup.flatten();
      if (markup.isInnermost('table')) markup.close();
    } else {
      if (markup.isInnermost('address')) markup.flatten();
      add('\n');
    }
    token.lastIndex = position;
  }
  add(source.slice(position));
  return markup.text();

  /** @returns end of the tag; for literal or skipped elements, end of the element */
  function tag(name: string, isEnd: boolean, isSelfClosing: boolean, matched: string): number {
    const tagEnd = token.lastIndex;
    if (name === 'br' || name === 'hr') add('\n');
    else if (!isEnd && (REMOVED_ELEMENTS.has(name) || LITERAL_ELEMENTS.has(name))) {
      const end = isSelfClosing ? tagEnd : (endFinder.ofTag(name, tagEnd) ?? tagEnd);
      const content = source.slice(tagEnd, end).replace(/<\/[^<]*$/, '');
      if (LITERAL_ELEMENTS.has(name) && content !== '') {
        add(`\x01${literals.length}\x02`);
        literals.push(RAW_ELEMENTS.has(name) ? content.trim() : decodeEntities(content.replace(/^\n|\n$/g, '')));
      }
      return end;
    } else if (BLOCK_ELEMENTS.has(name)) add('\n');
    else if (!INLINE_ELEMENTS.has(name) && !REMOVED_ELEMENTS.has(name) && !LITERAL_ELEMENTS.has(name)) add(matched);
    return tagEnd;
  }
}
const MAX_OPEN_ELEMENTS = 200;

/** Markup that has begun, inside the text. */
class OpenMarkup {
  private readonly stack: OpenElement[] = [{ kind: 'text', begin: '', text: '' }];
  private openTemplates = 0;

  /** Adds text to the innermost markup. */
  add(text: string): void {
    this.stack.at(-1)!.text += text;
  }

  push(kind: OpenElement['kind'], begin: string): void {
    // Only malformed markup nests this deep.
    if (this.stack.length > MAX_OPEN_ELEMENTS) {
      this.add(begin);
      return;
    }
    this.stack.push({ kind, begin, text: '' });
    if (kind === 'template') this.openTemplates++;
  }

  isInnermost(kind: OpenElement['kind']): boolean {
    return this.stack.at(-1)!.kind === kind;
  }

  /** Turns the innermost markup into text. */
  flatten(): void {
    const { kind, begin, text } = this.stack.pop()!;
    if (kind === 'template') this.openTemplates--;
    this.add(begin + text);
  }

  /** Removes the innermost markup. @returns its text */
  close(): string {
    return this.stack.pop()!.text;
  }

  /** Removes the templates that `length` braces close. @returns number of braces without a template */
  closeTemplates(length: number): number {
    let braces = length;
    while (braces >= 2 && this.openTemplates > 0) {
      while (!this.isInnermost('template')) this.flatten();
      braces -= Math.min(braces, this.stack.at(-1)!.begin.length);
      this.openTemplates--;
      this.close();
    }
    return braces;
  }

  /** Turns all open markup into text. @returns the whole text */
  text(): string {
    while (this.stack.length > 1) this.flatten();
    return this.stack[0]!.text;
  }
}

/** Finds ends of markup. Remembers which ones are missing, so that each is searched for only once. */
class EndFinder {
  private readonly missing = new Set<string>();
  constructor(private readonly source: string) {}

  after(marker: string, from: number): number | undefined {
    if (this.missing.has(marker)) return undefined;
    const index = this.source.indexOf(marker, from);
    if (index >= 0) return index + marker.length;
    this.missing.add(marker);
    return undefined;
  }

  ofTag(name: string, from: number): number | undefined {
    if (this.missing.has(name)) return undefined;
    const end = new RegExp(`</${name}\\s*>`, 'gi');
    end.lastIndex = from;
    if (end.test(this.source)) return end.lastIndex;
    this.missing.add(name);
    return undefined;
  }
}

/** Visible text of a link. */
function linkText(inner: string, removedNamespaces: ReadonlySet<string>): string {
  const separator = inner.indexOf('|');
  const target = (separator < 0 ? inner : inner.slice(0, separator)).trim();
  const [, namespace] = /^([^:]{1,100}):/.exec(target) ?? [];
  if (namespace !== undefined) {
    if (removedNamespaces.has(namespace.trim().replaceAll('_', ' ').toLowerCase())) return '';
    // Link to the same article in another language.
    if (separator < 0 && /^[a-z]{2,3}(?:-[a-z]+)*$/.test(namespace)) return '';
  }
  const label = separator < 0 ? '' : inner.slice(separator + 1).trim();
  return label || target.replace(/^:/, '');
}

/** Removes markers of lists and indents, and turns headings into paragraphs, but drops those of empty sections. */
function plainLines(text: string): string {
  const lines: string[] = [];
  let headings: { level: number; title: string }[] = [];
  for (const markupLine of text.split('\n')) {
    const line = markupLine
      .replace(/'{2,}/g, withoutQuoteMarkup)
      .replace(/__[A-Z]{3,40}__/g, '')
      .trim();
    // Row of a table without a start.
    if (line.startsWith('|') || /^-{4,}$/.test(line)) continue;
    const level = headingLevel(line);
    if (level > 0) {
      headings = [
        ...headings.filter((heading) => heading.level < level),
        { level, title: line.slice(level, -level).trim() },
      ];
      continue;
    }
    const content = line.replace(/^[*#:;]+/, '').trim();
    if (content !== '') {
      for (const { title } of headings) lines.push('', title, '');
      headings = [];
    }
    lines.push(content);
  }
  return lines.join('\n');
}

/** Removes quotes that mark bold and italics; five mark both, and further ones are text. */
const withoutQuoteMarkup = ({ length }: string): string => "'".repeat(length === 4 ? 1 : Math.max(0, length - 5));

/** Level of a heading; 0 for any other line. */
function headingLevel(line: string): number {
  if (!line.startsWith('=') || !line.endsWith('=')) return 0;
  let level = 0;
  while (level < 6 && 2 * level + 2 < line.length && line[level] === '=' && line.at(-1 - level) === '=') level++;
  return level;
}

/** Removes parentheses that contained only templates, and collapses spaces. */
const tidy = (text: string): string =>
  text
    .replace(/\([ ,;:]*\)/g, '')
    .replace(/\([ ,;]+/g, '(')
    .replace(/[ \t]{2,}/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();

/** Decodes entities such as `&nbsp;`. */
function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  let decoded = '';
  const parser = new Parser({ ontext: (piece) => void (decoded += piece) });
  parser.end(text.replaceAll('<', '&lt;'));
  return decoded.replace(CONTROLS, '');
}

/** Control characters, which XML can't contain; some delimit placeholders of literal texts. */
const CONTROLS = /[\0-\x08\x0b\x0c\x0e-\x1f]/g;
const wordSet = (names: string): ReadonlySet<string> => new Set(names.split(' '));
/** Extensions and elements whose content isn't text of the article. */
const REMOVED_ELEMENTS = wordSet(
  'ref references gallery timeline imagemap score graph mapframe maplink inputbox categorytree templatestyles templatedata indicator section style script table hiero phonos includeonly',
);
/** Elements with literal content; in those of RAW, entities are literal too. */
const LITERAL_ELEMENTS = wordSet('nowiki pre math chem ce syntaxhighlight source');
const RAW_ELEMENTS = wordSet('math chem ce syntaxhighlight source');
const BLOCK_ELEMENTS = wordSet(
  'p div blockquote center poem ul ol li dl dt dd h1 h2 h3 h4 h5 h6 caption tr td th tbody',
);
const INLINE_ELEMENTS = wordSet(
  'b i u s em strong small big sub sup span font tt code var kbd samp cite abbr del ins q strike bdi bdo dfn mark ruby rb rt rp rtc time data wbr noinclude onlyinclude noembed nobr a',
);
