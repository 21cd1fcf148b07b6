/** Tokenizer and data of a project, built from its texts. */
import type { PartName, SplitChoice } from '../../core/documents/split';
import type { InRows } from '../../core/objectives/objective';
import type { DataRecord } from '../../core/runs/project';
import type { TokenPiece } from '../../core/tokenizer/statistics';
import type { DataApi, PartRows } from '../../protocol/data';
import type { Project, TokenizerChoice } from '../../core/runs/project';
import type { Work } from '../work';
import type { ProjectSlice } from './project';
import type { TextsSlice } from './texts';

/** Builds of a project that are in progress or failed. */
export interface Making {
  tokenizing: Work;
  building: Work;
}

/** State of the open project; another project's preparation continues for that one. */
export interface PreparationSlice extends Making {
  trainTokenizer(choice: TokenizerChoice): Promise<boolean>;
  buildData(split: SplitChoice): Promise<boolean>;
  /** Characters tokenized per second, in the last build of this session; undefined before one. */
  buildRate: number | undefined;
  /** Builds missing or outdated artifacts. Returns whether all are there. */
  prepare(): Promise<boolean>;
  /** Like `prepare` for given inputs; returns the inputs with the results, or undefined. */
  prepareFor(inputs: Inputs): Promise<Inputs | undefined>;
  /**
   * Tokenizes texts into data that no record names yet: the caller holds data (`Tabs.holdData`) until one does.
   * Undefined after a stop or a failure, which the project shows.
   */
  cut(projectId: string, input: DataApi['buildData']['input']): Promise<DataRecord | undefined>;
  makingOf(projectId: string): Making;
  /**
   * Documents of a split: `count` from index `from`; undefined for texts that changed.
   * @param of a project that is not shown yet
   */
  partRows(part: PartName, from: number, count: number, of?: Inputs): Promise<PartRows | undefined>;
  /** Rows of a project's training data; undefined if there is nothing to say. */
  inRows(project: Project): Promise<InRows | undefined>;
  /** Tokens of a passage by the current tokenizer. */
  tokensOf(passage: string): Promise<readonly TokenPiece[]>;
  /** Vocabulary entries in order of id, at most `limit`; counted in the training set if there is data. */
  vocabulary(limit: number): Promise<readonly TokenPiece[]>;
}

/** A project and its texts. */
export type Inputs = Pick<ProjectSlice, 'project'> & Pick<TextsSlice, 'texts'>;
