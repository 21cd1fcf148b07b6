/**
 * Training loop, and the file to read first.
 *
 *   check the settings -> weights and moments, from the seed, another run or a snapshot -> one compiled step
 *   -> steps, with evaluations and saves in between
 *
 * A run is a function of model, data, recipe and backend. Batches and randomness depend on (seed, step) only, so a
 * resumed run produces the same bits as an uninterrupted one.
 */
import { badSettings, HomegrownError, paragraph } from '../base/errors';
import type { Job } from '../base/job';
import { type Evaluator, evaluator } from '../evaluate/evaluator';
import { explained } from '../gpu/backend';
import { trainingSource, loadObjective, type LoadedObjective, rolesOf } from '../objectives';
import type { Batches } from '../objectives/batch';
import { isEvaluated } from './evaluations';
import { type Learner, learner } from './learner';
import { endReason, isEarly } from './patience';
import { problems, rejectProblems } from './problems';
import type { Recipe } from './recipe';
import { replaying } from './replay';
import type { ModelChoice, Train, TrainEvent, TrainInput, TrainOutcome, TrainState } from './run';
import { RunEvaluations } from './runEvaluations';
import { RunSaves } from './runSaves';
import { startingState, startingValues } from './start';
import { StepQueue } from './stepQueue';

export const train: Train = async (original, job) => {
  const { model, from, trainable, now } = original;
  /** Copy, because the number of steps may change during the run. */
  const recipe = { ...original.recipe };
  const input = { ...original, recipe };
  const tokens = { train: input.train.tokens, validation: input.validation.tokens };
  rejectProblems(problems(model, recipe, tokens, {}, trainable));
  if (from && from.state.step >= recipe.steps) {
    throw badSettings(
      `The run has already finished step ${from.state.step} of ${recipe.steps}.`,
      'Raise the number of steps to train it further.',
    );
  }

  const roles = rolesOf(recipe.objective);
  for (const [i, role] of roles.entries()) input.tokenizer.idOf(role, i - roles.indexOf(role)); // throws if it has none
  job.report({ kind: 'compiling' });
  const state = await startingState(input);
  const learning = await learner(model, recipe, startingValues(input), now, trainable, state.momentsFrom);
  const evaluating = evaluator(learning.network, learning.objective);
  try {
    return await run(input, state, learning, evaluating, job);
  } finally {
    evaluating.dispose();
    learning.dispose();
  }
};

async function run(
  input: TrainInput,
  state: TrainState,
  learning: Learner,
  evaluating: Evaluator,
  job: Job<TrainEvent>,
): Promise<TrainOutcome> {
  const { recipe, from } = input;
  const batches = await trainingBatches(input, learning.objective);
  const steps = new StepQueue({ input, state, learning, batches }, job);
  const evaluations = new RunEvaluations({ input, state, learning, evaluating, steps }, job);
  const saves = new RunSaves({ input, state, learning, steps, evaluations }, job);
  const firstStep = state.step;
  const isStopped = (): boolean => job.signal.aborted;
  function isDone(): boolean {
    recipe.steps = input.length?.() ?? recipe.steps;
    return state.step >= recipe.steps || isEarly(state, recipe);
  }

  try {
    await learning.prepare((done, of) => job.report({ kind: 'compiling', kernels: { done, of } }));
    if (!from) {
      await evaluations.evaluateOnSchedule();
      await saves.save();
    }
    while (!isDone() && !isStopped()) {
      await steps.advance();
      const isLast = state.step === recipe.steps;
      if (isLast || isEvaluated(recipe, state.step)) await evaluations.evaluateOnSchedule();
      await evaluations.answerRequests();
      if (isLast || isEarly(state, recipe) || state.step % recipe.saveEvery === 0 || isStopped()) await saves.save();
      else await saves.keepBest();
      await saves.keepLight();
      await evaluations.pause();
    }
    // After a stop, saves before evaluating, because the tab may be closing.
    if (saves.savedStep !== state.step) await saves.save();
    if (state.step > firstStep && !evaluations.isCurrent) {
      await evaluations.evaluate();
      await saves.keepBest();
    }
  } catch (thrown) {
    const error = await explained(thrown);
    if (!(error instanceof HomegrownError)) throw error;
    const { savedStep } = saves;
    const safe = savedStep === null ? 'Nothing was saved.' : `Step ${savedStep} is saved.`;
    throw new HomegrownError(error.code, paragraph(error.message, safe), error.remedy);
  }
  const reason = endReason(state, recipe);
  return { reason, state, trainLoss: steps.trainLoss, validationLoss: evaluations.last?.loss ?? null };
}

/** The run's batches, with replayed rows if any. @throws HomegrownError `bad-settings` without text to replay */
async function trainingBatches(
  { model, recipe, tokenizer, train: source, replayed }: TrainInput,
  objective: LoadedObjective,
): Promise<Batches> {
  const { context } = model.config;
  const batches = await objective.batches(source, context, tokenizer);
  if (recipe.replay === 0) return batches;
  if (!replayed)
    throw badSettings(
      "Replay needs the base's training text, which is not available.",
      "Set the replay share to 0, or start from a model whose texts haven't moved.",
    );
  return replaying(
    batches,
    await (await replayObjective(recipe, model)).batches(replayed, context, tokenizer),
    recipe.replay,
  );
}

/** Objective that builds replayed rows: the run's own; for chats, whole documents, whose rows have the same arrays. */
const replayObjective = (recipe: Recipe, model: ModelChoice): Promise<LoadedObjective> =>
  trainingSource(recipe.objective) === 'chats'
    ? loadObjective('causal', { ...recipe, packing: 'documents' }, model)
    : loadObjective(recipe.objective, recipe, model);
