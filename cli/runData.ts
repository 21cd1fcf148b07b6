/** Reads the text of a run, and prints notes about it before training. */
import type { Document } from '../src/core/base/document';
import type { Job } from '../src/core/base/job';
import type { Normalizer } from '../src/core/base/normalizer';
import { spokenBy } from '../src/core/chat/spoken';
import type { Recipe as CleaningRecipe } from '../src/core/documents/clean/recipe';
import type { SplitChoice } from '../src/core/documents/split';
import { learnerOf, objectiveOf } from '../src/core/objectives';
import type { TrainSettings } from '../src/core/tokenizer/train';
import type { ModelChoice } from '../src/core/train/run';
import { shortTextWords } from '../src/core/train/shortText';
import { baselineSentences } from './baselineWords';
import { templateWords } from '../node/texts/chats';
import { longTextsWords } from './labelWords';
import type { OpenedFile } from '../node/sources';
import type { Planner } from './planned';
import { prepareRunData, type RunData, trained } from '../node/texts/runData';
import type { Progress } from './progress';
import type { LearnCommand, RunOrigin } from './runOrigin';
import type { RunSettings } from './runSettings';

interface TextToRead {
  command: LearnCommand;
  origin: RunOrigin;
  planner: Planner | null;
  files: readonly OpenedFile[];
  /** Recipe that cleans the text, and the normalizers that the tokenizer takes over from it. */
  cleaning: CleaningRecipe;
  normalizers: readonly Normalizer[];
  /** Of a new tokenizer. */
  tokenizer: TrainSettings;
  split: SplitChoice;
}

/** @throws HomegrownError `bad-file`, `bad-settings`; also where the files aren't those of the run that resumes */
export async function readRunData(text: TextToRead, progress: Progress, job: Job): Promise<RunData> {
  const { planner, files, cleaning, split } = text;
  const { past, start } = text.origin;
  const { tuning } = text.command;
  const chats = start && tuning?.chats && (await spokenBy(start.tokenizer, tuning.chats.template));
  if (start && chats) progress.say(templateWords(start.tokenizer, tuning.chats?.template));
  const planned = planner && ((documents: readonly Document[], at: Job) => planner.begin(documents, at));
  const newRun = {
    tokenizer: start
      ? () => Promise.resolve(chats?.tokenizer ?? start.tokenizer)
      : trained(planned ?? (() => text.tokenizer), text.normalizers),
    split,
    recipe: cleaning,
    ...(chats && { chats }),
    ...(tuning?.classify && { examples: tuning.classify.examples }),
  };
  return prepareRunData(files, past ?? newRun, (words) => progress.say(words), job);
}

/**
 * Prints notes on short and long texts and on baselines.
 * @returns the number of training rows where they aren't contiguous
 * @throws HomegrownError `bad-settings` if the text is too short for the model
 */
export async function describeRunData(
  data: RunData,
  settings: RunSettings,
  isNew: boolean,
  progress: Progress,
): Promise<number | undefined> {
  const { tokenizer, train, validation } = data;
  const sizes = { train: train.tokens, validation: validation.tokens };
  const wanted = settings.wantedModel(tokenizer.size);
  const short = settings.isContextFixed ? undefined : shortTextWords(wanted, settings.recipe(wanted), sizes);
  if (short !== undefined) progress.say(short);
  const model: ModelChoice = settings.model(tokenizer.size, train.tokens);
  // Otherwise every trial of a device would fail.
  settings.check(model, sizes);
  const recipe = settings.recipe(model);
  const { context } = model.config;
  const laid = await objectiveOf(recipe.objective).inRows?.(train, context, tokenizer, recipe, learnerOf(model));
  for (const words of [laid?.words, longTextsWords(laid, context, isNew)]) if (words !== undefined) progress.say(words);
  for (const words of baselineSentences(recipe.objective, model, data.data)) progress.say(words);
  return laid?.rows;
}
