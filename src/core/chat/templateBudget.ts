/**
 * Limits the work of a chat template for one conversation. Templates are untrusted programs, and nothing can interrupt
 * one within its thread. Counting work instead of time gives the same verdict on every machine.
 */
import { formatCount } from '../base/units';

/** Limits: a minimum for short conversations, plus an amount per message and per character. */
const STEP_LIMIT = { min: 500_000, message: 1000, character: 1 };
const CHARACTER_LIMIT = { min: 2 ** 24, character: 64 };
const STRING_LIMIT = { min: 2 ** 22, character: 16 };
/** Maximum nesting of expressions, blocks and macro calls. The stack holds several times as many. */
const MAX_DEPTH = 250;

export class TemplateBudget {
  private steps = 0;
  private characters = 0;
  private depth = 0;
  private readonly maxSteps: number;
  private readonly maxCharacters: number;
  private readonly maxStringLength: number;

  constructor(messages: readonly { content: string }[]) {
    const length = messages.reduce((sum, { content }) => sum + content.length, 0);
    this.maxSteps = STEP_LIMIT.min + STEP_LIMIT.message * messages.length + STEP_LIMIT.character * length;
    this.maxCharacters = CHARACTER_LIMIT.min + CHARACTER_LIMIT.character * length;
    this.maxStringLength = STRING_LIMIT.min + STRING_LIMIT.character * length;
  }

  /** Counts steps, each about as long as evaluating an expression. */
  countSteps(count: number): void {
    this.steps += count;
    if (!(this.steps <= this.maxSteps)) throw exceeded('takes', this.maxSteps, 'steps');
  }

  /** Counts list elements that are copied or visited. */
  countElements(count: number): void {
    this.countSteps(count / 8);
  }

  /** Counts characters that are read or written. */
  countCharacters(count: number): void {
    this.characters += count;
    if (!(this.characters <= this.maxCharacters)) throw exceeded('handles', this.maxCharacters, 'characters');
  }

  /** Checks the length of a string before it is built. */
  checkString(length: number): void {
    if (!(length <= this.maxStringLength)) throw exceeded('writes a string of', this.maxStringLength, 'characters');
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
