/** Filters passages by the pressed bar, and sorts them by the loss of its tokens. */
import type { Evaluation, Passage } from '../../core/evaluate/evaluation';
import { TOKEN_KINDS } from '../../core/evaluate/tokenKinds';
import { formatCount } from '../../core/base/units';

export type Filter =
  | { by: 'kind'; kind: string }
  | { by: 'source'; source: string }
  | { by: 'document'; document: number; begins: string }
  | { by: 'frequency' | 'position'; from: number; to: number };

export type PassageOrder = 'worst' | 'best' | 'random';

/** A passage; with a filter, the mean loss of its matching tokens. */
export interface FilteredPassage {
  passage: Passage;
  loss: number;
  /** Whether a token matches. */
  isMatch(index: number): boolean;
}

export const kindWords = (kind: string): string => (TOKEN_KINDS as Readonly<Record<string, string>>)[kind] ?? kind;

/** `10 to 99`, `1`. */
export const rangeWords = ({ from, to }: { from: number; to: number }): string =>
  from === to ? formatCount(from) : `${formatCount(from)} to ${formatCount(to)}`;

export const sourceWords = (source: string): string => (source === '' ? 'Deleted text' : source);

/** The filter in words. */
export function filterWords(filter: Filter): string {
  switch (filter.by) {
    case 'kind':
      return kindWords(filter.kind);
    case 'source':
      return sourceWords(filter.source);
    case 'document':
      return `“${filter.begins}…”`;
    case 'frequency':
      return filter.to === 0 ? 'tokens never in training text' : `tokens ${rangeWords(filter)} times in training text`;
    case 'position':
      return filter.from === filter.to
        ? `token ${formatCount(filter.from)} of the context`
        : `tokens ${rangeWords(filter)} of the context`;
    default:
      return filter satisfies never;
  }
}

export const filterId = (filter: Filter): string => JSON.stringify(filter);

function matcherOf(filter: Filter, passage: Passage): (index: number) => boolean {
  switch (filter.by) {
    case 'kind':
      return (index) => passage.tokens[index]!.kind === filter.kind;
    case 'source':
      return () => passage.source === filter.source;
    case 'document':
      return () => passage.document === filter.document;
    case 'frequency':
      return (index) => {
        const { count } = passage.tokens[index]!;
        return count !== undefined && count >= filter.from && count <= filter.to;
      };
    case 'position':
      return (index) => passage.position + index >= filter.from && passage.position + index <= filter.to;
    default:
      return filter satisfies never;
  }
}

/** Stored passages; with a filter, sorted from worst or from best. */
export function shownPassages(
  passages: NonNullable<Evaluation['passages']>,
  order: PassageOrder,
  filter: Filter | undefined,
): readonly FilteredPassage[] {
  if (!filter) return passages[order].map((passage) => ({ passage, loss: passage.loss, isMatch: () => true }));
  const candidates =
    order === 'random' ? passages.random : unique([...passages.worst, ...passages.best, ...passages.random]);
  const shown = candidates.flatMap((passage): FilteredPassage[] => {
    const isMatch = matcherOf(filter, passage);
    const losses = passage.tokens.flatMap(({ loss }, i) => (loss !== undefined && isMatch(i) ? [loss] : []));
    if (losses.length === 0) return [];
    return [{ passage, loss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length, isMatch }];
  });
  return order === 'random' ? shown : shown.toSorted((a, b) => (order === 'worst' ? b.loss - a.loss : a.loss - b.loss));
}

/** Removes duplicates: a passage may be among both the worst and the random ones. */
const unique = (passages: readonly Passage[]): readonly Passage[] => [
  ...new Map(passages.map((passage) => [passageKey(passage), passage])).values(),
];
export const passageKey = ({ document, position, tokens }: Passage): string =>
  JSON.stringify([document, position, tokens.map(({ text }) => text)]);
