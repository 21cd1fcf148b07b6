/** Counts a rule's changes to a passage. */
import { countCharacters } from '../../base/utf8';

export interface Changes {
  places: number;
  /** Added minus removed code points. */
  characters: number;
}

/** Counts the characters of a passage once for all rules that change it in turn. */
export class Counted {
  private characters?: number;
  /** Counts a change. @param before result of the previous change, or the passage  -> added minus removed characters */
  byChange(before: string, text: string): number {
    const were = this.characters ?? countCharacters(before);
    this.characters = countCharacters(text);
    return this.characters - were;
  }
  /** @param by added minus removed characters */
  add(by: number): number {
    if (this.characters !== undefined) this.characters += by;
    return by;
  }
}
