/**
 * Extracts the text of an article in MediaWiki markup, without templates, tables, images and notes. Takes linear time,
 * however the markup is nested. https://www.mediawiki.org/wiki/Help:Formatting, Markup_spec
 */
import { Parser } from 'htmlparser2';

/** @param left lower-case names of namespaces, such as media and categories, whose links are removed */
export function wikiWords(source: string, left: ReadonlySet<string>): string {
  const kept: string[] = [];
  const bare = withoutMarkup(source.replace(CONTROLS, ''), left, kept);
  return tidy(inLines(bare))
    .split(/\x01(\d+)\x02/)
    .map((part, i) => (i % 2 === 0 ? decoded(part) : kept[Number(part)]!))
    .join('')
    .toWellFormed();
}

/** Open markup: its text so far, and its start, which becomes text if the markup never ends. */
interface Open {
  kind: 'text' | 'template' | 'table' | 'link' | 'address';
  begin: string;
  words: string;
}

/** Comments, tags, braces, links, addresses, line ends, and table markup at the start of a line. */
const TOKEN =
  /<!--|<(\/?)([a-z][a-z\d]*)((?:[\s/][^<>]*)?)>|\{{2,}|\}{2,}|\[\[|\[(?:https?:|ftps?:|mailto:|\/\/)[^\s[\]<>"]*|\]\]?|(?:^|\n)[ \t:]*\{\||\n[ \t]*\|\}(?!\})|\n/gi;

/** @param kept receives literal texts; the result has a numbered placeholder for each */
function withoutMarkup(source: string, left: ReadonlySet<string>, kept: string[]): string {
  const open = new OpenMarkup();
  const ends = new Ends(source);
  const add = (words: string): void => open.add(words);
  let at = 0;
  const token = new RegExp(TOKEN);
  for (let found = token.exec(source); found; found = token.exec(source)) {
    add(source.slice(at, found.index));
    at = token.lastIndex;
    const [all, slash, name, attributes] = found;
    if (name !== undefined) at = tag(name.toLowerCase(), slash === '/', attributes!.endsWith('/'), all);
    else if (all === '<!--') at = ends.after('-->', at) ?? source.length;
    else if (all.startsWith('{{')) {
      let length = all.length;
      for (; length > 3; length -= 2) open.push('template', '{{');
      open.push('template', '{'.repeat(length));
    } else if (all.startsWith('}}')) {
      add('}'.repeat(open.closeTemplates(all.length)));
    } else if (all === '[[') open.push('link', all);
    else if (all.startsWith('[')) open.push('address', all);
    else if (all.startsWith(']')) {
      if (open.isInnermost('address')) {
        at = found.index + 1;
        add(open.close().trim());
      } else if (all === ']]' && open.isInnermost('link')) add(linked(open.close(), left));
      else add(all);
    } else if (all.endsWith('{|')) {
      add('\n');
      open.push('table', '');
    } else if (all.endsWith('|}')) {
      while (open.isInnermost('link') || open.isInnermost('address')) open.flatten();
      if (open.isInnermost('table')) open.close();
    } else {
      if (open.isInnermost('address')) open.flatten();
      add('\n');
    }
    token.lastIndex = at;
  }
  add(source.slice(at));
  return open.text();

  /** @returns end of the tag; for literal or skipped elements, end of the element */
  function tag(name: string, isEnd: boolean, isEmpty: boolean, all: string): number {
    const after = token.lastIndex;
    if (name === 'br' || name === 'hr') add('\n');
    else if (!isEnd && (LEFT.has(name) || AS_IT_IS.has(name))) {
      const end = isEmpty ? after : (ends.ofTag(name, after) ?? after);
      const inner = source.slice(after, end).replace(/<\/[^<]*$/, '');
      if (AS_IT_IS.has(name) && inner !== '') {
        add(`\x01${kept.length}\x02`);
        kept.push(RAW.has(name) ? inner.trim() : decoded(inner.replace(/^\n|\n$/g, '')));
      }
      return end;
    } else if (BLOCKS.has(name)) add('\n');
    else if (!INLINE.has(name) && !LEFT.has(name) && !AS_IT_IS.has(name)) add(all);
    return after;
  }
}
const MAX_OPEN_TAGS = 200;

/** Markup that has begun, inside the text. */
class OpenMarkup {
  private readonly stack: Open[] = [{ kind: 'text', begin: '', words: '' }];
  private templates = 0;

  /** Adds text to the innermost markup. */
  add(words: string): void {
    this.stack.at(-1)!.words += words;
  }

  push(kind: Open['kind'], begin: string): void {
    // Only malformed markup nests this deep.
    if (this.stack.length > MAX_OPEN_TAGS) {
      this.add(begin);
      return;
    }
    this.stack.push({ kind, begin, words: '' });
    if (kind === 'template') this.templates++;
  }

  isInnermost(kind: Open['kind']): boolean {
    return this.stack.at(-1)!.kind === kind;
  }

  /** Turns the innermost markup into text. */
  flatten(): void {
    const { kind, begin, words } = this.stack.pop()!;
    if (kind === 'template') this.templates--;
    this.add(begin + words);
  }

  /** Removes the innermost markup. @returns its text */
  close(): string {
    return this.stack.pop()!.words;
  }

  /** Removes the templates that `length` braces close. @returns number of braces without a template */
  closeTemplates(length: number): number {
    let braces = length;
    while (braces >= 2 && this.templates > 0) {
      while (!this.isInnermost('template')) this.flatten();
      braces -= Math.min(braces, this.stack.at(-1)!.begin.length);
      this.templates--;
      this.close();
    }
    return braces;
  }

  /** Turns all open markup into text. @returns the whole text */
  text(): string {
    while (this.stack.length > 1) this.flatten();
    return this.stack[0]!.words;
  }
}

/** Finds ends of markup. Remembers which ones are missing, so that each is searched for only once. */
class Ends {
  private readonly missing = new Set<string>();
  constructor(private readonly source: string) {}

  after(what: string, from: number): number | undefined {
    if (this.missing.has(what)) return undefined;
    const at = this.source.indexOf(what, from);
    if (at >= 0) return at + what.length;
    this.missing.add(what);
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
function linked(inner: string, left: ReadonlySet<string>): string {
  const bar = inner.indexOf('|');
  const target = (bar < 0 ? inner : inner.slice(0, bar)).trim();
  const [, space] = /^([^:]{1,100}):/.exec(target) ?? [];
  if (space !== undefined) {
    if (left.has(space.trim().replaceAll('_', ' ').toLowerCase())) return '';
    // Link to the same article in another language.
    if (bar < 0 && /^[a-z]{2,3}(?:-[a-z]+)*$/.test(space)) return '';
  }
  const words = bar < 0 ? '' : inner.slice(bar + 1).trim();
  return words || target.replace(/^:/, '');
}

/** Removes markers of lists and indents, and turns headings into paragraphs, but drops those of empty sections. */
function inLines(text: string): string {
  const lines: string[] = [];
  let headings: { level: number; title: string }[] = [];
  for (const written of text.split('\n')) {
    const line = written
      .replace(/'{2,}/g, quotes)
      .replace(/__[A-Z]{3,40}__/g, '')
      .trim();
    // Row of a table without a start.
    if (line.startsWith('|') || /^-{4,}$/.test(line)) continue;
    const level = headingLevel(line);
    if (level > 0) {
      headings = [...headings.filter((each) => each.level < level), { level, title: line.slice(level, -level).trim() }];
      continue;
    }
    const words = line.replace(/^[*#:;]+/, '').trim();
    if (words !== '') {
      for (const { title } of headings) lines.push('', title, '');
      headings = [];
    }
    lines.push(words);
  }
  return lines.join('\n');
}

/** Removes quotes that mark bold and italics; five mark both, and further ones are text. */
const quotes = ({ length }: string): string => "'".repeat(length === 4 ? 1 : Math.max(0, length - 5));

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
function decoded(text: string): string {
  if (!text.includes('&')) return text;
  let words = '';
  const parser = new Parser({ ontext: (piece) => void (words += piece) });
  parser.end(text.replaceAll('<', '&lt;'));
  return words.replace(CONTROLS, '');
}

/** Control characters, which XML can't contain; some delimit placeholders of literal texts. */
const CONTROLS = /[\0-\x08\x0b\x0c\x0e-\x1f]/g;
const set = (names: string): ReadonlySet<string> => new Set(names.split(' '));
/** Extensions and elements whose content isn't text of the article. */
const LEFT = set(
  'ref references gallery timeline imagemap score graph mapframe maplink inputbox categorytree templatestyles templatedata indicator section style script table hiero phonos includeonly',
);
/** Elements with literal content; in those of RAW, entities are literal too. */
const AS_IT_IS = set('nowiki pre math chem ce syntaxhighlight source');
const RAW = set('math chem ce syntaxhighlight source');
const BLOCKS = set('p div blockquote center poem ul ol li dl dt dd h1 h2 h3 h4 h5 h6 caption tr td th tbody');
const INLINE = set(
  'b i u s em strong small big sub sup span font tt code var kbd samp cite abbr del ins q strike bdi bdo dfn mark ruby rb rt rp rtc time data wbr noinclude onlyinclude noembed nobr a',
);
