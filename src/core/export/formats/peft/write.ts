/** Writes adapter/: a LoRA adapter in PEFT's folder layout. */
import { adapterOf, type AdapterChoice } from '../../../adapters';
import { adapterTensorName } from '../../../adapters/trainable';
import { badSettings } from '../../../base/errors';
import type { Json } from '../../../base/blobStore';
import { writeSafetensors } from '../../../checkpoint/safetensors';
import { type ByteStream, textFile } from '../../../files/byteSource';
import { modelSpec, paramsOf } from '../../../models';
import type { Layout } from '../../../models/layout';
import type { ModelKind } from '../../../models/spec';
import { ADAPTER_CONFIG, ADAPTER_WEIGHTS, BASE_SHA256 } from '../../adapterFiles';
import type { Exported } from '../../format';
import type { RunInfo } from '../../homegrownJson';
import { layoutOf, narrowPieces, peftNames } from './loraLayout';
import { folderLayout, laidOut } from '../../weights';

/** Returns the adapter if the snapshot has its weights separately, not only merged. */
export function separateAdapter({ info, snapshot }: Pick<Exported, 'info' | 'snapshot'>): AdapterChoice | undefined {
  const adapter = info.trainable?.adapter;
  if (!adapter) return undefined;
  const own = paramsOf(info.model);
  const names = adapter.beside.flatMap((name) =>
    Object.keys(adapterOf(adapter.id).params(own[name]!, adapter.settings)).map((end) => adapterTensorName(name, end)),
  );
  return names.every((name) => snapshot.tensors.has(name)) ? adapter : undefined;
}

/** Returns the adapter. @throws HomegrownError `bad-settings` if the model's files only have merged weights */
export function apart(exported: Exported): AdapterChoice {
  const adapter = separateAdapter(exported);
  if (adapter) return adapter;
  throw badSettings(
    `The files of ${exported.name} contain its adapter only as merged weights.`,
    'Nothing was written. Use the folder from tune: its adapter/ has the adapter.',
  );
}

/** Writes the adapter's files. @param adapter the run's adapter; its weights are in the snapshot */
export function peftFiles(
  { info, snapshot }: Pick<Exported, 'info' | 'snapshot'>,
  adapter: AdapterChoice,
): readonly ByteStream[] {
  const layout = folderLayout(info.model);
  const pieces = narrowPieces(layout, adapter.beside, peftNames);
  const { frozen } = snapshot.state;
  const isAlone = info.trainable?.weights.length === 0;
  return [
    textFile(ADAPTER_CONFIG, `${JSON.stringify(adapterConfig(info, adapter, layout), null, 2)}\n`),
    writeSafetensors(
      ADAPTER_WEIGHTS,
      laidOut(snapshot.tensors, layoutOf(pieces)),
      isAlone && frozen !== undefined ? { [BASE_SHA256]: frozen } : {},
    ),
  ];
}

/** Fields of PEFT's LoraConfig (peft/tuners/lora/config.py). */
function adapterConfig(info: RunInfo, { settings, beside }: AdapterChoice, layout: Layout): Record<string, Json> {
  const { rank, alpha, dropout, rankStabilised } = settings;
  const theirs = layout.filter(({ of }) => beside.includes(of));
  const { origin, parent } = info;
  return {
    peft_type: 'LORA',
    task_type: TASK_TYPES[modelSpec(info.model.id).kind],
    base_model_name_or_path: origin?.title ?? origin?.name ?? parent?.name ?? null,
    inference_mode: true,
    r: rank,
    lora_alpha: alpha,
    lora_dropout: dropout,
    use_rslora: rankStabilised,
    bias: 'none',
    // GPT-2's matrices are also [in, out] in transformers (Conv1D).
    fan_in_fan_out: theirs.some(({ transposed }) => !transposed),
    target_modules: shortNames(layout, beside),
  };
}
/** Task types of peft/utils/peft_types.py, which has none for masked language models. */
const TASK_TYPES: Record<ModelKind, string | null> = {
  decoder: 'CAUSAL_LM',
  'encoder-decoder': 'SEQ_2_SEQ_LM',
  encoder: null,
};

/** Shortest unique suffix of each layer's name: `q_proj`, `attn.c_proj`. */
function shortNames(layout: Layout, targets: readonly string[]): string[] {
  const layers = (areTargets: boolean): readonly string[] =>
    layout
      .filter(({ name, of }) => name.endsWith('.weight') && targets.includes(of) === areTargets)
      .map(({ name }) => `.${name.replace(/\.weight$/, '')}`);
  const others = layers(false);
  const shortest = layers(true).map((layer) => {
    const parts = layer.split('.');
    for (let count = 1; count < parts.length - 1; count++) {
      const end = parts.slice(-count).join('.');
      if (!others.some((other) => other.endsWith(`.${end}`))) return end;
    }
    return layer.slice(1);
  });
  return [...new Set(shortest)];
}
