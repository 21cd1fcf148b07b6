import { useState } from 'react';
import { counted, formatNumber, formatReading, formatShare } from '../../core/base/units';
import type { Evaluation, Passage } from '../../core/evaluate/evaluation';
import {
  Icon,
  Pane,
  Segmented,
  SurpriseLegend,
  surpriseStep,
  TextAction,
  TokenChip,
  TokenText,
  type TokenView,
  text,
} from '../../ui';
import styles from './EvaluatePage.module.css';
import {
  type Filter,
  filterWords,
  passageKey,
  kindWords,
  type FilteredPassage,
  shownPassages,
  sourceWords,
  type PassageOrder,
} from './filter';
import { documentsWords } from './words';

const TITLES: Readonly<Record<PassageOrder, string>> = {
  worst: 'Worst passages',
  best: 'Best passages',
  random: 'Random passages',
};

/** Passages as tokens, underlined by surprisal. */
export function PassagesPane(p: {
  evaluation: Evaluation;
  vocabulary: number;
  filter: Filter | undefined;
  onClear: () => void;
}) {
  const { passages } = p.evaluation;
  const [which, setWhich] = useState<PassageOrder>('worst');
  const [openKey, setOpenKey] = useState<string>();
  if (!passages) return null;
  const shown = shownPassages(passages, which, p.filter);
  return (
    <Pane
      title={TITLES[which]}
      hint={`from ${documentsWords(p.evaluation)}`}
      isFirstOnPhone
      aside={
        <Segmented<PassageOrder>
          label="Which passages"
          value={which}
          onChange={setWhich}
          options={[
            { value: 'worst', label: 'Worst' },
            { value: 'best', label: 'Best' },
            { value: 'random', label: 'Random' },
          ]}
        />
      }
    >
      {p.filter && (
        <div className={styles.filters} role="status">
          Only
          <button type="button" className={styles.filter} onClick={p.onClear}>
            {filterWords(p.filter)}
            <Icon name="close" size={12} />
            <span className={text.hidden}>, remove this filter</span>
          </button>
          {counted(shown.length, 'passage')}
        </div>
      )}
      <ol className={styles.passages} aria-label={TITLES[which]}>
        {shown.slice(0, MAX_SHOWN).map((item) => {
          const key = passageKey(item.passage);
          return (
            <PassageItem
              key={key}
              shown={item}
              vocabulary={p.vocabulary}
              isOpen={key === openKey}
              onOpen={(isOpen) => setOpenKey(isOpen ? key : undefined)}
            />
          );
        })}
      </ol>
      {shown.length === 0 && <p className={styles.none}>No stored passage has such a token</p>}
      <div className={styles.foot}>
        <SurpriseLegend />
        <span>{hardestKindWords(p.evaluation)}</span>
      </div>
    </Pane>
  );
}
/** Maximum number of passages shown. */
const MAX_SHOWN = 20;

function PassageItem(p: {
  shown: FilteredPassage;
  vocabulary: number;
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
}) {
  const { passage, loss, isMatch } = p.shown;
  const [chosen, choose] = useState<number>();
  // Loss of a uniform prediction, in nats.
  const uniformLoss = Math.log(p.vocabulary);
  const tokens = passage.tokens.map((token, i): TokenView => ({
    text: token.text,
    step: token.loss !== undefined && isMatch(i) ? surpriseStep(token.loss / uniformLoss) : 0,
  }));
  const chosenIndex = chosen ?? hardestToken(passage);
  const perplexity = formatReading(Math.exp(loss));
  const name = `passage with perplexity ${perplexity}, ${sourceWords(passage.source)}`;
  return (
    <li>
      <div className={styles.passageHead}>
        Perplexity <b>{perplexity}</b>
        <span className={styles.source}>{sourceWords(passage.source)}</span>
        <TextAction label={`${p.isOpen ? 'Close' : 'Open'}, ${name}`} onPress={() => p.onOpen(!p.isOpen)}>
          {p.isOpen ? 'Close' : 'Open'}
        </TextAction>
      </div>
      <div className={styles.paint}>
        <TokenText
          form="underline"
          label={`Tokens, ${name}`}
          tokens={tokens}
          {...(p.isOpen && { chosen: chosenIndex, onChoose: choose })}
        />
      </div>
      {p.isOpen && <TokenReading token={passage.tokens[chosenIndex]!} />}
    </li>
  );
}

const hardestToken = ({ tokens }: Passage): number =>
  tokens.reduce((max, { loss = 0 }, i) => (loss > (tokens[max]!.loss ?? 0) ? i : max), 0);

/** Probability, kind and frequency of the chosen token. */
function TokenReading({ token: { text, loss, kind, count } }: { token: Passage['tokens'][number] }) {
  return (
    <p className={styles.reading}>
      <TokenChip text={text === '' ? null : text} />{' '}
      {loss === undefined ? (
        'not masked'
      ) : (
        <>
          probability <b>{formatShare(Math.exp(-loss))}</b>, 1 in {formatNumber(Math.exp(loss))}
        </>
      )}
      {' · '}
      {kindWords(kind).toLowerCase()}
      {count !== undefined && ` · ${counted(count, 'time')} in training text`}
    </p>
  );
}

/** Kind of token with the highest perplexity; empty if unknown. */
function hardestKindWords({ where }: Evaluation): string {
  const [max] = (where?.kind ?? []).toSorted((a, b) => b.loss - a.loss);
  return max && where!.kind.length > 1 ? `Hardest kind: ${kindWords(max.kind).toLowerCase()}` : '';
}
