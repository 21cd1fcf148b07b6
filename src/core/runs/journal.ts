/** Journal of a run's events, in batches under `journal/<run>/<n>`, so that the chart is complete after a reload. */
import { type Kind, readAll, readRecord, readRecordsUnder, type Unreadable } from '../base/record';
import { isNumber, listOf, MAX_LOG_ENTRIES } from '../base/limits';
import { z } from '../base/zod';
import { labelCountsSchema } from '../metrics/labels/counts';
import { shownSchema } from '../objectives/shown';
import type { BlobStore, Json, Stored } from '../base/blobStore';
import type { Estimates } from '../metrics';
import { isLasting, type LastingEvent, type TrainEvent } from '../train/run';
import { type OptionalStepValue, type RequiredStepValue, type StepEvent, stepValues } from '../train/stepValues';

export interface JournalWriter {
  /** Durable once resolved. Append the events of a second or two together, not each alone. */
  append(events: readonly TrainEvent[]): Promise<void>;
}

/** All events that weren't undone, by step; an unreadable batch leaves a gap. */
export async function readJournal(store: BlobStore, runId: string): Promise<readonly TrainEvent[]> {
  return (await readBatches(store, runId)).records.flatMap(({ events }) => events);
}

/** Newest events from about a step on, so that a reader can follow along without reading everything. */
export async function readTail(store: BlobStore, runId: string, fromStep: number): Promise<readonly TrainEvent[]> {
  const newest: TrainEvent[] = [];
  for (const key of (await store.keys(journalKey(runId))).reverse()) {
    const { records } = await readAll([key], () => readBatch(store, key));
    const events = records[0]?.events ?? [];
    newest.unshift(...events);
    if (events.some((event) => stepOf(event) <= fromStep)) break;
  }
  return newest;
}

/** Unreadable batches. */
export const unreadableInJournal = async (store: BlobStore, runId: string): Promise<readonly Unreadable[]> =>
  (await readBatches(store, runId)).unreadable;

/**
 * Continues a run's journal after step `upTo`. Drops later events, because their steps were never saved. Keeps
 * unreadable batches.
 */
export async function openJournal(store: BlobStore, runId: string, upTo: number): Promise<JournalWriter> {
  const { records: batches, unreadable } = await readBatches(store, runId);
  const firstLater = batches.findIndex(({ events }) => events.some((event) => stepOf(event) > upTo));
  const laterBatches = firstLater === -1 ? [] : batches.slice(firstLater);
  const lastKept = firstLater === -1 ? batches.at(-1) : laterBatches[0];
  const lastUnreadable = unreadable.at(-1)?.key ?? '';
  const last = Math.max(
    -1,
    ...[lastKept?.key, lastUnreadable].map((key) => numberOf(key ?? '')).filter(Number.isInteger),
  );
  // Batches are in order, so a batch before a gap gets no new events.
  const canExtendBatch = lastKept !== undefined && lastKept.key > lastUnreadable;
  let key = canExtendBatch ? lastKept.key : journalKey(runId, last + 1);
  let tail = canExtendBatch ? lastKept.events.filter((event) => stepOf(event) <= upTo) : [];
  if (laterBatches[0]) {
    const earlierEvents = laterBatches[0].events.filter((event) => stepOf(event) <= upTo);
    await store.commit({
      put: [[laterBatches[0].key, encode(earlierEvents)]],
      drop: laterBatches.slice(1).map((batch) => batch.key),
    });
  }
  return {
    async append(events) {
      const lastingEvents = events.filter(isLasting);
      if (lastingEvents.length === 0) return;
      if (tail.length >= EVENTS_PER_BATCH) {
        tail = [];
        key = journalKey(runId, numberOf(key) + 1);
      }
      tail = [...tail, ...lastingEvents];
      await store.commit({ put: [[key, encode(tail)]] });
    },
  };
}

export const JOURNALS = 'journal/';
/** Key of a batch; without `n`, the prefix of all batches of a run. */
export const journalKey = (runId: string, n?: number): string =>
  `${JOURNALS}${runId}/${n === undefined ? '' : String(n).padStart(6, '0')}`;

const numberOf = (key: string): number => Number.parseInt(key.split('/').at(-1) ?? '', 10);

type OtherEvent = Exclude<LastingEvent, { kind: 'step' }>;
const stepOf = (event: TrainEvent): number => (event.kind === 'compiling' ? 0 : event.step);

/** Names of the values in rows, in column order. */
const rowColumns = (isOptional: boolean): readonly string[] =>
  stepValues()
    .flatMap(([name, value]) =>
      value.column !== undefined && !value.isOptional === !isOptional ? [{ name, at: value.column }] : [],
    )
    .sort((a, b) => a.at - b.at)
    .map(({ name }) => name);

/** Steps are numerous, so they are rows of numbers; null stands for numbers that JSON can't represent. */
const COLUMNS = ['step', ...rowColumns(false)] as readonly ('step' | RequiredStepValue)[];
/** Optional columns at the end of a row that has any of them; null for unknown values. */
const OPTIONAL = rowColumns(true) as readonly OptionalStepValue[];
const ROW_COLUMNS: ReadonlySet<string> = new Set(['kind', ...COLUMNS, ...OPTIONAL]);
const toStoredNumber = (value: unknown): number | null => (isNumber(value) ? value : null);

function encode(events: readonly TrainEvent[]): Stored {
  const steps = events.filter((event) => event.kind === 'step');
  const rows = steps.map((event) => {
    const optional = OPTIONAL.some((column) => event[column] !== undefined) ? OPTIONAL : [];
    return [...COLUMNS, ...optional].map((column) => toStoredNumber(event[column]));
  });
  const others = events.filter((event) => event.kind !== 'step' && isLasting(event));
  const named = namedColumns(steps);
  return {
    version: JOURNAL.version,
    steps: rows,
    // Only the others may have undefined values.
    others: JSON.parse(JSON.stringify(others)) as Json,
    ...(Object.keys(named).length > 0 && { named }),
  };
}

type Named = Record<string, (number | null)[]>;
/** Columns of values that rows lack, by name: one value per step, null if it has none. */
function namedColumns(steps: readonly StepEvent[]): Named {
  const values = steps as readonly (StepEvent & Readonly<Record<string, unknown>>)[];
  const names = new Set(values.flatMap((step) => Object.keys(step).filter((name) => !ROW_COLUMNS.has(name))));
  const columns = [...names].map((name) => [name, values.map((step) => toStoredNumber(step[name]))] as const);
  return Object.fromEntries(columns.filter(([, column]) => column.some((value) => value !== null)));
}

interface Batch {
  key: string;
  events: readonly TrainEvent[];
}

async function readBatches(
  store: BlobStore,
  runId: string,
): Promise<{ records: readonly Batch[]; unreadable: readonly Unreadable[] }> {
  const { records, unreadable } = await readRecordsUnder(store, journalKey(runId), JOURNAL);
  return { records: [...records].map(([key, batch]) => ({ key, events: decode(batch) })), unreadable };
}

async function readBatch(store: BlobStore, key: string): Promise<Batch | undefined> {
  const batch = await readRecord(store, key, JOURNAL);
  return batch && { key, events: decode(batch) };
}

function decode({ steps, named, others }: z.infer<typeof batchSchema>): readonly TrainEvent[] {
  // A loop, because a journal has 10^5 rows, and objects from entries take several times as long.
  const rows = steps.map((row): StepEvent => {
    const event = { kind: 'step' } as StepEvent;
    for (const [i, column] of COLUMNS.entries()) event[column] = row[i] ?? NaN;
    for (const [i, column] of OPTIONAL.entries()) {
      const value = row[COLUMNS.length + i];
      if (value != null) event[column] = value;
    }
    return event;
  });
  addNamed(rows as unknown as Record<string, unknown>[], named);
  // Stable: a step comes before its evaluation.
  return [...rows, ...others].sort((a: TrainEvent, b: TrainEvent) => stepOf(a) - stepOf(b));
}

/** Adds values of any name, so that a journal of a newer build keeps those that this one doesn't know. */
function addNamed(steps: readonly Record<string, unknown>[], named: unknown): void {
  if (typeof named !== 'object' || named === null) return;
  for (const [name, column] of Object.entries(named) as [string, unknown][]) {
    if (!NAME.test(name) || ROW_COLUMNS.has(name) || !Array.isArray(column) || column.length !== steps.length) continue;
    for (const [i, value] of column.entries()) if (isNumber(value)) steps[i]![name] = value;
  }
}
const NAME = /^[a-z]\w{0,63}$/i;

/** Events per batch: few enough to rewrite it every second. */
const EVENTS_PER_BATCH = 1000;

const number = z
  .number()
  .nullable()
  .transform((value) => value ?? NaN);
const estimateSchema = z.object({ value: number, low: number.exactOptional(), high: number.exactOptional() });
/** Includes metrics that this version doesn't know; skips invalid estimates. */
const estimatesSchema = z.record(z.string(), z.unknown()).transform((entries): Estimates => {
  const estimates = Object.entries(entries).flatMap(([id, entry]) => {
    const { success, data } = estimateSchema.safeParse(entry);
    return success ? [[id, data] as const] : [];
  });
  return Object.fromEntries(estimates);
});
const otherEventSchema: z.ZodType<OtherEvent> = z.union([
  z
    .object({
      kind: z.literal('evaluated'),
      step: z.number(),
      loss: number,
      metrics: estimatesSchema.default({}),
      /** Replaces `metrics` in builds with no other metric. */
      bitsPerByte: number.exactOptional(),
      activeMs: z.number(),
      sample: shownSchema,
      labels: labelCountsSchema.exactOptional(),
    })
    .transform(({ bitsPerByte, metrics, ...event }) => ({
      ...event,
      metrics: bitsPerByte === undefined ? metrics : { bitsPerByte: { value: bitsPerByte }, ...metrics },
    })),
  z.object({ kind: z.literal('saved'), step: z.number(), bytes: z.number() }),
  z.object({
    kind: z.literal('kept'),
    step: z.number(),
    bytes: z.number(),
    light: z.literal(true).exactOptional(),
  }),
  z.object({ kind: z.literal('early'), step: z.number(), loss: number, evaluations: z.number() }),
  z.object({ kind: z.literal('sampled'), step: z.number(), prompt: z.string(), sample: shownSchema }),
]);
const WITH_OPTIONAL = COLUMNS.length + OPTIONAL.length;
type Row = (number | null)[];
const hasValidLength = ({ length }: Row): boolean => length === COLUMNS.length || length === WITH_OPTIONAL;
const isRow = (value: unknown): value is Row =>
  Array.isArray(value) && hasValidLength(value as Row) && value.every((entry) => entry === null || isNumber(entry));
const batchSchema = z.object({
  steps: listOf<Row>(z.array(z.number().nullable()).refine(hasValidLength), MAX_LOG_ENTRIES, isRow),
  others: z.array(otherEventSchema),
  /** Named columns of values that were added later; skips those that aren't columns of numbers. */
  named: z.unknown().optional(),
});
export const JOURNAL: Kind<z.infer<typeof batchSchema>> = {
  what: (key) => `Part ${numberOf(key) + 1} of the curve of run ${key.split('/')[1]}`,
  version: 1,
  schema: batchSchema,
  upgrades: [],
};
