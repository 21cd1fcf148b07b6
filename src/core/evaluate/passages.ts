/** Passages with the highest and lowest loss, and some random ones, with losses of their tokens. */
import { stream } from '../base/rng';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { Evaluation, Passage } from './evaluation';
import { NOT_PREDICTED } from './scores';
import type { ScoredDocument } from './where';

/** Maximum number of passages in each group, and tokens in each. */
const MAX_PASSAGES = { worst: 20, best: 10, random: 20 };
const MAX_TOKENS = 40;

/** Range of a document's tokens, `to` exclusive. `loss`: mean over the predicted tokens, in nats. */
interface TokenRange {
  document: number;
  from: number;
  to: number;
  loss: number;
}

/**
 * Cuts scored documents into passages. A passage never spans two windows. Drops the last one of a window if it is
 * shorter than half the maximum.
 */
export function passagesOf(
  scored: readonly ScoredDocument[],
  tokenizer: Tokenizer,
  { counts, seed }: { counts?: ArrayLike<number> | undefined; seed: number },
): NonNullable<Evaluation['passages']> {
  const ranges = scored.flatMap((scoredDocument, document) => [...rangesOf(scoredDocument, document)]);
  const longest = ranges.reduce((max, { from, to }) => Math.max(max, to - from), 0);
  const longRanges = ranges.filter(({ from, to }) => to - from >= longest / 2);
  const sorted = [...longRanges].sort((a, b) => b.loss - a.loss);
  const half = Math.ceil(longRanges.length / 2);
  const draw = stream(seed, 'passages', 0);
  const drawn = longRanges.map((range, i) => ({ range, i, order: draw(i) }));
  drawn.sort((a, b) => a.order - b.order);
  const random = drawn.slice(0, MAX_PASSAGES.random).sort((a, b) => a.i - b.i);
  const toPassages = (selected: readonly TokenRange[]): Passage[] =>
    selected.map((range) => passageOf(range, scored[range.document]!, tokenizer, counts));
  return {
    worst: toPassages(sorted.slice(0, Math.min(MAX_PASSAGES.worst, half))),
    best: toPassages(sorted.slice(half).slice(-MAX_PASSAGES.best).reverse()),
    random: toPassages(random.map(({ range }) => range)),
  };
}

function* rangesOf({ document, loss, position }: ScoredDocument, documentIndex: number): Generator<TokenRange> {
  const { length } = document.ids;
  for (let from = 0; from < length;) {
    let [to, sum, predicted] = [from, 0, 0];
    do {
      if (loss[to] !== NOT_PREDICTED) {
        sum += loss[to]!;
        predicted++;
      }
      to++;
    } while (to < length && to - from < MAX_TOKENS && position(to) === position(from) + to - from);
    if (predicted > 0) yield { document: documentIndex, from, to, loss: sum / predicted };
    from = to;
  }
}

function passageOf(
  { document: documentIndex, from, to, loss: meanLoss }: TokenRange,
  { document, loss, kinds, position }: ScoredDocument,
  tokenizer: Tokenizer,
  counts?: ArrayLike<number>,
): Passage {
  const decoder = tokenizer.decoder();
  const tokens = Array.from({ length: to - from }, (_, i) => {
    const [index, id] = [from + i, document.ids[from + i]!];
    const text = decoder.push(id) + (index === to - 1 ? decoder.end() : '');
    return {
      text,
      kind: kinds[index]!,
      ...(loss[index] !== NOT_PREDICTED && { loss: loss[index]! }),
      ...(counts && { count: counts[id]! }),
    };
  });
  return { source: document.source, document: documentIndex, position: position(from), loss: meanLoss, tokens };
}
