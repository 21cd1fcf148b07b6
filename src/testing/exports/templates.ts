import { template as read } from '../../../scripts/templates';
import { once } from '../once';

/** Text of a template; templates with a build step are built once per process. */
export const template = (path: string): Promise<string> => once(`template ${path}`, () => read(path));
