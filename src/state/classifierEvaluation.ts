/** Evaluates classifiers on their validation set, and sets their temperature and confidence threshold. */
import { type Failure, toFailure } from '../core/base/errors';
import type { EvaluationRecord } from '../core/runs/evaluations';
import { fittedDecision } from '../core/runs/fittedDecision';
import { dataOf } from '../core/runs/segments';
import { PLAIN_DECISION } from '../core/runs/settings';
import { explain } from './failures';
import { recordOf } from './recordOf';
import { usedStep } from './trained';
import type { Classifying } from './slices/classifying';
import type { SliceServices, Studio } from './slices/studio';

export type EvaluationNeeds = Pick<
  Studio,
  | 'changeRun'
  | 'listRuns'
  | 'listSaved'
  | 'loadCardEvaluations'
  | 'loadEvaluation'
  | 'lookAgain'
  | 'measure'
  | 'opened'
  | 'runs'
>;
type ClassifierEvaluation = Pick<Classifying, 'judge' | 'settle' | 'judged' | 'decide' | 'answerFrom'>;

export function classifierEvaluation(
  { data, tabs, toasts }: Pick<SliceServices, 'data' | 'tabs' | 'toasts'>,
  get: () => EvaluationNeeds,
): ClassifierEvaluation {
  /** Evaluations in progress, by run and step. */
  const settling = new Map<string, Promise<void>>();

  function reportFailure(failure: Failure): void {
    toasts.show({ text: "The classifier couldn't be evaluated", detail: explain(failure) });
  }
  const decide: Classifying['decide'] = async ({ id }, decision) => {
    await data.call('decide', { runId: id, decision });
    get().changeRun(id, (run) => (run.record ? { ...run, record: { ...run.record, decision } } : run));
    tabs.announce();
    await get().listRuns();
  };
  async function applyTemperature({ runId, step, evaluation }: EvaluationRecord): Promise<void> {
    const run = recordOf(get(), runId);
    const decision = run && fittedDecision(evaluation, step, run.decision);
    if (decision) await decide(run, decision);
  }
  const judged: Classifying['judged'] = async (runId, step) => {
    const kept = await data.call('keptEvaluation', { runId, step, part: 'validation' });
    return kept?.record ?? null;
  };
  const judge: Classifying['judge'] = async (runId, options) => {
    await get().listSaved(runId);
    const step = usedStep(get(), runId);
    if (step === undefined) return undefined;
    const name = recordOf(get(), runId)?.name ?? '';
    try {
      const record = await get().measure({ runId, name, step, on: { part: 'validation' } }, options);
      if (!record) return undefined;
      if ('code' in record) {
        reportFailure(record);
        return undefined;
      }
      await applyTemperature(record);
      await get().lookAgain(runId);
      await Promise.all([get().loadEvaluation(), get().loadCardEvaluations()]);
      return record;
    } catch (error) {
      reportFailure(toFailure(error));
      return undefined;
    }
  };
  async function settleOnce(runId: string): Promise<void> {
    const [run, step] = [recordOf(get(), runId), usedStep(get(), runId)];
    // A run without data can't be evaluated.
    if (!run?.model.config.classes || step === undefined || dataOf(run).id === null) return;
    const existing = await judged(runId, step);
    if (existing?.step !== step || !existing.evaluation.labelled) await judge(runId);
    else if (run.decision === undefined || run.decision.step !== step) await applyTemperature(existing);
  }

  return {
    judge,
    judged,
    decide,
    settle(runId) {
      const key = `${runId} ${usedStep(get(), runId)}`;
      const settled = settling.get(key) ?? settleOnce(runId).finally(() => settling.delete(key));
      settling.set(key, settled);
      return settled;
    },
    async answerFrom(runId, atLeast) {
      const run = recordOf(get(), runId);
      try {
        if (run) await decide(run, { ...(run.decision ?? PLAIN_DECISION), atLeast });
      } catch (error) {
        toasts.show({ text: "Couldn't save the confidence threshold", detail: explain(toFailure(error)) });
      }
    },
  };
}
