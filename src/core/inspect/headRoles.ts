/**
 * Roles of heads, measured on random tokens that are repeated once: no text gives the order away, so only attention to the
 * first copy can predict the second. Source: Olsson et al. 2022, arXiv:2209.11895.
 */
import { badSettings } from '../base/errors';
import { yieldToEventLoop, type Pause } from '../base/job';
import { bits } from '../base/rng';
import { formatCount } from '../base/units';
import { modelSpec } from '../models';
import type { Network } from '../models/network';
import { answerStart } from '../tokenizer/prompt';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { type AttentionSite, attentionWeights } from './attention';
import { headOf, headsOf } from './headSummary';
import { edgesOf } from './passage';

/** Where a head with this role looks. */
export const HEAD_ROLES = {
  previous: 'the token before',
  first: 'the first token of the row',
  same: 'the other copy of the token',
  induction: 'the token after the other copy of the token',
} as const;
export type HeadRole = keyof typeof HEAD_ROLES;

export interface HeadScores {
  /** Attention to its own tokens of a decoder or encoder (`self`), or of an encoder-decoder's encoder. */
  site: Exclude<AttentionSite, 'cross'>;
  layer: number;
  head: number;
  /** Mean weight on the token of each role, 0 to 1. */
  scores: Readonly<Record<HeadRole, number>>;
  /** Role with the highest score, if it is at least MIN_SCORE. */
  role: HeadRole | null;
}
export interface MeasuredRoles {
  /** Length of one copy, in tokens, and number of sequences. */
  length: number;
  sequences: number;
  heads: readonly HeadScores[];
}

/** Score from which a head has a role. */
export const MIN_SCORE = 0.4;
const SEQUENCES = 4;
/** Tokens of one copy, as far as the context allows. */
const MAX_LENGTH = 32;

/** @throws HomegrownError `bad-settings` if the context is too short for two copies */
export async function headRoles(
  network: Network,
  tokenizer: Tokenizer,
  seed: number,
  pause: Pause = yieldToEventLoop,
): Promise<MeasuredRoles> {
  const { choice } = network;
  const { context } = choice.config;
  const { kind } = modelSpec(choice.id);
  const [isPair, isEncoder] = [kind === 'encoder-decoder', kind === 'encoder'];
  const [before, after] = isPair ? [[answerStart(tokenizer)], []] : edgesOf(choice, tokenizer);
  const candidates = Array.from({ length: tokenizer.size }, (_, id) => id).filter(
    (id) => tokenizer.bytes(id).length > 0,
  );
  const length = Math.min(MAX_LENGTH, candidates.length, Math.floor((context - before.length - after.length) / 2));
  if (length < MIN_LENGTH)
    throw badSettings(
      `A context of ${formatCount(context)} tokens is too short to measure the roles of heads.`,
      `They need ${formatCount(2 * MIN_LENGTH + before.length + after.length)} tokens: two copies of ${formatCount(MIN_LENGTH)}.`,
    );
  const sums = new Map<string, HeadScores>();
  for (let sequence = 0; sequence < SEQUENCES; sequence++) {
    const drawn = drawnFrom(candidates, length, seed, sequence);
    const ids = [...before, ...drawn, ...drawn, ...after];
    const source = isPair && { source: [...drawn, ...drawn] };
    const found = await attentionWeights(network, { ids, ...source });
    for (const site of ['encoder', 'self'] as const) {
      const maps = found[site];
      if (!maps) continue;
      const start = site === 'encoder' ? 0 : before.length;
      for (let layer = 0; layer < maps.layers.length; layer++)
        for (let head = 0; head < headsOf(maps); head++) {
          const scores = scoresOf(headOf(maps, layer, head), {
            T: maps.keys,
            start,
            length,
            isCausal: site === 'self' && !isEncoder,
          });
          const key = `${site} ${layer} ${head}`;
          sums.set(key, added({ site, layer, head, scores, role: null }, sums.get(key)));
        }
    }
    await pause();
  }
  return { length, sequences: SEQUENCES, heads: [...sums.values()].map(meanOf) };
}
/** Tokens of one copy that a measurement needs. */
const MIN_LENGTH = 4;

/** Different ids in random order. */
function drawnFrom(candidates: readonly number[], length: number, seed: number, sequence: number): readonly number[] {
  const key = (id: number): number => bits(seed, 'repeated tokens', sequence, id);
  return candidates.toSorted((a, b) => key(a) - key(b) || a - b).slice(0, length);
}

interface Copies {
  /** Tokens of the row. */
  T: number;
  /** Position of the first copy. */
  start: number;
  /** Tokens of one copy. */
  length: number;
  /** Whether no token sees those after it. */
  isCausal: boolean;
}

/** Mean weights of one head, [T, T]. */
function scoresOf(weights: Float32Array, { T, start, length, isCausal }: Copies): HeadScores['scores'] {
  const mean = (keyOf: (query: number) => number | undefined): number => {
    let [sum, count] = [0, 0];
    for (let query = start; query < start + 2 * length; query++) {
      const key = keyOf(query);
      if (key === undefined) continue;
      sum += weights[query * T + key]!;
      count++;
    }
    return sum / count;
  };
  const otherCopy = (query: number): number | undefined => {
    if (query >= start + length) return query - length;
    return isCausal ? undefined : query + length;
  };
  return {
    previous: mean((query) => (query > start ? query - 1 : undefined)),
    first: mean((query) => (query > 0 ? 0 : undefined)),
    same: mean(otherCopy),
    induction: mean((query) => {
      const other = otherCopy(query);
      return other === undefined || other + 1 >= start + 2 * length ? undefined : other + 1;
    }),
  };
}

const ROLES = Object.keys(HEAD_ROLES) as readonly HeadRole[];
const scoresBy = (score: (role: HeadRole) => number): HeadScores['scores'] =>
  Object.fromEntries(ROLES.map((role) => [role, score(role)])) as HeadScores['scores'];

const added = (one: HeadScores, other: HeadScores | undefined): HeadScores =>
  other ? { ...one, scores: scoresBy((role) => one.scores[role] + other.scores[role]) } : one;

function meanOf(sum: HeadScores): HeadScores {
  const scores = scoresBy((role) => sum.scores[role] / SEQUENCES);
  const best = ROLES.reduce((a, b) => (scores[b] > scores[a] ? b : a));
  return { ...sum, scores, role: scores[best] >= MIN_SCORE ? best : null };
}
