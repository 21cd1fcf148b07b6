/** The texts of the project and their documents: adding by any route, removing and leaving out with undo, looking inside. */
import { toFailure, type Failure } from '../core/base/errors';
import { formatCount } from '../core/base/units';
import type {
  Columns,
  DocumentStart,
  EncodingId,
  ImportOutcome,
  Proposal,
  Reading,
  TableHead,
  TextRecord,
} from '../core/documents';
import { allTexts, byUse, type ByUse, isToTune } from '../core/documents/record';
import { promptFrom } from '../core/documents/prompt';
import { MARKUP_HEAD, markupOf } from '../core/documents/markup';
import { ownFiles } from '../core/documents/savedPages';
import type { Purpose } from '../core/runs/tuning';
import { DEFAULT_RECIPE } from '../core/train/recipe';
import type { Between } from '../core/documents/labels/between';
import type { DataApi, Sample } from '../protocol/data';
import { explain } from './failures';
import { answering, asTable, type Dropped, type DroppedMarkup, fileOf, questionOf, sorted, tableOf } from './markup';
import type { Slice } from './studio';
import { type Project, UNTITLED } from './project';
import { title } from './projectName';
import { type Inputs, inputsOf } from './preparation';
import { reads } from './reads';
import { removeTexts } from './removeTexts';
import { alreadyHere, alreadyCleaned, alreadyLeftOut, passedOver, waits } from './textNotes';
import { IDLE, work, type Work } from './work';

/** A file that was refused, and why; shown in the list until dismissed. */
export interface Refusal {
  name: string;
  failure: Failure;
  /** Itself, or the archive that it lies in: to be read again in another way. */
  dropped?: Dropped;
  /** What it was given for; absent: to learn from. */
  tunes?: Purpose;
}
/** One that can be read again. */
export type Reread = Refusal & { dropped: Dropped };
/** One whose encoding a person can choose. */
export type Undecoded = Reread;

/** The project that was open when a text was given. */
type Target = Pick<Project, 'id' | 'name'>;

export interface TextsSlice {
  /** Those that are learnt from, and those that it is tuned on: what asks for the texts of a project means the former. */
  texts: readonly TextRecord[];
  tuneTexts: readonly TextRecord[];
  samples: readonly Sample[];
  refused: readonly Refusal[];
  /** Files of all projects that wait for a person to say whether they are learnt as they are. */
  markup: readonly DroppedMarkup[];
  importing: Work;
  /** How files are read that are given from now on. */
  reading: Reading;
  setReading(changes: Reading): void;
  loadTexts(ahead?: Promise<ByUse>): Promise<void>;
  /** Adds a text of all of them, asks about markup, and passes over what is the system's own, and what saved pages show. */
  addFiles(files: readonly Dropped[], tunes?: Purpose): Promise<void>;
  /** A project and its texts once all is read that was given to it by now; undefined where the signal ends that. */
  whenRead(inputs: Inputs, signal: AbortSignal): Promise<(Inputs & Pick<TextsSlice, 'tuneTexts'>) | undefined>;
  /** Answers the open question: all files as they are. */
  takeMarkup(): Promise<void>;
  /** Answers it for tables. @param tunes a purpose other than the one that they were given for */
  takeColumns(columns: Columns, between?: Between, tunes?: Purpose): Promise<void>;
  leaveMarkup(): void;
  lookAtTable(file: DroppedMarkup): Promise<TableHead>;
  addPaste(text: string, name: string, tunes?: Purpose): Promise<void>;
  addSample(file: string): Promise<TextRecord | undefined>;
  removeTexts(ids: readonly string[]): Promise<void>;
  /** Lets another project learn from a text too, or takes it out of that one. */
  putInProject(id: string, projectId: string, isIn: boolean): Promise<void>;
  /** What a person says of where texts may be used; null takes it back. */
  setLicence(ids: readonly string[], licence: string | null): Promise<void>;
  /** Those of what was given to learn from, or to tune on. */
  dismissRefusals(isTuned?: boolean): void;
  /** The encodings that a file may be in, the likeliest first. */
  proposals(of: Pick<Undecoded, 'name' | 'dropped'>): Promise<readonly Proposal[]>;
  /** Reads what was refused again, in another way. */
  readIn(refused: readonly Reread[], reading: Reading): Promise<void>;
  /** Of tables that are asked about: the same. */
  markupIn(encoding: EncodingId): void;
  /** `count` documents of a text from the `from`th, of those whose title holds `query`. */
  documents(textId: string, from: number, count: number, query: string): Promise<DocumentRows>;
  /** Leaves documents out of what is learnt, or puts them back. */
  leaveOut(textId: string, places: readonly number[], isOut: boolean): Promise<void>;
  preview(id: string, place: number): Promise<DocumentStart>;
  /** How the `nth` document of those that are learnt begins, as it is learnt. */
  learntStart(id: string, nth: number): Promise<string>;
  /** In its place in the list, where it is there. */
  putText(text: TextRecord): void;
}
export type DocumentRows = DataApi['documents']['output'];

const PREVIEW_CHARACTERS = 20_000;
/** Files that are handed to a worker at once: more would hold the page. */
const MOST_HANDED = 1000;
export const createTextsSlice: Slice<TextsSlice> =
  ({ data, now, tabs }) =>
  (set, get) => {
    const { inTurn, isBusy, follow, coming } = reads();
    let drops = 0;
    const target = (): Target => {
      const { id, name } = get().project;
      return { id, name };
    };
    const isOpen = ({ id }: Target): boolean => get().project.id === id;
    /** Where the project that they were given to is not shown any more, they are told in a note. */
    function refuse(refused: readonly Refusal[], to: Target): void {
      if (isOpen(to)) set((s) => ({ refused: [...s.refused, ...refused] }));
      else
        for (const { name, failure } of refused)
          get().toast({ text: `${name} was not added to ${to.name}`, detail: explain(failure) });
    }
    type Options = Parameters<Parameters<typeof work<unknown>>[2]>[0];
    /** One import of these files. Undefined if it was stopped, or is now among the refusals. The page shows one at a time. */
    async function read<T>(
      names: readonly string[],
      to: Target,
      begin: (options: Options) => Promise<T>,
      tunes?: Purpose,
      isShown = true,
    ): Promise<T | undefined> {
      const isMeant = new Set(names);
      set(({ refused }) => ({ refused: refused.filter(({ name }) => !isMeant.has(name)) }));
      const failed: { failure?: Failure } = {};
      const show = (at: Work): void => {
        if (at.kind === 'failed') failed.failure = at.failure;
        if (isShown) set({ importing: at.kind === 'failed' ? IDLE : at });
      };
      const outcome = await work(show, now, begin);
      if (failed.failure) {
        const name = names.length === 1 ? names[0]! : `${formatCount(names.length)} files`;
        refuse([{ name, failure: failed.failure, ...(tunes && { tunes }) }], to);
      }
      return outcome;
    }
    async function join(text: TextRecord, names: readonly string[], to: Target, ofPairs = true): Promise<void> {
      tabs.announce();
      if (!isOpen(to)) {
        get().toast({ text: `${text.name} was added to ${to.name}` });
        return;
      }
      set((s) => byUse([...allTexts(s).filter(({ id }) => id !== text.id), text], to.id));
      const { leftOut, cleaned } = text;
      if (leftOut) get().toast(alreadyLeftOut(text.name, leftOut.places.length));
      if (cleaned) get().toast(alreadyCleaned(text.name, cleaned.name));
      // What a project is called, and its prompt, are of what it learns from.
      if (isToTune(text, to.id)) {
        get().change({});
        return;
      }
      // What was only counted, as in `3 files`, is no name.
      const isCalled = names.some((name) => name === text.name || name.startsWith(`${text.name}/`));
      const isNamed = isCalled && get().project.name === UNTITLED;
      // With a text a project is stored, also where nothing of it changes: what is in no list cannot be gone back to.
      get().change(isNamed ? { name: title(text.name) } : {});
      await suggest(text);
      const objective = ofPairs && isOpen(to) ? answering(get()) : undefined;
      if (objective) get().setRecipe({ objective });
    }
    /** A single text; resolves with the one that is there now. */
    async function add(
      name: string,
      to: Target,
      begin: (options: Options) => Promise<ImportOutcome>,
      tunes?: Purpose,
      isShown = true,
    ): Promise<TextRecord | undefined> {
      const outcome = await read([name], to, begin, tunes, isShown);
      if (outcome?.kind === 'added') await join(outcome.text, [name], to);
      if (outcome?.kind !== 'duplicate') return outcome?.text;
      get().toast(alreadyHere([{ name, of: outcome.of }], to.id, tunes !== undefined));
      return outcome.of;
    }

    /** In its turn, into the project that was open when it was asked for. */
    const into = <T>(to: Target, job: () => Promise<T>): Promise<T> =>
      follow(
        to.id,
        get().takeInto(to.id, () => inTurn(job)),
      );

    const addDrop = (files: readonly Dropped[], to: Target): Promise<void> =>
      into(to, async () => {
        const drop = `${++drops}`;
        const names = files.map(({ name }) => name);
        const [{ tunes, between } = {}] = files;
        const purpose = tunes && { tunes, ...(between && { between }) };
        const begin = async (options: Options) => {
          let from = 0;
          for (; files.length - from > MOST_HANDED; from += MOST_HANDED)
            await data.call('handFiles', { drop, files: files.slice(from, from + MOST_HANDED) });
          const input = { drop, files: files.slice(from), projectId: to.id, addedAt: now(), ...purpose };
          return data.call('importFiles', input, options);
        };
        const outcome = await read(names, to, begin, purpose?.tunes);
        if (!outcome) return;
        const refused = outcome.refused.map((one): Refusal => {
          const dropped = files.find(({ name }) => one.name === name || one.name.startsWith(`${name}/`));
          return { ...one, ...(dropped && { dropped }), ...purpose };
        });
        const isAsked = ({ name, failure, dropped }: Refusal) => failure.code === 'bad-shape' && dropped?.name === name;
        refuse(
          refused.filter((one) => !isAsked(one)),
          to,
        );
        ask(refused.filter(isAsked).map(({ dropped }) => asTable(dropped!, to)));
        if (outcome.duplicates.length > 0) get().toast(alreadyHere(outcome.duplicates, to.id, purpose !== undefined));
        if (outcome.passedOver > 0) get().toast(passedOver(outcome.passedOver));
        const ofPairs = files.every(({ table }) => table !== undefined);
        if (outcome.text) await join(outcome.text, names, to, ofPairs);
      });
    async function addFiles(files: readonly Dropped[], to: Target, tunes?: Purpose): Promise<void> {
      const { reading } = get();
      const own = ownFiles(files).map((each) => ({ reading, ...each, ...(tunes && { tunes }) }));
      if (own.length < files.length) get().toast(passedOver(files.length - own.length));
      const { texts, markup } = await sorted(own, to, tunes);
      // One question for the drop; what is not asked about does not wait for the answer.
      ask(markup);
      if (texts.length > 0) await addDrop(texts, to);
    }
    /** Where the project that they were given to is not shown any more, it is said that they wait. */
    function ask(files: readonly DroppedMarkup[]): void {
      set(({ markup }) => ({ markup: [...markup, ...files] }));
      if (files[0] && !isOpen(files[0].project)) get().toast(waits(files));
    }
    /** Takes what was asked about. */
    async function take(asked: (file: DroppedMarkup) => Pick<Dropped, 'table' | 'between' | 'tunes'>): Promise<void> {
      const files = answered();
      const asDropped = files.map((each) => ({ ...fileOf(each), ...asked(each) }));
      if (files[0]) await addDrop(asDropped, files[0].project);
    }
    /** Those that were asked about, who are so no more. */
    function answered(): readonly DroppedMarkup[] {
      const files = questionOf(get());
      set(({ markup }) => ({ markup: markup.filter((one) => !files.includes(one)) }));
      return files;
    }
    /** Words of a text to go on from; undefined where it has none, or cannot be read. */
    const suggestion = (id: string): Promise<string | undefined> =>
      data.call('preview', { id, place: 0, characters: PREVIEW_CHARACTERS }).then(
        ({ start }) => promptFrom(start),
        () => undefined,
      );
    /** A prompt that nobody has chosen is of the text. */
    async function suggest(text: TextRecord | undefined): Promise<void> {
      const { id: projectId, recipe } = get().project;
      if (!text || recipe.samplePrompt !== DEFAULT_RECIPE.samplePrompt) return;
      const samplePrompt = await suggestion(text.id);
      const { project, texts, setRecipe } = get();
      const isStill =
        project.id === projectId &&
        project.recipe.samplePrompt === DEFAULT_RECIPE.samplePrompt &&
        texts.some(({ id }) => id === text.id);
      if (samplePrompt !== undefined && isStill) setRecipe({ samplePrompt });
    }
    function toastError(error: unknown): void {
      const { message, remedy } = toFailure(error);
      get().toast({ text: message, ...(remedy !== undefined && { detail: remedy }) });
    }
    const put = (text: TextRecord): void =>
      set((s) =>
        byUse(
          allTexts(s).map((each) => (each.id === text.id ? text : each)),
          s.project.id,
        ),
      );

    return {
      texts: [],
      tuneTexts: [],
      samples: [],
      refused: [],
      markup: [],
      importing: IDLE,
      reading: {},
      setReading: (changes) => set(({ reading }) => ({ reading: { ...reading, ...changes } })),
      async loadTexts(ahead) {
        const { id: projectId } = get().project;
        const [found, samples] = await Promise.all([
          ahead ?? data.call('listTexts', { projectId }).then((all) => byUse(all, projectId)),
          get().samples.length > 0 ? get().samples : data.call('samples', null).catch(() => get().samples),
        ]);
        const { project, texts, tuneTexts } = get();
        if (project.id !== projectId) return; // those of the one that is open are on the way
        const isSame = JSON.stringify(found) === JSON.stringify({ texts, tuneTexts });
        if (!isSame || samples !== get().samples) set({ samples, ...(!isSame && found) });
      },
      addFiles: (files, tunes) => follow(get().project.id, addFiles(files, target(), tunes)),
      async whenRead(inputs, signal) {
        const { id: projectId } = inputs.project;
        await coming(projectId, signal);
        if (signal.aborted) return undefined;
        if (get().project.id === projectId) return { ...inputsOf(get()), tuneTexts: get().tuneTexts };
        return { ...inputs, ...byUse(await data.call('listTexts', { projectId }), projectId) };
      },
      takeMarkup: () => take(() => ({})),
      takeColumns: (columns, between, tunes) =>
        take((file) => {
          const table = { format: tableOf(file), columns };
          return { table, ...(between && { between }), ...(tunes && { tunes }) };
        }),
      lookAtTable: (given) => data.call('lookAtTable', { ...fileOf(given), format: tableOf(given) }),
      leaveMarkup: () => void answered(),
      async addPaste(text, name, tunes) {
        const purpose = tunes && { tunes };
        // What no file can hold is refused as pasted text.
        const isFile = !/\p{Surrogate}/u.test(text);
        if (isFile && tunes !== undefined && tunes !== 'adapt')
          return get().addFiles([{ name, file: new File([text], name) }], tunes);
        const head = new TextEncoder().encode(text.slice(0, MARKUP_HEAD));
        const kind = isFile ? markupOf(name, head) : null;
        if (kind) {
          ask([{ name, kind, file: new File([text], name), project: target(), ...purpose }]);
          return;
        }
        // A paste is nowhere but here: it is stored at once, not behind files that may take long.
        const [to, isAside] = [target(), isBusy()];
        const paste = async (): Promise<void> => {
          const input = { text, name, projectId: to.id, addedAt: now(), ...purpose };
          await add(name, to, (options) => data.call('importPaste', input, options), tunes, !isAside);
        };
        await (isAside ? follow(to.id, get().takeInto(to.id, paste)) : into(to, paste));
      },
      addSample(file) {
        const to = target();
        const input = { file, projectId: to.id, addedAt: now() };
        return into(to, () => add(file, to, (options) => data.call('importSample', input, options)));
      },
      removeTexts: (ids) => removeTexts({ data, tabs, now, get, set, suggestion, suggest }, ids),
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
        get().toast({ text: `Licence of ${formatCount(before.length)} texts stated`, undo });
      },
      async putInProject(id, projectId, isIn) {
        const { texts, projects, project, removeTexts, toast } = get();
        if (projectId === project.id && !isIn) return removeTexts([id]);
        const text = texts.find((t) => t.id === id);
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
          toast({ text: `${other.name} was not changed`, detail: explain(toFailure(error)) });
        }
      },
      dismissRefusals: (isTuned = false) =>
        set((s) => ({ refused: s.refused.filter(({ tunes }) => (tunes !== undefined) !== isTuned) })),
      proposals: ({ name, dropped }) => data.call('proposeEncodings', { given: dropped, name }),
      readIn(refused, reading) {
        set((s) => ({ refused: s.refused.filter((one) => !refused.some(({ name }) => name === one.name)) }));
        const files = new Set(refused.map(({ dropped }) => dropped));
        return addDrop(
          [...files].map((dropped) => ({ ...dropped, reading: { ...dropped.reading, ...reading } })),
          target(),
        );
      },
      markupIn(encoding) {
        const asked = new Set(questionOf(get()));
        const inIt = (one: DroppedMarkup) => ({ ...one, reading: { ...one.reading, encoding } });
        set((s) => ({ markup: s.markup.map((one) => (asked.has(one) ? inIt(one) : one)) }));
      },
      documents: (textId, from, count, query) => data.call('documents', { textId, from, count, query }),
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
        get().toast({ text: `${what} left out`, undo: () => void get().leaveOut(textId, places, false) });
      },
      putText: put,
      preview: (id, place) => data.call('preview', { id, place, characters: PREVIEW_CHARACTERS }),
      learntStart: (id, nth) => data.call('learntStart', { id, nth, characters: PREVIEW_CHARACTERS }),
    };
  };
