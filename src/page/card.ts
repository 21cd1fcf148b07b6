import { type Block, blocks } from '../core/export/markdown';

/** Renders the model card as elements; its words stay text. */
export const card = (source: string): HTMLElement[] =>
  blocks(source)
    .filter((block) => block.kind !== 'heading' || block.level > 1) // the page has its own title
    .map(shown);

function shown(block: Block): HTMLElement {
  if (block.kind === 'table') return table(block);
  const tags = { heading: 'h2', paragraph: 'p', code: 'pre' } as const;
  return element(tags[block.kind], block.text);
}

function table({ head, rows }: Block & { kind: 'table' }): HTMLElement {
  const row = (tags: (column: number) => 'th' | 'td', scope: string, cells: readonly string[]): HTMLElement =>
    element(
      'tr',
      ...cells.map((cell, column) => {
        const made = element(tags(column), cell);
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

/** Creates an element with text and child elements. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  ...children: readonly (string | Node)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.append(...children);
  return made;
}
