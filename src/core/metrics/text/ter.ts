import { type TextMetric, withoutWhiteEnd, wordsOf } from './textMetric';

/** Corpus TER in percent: edits from the output to the reference per reference word. A shift counts as one edit. */
export const ter: TextMetric = {
  label: 'TER',
  unit: '%',
  better: 'lower',
  source:
    'Snover et al. 2006, "A Study of Translation Edit Rate with Targeted Human Annotation"; as sacreBLEU 2 reckons it',
  signature: 'nrefs:1|case:lc|tok:tercom|norm:no|punct:yes|asian:no',
  longest: { unit: 'word', count: 5000 },
  statistics(output, wanted) {
    const [given, right] = [output, wanted].map((text) => wordsOf(withoutWhiteEnd(text).toLowerCase()));
    return [edits(given!, right!), right!.length];
  },
  score([all, wanted]) {
    if (wanted! > 0) return (100 * all!) / wanted!;
    return all! > 0 ? 100 : 0;
  },
};

/** Limits of Tercom, and sacreBLEU's maximum number of shift candidates. */
const MAX_SHIFT_LENGTH = 10;
const FARTHEST = 50;
const BEAM = 25;
const MAX_SHIFT_CANDIDATES = 1000;

/** Number of shifts, each the one that reduces the distance most, plus the remaining edits. */
function edits(given: readonly string[], wanted: readonly string[]): number {
  if (wanted.length === 0) return given.length;
  const tried = { count: 0 };
  let words = given;
  for (let moves = 0; ; moves++) {
    const table = distances(words, wanted);
    const best = bestMove(words, wanted, table, tried);
    if (tried.count >= MAX_SHIFT_CANDIDATES || !best || best.gain <= 0) return moves + table.distance;
    words = best.words;
  }
}

interface Move {
  /** Reduction of the distance, in edits. */
  gain: number;
  length: number;
  from: number;
  to: number;
  words: readonly string[];
}

/** Best shift by Tercom's search, some of whose choices are arbitrary. */
function bestMove(
  words: readonly string[],
  wanted: readonly string[],
  table: Table,
  tried: { count: number },
): Move | undefined {
  const { places, isWrongGiven, isWrongWanted } = alignment(table);
  let best: Move | undefined;
  for (const [from, at, length] of commonRuns(words, wanted, nextOf(isWrongGiven), nextOf(isWrongWanted))) {
    if (places[at]! >= from && places[at]! < from + length) continue;
    let before = -1;
    for (let offset = -1; offset < length; offset++) {
      if (at + offset >= places.length) break;
      const to = at + offset === -1 ? 0 : places[at + offset]! + 1;
      if (to === before) continue;
      before = to;
      const shifted = moved(words, from, length, to);
      const move = {
        gain: table.distance - distanceOf(shifted, wanted, words, table),
        length,
        from,
        to,
        words: shifted,
      };
      tried.count++;
      if (!best || isBetter(move, best)) best = move;
    }
    if (tried.count >= MAX_SHIFT_CANDIDATES) break;
  }
  return best;
}

/** Prefers a higher gain, then a longer run, then an earlier origin, then an earlier destination. */
function isBetter(a: Move, b: Move): boolean {
  if (a.gain !== b.gain) return a.gain > b.gain;
  if (a.length !== b.length) return a.length > b.length;
  return a.from !== b.from ? a.from < b.from : a.to < b.to;
}

function moved(words: readonly string[], from: number, length: number, to: number): readonly string[] {
  const run = words.slice(from, from + length);
  const rest = [...words.slice(0, from), ...words.slice(from + length)];
  // A destination after the run counts the run's words; one inside it counts as if the run were removed.
  const place = to > from + length ? to - length : to;
  return [...rest.slice(0, place), ...run, ...rest.slice(place)];
}

/** [i] -> first true index at or after i; Infinity if there is none. */
function nextOf(is: readonly boolean[]): Float64Array {
  const next = new Float64Array(is.length + 1).fill(Infinity);
  for (let i = is.length - 1; i >= 0; i--) next[i] = is[i] ? i : next[i + 1]!;
  return next;
}

/**
 * Runs of words that both texts have, close enough to each other: start in each, and length. A run to shift has an
 * error at its origin and at its destination.
 */
function* commonRuns(
  words: readonly string[],
  wanted: readonly string[],
  wrongGiven: Float64Array,
  wrongWanted: Float64Array,
): Generator<readonly [number, number, number]> {
  for (let from = 0; from < words.length; from++) {
    if (wrongGiven[from]! - from >= MAX_SHIFT_LENGTH) continue;
    const last = Math.min(wanted.length - 1, from + FARTHEST);
    for (let at = Math.max(0, from - FARTHEST); at <= last; at++) {
      const min = 1 + Math.max(wrongGiven[from]! - from, wrongWanted[at]! - at);
      const max = Math.min(MAX_SHIFT_LENGTH, words.length - from, wanted.length - at);
      if (min > max) continue;
      for (let length = 1; length <= max && words[from + length - 1] === wanted[at + length - 1]; length++) {
        if (length >= min) yield [from, at, length];
      }
    }
  }
}

/** Edits of an output prefix against reference prefixes from length `from` on; lengths outside the row are too far. */
interface Row {
  from: number;
  /** Number of cells; the arrays may be longer. */
  length: number;
  costs: Int32Array;
  ops: Uint8Array;
}
const emptyRow = (length: number, from = 0): Row => ({
  from,
  length,
  costs: new Int32Array(length),
  ops: new Uint8Array(length),
});
/** Rows for prefixes of 0 and more words of the output, and the total distance. */
interface Table {
  distance: number;
  rows: readonly Row[];
  band: Band;
}
const [KEEP, CHANGE, DROP, ADD] = [0, 1, 2, 3] as const;
const FAR = 2 ** 30;

/** Range of cells near the diagonal in each row. */
class Band {
  private readonly ratio: number;
  private readonly beam: number;

  constructor(
    private readonly given: number,
    readonly wanted: number,
  ) {
    this.ratio = given > 0 ? wanted / given : 1;
    // Widened, because rows would not overlap if lengths differ that much.
    this.beam = BEAM < this.ratio / 2 ? Math.ceil(this.ratio / 2 + BEAM) : BEAM;
  }

  /** Maximum cells of a row. */
  get width(): number {
    return 2 * this.beam + 2;
  }

  row(i: number): readonly [from: number, end: number] {
    const diagonal = Math.floor(i * this.ratio);
    const end = i === this.given ? this.wanted + 1 : Math.min(this.wanted + 1, diagonal + this.beam);
    return [Math.max(0, diagonal - this.beam), end];
  }
}

/** Levenshtein distance within a beam around the diagonal, in memory linear in the number of words. */
function distances(words: readonly string[], wanted: readonly string[]): Table {
  const [n, m] = [words.length, wanted.length];
  const band = new Band(n, m);
  const rows = [emptyRow(m + 1)];
  rows[0]!.costs.forEach((_, j, costs) => (costs[j] = j));
  rows[0]!.ops.fill(ADD);
  for (let i = 1; i <= n; i++) {
    const [from, end] = band.row(i);
    const row = emptyRow(end - from, from);
    fillRow(row, rows[i - 1]!, words[i - 1]!, wanted);
    rows.push(row);
  }
  return { distance: lastOf(rows[n]!, m), rows, band };
}

/** Distance of another order of the same number of words; reuses the table's rows of their common prefix. */
function distanceOf(
  words: readonly string[],
  wanted: readonly string[],
  known: readonly string[],
  { rows, band }: Table,
): number {
  let same = 0;
  while (same < words.length && words[same] === known[same]) same++;
  let above = rows[same]!;
  let [row, spare] = [emptyRow(band.width), emptyRow(band.width)];
  for (let i = same + 1; i <= words.length; i++) {
    const [from, end] = band.row(i);
    row.from = from;
    row.length = end - from;
    fillRow(row, above, words[i - 1]!, wanted);
    above = row;
    [row, spare] = [spare, row];
  }
  return lastOf(above, band.wanted);
}

const lastOf = ({ from, length, costs }: Row, place: number): number =>
  place >= from && place < from + length ? costs[place - from]! : FAR;

function fillRow(row: Row, above: Row, word: string, wanted: readonly string[]): void {
  const { from, length, costs, ops } = row;
  const { costs: own, length: known } = above;
  let left = FAR;
  let k = from - above.from;
  for (let j = 0; j < length; j++, k++) {
    const up = k >= 0 && k < known ? own[k]! : FAR;
    let cost = up + 1;
    let op: number = DROP;
    if (from + j > 0) {
      const isSame = word === wanted[from + j - 1];
      const diagonal = (k > 0 && k <= known ? own[k - 1]! : FAR) + (isSame ? 0 : 1);
      if (diagonal <= cost) {
        cost = diagonal;
        op = isSame ? KEEP : CHANGE;
      }
      if (left + 1 < cost) {
        cost = left + 1;
        op = ADD;
      }
    }
    costs[j] = cost;
    ops[j] = op;
    left = cost;
  }
}

/** For each reference word, the index of the last output word aligned by then; and which words are wrong. */
function alignment({ rows, band }: Table) {
  let [i, j] = [rows.length - 1, band.wanted];
  const places = new Array<number>(j);
  const isWrongGiven = new Array<boolean>(i);
  const isWrongWanted = new Array<boolean>(j);
  while (i > 0 || j > 0) {
    const { from, ops } = rows[i]!;
    const op = ops[j - from] ?? KEEP;
    const isWrong = op !== KEEP;
    if (op !== ADD) isWrongGiven[--i] = isWrong;
    if (op !== DROP) isWrongWanted[--j] = isWrong;
    // At an insertion, the last aligned word is the one before.
    if (op !== DROP) places[j] = op === ADD ? i - 1 : i;
  }
  return { places, isWrongGiven, isWrongWanted };
}
