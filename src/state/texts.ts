/** The texts of the project: adding by any route, removing with undo, looking inside. */
import { toFailure, type Failure } from '../core/base/errors';
import { formatCount } from '../core/base/units';
import type { ImportOutcome, TextRecord } from '../core/documents';
import { MARKUP_HEAD, markupOf, type MarkupId } from '../core/documents/markup';
import { isSystemFile } from '../core/documents/system';
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

/** One that holds markup or data rather than prose. */
export interface DroppedMarkup extends Dropped {
  kind: MarkupId;
}

export interface TextsSlice {
  texts: readonly TextRecord[];
  samples: readonly Sample[];
  refused: readonly Refusal[];
  /** Files that wait for a person to say whether they are learnt as they are. */
  markup: readonly DroppedMarkup[];
  importing: Work;
  /** Which of how many files is being read. */
  importingFile: { name: string; index: number; of: number } | null;
  loadTexts(): Promise<void>;
  /** Adds texts, asks about markup, and passes over what is the system's own. */
  addFiles(files: readonly Dropped[]): Promise<void>;
  takeMarkup(): Promise<void>;
  leaveMarkup(): void;
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
    let queue: Promise<unknown> = Promise.resolve();
    function inTurn<T>(job: () => Promise<T>): Promise<T> {
      const mine = queue.then(job);
      queue = mine.catch(() => undefined);
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

    /** One file after another, until one is stopped. */
    const addAll = (files: readonly Dropped[]): Promise<void> =>
      inTurn(async () => {
        for (const [index, { file, name }] of files.entries()) {
          set({ importingFile: { name, index, of: files.length } });
          const text = await add(name, (options) => data.call('importFile', { file, name, addedAt: now() }, options));
          const wasStopped = text === undefined && !get().refused.some((refusal) => refusal.name === name);
          if (wasStopped) break;
        }
        set({ importingFile: null });
      });

    return {
      texts: [],
      samples: [],
      refused: [],
      markup: [],
      importing: IDLE,
      importingFile: null,
      async loadTexts() {
        const [texts, samples] = await Promise.all([
          data.call('listTexts', null),
          data.call('samples', null).catch(() => [] as readonly Sample[]),
        ]);
        set({ texts, samples });
      },
      async addFiles(files) {
        const own = files.filter(({ name }) => !isSystemFile(name));
        if (own.length < files.length) get().toast(passedOver(files.length - own.length));
        const texts: Dropped[] = [];
        const markup: DroppedMarkup[] = [];
        for (const dropped of own) {
          const kind = await kindOf(dropped);
          if (kind) markup.push({ ...dropped, kind });
          else texts.push(dropped);
        }
        // One question for the drop; what is not asked about does not wait for the answer.
        if (markup.length > 0) set((s) => ({ markup: [...s.markup, ...markup] }));
        if (texts.length > 0) await addAll(texts);
      },
      async takeMarkup() {
        const { markup } = get();
        set({ markup: [] });
        await addAll(markup);
      },
      leaveMarkup: () => set({ markup: [] }),
      async addPaste(text, name) {
        // What no file can hold is refused as pasted text.
        const kind = /\p{Surrogate}/u.test(text) ? null : markupOf(name, encoder.encode(text.slice(0, MARKUP_HEAD)));
        if (kind) {
          set((s) => ({ markup: [...s.markup, { name, kind, file: new File([text], name) }] }));
          return;
        }
        await inTurn(async () => {
          await add(name, (options) => data.call('importPaste', { text, name, addedAt: now() }, options));
        });
      },
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
        let isBack = false;
        const undo = () => {
          isBack = true;
          set(({ texts }) => ({ texts: texts.toSpliced(at, 0, text) }));
          data.call('restoreText', { id }).catch((error: unknown) => {
            set(({ texts }) => ({ texts: texts.filter((t) => t !== text) }));
            get().toast({ text: `${text.name} could not be brought back`, detail: toFailure(error).message });
          });
        };
        // Once it cannot be undone any more its bytes go. What fails, or a page that closes before, leaves it to the next load.
        const onGone = () => {
          if (!isBack) data.call('purgeText', { id }).catch(() => undefined);
        };
        get().toast({ text: `${text.name} removed`, undo, onGone });
      },
      dismissRefusals: () => set({ refused: [] }),
      preview: (id) => data.call('preview', { id, characters: PREVIEW_CHARACTERS }),
    };
  };

const encoder = new TextEncoder();

/** 'moby-dick.txt' -> 'moby-dick' */
const title = (name: string): string => name.replace(/^.*\//, '').replace(/\.[^.]+$/, '') || name;

/** A file that cannot be read is told of when it is added. */
const kindOf = async ({ file, name }: Dropped): Promise<MarkupId | null> =>
  file
    .slice(0, MARKUP_HEAD)
    .arrayBuffer()
    .then(
      (head) => markupOf(name, new Uint8Array(head)),
      () => null,
    );

const passedOver = (n: number): { text: string; detail: string } => ({
  text: n === 1 ? '1 system file was passed over' : `${formatCount(n)} system files were passed over`,
  detail: 'such as .DS_Store, Thumbs.db and hidden files',
});
