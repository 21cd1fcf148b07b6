/** Files that hold markup or data rather than prose: a person is asked whether they are learnt as they are. */
import { MARKUP_HEAD, markupOf, type MarkupId } from '../core/documents/markup';
import type { Project } from './project';
import type { Studio } from './studio';

/** A file as it was dropped: its path inside a dropped folder is its name. */
export interface Dropped {
  file: File;
  name: string;
}

/** One that waits for an answer, and the project that it was dropped on. */
export interface DroppedMarkup extends Dropped {
  kind: MarkupId;
  project: Pick<Project, 'id' | 'name'>;
}

/** Those that are asked about now: of the open project. Those of another wait until it is opened again. */
export const askedAbout = ({ markup, project }: Pick<Studio, 'markup' | 'project'>): readonly DroppedMarkup[] =>
  markup.filter((one) => one.project.id === project.id);

/** A file that cannot be read is told of when it is added. */
export const kindOf = async ({ file, name }: Dropped): Promise<MarkupId | null> =>
  file
    .slice(0, MARKUP_HEAD)
    .arrayBuffer()
    .then(
      (head) => markupOf(name, new Uint8Array(head)),
      () => null,
    );
