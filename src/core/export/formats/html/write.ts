import { counted, formatCount, formatShort } from '../../../base/units';
import type { ByteStream } from '../../../files/byteSource';
import { bytesOf, type TensorInPieces } from '../../../checkpoint/tensors';
import { modelSpec } from '../../../models';
import type { ModelChoice } from '../../../models/network';
import { countParams, sizeOf } from '../../../models/spec';
import type { TokenizerModel } from '../../../tokenizer/tokenizer';
import { base64, base64Length } from '../../../files/base64';
import { crc32 } from '../../../files/crc32';
import { canBeAsked } from '../../../chat/endOfTurn';
import type { ServedChat } from '../../../chat/served';
import { chatFacts } from '../../chatFacts';
import { elsewhere, hubWeights } from '../../weights';
import { fill } from '../../fill';
import { DOES, kindOf } from '../../kinds';
import type { Exported } from '../../format';
import type { RunInfo } from '../../homegrownJson';
import { dataOf, isSameData, recipeOf } from '../../../runs/segments';
import { modelCard } from '../../modelCard';
import { learnedOf, type LearnedSample } from './learned';
import { modelTitle } from '../../modelTitle';

/** Data of the page, without the weights. */
export interface PageModel {
  /** Title: the model's name, with the step unless it is the last. */
  title: string;
  /** Description of the model in a sentence or two. */
  summary: string;
  /** The model card, in Markdown. */
  card: string;
  /** Initial prompt. */
  prompt: string;
  model: ModelChoice;
  tokenizer: TokenizerModel;
  tokenizerHash: string;
  /** Chat settings of a chat model; `isFirst`: it was trained on chats, so the page opens with the chat. */
  chat?: ServedChat & { isFirst: boolean };
  /** Confidence threshold of a classifier, 0 to 1. */
  atLeast?: number;
  /** Samples from training; absent where no curve was measured. */
  samples?: readonly LearnedSample[];
  /** Hugging Face's names and numbers of floats, in the order of the weights. */
  tensors: readonly (readonly [name: string, size: number])[];
}

/**
 * Writes the page: a block of JSON, then the f32 weights in base64, in blocks that the page decodes one by one. A
 * checksum of both comes last. `template`: the page's code, from src/page.
 */
export function pageFile(exported: Exported, template: string): ByteStream {
  const [before = '', after] = template.split('{{weights}}');
  if (after === undefined) throw new Error('page.html has no place for weights');
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  const weights = hubWeights(exported);
  const learned = learnedOf(exported);
  const model = jsonInScript({ ...pageModel(exported, weights), ...(learned && { samples: learned.samples }) });
  const title = escaped(modelTitle(exported.info));
  const baselines = learned?.baselines ? `<p class="hint block">${learned.baselines}</p>` : '';
  const head = encode(fill(before, { title, curve: learned?.curve ?? '', baselines, model }));
  const [open, close, tail] = [encode(OPEN), encode(CLOSE), encode(after)];
  const end = (sum: number): Uint8Array => encode(`${CHECKSUM}${sum.toString(16).padStart(8, '0')}${CLOSE}`);
  const bytes = 4 * [...weights.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const blocks = Math.ceil(bytes / BLOCK);
  return {
    name: `${exported.name}.html`,
    size: head.length + blocks * (open.length + close.length) + base64Length(bytes) + end(0).length + tail.length,
    *chunks() {
      yield head;
      let sum = crc32(encode(model));
      for (const block of inBlocks(weights)) {
        sum = crc32(block, sum);
        yield open;
        yield base64(block);
        yield close;
      }
      yield end(sum);
      yield tail;
    },
  };
}

function pageModel({ info, tokenizer, formats }: Exported, weights: ReadonlyMap<string, TensorInPieces>): PageModel {
  const canChat = kindOf(info.model) === 'decoder' && canBeAsked(tokenizer);
  const chat = canChat ? chatFacts(tokenizer) : null;
  const isFirst = recipeOf(info).objective === 'chats';
  return {
    title: modelTitle(info),
    summary: summary(info),
    card: modelCard(info, formats, false),
    prompt: recipeOf(info).samplePrompt,
    model: elsewhere(info.model),
    tokenizer: tokenizer.model,
    tokenizerHash: tokenizer.hash,
    ...(chat && { chat: { ...chat, isFirst } }),
    ...(info.decision && { atLeast: info.decision.atLeast }),
    tensors: [...weights].map(([name, { shape }]) => [name, sizeOf(shape)] as const),
  };
}

function summary(info: RunInfo): string {
  const { id, config, vocabulary } = info.model;
  const spec = modelSpec(id);
  return (
    `A ${spec.label} ${config.classes ? 'classifier' : 'language model'} with ${formatShort(countParams(spec.params(config, vocabulary)))} parameters` +
    `${trainedWords(info)}. ${DOES[kindOf(info.model)].words}. ` +
    (config.classes
      ? 'Its labels come from a machine and may be wrong.'
      : 'Its text is written by a machine and may be false.')
  );
}

/** Returns how much the model was trained, and on what: `, trained for 1 step (512 tokens) on moby.txt, 1.21 M characters`. */
function trainedWords(info: RunInfo): string {
  const { state, origin, parent, segments } = info;
  const data = dataOf(info);
  if (state.step === 0) return origin || parent ? '' : ', not trained yet';
  const extent = `, trained for ${counted(state.step, 'step')} (${formatShort(state.tokensSeen)} tokens)`;
  if (!data || data.texts.length === 0) return extent;
  const { texts } = data;
  const characters = texts.reduce((sum, text) => sum + text.characters, 0);
  const source = texts.length === 1 ? texts[0]!.name : `${formatCount(texts.length)} texts`;
  const on = segments.every((segment) => isSameData(segment.data, data)) ? 'on' : 'last on';
  return `${extent} ${on} ${source}, ${formatShort(characters)} characters`;
}

/** Concatenates the tensors' bytes and cuts them into blocks, which may span tensors. Reuses the buffer. */
function* inBlocks(weights: ReadonlyMap<string, TensorInPieces>): Generator<Uint8Array> {
  const block = new Uint8Array(BLOCK);
  let filled = 0;
  for (const data of allPieces(weights)) {
    const bytes = bytesOf({ data });
    for (let at = 0; at < bytes.length;) {
      const piece = bytes.subarray(at, at + BLOCK - filled);
      block.set(piece, filled);
      at += piece.length;
      filled += piece.length;
      if (filled < BLOCK) continue;
      yield block;
      filled = 0;
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}

function* allPieces(weights: ReadonlyMap<string, TensorInPieces>): Generator<Float32Array> {
  for (const tensor of weights.values()) yield* tensor.pieces();
}

/** Bytes of weights per block; a multiple of 3, so that only the last has padding. */
const BLOCK = 3 * 2 ** 20;
const OPEN = '<script type="application/octet-stream;base64">';
/** CRC-32 of the JSON and of the weights' bytes after it, in hex: docs/decisions/0024. */
const CHECKSUM = '<script type="text/plain" id="crc32">';
const CLOSE = '</script>\n';

/** Escapes text for an element, so that nothing in it can begin a tag or a character reference. */
const escaped = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** Escapes JSON for a data script: without `<` there is no end tag and no comment. JSON only has it in strings. */
const jsonInScript = (value: PageModel): string => JSON.stringify(value).replaceAll('<', '\\u003c');
