/** What of a passage a rule changed is counted. */
import { countCharacters } from '../../base/utf8';

export interface Changes {
  places: number;
  /** Code points that came, less those that went. */
  characters: number;
}

/** Counts the characters of a passage once for all rules that change it in turn. */
export class Counted {
  private characters?: number;
  /** @param before what the last change made of it, or the passage  -> characters that came, less those that went */
  byChange(before: string, text: string): number {
    const were = this.characters ?? countCharacters(before);
    this.characters = countCharacters(text);
    return this.characters - were;
  }
  /** @param by characters that came, less those that went */
  add(by: number): number {
    if (this.characters !== undefined) this.characters += by;
    return by;
  }
}
