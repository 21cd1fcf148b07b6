/**
 * Constants of the law of losses, from the ends of runs: `node --import tsx bench/plan/fit.ts` writes src/core/plan/constants.ts.
 * runs.csv is what bench/plan/train.py measured, a run a line (decision 0050).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { levenbergMarquardt } from 'ml-levenberg-marquardt';
import { type Circumstances, type Constants, remainingShare } from '../../src/core/plan/law';

/** A run by its settings; `unigramBits` and `bits`, what it ended at, are bits per byte of its held-out text. */
export interface Run {
  text: string;
  vocabulary: number;
  unigramBits: number;
  repeated: number;
  /** Tokens to learn from. */
  unique: number;
  layers: number;
  width: number;
  context: number;
  batch: number;
  steps: number;
  learningRate: number;
  dropout: number;
  bits: number;
}

const at = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
export function readRuns(): readonly Run[] {
  const [names, ...rows] = readFileSync(at('runs.csv'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  const valueOf = (name: string, cell: string): string | number => (name === 'text' ? cell : Number(cell));
  return rows.map(
    (cells) => Object.fromEntries(names!.map((name, i) => [name, valueOf(name, cells[i]!)])) as unknown as Run,
  );
}

/** Runs without dropout that read their text more often learn it by heart: the law says nothing of them. */
const MOST_EPOCHS = 20;
const isOfTheLaw = ({ batch, context, steps, unique, dropout }: Run): boolean =>
  dropout > 0 || (batch * context * steps) / unique <= MOST_EPOCHS;

export const circumstancesOf = ({ layers, width, context, batch, ...run }: Run): Circumstances => ({
  ...run,
  parameters: 12 * layers * width ** 2,
  perStep: batch * context,
});

/** Where the fit begins, and its bounds. */
const FITTED: Readonly<Record<string, readonly [from: number, low: number, high: number]>> = {
  floor: [0.2, 0, 0.6],
  sizeShare: [0.2, 0, 1],
  tokenShare: [0.4, 0.01, 2],
  tokenPower: [0.4, 0.1, 1],
  vocabularyPower: [0.1, -0.5, 1],
  repetition: [1, 0, 3],
  repeats: [8, 1, 50],
  batch: [2000, 300, 20_000],
  rate: [0.0025, 0.001, 0.006],
  rateShare: [0.05, 0, 0.5],
  dropoutShare: [0.1, 0, 1],
};
/**
 * Not fitted: sizes differ too little here to tell. It is half of what Hoffmann et al. found for the same term (0.34), which fits
 * no worse than any from 0.02 to 0.3.
 */
const SIZE_POWER = 0.17;

export function fit(all: readonly Run[]): Constants {
  const runs = all.filter(isOfTheLaw);
  const names = Object.keys(FITTED);
  // The optimiser's steps are of one size for all, so each is told by its logarithm or as it is, near 1.
  const column = (place: 0 | 1 | 2): number[] => names.map((name) => FITTED[name]![place] / FITTED[name]![0]);
  const constantsOf = (scaled: readonly number[]): Constants => {
    const values = names.map((name, i) => [name, scaled[i]! * FITTED[name]![0]] as const);
    return { ...(Object.fromEntries(values) as unknown as Constants), sizePower: SIZE_POWER, spread: 0 };
  };
  const logRatio = (run: Run, constants: Constants): number =>
    Math.log((remainingShare(circumstancesOf(run), constants) * run.unigramBits) / run.bits);
  const { parameterValues } = levenbergMarquardt(
    { x: runs.map((_, i) => i), y: runs.map(() => 0) },
    (scaled) => {
      const constants = constantsOf(scaled);
      return (i) => logRatio(runs[i]!, constants);
    },
    {
      initialValues: column(0),
      minValues: column(1),
      maxValues: column(2),
      damping: 1e-3,
      gradientDifference: 1e-4,
      centralDifference: true,
      maxIterations: 400,
      errorTolerance: 1e-9,
    },
  );
  const constants = constantsOf(parameterValues);
  return rounded({ ...constants, spread: spreadOf(runs, (run) => logRatio(run, constants)) });
}

/** Of a run of a text that is not among these: how texts differ, and how runs of one do. */
function spreadOf(runs: readonly Run[], residual: (run: Run) => number): number {
  const texts = [...new Set(runs.map(({ text }) => text.split('-')[0]!))];
  const byText = texts.map((text) => runs.filter((run) => run.text.startsWith(text)).map(residual));
  const means = byText.map(mean);
  const inside = byText.flatMap((values, i) => values.map((value) => value - means[i]!));
  const variance = (values: readonly number[], free: number): number =>
    values.reduce((sum, value) => sum + value ** 2, 0) / free;
  return Math.sqrt(variance(means, texts.length - 1) + variance(inside, inside.length - texts.length));
}
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

const rounded = (constants: Constants): Constants =>
  Object.fromEntries(
    Object.entries(constants).map(([name, value]: [string, number]) => [name, Number(value.toPrecision(3))]),
  ) as unknown as Constants;

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const runs = readRuns();
  const constants = fit(runs);
  const lines = Object.entries(constants).map(([name, value]) => `  ${name}: ${String(value)},\n`);
  writeFileSync(
    at('../../src/core/plan/constants.ts'),
    `/** Of the law of losses. Written by bench/plan/fit.ts from bench/plan/runs.csv; a test holds the two together. */\nexport const CONSTANTS = {\n${lines.join('')}} as const;\n`,
  );
  for (const run of runs) {
    const value = remainingShare(circumstancesOf(run), constants) * run.unigramBits;
    const { text, vocabulary, layers, width, batch, context, steps } = run;
    const off = (100 * (value / run.bits - 1)).toFixed(1);
    console.log(
      `${text} ${vocabulary} ${layers} x ${width}, ${batch} x ${context}, ${steps} steps: ${run.bits} expected ${value.toFixed(3)}, ${off} %${isOfTheLaw(run) ? '' : ', not of the law'}`,
    );
  }
}
