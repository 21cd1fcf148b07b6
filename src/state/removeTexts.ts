/** Removes texts from a project, with everything derived from them there; undo is possible while the toast shows. */
import { toFailure } from '../core/base/errors';
import { formatCount } from '../core/base/units';
import type { TextRecord } from '../core/documents';
import { allTexts, byUse, isToTune } from '../core/documents/record';
import { type TextUse, usesWords } from '../core/runs/textUses';
import { DEFAULT_RECIPE } from '../core/train/recipe';
import { explain } from './failures';
import { nameByTexts, type NamingNeeds, namingTexts } from './projectName';
import type { PromptNeeds, SuggestedPrompt } from './suggestedPrompt';
import type { SetState, SliceServices } from './slices/studio';

type RemovalNeeds = NamingNeeds & PromptNeeds;

interface Removal extends Pick<SliceServices, 'data' | 'tabs' | 'now' | 'toasts'>, SuggestedPrompt {
  get: () => RemovalNeeds;
  set: SetState<RemovalNeeds>;
}

/** Removes texts of the open project, with a note that can undo it. */
export async function removeTexts(removal: Removal, ids: readonly string[]): Promise<void> {
  const { data, tabs, now, toasts, get, set } = removal;
  const before = allTexts(get());
  const requested = before.filter(({ id }) => ids.includes(id));
  if (requested.length === 0) return;
  const projectId = get().project.id;
  const isStillOpen = (): boolean => get().project.id === projectId;
  /** Restores texts at their places in the current list. */
  const putBack = (texts: readonly TextRecord[]): void => {
    if (!isStillOpen()) return;
    const indexBefore = ({ id }: TextRecord): number => before.findIndex((text) => text.id === id);
    const order = (text: TextRecord): number => (indexBefore(text) < 0 ? before.length : indexBefore(text));
    const otherTexts = allTexts(get()).filter(({ id }) => !texts.some((text) => text.id === id));
    set(
      byUse(
        [...otherTexts, ...texts].toSorted((a, b) => order(a) - order(b)),
        projectId,
      ),
    );
  };
  const takeOut = (texts: readonly TextRecord[]): void => {
    if (isStillOpen())
      set((s) =>
        byUse(
          allTexts(s).filter(({ id }) => !texts.some((text) => text.id === id)),
          projectId,
        ),
      );
  };
  takeOut(requested);
  // Unreadable runs must not prevent a removal.
  const textIds = requested.map(({ id }) => id);
  const uses = await data.call('textUses', { textIds }).catch((): readonly TextUse[] => []);
  const removed: TextRecord[] = [];
  for (const text of requested) {
    try {
      await data.call('removeText', { id: text.id, projectId, at: now() });
      removed.push(text);
    } catch (error) {
      putBack([text]);
      toasts.show({ text: `${text.name} couldn’t be removed`, detail: toFailure(error).message });
    }
  }
  if (removed.length === 0) return;
  takeOut(removed); // they may have been listed again meanwhile
  tabs.announce();
  const trainingTexts = removed.filter((text) => !isToTune(text, projectId));
  const replacedPrompt = await replacePrompt(removal, projectId, trainingTexts);
  const renamed = isStillOpen() ? await nameByTexts(removal, namingTexts(byUse(before, projectId))) : undefined;
  const subject = removed.length === 1 ? removed[0]!.name : `${formatCount(removed.length)} texts`;
  let isUndone = false;
  const undo = () => {
    isUndone = true;
    putBack(removed);
    renamed?.undo();
    replacedPrompt?.undo();
    for (const text of removed) {
      data.call('addToProject', { id: text.id, projectId, isTuned: isToTune(text, projectId) }).then(
        () => tabs.announce(),
        (error: unknown) => {
          takeOut([text]);
          toasts.show({ text: `${text.name} couldn’t be restored`, detail: explain(toFailure(error)) });
        },
      );
    }
  };
  // Purges the bytes once the undo expires. After a failure or a closed page, the next load does it.
  const onGone = () => {
    if (!isUndone) for (const { id } of removed) data.call('purgeText', { id }).catch(() => undefined);
  };
  const detail = usesWords(uses, removed.length);
  toasts.show({ text: `${subject} removed`, ...(detail !== undefined && { detail }), undo, onGone });
}

interface Undoable {
  undo(): void;
}

/** Replaces a prompt from a removed text by one from a remaining text. */
async function replacePrompt(
  { get, suggestion, suggest }: Removal,
  projectId: string,
  removed: readonly TextRecord[],
): Promise<Undoable | undefined> {
  const before = get().project.recipe.samplePrompt;
  /** Whether this is the prompt of the project, which is still open. */
  const isPrompt = (prompt: string): boolean =>
    get().project.id === projectId && get().project.recipe.samplePrompt === prompt;
  for (const text of removed) {
    if (before === DEFAULT_RECIPE.samplePrompt || !isPrompt(before)) return undefined;
    if ((await suggestion(text)) !== before || !isPrompt(before)) continue;
    get().setRecipe({ samplePrompt: DEFAULT_RECIPE.samplePrompt });
    await suggest(get().texts[0]);
    const { id, recipe } = get().project;
    const after = id === projectId ? recipe.samplePrompt : DEFAULT_RECIPE.samplePrompt;
    return {
      undo: () => {
        if (isPrompt(after)) get().setRecipe({ samplePrompt: before });
      },
    };
  }
  return undefined;
}
