/** Makes the parser of htmlparser2 run in time linear in its input, however deep elements are nested. */
import { type Handler, Parser, type ParserOptions } from 'htmlparser2';

/**
 * The parser of htmlparser2 keeps open elements in an array with the innermost first. Each tag moves the whole array,
 * and each end tag without a start searches it, so n nested elements cost n². Here the innermost is last, and names are
 * counted.
 */
export class MarkupParser extends Parser {
  protected readonly open = new OpenElements();

  constructor(
    private readonly handler: Partial<Handler>,
    options?: ParserOptions,
  ) {
    super(handler, options);
    Object.assign(this, { stack: this.open, foreignContext: new Innermost([options?.xmlMode ?? false]) });
  }

  /** The parser of htmlparser2 reads the array by index here. */
  override onend(): void {
    for (let name = this.open.shift(); name !== undefined; name = this.open.shift())
      this.handler.onclosetag?.(name, true);
    super.onend();
  }
}

/** The array methods that the parser uses, with the first item stored last. */
class Innermost<T> {
  constructor(protected readonly items: T[] = []) {}

  get length(): number {
    return this.items.length;
  }

  get 0(): T | undefined {
    return this.items.at(-1);
  }

  unshift(item: T): void {
    this.items.push(item);
  }

  shift(): T | undefined {
    return this.items.pop();
  }
}

class OpenElements extends Innermost<string> {
  private readonly counts = new Map<string, number>();

  override unshift(name: string): void {
    super.unshift(name);
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }

  override shift(): string | undefined {
    const name = super.shift();
    if (name !== undefined) this.counts.set(name, this.counts.get(name)! - 1);
    return name;
  }

  /** Takes time linear in the elements that are then closed. */
  indexOf(name: string): number {
    return (this.counts.get(name) ?? 0) > 0 ? this.length - 1 - this.items.lastIndexOf(name) : -1;
  }
}
