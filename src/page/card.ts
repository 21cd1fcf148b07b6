/** The Markdown that our model card uses (headings, paragraphs, tables, fenced code) as elements; its words stay text. */
export function card(source: string): HTMLElement[] {
  return source
    .replace(/^---\n[\s\S]*?\n---\n/, '') // the front matter is for machines
    .split(/(```[\s\S]*?```)/)
    .flatMap((part) => (part.startsWith('```') ? [part] : part.split(/\n{2,}/)))
    .map((part) => part.trim())
    .filter((part) => part !== '' && !part.startsWith('# ')) // the page has its own title
    .map(block);
}

function block(source: string): HTMLElement {
  if (source.startsWith('```')) return element('pre', source.replace(/^```\w*\n|\n?```$/g, ''));
  if (source.startsWith('|')) return table(source.split('\n'));
  const [, heading] = /^#+ (.*)$/.exec(source) ?? [];
  return heading === undefined ? element('p', words(source)) : element('h2', words(heading));
}

function table(lines: readonly string[]): HTMLElement {
  const [head = [], , ...rows] = lines.map((line) => line.replace(/^\| | \|$/g, '').split(' | '));
  const row = (tags: (column: number) => 'th' | 'td', scope: string, cells: readonly string[]): HTMLElement =>
    element(
      'tr',
      ...cells.map((cell, column) => {
        const made = element(tags(column), words(cell));
        if (tags(column) === 'th') made.setAttribute('scope', scope);
        return made;
      }),
    );
  return element(
    'table',
    element(
      'thead',
      row(() => 'th', 'col', head),
    ),
    element('tbody', ...rows.map((cells) => row((column) => (column === 0 ? 'th' : 'td'), 'row', cells))),
  );
}

/** Without code marks and with the card's numeric references as the characters they stand for. */
const words = (text: string): string =>
  text.replace(/`/g, '').replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));

/** An element of text and elements. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  ...children: readonly (string | Node)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.append(...children);
  return made;
}
