/**
 * Fits the constants of the quality model (src/core/plan/quality.ts), which predicts the best loss of a run. To write
 * src/core/plan/constants.ts: `node --import tsx bench/plan/fit.ts`. Data: runs.csv has final losses of PyTorch runs
 * (train.py, decision 50), and recorded.jsonl has curves of our own runs (record.ts, decision 136).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { levenbergMarquardt } from 'ml-levenberg-marquardt';
import {
  type Circumstances,
  type Constants,
  isCovered,
  type QualityKind,
  remainingShare,
  spreadOfRepetition,
} from '../../src/core/plan/quality';
import { circumstancesOf, lossOf, readRecorded, seenOf, unigramLossOf } from './recorded';

/** A run with its losses in one unit, nats per token or bits per byte. */
interface QualityRun {
  /** Name of the text. Excerpts of one text share the part before the hyphen. */
  text: string;
  run: Circumstances;
  /** Loss of the unigram model. */
  unigram: number;
  /** Loss at the best evaluation. */
  loss: number;
  /** Lowest loss so far at each evaluation before the last one; empty if only the final loss is known. */
  seen: readonly { step: number; loss: number }[];
}

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Returns the runs to fit. Leaves out runs whose validation set is unlike their training text. */
export const readRuns = (): readonly QualityRun[] =>
  [...readTable(), ...readCurves('recorded.jsonl')].filter(isValidationLikeTraining);
/** Returns runs on other texts, which aren't fitted, of the settings that the quality model covers. */
export const readHeldOut = (): readonly QualityRun[] =>
  readCurves('heldOut.jsonl').filter(({ run }) => isCovered(run, 'adamw'));

const readCurves = (file: string): readonly QualityRun[] =>
  readRecorded(pathOf(file)).map((record) => ({
    text: record.text,
    run: circumstancesOf(record),
    unigram: unigramLossOf(record),
    loss: lossOf(record),
    seen: seenOf(record),
  }));
/** Whether a unigram model of the training text beats a uniform distribution on the validation set. */
const isValidationLikeTraining = ({ run, unigram }: QualityRun): boolean => unigram < Math.log(run.vocabulary);

/**
 * Reads runs.csv, with losses in bits per byte. Leaves out runs that memorized their text: the file has the loss at
 * their end, not at their best evaluation.
 */
function readTable(): readonly QualityRun[] {
  const [names, ...rows] = readFileSync(pathOf('runs.csv'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  return rows.flatMap((cells) => {
    const column = (name: string): number => Number(cells[names!.indexOf(name)]);
    const [perStep, steps] = [column('batch') * column('context'), column('steps')];
    const [unique, dropout] = [column('unique'), column('dropout')];
    if (dropout === 0 && (perStep * steps) / unique > MAX_EPOCHS) return [];
    const run: Circumstances = {
      kind: 'gpt',
      vocabulary: column('vocabulary'),
      repeated: column('repeated'),
      parameters: 12 * column('layers') * column('width') ** 2,
      unique,
      perStep,
      steps,
      learningRate: column('learningRate'),
      dropout,
    };
    return { text: cells[0]!, run, unigram: column('unigramBits'), loss: column('bits'), seen: [] };
  });
}
/** More epochs than this without dropout memorize the text. */
const MAX_EPOCHS = 20;

/** Initial value and bounds of each constant; src/core/plan/quality.ts says what it means. */
const FITTED_CONSTANTS: Readonly<Record<string, readonly [initial: number, min: number, max: number]>> = {
  floor: [0.38, 0, 0.6],
  sizeShare: [0.15, 0, 1],
  tokenShare: [0.47, 0.01, 2],
  tokenPower: [0.27, 0.1, 1],
  vocabularyPower: [0.15, -0.5, 1],
  repetition: [1.4, 0, 3],
  repeats: [9, 1, 50],
  copied: [25_000, 1000, 1e6],
  batch: [4000, 300, 5000],
  rate: [0.0022, 0.001, 0.006],
  rateShare: [0.07, 0, 0.5],
  dropoutShare: [0.18, 0, 1],
};
/** Architectures besides GPT. */
const OTHER_KINDS = ['llama', 'bert', 't5'] as const;
/** Constants of the other architectures, as multiples of GPT's. */
const RELATIVE_CONSTANTS = ['tokens', 'rate', 'floor'] as const;
/**
 * Regularization: residuals that pull these multiples to 1, because the other architectures have few runs. The rate is
 * pulled hardest, because their learning rates differ too little to show the best one.
 */
const TIES = OTHER_KINDS.flatMap((kind) =>
  RELATIVE_CONSTANTS.map((name) => ({ kind, name, weight: name === 'rate' ? 1 : 0.2 })),
);
/**
 * Not fitted, because sizes differ too little here. Half of the value by Hoffmann et al. (0.34), which fits no worse
 * than any from 0.02 to 0.3.
 */
const SIZE_POWER = 0.17;

/**
 * Fits all constants, rounded to three digits. Minimizes the squared log ratios of expected and measured losses.
 * @param heldOut runs on other texts, for the spread of estimates and the noise of curves
 */
export function fit(runs: readonly QualityRun[], heldOut: readonly QualityRun[]): Constants {
  const names = Object.keys(FITTED_CONSTANTS);
  // The optimizer uses one step size for all parameters, so each is divided by its initial value.
  const scaledColumn = (column: 0 | 1 | 2): number[] =>
    names.map((name) => FITTED_CONSTANTS[name]![column] / FITTED_CONSTANTS[name]![0]);
  const constantsOf = (scaled: readonly number[]): Constants => {
    const shared = names.map((name, i) => [name, scaled[i]! * FITTED_CONSTANTS[name]![0]] as const);
    const relative = (kind: QualityKind) =>
      Object.fromEntries(
        RELATIVE_CONSTANTS.map((name) => {
          const tieIndex = TIES.findIndex((tie) => tie.kind === kind && tie.name === name);
          return [name, tieIndex < 0 ? 1 : scaled[names.length + tieIndex]!];
        }),
      );
    const kinds = Object.fromEntries((['gpt', ...OTHER_KINDS] as const).map((kind) => [kind, relative(kind)]));
    return {
      ...Object.fromEntries(shared),
      sizePower: SIZE_POWER,
      kinds,
      spread: 0,
      curve: { noise: 0, decay: 0 },
    } as unknown as Constants;
  };
  const ties = TIES.map(() => 1);
  const { parameterValues } = levenbergMarquardt(
    { x: [...runs, ...ties].map((_, i) => i), y: [...runs, ...ties].map(() => 0) },
    (scaled) => {
      const constants = constantsOf(scaled);
      return (i) =>
        i < runs.length
          ? weightedResidual(runs[i]!, constants)
          : TIES[i - runs.length]!.weight * Math.log(scaled[names.length + i - runs.length]!);
    },
    {
      initialValues: [...scaledColumn(0), ...ties],
      minValues: [...scaledColumn(1), ...ties.map(() => 0.1)],
      maxValues: [...scaledColumn(2), ...ties.map(() => 5)],
      damping: 1e-3,
      gradientDifference: 1e-4,
      centralDifference: true,
      maxIterations: 400,
      errorTolerance: 1e-9,
    },
  );
  const constants = constantsOf(parameterValues);
  const spread = fitSpread(heldOut, constants);
  return roundToThreeDigits({ ...constants, spread, curve: fitCurve([...runs, ...heldOut], { ...constants, spread }) });
}

/**
 * Fits how much a curve says about its end before it gets there (forecast.ts): the standard deviation of that forecast
 * is noise · exp(−decay · share of the steps done). Searches a grid for the maximum likelihood of the measured final
 * losses. The grid may be coarse, because the two constants compensate for each other.
 */
function fitCurve(runs: readonly QualityRun[], constants: Constants): Constants['curve'] {
  const observed = runs.flatMap((record) => {
    const end = -logRatio(record, constants);
    const prior = constants.spread * spreadOfRepetition(record.run);
    return record.seen.map(({ step, loss }) => {
      const expected = remainingShare({ ...record.run, steps: step }, constants) * record.unigram;
      return { share: step / record.run.steps, ratio: Math.log(loss / expected), end, prior };
    });
  });
  const negativeLogLikelihood = (noise: number, decay: number): number =>
    observed.reduce((sum, { share, ratio, end, prior }) => {
      const variance = (noise * Math.exp(-decay * share)) ** 2;
      const weight = prior ** 2 / (prior ** 2 + variance);
      const posterior = prior ** 2 * (1 - weight);
      return sum + Math.log(posterior) + (end - weight * ratio) ** 2 / posterior;
    }, 0);
  const grid = [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1, 1.2].flatMap((noise) =>
    [2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6, 7].map((decay) => ({
      noise,
      decay,
      objective: negativeLogLikelihood(noise, decay),
    })),
  );
  const best = grid.reduce((a, b) => (a.objective <= b.objective ? a : b));
  return { noise: best.noise, decay: best.decay };
}

/** Log ratio, divided by the factor by which repetition widens the spread. */
export const weightedResidual = (record: QualityRun, constants: Constants): number =>
  logRatio(record, constants) / spreadOfRepetition(record.run);

/** Logarithm of expected over measured loss. */
const logRatio = ({ run, unigram, loss }: QualityRun, constants: Constants): number =>
  Math.log((remainingShare(run, constants) * unigram) / loss);

/** Standard deviation of the weighted residuals on texts that weren't fitted. */
const fitSpread = (heldOut: readonly QualityRun[], constants: Constants): number =>
  Math.sqrt(heldOut.reduce((sum, record) => sum + weightedResidual(record, constants) ** 2, 0) / heldOut.length);

const roundToThreeDigits = <T>(values: T): T =>
  JSON.parse(JSON.stringify(values), (_, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(3)) : value,
  ) as T;

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const runs = readRuns();
  const constants = fit(runs, readHeldOut());
  writeFileSync(
    pathOf('../../src/core/plan/constants.ts'),
    `/** Constants of the quality model. Written by bench/plan/fit.ts from its recorded runs; a test holds the two together. */\nexport const CONSTANTS = ${JSON.stringify(constants, null, 2).replaceAll('"', '')} as const;\n`,
  );
  for (const record of runs) {
    const { kind, vocabulary, perStep, steps } = record.run;
    const errorPercent = (100 * (Math.exp(logRatio(record, constants)) - 1)).toFixed(1);
    console.log(
      `${errorPercent.padStart(6)} %  ${kind} on ${record.text}, ${vocabulary} tokens, ${steps} steps of ${perStep}`,
    );
  }
  console.log(JSON.stringify(constants));
}
