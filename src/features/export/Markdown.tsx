import type { ReactNode } from 'react';
import { type Block, blocks } from '../../core/export/markdown';
import styles from './ExportPage.module.css';

/** Shows the Markdown that our model card uses. Everything becomes text, never HTML. */
export function Markdown({ source }: { source: string }) {
  return <div className={styles.card}>{blocks(source).map((block, index) => render(block, index))}</div>;
}

function render(block: Block, key: number): ReactNode {
  switch (block.kind) {
    case 'heading':
      return block.level === 1 ? <h3 key={key}>{block.text}</h3> : <h4 key={key}>{block.text}</h4>;
    case 'code':
      return <pre key={key}>{block.text}</pre>;
    case 'table':
      return <Rows key={key} {...block} />;
    case 'paragraph':
      return <p key={key}>{block.text}</p>;
  }
}

function Rows({ head, rows }: Pick<Block & { kind: 'table' }, 'head' | 'rows'>) {
  return (
    <table>
      <thead>
        <tr>
          {head.map((cell, column) => (
            <th key={column} scope="col">
              {cell}
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
                  {cell}
                </th>
              ) : (
                <td key={column}>{cell}</td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
