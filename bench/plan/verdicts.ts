/**
 * Compares verdicts on recorded curves with a reader's labels: `node --import tsx bench/plan/verdicts.ts` prints where
 * they differ. The reader labeled plots, before seeing any verdict (curves.jsonl, labels.json).
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { METRICS } from '../../src/core/metrics';
import { causal } from '../../src/core/objectives/causal';
import { judge } from '../../src/core/train/judge';
import type { RunCurve, VerdictKind } from '../../src/core/train/verdict';
import type { CurvePoint } from './recorded';

interface Curve {
  id: number;
  text: string;
  model: string;
  objective: string;
  vocabulary: number;
  planned: number;
  isOver: boolean;
  perStep: number;
  warmup: number;
  trainTokens: number;
  heldTokens: number;
  /** Loss of a unigram model, in nats per token. */
  unigram: number;
  looks: readonly CurvePoint[];
}

interface Label {
  id: number;
  label: VerdictKind;
  /** Alternative label, if the reader hesitated. */
  second: VerdictKind | null;
}

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
export const readCurves = (): readonly Curve[] =>
  readFileSync(pathOf('curves.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Curve);
export const readLabels = (): readonly Label[] =>
  JSON.parse(readFileSync(pathOf('labels.json'), 'utf8')) as readonly Label[];

/** Whether a curve is for tuning thresholds, not for testing: every second curve, in an order drawn by seed. */
export const isForTuning = ({ id }: Pick<Curve, 'id'>): boolean => id % 2 === 1;

/** Standard error of the training loss of a single step. */
const ONE_STEP = 0.12;
const EVAL_TOKENS = 8192;

function runCurveOf(curve: Curve): RunCurve {
  const { vocabulary, unigram, looks, trainTokens, heldTokens } = curve;
  const trained = new Map(
    looks.map(([step, , mean, , error = ONE_STEP]) => [step, mean === null ? undefined : { mean, error }]),
  );
  return {
    trained: (step) => trained.get(step),
    evaluations: looks.map(([step, loss]) => ({ step, loss })),
    after: 0,
    planned: curve.planned,
    warmup: curve.warmup,
    ending: curve.isOver ? 'finished' : null,
    isGapKnown: true,
    headline: METRICS.perplexity,
    baselines: causal.baselines({ vocabulary, data: { unigramLoss: unigram } }),
    epoch: trainTokens / curve.perStep,
    evalTokens: Math.min(EVAL_TOKENS, heldTokens),
    text: { train: trainTokens, validation: heldTokens },
    more: 'A larger model or a longer context',
  };
}

export const verdictOn = (curve: Curve): VerdictKind => judge(runCurveOf(curve)).kind;

/** Whether a verdict equals the reader's label or alternative. */
export const isRight = (kind: VerdictKind, { label, second }: Label): boolean => kind === label || kind === second;

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const labels = new Map(readLabels().map((label) => [label.id, label]));
  for (const half of [true, false]) {
    const curves = readCurves().filter((curve) => isForTuning(curve) === half);
    const wrong = curves.filter((curve) => !isRight(verdictOn(curve), labels.get(curve.id)!));
    console.log(`${half ? 'Tuned on' : 'Counted on'} ${curves.length}: ${wrong.length} wrong`);
    for (const curve of wrong) {
      const { label, second } = labels.get(curve.id)!;
      console.log(`  #${curve.id} ${verdictOn(curve)}, labeled ${label}${second ? ` or ${second}` : ''}`);
    }
  }
}
