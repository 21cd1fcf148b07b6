/** Tokenizer and data of a project, made from its texts. */
import type { PartName, SplitChoice } from '../../core/documents/split';
import type { InRows } from '../../core/objectives/objective';
import type { DataRecord } from '../../core/runs/project';
import type { TokenPiece } from '../../core/tokenizer/statistics';
import type { DataApi, PartRows } from '../../protocol/data';
import type { Project, TokenizerChoice } from '../../core/runs/project';
import type { Work } from '../work';
import type { ProjectSlice } from './project';
import type { TextsSlice } from './texts';

/** What is being made of a project, or was and failed. */
export interface Making {
  tokenizing: Work;
  building: Work;
}

/** Of the open project; preparation of another one continues for that one. */
export interface PreparationSlice extends Making {
  trainTokenizer(choice: TokenizerChoice): Promise<boolean>;
  buildData(split: SplitChoice): Promise<boolean>;
  /** Characters per second from text to tokens, as the last build in this session had them; undefined before one. */
  buildRate: number | undefined;
  /** Makes whatever is missing or out of date. True when all is there. */
  prepare(): Promise<boolean>;
  /** The same for a project and its texts as they were; what they are then, or undefined. */
  prepareFor(inputs: Inputs): Promise<Inputs | undefined>;
  /**
   * Texts as data that no record names yet: who asks holds data (`Tabs.holdData`) until one does. Undefined where that was
   * stopped, or failed, which is shown where the project is.
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
  /** A passage cut into its tokens by the tokenizer that is there. */
  tokensOf(passage: string): Promise<readonly TokenPiece[]>;
  /** Entries of the vocabulary in order of id, at most `limit`; counted in the training part when there is data. */
  vocabulary(limit: number): Promise<readonly TokenPiece[]>;
}

/** A project, and its texts. */
export type Inputs = Pick<ProjectSlice, 'project'> & Pick<TextsSlice, 'texts'>;
