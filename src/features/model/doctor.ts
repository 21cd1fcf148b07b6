/** Config doctor: errors that prevent a start, warnings about valid settings, and settings that are fine. */
import { paragraph } from '../../core/base/errors';
import { choiceLabel, type Field, nameOf } from '../../core/base/field';
import {
  counted,
  formatBytes,
  formatCount,
  formatDuration,
  formatNumber,
  formatReading,
  formatShort,
} from '../../core/base/units';
import { modelSpec } from '../../core/models';
import { nearestSize, type Size, type SizeName, type Sizes } from '../../core/models/spec';
import { objectiveOf } from '../../core/objectives';
import type { LeakWords } from '../../core/documents/labels/leakWords';
import type { InRows } from '../../core/objectives/objective';
import { unusualRate } from '../../core/train/unusualRate';
import type { Expected } from '../../core/plan/expected';
import { MIN_STEPS, maxEpochs, type Plan } from '../../core/plan/plan';
import { TOKEN_ROLES, type TokenRole } from '../../core/tokenizer/special';
import { stepsOfEpoch } from '../../core/train/epoch';
import type { Change } from '../../core/train/memory';
import { longWarmup } from '../../core/train/longWarmup';
import { evalEveryFor, evaluationsBeforeEnd, isTooShortForPatience } from '../../core/train/patience';
import type { Problem } from '../../core/train/problems';
import type { Recipe } from '../../core/train/recipe';
import type { Recomputation } from '../../core/train/recomputation';
import type { DeviceKind, ModelChoice } from '../../core/train/run';
import { shortTextWords } from '../../core/train/shortText';
import type { DeviceInfo } from '../../protocol/gpu';
import type { Estimate, TextSize } from '../../state/estimate';

/** Inputs of the config doctor. */
export interface Situation {
  model: ModelChoice;
  recipe: Recipe;
  recomputation: Recomputation;
  /** Undefined without a text. */
  text: TextSize | undefined;
  validationShare: number;
  /** Divergence of validation and training set, in nats per token; undefined until the data is built. */
  divergence: number | undefined;
  /** Problems that prevent a start. */
  problems: readonly Problem[];
  /** Layout of the data in rows of the context; undefined until tokenized, or if documents are concatenated. */
  inRows: InRows | undefined;
  /** Words that leak labels of the classification texts; undefined until computed, or if there are none. */
  leaks: readonly LeakWords[] | undefined;
  /** Special tokens that the objective needs and the project's tokenizer lacks. */
  missingRoles: readonly TokenRole[];
  /** Its time, like the plan's, counts from the press of Start until the run is done. */
  estimate: Estimate;
  /** Expected quality with these settings, and the plan for the project's time budget; if known. */
  expected: Expected | undefined;
  plan: Plan | undefined;
  device: DeviceInfo | undefined;
}

export type Fix =
  | { kind: 'recipe'; label: string; change: Partial<Recipe> }
  | { kind: 'model'; label: string; change: Sizes }
  | { kind: 'size'; label: string; parameters: number }
  | { kind: 'holdOut'; label: string; share: number }
  | { kind: 'device'; label: string; device: DeviceKind }
  | { kind: 'plan'; label: string }
  | { kind: 'addText'; label: string }
  | { kind: 'labels'; label: string };

export interface Finding {
  /** `stop` prevents a start; `caution` doesn't. */
  severity: 'stop' | 'caution';
  title: string;
  detail: string;
  /** Settings that the finding is about. */
  fields: readonly Problem['field'][];
  fix?: Fix;
  /** Alternative fixes. */
  otherFixes?: readonly Fix[];
}

export interface Diagnosis {
  findings: readonly Finding[];
  /** Checks that passed. */
  passed: readonly string[];
}

/** Runs all checks. */
export function diagnose(situation: Situation): Diagnosis {
  const stops = stopFindings(situation);
  const results = CHECKS.flatMap((check) => check(situation) ?? []);
  const cautions = results.filter((result) => typeof result !== 'string');
  const passed = results.filter((result) => typeof result === 'string');
  return {
    findings: [...stops, ...cautions],
    passed: stops.length === 0 ? ['All settings are compatible', ...passed] : passed,
  };
}

function stopFindings(situation: Situation): Finding[] {
  const { problems, text } = situation;
  const stops: Finding[] = problems.map(({ field, message, changes = [] }) => {
    const [fix = nearestValueFix(field, situation), ...otherFixes] = changes.map(fixOfChange);
    const title = field === 'memory' ? 'Out of memory' : STOP_TITLE;
    return { severity: 'stop', title, detail: message, fields: [field], ...(fix && { fix }), otherFixes };
  });
  if (!text) {
    stops.push({
      severity: 'stop',
      title: 'No text yet',
      detail: 'Drop files, or use a sample.',
      fields: [],
      fix: { kind: 'addText', label: 'Add text' },
    });
  }
  return stops;
}
const STOP_TITLE = "This run can't start";

const fixOfChange = ({ words, ...change }: Change): Fix => ({ ...change, label: `Use ${words}` });

function valueWords(field: Field, value: Size): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return typeof value === 'string' ? choiceLabel(field, value).toLowerCase() : formatCount(value);
}

/** Fix that sets the nearest valid value. */
function nearestValueFix(field: Problem['field'], { model }: Situation): Fix | undefined {
  const { config, id } = model;
  if (field === 'text') return { kind: 'addText', label: 'Add text' };
  const spec = modelSpec(id);
  if (!Object.hasOwn(spec.fields, field)) return undefined;
  const value = nearestSize(spec, config, field);
  if (value === undefined) return undefined;
  const sizeField: Field = spec.fields[field as SizeName];
  return {
    kind: 'model',
    label: `Set ${nameOf(sizeField).toLowerCase()} ${valueWords(sizeField, value)}`,
    change: { [field]: value },
  };
}

/** A check returns undefined if it doesn't apply, a sentence if it passes, else its findings. */
type Check = (situation: Situation) => Finding | readonly Finding[] | string | undefined;

const caution = (title: string, detail: string, fields: Finding['fields'], fix?: Fix): Finding => ({
  severity: 'caution',
  title,
  detail,
  fields,
  ...(fix && { fix }),
});

/** Epochs of the whole run. */
export function epochs({ model, recipe, text, inRows }: Situation): number | undefined {
  if (!text || text.train <= 0) return undefined;
  const part = { tokens: text.train, documents: text.documents };
  const rows = text.isCounted ? inRows?.rows : undefined;
  return recipe.steps / stepsOfEpoch(part, model.config.context, recipe, rows);
}

const epochCount: Check = (s) => {
  const { dropout } = s.recipe;
  const runEpochs = epochs(s);
  if (runEpochs === undefined) return undefined;
  if (runEpochs <= TOLERANCE * maxEpochs(dropout) || s.recipe.steps <= MIN_STEPS)
    return 'Few enough epochs for this text';
  const [advice, fix]: readonly [string, Fix] =
    dropout < USUAL_DROPOUT && runEpochs <= maxEpochs(USUAL_DROPOUT)
      ? [
          `Dropout of ${formatNumber(USUAL_DROPOUT)} allows ${formatCount(maxEpochs(USUAL_DROPOUT))}`,
          { kind: 'recipe', label: `Set dropout ${formatNumber(USUAL_DROPOUT)}`, change: { dropout: USUAL_DROPOUT } },
        ]
      : ['More text would help', { kind: 'addText', label: 'Add text' }];
  return caution(
    'The run reads the text too often',
    `${formatCount(runEpochs)} epochs, with dropout ${formatNumber(dropout)}. After about ${formatCount(maxEpochs(dropout))}, a model only memorizes its text. ${advice}.`,
    ['steps', 'dropout'],
    fix,
  );
};
const USUAL_DROPOUT = 0.2;
/** Tolerated factor over the limit. The limit is approximate, and may count tokens where an epoch counts rows. */
const TOLERANCE = 1.25;
/** Smallest size of the dial. */
const MIN_DIAL_PARAMETERS = 1e5;

const validationSize: Check = ({ text, validationShare }) => {
  if (!text) return undefined;
  const { validation } = text;
  // Token losses have a standard deviation of about 2 nats, so the mean of n has a 95 % interval of ± 4 / sqrt(n).
  const noise = 4 / Math.sqrt(validation);
  if (noise <= 0.05) return 'Validation set is large enough';
  return caution(
    'The validation set is small',
    `${formatCount(validation)} tokens: differences under ${formatNumber(Number(noise.toPrecision(1)))} nats are noise.${validationShare < 0.1 ? '' : ' More text would help.'}`,
    [],
    validationShare < 0.1
      ? { kind: 'holdOut', label: 'Hold out 10 %', share: 0.1 }
      : { kind: 'addText', label: 'Add text' },
  );
};

const textLength: Check = ({ model, recipe, text }) => {
  if (!text?.isCounted) return undefined;
  const words = shortTextWords(model, recipe, text);
  if (words === undefined) return undefined;
  return caution('The text is shorter than the context', words, ['context'], { kind: 'addText', label: 'Add text' });
};

const rowLength: Check = ({ inRows: { isCut, words } = {} }) =>
  isCut && words !== undefined ? caution('Some texts are longer than the context', words, ['context']) : undefined;

const specialTokens: Check = ({ missingRoles: [firstRole, ...otherRoles], recipe }) => {
  if (firstRole === undefined) return undefined;
  const tokens = otherRoles.length === 0 ? `no ${TOKEN_ROLES[firstRole].label} token` : `too few special tokens`;
  return caution(
    `The tokenizer has ${tokens}`,
    `${objectiveOf(recipe.objective).label} needs ${formatCount(otherRoles.length + 1)} more. Starting the run retrains the tokenizer.`,
    [],
  );
};

const validationLikeness: Check = ({ divergence }) => {
  if (divergence === undefined) return undefined;
  if (divergence <= MAX_DIVERGENCE) return 'Validation set is like the training text';
  return caution(
    'The validation set is unlike the training text',
    `Their token frequencies differ by ${formatNumber(Number(divergence.toPrecision(2)))} nats per token; within one book, by less than 0.1. Add each language or kind as its own text, to hold out part of each.`,
    [],
    { kind: 'addText', label: 'Open Text' },
  );
};
/**
 * In nats per token. With vocabularies from 257 to 8,192: 0.003 to 0.07 within a novel, 0.001 to 0.4 over 231 years of
 * addresses, 0.55 to 1.2 where code follows a novel, more where Japanese follows English (decision 20).
 */
const MAX_DIVERGENCE = 0.5;

/** Words that leak a label: a classifier learns them first, and fails on texts without them. */
const labelLeaks: Check = ({ leaks }) => {
  if (!leaks) return undefined;
  if (leaks.length === 0) return 'No word gives a label away';
  return leaks.map(({ label, count, words, remedy }) =>
    caution(
      `${count === 1 ? '1 word gives' : `${formatCount(count)} words give`} the label “${label}” away`,
      paragraph(words, remedy),
      [],
      { kind: 'labels', label: 'Open texts' },
    ),
  );
};

const warmup: Check = ({ recipe }) => {
  const long = longWarmup(recipe);
  if (!long) return 'Warm-up is short enough';
  const { title, detail, usual } = long;
  const fix: Fix = { kind: 'recipe', label: `Set ${formatCount(usual)}`, change: { warmup: usual } };
  return caution(title, detail, ['warmup'], fix);
};

const learningRate: Check = ({ recipe, estimate: { parameters } }) => {
  const unusual = unusualRate(recipe, parameters);
  if (!unusual) return 'Learning rate is in the usual range';
  const { isHigh, usual, words } = unusual;
  return caution(
    isHigh ? 'The learning rate is high' : 'The learning rate is low',
    `${words}; ${isHigh ? 'training may diverge' : 'the loss will fall slowly'}.`,
    ['learningRate'],
    { kind: 'recipe', label: `Set ${formatNumber(usual)}`, change: { learningRate: usual } },
  );
};

const evaluations: Check = ({ recipe, estimate }) => {
  const { evalEvery, evalTokens, steps } = recipe;
  const suggestedInterval = Math.max(1, Math.round(steps / 10));
  if (evalEvery > steps) {
    return caution(
      'The only evaluation is at the end',
      `Evaluation every ${formatCount(evalEvery)} steps, but the run has only ${formatCount(steps)}.`,
      ['evalEvery'],
      { kind: 'recipe', label: `Set ${formatCount(suggestedInterval)}`, change: { evalEvery: suggestedInterval } },
    );
  }
  // A forward pass takes a third of a step.
  const share = evalTokens / 3 / (evalEvery * estimate.tokensPerStep);
  if (share <= 0.5) return 'Evaluations take little time';
  const suggestedTokens = Math.max(1024, 1024 * Math.floor((evalEvery * estimate.tokensPerStep) / 1024));
  return caution(
    'Evaluations take a lot of time',
    `${formatCount((100 * share) / (1 + share))} % of the run: ${formatCount(evalTokens)} evaluation tokens per ${formatCount(evalEvery * estimate.tokensPerStep)} training tokens.`,
    ['evalEvery', 'evalTokens'],
    suggestedInterval > evalEvery
      ? {
          kind: 'recipe',
          label: `Set ${formatCount(suggestedInterval)} steps`,
          change: { evalEvery: suggestedInterval },
        }
      : {
          kind: 'recipe',
          label: `Set ${formatCount(suggestedTokens)} tokens`,
          change: { evalTokens: suggestedTokens },
        },
  );
};

const earlyStopping: Check = ({ recipe }) => {
  if (!isTooShortForPatience(recipe)) return undefined;
  const suggestedInterval = evalEveryFor(recipe);
  return caution(
    "Early stopping can't end this run",
    `Patience is ${counted(recipe.patience, 'evaluation')}, but the run has ${formatCount(evaluationsBeforeEnd(recipe))} before its last step.`,
    ['patience', 'evalEvery'],
    suggestedInterval < recipe.evalEvery
      ? {
          kind: 'recipe',
          label: `Evaluate every ${counted(suggestedInterval, 'step')}`,
          change: { evalEvery: suggestedInterval },
        }
      : { kind: 'recipe', label: 'Turn off early stopping', change: { patience: 0 } },
  );
};

const trainingTime: Check = ({ estimate: { seconds, parameters }, recipe }) => {
  if (seconds === undefined) return undefined;
  if (seconds <= MAX_SECONDS) return `Training takes about ${formatDuration(1000 * seconds)}`;
  const suggestedParameters = parameters / (seconds / MAX_SECONDS);
  return caution(
    'Training takes a long time on this device',
    `About ${formatDuration(1000 * seconds)} for ${formatCount(recipe.steps)} steps. You can stop and resume at any time.`,
    ['steps'],
    suggestedParameters >= MIN_DIAL_PARAMETERS
      ? { kind: 'size', label: `Use ${formatShort(suggestedParameters)}`, parameters: suggestedParameters }
      : undefined,
  );
};
const MAX_SECONDS = 12 * 3600;

const planQuality: Check = ({ expected, plan, estimate: { seconds } }) => {
  if (!expected || !plan?.expected || seconds === undefined) return undefined;
  const isShorter = seconds < SHORTER_FACTOR * plan.seconds;
  if (expected.value <= WORSE_FACTOR * plan.expected.value || isShorter) return 'The plan would do no better';
  return caution(
    'The plan should do better',
    `Expected: ${formatReading(plan.expected.value)} ${plan.expected.unit} in ${formatDuration(1000 * plan.seconds)}; with these settings ${formatReading(expected.value)} in ${formatDuration(1000 * seconds)}.`,
    [],
    { kind: 'plan', label: 'Use the plan' },
  );
};
/** Minimum factor by which the expected quality must be worse than the plan's. */
const WORSE_FACTOR = 1.03;
/** Settings that take less than this share of the plan's time are compared with no plan. */
const SHORTER_FACTOR = 0.5;

const device: Check = ({ device: info }) => {
  if (info?.kind !== 'webgpu') return undefined;
  if (!info.software) return 'WebGPU uses a real GPU';
  return caution(
    'WebGPU runs on the processor',
    `${info.name} is a software renderer. WASM is several times faster here.`,
    [],
    info.choices.includes('wasm') ? { kind: 'device', label: 'Use WASM', device: 'wasm' } : undefined,
  );
};

/** GPUs don't report their memory, so only a GPU too small for a single tensor is known in advance. */
const memory: Check = ({ estimate: { memory: required }, device: info, problems }) => {
  if (!info || problems.some(({ field }) => field === 'memory')) return undefined;
  if (info.limits?.bound !== undefined) return 'Fits in the memory limit';
  if (info.kind !== 'webgpu') return info.limits?.total === undefined ? undefined : 'Fits in memory';
  if (required.total <= USUAL_GPU_BYTES) return 'Fits in the memory of most GPUs';
  return caution(
    'May need more memory than this GPU has',
    `The run needs ${formatBytes(required.total)}; browsers don't report GPU memory. You can set a limit under Advanced.`,
    [],
  );
};
const USUAL_GPU_BYTES = 8e9;

const CHECKS: readonly Check[] = [
  epochCount,
  textLength,
  rowLength,
  specialTokens,
  validationSize,
  validationLikeness,
  labelLeaks,
  warmup,
  learningRate,
  evaluations,
  earlyStopping,
  trainingTime,
  planQuality,
  memory,
  device,
];
