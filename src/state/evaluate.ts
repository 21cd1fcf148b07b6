/** Evaluates a checkpoint on held-out text or the user's own text, and loads earlier evaluations. */
import type { Failure } from '../core/base/errors';
import { fileName } from '../core/base/fileName';
import { formatCount } from '../core/base/units';
import { evaluatedAs, lacksPairs, trainingSource, unmeasured } from '../core/objectives';
import type { EvaluatedOn, EvaluationRecord } from '../core/runs/evaluations';
import { type KeptEvaluation, partHash } from '../core/runs/keptEvaluations';
import { testSetAccessCount } from '../core/runs/testSetAccesses';
import type { RunRecord } from '../core/runs/record';
import { dataOf } from '../core/runs/segments';
import type { EvaluationInput } from '../protocol/gpu';
import { isTraining, modelOf, shownId, shownRun, type ShownRuns } from './openRun';
import { chosenStep, whichNow } from './trained';
import { IDLE, work, type Work } from './work';
import { evaluationTime, expectedEvaluationTime } from './workTime';
import type { EvaluateSlice } from './slices/evaluate';
import type { Slice, Studio } from './slices/studio';
import type { OpenRun } from './slices/run';

type Shown = ShownRuns & Pick<Studio, 'evaluatedOn'>;
type RefusalNeeds = Shown & Pick<Studio, 'evaluating' | 'ownText' | 'underEvaluation'>;

/** Step of the checkpoint that Evaluate shows; undefined without a model. */
export const evaluatedStep = (s: ShownRuns): number | undefined => {
  const model = modelOf(s, 'evaluate');
  return model ? (chosenStep(model) ?? model.usable).step : undefined;
};

/** Key of an evaluation: run, step and text. */
const keyOf = (runId: string | null, step: number | undefined, on: EvaluatedOn): string => [runId, step, on].join(' ');

/** Key of the evaluation that the page shows. */
export const evaluationOf = (s: Shown): string => keyOf(shownId(s, 'evaluate'), evaluatedStep(s), s.evaluatedOn);

/** Stored evaluation that the page shows; undefined until it is loaded. */
export const shownEvaluation = (s: Shown & Pick<Studio, 'keptEvaluation'>): KeptEvaluation | null | undefined =>
  s.keptEvaluation?.of === evaluationOf(s) ? s.keptEvaluation.kept : undefined;

/**
 * Evaluation in progress, if it belongs to the page's run and part, maybe of an earlier step, since a training run
 * saves newer ones. A failure is shown for its own step only.
 */
export function shownEvaluating(s: Shown & Pick<Studio, 'evaluating' | 'underEvaluation'>): Work {
  const { underEvaluation: target, evaluating } = s;
  if (target?.runId !== shownId(s, 'evaluate') || target.on !== s.evaluatedOn) return IDLE;
  return evaluating.kind === 'failed' && target.step !== evaluatedStep(s) ? IDLE : evaluating;
}

/** `on the validation set` */
const ON_PARTS: Readonly<Record<EvaluatedOn, string>> = {
  validation: 'on the validation set',
  test: 'on the test set',
  text: 'on your own text',
};

/** Changes since the evaluation that the page shows; empty if there are none. */
export function outOfDate(
  s: Shown & Pick<Studio, 'keptEvaluation' | 'ownText'>,
): readonly ('step' | 'text' | 'tokenizer')[] {
  const kept = shownEvaluation(s);
  if (!kept) return [];
  const { record, changed } = kept;
  const isOtherText = record.part === 'text' && s.ownText !== null && s.ownText.hash !== record.textHash;
  return [
    ...(record.step !== evaluatedStep(s) ? (['step'] as const) : []),
    ...(isOtherText ? (['text'] as const) : []),
    ...changed,
  ];
}

/** Whether the model or the text changed since the shown evaluation. Choosing another step doesn't count. */
export function isEvaluationStale(s: Shown & Pick<Studio, 'keptEvaluation' | 'ownText'>): boolean {
  const [reason, ...otherReasons] = outOfDate(s);
  const model = modelOf(s, 'evaluate');
  if (reason !== 'step' || otherReasons.length > 0 || !model) return reason !== undefined;
  const { isPicked: _, ...run } = model;
  const defaultCheckpoint = chosenStep({ steps: model.steps, which: whichNow(run, model.steps) }) ?? model.usable;
  return shownEvaluation(s)?.record.step !== defaultCheckpoint.step;
}

/** Whether the shown evaluation has perplexity with full left context, which the next one then computes again. */
export const hasStrided = (s: Shown & Pick<Studio, 'keptEvaluation'>): boolean =>
  shownEvaluation(s)?.record.evaluation.metrics['stridedPerplexity'] !== undefined;

/** Whether perplexity with full left context is available for the shown model but not computed. */
export function lacksStrided(s: Shown & Pick<Studio, 'keptEvaluation'>): boolean {
  const run = modelOf(s, 'evaluate')?.record;
  if (!run || evaluatedAs(run.objective, run.model) !== 'nextTokens') return false;
  const isOfText = s.evaluatedOn === 'text' || trainingSource(run.objective) === 'documents';
  const isMeasured = shownEvaluation(s)?.record.evaluation.metrics['perplexity'] !== undefined;
  return isMeasured && isOfText && !hasStrided(s);
}

/**
 * Whether Evaluate starts by itself: a classifier on its validation set, in a few seconds, unless canceled before. The
 * test set is evaluated only on demand, since each access is counted.
 */
export function startsByItself(
  s: Parameters<typeof evaluationTime>[0] & RefusalNeeds & Pick<Studio, 'canceledEvaluation' | 'keptEvaluation'>,
): boolean {
  const isClassifier = modelOf(s, 'evaluate')?.record.model.config.classes !== undefined;
  if (!isClassifier || s.evaluatedOn !== 'validation' || shownEvaluation(s) !== null) return false;
  if (shownEvaluating(s).kind !== 'idle' || s.canceledEvaluation === evaluationOf(s)) return false;
  return evaluateRefusal(s) === undefined && (evaluationTime(s) ?? Infinity) <= MAX_AUTOMATIC_MS;
}
/** Maximum expected time of an evaluation that starts by itself. */
const MAX_AUTOMATIC_MS = 30_000;

/** Why nothing can be evaluated; undefined if it can. */
export function evaluateRefusal(s: RefusalNeeds): string | undefined {
  const model = modelOf(s, 'evaluate');
  if (!model) return 'Train a model first';
  if (s.evaluating.kind === 'busy' && s.underEvaluation) {
    const { name, step, on } = s.underEvaluation;
    return `Step ${formatCount(step)} of ${name} is being evaluated ${ON_PARTS[on]}. Wait for it or cancel it there`;
  }
  const { model: choice, objective } = model.record;
  const reason = unmeasuredWords(model.record);
  if (reason !== undefined) return reason;
  const isAnswering = evaluatedAs(objective, choice) === 'answers';
  if (lacksPairs(objective, choice))
    return 'This model was trained on span corruption. Only its loss is measured, on Train';
  if (s.evaluatedOn === 'text' && choice.config.classes)
    return 'A classifier needs labeled text. Evaluate it on the validation set';
  if (s.evaluatedOn === 'text' && isAnswering)
    return 'This model needs pairs of input and target. Evaluate it on the validation set';
  return textRefusal(s, model.record);
}

/** Whether dropped or pasted text goes to the evaluation. */
export function takesText(s: Pick<Studio, 'shown' | 'opened' | 'project' | 'evaluatedOn'>): boolean {
  const run = modelOf(s, 'evaluate')?.record;
  return run !== undefined && s.evaluatedOn === 'text' && isMeasuredOnText(run);
}

type Measured = Pick<RunRecord, 'objective' | 'model'>;

/** Whether any text can be evaluated on; other models need pairs or labels. */
export const isMeasuredOnText = ({ objective, model }: Measured): boolean =>
  ['nextTokens', 'maskedTokens'].some((as) => evaluatedAs(objective, model) === as);

/** Why the run has no evaluation metric, as a sentence without its full stop; undefined if it has one. */
export const unmeasuredWords = ({ objective, model }: Measured): string | undefined =>
  unmeasured(objective, model)?.replace(/\.$/, '');

/** Why there is no text to evaluate on; undefined if there is. */
export function textRefusal(
  { evaluatedOn, ownText }: Pick<Studio, 'evaluatedOn' | 'ownText'>,
  run: RunRecord,
): string | undefined {
  if (evaluatedOn === 'text') return ownText ? undefined : 'Choose a text first';
  const { id, facts } = dataOf(run);
  if (id === null) return 'This model was imported without its training text. Evaluate it on your own text';
  if (evaluatedOn === 'test' && !facts?.parts.test) return 'This run has no test set';
  return undefined;
}

/** Evaluation input for a choice; for a custom text, the text must be set. */
export const askedOn = ({ evaluatedOn, ownText }: Pick<Studio, 'evaluatedOn' | 'ownText'>): EvaluationInput['on'] =>
  evaluatedOn === 'text' ? { name: ownText!.name, text: ownText!.text } : { part: evaluatedOn };

/** Updates an open run after an access to its test set, which its stored record counts. @param hash of the test set */
export const lookedAt =
  (hash: string, count: number) =>
  (run: OpenRun): OpenRun => {
    const { record } = run;
    if (!record) return run;
    return {
      ...run,
      record: { ...record, looks: [...(record.looks ?? []).filter(({ of }) => of !== hash), { of: hash, count }] },
    };
  };

/** Number of test set accesses of the page's run. */
export function looksSoFar(s: Shown): number {
  const { record } = shownRun(s, 'evaluate');
  const facts = record ? dataOf(record).facts : null;
  return facts?.parts.test ? testSetAccessCount(record?.looks, partHash(facts, 'test')) : 0;
}

/** File name part of an evaluation, after the project: `step-40-validation`. */
export const evaluationFile = ({ step, part }: Pick<EvaluationRecord, 'step' | 'part'>): string =>
  `step-${step}-${part === 'lists' ? 'asked' : part}`;

/** A pace beyond these bounds is noise, as from an evaluation of a few tokens. */
const clampedPace = (pace: number): number => Math.min(8, Math.max(0.25, pace));

const failureOf = (work: Work): Failure | undefined => (work.kind === 'failed' ? work.failure : undefined);

export const createEvaluateSlice: Slice<
  EvaluateSlice,
  Pick<Studio, 'changeRun' | 'device' | 'followTasks' | 'lookAgain' | 'opened' | 'project' | 'shown' | 'training'>
> =
  ({ gpu, data, now, tabs, download }) =>
  (set, get) => ({
    evaluatedOn: 'validation',
    ownText: null,
    keptEvaluation: null,
    evaluating: IDLE,
    underEvaluation: null,
    canceledEvaluation: null,
    evaluationPace: {},
    chooseEvaluatedOn: (evaluatedOn) =>
      set(({ evaluating }) => ({ evaluatedOn, ...(evaluating.kind === 'failed' && { evaluating: IDLE }) })),
    giveText: (name, text) => set({ ownText: { name, text, hash: null }, evaluatedOn: 'text' }),
    async loadEvaluation() {
      const of = evaluationOf(get());
      const runId = shownId(get(), 'evaluate');
      const step = evaluatedStep(get());
      if (runId === null || step === undefined) return;
      const kept = await data.call('keptEvaluation', { runId, step, part: get().evaluatedOn }).catch(() => null); // reported with all unreadable records
      if (evaluationOf(get()) === of) set({ keptEvaluation: { of, kept } });
    },
    async measure({ runId, name, step, on, isStrided = false }, watched = {}) {
      const isShown = get().evaluating.kind !== 'busy';
      const part = 'part' in on ? on.part : 'text';
      if (isShown) set({ underEvaluation: { runId, name, step, on: part }, canceledEvaluation: null });
      let state: Work = IDLE;
      const update = (evaluating: Work): void => {
        state = evaluating;
        if (isShown) set({ evaluating });
        if (evaluating.kind === 'busy' && evaluating.progress) watched.onProgress?.(evaluating.progress);
      };
      const stop = (): void => {
        if (state.kind === 'busy') state.stop();
      };
      watched.signal?.addEventListener('abort', stop);
      const input = { runId, which: step, on, isStrided, now: now() };
      const record = await work(update, now, (options) => gpu.call('evaluation', input, options));
      watched.signal?.removeEventListener('abort', stop);
      const failure = failureOf(state);
      if (!record && !failure) set({ canceledEvaluation: keyOf(runId, step, part) });
      return record ?? failure;
    },
    async evaluateStep(isStrided = hasStrided(get())) {
      const model = modelOf(get(), 'evaluate');
      const step = evaluatedStep(get());
      if (!model || step === undefined || evaluateRefusal(get()) !== undefined) return;
      const { evaluatedOn, ownText } = get();
      const { id: runId, record: run } = model;
      const expected = expectedEvaluationTime(get(), isStrided);
      const startedAt = now();
      const record = await get().measure({ runId, name: run.name, step, on: askedOn(get()), isStrided });
      const { device } = get();
      const elapsedMs = now() - startedAt;
      await get().lookAgain(runId);
      if (!record || 'code' in record) return;
      if (expected !== undefined && device.kind === 'open' && elapsedMs > 0 && !isTraining(get()))
        set((s) => ({
          evaluationPace: { ...s.evaluationPace, [device.info.kind]: clampedPace(elapsedMs / expected) },
        }));
      if (record.look !== undefined) get().changeRun(runId, lookedAt(record.textHash, record.look));
      if (ownText && get().ownText === ownText && evaluatedOn === 'text')
        set({ ownText: { ...ownText, hash: record.textHash } });
      tabs.announce();
      await get().loadEvaluation();
      await get().followTasks(runId, step);
    },
    saveEvaluation(record) {
      const { name: run } = get().opened[record.runId]?.record ?? { name: record.runId };
      const file = new Blob([JSON.stringify({ run, ...record }, null, 2)], { type: 'application/json' });
      download(file, `${fileName(get().project.name, 'project')}-${evaluationFile(record)}.json`);
    },
  });
