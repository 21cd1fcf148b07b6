/** Texts of the project, for training and for tuning. */
import type { TextRecord } from '../../core/documents';
import type { ByUse } from '../../core/documents/record';
import type { Sample } from '../../protocol/data';

export interface TextsSlice {
  /** `texts` are for training, `tuneTexts` for tuning. */
  texts: readonly TextRecord[];
  tuneTexts: readonly TextRecord[];
  samples: readonly Sample[];
  loadTexts(ahead?: Promise<ByUse>): Promise<void>;
  removeTexts(ids: readonly string[]): Promise<void>;
  /** Adds a text to another project too, or removes it there. */
  putInProject(id: string, projectId: string, isIn: boolean): Promise<void>;
  /** Sets the license of texts; null removes it. */
  setLicence(ids: readonly string[], licence: string | null): Promise<void>;
  /** Removes documents from training, or restores them. */
  leaveOut(textId: string, places: readonly number[], isOut: boolean): Promise<void>;
  /** Replaces a text at its place in the list, if it is there. */
  putText(text: TextRecord): void;
}
