import type { Json } from '../base/blobStore';
import type { ByteStream } from '../checkpoint/byteSource';
import { writeSafetensors } from '../checkpoint/safetensors';
import type { Snapshot } from '../checkpoint/snapshot';
import { modelSpec } from '../models';
import type { RunRecord } from '../runs/record';
import { writeTokenizerJson } from '../tokenizer/json';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { TrainEvent } from '../train/run';
import { HUGGING_FACE, huggingFaceType } from './huggingFaceConfig';
import type { RunInfo } from './homegrownJson';
import { modelCard } from './modelCard';

/**
 * A trained model as the files of a Hugging Face folder, which transformers, transformers.js and llama.cpp's converter
 * open unchanged. `homegrown.json`, and `optimizer.safetensors` if asked for, let the same folder resume here.
 * @param snapshot at least every parameter of the model
 */
export function huggingFaceFiles(
  info: RunInfo,
  snapshot: Snapshot,
  tokenizer: Tokenizer,
  { withOptimizer }: { withOptimizer: boolean },
): readonly ByteStream[] {
  const { model, recipe } = info;
  const names = Object.keys(modelSpec(model.id).params(model.config, model.vocabulary));
  const weights = new Map(names.map((name) => [name, snapshot.tensors.get(name)!]));
  const moments = new Map([...snapshot.tensors].filter(([name]) => !weights.has(name)));
  const { endOfText } = tokenizer;
  const config = HUGGING_FACE[huggingFaceType[model.id]]!.write(model, endOfText, recipe.dropout);
  return [
    textFile('README.md', modelCard(info)),
    jsonFile('config.json', config),
    jsonFile('generation_config.json', {
      bos_token_id: endOfText,
      eos_token_id: endOfText,
      pad_token_id: endOfText,
      do_sample: true,
      temperature: 0.8,
      top_k: 50,
      max_new_tokens: 256,
    }),
    textFile('tokenizer.json', writeTokenizerJson(tokenizer)),
    jsonFile('tokenizer_config.json', {
      tokenizer_class: 'PreTrainedTokenizerFast',
      bos_token: END_OF_TEXT,
      eos_token: END_OF_TEXT,
      unk_token: END_OF_TEXT,
      pad_token: END_OF_TEXT,
      model_max_length: model.config.context,
      add_prefix_space: false,
      add_bos_token: false,
      clean_up_tokenization_spaces: false,
    }),
    jsonFile('homegrown.json', JSON.parse(JSON.stringify(info)) as Json),
    writeSafetensors('model.safetensors', weights),
    ...(withOptimizer && moments.size > 0 ? [writeSafetensors('optimizer.safetensors', moments)] : []),
  ];
}

/** What `homegrown.json` and the model card say of a run at a saved step; `events` as readMetrics gives them. */
export function runInfo(record: RunRecord, { state }: Snapshot, events: readonly TrainEvent[]): RunInfo {
  const { name, createdAt, model, recipe, tokenizer, device, data } = record;
  const evaluation = events.findLast((event) => event.kind === 'evaluated' && event.step <= state.step);
  const result =
    evaluation?.kind === 'evaluated' && Number.isFinite(evaluation.loss)
      ? { step: evaluation.step, loss: evaluation.loss, bitsPerByte: evaluation.bitsPerByte }
      : null;
  return { version: 1, name, createdAt, model, recipe, tokenizer: tokenizer.kind, state, device, data, result };
}

const jsonFile = (name: string, value: Json): ByteStream => textFile(name, `${JSON.stringify(value, null, 2)}\n`);

function textFile(name: string, text: string): ByteStream {
  const bytes = new TextEncoder().encode(text);
  return { name, size: bytes.length, chunks: () => [bytes] };
}

const END_OF_TEXT = '<|endoftext|>';
