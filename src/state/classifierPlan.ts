/** Plan of a classifier before its start, with its model and recipe. */
import { partsOf, type Trainable } from '../core/adapters/trainable';
import { type Failure, toFailure } from '../core/base/errors';
import { fittingContext } from '../core/base/longTexts';
import { modelSpec, paramsOf } from '../core/models';
import { newClasses, withClasses } from '../core/models/classes';
import { type Classes, countParams } from '../core/models/spec';
import { defaultLearningRate } from '../core/runs/defaultLearningRate';
import { isInitial } from '../core/runs/modelDraft';
import type { Project, TokenizerChoice } from '../core/runs/project';
import { trainableOf } from '../core/runs/tuningConfig';
import { ofPurpose } from '../core/runs/tuning';
import { USUAL_BODY, USUAL_TOKENIZER } from '../core/runs/usualClassifier';
import { type MemoryLimits, memoryPlan, type MemoryPlan } from '../core/train/memory';
import { type Problem, problems } from '../core/train/problems';
import { DEFAULT_RECIPE, type Recipe } from '../core/train/recipe';
import { recomputation } from '../core/train/recomputation';
import type { ModelChoice } from '../core/train/run';
import { shortWarmup } from '../core/train/shortWarmup';
import type { LabelsSummary } from '../protocol/data';
import { askedSize, estimate, limitsOf } from './estimate';
import { measuredSeconds } from './measuredTime';
import type { Studio } from './slices/studio';
import { tuningBase } from './tuningInputs';

/** Model that a classification head is put on. */
export interface Body {
  model: ModelChoice;
  /** Whether it is trained from scratch. */
  isNew: boolean;
  /** How to train its tokenizer on its texts; absent if it uses the tokenizer of the base or the project. */
  made?: TokenizerChoice;
}

export function bodyOf(s: Pick<Studio, 'project' | 'runs'>): Body {
  const base = tuningBase(s, 'classify');
  if (base) return { model: base.row.record.model, isNew: false };
  const { model, tokenizer, tuning } = s.project;
  const isUsual = newBody(s.project) === 'usual';
  const shape = isUsual ? USUAL_BODY : { id: model.id, config: model.config };
  const { context = shape.config.context } = tuning.classify;
  const sizes = { ...shape, config: { ...shape.config, context } };
  if (tokenizer && !tuning.classify.tokenizer) return { model: { ...sizes, vocabulary: tokenizer.size }, isNew: true };
  const made = madeTokenizer(s.project);
  return { model: { ...sizes, vocabulary: askedSize(made) }, isNew: true, made };
}

/** Shape of a model that is trained from scratch. */
export const newBody = ({ tuning: { classify }, model }: Pick<Project, 'tuning' | 'model'>): 'usual' | 'project' =>
  classify.body ?? (isInitial(model) ? 'usual' : 'project');
/** Tokenizer to train on the texts: as chosen, or the default. */
export const madeTokenizer = ({ tuning }: Pick<Project, 'tuning'>): TokenizerChoice =>
  tuning.classify.tokenizer ?? USUAL_TOKENIZER;

/** The tokenizer that the survey trained, if the run will train the same one. */
export const trainedFor = (
  { made }: Pick<Body, 'made'>,
  summary?: Pick<LabelsSummary, 'trained'>,
): LabelsSummary['trained'] =>
  made && summary?.trained?.made === made.kind && summary.trained.vocabulary === made.vocabulary
    ? summary.trained
    : undefined;

/** The same body with the vocabulary size that its tokenizer will have, if the survey knows it. */
const withTrainedVocabulary = (body: Body, summary: Pick<LabelsSummary, 'trained'>): Body => {
  const { entries: vocabulary = body.model.vocabulary } = trainedFor(body, summary) ?? {};
  return { ...body, model: { ...body.model, vocabulary } };
};

/** Prefix of a model size before its tokenizer is trained: BPE may find fewer entries, characters add some. */
export function boundWords(body: Pick<Body, 'made'>, summary?: Pick<LabelsSummary, 'trained'>): string {
  if (!body.made || body.made.kind === 'bytes' || trainedFor(body, summary)) return '';
  return body.made.kind === 'bpe' ? 'at most ' : 'at least ';
}

/** Default number of epochs: more for few texts, as a new model needs about 300 steps, a pretrained one 100. */
const defaultEpochs = (isNew: boolean, trained: number, rows: number): number =>
  Math.min(
    MAX_USUAL_EPOCHS,
    Math.max(MIN_USUAL_EPOCHS, Math.ceil(((isNew ? 300 : 100) * rows) / Math.max(1, trained))),
  );
export const MIN_USUAL_EPOCHS = 3;
const MAX_USUAL_EPOCHS = 50;

/**
 * Returns the model and recipe that a classifier starts with.
 * @param labelSet `several` labels per text, and numbers of training and held-out texts
 * @throws HomegrownError `bad-settings` if the model can't be a classifier, or lacks the part to train
 */
export function classifierOf(
  { tuning, recompute }: Pick<Project, 'tuning' | 'recompute'>,
  body: Body,
  labelSet: { labels: readonly string[]; several: boolean; trained: number; held: number },
  limits: MemoryLimits,
): Pick<ClassifierPlan, 'model' | 'classes' | 'recipe' | 'passes'> & { trainable: Trainable | undefined } {
  const { labels, several, trained, held } = labelSet;
  const classes = newClasses(body.model, labels, { ...tuning.classify, several });
  const model = withClasses(body.model, classes);
  const trainable = body.isNew ? undefined : trainableOf(tuning, model);
  const { recipe, rateByHand } = ofPurpose(tuning, 'classify');
  const { learningRate, optimizer, batch, accumulate, warmup, evalEvery, saveEvery } = recipe;
  const rows = batch * accumulate;
  const passes = tuning.classify.passes ?? defaultEpochs(body.isNew, trained, rows);
  const steps = Math.max(1, Math.ceil((passes * trained) / rows));
  const evalInterval = Math.min(evalEvery, Math.max(1, Math.ceil(steps / 5)));
  const defaultRate = defaultLearningRate(model, optimizer, body.isNew ? 'untuned' : { trainable });
  const plannedRecipe: Recipe = {
    ...recipe,
    objective: 'labels',
    steps,
    learningRate: rateByHand ? learningRate : defaultRate,
    warmup: shortWarmup(warmup, steps),
    evalEvery: evalInterval,
    // Saves are frequent: a small model is saved in milliseconds.
    saveEvery: countParams(paramsOf(model)) < MAX_SMALL ? Math.min(saveEvery, evalInterval) : saveEvery,
    evalTokens: recipe.evalTokens === DEFAULT_RECIPE.evalTokens ? evalTokensFor(held, model) : recipe.evalTokens,
    replay: 0,
  };
  const { isOn } = recomputation(model, plannedRecipe, recompute, limits, trainable);
  return { model, classes, trainable, passes, recipe: { ...plannedRecipe, recompute: isOn } };
}

/** Number of parameters of a small model. */
const MAX_SMALL = 5e6;

/** Number of tokens for an evaluation of all held-out texts, or of as many as give a narrow interval. */
const evalTokensFor = (held: number, { config }: ModelChoice): number =>
  Math.max(DEFAULT_RECIPE.evalTokens, Math.ceil(Math.min(held, MAX_EVALUATED)) * config.context);
/** Number of texts: enough to know the accuracy to within 4 %. */
const MAX_EVALUATED = 600;

export interface ClassifierPlan {
  model: ModelChoice;
  classes: Classes;
  recipe: Recipe;
  /** Number of epochs. */
  passes: number;
  /**
   * Context that fits all texts, and its expected time; undefined if all fit, or if the base model sets the context.
   */
  fitting: { context: number; seconds: number | undefined } | undefined;
  /** Number of trainable parameters, and of all. */
  trainable: number;
  all: number;
  memory: MemoryPlan;
  /** Expected training time; undefined until the device is measured. */
  seconds: number | undefined;
  problems: readonly Problem[];
}

/** @returns a failure if the classifier can't be planned */
export function planClassifier(
  s: Pick<Studio, 'project' | 'runs' | 'device'>,
  summary: LabelsSummary,
): ClassifierPlan | Failure {
  const limits = limitsOf(s);
  try {
    const trained = summary.texts * (1 - s.project.tuning.classify.heldOut);
    const held = summary.texts - trained;
    const labelSet = { labels: summary.labels.map(({ label }) => label), several: summary.several, trained, held };
    const body = withTrainedVocabulary(bodyOf(s), summary);
    const { model, classes, trainable, recipe, passes } = classifierOf(s.project, body, labelSet, limits);
    const table = paramsOf(model);
    const device = s.device.kind === 'open' ? s.device.info : undefined;
    const secondsOf = (run: Pick<ClassifierPlan, 'model' | 'recipe'>): number | undefined =>
      (device && measuredSeconds(s.runs, run.model, run.recipe, device)) ??
      estimate(modelSpec(run.model.id), run.model.config, run.model.vocabulary, run.recipe, device).seconds;
    const context = fittingOf(summary, body);
    const fitted =
      context === undefined
        ? undefined
        : { ...body, model: { ...body.model, config: { ...body.model.config, context } } };
    const { added, trainableParams } = partsOf(table, trainable);
    return {
      model,
      classes,
      recipe,
      passes,
      fitting: fitted && {
        context: fitted.model.config.context,
        seconds: secondsOf(classifierOf(s.project, fitted, labelSet, limits)),
      },
      trainable: countParams(trainableParams),
      all: countParams(table) + countParams(added),
      memory: memoryPlan(modelSpec(model.id), model.config, model.vocabulary, recipe, trainable),
      seconds: secondsOf({ model, recipe }),
      problems: problems(model, recipe, { train: Infinity, validation: Infinity }, limits, trainable),
    };
  } catch (error) {
    return toFailure(error);
  }
}

function fittingOf({ long, longest, room }: LabelsSummary, { model, isNew }: Body): number | undefined {
  const { context } = model.config;
  return isNew && long > 0 && room !== undefined ? fittingContext({ room, longest }, context) : undefined;
}

/** Why it can't start yet: training would be useless, or a person must answer first. Undefined if it can start. */
export const labelsRefusal = ({ problems }: Pick<LabelsSummary, 'problems'>): string | undefined =>
  problems.find(({ kind }) => kind !== 'note')?.words;

/** Loss weight of a text of each label if labels are weighted; 1 on average. */
export const weightOf = ({ labels }: LabelsSummary, count: number): number =>
  count === 0 ? 0 : labels.reduce((sum, label) => sum + label.count, 0) / (labels.length * count);
