/**
 * What a chat template may cost while it writes one conversation. A template is a foreign program, and nothing can interrupt it
 * from within its thread. So its work is counted: the same template is accepted or refused alike on every machine.
 */
import { formatCount } from '../base/units';

/** A constant for short conversations, and what each message and each character adds. */
const STEPS = { min: 500_000, message: 1000, character: 1 };
const CHARACTERS = { min: 2 ** 24, character: 64 };
const STRING = { min: 2 ** 22, character: 16 };
/** Expressions, blocks and macro calls inside each other. A stack holds several times as many. */
const MAX_DEPTH = 250;

export class TemplateBudget {
  private steps = 0;
  private characters = 0;
  private depth = 0;
  private readonly maxSteps: number;
  private readonly maxCharacters: number;
  private readonly maxString: number;

  constructor(messages: readonly { content: string }[]) {
    const length = messages.reduce((sum, { content }) => sum + content.length, 0);
    this.maxSteps = STEPS.min + STEPS.message * messages.length + STEPS.character * length;
    this.maxCharacters = CHARACTERS.min + CHARACTERS.character * length;
    this.maxString = STRING.min + STRING.character * length;
  }

  /** Counts a number of steps, each about as long as an expression takes. */
  step(count: number): void {
    this.steps += count;
    if (!(this.steps <= this.maxSteps)) throw exceeded('takes', this.maxSteps, 'steps');
  }

  /** Counts list elements that are copied or visited. */
  elements(count: number): void {
    this.step(count / 8);
  }

  /** Counts characters that are read or written. */
  text(count: number): void {
    this.characters += count;
    if (!(this.characters <= this.maxCharacters)) throw exceeded('handles', this.maxCharacters, 'characters');
  }

  /** Checks the length of a string before it is built. */
  string(length: number): void {
    if (!(length <= this.maxString)) throw exceeded('writes a string of', this.maxString, 'characters');
  }

  enter(): void {
    if (++this.depth > MAX_DEPTH) throw exceeded('nests', MAX_DEPTH, 'levels');
  }

  leave(): void {
    this.depth--;
  }
}

const exceeded = (verb: string, max: number, unit: string): Error =>
  new Error(`it ${verb} more than ${formatCount(max)} ${unit}`);
