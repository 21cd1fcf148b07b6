/** Evaluates a tuned model once its run has ended. */
import { unwatched } from '../../src/core/base/job';
import { evaluate } from '../../src/core/evaluate/evaluate';
import type { Evaluation } from '../../src/core/evaluate/evaluation';
import { lacksPairs, unmeasured } from '../../src/core/objectives';
import { network } from '../../src/core/models/network';
import { evaluationDecision } from '../../src/jobs/evaluationDecision';
import { readHeldOut } from '../../src/jobs/heldOutPart';
import { keepEvaluation } from '../folders/keepEvaluation';
import { withPlace } from '../folders/saves';
import { oldIn } from '../folders/stepInFolder';
import { heldOutIn } from '../texts/runData';
import type { TrainedRun } from './trainRun';

export interface TunedEvaluation {
  evaluation: Evaluation;
  /** Why the evaluation couldn't be saved; absent if it was. */
  problem?: string;
}

/** Perplexity on old text, which the base was trained on, before and after tuning. */
export interface Forgetting {
  before: number;
  after: number;
}

export interface EvaluatedRun {
  /**
   * Undefined if the run isn't a tuning run, was stopped, or saved no step; also if its objective or its model has
   * no metric besides the loss.
   */
  tuned?: TunedEvaluation;
  /** Absent without old text. */
  forgetting?: Forgetting;
}

/**
 * Evaluates the step that a tuning run saved last, on its validation set, and saves the result in its folder. That step
 * is the best step if it beats the run's last step. Also measures it on old text.
 * @throws HomegrownError as `evaluate` does, with the place of the saved model
 */
export async function evaluateTuned(trained: TrainedRun, signal: AbortSignal): Promise<EvaluatedRun> {
  const { old, before } = trained.oldText;
  const { saves, request } = trained.run;
  const { objective } = trained.recipe;
  const isMeasured = unmeasured(objective, trained.model) === null && !lacksPairs(objective, trained.model);
  const shouldEvaluate = request.tuning !== undefined && isMeasured && trained.newest !== undefined && !signal.aborted;
  const savedStepResult = shouldEvaluate
    ? await evaluateSavedStep(trained, signal).catch((error: unknown) => {
        throw withPlace(error, saves);
      })
    : undefined;
  const after = savedStepResult?.after ?? (old && trained.events.flatMap(oldIn).at(-1));
  return {
    ...(savedStepResult && { tuned: await saveEvaluation(trained, savedStepResult.evaluation) }),
    ...(before !== undefined && after !== undefined && { forgetting: { before, after } }),
  };
}

async function evaluateSavedStep(
  { run, model, recipe, info, used, newest, oldText: { old: measureOldText } }: TrainedRun,
  signal: AbortSignal,
): Promise<{ evaluation: Evaluation; after?: number }> {
  const { tokenizer } = run.data;
  const heldOut = heldOutIn(run.data, { model, objective: recipe.objective }, 'validation')!;
  const heldOutTexts = await readHeldOut(heldOut, tokenizer);
  const decision = model.config.classes && evaluationDecision(info.decision, 'validation', used.step);
  const net = await network(model, newest!.tensors);
  try {
    const request = { ...heldOutTexts, ...(decision && { decision }) };
    const evaluation = await evaluate(net, tokenizer, request, { ...unwatched, signal });
    const after = await measureOldText?.(net);
    return { evaluation, ...(after && { after: after.value }) };
  } finally {
    net.dispose();
  }
}

async function saveEvaluation({ run, info, used }: TrainedRun, evaluation: Evaluation): Promise<TunedEvaluation> {
  const { saves, data } = run;
  const folder = saves.place ?? saves.out;
  const folderRun = { folder, data: data.data, info: { ...info, state: used }, tokenizer: data.tokenizer };
  const { problem } = await keepEvaluation(folderRun, 'validation', evaluation);
  return { evaluation, ...(problem !== undefined && { problem }) };
}
