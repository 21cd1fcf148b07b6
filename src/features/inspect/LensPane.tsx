import { formatCount, formatNumber, formatShare } from '../../core/base/units';
import type { InspectedLens, LensDepth } from '../../protocol/gpu';
import { Block, type Column, Pane, Table, TokenChip } from '../../ui';
import styles from './InspectPage.module.css';
import { toBits } from './tokenRows';

/** Logit lens of the chosen prediction: a row before the first layer and after each. */
export function LensPane({ lens, index }: { lens: InspectedLens; index: number }) {
  const { depths, firstLeads } = lens;
  return (
    <Pane title="Logit lens" isWide hint={`${titleOf(firstLeads)} is the first to predict the model’s answer`}>
      <Table
        label={`Logit lens of prediction ${formatCount(index + 1)}`}
        isDense
        columns={COLUMNS}
        rows={depths.map((depth, layer) => ({ ...depth, layer }))}
        rowKey={({ layer }) => String(layer)}
        chosenKey={String(firstLeads)}
      />
      <Block>
        <div className={styles.note}>
          <p>Shows what the model would predict if it stopped after each layer.</p>
          <p>Doesn’t show how: the output layer was trained only for the last layer.</p>
        </div>
      </Block>
    </Pane>
  );
}

/** @param layer 0: before the first layer */
const titleOf = (layer: number): string => (layer === 0 ? 'The embedding' : `Layer ${formatCount(layer)}`);

type Row = LensDepth & { layer: number };

const COLUMNS: readonly Column<Row>[] = [
  { id: 'after', header: 'After', cell: ({ layer }) => titleOf(layer) },
  { id: 'token', header: 'Most probable token', cell: (row) => <TokenChip text={row.text} /> },
  { id: 'probability', header: 'Probability', isNumber: true, cell: ({ probability }) => formatShare(probability) },
  {
    id: 'answer',
    header: 'Probability of the answer',
    isNumber: true,
    cell: ({ answer }) => formatShare(answer.probability),
  },
  { id: 'rank', header: 'Rank of the answer', isNumber: true, cell: ({ answer }) => formatCount(answer.rank) },
  {
    id: 'divergence',
    header: 'KL divergence from the output, bits',
    isNumber: true,
    cell: ({ divergence }) => formatNumber(toBits(Math.max(0, divergence))),
  },
];
