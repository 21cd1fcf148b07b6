/** Texts of the project, to train on and to tune on. */
import type { TextRecord } from '../../core/documents';
import type { ByUse } from '../../core/documents/record';
import type { Sample } from '../../protocol/data';

export interface TextsSlice {
  /** `texts` are trained on, `tuneTexts` are tuned on. */
  texts: readonly TextRecord[];
  tuneTexts: readonly TextRecord[];
  samples: readonly Sample[];
  loadTexts(ahead?: Promise<ByUse>): Promise<void>;
  removeTexts(ids: readonly string[]): Promise<void>;
  /** Lets another project learn from a text too, or takes it out of that one. */
  putInProject(id: string, projectId: string, isIn: boolean): Promise<void>;
  /** What a person says of where texts may be used; null takes it back. */
  setLicence(ids: readonly string[], licence: string | null): Promise<void>;
  /** Removes documents from training, or restores them. */
  leaveOut(textId: string, places: readonly number[], isOut: boolean): Promise<void>;
  /** In its place in the list, where it is there. */
  putText(text: TextRecord): void;
}
