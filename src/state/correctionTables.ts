/** Tables that hold corrected labels of texts. A table that a run trained on takes no more rows. */
import type { TextRecord } from '../core/documents/record';
import type { DataApi } from '../protocol/data';
import { toTuneOn } from './tuningInputs';
import type { SliceServices, Studio } from './slices/studio';

const NAME = 'Corrections';

export type TableNeeds = Pick<Studio, 'loadTexts' | 'project' | 'putText' | 'tuneTexts'>;

interface CorrectionTables {
  /** Labels a text, or with null removes its row. @returns its earlier label in a table */
  put(text: string, label: string | null): Promise<string | null>;
  /** Table with the text, and its label there; undefined without one. */
  find(text: string): Promise<{ table: TextRecord; label: string } | undefined>;
}

export function correctionTables(
  { data, tabs, now }: Pick<SliceServices, 'data' | 'tabs' | 'now'>,
  get: () => TableNeeds,
): CorrectionTables {
  const tables = (): readonly TextRecord[] => toTuneOn(get(), 'classify').filter(({ trainOnly }) => trainOnly);

  async function rowOf(
    text: string,
    { id, documents }: TextRecord,
  ): Promise<DataApi['labeledTexts']['output'][number] | undefined> {
    const at = { from: 0, count: documents };
    const rows = await data.call('labeledTexts', { texts: [id], at, characters: text.length + 1 });
    return rows.find((row) => row.text === text);
  }

  /** Returns the table that takes rows: one that no run trained on, as the texts of a run never change. */
  async function openTable(): Promise<TextRecord | undefined> {
    for (const table of tables()) {
      const uses = await data.call('textUses', { textIds: [table.id] });
      if (uses.length === 0) return table;
    }
    return undefined;
  }

  /** Relabels a text in a closed table. @returns the earlier label; undefined if no closed table has the text */
  async function relabel(text: string, label: string, open: TextRecord | undefined): Promise<string | undefined> {
    for (const table of tables()) {
      if (table.id === open?.id) continue;
      const row = await rowOf(text, table);
      if (!row) continue;
      const change = { kind: 'relabel', place: row.place, labels: [label] } as const;
      const changed = await data.call('changeLabels', { id: table.id, change });
      get().putText(changed.text);
      tabs.announce();
      return row.labels?.[0] ?? label;
    }
    return undefined;
  }

  return {
    async put(text, label) {
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
    },
    async find(text) {
      for (const table of tables()) {
        const label = (await rowOf(text, table))?.labels?.[0];
        if (label !== undefined) return { table, label };
      }
      return undefined;
    },
  };
}
