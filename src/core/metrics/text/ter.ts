import { type TextMetric, withoutWhiteEnd, wordsOf } from './textMetric';

/** Of a corpus, in percent: edits that make what was wanted of an output, for each word that was wanted; to move words is one edit. */
export const ter: TextMetric = {
  label: 'TER',
  unit: '%',
  better: 'lower',
  source:
    'Snover et al. 2006, "A Study of Translation Edit Rate with Targeted Human Annotation"; as sacreBLEU 2 reckons it',
  signature: 'nrefs:1|case:lc|tok:tercom|norm:no|punct:yes|asian:no',
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
const MOST_MOVED = 10;
const FARTHEST = 50;
const BEAM = 25;
const MOST_TRIED = 1000;

/** Moves, each the one that lessens the distance most, and the edits that are left. */
function edits(given: readonly string[], wanted: readonly string[]): number {
  if (wanted.length === 0) return given.length;
  const tried = { count: 0 };
  let words = given;
  for (let moves = 0; ; moves++) {
    const table = distances(words, wanted);
    const best = bestMove(words, wanted, table, tried);
    if (tried.count >= MOST_TRIED || !best || best.gain <= 0) return moves + table.distance;
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
  for (const [from, at, length] of commonRuns(words, wanted)) {
    // What is moved is wrong where it is, and missing where it goes.
    if (!isWrongGiven.slice(from, from + length).includes(true)) continue;
    if (!isWrongWanted.slice(at, at + length).includes(true)) continue;
    if (places[at]! >= from && places[at]! < from + length) continue;
    let before = -1;
    for (let offset = -1; offset < length; offset++) {
      if (at + offset >= places.length) break;
      const to = at + offset === -1 ? 0 : places[at + offset]! + 1;
      if (to === before) continue;
      before = to;
      const shifted = moved(words, from, length, to);
      const move = {
        gain: table.distance - distances(shifted, wanted, words, table).distance,
        length,
        from,
        to,
        words: shifted,
      };
      tried.count++;
      if (!best || isBetter(move, best)) best = move;
    }
    if (tried.count >= MOST_TRIED) break;
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

/** Runs of words that both have, near enough to each other: where in each, and how long. */
function* commonRuns(
  words: readonly string[],
  wanted: readonly string[],
): Generator<readonly [number, number, number]> {
  for (let from = 0; from < words.length; from++) {
    const last = Math.min(wanted.length - 1, from + FARTHEST);
    for (let at = Math.max(0, from - FARTHEST); at <= last; at++) {
      const most = Math.min(MOST_MOVED, words.length - from, wanted.length - at);
      for (let length = 1; length <= most && words[from + length - 1] === wanted[at + length - 1]; length++) {
        yield [from, at, length];
      }
    }
  }
}

/** Edits by how many words of each have been read: [words + 1, wanted + 1]; and the last of them. */
interface Table {
  distance: number;
  costs: readonly Int32Array[];
  ops: readonly Uint8Array[];
}
const [KEEP, CHANGE, DROP, ADD] = [0, 1, 2, 3] as const;
const FAR = 2 ** 30;

/**
 * Levenshtein's distance within a beam about the diagonal.
 * @param known other words, as many, whose table is known: rows of a beginning that is the same are the same
 */
function distances(
  words: readonly string[],
  wanted: readonly string[],
  known?: readonly string[],
  table?: Table,
): Table {
  const [n, m] = [words.length, wanted.length];
  const ratio = n > 0 ? m / n : 1;
  // Where lengths differ that much, rows would not overlap.
  const beam = BEAM < ratio / 2 ? Math.ceil(ratio / 2 + BEAM) : BEAM;
  let same = 0;
  while (known && same < n && words[same] === known[same]) same++;
  const costs = table ? table.costs.slice(0, same + 1) : [Int32Array.from({ length: m + 1 }, (_, j) => j)];
  const ops = table ? table.ops.slice(0, same + 1) : [new Uint8Array(m + 1).fill(ADD)];
  for (let i = same + 1; i <= n; i++) {
    const above = costs[i - 1]!;
    const row = new Int32Array(m + 1).fill(FAR);
    const op = new Uint8Array(m + 1);
    const diagonal = Math.floor(i * ratio);
    const end = i === n ? m + 1 : Math.min(m + 1, diagonal + beam);
    for (let j = Math.max(0, diagonal - beam); j < end; j++) {
      if (j === 0) {
        row[0] = above[0]! + 1;
        op[0] = DROP;
        continue;
      }
      const isSame = words[i - 1] === wanted[j - 1];
      row[j] = above[j - 1]! + (isSame ? 0 : 1);
      op[j] = isSame ? KEEP : CHANGE;
      if (above[j]! + 1 < row[j]!) [row[j], op[j]] = [above[j]! + 1, DROP];
      if (row[j - 1]! + 1 < row[j]!) [row[j], op[j]] = [row[j - 1]! + 1, ADD];
    }
    costs.push(row);
    ops.push(op);
  }
  return { distance: costs[n]![m]!, costs, ops };
}

/** For each word that is wanted the place of the last word that was read by then; and which words are wrong. */
function alignment({ ops }: Table) {
  let [i, j] = [ops.length - 1, ops[0]!.length - 1];
  const places = new Array<number>(j);
  const isWrongGiven = new Array<boolean>(i);
  const isWrongWanted = new Array<boolean>(j);
  while (i > 0 || j > 0) {
    const op = ops[i]![j]!;
    const isWrong = op !== KEEP;
    if (op !== ADD) isWrongGiven[--i] = isWrong;
    if (op !== DROP) isWrongWanted[--j] = isWrong;
    // After an addition the last word that was read is the one before.
    if (op !== DROP) places[j] = op === ADD ? i - 1 : i;
  }
  return { places, isWrongGiven, isWrongWanted };
}
