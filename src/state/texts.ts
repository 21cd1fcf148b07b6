/** Texts of the project and their documents: inspect them, and remove or skip them with undo. */
import { toFailure } from '../core/base/errors';
import { formatCount } from '../core/base/units';
import type { TextRecord } from '../core/documents';
import { allTexts, byUse } from '../core/documents/record';
import { explain } from './failures';
import { removeTexts } from './removeTexts';
import { suggestedPrompt } from './suggestedPrompt';
import type { TextsSlice } from './slices/texts';
import type { Slice, Studio } from './slices/studio';

export const createTextsSlice: Slice<
  TextsSlice,
  Pick<Studio, 'change' | 'opened' | 'project' | 'projects' | 'setRecipe' | 'training'>
> = (services) => (set, get) => {
  const { data, now, tabs, toasts } = services;
  const { suggestion, suggest } = suggestedPrompt(services, get);
  function toastError(error: unknown): void {
    const { message, remedy } = toFailure(error);
    toasts.show({ text: message, ...(remedy !== undefined && { detail: remedy }) });
  }
  const put = (text: TextRecord): void =>
    set((s) =>
      byUse(
        allTexts(s).map((other) => (other.id === text.id ? text : other)),
        s.project.id,
      ),
    );

  return {
    texts: [],
    tuneTexts: [],
    samples: [],
    async loadTexts(ahead) {
      const { id: projectId } = get().project;
      const [listed, samples] = await Promise.all([
        ahead ?? data.call('listTexts', { projectId }).then((all) => byUse(all, projectId)),
        get().samples.length > 0 ? get().samples : data.call('samples', null).catch(() => get().samples),
      ]);
      const { project, texts, tuneTexts } = get();
      if (project.id !== projectId) return; // the open project's texts are already being loaded
      const isSame = JSON.stringify(listed) === JSON.stringify({ texts, tuneTexts });
      if (!isSame || samples !== get().samples) set({ samples, ...(!isSame && listed) });
    },
    removeTexts: (ids) => removeTexts({ data, tabs, now, toasts, get, set, suggestion, suggest }, ids),
    async setLicence(ids, licence) {
      const before = allTexts(get()).filter(({ id }) => ids.includes(id));
      try {
        for (const text of await data.call('setLicence', { ids, licence })) put(text);
        tabs.announce();
      } catch (error) {
        toastError(error);
        return;
      }
      if (before.length < 2) return;
      const undo = () => before.forEach((text) => void get().setLicence([text.id], text.licence));
      toasts.show({ text: `License of ${formatCount(before.length)} texts saved`, undo });
    },
    async putInProject(id, projectId, isIn) {
      const { texts, projects, project, removeTexts } = get();
      if (projectId === project.id && !isIn) return removeTexts([id]);
      const text = texts.find((other) => other.id === id);
      const other = projects.find((row) => row.id === projectId);
      if (!text || !other) return;
      try {
        put(
          isIn
            ? await data.call('addToProject', { id, projectId })
            : await data.call('removeText', { id, projectId, at: now() }),
        );
        tabs.announce();
      } catch (error) {
        toasts.show({ text: `${other.name} wasn’t changed`, detail: explain(toFailure(error)) });
      }
    },
    async leaveOut(textId, places, isOut) {
      try {
        put(await data.call('leaveOut', { textId, places, isOut }));
        tabs.announce();
      } catch (error) {
        toastError(error);
        return;
      }
      if (!isOut) return;
      const what = places.length === 1 ? '1 document' : `${formatCount(places.length)} documents`;
      toasts.show({ text: `${what} excluded`, undo: () => void get().leaveOut(textId, places, false) });
    },
    putText: put,
  };
};
