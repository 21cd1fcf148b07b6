/** Adds files, pastes and samples to a project: reads, skips or refuses each, or waits for an answer. */
import { NOTHING, skippedOf } from '../core/documents/dropReport';
import { byUse } from '../core/documents/record';
import { MARKUP_HEAD, markupOf } from '../core/documents/markup';
import { ownFiles } from '../core/documents/savedPages';
import type { Purpose } from '../core/runs/tuning';
import { fileAnswers } from './fileAnswers';
import { importOutcomes, type ImportOutcomes } from './importOutcomes';
import { createImportQueue, type ImportQueue } from './importQueue';
import { pastedFile, sorted } from './markup';
import { inputsOf } from './preparation';
import { textImports, type TextImports } from './textImports';
import { IDLE } from './work';
import type { AddingSlice, Dropped, Target } from './slices/adding';
import type { SetState, Slice, SliceServices, Studio } from './slices/studio';

type AddingNeeds = Pick<
  Studio,
  'change' | 'opened' | 'project' | 'samples' | 'setRecipe' | 'takeInto' | 'texts' | 'training' | 'tuneTexts'
>;

export const createAddingSlice: Slice<AddingSlice, AddingNeeds> = (services) => (set, get) => {
  const openProject = (): Target => {
    const { id, name } = get().project;
    return { id, name };
  };
  const queue = createImportQueue((projectId, job) => get().takeInto(projectId, job));
  const answers = fileAnswers(
    openProject,
    set,
    () => outcomes,
    (files, target, answered) => queue.enqueue(target.id, () => imports.importDrop(files, target, answered)),
  );
  const outcomes: ImportOutcomes = importOutcomes(services, get, set, (files) => void answers.addAsText(files));
  const imports = textImports(services, get, set, outcomes);
  const { data } = services;

  return {
    refused: [],
    waitingFiles: [],
    drop: null,
    dismissDrop() {
      set({ drop: null });
      if (get().project.lastDrop) get().change({ lastDrop: null });
    },
    openedTable: null,
    openTable: (openedTable) => set({ openedTable }),
    importing: IDLE,
    readerOptions: {},
    setReaderOptions: (changes) => set(({ readerOptions }) => ({ readerOptions: { ...readerOptions, ...changes } })),
    async waitForReading(inputs, signal) {
      const { id: projectId } = inputs.project;
      await queue.whenRead(projectId, signal);
      if (signal.aborted) return undefined;
      if (get().project.id === projectId) return { ...inputsOf(get()), tuneTexts: get().tuneTexts };
      return { ...inputs, ...byUse(await data.call('listTexts', { projectId }), projectId) };
    },
    ...additions(services, { get, set, openProject }, { queue, outcomes, imports }),
    ...answers.actions,
  };
};

interface OpenProjectState {
  get(): AddingSlice & AddingNeeds;
  set: SetState<AddingSlice & AddingNeeds>;
  openProject(): Target;
}

/** Actions that add files, a paste or a sample to the open project. */
function additions(
  { data, now }: SliceServices,
  { get, set, openProject }: OpenProjectState,
  { queue, outcomes, imports }: { queue: ImportQueue; outcomes: ImportOutcomes; imports: TextImports },
): Pick<AddingSlice, 'addFiles' | 'addPaste' | 'addSample'> {
  let dropCount = 0;

  async function addFiles(files: readonly Dropped[], target: Target, tunes?: Purpose): Promise<void> {
    const { readerOptions } = get();
    const { own, passedOver } = ownFiles(files);
    const origin = tunes ? { tunes } : { drop: ++dropCount };
    const dropped = own.map((file) => ({ reading: readerOptions, ...file, ...origin }));
    const { texts, markup } = await sorted(dropped, target, tunes);
    if (get().project.id === target.id)
      set({ drop: tunes === undefined ? { ...NOTHING, skipped: passedOver.map(skippedOf) } : null });
    // Files without a question don't wait for answers.
    outcomes.ask(markup);
    if (texts.length > 0) await queue.enqueue(target.id, () => imports.importDrop(texts, target));
  }

  return {
    addFiles: (files, tunes) => queue.track(get().project.id, addFiles(files, openProject(), tunes)),
    async addPaste(text, name, tunes) {
      const purpose = tunes && { tunes };
      // Text that no file can hold (lone surrogates) is refused as pasted text.
      const isFile = !/\p{Surrogate}/u.test(text);
      if (isFile && tunes !== undefined && tunes !== 'adapt')
        return get().addFiles([pastedFile(text, name, tunes)], tunes);
      const head = new TextEncoder().encode(text.slice(0, MARKUP_HEAD));
      const kind = isFile ? markupOf(name, head) : null;
      if (kind) {
        set({ drop: NOTHING });
        const origin = purpose ?? { drop: ++dropCount };
        outcomes.ask([{ name, kind, file: new File([text], name), project: openProject(), ...origin }]);
        return;
      }
      // A paste exists only here, so it is stored at once instead of waiting behind slow files.
      const [target, isConcurrent] = [openProject(), queue.isBusy()];
      const importPaste = async (): Promise<void> => {
        const input = { text, name, projectId: target.id, addedAt: now(), ...purpose };
        await imports.importText({ name, target, tunes, isShown: !isConcurrent }, (options) =>
          data.call('importPaste', input, options),
        );
      };
      await (isConcurrent ? queue.runNow(target.id, importPaste) : queue.enqueue(target.id, importPaste));
    },
    addSample(file) {
      const target = openProject();
      const input = { file, projectId: target.id, addedAt: now() };
      return queue.enqueue(target.id, () =>
        imports.importText({ name: file, target }, (options) => data.call('importSample', input, options)),
      );
    },
  };
}
