/** How a run compares with models that only count, and the verdict's words where that decides the next step. */
import { formatReading, formatShare } from '../core/base/units';
import { shareOf } from '../core/metrics/share';
import { headlineOf, objectiveOf } from '../core/objectives';
import { courseOf } from '../core/runs/course';
import type { Evaluation } from './runLog';
import type { OpenRun } from './openRun';
import type { Project } from './project';
import { runSettings, type RunSettings } from './runSettings';

/** `level`: the two can't be told apart on so few texts. */
export type StandingKind = 'better' | 'level' | 'worse' | 'no better than one label' | 'unknown';

export interface Standing {
  kind: StandingKind;
  judgement?: string;
  /** One sentence with both numbers. */
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
  const { baselines } = courseOf(settings, { trained: () => undefined, evaluations: [], planned: 0, isOver: true });
  const [, ...counting] = baselines; // the first only guesses
  const [first, ...others] = counting;
  if (!first) return UNKNOWN;
  const strongest = others.reduce((a, b) => (b.loss < a.loss ? b : a), first);
  const { label, scale } = headlineOf(settings.recipe.objective);
  const [mine, theirs] = [loss, strongest.loss].map((nats) => formatReading(scale.of(nats)));
  const evidence = `${label} ${mine} on text it never saw; ${strongest.words} has ${theirs}.`;
  return loss < strongest.loss
    ? { kind: 'better', evidence }
    : { kind: 'worse', judgement: `${upperFirst(strongest.words)} still beats it`, evidence };
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
  const [right, counted] = [accuracy, naiveBayes].map((share) => Math.round(share * texts));
  const evidence = `${right} of ${texts} texts right; a word-count model (naive Bayes) gets ${counted}.`;
  if (high < 100 * naiveBayes) return { kind: 'worse', judgement: 'A word-count model still beats it', evidence };
  return { kind: low > 100 * naiveBayes ? 'better' : 'level', evidence };
}

const upperFirst = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
