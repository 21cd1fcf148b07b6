/** Text of a file for people: whether a literal is prose, and the text of Markdown, HTML and Python. */

interface Line {
  line: number;
  text: string;
}

/** Two words one after another, and nothing that only code has. */
export function isProse(text: string): boolean {
  if (!/(^|[^\p{L}\w-])\p{L}[\p{L}’'-]*[,;:.]? (\{|\p{L}|\d)/u.test(text) && !/\} \p{Ll}{2,}/u.test(text)) return false;
  if (!/\p{Ll}{2,}/u.test(text)) return false;
  return !CODE.test(text);
}
const CODE =
  /minmax\(|var\(--|rgba?\(|calc\(|\bfn \w+\(|\breturn \w|[=!]==|=> |\blet \w+ =|\bvar<|;\s*\n|^\s*(\/\/|@)|default-src|--[\w-]+: |\bfrom '|^[a-z-]+(: | )\d+px|^M ?\d/;

/** Lines of prose; code blocks, and addresses in links, are left out. */
export function textOfMarkdown(source: string): Line[] {
  let isCode = false;
  return source.split('\n').flatMap((raw, at) => {
    if (/^\s*(```|~~~)/.test(raw)) isCode = !isCode;
    const text = raw
      .replace(/\]\([^)]*\)/g, ']')
      .replace(/^[#>\s*|-]+/, '')
      .trim();
    return isCode || !/\p{L}{2}/u.test(text) || /^[`~]/.test(raw.trim()) ? [] : [{ line: at + 1, text }];
  });
}

/** Text between tags, and in attributes. */
export function textOfHtml(source: string): Line[] {
  const bare = source.replace(/<(script|style)\b[^]*?<\/\1>|<!--[^]*?-->/g, (cut) => cut.replace(/[^\n]/g, ' '));
  const found: Line[] = [];
  for (const { 0: all, 1: attribute, 2: text, index } of bare.matchAll(
    /(?:aria-label|title|placeholder|content|alt)="([^"]*)"|>([^<>{}]+)</g,
  )) {
    const words = (attribute ?? text ?? '').replace(/\s+/g, ' ').trim();
    const isShown = attribute === undefined ? /\p{L}{2}/u.test(words) : isProse(words);
    if (isShown) found.push({ line: bare.slice(0, index + all.search(/\S/)).split('\n').length, text: words });
  }
  return found;
}

/** String literals that are prose: help, messages and errors, also over several lines. */
export function textOfPython(source: string): Line[] {
  const found: Line[] = [];
  const literals = /#[^\n]*|[rbfu]{0,2}("""|''')([^]*?)\1|[rbfu]{0,2}(["'])((?:\\.|(?!\3)[^\\\n])*)\3/g;
  for (const match of source.matchAll(literals)) {
    const text = (match[2] ?? match[4] ?? '').replace(/\s+/g, ' ').trim();
    if (isProse(text)) found.push({ line: source.slice(0, match.index).split('\n').length, text });
  }
  return found;
}
