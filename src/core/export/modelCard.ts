import { deviceKindOf, energyOf, wattHoursWords } from '../train/energy';
import { trainableWords } from '../adapters/words';
import { choiceLabel, type Field, nameOf } from '../base/field';
import { formatCount, formatDay, formatDuration, formatNumber, formatShare } from '../base/units';
import { upperFirst } from '../base/firstLetter';
import { type MetricId, METRICS, runMetricsIn } from '../metrics';
import { valueWords } from '../metrics/words';
import { modelSpec } from '../models';
import { folderFormat, hubProblem } from '../models/folderFormat';
import { countParams, type Size, sizesOf } from '../models/spec';
import { headlineWords, metricIn, metricsOf, baselinesOf, objectiveOf } from '../objectives';
import { optimizerOf } from '../optim';
import { learningRateAt, scheduleOf } from '../optim/schedule';
import { CARD_PARTS } from '../runs/card';
import { changedFields, dataOf, isSameData, recipeOf } from '../runs/segments';
import type { DataFacts } from '../runs/settings';
import { RECIPE, type Recipe, type RecipeField } from '../train/recipe';
import { END_ALONE, ROLES, specialTokens, TOKEN_ROLES } from '../tokenizer/special';
import { SPLITS } from '../tokenizer/splits';
import { isApplied } from '../tokenizer/tokenizer';
import { askedSection } from './askedSection';
import { CARD_HEADINGS, partOf } from './cardWords';
import { chatSection } from './chatSection';
import { evaluationSection } from './evaluationSection';
import type { Format } from './format';
import { settingsOf } from './formatSettings';
import { evaluatedOf, type RunInfo } from './homegrownJson';
import { howToLoad } from './howToLoad';
import { DOES, kindOf } from './kinds';
import { labelsSection } from './labelsSection';
import { modelTitle } from './modelTitle';
import { normalizerWords } from './normalizerWords';
import { plain, table, tokenizerKind } from './markdown';

/**
 * Returns README.md of an exported model: training data, settings, evaluation results, limitations and how to load it.
 * For an external model, only its description and the training here.
 * @param formats that can load it
 */
export function modelCard(info: RunInfo, formats: readonly Format[], hasDatasheet = true): string {
  const { model, state, origin } = info;
  const { config, vocabulary } = model;
  const spec = modelSpec(model.id);
  const sections = [
    frontMatter(info),
    `# ${plain(modelTitle(info))}`,
    `A ${spec.label} ${config.classes ? 'classifier' : 'language model'} with ${formatCount(countParams(spec.params(config, vocabulary)))} parameters, ${provenance(info)}`,
    partOf('about', info),
    ...labelsSection(info),
    '## Training data',
    bySegment(info, (data) => dataSection(data, hasDatasheet)),
    '## Tokenizer',
    tokenizerSection(info),
    ...chatSection(info),
    '## Training settings',
    table([
      ['Layers, heads, width', `${config.layers}, ${config.heads}, ${config.width}`],
      ['Context', `${formatCount(config.context)} tokens`],
      ...ownSizes(model),
      ...(origin && state.step === 0 ? [] : trainingRows(info)),
    ]),
    ...earlierSettings(info),
    ...(origin
      ? [
          `${HOW_UNKNOWN}${state.step === 0 ? '' : ' The settings from the optimizer down are from the training in Homegrown.'}`,
        ]
      : []),
    '## Evaluation results',
    ...resultSections(info),
    '## Hardware, time and energy',
    effort(info),
    ...CARD_PARTS.filter((part) => part !== 'about').flatMap((part) => {
      const words = partOf(part, info);
      return words === '' ? [] : [`## ${CARD_HEADINGS[part]}`, words];
    }),
    '## How to load the model',
    howToLoad(settingsOf(info), formats),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

/** Metadata of the card, as the Hugging Face Hub reads it. */
function frontMatter({ name, model }: RunInfo): string {
  const lines = [
    `library_name: ${hubProblem(model) === null ? 'transformers' : 'homegrown'}`,
    `pipeline_tag: ${DOES[kindOf(model)].task}`,
    `tags: [${[...typesOf(model), 'homegrown'].join(', ')}]`,
    `model_name: ${JSON.stringify(name)}`,
  ];
  return `---\n${lines.join('\n')}\n---`;
}

/** Rows of the table of training settings. */
function trainingRows(info: RunInfo): string[][] {
  const { model, state } = info;
  const { config, vocabulary } = model;
  const spec = modelSpec(model.id);
  const recipe = recipeOf(info);
  const { label, fields } = optimizerOf(recipe.optimizer);
  const own = (Object.keys(fields) as RecipeField[]).map((name) => `, ${name} ${recipe[name]}`);
  const { schedule, steps, warmup } = recipe;
  /** Final learning rate as a share of the peak. */
  const last = learningRateAt(schedule, { ...recipe, learningRate: 1 }, Math.max(steps, warmup));
  return [
    ['Objective', objectiveOf(recipe.objective).label + ownWords(objectiveOf(recipe.objective).fields, recipe)],
    ...(info.trainable ? [['Trainable', trainableWords(spec.params(config, vocabulary), info.trainable)]] : []),
    ['Optimizer', label + own.join('')],
    [
      'Learning rate',
      `${recipe.learningRate}, ${formatCount(recipe.warmup)} warm-up steps, then ${scheduleOf(recipe.schedule).label.toLowerCase()}${ownWords(scheduleOf(schedule).fields ?? {}, recipe)}` +
        (last === 1 ? '' : ` to ${formatShare(last)} of the peak`),
    ],
    ['Weight decay', String(recipe.weightDecay)],
    ['Gradient clipping', recipe.clip === 0 ? 'none' : `global norm ${recipe.clip}`],
    ['Dropout', String(recipe.dropout)],
    ...(recipe.attentionDropout > 0 ? [['Attention dropout', String(recipe.attentionDropout)]] : []),
    ...(recipe.emaDecay > 0 ? [['Weights', `exponential moving average, decay ${recipe.emaDecay}`]] : []),
    [
      'Batch',
      `${recipe.batch} rows of ${config.context} tokens` +
        (recipe.accumulate > 1 ? `, ${recipe.accumulate} batches per update` : ''),
    ],
    ...(info.replayed && recipe.replay > 0
      ? [
          [
            'Replayed text',
            `${formatShare(recipe.replay)} of rows, from ${plain(info.replayed.texts.map(({ name }) => name).join(', '))}`,
          ],
        ]
      : []),
    ...(recipe.patience > 0
      ? [['Early stopping', `patience ${recipe.patience}, min delta ${recipe.minDelta} nats`]]
      : []),
    ['Steps', `${formatCount(state.step)} of ${formatCount(recipe.steps)}, ${formatCount(state.tokensSeen)} tokens`],
    ['Seed', String(recipe.seed)],
  ];
}

/** `model_type` of transformers, as in config.json. */
function typesOf(model: RunInfo['model']): readonly string[] {
  const { isOwn, config } = folderFormat(model);
  return isOwn ? [] : [config(model, { begin: 0, end: 0 })['model_type'] as string];
}

/** Settings of an objective or a schedule that differ from their values before they became configurable. */
function ownWords(fields: Readonly<Record<string, Field>>, recipe: Recipe): string {
  const own = Object.entries(fields).filter(([name, { absent }]) => recipe[name as RecipeField] !== absent);
  return own
    .map(([name, field]) => `, ${nameOf(field).toLowerCase()} ${sizeWords(field, recipe[name as RecipeField])}`)
    .join('');
}

/** Sizes that only some architectures have, if they differ from the original behavior; 0 means derived from others. */
function ownSizes({ id, config }: RunInfo['model']): [string, string][] {
  const { layers: _, heads: __, width: ___, context: ____, ...own } = sizesOf(config);
  const fields: Readonly<Record<string, Field>> = modelSpec(id).fields;
  return Object.entries(own)
    .filter(([name, size]) => size !== 0 && size !== fields[name]!.absent)
    .map(([name, size]) => [nameOf(fields[name]!), sizeWords(fields[name]!, size)]);
}
function sizeWords(field: Field, size: Size): string {
  if (typeof size === 'boolean') return size ? 'yes' : 'no';
  if (typeof size === 'string') return choiceLabel(field, size).toLowerCase();
  const { unit } = field;
  return [Number.isInteger(size) ? formatCount(size) : String(size), unit].filter(Boolean).join(' ');
}

function tokenizerSection(info: RunInfo): string {
  const { tokenizer, model, split, normalizers = [] } = info;
  const entries = `${tokenizerKind(info)}, ${formatCount(model.vocabulary)} entries`;
  if (isApplied(tokenizer))
    return `${entries}. Imported, applied and exported as its files specify: text may be lowercased or normalized.`;
  const steps = [...(split ? SPLITS[split].normalizers : []), ...normalizers];
  const form =
    steps.length === 0
      ? 'Text is neither lowercased nor normalized.'
      : `Text is normalized before tokenization: ${plain(normalizerWords(steps))}. \`tokenizer.json\` contains this step, so tools that read it apply it to prompts.`;
  if (split === undefined) return `${entries}. ${lastEntries(info)}. ${form}`;
  return `${entries}. Imported with its ids and special tokens. It splits text as \`${split}\` does. ${form}`;
}

/** Describes the special tokens by role. */
function lastEntries({ roles = END_ALONE }: RunInfo): string {
  const tokens = specialTokens(roles, 0).map(({ role, text }) => ({ role, text: `\`${text}\`` }));
  if (tokens.length === 1) return `The last entry is ${tokens[0]!.text}`;
  const named = ROLES.flatMap((role) => {
    const texts = tokens.filter((token) => token.role === role).map(({ text }) => text);
    const shown = texts.length > 2 ? `${texts[0]!} to ${texts.at(-1)!}` : texts.join(' and ');
    return texts.length === 0 ? [] : [`${shown} (${TOKEN_ROLES[role].label})`];
  });
  return (
    `The last entries are special tokens: ${named.join(', ')}. Homegrown never reads text as a special token; ` +
    'most other tools do, unless you set `split_special_tokens`'
  );
}

const HOW_UNKNOWN = 'Its training before the import is not recorded.';

function provenance(info: RunInfo): string {
  const { origin, createdAt, state } = info;
  const since = textsOf(info)
    .slice(1)
    .map(({ after }) => formatCount(after))
    .join(' and ');
  const trained = since === '' ? '' : ` From step ${since} on, it was trained on other text.`;
  const changes = `${trained}${mixedWords(info)}`;
  const from = parentWords(info);
  if (origin) {
    const on = from === null ? '' : `, ${from}`;
    const here = state.step === 0 ? '' : ` It was then trained here for ${formatCount(state.step)} steps${on}.`;
    const title = origin.title === undefined ? '' : `, titled ${plain(origin.title)},`;
    const license = origin.licence === undefined ? '' : ` Its stated license is ${plain(origin.licence)}.`;
    return `imported into Homegrown from ${plain(origin.name)}${title} on ${formatDay(origin.importedAt)}. Its author is not recorded.${license}${lacksWords(origin)}${here}${changes}`;
  }
  const how = beganFrom(info)?.how === 'fine-tune' ? 'tuned' : 'trained';
  const began = from === null ? 'trained from scratch with Homegrown' : `${how} with Homegrown ${from}`;
  return `${began}, started on ${formatDay(createdAt)}.${changes}`;
}

/** Facts that an import left out: a noun phrase for a model, sentences for an adapter. */
function lacksWords({ lacks }: { lacks?: string | undefined }): string {
  if (lacks === undefined) return '';
  return lacks.endsWith('.') ? ` ${plain(lacks)}` : ` It was imported without ${plain(lacks)}.`;
}

function mixedWords({ mixed, state }: RunInfo): string {
  if (!mixed) return '';
  const { share, name, step } = mixed;
  const what = `${formatShare(share)} ${plain(name)}, ${formatShare(1 - share)} tuned`;
  return state.step > step
    ? ` At step ${formatCount(step)}, its weights were averaged: ${what}.`
    : ` Its weights are an average: ${what}.`;
}

/** `from step 2600 of Moby Dick`; null for a run without a parent. */
export function parentWords(info: RunInfo): string | null {
  const from = beganFrom(info);
  return from ? `from step ${formatCount(from.step)} of ${plain(from.name)}` : null;
}

/** Parent of a run, also of a run that was imported since. */
const beganFrom = ({ parent }: RunInfo) => (parent?.how === 'import' ? parent.began : parent);

/** Segments where the data changed, oldest first, with the step before their first. */
function textsOf({ segments }: RunInfo): readonly Pick<RunInfo['segments'][0], 'after' | 'data'>[] {
  return segments.filter(({ data }, i) => i === 0 || !isSameData(segments[i - 1]!.data, data));
}

/** Describes each data that a model was trained on, in order, with its steps. */
export function bySegment(info: RunInfo, describe: (data: DataFacts) => string): string {
  const { origin, state } = info;
  if (origin && state.step === 0) return 'Not recorded.';
  const parts: string[] = origin ? ['The training data before the import is not recorded.'] : [];
  const texts = textsOf(info);
  for (const [i, { after, data }] of texts.entries()) {
    const until = texts[i + 1]?.after;
    if (until !== undefined) parts.push(`Up to step ${formatCount(until)}:`);
    else if (i > 0) parts.push(`From step ${formatCount(after)} on:`);
    else if (origin && data) parts.push('Then trained here on:');
    if (data) parts.push(describe(data));
    else if (!origin || texts.length > 1) parts.push(NOT_RECORDED);
  }
  return parts.join('\n\n');
}
const NOT_RECORDED = 'Not recorded.';

/** Earlier settings that differ from those in the table; empty if there are none. */
function earlierSettings({ segments }: RunInfo): string[] {
  return segments.slice(1).flatMap((segment, i) => {
    const before = segments[i]!.recipe;
    const names = changedFields(before, segment.recipe);
    if (names.length === 0) return [];
    const words = names.map((name) => `${nameOf(RECIPE[name]).toLowerCase()} ${before[name]}`);
    return [`Up to step ${formatCount(segment.after)}: ${words.join(', ')}.`];
  });
}

/** Describes the validation set: `the last 10 %`, of each text if there are several, and before the test set. */
export function heldOut({ split: { rule, validation, test }, texts }: DataFacts): string {
  if (rule === 'labels') return `about ${formatShare(validation)} of each label’s texts`;
  if (rule === 'documents') return `about ${formatShare(validation)} of the documents`;
  const before = test > 0 ? ` before the test set (the last ${formatShare(test)})` : '';
  const share = test > 0 ? formatShare(validation) : `last ${formatShare(validation)}`;
  return `the ${share}${before}${rule === 'ends' && texts.length > 1 ? ' of each text' : ''}`;
}

/** Cleaning recipe to append to a text's name; empty if the text is the original. */
export const cleanedWords = (cleaned: DataFacts['texts'][number]['cleaned']): string =>
  cleaned ? `, cleaned by the recipe ${plain(cleaned.by)} (\`${cleaned.recipe.slice(0, 16)}\`)` : '';

/** Section on training data. @param hasDatasheet whether a datasheet comes with the card */
function dataSection(data: DataFacts, hasDatasheet: boolean): string {
  const texts = data.texts.map(({ name, characters, sha256, licence, cleaned }) => [
    plain(name) + cleanedWords(cleaned),
    formatCount(characters),
    licence === undefined ? 'not stated' : plain(licence),
    `\`${sha256.slice(0, 16)}\``,
  ]);
  return (
    `${table(texts, ['Text', 'Characters', 'License', 'SHA-256 prefix'])}\n\n` +
    `${formatCount(data.parts.train.tokens)} training tokens; validation set: ` +
    `${heldOut(data)} (${formatCount(data.parts.validation.tokens)} tokens).` +
    (hasDatasheet ? ' See DATASHEET.md.' : '')
  );
}

/** Latest results from training, then later evaluations of whole parts. */
function resultSections(info: RunInfo): string[] {
  const measured = [...evaluationSection(info), ...askedSection(info)];
  if (info.result) return [resultSection(info, info.result), ...measured];
  return measured.length > 0 ? measured : ['Not evaluated.'];
}

/** Table of the scales of the loss, each with its untrained baselines; then other metrics. */
function resultSection(info: RunInfo, result: NonNullable<RunInfo['result']>): string {
  const { model } = info;
  const { objective } = recipeOf(info);
  const measured = [...metricsOf(objectiveOf(objective)), ...runMetricsIn(evaluatedOf(result))];
  const metrics = measured.map((id) => [id, metricIn(objective, id)] as const);
  const inOrder = (Object.keys(METRICS) as MetricId[]).filter((id) => measured.includes(id));
  const columns = inOrder.map((id) => metricIn(objective, id)).filter(({ scale }) => scale);
  const row = (what: string, loss: number): string[] => [
    what,
    ...columns.map(({ scale }) => formatNumber(scale!.of(loss))),
  ];
  const baselines = baselinesOf(objective, model, dataOf(info));
  const rows = [
    row(`This model, step ${formatCount(result.step)}`, result.loss),
    ...baselines.toReversed().map(({ words, loss }) => row(upperFirst(words), loss)),
  ];
  const others = metrics.flatMap(([id, metric]) => {
    const value = result[id];
    if (metric.scale || value === undefined) return [];
    const remark = metric.remark === undefined ? '' : `, ${metric.remark}`;
    return [`${metric.label} ${valueWords(metric, { value })}${remark}.`];
  });
  const heads = columns.map(({ unit, label }) => (unit === '' ? label : upperFirst(unit)));
  const sentences = [...others, ...bestOf(info)];
  return [table(rows, ['Validation set', ...heads]), ...(sentences.length > 0 ? [sentences.join(' ')] : [])].join(
    '\n\n',
  );
}

/** Mentions the best step, if another step is exported. */
function bestOf(info: RunInfo): string[] {
  const { state, bestNotKept } = info;
  const best = bestNotKept ?? state.best;
  if (!best || best.step === state.step) return [];
  const where = bestNotKept ? 'which is no longer saved' : 'but these files are from another step';
  return [
    `The best step was ${formatCount(best.step)}, ${headlineWords(recipeOf(info).objective, best.loss)}, ${where}.`,
  ];
}

function effort({ state, device }: RunInfo): string {
  const on = device === null ? 'an unrecorded device' : plain(device);
  if (state.activeMs === 0) return `Trained on ${on}; the training time is not recorded.`;
  const energy = energyOf(state.activeMs / 1000, deviceKindOf(device ?? ''));
  return (
    `${formatDuration(state.activeMs)} of training on ${on}. About ${wattHoursWords(energy)}, ` +
    `estimated at ${energy.watts} W, not measured.`
  );
}
