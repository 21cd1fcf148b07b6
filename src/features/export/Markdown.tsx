import type { ReactNode } from 'react';
import styles from './ExportPage.module.css';

/** Shows the Markdown that our model card uses: headings, paragraphs, tables, fenced code. Everything becomes text, never HTML. */
export function Markdown({ source }: { source: string }) {
  const blocks = source
    .replace(/^---\n[\s\S]*?\n---\n/, '') // the front matter is for machines
    .split(/(```[\s\S]*?```)/)
    .flatMap((part) => (part.startsWith('```') ? [part] : part.split(/\n{2,}/)))
    .map((block) => block.trim())
    .filter(Boolean);
  return <div className={styles.card}>{blocks.map((block, index) => render(block, index))}</div>;
}

function render(block: string, key: number): ReactNode {
  const heading = /^(#+) (.*)$/.exec(block);
  if (heading) {
    const words = plain(heading[2] ?? '');
    return heading[1] === '#' ? <h3 key={key}>{words}</h3> : <h4 key={key}>{words}</h4>;
  }
  if (block.startsWith('```')) return <pre key={key}>{block.replace(/^```\w*\n|\n?```$/g, '')}</pre>;
  if (block.startsWith('|')) return <Rows key={key} lines={block.split('\n')} />;
  return <p key={key}>{plain(block)}</p>;
}

function Rows({ lines }: { lines: readonly string[] }) {
  const [head = [], , ...rows] = lines.map((line) => line.replace(/^\| | \|$/g, '').split(' | '));
  return (
    <table>
      <thead>
        <tr>
          {head.map((cell, column) => (
            <th key={column} scope="col">
              {plain(cell)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((cells, row) => (
          <tr key={row}>
            {cells.map((cell, column) =>
              column === 0 ? (
                <th key={column} scope="row">
                  {plain(cell)}
                </th>
              ) : (
                <td key={column}>{plain(cell)}</td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Without code marks and with the card's numeric references as the characters they stand for. */
const plain = (text: string): string =>
  text.replace(/`/g, '').replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
