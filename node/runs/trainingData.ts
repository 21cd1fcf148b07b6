/** Reads the text of a run, and reports on it before training. */
import type { Document } from '../../src/core/base/document';
import type { Job } from '../../src/core/base/job';
import { spokenBy } from '../../src/core/chat/spoken';
import { learnerOf, objectiveOf } from '../../src/core/objectives';
import type { ModelChoice } from '../../src/core/train/run';
import { longWarmup } from '../../src/core/train/longWarmup';
import { shortTextWords } from '../../src/core/train/shortText';
import { templateWords } from '../texts/readChats';
import type { OpenedRun } from './openRun';
import type { RunReporter } from './runReporter';
import { prepareRunData, type RunData, trainedTokenizer } from '../texts/runData';

/** @throws HomegrownError `bad-file`, `bad-settings`; also if the files aren't those of the run that resumes */
export async function readTrainingData(run: OpenedRun, reporter: RunReporter, job: Job): Promise<RunData> {
  const { request, planner, files, cleaning } = run;
  const { past, start } = run.origin;
  const { tuning, split } = request;
  const chats = start && tuning?.chats && (await spokenBy(start.tokenizer, tuning.chats.template));
  if (start && chats) reporter.say(templateWords(start.tokenizer, tuning.chats?.template));
  const planned = planner && ((documents: readonly Document[], at: Job) => planner.begin(documents, at));
  const newRun = {
    tokenizer: start
      ? () => Promise.resolve(chats?.tokenizer ?? start.tokenizer)
      : trainedTokenizer(planned ?? (() => request.tokenizer), run.normalizers),
    split,
    recipe: cleaning,
    ...(chats && { chats }),
    ...(tuning?.classify && { examples: tuning.classify.examples }),
  };
  return prepareRunData(files, past ?? newRun, (words) => reporter.say(words), job);
}

/**
 * Reports on short and long texts and on baselines.
 * @returns the number of training rows if they aren't contiguous
 * @throws HomegrownError `bad-settings` if the text is too short for the model
 */
export async function describeTrainingData(
  data: RunData,
  { settings, origin }: OpenedRun,
  reporter: RunReporter,
): Promise<number | undefined> {
  const { tokenizer, train, validation } = data;
  const sizes = { train: train.tokens, validation: validation.tokens };
  const requestedModel = settings.wantedModel(tokenizer.size);
  const shortTextWarning = settings.isContextFixed
    ? undefined
    : shortTextWords(requestedModel, settings.recipe(requestedModel), sizes);
  if (shortTextWarning !== undefined) reporter.say(shortTextWarning);
  const model: ModelChoice = settings.model(tokenizer.size, train.tokens);
  // Otherwise every trial of a device would fail.
  settings.check(model, sizes);
  const recipe = settings.recipe(model);
  const warmup = longWarmup(recipe);
  if (warmup) reporter.say(`${warmup.title}: ${warmup.detail}`);
  const { context } = model.config;
  const laid = await objectiveOf(recipe.objective).inRows?.(train, context, tokenizer, recipe, learnerOf(model));
  const isNew = origin.start === null && origin.past === null;
  reporter.read({ model, recipe, data: data.data, laid, isNew });
  return laid?.rows;
}
