/** Evaluates a model on loaded data, and saves the evaluation of a held-out part in the folder of its run. */
import { unwatched } from '../../src/core/base/job';
import { evaluate } from '../../src/core/evaluate/evaluate';
import type { Evaluation } from '../../src/core/evaluate/evaluation';
import type { ToEvaluate } from '../../src/core/evaluate/readings/reading';
import { objectiveIn } from '../../src/core/export/incoming';
import { decisionInUse } from '../../src/core/export/temperature';
import { network } from '../../src/core/models/network';
import { evaluationDecision } from '../../src/jobs/evaluationDecision';
import { type AskedAverage, averagedWeights } from '../folders/averaged';
import { type Kept, keepEvaluation } from '../folders/keepEvaluation';
import type { SavedRun } from '../folders/savedRun';
import type { EvaluationData } from '../texts/evaluationData';

interface EvaluationRequest extends Pick<
  ToEvaluate,
  'metrics' | 'stride' | 'seed' | 'minimalPairs' | 'swaps' | 'tasks'
> {
  /** Held-out part that was read, if it is the run's own. */
  part: 'validation' | 'test';
  /** Confidence threshold of a classifier; undefined: the saved one. */
  atLeast: number | undefined;
  average: AskedAverage | undefined;
}

interface ModelEvaluation {
  evaluation: Evaluation;
  kept: Kept;
  /** The run whose folder has the evaluation. */
  past: SavedRun | undefined;
}

/** Uses the open device. @throws HomegrownError if the data doesn't suit the model */
export async function evaluateModel(
  data: EvaluationData,
  { part, atLeast, average, ...request }: EvaluationRequest,
  signal: AbortSignal,
): Promise<ModelEvaluation> {
  const { model, tokenizer, documents, pairs, chats, labeled, trainingTexts } = data;
  const { train, trainingPairs, counts, facts } = data;
  const weights = await averagedWeights(data, average, signal);
  const toEvaluate = {
    ...{ documents, pairs, chats, labeled, trainingTexts, train, trainingPairs, counts, facts },
    ...request,
    ...(model.config.classes && { decision: decisionFor(data, { part, atLeast, average }) }),
    objective: objectiveIn(data),
  };
  const net = await network(model, weights);
  const evaluation = await evaluate(net, tokenizer, toEvaluate, { ...unwatched, signal });
  // An average is another model: its evaluation isn't saved.
  const savedRun = average ? undefined : data.past;
  const { minimalPairs, swaps, tasks } = request;
  const kept = savedRun ? await keepEvaluation(savedRun, part, evaluation, { minimalPairs, swaps, tasks }) : {};
  return { evaluation, kept, past: savedRun };
}

/** A chosen threshold replaces the saved one. An average saves no temperature, so it fits none. */
function decisionFor(
  { info, snapshot, past: savedRun }: EvaluationData,
  { part, atLeast, average }: Pick<EvaluationRequest, 'part' | 'atLeast' | 'average'>,
): ToEvaluate['decision'] {
  const savedDecision = info?.decision && decisionInUse(info.decision);
  const isFixed = average !== undefined || info?.decision?.inWeights === true;
  const decision = evaluationDecision(savedDecision, savedRun ? part : 'text', snapshot.state.step, isFixed);
  return { ...decision, ...(atLeast !== undefined && { atLeast }) };
}
