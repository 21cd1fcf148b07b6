import { formatCount, formatReading } from '../../core/base/units';
import type { Evaluation } from '../../core/evaluate/evaluation';
import { BarFigure, Pane } from '../../ui';
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
        <p className={styles.none}>This model has no loss per token</p>
      </Pane>
    );
  }
  return (
    <Pane
      title="Where it fails"
      hint={`perplexity, log scale${overall === undefined ? '' : `; ${perplexityWords(overall)} overall`}`}
    >
      {breakdownsOf(p.evaluation, where, p.context)
        .filter(({ groups }) => groups.length > 0)
        .map(({ title, heading, groups, caption }) => {
          const filters = new Map(groups.map(({ filter }) => [filterId(filter), filter]));
          return (
            <BarFigure
              key={title}
              title={title}
              rows={groups.map(({ filter, label, share: { loss, tokens } }) => ({
                id: filterId(filter),
                label,
                value: loss,
                cells: [formatCount(tokens)],
              }))}
              format={perplexityWords}
              heads={[heading, 'Perplexity', 'Tokens']}
              chosen={p.filter && filterId(p.filter)}
              onChoose={(id) => p.onFilter(id === undefined ? undefined : filters.get(id))}
              {...(caption !== undefined && { caption })}
            />
          );
        })}
    </Pane>
  );
}

/** Perplexity by one property of the tokens, such as their kind. */
interface Breakdown {
  title: string;
  /** Heading of the column of labels. */
  heading: string;
  groups: readonly { filter: Filter; label: string; share: Share }[];
  caption?: string | undefined;
}

function breakdownsOf(
  { metrics, baselines }: Evaluation,
  { frequency = [], kind, source, document, ...where }: NonNullable<Evaluation['where']>,
  context: number,
): readonly Breakdown[] {
  const uniform = baselines['uniform']?.['loss'];
  const position = where.position.map(({ to, ...range }) => ({ ...range, to: Math.min(to, context) }));
  return [
    {
      title: 'By kind of token',
      heading: 'Kind',
      groups: kind.map((share) => ({
        filter: { by: 'kind', kind: share.kind },
        label: kindWords(share.kind),
        share,
      })),
      caption: 'Press a bar to filter the passages',
    },
    {
      title: 'By frequency in training text',
      heading: 'Frequency',
      groups: frequency.map(({ from, to, ...share }) => ({
        filter: { by: 'frequency', from, to },
        label: to === 0 ? 'never' : rangeWords({ from, to }),
        share,
      })),
      caption:
        uniform !== undefined && frequency.some(({ loss }) => loss > uniform)
          ? `Above ${perplexityWords(uniform)}: worse than guessing`
          : undefined,
    },
    {
      title: 'By position in the context',
      heading: 'Position',
      groups: position.map(({ from, to, ...share }) => ({
        filter: { by: 'position', from, to },
        label: `${from === to ? 'token ' : ''}${rangeWords({ from, to })}`,
        share,
      })),
      // A bidirectional model reads the whole context at every position.
      caption: metrics['perplexity'] && contextWords(position, context),
    },
    {
      title: 'By source',
      heading: 'Source',
      groups: (source.length > 1 ? source.slice(0, MAX_GROUPS) : []).map((share) => ({
        filter: { by: 'source', source: share.name },
        label: sourceWords(share.name),
        share,
      })),
      caption:
        source.length > MAX_GROUPS ? `Worst ${formatCount(MAX_GROUPS)} of ${formatCount(source.length)}` : undefined,
    },
    {
      title: 'Worst documents',
      heading: 'First words',
      groups: (document.length > 1 ? document.slice(0, MAX_GROUPS) : []).map((share) => ({
        filter: { by: 'document', document: share.document, begins: share.begins },
        label: share.begins || sourceWords(share.source),
        share,
      })),
    },
  ];
}
const MAX_GROUPS = 10;
