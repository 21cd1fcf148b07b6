/** Adds an imported text to its project: lists it, names the project after it, and suggests a prompt. */
import type { TextRecord } from '../core/documents';
import { allTexts, byUse, isToTune } from '../core/documents/record';
import { answering } from './markup';
import { nameByTexts, type NamingNeeds, namingTexts } from './projectName';
import { type PromptNeeds, suggestedPrompt } from './suggestedPrompt';
import { alreadyCleaned, alreadyLeftOut } from './textNotes';
import type { Target } from './slices/adding';
import type { SetState, SliceServices } from './slices/studio';

export type AddTextNeeds = NamingNeeds & PromptNeeds;

interface AddTextOptions {
  /** Whether all its files may be tables with pairs. */
  isOfPairs?: boolean;
  /** Id of an earlier text whose documents it includes. */
  replacedId?: string | undefined;
}

/** @param storeReport stores the report of the newest drop with the project */
export function textAdder(
  services: Pick<SliceServices, 'data' | 'tabs' | 'toasts'>,
  get: () => AddTextNeeds,
  set: SetState<AddTextNeeds>,
  storeReport: () => void,
): (text: TextRecord, target: Target, options?: AddTextOptions) => Promise<void> {
  const { data, tabs, toasts } = services;
  const { suggest } = suggestedPrompt(services, get);
  return async (text, target, { isOfPairs = true, replacedId } = {}) => {
    const isOpen = (): boolean => get().project.id === target.id;
    tabs.announce();
    if (!isOpen()) {
      toasts.show({ text: `${text.name} was added to ${target.name}` });
      return;
    }
    const textsBefore = namingTexts(get());
    const otherTexts = allTexts(get()).filter(({ id }) => id !== text.id);
    const isReplacing = otherTexts.some(({ id }) => id === replacedId);
    const texts = isReplacing
      ? otherTexts.map((other) => (other.id === replacedId ? text : other))
      : [...otherTexts, text];
    set(byUse(texts, target.id));
    const { leftOut, cleaned } = text;
    if (leftOut) toasts.show(alreadyLeftOut(text.name, leftOut.places.length));
    if (cleaned) toasts.show(alreadyCleaned(text.name, cleaned.name));
    // A project with a text is stored even if no field changes: a project in no list can't be opened again.
    get().change({});
    storeReport();
    await nameByTexts({ data, get }, textsBefore);
    // Texts for tuning don't set the project's prompt.
    if (isToTune(text, target.id)) return;
    await suggest(text);
    const objective = isOfPairs && isOpen() ? answering(get()) : undefined;
    if (objective) get().setRecipe({ objective });
  };
}
