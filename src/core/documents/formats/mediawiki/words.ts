/**
 * The words of an article in MediaWiki's markup, as a reader sees them in a page without its boxes, tables, pictures and notes.
 * In time linear in its length, whatever is in what. https://www.mediawiki.org/wiki/Help:Formatting, Markup_spec
 */
import { Parser } from 'htmlparser2';

/** @param left names of namespaces in lower case: of a link into one nothing is shown, as of pictures and categories */
export function wikiWords(source: string, left: ReadonlySet<string>): string {
  const kept: string[] = [];
  const bare = withoutMarkup(source.replace(CONTROLS, ''), left, kept);
  return tidy(inLines(bare))
    .split(/\x01(\d+)\x02/)
    .map((part, i) => (i % 2 === 0 ? decoded(part) : kept[Number(part)]!))
    .join('')
    .toWellFormed();
}

/** What is open: its words until now, and what it began with, which is text where it never ends. */
interface Open {
  kind: 'text' | 'template' | 'table' | 'link' | 'address';
  begin: string;
  words: string;
}

/** Comments, tags, braces, links, addresses, and what is at the beginning of a line. */
const TOKEN =
  /<!--|<(\/?)([a-z][a-z\d]*)((?:[\s/][^<>]*)?)>|\{{2,}|\}{2,}|\[\[|\[(?:https?:|ftps?:|mailto:|\/\/)[^\s[\]<>"]*|\]\]?|(?:^|\n)[ \t:]*\{\||\n[ \t]*\|\}(?!\})|\n/gi;

/** @param kept texts that are taken as they are: in what is returned a number stands for each */
function withoutMarkup(source: string, left: ReadonlySet<string>, kept: string[]): string {
  const open: Open[] = [{ kind: 'text', begin: '', words: '' }];
  const ends = new Ends(source);
  let templates = 0;
  const add = (words: string): void => void (open.at(-1)!.words += words);
  const push = (kind: Open['kind'], begin: string): void => {
    // So many are in each other by mistake only.
    if (open.length > MAX_OPEN_TAGS) {
      add(begin);
      return;
    }
    open.push({ kind, begin, words: '' });
    if (kind === 'template') templates++;
  };
  const isOpen = (kind: Open['kind']): boolean => open.at(-1)!.kind === kind;
  /** What was open was only text. */
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

  /** @returns where it, with what is in it where that is not markup, ends */
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

/** Where things end, looked for once where they do not. */
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

/** What of a link is shown. */
function linked(inner: string, left: ReadonlySet<string>): string {
  const bar = inner.indexOf('|');
  const target = (bar < 0 ? inner : inner.slice(0, bar)).trim();
  const [, space] = /^([^:]{1,100}):/.exec(target) ?? [];
  if (space !== undefined) {
    if (left.has(space.trim().replaceAll('_', ' ').toLowerCase())) return '';
    // The same article in another language.
    if (bar < 0 && /^[a-z]{2,3}(?:-[a-z]+)*$/.test(space)) return '';
  }
  const words = bar < 0 ? '' : inner.slice(bar + 1).trim();
  return words || target.replace(/^:/, '');
}

/** Lists and indents without what marks them, headings as paragraphs: of a section without text there is none. */
function inLines(text: string): string {
  const lines: string[] = [];
  let headings: { level: number; title: string }[] = [];
  for (const written of text.split('\n')) {
    const line = written
      .replace(/'{2,}/g, quotes)
      .replace(/__[A-Z]{3,40}__/g, '')
      .trim();
    // A row of a table that never began.
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

/** Of bold and italics: five are both, and of more the last ones count. */
const quotes = ({ length }: string): string => "'".repeat(length === 4 ? 1 : Math.max(0, length - 5));

/** 0: it is none. */
function headingLevel(line: string): number {
  if (!line.startsWith('=') || !line.endsWith('=')) return 0;
  let level = 0;
  while (level < 6 && 2 * level + 2 < line.length && line[level] === '=' && line.at(-1 - level) === '=') level++;
  return level;
}

/** Without brackets that held nothing but templates, and more space than one. */
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

/** Without entities, as `&nbsp;`. */
function decoded(text: string): string {
  if (!text.includes('&')) return text;
  let words = '';
  const parser = new Parser({ ontext: (piece) => void (words += piece) });
  parser.end(text.replaceAll('<', '&lt;'));
  return words.replace(CONTROLS, '');
}

/** No XML has them; some stand for what is kept. */
const CONTROLS = /[\0-\x08\x0b\x0c\x0e-\x1f]/g;
const set = (names: string): ReadonlySet<string> => new Set(names.split(' '));
/** Extensions and elements whose content is none of the article's words. */
const LEFT = set(
  'ref references gallery timeline imagemap score graph mapframe maplink inputbox categorytree templatestyles templatedata indicator section style script table hiero phonos includeonly',
);
/** Whose content is no markup, and where also entities are none. */
const AS_IT_IS = set('nowiki pre math chem ce syntaxhighlight source');
const RAW = set('math chem ce syntaxhighlight source');
const BLOCKS = set('p div blockquote center poem ul ol li dl dt dd h1 h2 h3 h4 h5 h6 caption tr td th tbody');
const INLINE = set(
  'b i u s em strong small big sub sup span font tt code var kbd samp cite abbr del ins q strike bdi bdo dfn mark ruby rb rt rp rtc time data wbr noinclude onlyinclude noembed nobr a',
);
