/** Every setting changes the run, its record, its card and the PyTorch export, or its entry says why not. */
import { beforeAll, expect, test } from 'vitest';
import { template } from '../../../scripts/templates';
import { type Field, fieldProblem } from '../base/field';
import { readBytes } from '../files/byteSource';
import { exportedFrom } from '../export/exported';
import { settingsOf } from '../export/formatSettings';
import { FORMATS } from '../export/formats';
import { newInfo, type RunInfo } from '../export/homegrownJson';
import { modelSpec } from '../models';
import { usualPooling, withClasses } from '../models/classes';
import { initialValues, type ModelChoice } from '../models/network';
import { usualConfig } from '../models/spec';
import { trainingSource, modelsFor, type ObjectiveId, OBJECTIVES, rolesOf } from '../objectives';
import { OPTIMIZERS } from '../optim';
import { SCHEDULES } from '../optim/schedule';
import { memoryStore } from '../base/blobStore';
import { addRun, readRun } from '../runs/record';
import { cardOf } from '../../testing/cardOf';
import { dataFacts, runRecord } from '../../testing/runRecord';
import { textSource } from '../../testing/tokenSource';
import { useSingleThreadWasm } from '../../testing/wasm';
import { createTokenizer } from '../tokenizer/byteLevel';
import { DEFAULT_RECIPE, fieldsOf, RECIPE, type Recipe, type RecipeField } from './recipe';
import type { TrainEvent } from './run';
import { train } from './train';

const NAMES = Object.keys(RECIPE) as RecipeField[];
const SHORT: Recipe = {
  ...DEFAULT_RECIPE,
  ...{ steps: 6, batch: 3, warmup: 2, learningRate: 0.01, evalEvery: 2, evalTokens: 36, saveEvery: 2 },
};
/** Settings that another setting needs to have an effect. */
const BESIDE: Partial<Record<RecipeField, Partial<Recipe>>> = {
  // Adam divides by the gradient's size, so a smaller clipped gradient makes the same step.
  clip: { optimizer: 'sgd', clip: 0.01 },
  evalEarly: { steps: 11, evalEvery: 4 },
  decayShare: { decayShare: 0.8 },
  patience: { minDelta: 10 },
  minDelta: { patience: 1, learningRate: 1e-5 },
  spanLength: { maskRate: 0.5 },
  replay: { batch: 4 },
  stride: { stride: 2 },
  epsilon: { epsilon: 1e-3 },
  objective: { objective: 'spanCorruption' },
};

/** A recipe to which the setting applies, with a matching objective, optimizer and schedule. */
function recipeWith(name: RecipeField): Recipe {
  const own = { ...SHORT, ...BESIDE[name] };
  for (const objective of [own.objective, ...(Object.keys(OBJECTIVES) as ObjectiveId[])])
    for (const optimizer of [own.optimizer, ...(Object.keys(OPTIMIZERS) as Recipe['optimizer'][])])
      for (const schedule of [own.schedule, ...(Object.keys(SCHEDULES) as Recipe['schedule'][])])
        if (Object.hasOwn(fieldsOf({ objective, optimizer, schedule }), name))
          return { ...own, objective, optimizer, schedule };
  throw new Error(`No recipe has ${name}.`);
}

/** Another valid value of the setting. */
function otherThan(name: RecipeField, value: unknown): Recipe[RecipeField] {
  const field: Field = RECIPE[name];
  const candidates = (): unknown[] => {
    if (name === 'objective') return ['prefix'];
    if (field.kind === 'choice') return Object.keys(field.of);
    if (field.kind === 'switch') return [!value];
    if (field.kind === 'text') return ['The sea'];
    const number = value as number;
    return field.kind === 'whole' ? [number * 2, number + 1] : [number / 2, Math.min(0.5, field.max / 2)];
  };
  return candidates().find((other) => other !== value && fieldProblem(field, other) === null) as Recipe[RecipeField];
}

const TEXTS = Array.from(
  { length: 24 },
  (_, i) => `The whale ${i % 3} is the king of the sea ${'and the field '.repeat(i % 4)}.`,
);

/** A tiny model of the first architecture that supports the objective. */
async function modelFor(
  objective: ObjectiveId,
): Promise<{ model: ModelChoice; tokenizer: Awaited<ReturnType<typeof createTokenizer>> }> {
  const roles = ['end', 'padding', ...rolesOf(objective).filter((role) => !['end', 'padding'].includes(role))] as const;
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [], roles: [...roles] });
  const id = modelsFor(objective)[0]!;
  const config = usualConfig(modelSpec(id), { layers: 1, heads: 2, width: 16, context: 12 });
  const model: ModelChoice = { id, config, vocabulary: tokenizer.size };
  const isOfLabels = trainingSource(objective) === 'labels';
  return {
    tokenizer,
    model: isOfLabels ? withClasses(model, { labels: ['a', 'b'], pooling: usualPooling({ id })! }) : model,
  };
}

/** Everything that a run produces, without times. */
async function runOf(recipe: Recipe): Promise<string> {
  const { model, tokenizer } = await modelFor(recipe.objective);
  // Two of three texts have one label, so that class weights differ.
  const source = textSource(
    tokenizer,
    TEXTS,
    TEXTS.map((_, i) => (i % 3 === 0 ? 'b' : 'a')),
  );
  const replayed = textSource(tokenizer, ['Old text of another kind, 0123456789. '.repeat(20)]);
  const done: unknown[] = [];
  await train(
    {
      ...{ model, recipe, tokenizer, train: source, validation: source, now: () => 0 },
      ...(recipe.replay > 0 && { replayed }),
      save({ state, tensors }) {
        done.push(['save', state.step, [...tensors].map(([name, { data }]) => [name, [...data].slice(0, 40)])]);
        return Promise.resolve({ bytes: 0 });
      },
    },
    {
      signal: new AbortController().signal,
      report(event: TrainEvent) {
        const {
          tokensPerSecond: _,
          activeMs: __,
          plannedBytes: ___,
          encodeMs: ____,
          ...figures
        } = event as unknown as Record<string, unknown>;
        if (event.kind !== 'compiling') done.push(figures);
      },
    },
  );
  return JSON.stringify(done);
}

const infoOf = async (recipe: Recipe): Promise<RunInfo> => {
  const { model, tokenizer } = await modelFor(recipe.objective);
  const replayed = dataFacts({ texts: [{ name: 'old.txt', characters: 10, sha256: 'b'.repeat(64) }] });
  const info = newInfo({ id: 'a', createdAt: 0, model, recipe, data: dataFacts(), tokenizer: tokenizer.model });
  return { ...info, replayed };
};

/** Scripts of the PyTorch export and their input files, without copies of the recipe; null if it refuses the run. */
async function bundleOf(recipe: Recipe): Promise<string | null> {
  const info = await infoOf(recipe);
  if (FORMATS.pytorch.problem!(settingsOf(info)) !== null) return null;
  const { model, tokenizer } = await modelFor(recipe.objective);
  const state = { step: 1, tokensSeen: 1, activeMs: 0, best: null };
  const imported = {
    model,
    tokenizer,
    snapshot: { state, tensors: new Map(initialValues(model, 1)) },
    events: [],
    info,
  };
  const exported = await exportedFrom({ ...imported, resumable: false }, 'a', 0);
  const files = await FORMATS.pytorch.files(exported, { template, withOptimizer: false });
  const read = files.filter(
    (file) => /\.(py|json)$/.test(file.name) && !/recipe|homegrown|trainer_state|tokenizer/.test(file.name),
  );
  return (await Promise.all(read.map(async (file) => new TextDecoder().decode(await readBytes(file))))).join('\n');
}

beforeAll(useSingleThreadWasm);

test.each(NAMES)('%s changes the result of a run', async (name) => {
  const recipe = recipeWith(name);
  const { unseen } = RECIPE[name] as Field;
  const changed = { ...recipe, [name]: otherThan(name, recipe[name]) };
  const isSame = (await runOf(recipe)) === (await runOf(changed));
  expect(isSame, unseen?.run).toBe(unseen?.run !== undefined);
});

test.each(NAMES)('%s is in the record, homegrown.json and the card', async (name) => {
  const recipe = recipeWith(name);
  const changed = { ...recipe, [name]: otherThan(name, recipe[name]) };
  const { model } = await modelFor(recipe.objective);
  const recordOf = async (of: Recipe): Promise<string> => {
    const store = memoryStore();
    await addRun(store, runRecord({ recipe: of, model, objective: of.objective }));
    return JSON.stringify(await readRun(store, 'a'));
  };
  expect(await recordOf(changed)).not.toBe(await recordOf(recipe));
  const [before, after] = [await infoOf(recipe), await infoOf(changed)];
  expect(JSON.stringify(after.segments)).not.toBe(JSON.stringify(before.segments));
  const { unseen } = RECIPE[name] as Field;
  expect(cardOf(after) === cardOf(before), unseen?.card).toBe(unseen?.card !== undefined);
});

test.each(NAMES)('the PyTorch scripts read %s or refuse the run', async (name) => {
  const recipe = recipeWith(name);
  const changed = { ...recipe, [name]: otherThan(name, recipe[name]) };
  const bundle = await bundleOf(changed);
  const { unseen } = RECIPE[name] as Field;
  // Matches recipe["clip"] in a script, or a value of optimizers.json.
  const byName = new RegExp(`recipe\\["${name}"\\]|\\.get\\("${name}"|[[:,]\\s*"${name}"`);
  const isRead = bundle === null || byName.test(bundle) || bundle !== (await bundleOf(recipe));
  expect(!isRead, unseen?.pytorch).toBe(unseen?.pytorch !== undefined);
});
