/** What a person is told of what was added, in a note. */
import { formatCount } from '../core/base/units';
import type { DropOutcome } from '../core/documents';
import { isToTune } from '../core/documents/record';
import type { DroppedMarkup } from './markup';

/** @param isTuned whether they were given to tune on */
export const alreadyHere = (
  duplicates: DropOutcome['duplicates'],
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

export const passedOver = (n: number): { text: string; detail: string } => ({
  text: n === 1 ? '1 file was passed over' : `${formatCount(n)} files were passed over`,
  detail: 'what is hidden, such as .DS_Store, and what a saved page shows is no text',
});

/** @param files of one project, which is not open; one at least */
export const waits = (files: readonly DroppedMarkup[]): { text: string; detail: string } => {
  const [{ name, project }] = files as [DroppedMarkup];
  return files.length === 1
    ? { text: `${name} waits for an answer`, detail: `it is asked about when ${project.name} is opened again` }
    : {
        text: `${formatCount(files.length)} files wait for an answer`,
        detail: `they are asked about when ${project.name} is opened again`,
      };
};
