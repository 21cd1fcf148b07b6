/** Notes about added texts. */
import { counted, formatCount } from '../core/base/units';
import type { Duplicate } from '../core/documents';
import { isToTune } from '../core/documents/record';
import type { Project } from '../core/runs/project';

/** @param isTuned whether they were added for tuning */
export const alreadyHere = (
  duplicates: readonly Pick<Duplicate, 'name' | 'of'>[],
  projectId: string,
  isTuned: boolean,
): { text: string; detail: string } => {
  const [first, ...others] = duplicates;
  const other = duplicates.find(({ of }) => of && isToTune(of, projectId) !== isTuned);
  if (other) {
    const place = isTuned ? 'Text' : 'Teach it more';
    return { text: `${other.name} is already on ${place}`, detail: 'To use it here, remove it there first' };
  }
  if (others.length > 0)
    return { text: `${formatCount(duplicates.length)} files were already added`, detail: 'Skipped this time' };
  const { name, of } = first!;
  return {
    text: `${name} was already added`,
    detail: of && of.name !== name ? `In ${of.name}; skipped this time` : 'Skipped this time',
  };
};

export const alreadyLeftOut = (name: string, n: number): { text: string; detail: string } => ({
  text: `${name} is shared with another project`,
  detail: `${counted(n, 'document')} excluded there ${n === 1 ? 'is' : 'are'} excluded here too`,
});

export const alreadyCleaned = (name: string, recipe: string): { text: string; detail: string } => ({
  text: `${name} is shared with another project`,
  detail: `Recipe ${recipe} cleaned it there, and here too. To see how, open Clean on Text`,
});

/** @param files at least one, all of one project that isn't open */
export const waits = (
  files: readonly { name: string; project: Pick<Project, 'name'> }[],
): { text: string; detail: string } => {
  const [{ name, project }] = files as [(typeof files)[number]];
  return files.length === 1
    ? { text: `${name} needs you`, detail: `Open ${project.name} to answer` }
    : { text: `${formatCount(files.length)} files need you`, detail: `Open ${project.name} to answer` };
};
