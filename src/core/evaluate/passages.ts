/** Passages with the highest and lowest loss, and some random ones, with losses of their tokens. */
import { stream } from '../base/rng';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { Evaluation, Passage } from './evaluation';
import { NOT_PREDICTED } from './scores';
import type { Scored } from './where';

/** Maximum number of passages in each group, and tokens in each. */
const MAX = { worst: 20, best: 10, random: 20 };
const LENGTH = 40;

/** Range of a document's tokens, `to` exclusive. `loss`: mean over the predicted tokens, in nats. */
interface Piece {
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
  scored: readonly Scored[],
  tokenizer: Tokenizer,
  { counts, seed }: { counts?: ArrayLike<number> | undefined; seed: number },
): NonNullable<Evaluation['passages']> {
  const all = scored.flatMap((each, document) => [...piecesOf(each, document)]);
  const longest = all.reduce((max, { from, to }) => Math.max(max, to - from), 0);
  const pieces = all.filter(({ from, to }) => to - from >= longest / 2);
  const sorted = [...pieces].sort((a, b) => b.loss - a.loss);
  const half = Math.ceil(pieces.length / 2);
  const at = stream(seed, 'passages', 0);
  const drawn = pieces.map((piece, i) => ({ piece, i, order: at(i) }));
  drawn.sort((a, b) => a.order - b.order);
  const random = drawn.slice(0, MAX.random).sort((a, b) => a.i - b.i);
  const asPassages = (some: readonly Piece[]): Passage[] =>
    some.map((piece) => passageOf(piece, scored[piece.document]!, tokenizer, counts));
  return {
    worst: asPassages(sorted.slice(0, Math.min(MAX.worst, half))),
    best: asPassages(sorted.slice(half).slice(-MAX.best).reverse()),
    random: asPassages(random.map(({ piece }) => piece)),
  };
}

function* piecesOf({ document, loss, position }: Scored, place: number): Generator<Piece> {
  const { length } = document.ids;
  for (let from = 0; from < length;) {
    let [to, sum, predicted] = [from, 0, 0];
    do {
      if (loss[to] !== NOT_PREDICTED) {
        sum += loss[to]!;
        predicted++;
      }
      to++;
    } while (to < length && to - from < LENGTH && position(to) === position(from) + to - from);
    if (predicted > 0) yield { document: place, from, to, loss: sum / predicted };
    from = to;
  }
}

function passageOf(
  { document: place, from, to, loss: mean }: Piece,
  { document, loss, kinds, position }: Scored,
  tokenizer: Tokenizer,
  counts?: ArrayLike<number>,
): Passage {
  const decoder = tokenizer.decoder();
  const tokens = Array.from({ length: to - from }, (_, i) => {
    const [at, id] = [from + i, document.ids[from + i]!];
    const text = decoder.push(id) + (at === to - 1 ? decoder.end() : '');
    return {
      text,
      kind: kinds[at]!,
      ...(loss[at] !== NOT_PREDICTED && { loss: loss[at]! }),
      ...(counts && { count: counts[id]! }),
    };
  });
  return { source: document.source, document: place, position: position(from), loss: mean, tokens };
}
