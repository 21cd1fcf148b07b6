/** The one filled button: the app's next proposal, by the table in docs/guidance.md. */
import { formatCount, formatNumber } from '../core/base/units';
import { comparableBest } from '../core/runs/best';
import { recipeOf } from '../core/runs/segments';
import { isPastBest } from '../core/train/verdict';
import { FIRST_MINUTES } from './plan';
import { endingOfRun, NO_RUN, shownRun } from './openRun';
import { isUnreadable } from './phase';
import { otherSettings } from './otherSettings';
import { checkMistakes, tableLabel } from './classifierStart';
import { answerWords, firstQuestion, isLabeled, questionsOf } from './questions';
import { resumeRefusal, startRefusal } from './refusals';
import { runSettings } from './runSettings';
import { judgedEvaluation, type Standing, type StandingKind, standingOf } from './standing';
import { timed } from './timed';
import { verdictNow } from './verdict';
import { startWait } from './wait';
import type { Studio } from './slices/studio';
import type { OpenRun } from './slices/run';
import { toTuneOn } from './tuningInputs';

export type RunState = 'none' | 'preparing' | 'running' | 'stopping' | 'paused' | 'interrupted' | 'finished' | 'failed';

/** Inputs of the next step. Steps are numbers of training steps; times are in milliseconds. */
export interface Guide {
  hasText: boolean;
  /** Without text: the first question about dropped files; null if none waits. */
  question: { words: string; isLabeled: boolean } | null;
  /** Without text: whether labeled texts for a classifier were added. */
  hasLabels?: boolean;
  run: RunState;
  isClassifier: boolean;
  /** Newest checkpoint; null without any. */
  saved: number | null;
  /** Best checkpoint, if it isn't the newest; else null. */
  best: number | null;
  /** Whether it trains, and more steps don't improve it. */
  isPastBest: boolean;
  /** Standing of a finished run against counting baselines. */
  standing: StandingKind;
  /** Whether it is worse, and more text would help more than more steps. */
  needsText?: boolean | undefined;
  /** Default learning rate, if the run is worse and its own rate is far off. */
  needsRate?: number | undefined;
  /** Whether the loss of a finished classifier worse than a word-count baseline no longer falls. */
  isFlat?: boolean;
  /** Number of held-out texts that such a classifier gets wrong. */
  mistakes?: number;
  /** Whether the settings or the text changed since it finished. */
  differs: boolean;
  /** Expected time of a new run with the current settings. */
  startTime?: number | undefined;
  /** Expected time of a run `LONGER` times as long. */
  longerTime?: number | undefined;
  /** Why no run can start. */
  startRefusal?: string | undefined;
  /** Why this run can't resume. */
  refusal?: string | undefined;
}

export type NextStepKind =
  | 'add-text'
  | 'try-sample'
  | 'answer'
  | 'train-classifier'
  | 'set-up-classifier'
  | 'start'
  | 'resume'
  | 'try'
  | 'stop-at-best'
  | 'train-longer'
  | 'train-at-rate'
  | 'check-labels'
  | 'check-mistakes'
  | 'show-failure';

interface NextStep {
  kind: NextStepKind;
  /** A verb and its object; with the time if it starts work. */
  label: string;
  /** Why it isn't available now. The button stays and shows this. */
  refusal?: string;
}

/** Factor of more steps for a run that a trigram model still beats. */
export const LONGER = 4;

/** Pages with settings: after a change they propose the next run. */
const SETTINGS_PAGES: readonly string[] = ['text', 'model'];

/**
 * The project's next step; undefined during preparation.
 * @param page id of the stage
 */
export function nextStep(guide: Guide, page: string): NextStep | undefined {
  const { hasText, run, saved, differs, startTime, startRefusal, refusal } = guide;
  const start = refusable({ kind: 'start', label: timed('Start training', startTime) }, startRefusal);
  const isSettings = SETTINGS_PAGES.includes(page);
  switch (run) {
    case 'preparing':
    case 'stopping':
      return undefined;
    case 'none':
      return hasText ? start : withoutText(guide, page);
    case 'running':
      return whileRunning(guide);
    case 'paused':
    case 'interrupted':
      return refusable(resumeFrom(saved ?? 0), refusal);
    case 'failed':
      if (saved !== null) return refusable(resumeFrom(saved), refusal);
      return isSettings ? start : { kind: 'show-failure', label: 'Show what happened' };
    case 'finished':
      return differs && isSettings ? start : onceFinished(guide);
    default:
      return run satisfies never;
  }
}

/** Dropped files that wait for an answer come first, on the page that asks; without labels it offers a sample. */
function withoutText({ question, hasLabels }: Guide, page: string): NextStep {
  if (question && page === 'text')
    return { kind: question.isLabeled ? 'train-classifier' : 'answer', label: question.words };
  if (hasLabels) return { kind: 'set-up-classifier', label: 'Set up classifier…' };
  return page === 'text'
    ? { kind: 'try-sample', label: timed('Try it', 60_000 * FIRST_MINUTES) }
    : { kind: 'add-text', label: 'Add text…' };
}

const resumeFrom = (step: number): NextStep => ({ kind: 'resume', label: `Resume from step ${formatCount(step)}` });

function whileRunning({ saved, best, isPastBest, isClassifier }: Guide): NextStep | undefined {
  if (saved === null) return undefined; // nothing to try yet
  if (isPastBest && !isClassifier) {
    return { kind: 'stop-at-best', label: `Stop, use step ${formatCount(best ?? saved)}` };
  }
  return { kind: 'try', label: 'Try it so far' };
}

function onceFinished(guide: Guide): NextStep {
  const { isClassifier, standing, needsText, needsRate, isFlat, mistakes = 0, longerTime, refusal } = guide;
  if (standing === 'no better than one label') return { kind: 'check-labels', label: 'Check the labels' };
  if (needsRate !== undefined) {
    const label = `Train again at learning rate ${formatNumber(needsRate)}`;
    return refusable({ kind: 'train-at-rate', label }, guide.startRefusal);
  }
  if (needsText) return { kind: 'add-text', label: 'Add text…' };
  const isDone = isClassifier && isFlat === true;
  if (isDone && mistakes > 0) return { kind: 'check-mistakes', label: checkMistakes(mistakes) };
  if (standing === 'worse' && !isDone) {
    return refusable({ kind: 'train-longer', label: timed(`Train ${LONGER}× longer`, longerTime) }, refusal);
  }
  return { kind: 'try', label: isClassifier ? 'Classify text' : 'Try it' };
}

const refusable = (step: NextStep, refusal: string | undefined): NextStep =>
  refusal === undefined ? step : { ...step, refusal };

/** Guide of the run that Train shows. Runs at every store change, so it computes only what the state needs. */
export function guideOf(s: Studio): Guide {
  const run = shownRun(s, 'train');
  const state = runStateOf(run);
  const isFinished = state === 'finished';
  const differs = isFinished && otherSettings(s).length > 0;
  const best = comparableBest(run)?.step ?? null;
  const saved = run.usable?.step ?? null;
  const hasText = s.texts.length > 0;
  const isClassifier = run.record?.model.config.classes !== undefined;
  const question = hasText ? undefined : firstQuestion(questionsOf(s));
  const isTable = question !== undefined && isLabeled(question);
  const standing: Standing = isFinished ? standingOf(run, s.project) : { kind: 'unknown' };
  const words = question && (isTable ? tableLabel(s, question.labeled) : answerWords(question));
  return {
    hasText,
    question: words === undefined ? null : { words, isLabeled: isTable },
    hasLabels: !hasText && toTuneOn(s, 'classify').length > 0,
    run: state,
    isClassifier,
    saved,
    best: best === saved ? null : best,
    isPastBest: state === 'running' && isPastBest(verdictNow(s)),
    standing: standing.kind,
    needsText: standing.needsText,
    needsRate: standing.needsRate,
    ...(isClassifier && standing.kind === 'worse' && flatness(s, run)),
    differs,
    startTime: isAtWork(state) ? undefined : startTimeOf(s),
    longerTime: longerTimeOf(run),
    startRefusal: startRefusal(s),
    refusal: resumeRefusal(s),
  };
}

/** Whether more steps would still lower the loss of a finished classifier, and its number of held-out mistakes. */
function flatness(s: Studio, run: OpenRun): Pick<Guide, 'isFlat' | 'mistakes'> {
  const { after } = runSettings(run, s.project).segments.at(-1)!;
  const { labels } = judgedEvaluation(run, after) ?? {};
  const { trend } = verdictNow(s);
  return { isFlat: trend === 'level' || trend === 'rising', mistakes: labels ? labels.texts - labels.right : 0 };
}

/** Activity of the run, or how it ended. */
export function runStateOf(run: OpenRun): RunState {
  if (run === NO_RUN) return 'none';
  const { phase } = run;
  switch (phase.kind) {
    case 'idle':
      return 'none';
    case 'preparing':
    case 'compiling':
      return 'preparing';
    case 'training':
      return 'running';
    case 'stopping':
    case 'finished':
      return phase.kind;
    case 'failed':
      return isUnreadable(phase) && run.usable ? 'finished' : 'failed';
    case 'stopped': {
      const ending = endingOfRun(run);
      return ending === 'early' ? 'finished' : ending === 'interrupted' ? 'interrupted' : 'paused';
    }
    default:
      return phase satisfies never;
  }
}

const isAtWork = (state: RunState): boolean => ['preparing', 'running', 'stopping'].includes(state);

function startTimeOf(s: Studio): number | undefined {
  const seconds = startWait(s);
  return seconds === undefined ? undefined : 1000 * seconds;
}

/** Computed at the run's own pace. */
function longerTimeOf({ log, record }: OpenRun): number | undefined {
  const [steps, milliseconds] = [log.step.at(-1), log.activeMs.at(-1)];
  if (!record || !steps || milliseconds === undefined) return undefined;
  return (milliseconds / steps) * (LONGER - 1) * recipeOf(record).steps;
}
