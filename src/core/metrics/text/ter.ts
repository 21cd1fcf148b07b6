import { type TextMetric, withoutWhiteEnd, wordsOf } from './textMetric';

/** Of a corpus, in percent: edits that make what was wanted of an output, for each word that was wanted; to move words is one edit. */
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

/** Limits of Tercom, and of sacreBLEU for how many moves are tried. */
const MAX_SHIFT_LENGTH = 10;
const FARTHEST = 50;
const BEAM = 25;
const MAX_SHIFT_CANDIDATES = 1000;

/** Moves, each the one that lessens the distance most, and the edits that are left. */
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
  /** By how many edits the distance is less. */
  gain: number;
  length: number;
  from: number;
  to: number;
  words: readonly string[];
}

/** As Tercom goes about it, whose choices are not all for a reason. */
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

/** More gained, then longer, then from farther left, then to farther left. */
function isBetter(a: Move, b: Move): boolean {
  if (a.gain !== b.gain) return a.gain > b.gain;
  if (a.length !== b.length) return a.length > b.length;
  return a.from !== b.from ? a.from < b.from : a.to < b.to;
}

function moved(words: readonly string[], from: number, length: number, to: number): readonly string[] {
  const run = words.slice(from, from + length);
  const rest = [...words.slice(0, from), ...words.slice(from + length)];
  // Beyond the run it is counted with it, within it as if it were not there.
  const place = to > from + length ? to - length : to;
  return [...rest.slice(0, place), ...run, ...rest.slice(place)];
}

/** [i] -> the first place from i on that is true; beyond all where there is none. */
function nextOf(is: readonly boolean[]): Float64Array {
  const next = new Float64Array(is.length + 1).fill(Infinity);
  for (let i = is.length - 1; i >= 0; i--) next[i] = is[i] ? i : next[i + 1]!;
  return next;
}

/**
 * Runs of words that both have, near enough to each other: where in each, and how long. What is moved is wrong where it is, and
 * missing where it goes.
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

/** Edits after so many words of the output, by words of what was wanted from the place `from` on; those beyond are too far. */
interface Row {
  from: number;
  /** Cells; the arrays may be longer. */
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
/** Rows for 0 words of the output and up; and the edits after all of them. */
interface Table {
  distance: number;
  rows: readonly Row[];
  band: Band;
}
const [KEEP, CHANGE, DROP, ADD] = [0, 1, 2, 3] as const;
const FAR = 2 ** 30;

/** Which cells of each row are near the diagonal. */
class Band {
  private readonly ratio: number;
  private readonly beam: number;

  constructor(
    private readonly given: number,
    readonly wanted: number,
  ) {
    this.ratio = given > 0 ? wanted / given : 1;
    // Where lengths differ that much, rows would not overlap.
    this.beam = BEAM < this.ratio / 2 ? Math.ceil(this.ratio / 2 + BEAM) : BEAM;
  }

  /** Cells of a row, at most. */
  get width(): number {
    return 2 * this.beam + 2;
  }

  row(i: number): readonly [from: number, end: number] {
    const diagonal = Math.floor(i * this.ratio);
    const end = i === this.given ? this.wanted + 1 : Math.min(this.wanted + 1, diagonal + this.beam);
    return [Math.max(0, diagonal - this.beam), end];
  }
}

/** Levenshtein's distance within a beam about the diagonal, in memory linear in the words. */
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

/** The distance of other words, as many as have a table: rows of a beginning that is the same are the same. */
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

/** For each word that is wanted the place of the last word that was read by then; and which words are wrong. */
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
    // After an addition the last word that was read is the one before.
    if (op !== DROP) places[j] = op === ADD ? i - 1 : i;
  }
  return { places, isWrongGiven, isWrongWanted };
}
