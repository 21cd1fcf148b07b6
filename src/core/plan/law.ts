/** What a run is expected to reach: a law of losses with constants that were fitted to runs (decision 0050). */
import { CONSTANTS } from './constants';

/** A value, and between which two it is expected to lie nine times of ten. */
export interface Band {
  value: number;
  low: number;
  high: number;
}

/** What the law goes by. */
export interface Circumstances {
  /** Entries. */
  vocabulary: number;
  /** Share of the text that is said word for word again. */
  repeated: number;
  /** Of the matrices of layers. */
  parameters: number;
  /** Tokens of the part that is learnt from, each counted once. */
  unique: number;
  perStep: number;
  steps: number;
  learningRate: number;
  dropout: number;
}

export interface Constants {
  /** What no model and no text of any size would do away with. */
  floor: number;
  /** Of too few parameters. */
  sizeShare: number;
  sizePower: number;
  /** Of too few tokens. */
  tokenShare: number;
  tokenPower: number;
  /** By how much more there is to learn of a larger vocabulary. */
  vocabularyPower: number;
  /** By how much less there is to learn of what is said again. */
  repetition: number;
  /** Times that a text can be read again until another time is worth little. */
  repeats: number;
  /** Tokens a step above which they count for less, of a run of a million. */
  batch: number;
  /** The best peak of the learning rate for 512 tokens a step, and how much another costs: of its logarithm, squared. */
  rate: number;
  rateShare: number;
  /** What dropout costs, by its probability. */
  dropoutShare: number;
  /** Standard deviation of the logarithm of what was measured over what is expected. */
  spread: number;
}

/**
 * The share that remains of what guessing tokens by how common they are costs. Chinchilla's form (Hoffmann et al. 2022,
 * arXiv:2203.15556), with tokens that count for less when they are read again (Muennighoff et al. 2023, arXiv:2305.16264) and
 * in steps of many (Zhang et al. 2024, arXiv:2410.21676), and with more to learn of a larger vocabulary (Tao et al. 2024,
 * arXiv:2407.13623).
 */
export function remainingShare(run: Circumstances, c: Constants): number {
  const { vocabulary, repeated, parameters, unique, perStep, steps, learningRate, dropout } = run;
  const read = perStep * steps;
  const again = Math.max(0, read / unique - 1);
  const fresh = read <= unique ? read : unique * (1 + c.repeats * (1 - Math.exp(-again / c.repeats)));
  const counted = fresh / (1 + perStep / (c.batch * Math.sqrt(read / 1e6)));
  const missed = c.sizeShare * (parameters / 1e5) ** -c.sizePower + c.tokenShare * (counted / 1e5) ** -c.tokenPower;
  const off = Math.log(learningRate / bestRate(perStep, c));
  const share =
    c.floor + missed * (vocabulary / 4096) ** c.vocabularyPower + c.rateShare * off ** 2 + c.dropoutShare * dropout;
  return share * Math.exp(-c.repetition * repeated);
}

/**
 * Bits per byte of held-out text that a run is expected to end at.
 * @param unigramBits those of always guessing by how common each token is
 */
export function expectedBits(run: Circumstances, unigramBits: number): Band {
  const value = unigramBits * Math.min(1, remainingShare(run, CONSTANTS));
  const width = Math.exp(NINE_OF_TEN * CONSTANTS.spread);
  return { value, low: value / width, high: value * width };
}
/** Standard deviations to either side: of Student's t with 12 degrees of freedom, for the texts were thirteen, and as many means. */
export const NINE_OF_TEN = 1.782 * Math.sqrt(1 + 1 / 13);

/** The peak for so many tokens a step. */
export const peakRate = (perStep: number): number =>
  Number(Math.min(HIGHEST_RATE, bestRate(perStep, CONSTANTS)).toPrecision(2));
/** The highest that was tried. */
const HIGHEST_RATE = 6e-3;

/** As the root of the tokens a step, as noise in gradients has it (Malladi et al. 2022, arXiv:2205.10287). */
const bestRate = (perStep: number, { rate }: Pick<Constants, 'rate'>): number => rate * Math.sqrt(perStep / 512);
