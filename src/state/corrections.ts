/** Corrected answers of a classifier: rows of a project table that the next classifier trains on. */
import { toFailure } from '../core/base/errors';
import { trainingFacts } from '../core/documents/record';
import { dataOf } from '../core/runs/segments';
import { correctionTables, type TableNeeds } from './correctionTables';
import { explain } from './failures';
import type { SliceServices, Studio } from './slices/studio';
import type { Corrections } from './slices/classifying';

export type CorrectingNeeds = TableNeeds & Pick<Studio, 'opened' | 'runs' | 'trainingElsewhere' | 'tune'>;

export function correctingOver(
  services: Pick<SliceServices, 'data' | 'tabs' | 'now' | 'toasts' | 'session'>,
  get: () => CorrectingNeeds,
): Corrections {
  const { toasts, session } = services;
  const tables = correctionTables(services, get);

  /** Stores a label, and returns the earlier one. Undefined, with a toast, if that failed. */
  async function save(text: string, label: string | null): Promise<{ before: string | null } | undefined> {
    try {
      return { before: await tables.put(text, label) };
    } catch (error) {
      toasts.show({ text: "The correction wasn't saved", detail: explain(toFailure(error)) });
      return undefined;
    }
  }

  /** Saves run one after another: each reads the result of the one before. */
  let queue: Promise<unknown> = Promise.resolve();
  const saveInTurn = (text: string, label: string | null): ReturnType<typeof save> => {
    const saved = queue.then(() => save(text, label));
    queue = saved;
    return saved;
  };

  /** Corrections of this session by text: the earlier label, and the runs that existed, which didn't train on it. */
  const sessionCorrections = new Map<string, { before: string | null; runs: ReadonlySet<string> }>();

  return {
    async correct(text, label) {
      const saved = await saveInTurn(text, label);
      if (!saved) return false;
      const runs = new Set([...Object.keys(get().opened), ...(get().runs ?? []).map(({ record }) => record.id)]);
      sessionCorrections.set(text, { before: saved.before, runs });
      const { trainingElsewhere, tune } = get();
      const action = { label: 'Train again', path: '/train', run: () => void tune('classify') };
      toasts.show({
        text: 'Saved. Train again to use it',
        undo: () => void saveInTurn(text, saved.before),
        ...(session.current() === null && !trainingElsewhere && { action }),
      });
      return true;
    },
    async undoCorrection(text) {
      await saveInTurn(text, sessionCorrections.get(text)?.before ?? null);
    },
    async correctionOf(text, run) {
      const row = await tables.find(text);
      if (!row) return undefined;
      const { table, label } = row;
      const trainingTexts = (run && dataOf(run).facts?.texts) ?? [];
      const { sha256 } = trainingFacts(table);
      if (!run || trainingTexts.every((facts) => facts.sha256 !== sha256)) return { label, isLearned: false };
      const isOlder = sessionCorrections.get(text)?.runs.has(run.id);
      const isLearned = isOlder === undefined ? (table.labelling ? undefined : true) : !isOlder;
      return { label, isLearned };
    },
  };
}
