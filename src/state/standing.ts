/** How a run compares with models that only count, and the verdict's words where that decides the next step. */
import { formatReading, formatShare } from '../core/base/units';
import { shareOf } from '../core/metrics/share';
import { baselinesOf, headlineOf, objectiveOf } from '../core/objectives';
import type { Evaluation } from './runLog';
import type { OpenRun } from './openRun';
import type { Project } from './project';
import { runSettings, type RunSettings } from './runSettings';

/** `level`: the two can't be told apart on so few texts. */
export type StandingKind = 'better' | 'level' | 'worse' | 'no better than one label' | 'unknown';

export interface Standing {
  kind: StandingKind;
  /** Of a run that counting beats, or that learned nothing: the verdict, and one sentence with both numbers. */
  judgement?: string;
  evidence?: string;
}

const UNKNOWN: Standing = { kind: 'unknown' };

/** Of the best evaluation since the data last changed. */
export function standingOf(run: OpenRun, project: Project): Standing {
  const settings = runSettings(run, project);
  const { after } = settings.segments.at(-1)!;
  const evaluations = run.log.evaluations.filter(({ step }) => step > after);
  if (evaluations.length === 0) return UNKNOWN;
  const best = evaluations.reduce((a, b) => (b.loss < a.loss ? b : a));
  return settings.model.config.classes ? ofClassifier(best, settings) : ofLanguageModel(best, settings);
}

function ofLanguageModel({ loss }: Evaluation, settings: RunSettings): Standing {
  const { recipe, model, segments } = settings;
  const [, first, ...others] = baselinesOf(recipe.objective, model, segments.at(-1)!.data.facts); // uniform only guesses
  if (!first) return UNKNOWN;
  const strongest = others.reduce((a, b) => (b.loss < a.loss ? b : a), first);
  const { label, scale } = headlineOf(recipe.objective);
  if (loss < strongest.loss) return { kind: 'better' };
  const [mine, theirs] = [loss, strongest.loss].map((nats) => formatReading(scale.of(nats)));
  const evidence = `${label} ${mine} on text it never saw; ${strongest.words} has ${theirs}.`;
  return { kind: 'worse', judgement: `${upperFirst(strongest.words)} still beats it`, evidence };
}

function ofClassifier({ metrics }: Evaluation, { recipe, segments }: RunSettings): Standing {
  const { facts } = segments.at(-1)!.data;
  const measured = facts && objectiveOf(recipe.objective).measuredBaselines?.(facts);
  const percent = (id: string): number | undefined => measured?.find((baseline) => baseline.id === id)?.values['accuracy']; // prettier-ignore
  const [accuracy, majority, naiveBayes] = [metrics.accuracy?.value, percent('majority'), percent('naiveBayes')].map(
    (value) => (value === undefined ? undefined : value / 100),
  );
  const texts = Object.values(facts?.labels?.validation ?? {}).reduce((sum, n) => sum + n, 0);
  if (accuracy === undefined || majority === undefined || naiveBayes === undefined || texts === 0) return UNKNOWN;
  const { low, high } = shareOf(Math.round(accuracy * texts), texts);
  if (low <= 100 * majority) {
    const evidence = `Accuracy ${formatShare(accuracy)}; always guessing one label gives ${formatShare(majority)}.`;
    return { kind: 'no better than one label', judgement: "It hasn't learned the labels", evidence };
  }
  if (high >= 100 * naiveBayes) return { kind: low > 100 * naiveBayes ? 'better' : 'level' };
  const [right, counted] = [accuracy, naiveBayes].map((share) => Math.round(share * texts));
  const evidence = `${right} of ${texts} texts right; a word-count model (naive Bayes) gets ${counted}.`;
  return { kind: 'worse', judgement: 'A word-count model still beats it', evidence };
}

const upperFirst = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
