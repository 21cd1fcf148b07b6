/** What a person is told of what was added, in a note. */
import { formatCount } from '../core/base/units';
import type { Duplicate } from '../core/documents';
import { isToTune } from '../core/documents/record';
import type { Project } from './project';

/** @param isTuned whether they were given to tune on */
export const alreadyHere = (
  duplicates: readonly Pick<Duplicate, 'name' | 'of'>[],
  projectId: string,
  isTuned: boolean,
): { text: string; detail: string } => {
  const [first, ...others] = duplicates;
  const other = duplicates.find(({ of }) => of && isToTune(of, projectId) !== isTuned);
  if (other) {
    const [use, place] = isTuned ? ['to learn from', 'Text'] : ['to tune on', 'Tune'];
    return {
      text: `${other.name} is already here ${use}`,
      detail: `so it was not added again: remove it on ${place} first`,
    };
  }
  if (others.length > 0)
    return { text: `${formatCount(duplicates.length)} files are already here`, detail: 'so they were not added again' };
  const { name, of } = first!;
  return {
    text: `${name} is already here`,
    detail: `${of && of.name !== name ? `in ${of.name}, so` : 'so'} it was not added again`,
  };
};

export const alreadyLeftOut = (name: string, n: number): { text: string; detail: string } => ({
  text: `${name} is a text of another project`,
  detail: `${n === 1 ? '1 of its documents is' : `${formatCount(n)} of its documents are`} left out there, and so here: put back what is to be learnt`,
});

export const alreadyCleaned = (name: string, recipe: string): { text: string; detail: string } => ({
  text: `${name} is a text of another project`,
  detail: `it is cleaned there by the recipe ${recipe}, and so here: Clean, on Text, shows what that does`,
});

/** @param files of one project, which is not open; one at least */
export const waits = (
  files: readonly { name: string; project: Pick<Project, 'name'> }[],
): { text: string; detail: string } => {
  const [{ name, project }] = files as [(typeof files)[number]];
  return files.length === 1
    ? { text: `${name} waits for an answer`, detail: `it is asked about when ${project.name} is opened again` }
    : {
        text: `${formatCount(files.length)} files wait for an answer`,
        detail: `they are asked about when ${project.name} is opened again`,
      };
};
