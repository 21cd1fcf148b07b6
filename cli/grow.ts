/** npm run grow: text files in, a trained model out, as a Hugging Face folder. */
import { memoryStore } from '../src/core/base/blobStore';
import { HomegrownError, paragraph } from '../src/core/base/errors';
import type { Job } from '../src/core/base/job';
import { formatCount, formatDuration, formatKernels, formatReading, formatShort } from '../src/core/base/units';
import { resultOf, type RunInfo, tokenizerFacts } from '../src/core/export/homegrownJson';
import { huggingFaceFiles } from '../src/core/export/huggingFace';
import { estimateOf, type Evaluated, metricOf } from '../src/core/metrics';
import { measuredWords } from '../src/core/metrics/words';
import { FIRST_MODEL, modelIds, modelSpec } from '../src/core/models';
import { countParams } from '../src/core/models/spec';
import { metricsOf, type ObjectiveId, objectiveOf } from '../src/core/objectives';
import { measureFacts } from '../src/core/objectives/facts';
import { optimizerOf } from '../src/core/optim';
import { bestNotKept } from '../src/core/runs/best';
import { factsOf } from '../src/core/runs/facts';
import { buildShards } from '../src/core/shards/build';
import { openSplit, readCounts } from '../src/core/shards/read';
import { importText, openText, type TextRecord } from '../src/core/documents';
import { createTokenizer } from '../src/core/tokenizer/byteLevel';
import { SMALLEST_VOCABULARY, trainTokenizer } from '../src/core/tokenizer/train';
import { memoryLimits } from '../src/core/train/device';
import type { MemoryLimits } from '../src/core/train/memory';
import { problems, unfit } from '../src/core/train/problems';
import { DEFAULT_RECIPE, RECIPE, RECOMPUTE_CHOICES, tokensPerStep, type Recipe } from '../src/core/train/recipe';
import { recomputation, recomputationWords } from '../src/core/train/recomputation';
import type { ModelChoice, Snapshot, TrainEvent, TrainOutcome, TrainState } from '../src/core/train/run';
import { train } from '../src/core/train/train';
import { isSystemError, systemFailure } from './failure';
import { flagsOf, settingsOf } from './fields';
import { rateFlag, rateOf } from './learningRate';
import { MODEL_FILES } from './listed';
import { UsageError, type Values } from './options';
import { Progress } from './progress';
import { Saves } from './saves';
import { architectureWords, configOf, sizeFlags } from './sizeFlags';
import { command, DEVICES, interruptible, main, openDevice, print, stderr, textFile } from './terminal';
import { SPECIAL, tokenizerSettings, TOKENIZERS } from './tokenizerFlags';
import { checkOutFolder } from './write';

const OPTIONS = {
  text: { kind: 'texts', help: 'Text files to learn from' },
  tokenizer: { kind: 'text', initial: 'characters', help: TOKENIZERS },
  special: { kind: 'text', initial: '', help: SPECIAL },
  model: {
    kind: 'choice',
    of: modelIds(),
    initial: FIRST_MODEL,
    help: 'Architecture',
    ...(modelIds().length > 1 && { choices: architectureWords() }),
  },
  ...sizeFlags(),
  ...flagsOf(RECIPE),
  'learning-rate': rateFlag(),
  recompute: {
    kind: 'choice',
    of: RECOMPUTE_CHOICES,
    initial: 'auto',
    alone: 'on',
    help: 'Compute blocks again in the backward pass: a third slower, in less memory; auto does where the plan takes more than half of the memory',
  },
  memory: { kind: 'real', min: 0, max: 4096, initial: 0, help: 'GB that a run may take; 0 for what the device tells' },
  warmup: {
    kind: 'whole',
    min: RECIPE.warmup.min,
    max: RECIPE.warmup.max,
    help: 'Steps in which the learning rate rises',
    otherwise: `${DEFAULT_RECIPE.warmup}, or a tenth of the steps where those are few,`,
  },
  device: {
    kind: 'choice',
    of: DEVICES,
    initial: 'auto',
    help: 'Where it runs; auto is a GPU where there is one, else wasm',
  },
  out: { kind: 'text', help: 'Folder to write the model to' },
  json: { kind: 'switch', help: 'One object a line: evaluations, then the result or the error' },
} as const;

async function grow(options: Values<typeof OPTIONS>): Promise<void> {
  const wanted = tokenizerSettings(options.tokenizer, options.special);
  const config = configOf(options.model, options);
  const least: ModelChoice = { id: options.model, config, vocabulary: SMALLEST_VOCABULARY };
  const anyText = { train: Infinity, validation: Infinity };
  const found = problems(least, recipeOf(options, least), anyText);
  if (found.length > 0) throw unfit(found);
  const sources = await Promise.all(options.text.map(textFile));
  await checkOutFolder(options.out, options.text, MODEL_FILES);
  const device = await openDevice(options.device);
  const signal = interruptible();
  const progress = new Progress(stderr, !options.json);
  const job: Job = { signal, report: (at) => progress.show(at) };

  const store = memoryStore();
  const texts: TextRecord[] = [];
  for (const [i, source] of sources.entries()) {
    const imported = await importText(source, store, { addedAt: i }, job);
    if (imported.kind !== 'added') continue;
    texts.push(imported.text);
    for (const note of imported.text.notes) progress.say(`${imported.text.name}: ${note}.`);
  }
  const documents = await Promise.all(texts.map(({ id }) => openText(store, id)));
  const tokenizer = await createTokenizer(await trainTokenizer(wanted, documents, job));
  const manifest = await buildShards(documents, tokenizer, { validationShare: VALIDATION_SHARE }, store, job);

  const [trainCounts, validationCounts] = [
    await readCounts(store, manifest, 'train'),
    await readCounts(store, manifest, 'validation'),
  ];
  const model = { id: options.model, config, vocabulary: tokenizer.size };
  const limits: MemoryLimits = { ...memoryLimits(), ...(options.memory > 0 && { bound: 1e9 * options.memory }) };
  const asked = recipeOf(options, model);
  const again = recomputation(model, asked, options.recompute, limits);
  const recipe = { ...asked, recompute: again.isOn };
  const tooLarge = problems(model, recipe, anyText, limits);
  if (tooLarge.length > 0) throw unfit(tooLarge);
  const info: RunInfo = {
    version: 1,
    name: texts.map(({ name }) => name).join(', '),
    createdAt: Date.now(),
    model,
    recipe,
    ...tokenizerFacts(tokenizer.model),
    result: null,
    device: device.adapter ? `${device.adapter.name}, WebGPU` : device.kind.toUpperCase(),
    state: { step: 0, tokensSeen: 0, activeMs: 0, best: null },
    data: factsOf(
      { manifest, validationShare: VALIDATION_SHARE, ...measureFacts(trainCounts, validationCounts) },
      texts.map(({ name, characters, sha256 }) => ({ name, characters, sha256 })),
    ),
  };
  const parameters = countParams(modelSpec(model.id).params(model.config, model.vocabulary));
  progress.say(
    `${formatCount(manifest.train.tokens)} tokens to learn from, a vocabulary of ${formatCount(tokenizer.size)}, ` +
      `${formatShort(parameters)} parameters, ${recipe.steps} steps on ${info.device!}.`,
  );

  progress.say(recomputationWords(again, OTHERWISE));
  if (recipe.learningRate !== (options['learning-rate'] ?? DEFAULT_RECIPE.learningRate)) {
    const { label } = optimizerOf(recipe.optimizer);
    progress.say(`The learning rate is ${recipe.learningRate}, which is usual with ${label} at this size.`);
  }

  const speed = new Speed(tokensPerStep(recipe, config.context));
  const saves = new Saves(options.out);
  let lastLoss: number | null = null;
  /** The curve, for trainer_state.json. */
  const events: TrainEvent[] = [];
  const follow = (event: TrainEvent): void => {
    events.push(event);
    if (event.kind === 'compiling' && event.kernels) {
      const { done, of } = event.kernels;
      if (done === 0) progress.say(`Compiling ${formatKernels(of)}.`);
      progress.show({ label: 'Compiling', done, of, unit: 'kernels' });
    } else if (event.kind === 'step') {
      lastLoss = event.loss;
      speed.add(event.tokensPerSecond);
      const { step, tokensPerSecond } = event;
      const note = `loss ${formatReading(event.loss)} · ${formatShort(tokensPerSecond)} tokens/s`;
      progress.show({ label: 'Training', done: step, of: recipe.steps, unit: 'steps' }, note);
    } else if (event.kind === 'evaluated') {
      const { step, loss } = event;
      info.result = resultOf(event);
      if (options.json) {
        const { mean: tokensPerSecond } = speed;
        print(
          JSON.stringify({
            step,
            trainLoss: lastLoss,
            valLoss: loss,
            ...valuesOf(recipe.objective, event),
            tokensPerSecond,
          }),
        );
      } else progress.say(`step ${formatCount(step)}: ${evaluationWords(recipe.objective, event)}`);
    }
  };
  const save = async (snapshot: Snapshot): Promise<{ bytes: number }> => {
    const exported = { info: ofFolder(info, snapshot.state, events), snapshot, tokenizer, events, tokens: null };
    const isFirst = saves.place === null;
    const bytes = await saves.save(huggingFaceFiles(exported, { withOptimizer: true }));
    if (isFirst && saves.isBeside)
      progress.say(
        `${options.out} holds a model, which stays until this run is done; its saves go to ${saves.place!}.`,
      );
    return { bytes };
  };
  const [training, validation] = [openSplit(store, manifest, 'train'), openSplit(store, manifest, 'validation')];
  let outcome: TrainOutcome;
  try {
    outcome = await train(
      { model, recipe, tokenizer, train: training, validation, save, now: () => performance.now() },
      { signal, report: follow },
    );
    if (outcome.reason === 'finished' || hasLearnt(events, outcome.state.step)) await saves.settle();
  } catch (error) {
    progress.end();
    throw withPlace(error, saves);
  }
  progress.end();
  const last = events.findLast((event) => event.kind === 'evaluated');
  const evaluated = outcome.validationLoss === null ? undefined : last;
  const summary = {
    step: outcome.state.step,
    trainLoss: finite(outcome.trainLoss),
    valLoss: outcome.validationLoss,
    ...valuesOf(recipe.objective, evaluated),
    tokensPerSecond: speed.mean,
    parameters,
    device: device.kind,
    out: saves.place ?? options.out,
  };
  print(options.json ? JSON.stringify(summary) : inWords(outcome, speed, recipe.objective, evaluated, saves));
}

/** The folder holds the newest step alone: no other is its best, and of a better one it says that it was not kept. */
function ofFolder(info: RunInfo, state: TrainState, events: readonly TrainEvent[]): RunInfo {
  const best = state.best?.step === state.step ? state.best : null;
  const evaluations = events.filter((event) => event.kind === 'evaluated');
  const unkept = bestNotKept(evaluations, state.step, best);
  return { ...info, state: { ...state, best }, ...(unkept && { bestNotKept: unkept }) };
}

const OTHERWISE = '--recompute off keeps them; --memory says how many GB a run may take.';

/** Of each text's end, held out. */
const VALIDATION_SHARE = 0.1;

const recipeOf = (options: Values<typeof OPTIONS>, model: ModelChoice): Recipe => ({
  ...settingsOf(RECIPE, options),
  warmup: warmupOf(options),
  learningRate: rateOf(options['learning-rate'], options.optimizer, model),
  recompute: false, // which is decided when the plan is known
});

/** As given; otherwise what is usual, or a tenth of the steps where that would be most of them. */
function warmupOf({ warmup, steps }: Pick<Values<typeof OPTIONS>, 'warmup' | 'steps'>): number {
  if (warmup !== undefined && warmup > steps)
    throw new UsageError(`--warmup ${warmup} is more than the ${steps} steps of the run.`);
  if (warmup !== undefined) return warmup;
  return DEFAULT_RECIPE.warmup <= steps / 2 ? DEFAULT_RECIPE.warmup : Math.round(steps / 10);
}

/** Whether an evaluation at this step was better than the one before the first. */
function hasLearnt(events: readonly TrainEvent[], step: number): boolean {
  const evaluations = events.filter((event) => event.kind === 'evaluated');
  const [first, last] = [evaluations[0], evaluations.at(-1)];
  return first?.step === 0 && last?.step === step && last.loss < first.loss;
}

/** A failure with where the saves are. A run is not resumed in a terminal. */
function withPlace(thrown: unknown, { place, out, isBeside }: Saves): unknown {
  const error = isSystemError(thrown) ? systemFailure(thrown) : thrown;
  if (!(error instanceof HomegrownError) || place === null) return thrown;
  const where = `The newest save is in ${place}${isBeside ? `; the model in ${out} is as it was` : ''}.`;
  const remedy =
    error.code === 'diverged'
      ? 'Lower --learning-rate, or limit the gradient with --clip, and begin again.'
      : error.remedy;
  return new HomegrownError(error.code, paragraph(error.message, where), remedy);
}

/** Tokens per second over all steps so far; null before the first. */
class Speed {
  private tokens = 0;
  private seconds = 0;
  constructor(private readonly tokensAStep: number) {}
  add(tokensPerSecond: number): void {
    this.tokens += this.tokensAStep;
    this.seconds += this.tokensAStep / tokensPerSecond;
  }
  get mean(): number | null {
    return this.seconds > 0 ? Math.round(this.tokens / this.seconds) : null;
  }
}

/** What is measured besides the loss, by the metrics' ids; null where it was not. */
function valuesOf(objective: ObjectiveId, evaluated: Evaluated | undefined): Record<string, number | null> {
  const ids = metricsOf(objectiveOf(objective)).filter((id) => id !== 'loss');
  return Object.fromEntries(
    ids.map((id) => [id, finite((evaluated && estimateOf(id, evaluated)?.value) ?? NaN)] as const),
  );
}

/** `validation loss 4.45 nats per token, perplexity 85.4, bits per byte 1.91` */
function evaluationWords(objective: ObjectiveId, evaluated: Evaluated): string {
  const others = metricsOf(objectiveOf(objective)).filter((id) => id !== 'loss');
  const words = (['loss', ...others] as const).flatMap((id) => {
    const estimate = estimateOf(id, evaluated);
    return estimate ? [measuredWords(metricOf(id), estimate, formatReading)] : [];
  });
  return `validation ${words.join(', ')}`;
}

const finite = (x: number): number | null => (Number.isFinite(x) ? x : null);

function inWords(
  { reason, state }: TrainOutcome,
  { mean: tokensPerSecond }: Speed,
  objective: ObjectiveId,
  evaluated: Evaluated | undefined,
  { place, out, isBeside }: Saves,
): string {
  const how = reason === 'finished' ? 'Finished' : 'Stopped';
  const words = evaluated && evaluationWords(objective, evaluated);
  const result = words === undefined ? '' : ` ${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
  const pace = tokensPerSecond === null ? '' : `, ${formatShort(tokensPerSecond)} tokens/s`;
  const saved = isBeside
    ? `Saved in ${place!}: stopped before it was better than at step 0. The model in ${out} is as it was.`
    : `Saved in ${out}.`;
  return `${how} at step ${formatCount(state.step)} after ${formatDuration(state.activeMs)}${pace}.${result}\n${saved}`;
}

const examples = [
  '--text moby-dick.txt --out my-model',
  '--text *.txt --tokenizer bpe:4096 --layers 6 --heads 6 --width 384 --context 256 --steps 5000 --out my-model',
];
const about = 'Text files in, a trained model out, as a Hugging Face folder. Ctrl-C stops and saves.';
await main(command({ name: 'grow', about, options: OPTIONS, examples, run: grow }));
