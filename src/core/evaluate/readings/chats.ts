/** Chats: likelihood of the answers, given everything before them. */
import { badSettings } from '../../base/errors';
import type { HeldChat } from '../heldChats';
import { rowsOf } from '../likelihood';
import { emptyScores } from '../scores';
import { batchesOf, scoreTokens } from '../tokenScores';
import { whereItFails } from '../where';
import { figuresOf } from './figuresOf';
import type { ReadingContext, Reading } from './reading';

export const chats: Reading = {
  figures: ['loss', 'perplexity'],
  baselines: ['uniform'],
  dataKind: 'chats',
  evaluations: ['nextTokens'],
  whyUnfit: 'The model is not causal, so it can’t answer chats.',
  async read(read) {
    const { tokenizer, request } = read;
    const { chats = [] } = request;
    if (chats.length === 0) throw badSettings('There are no chats to evaluate on.', 'Use a file that contains chats.');
    const scores = await answerScores(chats, read);
    const blocks = chats.map(({ scored }, document) => ({ document, from: 0, to: scored.length, bytes: 0 }));
    const documents = chats.map(({ ids, scored, source }) => ({
      ids: Uint32Array.from(scored, (position) => ids[position]!),
      bytes: 0,
      source,
    }));
    const losses = scores.map(({ loss }, i) => ({ loss, position: (token: number) => chats[i]!.scored[token]! }));
    const errorAnalysis = whereItFails(documents, losses, tokenizer, request);
    const figures = await figuresOf({ loss: 'loss', perplexity: 'perplexity' }, rowsOf(blocks, scores), 'chat', read);
    const uniform = { loss: Math.log(tokenizer.size), perplexity: tokenizer.size };
    return {
      metrics: figures.metrics,
      baselines: { uniform },
      ...errorAnalysis,
      leftOut: [...figures.leftOut, ...errorAnalysis.leftOut],
    };
  },
};

/** @returns scores of the trained tokens of each chat */
async function answerScores(chats: readonly HeldChat[], { network, pause, report }: ReadingContext) {
  const scores = chats.map(({ scored }) => emptyScores(scored.length));
  const rows = chats.map((chat, i) => ({ ...chat, tokens: chat.ids.length - 1, scores: scores[i]! }));
  let done = 0;
  for (const { batch, width } of batchesOf(rows, network.choice.config.context, BATCH_SIZE)) {
    const ids = new Int32Array(batch.length * width);
    for (const [row, chat] of batch.entries()) ids.set(chat.ids.subarray(0, -1), row * width);
    // No predicted token attends to the padding after a shorter chat.
    const scoredTokens = batch.flatMap((chat, row) =>
      chat.scored.map((position, index) => ({
        hiddenRow: row * width + position - 1,
        token: chat.ids[position]!,
        index,
        scores: chat.scores,
      })),
    );
    await scoreTokens(network, { ids, rows: batch.length }, scoredTokens);
    done += batch.length;
    report({ label: 'Reading chats', done, of: chats.length, unit: 'chats' });
    await pause();
  }
  return scores;
}
/** Batch size. */
const BATCH_SIZE = 8;
