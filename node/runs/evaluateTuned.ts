/** Evaluates a tuned run after its last step, and saves the result in its folder. */
import { unwatched } from '../../src/core/base/job';
import { evaluate } from '../../src/core/evaluate/evaluate';
import type { Evaluation } from '../../src/core/evaluate/evaluation';
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
  /** Why the folder doesn't have it. */
  problem?: string;
}

/** Perplexity on old text before and after a run. */
export interface Forgetting {
  before: number;
  after: number;
}

export interface EvaluatedRun {
  /** Undefined for runs of grow and stopped ones. */
  tuned?: TunedEvaluation;
  forgetting?: Forgetting;
}

/** Evaluates a tuned model on its validation set, as `evaluate` does, and measures its perplexity on old text. */
export async function evaluateTuned(trained: TrainedRun, signal: AbortSignal): Promise<EvaluatedRun> {
  const { old, before } = trained.oldText;
  const { saves, request } = trained.run;
  const isEvaluated = request.tuning !== undefined && trained.newest !== undefined && !signal.aborted;
  const found = isEvaluated
    ? await evaluateNewest(trained, signal).catch((error: unknown) => {
        throw withPlace(error, saves);
      })
    : undefined;
  const after = found?.after ?? (old && trained.events.flatMap(oldIn).at(-1));
  return {
    ...(found && { tuned: await saveEvaluation(trained, found.evaluation) }),
    ...(before !== undefined && after !== undefined && { forgetting: { before, after } }),
  };
}

async function evaluateNewest(
  { run, model, recipe, info, used, newest, oldText: { old } }: TrainedRun,
  signal: AbortSignal,
): Promise<{ evaluation: Evaluation; after?: number }> {
  const { tokenizer } = run.data;
  const heldOut = heldOutIn(run.data, { model, objective: recipe.objective }, 'validation')!;
  const read = await readHeldOut(heldOut, tokenizer);
  const decision = model.config.classes && evaluationDecision(info.decision, 'validation', used.step);
  const net = await network(model, newest!.tensors);
  try {
    const asked = { ...read, ...(decision && { decision }) };
    const evaluation = await evaluate(net, tokenizer, asked, { ...unwatched, signal });
    const after = await old?.(net);
    return { evaluation, ...(after && { after: after.value }) };
  } finally {
    net.dispose();
  }
}

async function saveEvaluation({ run, info, used }: TrainedRun, evaluation: Evaluation): Promise<TunedEvaluation> {
  const { saves, data } = run;
  const folder = saves.place ?? saves.out;
  const held = { folder, data: data.data, info: { ...info, state: used }, tokenizer: data.tokenizer };
  const { problem } = await keepEvaluation(held, 'validation', evaluation);
  return { evaluation, ...(problem !== undefined && { problem }) };
}
