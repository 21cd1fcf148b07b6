import { formatCount, formatReading } from '../../core/base/units';
import type { Evaluation } from '../../core/evaluate/evaluation';
import { BarFigure, Pane, type BarRow } from '../../ui';
import styles from './EvaluatePage.module.css';
import { type Filter, filterId, kindWords, rangeWords, sourceWords } from './filter';
import { contextWords } from './words';

type Share = { loss: number; tokens: number };
/** @param loss in nats per token */
const perplexityWords = (loss: number): string => formatReading(Math.exp(loss));

/** Perplexity by kind, frequency, position and source of tokens. A bar filters the passages. */
export function WherePane(p: {
  evaluation: Evaluation;
  /** Context length in tokens. */
  context: number;
  filter: Filter | undefined;
  onFilter: (filter: Filter | undefined) => void;
}) {
  const { where, metrics } = p.evaluation;
  const overall = metrics['loss']?.value;
  if (!where) {
    return (
      <Pane title="Where it fails">
        <Nothing />
      </Pane>
    );
  }
  const figure = (title: string, of: string, all: readonly (readonly [Filter, string, Share])[], caption?: string) => {
    const rows: readonly BarRow[] = all.map(([filter, label, { loss, tokens }]) => ({
      id: filterId(filter),
      label,
      value: loss,
      cells: [formatCount(tokens)],
    }));
    const filters = new Map(all.map(([filter]) => [filterId(filter), filter]));
    return (
      all.length > 0 && (
        <BarFigure
          title={title}
          rows={rows}
          format={perplexityWords}
          heads={[of, 'Perplexity', 'Tokens']}
          chosen={p.filter && filterId(p.filter)}
          onChoose={(id) => p.onFilter(id === undefined ? undefined : filters.get(id))}
          {...(caption !== undefined && { caption })}
        />
      )
    );
  };
  const uniform = p.evaluation.baselines['uniform']?.['loss'];
  const { frequency = [], kind, source, document } = where;
  const position = where.position.map(({ to, ...each }) => ({ ...each, to: Math.min(to, p.context) }));
  return (
    <Pane
      title="Where it fails"
      hint={`perplexity, log scale${overall === undefined ? '' : `; ${perplexityWords(overall)} overall`}`}
    >
      {figure(
        'By kind of token',
        'Kind',
        kind.map((each) => [{ by: 'kind', kind: each.kind }, kindWords(each.kind), each]),
        'Press a bar to filter the passages',
      )}
      {figure(
        'By frequency in training text',
        'Frequency',
        frequency.map(({ from, to, ...each }) => [
          { by: 'frequency', from, to },
          to === 0 ? 'never' : rangeWords({ from, to }),
          each,
        ]),
        uniform !== undefined && frequency.some(({ loss }) => loss > uniform)
          ? `Above ${perplexityWords(uniform)}: worse than guessing`
          : undefined,
      )}
      {figure(
        'By position in the context',
        'Position',
        position.map(({ from, to, ...each }) => [
          { by: 'position', from, to },
          `${from === to ? 'token ' : ''}${rangeWords({ from, to })}`,
          each,
        ]),
        // A bidirectional model reads the whole context at every position.
        metrics['perplexity'] && contextWords(position, p.context),
      )}
      {source.length > 1 &&
        figure(
          'By source',
          'Source',
          source.slice(0, MAX).map((each) => [{ by: 'source', source: each.name }, sourceWords(each.name), each]),
          source.length > MAX ? `Worst ${formatCount(MAX)} of ${formatCount(source.length)}` : undefined,
        )}
      {document.length > 1 &&
        figure(
          'Worst documents',
          'First words',
          document
            .slice(0, MAX)
            .map((each) => [
              { by: 'document', document: each.document, begins: each.begins },
              each.begins || sourceWords(each.source),
              each,
            ]),
        )}
    </Pane>
  );
}
const MAX = 10;

const Nothing = () => <Note>This model has no loss per token</Note>;
const Note = ({ children }: { children: string }) => <p className={styles.none}>{children}</p>;
