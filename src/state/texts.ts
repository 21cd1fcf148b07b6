/** The texts of the project: adding by any route, removing with undo, looking inside. */
import { toFailure, type Failure } from '../core/base/errors';
import type { ImportOutcome, TextRecord } from '../core/text';
import type { Sample } from '../protocol/data';
import type { Slice } from './studio';
import { UNTITLED } from './project';
import { IDLE, work, type Work } from './work';

/** A file that was refused, and why; shown in the list until dismissed. */
export interface Refusal {
  name: string;
  failure: Failure;
}
/** A file as it was dropped: its path inside a dropped folder is its name. */
export interface Dropped {
  file: File;
  name: string;
}

export interface TextsSlice {
  texts: readonly TextRecord[];
  samples: readonly Sample[];
  refused: readonly Refusal[];
  importing: Work;
  /** Which of how many files is being read. */
  importingFile: { name: string; index: number; of: number } | null;
  loadTexts(): Promise<void>;
  addFiles(files: readonly Dropped[]): Promise<void>;
  addPaste(text: string, name: string): Promise<void>;
  addSample(file: string): Promise<TextRecord | undefined>;
  removeText(id: string): Promise<void>;
  dismissRefusals(): void;
  preview(id: string): Promise<string>;
}

const PREVIEW_CHARACTERS = 20_000;

export const createTextsSlice: Slice<TextsSlice> =
  ({ data, now }) =>
  (set, get) => {
    /** One import at a time: what comes while another is read waits for it. */
    let turn: Promise<unknown> = Promise.resolve();
    function inTurn<T>(job: () => Promise<T>): Promise<T> {
      const mine = turn.then(job);
      turn = mine.catch(() => undefined);
      return mine;
    }
    type Options = Parameters<Parameters<typeof work<ImportOutcome>>[2]>[0];
    /** One import: its record joins the list, or says why not. Resolves with the text that now is there. */
    async function add(
      name: string,
      begin: (options: Options) => Promise<ImportOutcome>,
    ): Promise<TextRecord | undefined> {
      set(({ refused }) => ({ refused: refused.filter((refusal) => refusal.name !== name) }));
      const outcome = await work((importing) => set({ importing }), now, begin);
      const { importing } = get();
      if (importing.kind === 'failed') {
        set(({ refused }) => ({ refused: [...refused, { name, failure: importing.failure }], importing: IDLE }));
      }
      if (outcome === undefined) return undefined;
      if (outcome.kind === 'duplicate') {
        get().toast({ text: `${name} is already here`, detail: `as ${outcome.of.name}, so it was not added again` });
        return outcome.of;
      }
      const { text } = outcome;
      set(({ texts }) => ({ texts: [...texts, text] }));
      if (get().project.name === UNTITLED) get().change({ name: title(text.name) });
      return text;
    }

    return {
      texts: [],
      samples: [],
      refused: [],
      importing: IDLE,
      importingFile: null,
      async loadTexts() {
        const [texts, samples] = await Promise.all([
          data.call('listTexts', null),
          data.call('samples', null).catch(() => [] as readonly Sample[]),
        ]);
        set({ texts, samples });
      },
      addFiles: (files) =>
        inTurn(async () => {
          for (const [index, { file, name }] of files.entries()) {
            set({ importingFile: { name, index, of: files.length } });
            const text = await add(name, (options) => data.call('importFile', { file, name, addedAt: now() }, options));
            const wasStopped = text === undefined && !get().refused.some((refusal) => refusal.name === name);
            if (wasStopped) break;
          }
          set({ importingFile: null });
        }),
      addPaste: (text, name) =>
        inTurn(async () => {
          await add(name, (options) => data.call('importPaste', { text, name, addedAt: now() }, options));
        }),
      addSample: (file) =>
        inTurn(() => add(file, (options) => data.call('importSample', { file, addedAt: now() }, options))),
      async removeText(id) {
        const text = get().texts.find((t) => t.id === id);
        if (!text) return;
        const at = get().texts.indexOf(text);
        set(({ texts }) => ({ texts: texts.filter((t) => t !== text) }));
        try {
          await data.call('removeText', { id });
        } catch (error) {
          set(({ texts }) => ({ texts: texts.toSpliced(at, 0, text) }));
          get().toast({ text: `${text.name} could not be removed`, detail: toFailure(error).message });
          return;
        }
        const undo = () => {
          set(({ texts }) => ({ texts: texts.toSpliced(at, 0, text) }));
          data.call('restoreText', { id }).catch((error: unknown) => {
            set(({ texts }) => ({ texts: texts.filter((t) => t !== text) }));
            get().toast({ text: `${text.name} could not be brought back`, detail: toFailure(error).message });
          });
        };
        get().toast({ text: `${text.name} removed`, undo });
      },
      dismissRefusals: () => set({ refused: [] }),
      preview: (id) => data.call('preview', { id, characters: PREVIEW_CHARACTERS }),
    };
  };

/** 'moby-dick.txt' -> 'moby-dick' */
const title = (name: string): string => name.replace(/^.*\//, '').replace(/\.[^.]+$/, '') || name;
