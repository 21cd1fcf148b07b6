/** The parts of a project's data: what of which document is in which. */
import type { PartName } from '../core/documents/split';
import { textRef, type TextRecord } from '../core/documents/record';
import type { DataRecord } from '../core/runs/project';
import type { PartRows } from '../protocol/data';
import type { Inputs } from './preparation';
import type { Slice } from './studio';

export interface PartsSlice {
  /** As they came with the project, where a page showed such when it was opened. */
  firstRows: FirstRows | null;
  /** Says that a page shows them, until what it returns is called: those of a project that is opened are read before it is. */
  showParts(): () => void;
  arePartsShown(): boolean;
  /** Null where no page shows them, or there are none. */
  firstRowsOf(inputs: Inputs): Promise<FirstRows | null>;
  /** What of which document is in a part of the data: `count` from the `from`th; undefined where they are of texts that changed. */
  partRows(part: PartName, from: number, count: number): Promise<PartRows | undefined>;
}

/** The first of `FIRST_PART`, and what they are of. */
export interface FirstRows {
  data: DataRecord;
  texts: readonly TextRecord[];
  rows: PartRows;
}
/** Which part is shown first, and how many of its documents are asked for at once. */
export const FIRST_PART: PartName = 'validation';
export const ROWS = 500;

export const createPartsSlice: Slice<PartsSlice> =
  ({ data }) =>
  (_, get) => {
    /** Pages that show them. Not of the state, as nothing is drawn by it. */
    let shown = 0;
    async function rowsOf({ project, texts }: Inputs, part: PartName, from: number, count: number) {
      const built = project.data;
      const ids = built?.texts.map((ref) => texts.find((text) => textRef(text) === ref)?.id);
      if (!built || !ids?.every((id) => id !== undefined)) return undefined;
      return data.call('partRows', { data: built, ids, part, from, count });
    }
    return {
      firstRows: null,
      showParts() {
        shown++;
        return () => {
          shown--;
        };
      },
      arePartsShown: () => shown > 0,
      async firstRowsOf(inputs) {
        const rows = shown > 0 ? await rowsOf(inputs, FIRST_PART, 0, ROWS) : undefined;
        return rows ? { data: inputs.project.data!, texts: inputs.texts, rows } : null;
      },
      partRows: (part, from, count) => rowsOf(get(), part, from, count),
    };
  };
