/** Texts of the project, to train on and to tune on. */
import type { DocumentStart, TextRecord } from '../../core/documents';
import type { ByUse } from '../../core/documents/record';
import type { DataApi, Sample } from '../../protocol/data';

export interface TextsSlice {
  /** Those that are learnt from, and those that it is tuned on: what asks for the texts of a project means the former. */
  texts: readonly TextRecord[];
  tuneTexts: readonly TextRecord[];
  samples: readonly Sample[];
  loadTexts(ahead?: Promise<ByUse>): Promise<void>;
  removeTexts(ids: readonly string[]): Promise<void>;
  /** Lets another project learn from a text too, or takes it out of that one. */
  putInProject(id: string, projectId: string, isIn: boolean): Promise<void>;
  /** What a person says of where texts may be used; null takes it back. */
  setLicence(ids: readonly string[], licence: string | null): Promise<void>;
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
