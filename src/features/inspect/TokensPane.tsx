import { useState } from 'react';
import { formatCount, formatNumber } from '../../core/base/units';
import type { InspectedPassage, InspectedToken } from '../../protocol/gpu';
import { useShownPart } from '../../state/react';
import {
  Block,
  type Column,
  download,
  Pane,
  SurpriseLegend,
  surpriseStep,
  Table,
  TableToggle,
  TextAction,
  TokenChip,
  TokenText,
} from '../../ui';
import styles from './InspectPage.module.css';
import { meanSurprisal, shownText, toBits, tokenCsv } from './tokenRows';

const TITLE = 'Surprisal of each token';

interface TokensPaneProps {
  found: InspectedPassage | undefined;
  chosen: number | undefined;
  onChoose: (index: number) => void;
}

/** The passage underlined by surprisal, or a table of its tokens. */
export function TokensPane({ found, chosen, onChoose }: TokensPaneProps) {
  const [isTable, setTable] = useState(false);
  const name = useShownPart('playground', ({ record }) => record?.name) ?? 'model';
  if (!found)
    return (
      <Pane title={TITLE}>
        <Block>
          <p className={styles.quiet}>Each token’s surprisal appears here</p>
        </Block>
      </Pane>
    );
  const save = (): void =>
    download(new Blob([tokenCsv(found)], { type: 'text/csv' }), `${name}-step-${found.step}-tokens.csv`);
  const mean = meanSurprisal(found.tokens);
  return (
    <Pane
      title={TITLE}
      aside={
        <>
          <TableToggle isTable={isTable} onChange={setTable} title={TITLE} />
          <TextAction label={`Download CSV, ${TITLE}`} onPress={save}>
            CSV
          </TextAction>
        </>
      }
    >
      {isTable ? (
        <TokenTable found={found} chosen={chosen} onChoose={onChoose} />
      ) : (
        <MarkedPassage found={found} chosen={chosen} onChoose={onChoose} />
      )}
      <Block>
        <div className={styles.note}>
          {!isTable && <SurpriseLegend />}
          {mean !== undefined && <p>Mean: {formatNumber(mean)} bits per token</p>}
          <p>Shows how unexpected each token was, given its context.</p>
          <p>Doesn’t show why: an expected token may be copied, or simply common.</p>
        </div>
      </Block>
    </Pane>
  );
}

type FoundProps = TokensPaneProps & { found: InspectedPassage };

function MarkedPassage({ found: { start, tokens }, chosen, onChoose }: FoundProps) {
  const vocabulary = useShownPart('playground', ({ record }) => record?.model.vocabulary) ?? 2;
  const views = tokens.map((token) => ({
    text: shownText(token),
    step: surpriseStep(toBits(token.loss ?? 0) / Math.log2(vocabulary)),
  }));
  return (
    <div className={styles.passage} dir="auto">
      {start !== '' && <span className={styles.first}>{start}</span>}
      <TokenText
        form="underline"
        label="Tokens of the passage"
        tokens={views}
        chosen={chosen}
        onChoose={onChoose}
        onPoint={onChoose}
      />
    </div>
  );
}

type Row = InspectedToken & { index: number };

const COLUMNS: readonly Column<Row>[] = [
  { id: 'token', header: 'Token', cell: (row) => <TokenChip text={shownText(row)} /> },
  {
    id: 'surprisal',
    header: 'Surprisal, bits',
    isNumber: true,
    cell: ({ loss }) => (loss === undefined ? '–' : formatNumber(toBits(loss))),
  },
  { id: 'rank', header: 'Rank', isNumber: true, cell: ({ rank }) => (rank === undefined ? '–' : formatCount(rank)) },
  { id: 'entropy', header: 'Entropy, bits', isNumber: true, cell: ({ entropy }) => formatNumber(toBits(entropy)) },
];

function TokenTable({ found, chosen, onChoose }: FoundProps) {
  return (
    <Table
      label={TITLE}
      isDense
      columns={COLUMNS}
      rows={found.tokens.map((token, index) => ({ ...token, index }))}
      rowKey={({ index }) => String(index)}
      chosenKey={chosen === undefined ? undefined : String(chosen)}
      onChoose={({ index }) => onChoose(index)}
    />
  );
}
