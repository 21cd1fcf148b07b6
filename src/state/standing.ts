/** How a run compares with models that only count, and the verdict's words where that decides the next step. */
import { formatReading } from '../core/base/units';
import { baselinesOf, headlineOf } from '../core/objectives';
import { labelProgress, labelStanding, type StandingKind } from '../core/runs/labelStanding';
import type { Evaluation } from './runLog';
import type { OpenRun } from './openRun';
import type { Project } from './project';
import { runSettings, type RunSettings } from './runSettings';

export type { StandingKind } from '../core/runs/labelStanding';

export interface Standing {
  kind: StandingKind;
  /** Verdict with its evidence: of a classifier, and of a language model that counting beats. */
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
  if (!settings.model.config.classes) return ofLanguageModel(best, settings);
  return labelStanding(best, settings.segments.at(-1)!.data.facts?.labels) ?? UNKNOWN;
}

/** Verdict on a classifier while it trains; undefined of another model, and until it is evaluated. */
export function learningOf(run: OpenRun, project: Project): Omit<Standing, 'kind'> | undefined {
  const { model, segments } = runSettings(run, project);
  if (!model.config.classes) return undefined;
  const { after, data } = segments.at(-1)!;
  const evaluations = run.log.evaluations.filter(({ step }) => after === 0 || step > after);
  return labelProgress(evaluations, data.facts?.labels, model.config.classes.labels.length);
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

const upperFirst = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
