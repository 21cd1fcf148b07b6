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
  const open: Open[] = [{ kind: 'text', begin: '', words: '' }];
  const ends = new Ends(source);
  let templates = 0;
  const add = (words: string): void => void (open.at(-1)!.words += words);
  const push = (kind: Open['kind'], begin: string): void => {
    // Only malformed markup nests this deep.
    if (open.length > MAX_OPEN_TAGS) {
      add(begin);
      return;
    }
    open.push({ kind, begin, words: '' });
    if (kind === 'template') templates++;
  };
  const isOpen = (kind: Open['kind']): boolean => open.at(-1)!.kind === kind;
  /** Turns the innermost open markup into text. */
  const flatten = (): void => {
    const { kind, begin, words } = open.pop()!;
    if (kind === 'template') templates--;
    add(begin + words);
  };
  const close = (): string => open.pop()!.words;
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
      for (; length > 3; length -= 2) push('template', '{{');
      push('template', '{'.repeat(length));
    } else if (all.startsWith('}}')) {
      let length = all.length;
      while (length >= 2 && templates > 0) {
        while (!isOpen('template')) flatten();
        length -= Math.min(length, open.at(-1)!.begin.length);
        templates--;
        close();
      }
      add('}'.repeat(length));
    } else if (all === '[[') push('link', all);
    else if (all.startsWith('[')) push('address', all);
    else if (all.startsWith(']')) {
      if (isOpen('address')) {
        at = found.index + 1;
        add(close().trim());
      } else if (all === ']]' && isOpen('link')) add(linked(close(), left));
      else add(all);
    } else if (all.endsWith('{|')) {
      add('\n');
      push('table', '');
    } else if (all.endsWith('|}')) {
      while (isOpen('link') || isOpen('address')) flatten();
      if (isOpen('table')) close();
    } else {
      if (isOpen('address')) flatten();
      add('\n');
    }
    token.lastIndex = at;
  }
  add(source.slice(at));
  while (open.length > 1) flatten();
  return open[0]!.words;

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
