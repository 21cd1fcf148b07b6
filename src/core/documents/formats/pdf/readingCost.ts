/**
 * Bounds what pdf.js would read of a PDF, before it starts. Nested forms that each show another twice grow as a power
 * of two, and 20,000 pages may share their content. Decides by counts only.
 */
import { badFile } from '../../../base/errors';
import { MAX_COMPRESSION_RATIO } from '../../../base/limits';
import { formatBytes, formatCount } from '../../../base/units';
import { MAX_PAGES } from '../../limits';
import { decodeStream } from './filters';
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
  shownCounts: ReadonlyMap<string, number>;
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
  private readonly formCosts = new Map<PdfObject, Map<Dictionary | undefined, Cost>>();
  private readonly pageCosts = new Map<Dictionary, number>();
  private readonly unpackedObjects = new Set<PdfObject>();
  private readonly contentsOfPages = new Set<string>();
  /** Bytes that streams unpack to. */
  private unpackedBytes = 0;
  /** Bytes of content streams, each as often as a page reads it. */
  private bytesRead = 0;
  /** Bytes of content streams, each counted once. */
  private uniqueBytes = 0;
  private pageCount = 0;
  private visitCount = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly name: string,
  ) {
    this.objects = new PdfObjects(bytes, this.startUnpacking);
  }

  check(): void {
    for (const { value } of this.objects.all())
      if (isDictionary(value) && value.has('Pages')) {
        [this.bytesRead, this.pageCount, this.visitCount] = [0, 0, 0];
        this.contentsOfPages.clear();
        this.visitPages(value.get('Pages'), undefined, 0);
      }
    for (const object of this.objects.all()) this.unpack(object);
  }

  /** Returns a callback for the bytes of one stream. */
  private readonly startUnpacking = (): ((bytes: number) => void) => {
    let streamBytes = 0;
    return (bytes) => {
      this.unpackedBytes += bytes;
      streamBytes += bytes;
      const { length } = this.bytes;
      for (const [size, max] of [
        [this.unpackedBytes, Math.max(MAX_UNPACKED, MAX_COMPRESSION_RATIO * length)],
        [streamBytes, Math.max(MAX_STREAM, STREAM_GROWTH * length)],
      ] as const)
        if (size > max)
          throw badFile(
            `${this.name} expands from ${formatBytes(length)} to more than ${formatBytes(max)}, which text never does.`,
            PRINT_REMEDY,
          );
    };
  };

  /** Visits the pages of a tree, each as often as the tree lists it. */
  private visitPages(node: Value | undefined, inherited: Dictionary | undefined, depth: number): void {
    const dictionary = this.objects.dictionary(node);
    if (!dictionary || depth > MAX_DEPTH || this.pageCount >= MAX_PAGES || ++this.visitCount > MAX_VISITS) return;
    const resources = this.objects.dictionary(dictionary.get('Resources')) ?? inherited;
    const kids = this.resolveList(dictionary.get('Kids'));
    if (kids) for (const kid of kids) this.visitPages(kid, resources, depth + 1);
    else this.addPage(dictionary, resources);
  }

  private addPage(page: Dictionary, resources: Dictionary | undefined): void {
    this.pageCount++;
    const contents = page.get('Contents');
    if (contents === undefined || contents === null) return;
    let cost = this.pageCosts.get(page);
    if (cost === undefined) {
      cost = 0;
      for (const part of this.resolveList(contents) ?? [contents])
        cost += this.costOf(this.objects.resolve(part), resources, 0).bytes;
      this.pageCosts.set(page, cost);
    }
    const contentsKey = JSON.stringify(contents);
    if (this.contentsOfPages.has(contentsKey)) cost += COST_OF_REPEATED_PAGE;
    this.contentsOfPages.add(contentsKey);
    this.bytesRead += cost;
    const max = Math.max(MAX_REPEATED, STREAM_GROWTH * this.bytes.length);
    if (this.bytesRead - this.uniqueBytes > max)
      throw badFile(
        `${this.name} repeats more than ${formatBytes(max)} of the same content on its pages.`,
        PRINT_REMEDY,
      );
  }

  /** @param inherited resources of the page or form that shows it */
  private costOf(object: PdfObject | undefined, inherited: Dictionary | undefined, depth: number): Cost {
    const noCost = { bytes: 0, hasText: false };
    if (!object?.packed || !isDictionary(object.value)) return noCost;
    if (depth > MAX_FORM_DEPTH)
      throw badFile(
        `${this.name} has forms nested more than ${formatCount(MAX_FORM_DEPTH)} levels deep.`,
        PRINT_REMEDY,
      );
    const resources = this.objects.dictionary(object.value.get('Resources')) ?? inherited;
    const costsByResources = this.formCosts.get(object) ?? new Map<Dictionary | undefined, Cost>();
    this.formCosts.set(object, costsByResources);
    const existing = costsByResources.get(resources);
    if (existing) return existing;
    // pdf.js doesn't read a form that shows itself.
    costsByResources.set(resources, noCost);
    const { length, shownCounts, hasText } = this.contentOf(object);
    const cost = { bytes: length, hasText };
    const xObjects = this.objects.dictionary(resources?.get('XObject'));
    for (const [name, times] of shownCounts) {
      const form = this.objects.resolve(xObjects?.get(name));
      if (!form || !isDictionary(form.value) || nameOf(form.value.get('Subtype')) !== 'Form') continue;
      const formCost = this.costOf(form, resources, depth + 1);
      cost.hasText ||= formCost.hasText;
      // pdf.js reads a form without text only once.
      cost.bytes += (formCost.hasText ? times : 1) * (formCost.bytes + COST_OF_FORM);
    }
    costsByResources.set(resources, cost);
    return cost;
  }

  private contentOf(object: PdfObject): Content {
    const existing = this.contents.get(object);
    if (existing) return existing;
    const text = new TextDecoder('latin1').decode(this.unpack(object) ?? new Uint8Array());
    const shownCounts = new Map<string, number>();
    for (const [, name] of text.matchAll(SHOW_OPERATOR)) {
      const decodedName = name!.replace(/#([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
      shownCounts.set(decodedName, (shownCounts.get(decodedName) ?? 0) + 1);
    }
    const content = { length: text.length, shownCounts, hasText: TEXT_OPERATOR.test(text) };
    this.uniqueBytes += text.length;
    this.contents.set(object, content);
    return content;
  }

  /** Unpacks a stream once; skips images, which text extraction doesn't unpack. */
  private unpack(object: PdfObject): Uint8Array | undefined {
    const { value, packed } = object;
    if (
      !packed ||
      !isDictionary(value) ||
      this.unpackedObjects.has(object) ||
      SKIPPED_SUBTYPES.has(nameOf(value.get('Subtype')))
    )
      return undefined;
    this.unpackedObjects.add(object);
    return decodeStream(value, packed, this.startUnpacking(), (value) => this.objects.resolve(value)?.value);
  }

  private resolveList(value: Value | undefined): readonly Value[] | undefined {
    const resolved = this.objects.resolve(value)?.value;
    return Array.isArray(resolved) ? (resolved as readonly Value[]) : undefined;
  }
}

/** Operators that show a form or image (`/Name Do`), and that write text. */
const SHOW_OPERATOR = /\/([^\s/[\]<>(){}%]{1,128})\s+Do\b/g;
const TEXT_OPERATOR = /T[jJ]|['"]/;
const SKIPPED_SUBTYPES: ReadonlySet<string> = new Set(['Image']);

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
const MAX_FORM_DEPTH = 200;
/** Maximum depth of the page tree. */
const MAX_DEPTH = 100;
const MAX_VISITS = 200_000;
const PRINT_REMEDY = 'Open it in another app, print it to a new PDF, and add that file.';
