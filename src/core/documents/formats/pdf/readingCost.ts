/**
 * Bounds what pdf.js would read of a PDF, before it starts. Nested forms that each show another twice grow as a power
 * of two, and 20,000 pages may share their content. Decides by counts only.
 */
import { badFile } from '../../../base/errors';
import { MAX_COMPRESSION_RATIO } from '../../../base/limits';
import { formatBytes, formatCount } from '../../../base/units';
import { MAX_PAGES } from '../../limits';
import { decodedStream } from './filters';
import { type PdfObject, PdfObjects } from './objects';
import { type Dictionary, isDictionary, nameOf, type Value } from './values';

/** @throws HomegrownError `bad-file` if the cost is too high for the file's size */
export function checkReadingCost(bytes: Uint8Array, name: string): void {
  new ReadingCost(bytes, name).check();
}

/** Contents of a content stream. */
interface Content {
  length: number;
  /** Number of times that it shows each form or image. */
  shown: ReadonlyMap<string, number>;
  hasText: boolean;
}
/** Cost of a stream with all forms that it shows. */
interface Cost {
  bytes: number;
  hasText: boolean;
}

class ReadingCost {
  private readonly objects: PdfObjects;
  private readonly contents = new Map<PdfObject, Content>();
  private readonly forms = new Map<PdfObject, Map<Dictionary | undefined, Cost>>();
  private readonly pages = new Map<Dictionary, number>();
  private readonly unpacked = new Set<PdfObject>();
  private readonly shownOnPages = new Set<string>();
  /** Bytes that streams unpack to. */
  private made = 0;
  /** Bytes of content streams, each as often as a page reads it. */
  private read = 0;
  /** Bytes of content streams, each counted once. */
  private unique = 0;
  private leaves = 0;
  private visits = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly name: string,
  ) {
    this.objects = new PdfObjects(bytes, this.unpacking);
  }

  check(): void {
    for (const { value } of this.objects.all())
      if (isDictionary(value) && value.has('Pages')) {
        [this.read, this.leaves, this.visits] = [0, 0, 0];
        this.shownOnPages.clear();
        this.walk(value.get('Pages'), undefined, 0);
      }
    for (const object of this.objects.all()) this.unpack(object);
  }

  /** Returns a callback for the bytes of one stream. */
  private readonly unpacking = (): ((bytes: number) => void) => {
    let own = 0;
    return (bytes) => {
      this.made += bytes;
      own += bytes;
      const { length } = this.bytes;
      for (const [size, max] of [
        [this.made, Math.max(MAX_UNPACKED, MAX_COMPRESSION_RATIO * length)],
        [own, Math.max(MAX_STREAM, STREAM_GROWTH * length)],
      ] as const)
        if (size > max)
          throw badFile(
            `${this.name} expands from ${formatBytes(length)} to more than ${formatBytes(max)}, which text never does.`,
            PRINT,
          );
    };
  };

  /** Visits the pages of a tree, each as often as the tree lists it. */
  private walk(node: Value | undefined, inherited: Dictionary | undefined, depth: number): void {
    const dictionary = this.objects.dictionary(node);
    if (!dictionary || depth > MAX_DEPTH || this.leaves >= MAX_PAGES || ++this.visits > MAX_VISITS) return;
    const resources = this.objects.dictionary(dictionary.get('Resources')) ?? inherited;
    const kids = this.list(dictionary.get('Kids'));
    if (kids) for (const kid of kids) this.walk(kid, resources, depth + 1);
    else this.page(dictionary, resources);
  }

  private page(page: Dictionary, resources: Dictionary | undefined): void {
    this.leaves++;
    const contents = page.get('Contents');
    if (contents === undefined || contents === null) return;
    let cost = this.pages.get(page);
    if (cost === undefined) {
      cost = 0;
      for (const part of this.list(contents) ?? [contents])
        cost += this.costOf(this.objects.of(part), resources, 0).bytes;
      this.pages.set(page, cost);
    }
    const shown = JSON.stringify(contents);
    if (this.shownOnPages.has(shown)) cost += COST_OF_REPEATED_PAGE;
    this.shownOnPages.add(shown);
    this.read += cost;
    const max = Math.max(MAX_REPEATED, STREAM_GROWTH * this.bytes.length);
    if (this.read - this.unique > max)
      throw badFile(`${this.name} repeats more than ${formatBytes(max)} of the same content on its pages.`, PRINT);
  }

  /** @param caller resources of the page or form that shows it */
  private costOf(object: PdfObject | undefined, caller: Dictionary | undefined, depth: number): Cost {
    const none = { bytes: 0, hasText: false };
    if (!object?.packed || !isDictionary(object.value)) return none;
    if (depth > MAX_FORMS)
      throw badFile(`${this.name} has forms nested more than ${formatCount(MAX_FORMS)} levels deep.`, PRINT);
    const resources = this.objects.dictionary(object.value.get('Resources')) ?? caller;
    const known = this.forms.get(object) ?? new Map<Dictionary | undefined, Cost>();
    this.forms.set(object, known);
    const before = known.get(resources);
    if (before) return before;
    // pdf.js doesn't read a form that shows itself.
    known.set(resources, none);
    const { length, shown, hasText } = this.contentOf(object);
    const cost = { bytes: length, hasText };
    const called = this.objects.dictionary(resources?.get('XObject'));
    for (const [name, times] of shown) {
      const form = this.objects.of(called?.get(name));
      if (!form || !isDictionary(form.value) || nameOf(form.value.get('Subtype')) !== 'Form') continue;
      const each = this.costOf(form, resources, depth + 1);
      cost.hasText ||= each.hasText;
      // pdf.js reads a form without text only once.
      cost.bytes += (each.hasText ? times : 1) * (each.bytes + COST_OF_FORM);
    }
    known.set(resources, cost);
    return cost;
  }

  private contentOf(object: PdfObject): Content {
    const known = this.contents.get(object);
    if (known) return known;
    const text = new TextDecoder('latin1').decode(this.unpack(object) ?? new Uint8Array());
    const shown = new Map<string, number>();
    for (const [, name] of text.matchAll(SHOW)) {
      const own = name!.replace(/#([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
      shown.set(own, (shown.get(own) ?? 0) + 1);
    }
    const content = { length: text.length, shown, hasText: TEXT.test(text) };
    this.unique += text.length;
    this.contents.set(object, content);
    return content;
  }

  /** Unpacks a stream once; skips images, which text extraction doesn't unpack. */
  private unpack(object: PdfObject): Uint8Array | undefined {
    const { value, packed } = object;
    if (!packed || !isDictionary(value) || this.unpacked.has(object) || NOT_READ.has(nameOf(value.get('Subtype'))))
      return undefined;
    this.unpacked.add(object);
    return decodedStream(value, packed, this.unpacking(), (each) => this.objects.of(each)?.value);
  }

  private list(value: Value | undefined): readonly Value[] | undefined {
    const found = this.objects.of(value)?.value;
    return Array.isArray(found) ? (found as readonly Value[]) : undefined;
  }
}

/** Operators that show a form or image (`/Name Do`), and that write text. */
const SHOW = /\/([^\s/[\]<>(){}%]{1,128})\s+Do\b/g;
const TEXT = /T[jJ]|['"]/;
const NOT_READ: ReadonlySet<string> = new Set(['Image']);

/**
 * Bytes that all streams, and one stream, of any file may unpack to; larger limits depend on the file's size.
 */
const MAX_UNPACKED = 64 * 2 ** 20;
const MAX_STREAM = 32 * 2 ** 20;
const STREAM_GROWTH = 20;
/** Maximum bytes of content that is read more than once. */
const MAX_REPEATED = 32 * 2 ** 20;
/** Overhead of showing a form, and of a page that equals another, in bytes of content. */
const COST_OF_FORM = 200;
const COST_OF_REPEATED_PAGE = 20_000;
const MAX_FORMS = 200;
/** Maximum depth of the page tree. */
const MAX_DEPTH = 100;
const MAX_VISITS = 200_000;
const PRINT = 'Open it in another app, print it to a new PDF, and add that file.';
