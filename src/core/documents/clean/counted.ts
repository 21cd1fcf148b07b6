/** Counts a rule's changes to a passage. */
import { countCharacters } from '../../base/utf8';

export interface ChangeCounts {
  places: number;
  /** Added minus removed code points. */
  characters: number;
}

/** Counts the characters of a passage once for all rules that change it in turn. */
export class CharacterCounter {
  private characters?: number;
  /** Counts a change. @param before result of the previous change, or the passage  -> added minus removed characters */
  countChange(before: string, text: string): number {
    const previous = this.characters ?? countCharacters(before);
    this.characters = countCharacters(text);
    return this.characters - previous;
  }
  /** @param difference added minus removed characters */
  addDifference(difference: number): number {
    if (this.characters !== undefined) this.characters += difference;
    return difference;
  }
}
