import type { ReactNode } from 'react';
import { type Block, blocks } from '../../core/export/markdown';
import styles from './ExportPage.module.css';

/** Renders the Markdown subset of our model card. Everything becomes text, never HTML. */
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
      return block.head.length > MAX_COLUMNS ? (
        <WideTable key={key} {...block} />
      ) : (
        <NarrowTable key={key} {...block} />
      );
    case 'paragraph':
      return <p key={key}>{block.text}</p>;
  }
}

/** Maximum number of columns that fit the pane. */
const MAX_COLUMNS = 4;

/** Wide table as a list: the name of each row, with its cells and their column names below. */
function WideTable({ head, rows }: Pick<Block & { kind: 'table' }, 'head' | 'rows'>) {
  return rows.map(([name, ...cells], row) => (
    <section key={row} className={styles.figures}>
      <h5>{name}</h5>
      <dl>
        {cells.map(
          (cell, column) =>
            cell !== EMPTY_CELL && (
              <div key={column}>
                <dt>{head[column + 1]}</dt>
                <dd>{cell}</dd>
              </div>
            ),
        )}
      </dl>
    </section>
  ));
}
/** Cell without a value. */
const EMPTY_CELL = '–';

function NarrowTable({ head, rows }: Pick<Block & { kind: 'table' }, 'head' | 'rows'>) {
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
