import type { Json } from '../base/blobStore';
import { type ByteStream, textFile } from '../files/byteSource';
import { writeSafetensors } from '../checkpoint/safetensors';
import { modelSpec } from '../models';
import { recipeOf } from '../runs/segments';
import { specialNames, writeTokenizerJson } from '../tokenizer/json';
import { hubMoments, hubWeights } from './weights';
import { datasheet } from './datasheet';
import type { Exported } from './format';
import { modelCard } from './modelCard';
import { trainerState } from './trainerState';

export function huggingFaceFiles(
  exported: Omit<Exported, 'name'>,
  { withOptimizer }: { withOptimizer: boolean },
): readonly ByteStream[] {
  const moments = hubMoments(exported);
  return [
    ...tellingFiles(exported),
    writeSafetensors('model.safetensors', hubWeights(exported)),
    ...(withOptimizer && moments.size > 0 ? [writeSafetensors('optimizer.safetensors', moments)] : []),
  ];
}

/** All that such a folder has besides tensors. */
export const tellingFiles = (exported: Pick<Exported, 'info' | 'tokenizer' | 'events'>): readonly ByteStream[] => [
  ...describingFiles(exported),
  jsonFile('homegrown.json', JSON.parse(JSON.stringify(exported.info)) as Json),
  jsonFile('trainer_state.json', trainerState(exported.info, exported.events)),
];

/** What tells of a model, and of no run: documents, configuration, tokenizer. `more` joins config.json. */
export function describingFiles(
  { info, tokenizer }: Pick<Exported, 'info' | 'tokenizer'>,
  more: Readonly<Record<string, Json>> = {},
): readonly ByteStream[] {
  const { model } = info;
  const { endOfText } = tokenizer;
  const config = modelSpec(model.id).huggingFace!.config(model, endOfText, recipeOf(info).dropout);
  return [
    textFile('README.md', modelCard(info)),
    textFile('DATASHEET.md', datasheet(info)),
    jsonFile('config.json', { ...config, ...more }),
    jsonFile('generation_config.json', {
      bos_token_id: endOfText,
      eos_token_id: endOfText,
      pad_token_id: tokenizer.special.find(({ role }) => role === 'padding')?.id ?? endOfText,
      do_sample: true,
      temperature: 0.8,
      top_k: 50,
      // Of prompt and continuation together: there are no more positions than these.
      max_length: model.config.context,
    }),
    textFile('tokenizer.json', writeTokenizerJson(tokenizer)),
    jsonFile('tokenizer_config.json', {
      tokenizer_class: 'PreTrainedTokenizerFast',
      ...specialNames(tokenizer.special),
      model_max_length: model.config.context,
      add_prefix_space: false,
      add_bos_token: false,
      clean_up_tokenization_spaces: false,
    }),
  ];
}

const jsonFile = (name: string, value: Json): ByteStream => textFile(name, `${JSON.stringify(value, null, 2)}\n`);
