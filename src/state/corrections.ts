/** Corrected answers of a classifier: rows of a project table that the next classifier trains on. */
import { toFailure } from '../core/base/errors';
import { trainingFacts, type TextRecord } from '../core/documents/record';
import { dataOf } from '../core/runs/segments';
import { explain } from './failures';
import type { SliceServices, Studio } from './slices/studio';
import type { Corrections } from './slices/classifying';
import { toTuneOn } from './tuningInputs';

const NAME = 'Corrections';

export type CorrectingNeeds = Pick<
  Studio,
  'loadTexts' | 'opened' | 'project' | 'putText' | 'runs' | 'trainingElsewhere' | 'tune' | 'tuneTexts'
>;

export function correctingOver(
  { data, tabs, now, toasts, session }: Pick<SliceServices, 'data' | 'tabs' | 'now' | 'toasts' | 'session'>,
  get: () => CorrectingNeeds,
): Corrections {
  const tables = (): readonly TextRecord[] => toTuneOn(get(), 'classify').filter(({ trainOnly }) => trainOnly);

  /** Returns the table that takes rows: one that no run trained on, as the texts of a run never change. */
  async function openTable(): Promise<TextRecord | undefined> {
    for (const table of tables()) {
      const uses = await data.call('textUses', { textIds: [table.id] });
      if (uses.length === 0) return table;
    }
    return undefined;
  }

  /**
   * Relabels a text in a table that a run trained on. @returns the earlier label; undefined if no table has the text
   */
  async function relabel(text: string, label: string, open: TextRecord | undefined): Promise<string | undefined> {
    for (const { id, documents } of tables()) {
      if (id === open?.id) continue;
      const at = { from: 0, count: documents };
      const rows = await data.call('labeledTexts', { texts: [id], at, characters: text.length + 1 });
      const row = rows.find((each) => each.text === text);
      if (!row) continue;
      const change = { kind: 'relabel', place: row.place, labels: [label] } as const;
      const changed = await data.call('changeLabels', { id, change });
      get().putText(changed.text);
      tabs.announce();
      return row.labels?.[0] ?? label;
    }
    return undefined;
  }

  /** Labels a text, or removes its row. @returns its earlier label in a table */
  async function put(text: string, label: string | null): Promise<string | null> {
    const { id: projectId } = get().project;
    const table = await openTable();
    const relabeled = label === null ? undefined : await relabel(text, label, table);
    if (relabeled !== undefined) return relabeled;
    if (!table && label === null) return null;
    const count = tables().length;
    const name = table?.name ?? (count === 0 ? NAME : `${NAME} ${count + 1}`);
    const settings = { projectId, addedAt: now(), name, ...(table && { textId: table.id }) };
    const { before } = await data.call('importCorrection', { ...settings, text, label });
    if (table && before !== label) await data.call('removeText', { id: table.id, projectId, at: now() });
    tabs.announce();
    if (get().project.id === projectId) await get().loadTexts();
    return before;
  }

  async function saved(text: string, label: string | null): Promise<{ before: string | null } | undefined> {
    try {
      return { before: await put(text, label) };
    } catch (error) {
      toasts.show({ text: "The correction wasn't saved", detail: explain(toFailure(error)) });
      return undefined;
    }
  }

  /** Runs corrections one after another: each reads the result of the one before. */
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = (text: string, label: string | null): ReturnType<typeof saved> => {
    const mine = turn.then(() => saved(text, label));
    turn = mine;
    return mine;
  };

  /** Corrections of this session by text: the earlier label, and the runs that existed, which didn't train on it. */
  const made = new Map<string, { before: string | null; runs: ReadonlySet<string> }>();

  async function rowOf(text: string): Promise<{ table: TextRecord; label: string } | undefined> {
    for (const table of tables()) {
      const at = { from: 0, count: table.documents };
      const rows = await data.call('labeledTexts', { texts: [table.id], at, characters: text.length + 1 });
      const label = rows.find((each) => each.text === text)?.labels?.[0];
      if (label !== undefined) return { table, label };
    }
    return undefined;
  }

  async function undoCorrection(text: string): Promise<void> {
    await inTurn(text, made.get(text)?.before ?? null);
  }

  async function correct(text: string, label: string): Promise<boolean> {
    const done = await inTurn(text, label);
    if (!done) return false;
    const runs = new Set([...Object.keys(get().opened), ...(get().runs ?? []).map(({ record }) => record.id)]);
    made.set(text, { before: done.before, runs });
    const { trainingElsewhere, tune } = get();
    const action = { label: 'Train again', path: '/train', run: () => void tune('classify') };
    toasts.show({
      text: 'Saved. Train again to use it',
      undo: () => void inTurn(text, done.before),
      ...(session.current() === null && !trainingElsewhere && { action }),
    });
    return true;
  }

  return {
    correct,
    undoCorrection,
    async correctionOf(text, run) {
      const found = await rowOf(text);
      if (!found) return undefined;
      const learned = (run && dataOf(run).facts?.texts) ?? [];
      const { sha256 } = trainingFacts(found.table);
      if (!run || learned.every((each) => each.sha256 !== sha256)) return { label: found.label, isLearned: false };
      const isOlder = made.get(text)?.runs.has(run.id);
      const isLearned = isOlder === undefined ? (found.table.labelling ? undefined : true) : !isOlder;
      return { label: found.label, isLearned };
    },
  };
}
