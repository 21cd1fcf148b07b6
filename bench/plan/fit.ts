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
interface Fitted {
  /** Name of the text. Pieces of one text have one name before the hyphen. */
  text: string;
  run: Circumstances;
  unigram: number;
  /** Loss at the best evaluation. */
  loss: number;
  /** Best losses so far at evaluations before the last; none for runs where only the end is known. */
  seen: readonly { step: number; loss: number }[];
}

const at = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Runs to fit: those of both files, without those whose validation set is unlike their training text. */
export const readRuns = (): readonly Fitted[] => [...readTable(), ...readCurves('recorded.jsonl')].filter(isLikely);
/** Runs on other texts, of the kinds that have an estimate. */
export const readHeldOut = (): readonly Fitted[] =>
  readCurves('heldOut.jsonl').filter(({ run }) => isCovered(run, 'adamw'));

const readCurves = (file: string): readonly Fitted[] =>
  readRecorded(at(file)).map((one) => ({
    text: one.text,
    run: circumstancesOf(one),
    unigram: unigramLossOf(one),
    loss: lossOf(one),
    seen: seenOf(one),
  }));
/** Whether the unigram model beats a uniform guess; otherwise the validation set is unlike the training text. */
const isLikely = ({ run, unigram }: Fitted): boolean => unigram < Math.log(run.vocabulary);

/** Runs of runs.csv. Leaves out runs that memorized their text, because the file lacks the best evaluation. */
function readTable(): readonly Fitted[] {
  const [names, ...rows] = readFileSync(at('runs.csv'), 'utf8')
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
const FITTED: Readonly<Record<string, readonly [from: number, low: number, high: number]>> = {
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
const OTHERS = ['llama', 'bert', 't5'] as const;
const RELATIVE = ['tokens', 'rate', 'floor'] as const;
/**
 * Ties other architectures, which have few runs, to GPT's constants. Their learning rates differ too little to show the
 * best one, so the rate has the strongest tie.
 */
const TIES = OTHERS.flatMap((kind) => RELATIVE.map((name) => ({ kind, name, weight: name === 'rate' ? 1 : 0.2 })));
/**
 * Not fitted, because sizes differ too little here. Half of the value by Hoffmann et al. (0.34), which fits no worse
 * than any from 0.02 to 0.3.
 */
const SIZE_POWER = 0.17;

/** @param heldOut runs on other texts, for the spread and the noise of curves */
export function fit(runs: readonly Fitted[], heldOut: readonly Fitted[]): Constants {
  const names = Object.keys(FITTED);
  // The optimizer's steps have one size for all parameters, so each is scaled by its initial value to near 1.
  const column = (place: 0 | 1 | 2): number[] => names.map((name) => FITTED[name]![place] / FITTED[name]![0]);
  const constantsOf = (scaled: readonly number[]): Constants => {
    const shared = names.map((name, i) => [name, scaled[i]! * FITTED[name]![0]] as const);
    const relative = (kind: QualityKind) =>
      Object.fromEntries(
        RELATIVE.map((name) => {
          const place = TIES.findIndex((tie) => tie.kind === kind && tie.name === name);
          return [name, place < 0 ? 1 : scaled[names.length + place]!];
        }),
      );
    const kinds = Object.fromEntries((['gpt', ...OTHERS] as const).map((kind) => [kind, relative(kind)]));
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
      initialValues: [...column(0), ...ties],
      minValues: [...column(1), ...ties.map(() => 0.1)],
      maxValues: [...column(2), ...ties.map(() => 5)],
      damping: 1e-3,
      gradientDifference: 1e-4,
      centralDifference: true,
      maxIterations: 400,
      errorTolerance: 1e-9,
    },
  );
  const constants = constantsOf(parameterValues);
  const spread = spreadOf(heldOut, constants);
  return rounded({ ...constants, spread, curve: curveOf([...runs, ...heldOut], { ...constants, spread }) });
}

/**
 * Noise of a curve as an observation of its end (forecast.ts), by maximum likelihood of the measured ends on a grid,
 * because the two constants trade off smoothly.
 */
function curveOf(runs: readonly Fitted[], constants: Constants): Constants['curve'] {
  const observed = runs.flatMap((one) => {
    const end = -residualOf(one, constants);
    const prior = constants.spread * spreadOfRepetition(one.run);
    return one.seen.map(({ step, loss }) => {
      const expected = remainingShare({ ...one.run, steps: step }, constants) * one.unigram;
      return { share: step / one.run.steps, ratio: Math.log(loss / expected), end, prior };
    });
  });
  const unlikelihood = (noise: number, decay: number): number =>
    observed.reduce((sum, { share, ratio, end, prior }) => {
      const variance = (noise * Math.exp(-decay * share)) ** 2;
      const weight = prior ** 2 / (prior ** 2 + variance);
      const posterior = prior ** 2 * (1 - weight);
      return sum + Math.log(posterior) + (end - weight * ratio) ** 2 / posterior;
    }, 0);
  const grid = [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1, 1.2].flatMap((noise) =>
    [2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6, 7].map((decay) => ({ noise, decay, lack: unlikelihood(noise, decay) })),
  );
  const { noise, decay } = grid.reduce((a, b) => (a.lack <= b.lack ? a : b));
  return { noise, decay };
}

/** Residual in standard deviations of a text that never repeats. */
export const weightedOf = (one: Fitted, constants: Constants): number =>
  residualOf(one, constants) / spreadOfRepetition(one.run);

/** Log ratio of expected to measured loss. */
const residualOf = ({ run, unigram, loss }: Fitted, constants: Constants): number =>
  Math.log((remainingShare(run, constants) * unigram) / loss);

/** Standard deviation for runs on texts that weren't fitted. */
const spreadOf = (heldOut: readonly Fitted[], constants: Constants): number =>
  Math.sqrt(heldOut.reduce((sum, one) => sum + weightedOf(one, constants) ** 2, 0) / heldOut.length);

const rounded = <T>(values: T): T =>
  JSON.parse(JSON.stringify(values), (_, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(3)) : value,
  ) as T;

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const runs = readRuns();
  const constants = fit(runs, readHeldOut());
  writeFileSync(
    at('../../src/core/plan/constants.ts'),
    `/** Constants of the quality model. Written by bench/plan/fit.ts from its recorded runs; a test holds the two together. */\nexport const CONSTANTS = ${JSON.stringify(constants, null, 2).replaceAll('"', '')} as const;\n`,
  );
  for (const one of runs) {
    const { kind, vocabulary, perStep, steps } = one.run;
    const off = (100 * (Math.exp(residualOf(one, constants)) - 1)).toFixed(1);
    console.log(`${off.padStart(6)} %  ${kind} on ${one.text}, ${vocabulary} tokens, ${steps} steps of ${perStep}`);
  }
  console.log(JSON.stringify(constants));
}
