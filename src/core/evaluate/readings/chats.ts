/** Chats: likelihood of the answers, given everything before them. */
import { badSettings } from '../../base/errors';
import type { HeldChat } from '../heldChats';
import { rowsOf } from '../likelihood';
import { emptyScores } from '../scores';
import { batchesOf, scored } from '../tokenScores';
import { whereItFails } from '../where';
import { figuresOf } from './figuresOf';
import type { Read, Reading } from './reading';

export const chats: Reading = {
  figures: ['loss', 'perplexity'],
  baselines: ['uniform'],
  of: 'chats',
  models: ['nextTokens'],
  unfit: 'The model is not causal, so it can’t answer chats.',
  async read(read) {
    const { tokenizer, asked } = read;
    const { chats = [] } = asked;
    if (chats.length === 0) throw badSettings('There are no chats to evaluate on.', 'Use a file that contains chats.');
    const scores = await answerScores(chats, read);
    const blocks = chats.map(({ scored }, document) => ({ document, from: 0, to: scored.length, bytes: 0 }));
    const documents = chats.map(({ ids, scored, source }) => ({
      ids: Uint32Array.from(scored, (at) => ids[at]!),
      bytes: 0,
      source,
    }));
    const losses = scores.map(({ loss }, i) => ({ loss, position: (token: number) => chats[i]!.scored[token]! }));
    const fails = whereItFails(documents, losses, tokenizer, asked);
    const figures = await figuresOf({ loss: 'loss', perplexity: 'perplexity' }, rowsOf(blocks, scores), 'chat', read);
    const uniform = { loss: Math.log(tokenizer.size), perplexity: tokenizer.size };
    return {
      metrics: figures.metrics,
      baselines: { uniform },
      ...fails,
      leftOut: [...figures.leftOut, ...fails.leftOut],
    };
  },
};

/** @returns scores of the trained tokens of each chat */
async function answerScores(chats: readonly HeldChat[], { network, pause, report }: Read) {
  const scores = chats.map(({ scored }) => emptyScores(scored.length));
  const rows = chats.map((chat, i) => ({ ...chat, tokens: chat.ids.length - 1, into: scores[i]! }));
  let done = 0;
  for (const { batch, width } of batchesOf(rows, network.choice.config.context, ROWS)) {
    const ids = new Int32Array(batch.length * width);
    for (const [row, chat] of batch.entries()) ids.set(chat.ids.subarray(0, -1), row * width);
    // No predicted token attends to the padding after a shorter chat.
    const wanted = batch.flatMap((chat, row) =>
      chat.scored.map((place, at) => ({ row: row * width + place - 1, token: chat.ids[place]!, at, into: chat.into })),
    );
    await scored(network, { ids, rows: batch.length }, wanted);
    done += batch.length;
    report({ label: 'Reading chats', done, of: chats.length, unit: 'chats' });
    await pause();
  }
  return scores;
}
/** Batch size. */
const ROWS = 8;
