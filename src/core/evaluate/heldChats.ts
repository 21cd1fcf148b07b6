/** Held-out chats, each truncated to a context, with the positions of answer tokens. */
import { chatsIn } from '../objectives/chatRows';
import type { PartSource } from '../shards/manifest';

export interface HeldChat {
  ids: Uint32Array;
  /** Positions of the trained tokens, each predicted from all before it. */
  scored: readonly number[];
  /** Name of the text that contains the chat. */
  source: string;
}

/**
 * Chats of a part of the data.
 * @param sourceOf name of the text that contains the document at this index in the data
 * @throws HomegrownError `bad-settings` if no chat fits
 */
export async function heldChatsIn(
  part: PartSource,
  context: number,
  sourceOf: (place: number) => string = () => '',
): Promise<readonly HeldChat[]> {
  const places = new Map((await part.documents())?.map(({ start, place }) => [start, place]));
  const chatRanges = (await chatsIn(part, context)).rows.flat().sort((a, b) => a.from - b.from);
  const chats: HeldChat[] = [];
  for (const { from, tokens } of chatRanges) {
    const mask = await part.lossMask!(from, tokens + 1);
    const scored = Array.from(mask.keys()).filter((position) => position > 0 && mask[position] === 1);
    chats.push({ ids: await part.read(from, tokens + 1), scored, source: sourceOf(places.get(from) ?? 0) });
  }
  return chats;
}
