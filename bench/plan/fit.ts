/**
 * Fits the constants of the quality model to recorded runs: `node --import tsx bench/plan/fit.ts` writes
 * src/core/plan/constants.ts. runs.csv: ends of runs in PyTorch (train.py, decision 50). recorded.jsonl: runs of our terminal
 * (record.ts, decision 136).
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
  /** Name of the text. Pieces of one text have one name before the hyphen. */
  text: string;
  run: Circumstances;
  unigram: number;
  /** Loss at the best evaluation. */
  loss: number;
  /** Best losses so far at evaluations before the last; none for runs where only the end is known. */
  seen: readonly { step: number; loss: number }[];
}

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Runs to fit: those of both files, without those whose validation set is unlike their training text. */
export const readRuns = (): readonly QualityRun[] => [...readTable(), ...readCurves('recorded.jsonl')].filter(isLikely);
/** Runs on other texts, of the kinds that have an estimate. */
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
/** Whether the unigram model beats a uniform guess; otherwise the validation set is unlike the training text. */
const isLikely = ({ run, unigram }: QualityRun): boolean => unigram < Math.log(run.vocabulary);

/** Runs of runs.csv. Leaves out runs that memorized their text, because the file lacks the best evaluation. */
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
const MAX_EPOCHS = 20;

/** Initial values and bounds of the fit. */
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
const OTHER_KINDS = ['llama', 'bert', 't5'] as const;
const RELATIVE_CONSTANTS = ['tokens', 'rate', 'floor'] as const;
/**
 * Ties other architectures, which have few runs, to GPT's constants. Their learning rates differ too little to show the
 * best one, so the rate has the strongest tie.
 */
const TIES = OTHER_KINDS.flatMap((kind) =>
  RELATIVE_CONSTANTS.map((name) => ({ kind, name, weight: name === 'rate' ? 1 : 0.2 })),
);
/**
 * Not fitted, because sizes differ too little here. Half of the value by Hoffmann et al. (0.34), which fits no worse
 * than any from 0.02 to 0.3.
 */
const SIZE_POWER = 0.17;

/** @param heldOut runs on other texts, for the spread and the noise of curves */
export function fit(runs: readonly QualityRun[], heldOut: readonly QualityRun[]): Constants {
  const names = Object.keys(FITTED_CONSTANTS);
  // The optimizer's steps have one size for all parameters, so each is scaled by its initial value to near 1.
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
          ? weightedOf(runs[i]!, constants)
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
  const spread = spreadOf(heldOut, constants);
  return roundToThreeDigits({ ...constants, spread, curve: curveOf([...runs, ...heldOut], { ...constants, spread }) });
}

/**
 * Noise of a curve as an observation of its end (forecast.ts), by maximum likelihood of the measured ends on a grid,
 * because the two constants trade off smoothly.
 */
function curveOf(runs: readonly QualityRun[], constants: Constants): Constants['curve'] {
  const observed = runs.flatMap((record) => {
    const end = -residualOf(record, constants);
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

/** Residual in standard deviations of a text that never repeats. */
export const weightedOf = (record: QualityRun, constants: Constants): number =>
  residualOf(record, constants) / spreadOfRepetition(record.run);

/** Log ratio of expected to measured loss. */
const residualOf = ({ run, unigram, loss }: QualityRun, constants: Constants): number =>
  Math.log((remainingShare(run, constants) * unigram) / loss);

/** Standard deviation for runs on texts that weren't fitted. */
const spreadOf = (heldOut: readonly QualityRun[], constants: Constants): number =>
  Math.sqrt(heldOut.reduce((sum, record) => sum + weightedOf(record, constants) ** 2, 0) / heldOut.length);

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
    const errorPercent = (100 * (Math.exp(residualOf(record, constants)) - 1)).toFixed(1);
    console.log(
      `${errorPercent.padStart(6)} %  ${kind} on ${record.text}, ${vocabulary} tokens, ${steps} steps of ${perStep}`,
    );
  }
  console.log(JSON.stringify(constants));
}
