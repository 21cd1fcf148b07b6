/** Small chat models. Large random weights make choices differ; each ends an answer to `QUESTION`. */
import { fromHalf, toHalf } from '../core/base/half';
import { type Message } from '../core/chat/conversation';
import { CHATML } from '../core/chat/pieces';
import { prompted } from '../core/chat/renderChat';
import { compiled, ownTemplate } from '../core/chat/template';
import { usualTemplate } from '../core/chat/usual';
import { endsOf } from '../core/chat/endOfTurn';
import { exportedFrom } from '../core/export/exported';
import type { Exported } from '../core/export/format';
import type { ModelChoice } from '../core/models/network';
import { createTokenizer } from '../core/tokenizer/byteLevel';
import { type Tokenizer, withChatTemplate } from '../core/tokenizer/tokenizer';
import { specialTokenizer, turnsTokenizer } from './chatTemplates';
import { decisive } from './decoding';
import { greedy } from './trainedModel';

export const QUESTION = 'Who is there?';
const SIZES = { layers: 2, heads: 4, width: 64, context: 160, kvHeads: 2, hidden: 96, headWidth: 32 };

export interface ChatModel {
  model: Exported;
  ask(messages: readonly Message[]): Uint32Array;
  /** Greedy answer, and whether the model ended its turn. */
  answer(messages: readonly Message[], length?: number): Promise<{ text: string; isEnded: boolean; tokens: number }>;
}

/** Our tokenizer, with tokens for turns. */
export const turnsModel = async (): Promise<ChatModel> => {
  const tokenizer = await turnsTokenizer();
  return answering(await createTokenizer(withChatTemplate(tokenizer.model, usualTemplate(tokenizer))), 105);
};

/** An external model whose turns and texts end with different tokens. */
export const chatmlModel = async (): Promise<ChatModel> =>
  answering(
    await specialTokenizer(['<|endoftext|>', '<|im_start|>', '<|im_end|>'], {
      eos_token: '<|endoftext|>',
      chat_template: CHATML,
    }),
    57,
  );

/**
 * Draws models until one answers `QUESTION` and ends its turn.
 * @param firstSeed start of the search: the seed found last time, to draw one model instead of a hundred
 */
async function answering(tokenizer: Tokenizer, firstSeed: number): Promise<ChatModel> {
  const template = await compiled(ownTemplate(tokenizer)!, tokenizer);
  const ends = endsOf(tokenizer);
  const promptIds = (messages: readonly Message[]): Uint32Array => prompted({ messages }, template);
  const answerWith =
    (model: Exported): ChatModel['answer'] =>
    async (messages, length = 60) => {
      const prompt = promptIds(messages);
      const ids = await greedy(model, prompt, Math.min(length, SIZES.context + 1 - prompt.length));
      const endIndex = ids.findIndex((id) => ends.includes(id));
      return { text: tokenizer.decode(ids.slice(0, endIndex === -1 ? ids.length : endIndex)), isEnded: endIndex !== -1, tokens: endIndex === -1 ? ids.length : endIndex }; // prettier-ignore
    };
  for (let seed = firstSeed; seed < firstSeed + 200; seed++) {
    const model = await drawn(tokenizer, seed);
    const answer = answerWith(model);
    const firstAnswer = await answer(QUESTION_MESSAGES);
    if (!firstAnswer.isEnded || firstAnswer.tokens < 4 || firstAnswer.tokens > 20 || firstAnswer.text.length < 4)
      continue;
    // Different rounding must not change the answer.
    const noisyAnswers = await Promise.all(
      [1, 2, 3].map(async (noise) => answerWith(await drawn(tokenizer, seed, noise))(QUESTION_MESSAGES)),
    );
    if (noisyAnswers.every(({ text }) => text === firstAnswer.text)) return { model, ask: promptIds, answer };
  }
  throw new Error('No such model was drawn');
}

const QUESTION_MESSAGES = [{ role: 'user', content: QUESTION }] as const;

function drawn(tokenizer: Tokenizer, seed: number, noise = 0): Promise<Exported> {
  const llamaSettings = {
    theta: 10_000,
    normEpsilon: 1e-5,
    qkNorm: 'none',
    norm: 'before',
    window: 0,
    untied: true,
  } as const;
  const model: ModelChoice = { id: 'llama', config: { ...SIZES, ...llamaSettings }, vocabulary: tokenizer.size };
  const state = { step: 0, tokensSeen: 0, activeMs: 0, best: null };
  // Weights in f16, as the service has them.
  const halves = [...decisive(model, seed, 6)].map(
    ([name, { shape, data }]) => [name, { shape, data: Float32Array.from(toHalf(data), (half, i) => fromHalf(half) * (1 + 2e-3 * Math.sin(noise * i))) }] as const, // prettier-ignore
  );
  const snapshot = { state, tensors: new Map(halves) };
  return exportedFrom({ model, tokenizer, snapshot, resumable: false, info: null, events: [] }, 'Starbuck', 0);
}
