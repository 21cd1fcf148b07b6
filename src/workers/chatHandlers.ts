/** Handlers of the data worker for chats. */
import { loaded } from '../core/base/load';
import type { DataContext, SomeDataHandlers } from './dataContext';

/** Loaded when chats are first used. */
export const loadChatReader = () => loaded('The chat reader', import('../jobs/chats'));

export function chatHandlers(context: DataContext) {
  const { store } = context;
  let previewLossMask: ReturnType<Awaited<ReturnType<typeof loadChatReader>>['lossMaskPreviewer']> | undefined;
  return {
    speakers: ({ textId }) => context.reading(async () => (await loadChatReader()).speakersIn(await store, textId)),
    importSpeakers: ({ textId: id, assistant, ...settings }, job) =>
      context.reading(async () => {
        const { importSpeakers } = await loadChatReader();
        return importSpeakers(await store, { id, assistant }, await context.owned(settings), job);
      }),
    previewLossMask: (input, job) =>
      context.reading(async () => {
        const { lossMaskPreviewer } = await loadChatReader();
        previewLossMask ??= lossMaskPreviewer();
        return previewLossMask(await store, input, job);
      }),
  } satisfies SomeDataHandlers;
}
