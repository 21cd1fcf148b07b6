/** Temporary storage of all documents' states between two rounds of a cleaning. */
import { type Cleanable, type DocumentState, isInMemory, type StepState } from './documentState';
import type { SpilledText, SpillFile } from './spillFile';

/** A record before the passages of its document. */
interface StoredState extends Omit<StepState, 'changes'> {
  /** Number of passages that follow; null for a long document, whose passages are spilled or still the original ones. */
  passages: number | null;
  /** Two numbers per step: places and characters. */
  changes: readonly number[];
}

/** States of all documents, in order. */
export class StoredStates {
  /** @param long spilled passages of long documents, by index */
  constructor(
    private readonly texts: SpilledText,
    private readonly long: ReadonlyMap<number, SpilledText>,
  ) {}

  /** Returns a function that reads the state of each document once, in order. Drops what it has read. */
  reader(): (document: Cleanable) => Promise<Pick<DocumentState, 'passages' | 'state'>> {
    const texts = this.texts.readAndDrop();
    const readString = async (): Promise<string> => (await texts.next()).value!;
    let index = 0;
    return async (document) => {
      const { passages, changes, ...stored } = JSON.parse(await readString()) as StoredState;
      const stepChanges = Array.from({ length: changes.length / 2 }, (_, i) => ({
        places: changes[2 * i]!,
        characters: changes[2 * i + 1]!,
      }));
      const state = { ...stored, changes: stepChanges };
      const spilled = this.spilledAt(index++);
      if (passages === null) return { passages: () => spilled?.strings() ?? document.passages(), state };
      const list: string[] = [];
      while (list.length < passages) list.push(await readString());
      return { passages: () => list, state };
    };
  }

  spilledAt(index: number): SpilledText | undefined {
    return this.long.get(index);
  }

  /** @param retained spilled passages that newer states use */
  async drop(retained: ReadonlySet<SpilledText> = new Set()): Promise<void> {
    await this.texts.drop();
    for (const spilled of this.long.values()) if (!retained.has(spilled)) await spilled.drop();
  }
}

/** Writes the states of all documents, in order. */
export class StateWriter {
  private readonly texts: ReturnType<SpillFile['begin']>;
  private readonly long = new Map<number, SpilledText>();
  private index = 0;

  /** @param previous the states that these replace */
  constructor(
    spillFile: SpillFile,
    private readonly previous: StoredStates | undefined,
  ) {
    this.texts = spillFile.begin();
  }

  async write(doc: DocumentState): Promise<void> {
    const passages = doc.passages();
    const list = isInMemory(passages) ? passages : null;
    const changes = doc.state.changes.flatMap(({ places, characters }) => [places, characters]);
    const stored: StoredState = { ...doc.state, changes, passages: list && list.length };
    await this.texts.write(JSON.stringify(stored));
    for (const passage of list ?? []) await this.texts.write(passage);
    const spilled = list ? undefined : (doc.spilled ?? this.previous?.spilledAt(this.index));
    if (spilled) this.long.set(this.index, spilled);
    else await doc.spilled?.drop();
    this.index++;
  }

  /** Drops the states that these replace. */
  async end(): Promise<StoredStates> {
    const stored = new StoredStates(await this.texts.end(), this.long);
    await this.previous?.drop(new Set(this.long.values()));
    return stored;
  }
}
