/** Reads LoRA weights of any PEFT folder. Tensor names and shapes determine the target modules. */
import type { AdapterChoice } from '../../../adapters';
import { adapterTensorName, linearWeights, partsOf } from '../../../adapters/trainable';
import { badFile } from '../../../base/errors';
import type { Job } from '../../../base/job';
import { counted } from '../../../base/units';
import { listOf, MAX_TENSORS } from '../../../base/limits';
import { z } from '../../../base/zod';
import { openSafetensors } from '../../../checkpoint/safetensors';
import { firstNonFinite, type HostTensor, type NamedTensors } from '../../../checkpoint/tensors';
import { paramsOf } from '../../../models';
import { folderFormat } from '../../../models/folderFormat';
import { fromTheirs, theirShape } from '../../../models/layout';
import type { ModelChoice } from '../../../models/network';
import { type ParamTable, sizeOf } from '../../../models/spec';
import { ADAPTER_CONFIG, ADAPTER_WEIGHTS, BASE_SHA256 } from '../../adapterFiles';
import { type Folder, readJson } from '../../importFolder';
import { compare } from '../../importTensors';
import { DOWN, narrowPieces, type NarrowPieces, PEFT_MODEL, peftNames, UP } from './loraLayout';
import { parse } from '../../parse';
import { folderLayout } from '../../weights';

export interface ReadAdapter {
  adapter: AdapterChoice;
  /** Adapter weights, by our names. */
  tensors: NamedTensors;
  /** Hash of the base weights that the adapter was trained on, if its file has one. */
  base?: string;
  /** Differences from the original, in a sentence. */
  words?: string;
}

/**
 * Reads an adapter for a base.
 * @param format of the base
 * @throws HomegrownError `bad-file` naming file, place and reason; also if names and shapes don't fit the base
 */
export async function readPeft(
  folder: Folder,
  model: ModelChoice,
  job: Job,
  format = folderFormat(model),
): Promise<ReadAdapter> {
  const config = parse(ADAPTER_CONFIG, configSchema, await readJson(folder, ADAPTER_CONFIG));
  const source = folder.get(ADAPTER_WEIGHTS);
  if (!source) throw badFile(`${ADAPTER_WEIGHTS} is missing next to ${ADAPTER_CONFIG}`, `${NEEDED} ${PICKLED}`);
  const file = await openSafetensors(source, ADAPTER_WEIGHTS);
  const own = paramsOf(model);
  const pieces = narrowPieces(folderLayout(model, format), linearWeights(own), peftNames);
  const theirs = namesIn(file.entries.keys(), (name) => (format.rename ? format.rename(name, model.config) : name));
  const there = pieces.filter(({ down, up }) => theirs.has(down.name) || theirs.has(up.name));
  const { r } = config;
  const expected = there.flatMap(({ target, down, up }) => {
    const [rows, columns] = theirShape({ ...target, transposed: true }, own[target.of]!.shape) as [number, number];
    return [[down.name, { shape: [r, columns] }] as const, [up.name, { shape: [rows, r] }] as const];
  });
  const found = [...theirs].map(([ours, name]) => [ours, file.entries.get(name)!] as const);
  compare(ADAPTER_WEIGHTS, new Map(expected), new Map(found), 'its base and adapter_config.json');
  if (there.length === 0) throw badFile(`${ADAPTER_WEIGHTS} has no adapter for a matrix of the model`, NEEDED);
  checkTargets(config.target_modules, there);
  await file.check(job);
  const values = new Map<string, HostTensor>();
  for (const [done, [ours, name]] of [...theirs].entries()) {
    job.signal.throwIfAborted();
    job.report({ label: `Reading ${name}`, done, of: theirs.size, unit: 'tensors' });
    values.set(ours, await file.load(name));
  }
  const bad = firstNonFinite(values);
  if (bad !== undefined) throw badFile(`${ADAPTER_WEIGHTS}: ${bad} is not a finite number`, DIVERGED);
  const base = file.metadata.get(BASE_SHA256);
  return { ...composed(own, there, values, config), ...(base !== undefined && { base }) };
}

/** Maps our names, in PEFT's form, to the tensors' own names. */
function namesIn(names: Iterable<string>, rename: (name: string) => string | null): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const name of names) {
    const [, layer, end] = /^base_model\.model\.(.+)\.(lora_[AB]\.weight)$/s.exec(name) ?? [];
    const weight = layer === undefined ? null : rename(`${layer}.weight`);
    const ours = weight === null || end === undefined ? name : PEFT_MODEL + weight.replace(/weight$/, end);
    const other = found.get(ours);
    if (other !== undefined)
      throw badFile(`${ADAPTER_WEIGHTS}: ${name.slice(0, 80)} and ${other.slice(0, 80)} are the same tensor`);
    found.set(ours, name);
  }
  return found;
}

/** Rejects target modules without weights, which would otherwise be lost silently. */
function checkTargets(targets: Config['target_modules'], there: readonly NarrowPieces[]): void {
  if (!Array.isArray(targets)) return; // a pattern
  const layers = there.map(({ target }) => `.${target.name.replace(/\.weight$/, '')}`);
  const missing = targets.find((target) => !layers.some((layer) => layer.endsWith(`.${target}`)));
  if (missing === undefined) return;
  throw badFile(
    `${ADAPTER_CONFIG} names ${JSON.stringify(missing.slice(0, 80))} in target_modules, but ${ADAPTER_WEIGHTS} has no adapter for it`,
    NEEDED,
  );
}

/**
 * Composes one A and one B for each matrix of ours. If ours joins several of theirs, stacks their A side by side and puts
 * their B on a block diagonal. Pads ranks to the largest with zeros. The function stays the same.
 */
function composed(
  own: ParamTable,
  there: readonly NarrowPieces[],
  values: NamedTensors,
  { r, lora_alpha: alpha, lora_dropout: dropout, use_rslora: byRoot }: Config,
): Pick<ReadAdapter, 'adapter' | 'tensors' | 'words'> {
  const targets = Object.keys(own).filter((name) => there.some((pieces) => pieces.target.of === name));
  const groups = targets.map((of) => {
    const parts = there.filter((pieces) => pieces.target.of === of);
    const isOne = parts.every(({ down }) => isSame(values.get(down.name)!, values.get(parts[0]!.down.name)!));
    return { of, parts, isOne };
  });
  const rank = Math.max(...groups.map(({ parts, isOne }) => (isOne ? r : r * parts.length)));
  // Only alpha / rank counts, or alpha / sqrt(rank): after padding the rank, another alpha gives the same scale.
  const isSameRank = rank === r;
  const scaled = isSameRank ? alpha : byRoot ? (alpha * rank) / Math.sqrt(r) : alpha * (rank / r);
  const adapter: AdapterChoice = {
    id: 'lora',
    settings: { rank, alpha: scaled, dropout, rankStabilised: byRoot && isSameRank },
    beside: targets,
  };
  checkSettings(own, adapter);
  const tensors = new Map<string, HostTensor>();
  for (const { of, parts, isOne } of groups) {
    const [I, O] = own[of]!.shape as [number, number];
    const [A, B] = [zeros([I, rank]), zeros([rank, O])];
    for (const [i, { down, up }] of parts.entries()) {
      const place = [i * r, (i + 1) * r].map((at) => (isOne ? at - i * r : at)) as [number, number];
      fromTheirs({ ...down, columns: place }, values.get(down.name)!.data, A);
      fromTheirs({ ...up, rows: place }, values.get(up.name)!.data, B);
    }
    tensors.set(adapterTensorName(of, DOWN), A).set(adapterTensorName(of, UP), B);
  }
  const apart = groups.filter(({ isOne }) => !isOne).length;
  if (apart === 0) return { adapter, tensors };
  const words = `${counted(apart, 'matrix', 'matrices')} of the model ${apart === 1 ? 'is' : 'are'} split in the adapter, each part with its own A. Here they are combined at rank ${rank}, which is equivalent.`;
  return { adapter, tensors, words };
}
const zeros = (shape: readonly number[]): HostTensor => ({ shape, data: new Float32Array(sizeOf(shape)) });
const isSame = (one: HostTensor, other: HostTensor): boolean =>
  one === other || one.data.every((x, i) => Object.is(x, other.data[i]));

/** Reports target weights that the base lacks as a bad file. */
function checkSettings(own: ParamTable, adapter: AdapterChoice): void {
  try {
    partsOf(own, { weights: [], adapter });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw badFile(`${ADAPTER_CONFIG} is not supported: ${error.message}`);
  }
}

const name = z.string().max(1000);
type Config = z.infer<typeof configSchema>;
/** LoraConfig of peft/tuners/lora/config.py. Fields that this build doesn't know must be off. */
const configSchema = z
  .looseObject({
    peft_type: z.literal('LORA', 'only LORA is supported'),
    r: z.int().positive(),
    lora_alpha: z.number(),
    lora_dropout: z.number().default(0),
    use_rslora: z.boolean().default(false),
    bias: z.literal('none', 'trained biases are not supported').default('none'),
    target_modules: z.union([name, listOf(name, MAX_TENSORS)]).nullish(),
    /** Other initializations change the weights of the base. */
    init_lora_weights: z
      .union([z.boolean(), z.enum(['gaussian', 'eva', 'orthogonal'])], 'it changes the weights of its base model')
      .default(true),
  })
  .superRefine((config, context) => {
    for (const [key, value] of Object.entries(config)) {
      if (KNOWN.has(key) || isOff(value)) continue;
      context.addIssue({
        code: 'custom',
        path: [key.slice(0, 80)],
        message: 'not supported, so it must be off',
      });
    }
  });
/** Fields that are read, or don't change the result: origin and method, or facts that the tensors' names also show. */
const KNOWN: ReadonlySet<string> = new Set([
  ...['peft_type', 'r', 'lora_alpha', 'lora_dropout', 'use_rslora', 'bias', 'target_modules', 'init_lora_weights'],
  ...['auto_mapping', 'base_model_name_or_path', 'eva_config', 'exclude_modules', 'fan_in_fan_out', 'inference_mode'],
  ...['layers_pattern', 'layers_to_transform', 'megatron_core', 'peft_version', 'qalora_group_size', 'revision'],
  ...['runtime_config', 'task_type'],
]);
const isOff = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === false ||
  (typeof value === 'object' && Object.keys(value).length === 0);

const NEEDED = 'Nothing was written. Use the folder that PEFT saved for this base, with both files.';
const PICKLED = 'adapter_model.bin can run code and is not supported: save it as safetensors with PEFT.';
const DIVERGED = 'Nothing was written. Its training diverged; use an earlier step.';
