import type { Json } from '../../../base/blobStore';
import { type ByteStream, textFile } from '../../../files/byteSource';
import { writeSafetensors } from '../../../checkpoint/safetensors';
import { isReadFromFirst, usualPooling } from '../../../models/classes';
import { folderFormat } from '../../../models/folderFormat';
import { ownClasses } from '../../../models/hubClasses';
import type { NamedIds } from '../../../models/interop';
import type { ModelChoice } from '../../../models/network';
import { recipeOf } from '../../../runs/segments';
import { tokenizerNames, writeTokenizerJson } from '../../../tokenizer/json';
import { answerStart, aroundText, beginOf, promptBegin } from '../../../tokenizer/prompt';
import type { Tokenizer } from '../../../tokenizer/tokenizer';
import { inModel } from '../../adapterFiles';
import { separateAdapter, peftFiles } from '../peft/write';
import { endsOf } from '../../../chat/endOfTurn';
import { folderMoments, folderWeights } from '../../weights';
import { datasheet } from '../../datasheet';
import { type Exported, RECIPE_FILE } from '../../format';
import { kindOf } from '../../kinds';
import { modelCard } from '../../modelCard';
import { trainerState } from './trainerState';

export function huggingFaceFiles(
  exported: Omit<Exported, 'name'>,
  { withOptimizer }: { withOptimizer: boolean },
): readonly ByteStream[] {
  const moments = folderMoments(exported);
  const adapter = separateAdapter(exported);
  return [
    ...tellingFiles(exported),
    writeSafetensors('model.safetensors', folderWeights(exported)),
    ...(withOptimizer && moments.size > 0 ? [writeSafetensors('optimizer.safetensors', moments)] : []),
    ...(adapter ? peftFiles(exported, adapter).map((file) => ({ ...file, name: inModel(file.name) })) : []),
  ];
}

/** Files of such a folder other than tensors. */
export const tellingFiles = (
  exported: Pick<Exported, 'info' | 'tokenizer' | 'events' | 'recipe' | 'formats'>,
): readonly ByteStream[] => [
  ...describingFiles(exported, ownPooling(exported.info.model)),
  jsonFile('homegrown.json', JSON.parse(JSON.stringify(exported.info)) as Json),
  jsonFile('trainer_state.json', trainerState(exported.info, exported.events)),
  ...(exported.recipe ? [textFile(RECIPE_FILE, `${JSON.stringify(exported.recipe, null, 2)}\n`)] : []),
];

/** Extra fields of config.json, for a folder in Hugging Face's layout with a pooling that no transformers class has. */
function ownPooling(model: ModelChoice): Readonly<Record<string, Json>> {
  const { classes } = model.config;
  const { isOwn, config } = folderFormat(model);
  if (!classes || isOwn || classes.pooling === usualPooling(model)) return {};
  return ownClasses(config(model, { begin: 0, end: 0 })['model_type'] as string, classes);
}

/** Files that describe a model without its run: documents, configuration, tokenizer. `more` joins config.json. */
export function describingFiles(
  { info, tokenizer, formats }: Pick<Exported, 'info' | 'tokenizer' | 'formats'>,
  more: Readonly<Record<string, Json>> = {},
): readonly ByteStream[] {
  const { model } = info;
  const { applied } = tokenizer.model;
  const ids = namedIds(tokenizer);
  const use = kindOf(model);
  const ends = use === 'decoder' ? endsOf(tokenizer) : [];
  const config = folderFormat(model).config(model, ids, recipeOf(info));
  const begin = isReadFromFirst(model) ? aroundText(tokenizer, true)[0][0] : promptBegin(tokenizer);
  return [
    textFile('README.md', modelCard(info, formats)),
    textFile('DATASHEET.md', datasheet(info)),
    jsonFile('config.json', { ...config, ...more }),
    ...(use === 'encoder' || use === 'classifier'
      ? []
      : [
          jsonFile('generation_config.json', {
            bos_token_id: ids.begin,
            // A chat model also stops at the end-of-turn token, if that differs from the end of text.
            eos_token_id: ends.length > 1 ? [...ends] : ids.end,
            pad_token_id: ids.padding ?? ids.end,
            ...(use === 'encoder-decoder' && { decoder_start_token_id: answerStart(tokenizer) }),
            do_sample: true,
            temperature: 0.8,
            top_k: 50,
            // Covers prompt and continuation together, because there are no more positions.
            max_length: model.config.context,
          }),
        ]),
    textFile('tokenizer.json', writeTokenizerJson(tokenizer, begin)),
    ...(applied
      ? [applied.config ?? []].flat().map((config) => textFile(TOKENIZER_CONFIG, config))
      : [
          jsonFile(TOKENIZER_CONFIG, {
            tokenizer_class: 'PreTrainedTokenizerFast',
            ...(use === 'classifier' && { pad_token: paddingOf(tokenizer) }),
            ...tokenizerNames(tokenizer),
            model_max_length: model.config.context,
            add_prefix_space: false,
            add_bos_token: begin !== undefined,
            clean_up_tokenization_spaces: false,
          }),
        ]),
  ];
}

/** Text of the padding token; without one, the end-of-text token, in line with config.json. */
const paddingOf = ({ special, endOfText }: Tokenizer): string =>
  (special.find(({ role }) => role === 'padding') ?? special.find(({ id }) => id === endOfText))!.text;

function namedIds(tokenizer: Tokenizer): NamedIds {
  const padding = tokenizer.special.find(({ role }) => role === 'padding')?.id;
  return { begin: beginOf(tokenizer), end: tokenizer.endOfText, ...(padding !== undefined && { padding }) };
}

const TOKENIZER_CONFIG = 'tokenizer_config.json';

const jsonFile = (name: string, value: Json): ByteStream => textFile(name, `${JSON.stringify(value, null, 2)}\n`);
