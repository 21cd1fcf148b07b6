/** Measuring a saved step on held-out text or a text of one's own, and what was measured of it before. */
import { fileName } from '../core/base/fileName';
import { modelSpec } from '../core/models';
import { objectiveOf } from '../core/objectives';
import type { EvaluatedOn } from '../core/runs/evaluations';
import type { KeptEvaluation } from '../core/runs/keptEvaluations';
import { dataOf } from '../core/runs/segments';
import type { EvaluationInput } from '../protocol/gpu';
import { modelOf, shownId } from './openRun';
import type { Slice, Studio } from './studio';
import { chosenStep } from './trained';
import { IDLE, work, type Work } from './work';

export interface EvaluateSlice {
  evaluatedOn: EvaluatedOn;
  /** What a person gave to be measured on, in this session; `hash`: once it was measured. */
  ownText: { name: string; text: string; hash: string | null } | null;
  /** What is kept of what was chosen, and by which name that was asked for; null until it is known. */
  keptEvaluation: { of: string; kept: KeptEvaluation | null } | null;
  evaluating: Work;
  /** What `evaluating` is of. */
  underEvaluation: { runId: string; on: EvaluatedOn } | null;
  chooseEvaluatedOn(on: EvaluatedOn): void;
  giveText(name: string, text: string): void;
  /** Reads what is kept of what the page shows. */
  loadEvaluation(): Promise<void>;
  /** Measures the step that the page shows. */
  evaluateStep(): Promise<void>;
  /** Hands over what is shown, as it is kept. */
  saveEvaluation(): void;
}

type Shown = Pick<Studio, 'shown' | 'opened' | 'project' | 'evaluatedOn'>;

/** The step that Evaluate shows; undefined where there is no model. */
export const evaluatedStep = (s: Shown): number | undefined => {
  const model = modelOf(s, 'evaluate');
  return model ? (chosenStep(model) ?? model.usable).step : undefined;
};

/** Names what the page shows: what is kept of it is asked for by this. */
export const evaluationOf = (s: Shown): string => [shownId(s, 'evaluate'), evaluatedStep(s), s.evaluatedOn].join(' ');

/** What is kept of what the page shows; undefined while that is not known. */
export const shownEvaluation = (s: Shown & Pick<Studio, 'keptEvaluation'>): KeptEvaluation | null | undefined =>
  s.keptEvaluation?.of === evaluationOf(s) ? s.keptEvaluation.kept : undefined;

/** What is being measured, where it is the page's run and part. */
export const shownEvaluating = (s: Shown & Pick<Studio, 'evaluating' | 'underEvaluation'>): Work =>
  s.underEvaluation?.runId === shownId(s, 'evaluate') && s.underEvaluation.on === s.evaluatedOn ? s.evaluating : IDLE;

/** What a result is no longer of, in words: `step 40`, `an earlier text`. Empty where it is of what is chosen. */
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

/** Why nothing can be measured; undefined where it can. */
export function evaluateRefusal(s: Studio): string | undefined {
  const model = modelOf(s, 'evaluate');
  if (!model) return 'There is no model yet';
  if (s.evaluating.kind === 'busy') return 'Another measurement is under way: wait for it, or cancel it';
  const { model: choice, objective } = model.record;
  const isAnswering = modelSpec(choice.id).kind === 'encoder-decoder';
  if (isAnswering && !objectiveOf(objective).ofPairs)
    return 'It learnt to tell what was taken out of a text: of that its loss alone is measured, on Train';
  if (s.evaluatedOn === 'text') {
    if (isAnswering)
      return 'It answers: of a text alone it tells nothing. It is measured on the pairs that were held out';
    return s.ownText ? undefined : 'Give it a text first';
  }
  const { id, facts } = dataOf(model.record);
  if (id === null) return 'It came without what it learnt from, so nothing of that was held out';
  if (s.evaluatedOn === 'test' && !facts?.parts.test) return 'Nothing was held out for a test when its data were made';
  return undefined;
}

export const createEvaluateSlice: Slice<EvaluateSlice> =
  ({ gpu, data, now, tabs, download }) =>
  (set, get) => ({
    evaluatedOn: 'validation',
    ownText: null,
    keptEvaluation: null,
    evaluating: IDLE,
    underEvaluation: null,
    chooseEvaluatedOn: (evaluatedOn) =>
      set(({ evaluating }) => ({ evaluatedOn, ...(evaluating.kind === 'failed' && { evaluating: IDLE }) })),
    giveText: (name, text) => set({ ownText: { name, text, hash: null }, evaluatedOn: 'text' }),
    async loadEvaluation() {
      const of = evaluationOf(get());
      const runId = shownId(get(), 'evaluate');
      const step = evaluatedStep(get());
      if (runId === null || step === undefined) return;
      const kept = await data.call('keptEvaluation', { runId, step, part: get().evaluatedOn }).catch(() => null); // told where what cannot be read is
      if (evaluationOf(get()) === of) set({ keptEvaluation: { of, kept } });
    },
    async evaluateStep() {
      const runId = shownId(get(), 'evaluate');
      const step = evaluatedStep(get());
      if (runId === null || step === undefined || evaluateRefusal(get()) !== undefined) return;
      const { evaluatedOn, ownText } = get();
      const on: EvaluationInput['on'] =
        evaluatedOn === 'text' ? { name: ownText!.name, text: ownText!.text } : { part: evaluatedOn };
      set({ underEvaluation: { runId, on: evaluatedOn } });
      const record = await work(
        (evaluating) => set({ evaluating }),
        now,
        (options) => gpu.call('evaluation', { runId, which: step, on, now: now() }, options),
      );
      await get().lookAgain(runId);
      if (!record) return;
      if (ownText && get().ownText === ownText && evaluatedOn === 'text')
        set({ ownText: { ...ownText, hash: record.textHash } });
      tabs.announce();
      await get().loadEvaluation();
    },
    saveEvaluation() {
      const kept = shownEvaluation(get());
      if (!kept) return;
      const file = new Blob([JSON.stringify(kept.record, null, 2)], { type: 'application/json' });
      download(file, `${fileName(get().project.name, 'project')}-evaluation.json`);
    },
  });
