/** Numbers of a page's run for glossary sentences. Loaded when a term is opened. */
import type { RunNumbers } from '../core/glossary/sentence';
import { estimateOf, type MetricId } from '../core/metrics';
import { modelSpec } from '../core/models';
import { countParams } from '../core/models/spec';
import { baselinesOf, metricsOf, objectiveOf } from '../core/objectives';
import { measuredAt, recipeOf } from '../core/runs/segments';
import { PAGES, shownRun } from './openRun';
import { chosenStep } from './trained';
import type { Studio } from './slices/studio';
import type { OpenRun } from './slices/run';

/** @param page id of a stage; one without its own run uses the run that Train shows */
export function runNumbers(s: Studio, page: string | undefined): RunNumbers {
  const runPage = PAGES.find((other) => other === page) ?? 'train';
  const numbers = numbersOf(shownRun(s, runPage), runPage === 'train');
  return runPage === 'playground' ? { ...numbers, ...samplingNumbers(s.sampling) } : numbers;
}

/** Active sampling settings. */
const samplingNumbers = ({ topK, topP, seed }: Studio['sampling']): RunNumbers => ({
  seed,
  ...(topK > 1 && { topK }),
  ...(topP < 1 && { topP }),
});

/** @param isNewest uses the newest evaluation, as on Train; else that of the used checkpoint */
function numbersOf(run: OpenRun, isNewest: boolean): RunNumbers {
  const { record, log } = run;
  if (!record) return {};
  const { id, config, vocabulary } = record.model;
  const recipe = recipeOf(record);
  const facts = record.segments.at(-1)!.data.facts;
  const used = chosenStep(run) ?? run.usable;
  const evaluated = isNewest || !used ? log.evaluations.at(-1) : measuredAt(record, log.evaluations, used.step);
  const numbers: { -readonly [Name in keyof RunNumbers]: RunNumbers[Name] } = {
    vocabulary,
    parameters: countParams(modelSpec(id).params(config, vocabulary)),
    layers: config.layers,
    heads: config.heads,
    width: config.width,
    context: config.context,
    batch: recipe.batch,
    steps: recipe.steps,
    warmup: recipe.warmup,
    learningRate: recipe.learningRate,
    weightDecay: recipe.weightDecay,
    dropout: recipe.dropout,
    seed: recipe.seed,
  };
  if (facts) numbers.validationTokens = facts.parts.validation.tokens;
  if (config.classes) numbers.labels = config.classes.labels.length;
  else {
    for (const { id: baseline, loss } of baselinesOf(recipe.objective, record.model, facts))
      if (isCounting(baseline)) numbers[baseline] = Math.exp(loss);
  }
  if (evaluated) {
    numbers.loss = evaluated.loss;
    const measured = metricsOf(objectiveOf(recipe.objective));
    for (const metric of METRICS)
      if (measured.includes(metric)) setIfKnown(numbers, metric, estimateOf(metric, evaluated)?.value);
  }
  return numbers;
}

const METRICS = ['perplexity', 'bitsPerByte', 'accuracy', 'macroF1'] as const satisfies readonly MetricId[];
/** Baselines that count tokens. */
const COUNTING = ['uniform', 'unigram', 'bigram', 'trigram'] as const;
const isCounting = (id: string): id is (typeof COUNTING)[number] => (COUNTING as readonly string[]).includes(id);

function setIfKnown(numbers: Record<string, number | undefined>, name: string, value: number | undefined): void {
  if (value !== undefined) numbers[name] = value;
}
