/**
 * Limits the work of a chat template for one conversation. Templates are untrusted programs, and nothing can interrupt
 * one within its thread. Counting work instead of time gives the same verdict on every machine.
 */
import { formatCount } from '../base/units';

/** Limits: a minimum for short conversations, plus an amount per message and per character. */
const STEPS = { min: 500_000, message: 1000, character: 1 };
const CHARACTERS = { min: 2 ** 24, character: 64 };
const STRING = { min: 2 ** 22, character: 16 };
/** Maximum nesting of expressions, blocks and macro calls. The stack holds several times as many. */
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

  /** Counts steps, each about as long as evaluating an expression. */
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
