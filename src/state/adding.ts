/** Adds files, pastes and samples to a project: reads, skips or refuses each, or waits for an answer. */
import type { Failure } from '../core/base/errors';
import { groupedBy } from '../core/base/groupedBy';
import { counted } from '../core/base/units';
import type { Duplicate, ImportOutcome, TextRecord } from '../core/documents';
import { type DropReport, joined, NOTHING, reportOf, type SkippedFile, skippedOf } from '../core/documents/dropReport';
import { allTexts, byUse, isToTune } from '../core/documents/record';
import { MARKUP_HEAD, markupOf } from '../core/documents/markup';
import { ownFiles } from '../core/documents/savedPages';
import type { Purpose } from '../core/runs/tuning';
import { explain } from './failures';
import { answering, asTable, fileOf, pastedFile, sorted, tableOf } from './markup';
import { keepDrop } from './lastDrop';
import { nameByTexts, namingTexts } from './projectName';
import { inputsOf } from './preparation';
import { reads } from './reads';
import { isMalformed, isOfText, isUndecoded } from './refused';
import { fileInspector } from './inspectFiles';
import { suggestedPrompt } from './suggestedPrompt';
import { alreadyHere, alreadyCleaned, alreadyLeftOut, waits } from './textNotes';
import { IDLE, work, type Work } from './work';
import type { AddingSlice } from './slices/adding';
import type { Slice, Studio } from './slices/studio';
import type { Dropped, WaitingFile } from './slices/adding';
import type { Refusal, Target } from './slices/adding';

const keyOf = ({ name, tunes, project }: Refusal): string => JSON.stringify([project.id, tunes, name]);

/** Maximum number of files per message to a worker: more would block the page. */
const MAX_HANDED = 1000;

export const createAddingSlice: Slice<
  AddingSlice,
  Pick<
    Studio,
    'change' | 'opened' | 'project' | 'samples' | 'setRecipe' | 'takeInto' | 'texts' | 'training' | 'tuneTexts'
  >
> = (services) => (set, get) => {
  const { data, now, tabs, toasts, session } = services;
  const { inTurn, isBusy, follow, coming } = reads();
  const { suggest } = suggestedPrompt(services, get);
  const look = fileInspector(services, get, set, { report, addAsText: (files) => void takeAsText(files) });
  let [drops, imports] = [0, 0];
  /** Id of the text of each drop, by drop. */
  const texts = new Map<number, string>();
  const target = (): Target => {
    const { id, name } = get().project;
    return { id, name };
  };
  const isOpen = ({ id }: Target): boolean => get().project.id === id;

  /** Adds to the report of the newest drop. For a project that isn't open, a toast reports the first failure. */
  function report(of: DropReport, to: Target): void {
    if (isOpen(to)) {
      set(({ drop }) => ({ drop: joined(drop ?? NOTHING, of) }));
      keep();
    } else if (of.failed[0]) {
      const { name, failure } = of.failed[0];
      const what = of.failed.length === 1 ? `${name} was` : `${counted(of.failed.length, 'file')} were`;
      toasts.show({ text: `${what} not added to ${to.name}`, detail: explain(failure) });
    }
  }
  const keep = (): void => keepDrop(get());
  /** Lists files that a person can answer about, and files of the tuning page. */
  function refuse(refused: readonly Refusal[]): void {
    set((s) => ({ refused: [...s.refused, ...refused] }));
    keep();
    look();
    const away = refused.filter(({ project }) => !isOpen(project));
    if (away.length > 0) toasts.show(waits(away));
  }
  type Options = Parameters<Parameters<typeof work<unknown>>[2]>[0];
  /** Runs one import. Returns its outcome or its failure; neither if stopped. The page shows one at a time. */
  async function read<T>(
    names: readonly string[],
    to: Target,
    begin: (options: Options) => Promise<T>,
    tunes?: Purpose,
    isShown = true,
  ): Promise<{ outcome?: T; failure?: Failure }> {
    const isMeant = new Set(names);
    const isAgain = (one: Refusal): boolean => one.project.id === to.id && one.tunes === tunes && isMeant.has(one.name);
    set(({ refused }) => ({ refused: refused.filter((one) => !isAgain(one)) }));
    const failed: { failure?: Failure } = {};
    const show = (at: Work): void => {
      if (at.kind === 'failed') failed.failure = at.failure;
      if (isShown) set({ importing: at.kind === 'failed' ? IDLE : at });
    };
    const outcome = await work(show, now, begin);
    return { ...(outcome !== undefined && { outcome }), ...failed };
  }
  /** Reports files of a failed or stopped import. @param tunes purpose, if they weren't given on Text */
  function notRead(names: readonly string[], to: Target, failure: Failure | undefined, tunes?: Purpose): void {
    if (failure && tunes !== undefined) {
      const name = names.length === 1 ? names[0]! : counted(names.length, 'file');
      giveBack([{ name, failure, project: to, tunes }], to);
    } else if (failure) report({ ...NOTHING, failed: names.map((name) => ({ name, failure })) }, to);
    else if (tunes === undefined)
      report({ ...NOTHING, skipped: names.map((name) => ({ name, reason: 'answer', why: 'stopped' })) }, to);
  }
  /** Takes files that were not added: asks about some, and reports the others. */
  function giveBack(refused: readonly Refusal[], to: Target): void {
    const isListed = (one: Refusal): boolean =>
      isOfText(one) ? isMalformed(one) || (isUndecoded(one) && one.tunes === undefined) : isOpen(to);
    refuse(refused.filter(isListed));
    const others = refused.filter((one) => !isListed(one));
    report(reportOf({ added: 0, duplicates: [], passedOver: [], refused: others }), to);
  }
  /** @param old id of a text whose documents this text now includes */
  async function join(text: TextRecord, to: Target, ofPairs = true, old?: string): Promise<void> {
    tabs.announce();
    if (!isOpen(to)) {
      toasts.show({ text: `${text.name} was added to ${to.name}` });
      return;
    }
    const before = namingTexts(get());
    const others = allTexts(get()).filter(({ id }) => id !== text.id);
    const isJoined = others.some(({ id }) => id === old);
    set(byUse(isJoined ? others.map((each) => (each.id === old ? text : each)) : [...others, text], to.id));
    const { leftOut, cleaned } = text;
    if (leftOut) toasts.show(alreadyLeftOut(text.name, leftOut.places.length));
    if (cleaned) toasts.show(alreadyCleaned(text.name, cleaned.name));
    // A project with a text is stored even if no field changes: a project in no list can't be opened again.
    get().change({});
    keep();
    await nameByTexts({ data, get }, before);
    // Texts for tuning don't set the project's prompt.
    if (isToTune(text, to.id)) return;
    await suggest(text);
    const objective = ofPairs && isOpen(to) ? answering(get()) : undefined;
    if (objective) get().setRecipe({ objective });
  }
  /** Adds a single text; resolves with the added text, or the one it duplicates. */
  async function add(
    name: string,
    to: Target,
    begin: (options: Options) => Promise<ImportOutcome>,
    tunes?: Purpose,
    isShown = true,
  ): Promise<TextRecord | undefined> {
    set({ drop: null });
    const { outcome, failure } = await read([name], to, begin, tunes, isShown);
    if (!outcome) notRead([name], to, failure, tunes);
    if (outcome?.kind === 'added') await join(outcome.text, to);
    if (outcome?.kind !== 'duplicate') return outcome?.text;
    duplicated([{ ...outcome, name }], to, tunes);
    return outcome.of;
  }
  /** @param tunes purpose, if they weren't given on Text */
  function duplicated(all: readonly Duplicate[], to: Target, tunes: Purpose | undefined): void {
    if (all.length === 0) return;
    if (tunes !== undefined) toasts.show(alreadyHere(all, to.id, true));
    else {
      const duplicates = all.map((one) =>
        one.of && isToTune(one.of, to.id) ? { ...one, equals: `${one.equals} on Teach it more` } : one,
      );
      report(reportOf({ added: 0, duplicates, passedOver: [], refused: [] }), to);
    }
  }

  /** Runs a job in its turn, for the project that was open at the request. */
  const into = <T>(to: Target, job: () => Promise<T>): Promise<T> =>
    follow(
      to.id,
      get().takeInto(to.id, () => inTurn(job)),
    );

  /**
   * Adds files of one drop, for one purpose.
   * @param meant names of answered files: their archive is read again, and its other files are already counted
   */
  const addDrop = (files: readonly Dropped[], to: Target, meant?: ReadonlySet<string>): Promise<void> =>
    into(to, async () => {
      const handed = `${++imports}`;
      const names = files.map(({ name }) => name);
      const [{ tunes, between, drop } = {}] = files;
      const purpose = tunes && { tunes, ...(between && { between }) };
      const elsewhere = drop === undefined ? tunes : undefined;
      const joins = tunes === undefined && drop !== undefined ? texts.get(drop) : undefined;
      const begin = async (options: Options) => {
        let from = 0;
        for (; files.length - from > MAX_HANDED; from += MAX_HANDED)
          await data.call('handFiles', { drop: handed, files: files.slice(from, from + MAX_HANDED) });
        const about = { projectId: to.id, addedAt: now(), ...purpose, ...(joins !== undefined && { joins }) };
        return data.call('importFiles', { drop: handed, files: files.slice(from), ...about }, options);
      };
      const { outcome, failure } = await read(names, to, begin, tunes);
      if (!outcome) {
        notRead(names, to, failure, elsewhere);
        return;
      }
      const isMeant = ({ name }: { name: string }): boolean => meant?.has(name) ?? true;
      const duplicates = outcome.duplicates.filter(isMeant);
      const passedOver = outcome.passedOver.filter(isMeant);
      const refused = outcome.refused.filter(isMeant).map((one): Refusal => {
        const dropped = files.find(({ name }) => one.name === name || one.name.startsWith(`${name}/`));
        return { ...one, project: to, ...(dropped && { dropped }), ...purpose };
      });
      const isAsked = ({ name, failure, dropped }: Refusal) => failure.code === 'bad-shape' && dropped?.name === name;
      ask(refused.filter(isAsked).map(({ dropped }) => asTable(dropped!, to)));
      if (elsewhere === undefined) {
        const left = new Set([...refused, ...duplicates].map(({ name }) => name));
        const plain = files.flatMap(({ name, isProse }) => (isProse && !left.has(name) ? name : []));
        report(
          { ...reportOf({ ...outcome, passedOver, duplicates: [], refused: [] }), ...(plain.length > 0 && { plain }) },
          to,
        );
      }
      duplicated(duplicates, to, elsewhere);
      giveBack(
        refused.filter((one) => !isAsked(one)),
        to,
      );
      const ofPairs = files.every(({ table }) => table !== undefined);
      if (!outcome.text) return;
      if (tunes === undefined && drop !== undefined) texts.set(drop, outcome.text.id);
      await join(outcome.text, to, ofPairs, outcome.joined);
      // A job that still reads the texts keeps the old one; the next start removes it then.
      if (outcome.joined !== undefined && session.current() === null)
        data.call('purgeText', { id: outcome.joined }).catch(() => undefined);
    });
  /** Adds answered files, one import per drop. */
  const addAnswered = async (files: readonly Dropped[], to: Target, meant?: ReadonlySet<string>): Promise<void> => {
    await Promise.all(groupedBy(files, ({ drop }) => drop).map((some) => addDrop(some, to, meant)));
  };
  async function addFiles(files: readonly Dropped[], to: Target, tunes?: Purpose): Promise<void> {
    const { readerOptions } = get();
    const { own, passedOver } = ownFiles(files);
    const drop = ++drops;
    const given = own.map((each) => ({ reading: readerOptions, ...each, ...(tunes ? { tunes } : { drop }) }));
    const { texts: prose, markup } = await sorted(given, to, tunes);
    if (isOpen(to)) set({ drop: tunes === undefined ? { ...NOTHING, skipped: passedOver.map(skippedOf) } : null });
    // Files without a question don't wait for answers.
    ask(markup);
    if (prose.length > 0) await addDrop(prose, to);
  }
  /** Asks about files. If their project isn't open, a toast says that they wait. */
  function ask(files: readonly WaitingFile[]): void {
    set(({ waitingFiles }) => ({ waitingFiles: [...waitingFiles, ...files] }));
    keep();
    look();
    if (files[0] && !isOpen(files[0].project)) toasts.show(waits(files));
  }
  /** Imports files after their answer. */
  async function take(
    files: readonly WaitingFile[],
    as: (file: WaitingFile) => Pick<Dropped, 'table' | 'between' | 'tunes'>,
  ): Promise<void> {
    set(({ waitingFiles }) => ({ waitingFiles: waitingFiles.filter((one) => !files.includes(one)) }));
    if (files[0])
      await addAnswered(
        files.map((each) => ({ ...fileOf(each), ...as(each) })),
        files[0].project,
      );
  }
  /** Adds files of any project that start like a table but aren't one, without a question. */
  async function takeAsText(files: readonly WaitingFile[]): Promise<void> {
    set(({ waitingFiles }) => ({ waitingFiles: waitingFiles.filter((one) => !files.includes(one)) }));
    for (const some of groupedBy(files, ({ project }) => project.id))
      await addAnswered(
        some.map((each) => ({ ...fileOf(each), isProse: true })),
        some[0]!.project,
      );
  }

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
    addFiles: (files, tunes) => follow(get().project.id, addFiles(files, target(), tunes)),
    async waitForReading(inputs, signal) {
      const { id: projectId } = inputs.project;
      await coming(projectId, signal);
      if (signal.aborted) return undefined;
      if (get().project.id === projectId) return { ...inputsOf(get()), tuneTexts: get().tuneTexts };
      return { ...inputs, ...byUse(await data.call('listTexts', { projectId }), projectId) };
    },
    addUnchanged: (files) => take(files, () => ({})),
    addTables: (files, columns, between, tunes) =>
      take(files, (file) => {
        const table = { format: tableOf(file), columns };
        return { table, ...(between && { between }), ...(tunes && { tunes }) };
      }),
    skip(files) {
      const gone = new Set<unknown>(files);
      set(({ refused, waitingFiles }) => ({
        refused: refused.filter((one) => !gone.has(one)),
        waitingFiles: waitingFiles.filter((one) => !gone.has(one)),
      }));
      const skipped = files
        .filter(({ tunes }) => tunes === undefined)
        .map(({ name }): SkippedFile => ({ name, reason: 'answer', why: 'skipped by you' }));
      if (skipped.length > 0) report({ ...NOTHING, skipped }, files[0]!.project);
    },
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
        const use = purpose ?? { drop: ++drops };
        ask([{ name, kind, file: new File([text], name), project: target(), ...use }]);
        return;
      }
      // A paste exists only here, so it is stored at once instead of waiting behind slow files.
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
    dismissRefusals: () =>
      set((s) => ({
        refused: s.refused.filter((one) => isOfText(one) || one.project.id !== s.project.id),
      })),
    rereadRefused(refused, reading) {
      // Compares by key: later findings may have replaced the object of a file.
      const again = new Set(refused.map(keyOf));
      set((s) => ({ refused: s.refused.filter((one) => !again.has(keyOf(one))) }));
      const files = new Set(refused.map(({ dropped }) => dropped));
      return addAnswered(
        [...files].map((dropped) => ({ ...dropped, reading: { ...dropped.reading, ...reading } })),
        refused[0]?.project ?? target(),
        new Set(refused.map(({ name }) => name)),
      );
    },
    setTableEncoding(files, encoding) {
      const inIt = ({ found: _, ...one }: WaitingFile) => ({ ...one, reading: { ...one.reading, encoding } });
      set((s) => ({ waitingFiles: s.waitingFiles.map((one) => (files.includes(one) ? inIt(one) : one)) }));
      look();
    },
  };
};
