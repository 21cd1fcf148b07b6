/** From a press on Start tuning to the run: chats and texts as data of the base's tokenizer, and what is old. */
import { badSettings } from '../core/base/errors';
import { readKnownRun } from '../core/runs/record';
import { readTokenizer } from '../core/runs/tokenizer';
import { problems, unfit } from '../core/train/problems';
import type { DataRecord } from '../core/runs/project';
import type { TokenizerModel } from '../core/tokenizer/tokenizer';
import { limitsOf, settingsOf } from './estimate';
import type { Following, Held } from './following';
import { textFacts, textIds } from './preparation';
import type { Services, Studio } from './studio';
import type { Asking } from './training';
import { toTuneOn, tuningBase } from './tuning';
import { keepsOldText, tuningOf } from './tuningPlan';

export async function beginTuning(
  { store, gpu, now }: Services,
  { signal, fail, follow }: Pick<Following, 'signal' | 'fail' | 'follow'>,
  get: () => Studio,
  held: Held,
  runId: string,
  asked: Asking,
): Promise<void> {
  const { project } = asked;
  const base = tuningBase({ ...asked, runs: get().runs });
  if (!base) throw badSettings('There is no model to tune yet', 'Train one, or bring one in.');
  const from = { runId: base.row.record.id, step: base.step };
  // What becomes the project's run is the tuned one, and the next tuning begins where this one did.
  await get().changeOf(project.id, { tuning: { ...project.tuning, base: from } });
  const record = await readKnownRun(store, from.runId);
  const texts = toTuneOn(asked);
  if (texts.length === 0) throw badSettings(`There is nothing to tune on`, NEEDS[project.tuning.purpose]);
  const { purpose, template, heldOut, old: oldIds } = project.tuning;
  const split = { validation: heldOut, test: 0, seed: 0 };
  const limits = limitsOf(get());
  const { model, trainable, recipe } = tuningOf(project, record, limits);

  const tokenizer =
    purpose === 'instruct'
      ? (await get().paint({ runId: record.id, template, texts: textIds({ texts }), from: 0, count: 0 }, signal()))
          .tokenizer
      : await readTokenizer(store, record);
  /** Undefined where that was stopped, or failed, which is the run's then. */
  async function cut(ids: readonly string[], by: TokenizerModel): Promise<DataRecord | undefined> {
    const built = signal().aborted ? undefined : await get().cut(project.id, { texts: ids, tokenizer: by, split });
    if (built && !signal().aborted) return built;
    const { building } = get().makingOf(project.id);
    if (building.kind === 'failed') fail(runId, building.failure);
    else held.undo();
    return undefined;
  }
  const data = await cut(textIds({ texts }), tokenizer);
  if (!data) return;
  const { train, validation } = data.manifest.parts;
  const wrong = problems(model, recipe, { train: train.tokens, validation: validation.tokens }, limits, trainable);
  if (wrong.length > 0) throw unfit(wrong);

  const given = keepsOldText(record) ? [] : asked.texts.filter(({ id }) => oldIds.includes(id));
  const oldData = given.length > 0 ? await cut(textIds({ texts: given }), await readTokenizer(store, record)) : null;
  if (oldData === undefined) return;
  const input = {
    runId,
    projectId: project.id,
    name: `${record.name}, ${WORDS[purpose]}`.slice(0, MOST_NAMED),
    createdAt: now(),
    from,
    recipe,
    tokenizer,
    data,
    texts: textFacts(texts),
    ...(trainable && { trainable }),
    ...(oldData && { old: { data: oldData, texts: textFacts(given) } }),
  };
  await follow({ runId, of: recipe.steps, settings: settingsOf(model, recipe) }, (options) =>
    gpu.call('tune', input, options),
  );
}

const NEEDS = {
  instruct: 'Add chats: questions with their answers.',
  adapt: 'Add text of the kind that it is to know.',
} as const;
const WORDS = { instruct: 'instructed', adapt: 'adapted' } as const;
/** Characters of a name. */
const MOST_NAMED = 200;
